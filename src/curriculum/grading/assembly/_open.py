"""A submitted file read as a notebook, within bounds that no honest notebook comes near."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from curriculum import notebook
from curriculum.errors import NotebookError, SubmissionError
from curriculum.grading.assembly._schema import SchemaError, TooNewError, upgraded

if TYPE_CHECKING:
    from curriculum.notebook import Cell

MAX_CELLS = 5_000
MAX_CELL_TEXT = 1_000_000
# JSON of the size of a large figure can unfold to gigabytes of small objects: their number is looked at before.
MAX_OBJECTS = 500_000
MAX_LISTS = 3_000_000
# The release writes a cell's type twice, once for Jupyter and once for nbgrader.
_TYPES_PER_CELL = 2


@dataclass(frozen=True)
class Opened:
    """A submission's cells, nbgrader's metadata upgraded and newlines made one kind.

    Attributes:
        odd: places of cells whose metadata no nbgrader has written.
        minor: the minor version of its nbformat.
    """

    cells: tuple[Cell, ...]
    minor: int
    odd: frozenset[int] = frozenset()


def opened(content: bytes, file: str) -> Opened:
    """Read a submission.

    Raises:
        NotebookError: it is no complete notebook of nbformat 4.
        SubmissionError: it is one, but beyond the bounds or of a newer nbgrader.
    """
    _bounded(content, file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookError(file, f"is not UTF-8 text (byte {error.start})") from None
    read = notebook.loads(text, file)
    if len(read.cells) > MAX_CELLS:
        _refuse(file, f"has {len(read.cells):,} cells; {MAX_CELLS:,} at most are graded")
    cells, odd = [], set()
    for place, cell in enumerate(read.cells):
        if len(cell.source) > MAX_CELL_TEXT:
            _refuse(file, f"cell {place + 1} has {len(cell.source):,} characters; {MAX_CELL_TEXT:,} at most are graded")
        try:
            cells.append(_plain(upgraded(cell)))
        except TooNewError as error:
            _refuse(file, f"cell {place + 1}: {error}")
        except SchemaError:
            odd.add(place)
            cells.append(_plain(cell))
    return Opened(tuple(cells), read.minor, frozenset(odd))


def has_own_id(cell: Cell, place: int) -> bool:
    """Whether the file gives the cell an id, or reading made one up from its place."""
    return cell.id != f"cell-{place + 1}"


def _bounded(content: bytes, file: str) -> None:
    # Inside a JSON text the closing quote is escaped, so this counts keys and nothing that a cell's source says.
    if content.count(b'"cell_type"') > _TYPES_PER_CELL * MAX_CELLS:
        _refuse(file, f"has more than {MAX_CELLS:,} cells, which is more than are graded")
    if content.count(b"{") > MAX_OBJECTS or content.count(b"[") > MAX_LISTS:
        _refuse(file, "is made of too many small pieces to be read; clear its outputs")


def _plain(cell: Cell) -> Cell:
    if "\r" not in cell.source:
        return cell
    return replace(cell, source=cell.source.replace("\r\n", "\n").replace("\r", "\n"))


def _refuse(file: str, problem: str) -> None:
    message = f"{file}: {problem}"
    raise SubmissionError(message)
