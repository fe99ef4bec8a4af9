"""CSV files as spreadsheets read and save them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from curriculum.errors import GradebookError
from curriculum.marking._cells import unsafe
from curriculum.notebook import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DELIMITERS = ",;\t"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def filled_rows(
    path: Path, known: tuple[str, ...], needed: frozenset[str]
) -> Iterator[tuple[int, int, dict[str, str]]]:
    """The filled rows of a CSV file, each behind the line on which it begins and its number.

    Args:
        path: the file; its delimiter is a comma, a semicolon or a tab.
        known: the columns that are read.
        needed: those of them that must be there.

    Raises:
        GradebookError: the file cannot be read, or a column is missing or there twice.
    """
    text = _read(path)
    header = text.split("\n", 1)[0].rstrip("\r")
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns: list[str] = []
    line = 1
    try:
        for row, cells in enumerate(reader, 1):
            if not columns:
                columns = _header(cells, path, known, needed)
            elif any(cell.strip() for cell in cells):
                padded = cells + [""] * (len(columns) - len(cells))
                yield (
                    line,
                    row,
                    {name: unsafe(cell) for name, cell in zip(columns, padded, strict=False) if name in known},
                )
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"{path}: line {line}: is no CSV ({error})"
        raise GradebookError(message) from None
    if not columns:
        message = f"{path} is empty"
        raise GradebookError(message)


def _header(cells: list[str], path: Path, known: tuple[str, ...], needed: frozenset[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    missing = [column for column in known if column in needed - set(columns)]
    twice = [column for column in known if columns.count(column) > 1]
    if missing or twice:
        what = f"has no column {missing[0]!r}" if missing else f"has two columns {twice[0]!r}"
        message = f"{path} {what}; fill in a table from: curriculum mark --to-csv"
        raise GradebookError(message)
    return columns


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
        return data.decode(_MARKS.get(data[:2], "utf-8-sig"))
    except UnicodeDecodeError:
        message = f"{path} is not UTF-8 text; save it as: CSV UTF-8"
        raise GradebookError(message) from None
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror or error})"
        raise GradebookError(message) from None


def write_new(path: Path, text: str) -> None:
    """Write a file that must not be there, all of it or nothing.

    Raises:
        GradebookError: it is there, or cannot be written.
    """
    if path.exists():
        message = f"{path} is there already, perhaps with grades in it; name another file"
        raise GradebookError(message)
    try:
        write_text(path, "\ufeff" + text)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error})"
        raise GradebookError(message) from None
