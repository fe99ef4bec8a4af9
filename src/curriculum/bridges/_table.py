"""CSV as learning management systems write it: read with whatever separator it has, written back in the same way."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BOM = b"\xef\xbb\xbf"
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Table:
    """A CSV file.

    Attributes:
        header: the first row.
        rows: the others, each as long as the header; empty lines are left out.
        separator: what stands between two fields.
        bom: whether the file begins with a byte order mark, by which Excel knows UTF-8.
    """

    header: list[str]
    rows: list[list[str]]
    separator: str = ","
    bom: bool = False

    def dumps(self) -> bytes:
        """The file's bytes; half characters, which UTF-8 cannot hold, become U+FFFD."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.separator, lineterminator="\r\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return (_BOM if self.bom else b"") + whole(text.getvalue()).encode("utf-8")


def read_table(path: Path) -> Table:
    """Read a CSV file.

    Raises:
        BridgeError: it cannot be read, is not UTF-8 or no CSV; the message says where.
    """
    content = _files.read(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = f"{path}: is not UTF-8: export it anew, or save it as CSV UTF-8"
        raise BridgeError(message) from None
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, row) for row in reader if any(field.strip() for field in row)]
    except csv.Error as error:
        message = f"{path}: line {reader.line_num}: is no CSV ({error})"
        raise BridgeError(message) from None
    if not lines:
        message = f"{path}: is empty"
        raise BridgeError(message)
    header = lines[0][1]
    return Table(header, list(_even(lines[1:], len(header), path)), separator, content.startswith(_BOM))


def whole(text: str) -> str:
    """The text with U+FFFD for half characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _separator(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(_SEPARATORS, key=first.count)


def _even(lines: Iterable[tuple[int, list[str]]], width: int, path: Path) -> Iterable[list[str]]:
    for number, row in lines:
        if len(row) > width and any(row[width:]):
            message = f"{path}: line {number} has {len(row)} fields, and the header {width}"
            raise BridgeError(message)
        yield (row + [""] * width)[:width]
