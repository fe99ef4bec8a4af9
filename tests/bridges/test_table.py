"""Reading CSV of learning management systems, and writing it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.bridges._table import Table, read_table, whole
from curriculum.errors import BridgeError

TEXT = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=5), st.sampled_from(",;\t"), st.booleans())
def test_what_is_written_is_read_again(tmp_path_factory, rows, separator, bom):
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    table = Table(["a", "b", "c"], rows, separator, bom)
    path.write_bytes(table.dumps())
    read = read_table(path)
    assert (read.header, read.separator, read.bom) == (table.header, separator, bom)
    assert read.rows == [row for row in rows if any(field.strip() for field in row)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        ("a,b\nä,ö\n".encode("latin-1"), "is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "is not UTF-8"),
        (b'a,b\n"1,2\n', "is no CSV"),
        (b"a,b\n1,2,3\n", "line 2 has 3 fields, and the header 2"),
        (b"a,b\n" + b"1" * 200_000, "is no CSV"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path, content, said):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(BridgeError, match=said) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(BridgeError, match="cannot be read"):
        read_table(tmp_path / "none.csv")


def test_half_characters_are_replaced():
    assert whole("a\ud800b\udc00") == "a\ufffdb\ufffd"
    assert whole("\ud83d\ude00 \ufeffx") == "😀 \ufeffx"
