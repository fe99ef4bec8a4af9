"""Reading the tables of Markdown pages, so that tests can hold them to the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Column(NamedTuple):
    """What a datasheet says of a column."""

    name: str
    dtype: str
    unit: str
    meaning: str

    @property
    def quoted(self) -> list[str]:
        return re.findall(r"`([^`]+)`", self.meaning)


def rows_below(page: str, *header: str) -> list[list[str]]:
    """The rows of the table with that header."""
    lines = page.splitlines()
    head = "| " + " | ".join(header) + " |"
    assert head in lines, f"no table with the header {head}"
    first = lines.index(head) + 2
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        assert len(cells) == len(header), f"{len(cells)} cells in: {line}"
        rows.append(cells)
    assert rows, f"nothing below {head}"
    return rows


def columns_of(datasheet: str) -> list[Column]:
    return [
        Column(bare(name), bare(dtype), unit, meaning)
        for name, dtype, unit, meaning in rows_below(datasheet, "column", "dtype", "unit", "meaning")
    ]


def bare(cell: str) -> str:
    assert re.fullmatch(r"`[^`]+`", cell), f"{cell!r} does not stand in backticks"
    return cell[1:-1]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
