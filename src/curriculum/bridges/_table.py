"""CSV as learning management systems write it: read with whatever separator it has, written back in the same way."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum import spreadsheet
from curriculum.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curriculum.spreadsheet import Rows


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
        return (spreadsheet.BOM if self.bom else b"") + whole(text.getvalue()).encode("utf-8")


def read_table(path: Path) -> Table:
    """Read a CSV file.

    Raises:
        TableError: it cannot be read, or is no CSV; the message says where.
    """
    rows = spreadsheet.read(path)
    return Table(rows.header, list(_even(rows, path)), rows.separator, rows.bom)


def whole(text: str) -> str:
    """The text with U+FFFD for half characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _even(rows: Rows, path: Path) -> Iterator[list[str]]:
    width = len(rows.header)
    for line in rows.lines:
        if len(line.cells) > width and any(line.cells[width:]):
            message = f"{path}: line {line.number} has {len(line.cells)} fields, and the header {width}"
            raise TableError(message)
        yield (line.cells + [""] * width)[:width]
