"""Reading CSV of learning management systems, and writing it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.bridges._table import Table, read_table, whole
from curriculum.errors import TableError

TEXT = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=5), st.sampled_from(",;\t"), st.booleans())
def test_what_is_written_is_read_again(tmp_path_factory, rows, separator, bom):
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    table = Table(["a", "b", "c"], rows, separator, bom)
    path.write_bytes(table.dumps())
    read = read_table(path)
    assert (read.header, read.separator, read.bom) == (table.header, separator, bom)
    assert read.rows == [row for row in rows if any(field.strip() for field in row)]


def test_a_row_that_is_too_long_is_one_line(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2,3\n")
    with pytest.raises(TableError, match="line 2 has 3 fields, and the header 2"):
        read_table(path)


def test_half_characters_are_replaced():
    assert whole("a\ud800b\udc00") == "a\ufffdb\ufffd"
    assert whole("\ud83d\ude00 \ufeffx") == "😀 \ufeffx"
