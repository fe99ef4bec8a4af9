"""Tables as spreadsheets save them, and text that a spreadsheet must not run and that must be had back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum import spreadsheet
from curriculum.errors import TableError
from curriculum.spreadsheet import neutral, original

FORMULAS = [
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-2",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "=1",
    "'=1",
    "''=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text):
    assert neutral(text).startswith(f"'{text[0]}")
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", ["", "Ada", "O'Brien", "'quoted'", "ada@example.org", "3 - 2", "مريم", "\u202eabc"])
def test_what_is_harmless_stays_as_it_is(text):
    assert neutral(text) == original(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@ \t\r\na1\uff1d\uff0d"), max_size=8) | st.text())
def test_every_text_comes_back(text):
    safe = neutral(text)
    assert original(safe) == text
    assert safe.lstrip(" ")[:1] not in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize("text", ["a;=1", 'x "quoted"\n=1', "a\t@b", "one\r-two", "a; =1"])
def test_where_another_separator_would_begin_a_cell_there_is_one_too(text):
    safe = neutral(text)
    assert original(safe) == text
    for separator in ";\t\n\r":
        assert all(part.lstrip(" ")[:1] not in tuple("=+-@") for part in safe.split(separator) if part)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_however_it_was_saved(tmp_path, encoding, separator, end):
    path = tmp_path / "file.csv"
    named = f'"Zoë{separator}ü"{separator}b'
    lines = ["", f"name{separator}note", "", named, separator]
    path.write_bytes(end.join(lines).encode(encoding))
    rows = spreadsheet.read(path)
    assert (rows.header, rows.separator) == (["name", "note"], separator)
    (line,) = rows.lines
    assert (line.number, line.cells) == (4, [f"Zoë{separator}ü", "b"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b" , \n", "is empty"),
        ("a,b\nä,ö\n".encode("latin-1"), "is not UTF-8"),
        (b'a,b\n"1,2\n', "line 2: is no CSV"),
        (b"a,b\n" + b"1" * 200_000, "line 2: is no CSV"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path, content, said):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(TableError, match=said) as caught:
        spreadsheet.read(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_never_ends(tmp_path):
    with pytest.raises(TableError, match="cannot be read"):
        spreadsheet.read(tmp_path)
    with pytest.raises(TableError, match="MiB"):
        spreadsheet.read(Path("/dev/zero"))


def test_what_divides_words_inside_quotes_divides_no_cells(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text('key;"name, as you write it, in full"\nada;"Lovelace, Ada"\n', encoding="utf-8")
    rows = spreadsheet.read(path)
    assert (rows.separator, rows.lines[0].cells) == (";", ["ada", "Lovelace, Ada"])
