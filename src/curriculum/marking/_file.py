"""CSV files as spreadsheets read and save them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum import spreadsheet
from curriculum.errors import GradebookError
from curriculum.files import write_text
from curriculum.spreadsheet import original

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curriculum.spreadsheet import Line


def filled_rows(path: Path, known: tuple[str, ...], needed: frozenset[str]) -> Iterator[tuple[Line, dict[str, str]]]:
    """The filled rows of a CSV file, each with its cells by the columns' names.

    Args:
        path: the file.
        known: the columns that are read.
        needed: those of them that must be there.

    Raises:
        TableError: the file cannot be read.
        GradebookError: a column is missing or there twice.
    """
    rows = spreadsheet.read(path)
    columns = _header(rows.header, path, known, needed)
    for line in rows.lines:
        padded = line.cells + [""] * (len(columns) - len(line.cells))
        yield line, {name: original(cell) for name, cell in zip(columns, padded, strict=False) if name in known}


def _header(cells: list[str], path: Path, known: tuple[str, ...], needed: frozenset[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    missing = [column for column in known if column in needed - set(columns)]
    twice = [column for column in known if columns.count(column) > 1]
    if missing or twice:
        what = f"has no column {missing[0]!r}" if missing else f"has two columns {twice[0]!r}"
        message = f"{path} {what}; fill in a table from: curriculum mark --to-csv"
        raise GradebookError(message)
    return columns


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
