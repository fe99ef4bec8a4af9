"""Tables that people open in a spreadsheet: read however it has saved them, and with nothing in them that it would run.

A name like ``=HYPERLINK(...)`` is run by the program that opens the file. ``neutral`` puts an apostrophe before it, and
before a text that already looks like that, so ``original`` gives every text back as it was.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOM = b"\xef\xbb\xbf"
_UTF_16 = {b"\xff\xfe", b"\xfe\xff"}
_SEPARATORS = ",;\t"
_QUOTED = re.compile(r'"[^"]*"')
_MOST = 64 << 20
_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # the full-width forms are formulas in East Asian settings
# At the beginning blanks are skipped by some programs. One that takes another separator than ours sees cells begin
# inside our quotes, and lines too.
_RISKY = re.compile(rf"^(?='*\s*[\t\r\n{_FORMULA}])|(?<=[;\t\r\n])(?='* *[{_FORMULA}])")
_MADE_SAFE = re.compile(rf"^'(?='*\s*[\t\r\n{_FORMULA}])|(?<=[;\t\r\n])'(?='* *[{_FORMULA}])")


@dataclass(frozen=True)
class Line:
    """A row of a table.

    Attributes:
        number: the line of the file on which it begins, from 1.
        row: its place among all rows, from 1, as a spreadsheet counts.
    """

    number: int
    row: int
    cells: list[str]


@dataclass(frozen=True)
class Rows:
    """A CSV file.

    Attributes:
        header: the first row that says anything.
        lines: the rows after it that say anything.
        separator: what stands between two cells.
        bom: whether the file begins with a byte order mark, by which Excel knows UTF-8.
    """

    header: list[str]
    lines: tuple[Line, ...]
    separator: str
    bom: bool


def read(path: Path) -> Rows:
    """Read a CSV file: UTF-8 or UTF-16, divided by commas, semicolons or tabs.

    Raises:
        TableError: it cannot be read, is empty, or is no such file; the message says where.
    """
    content = _content(path)
    try:
        text = content.decode("utf-16" if content[:2] in _UTF_16 else "utf-8-sig")
    except UnicodeDecodeError:
        message = f"{path}: is not UTF-8: export it anew, or save it as CSV UTF-8"
        raise TableError(message) from None
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=_QUOTED.sub("", head).count)
    lines = tuple(_lines(text, separator, path))
    if not lines:
        message = f"{path}: is empty"
        raise TableError(message)
    return Rows(lines[0].cells, lines[1:], separator, content.startswith(BOM))


def neutral(text: str) -> str:
    """The text as it is safe in a spreadsheet."""
    return _RISKY.sub("'", text)


def original(text: str) -> str:
    """What ``neutral`` was given."""
    return _MADE_SAFE.sub("", text)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror or error})"
        raise TableError(message) from None
    if len(content) > _MOST:
        message = f"{path}: has more than {_MOST >> 20} MiB, which is no table of a class"
        raise TableError(message)
    return content


def _lines(text: str, separator: str, path: Path) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for row, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield Line(number, row, cells)
            number = reader.line_num + 1
    except csv.Error as error:
        message = f"{path}: line {number}: is no CSV ({error})"
        raise TableError(message) from None
