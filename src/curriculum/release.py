"""From a source lesson to what learners get: stubs for solutions, no hidden tests, no outputs, nbgrader's checksums."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from curriculum import files, notebook
from curriculum.errors import NotebookError, ReleaseError
from curriculum.notebook import Cell, MarkerError, Notebook, Region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from curriculum.course import Course, Lesson

MANIFEST = "release.json"
NBGRADER_CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class Released:
    """A lesson that was written out.

    Attributes:
        sha256: of the file as it was written.
    """

    lesson: Lesson
    path: Path
    sha256: str


def learner_edition(lesson: Lesson, course: Course) -> Notebook:
    """The notebook that learners get.

    Raises:
        NotebookError: the source cannot be read, or its markers do not pair; the message names the cell.
    """
    return _edition(lesson, course, _learner_cell)


def solutions_edition(lesson: Lesson, course: Course) -> Notebook:
    """The lesson with its answers and outputs, without hidden tests and mark schemes."""
    return _edition(lesson, course, _solved_cell)


def write_release(course: Course, lessons: Iterable[Lesson], out: Path, *, solutions: bool = False) -> list[Released]:
    """Write lessons under ``out``, module by module, with a manifest of their SHA-256 sums.

    Args:
        course: the course they belong to.
        lessons: which ones.
        out: the folder; created where it is missing, and never the source's own.
        solutions: write the solutions edition.

    Raises:
        ReleaseError: ``out`` is the source folder, or cannot be written.
        NotebookError: a source lesson cannot be released.
    """
    if out.resolve().is_relative_to(course.root):
        message = f"{out} is the course's own folder: choose another with --out"
        raise ReleaseError(message)
    edition = solutions_edition if solutions else learner_edition
    # Every lesson is made before the first is written: a mistake in the last leaves no half release.
    made = [(lesson, edition(lesson, course).dumps()) for lesson in lessons]
    try:
        written = [_write(lesson, text, out) for lesson, text in made]
        files.write_text(out / MANIFEST, _manifest(course, written, solutions=solutions))
        _copy_config(course, out)
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror or error}"
        raise ReleaseError(message) from None
    return written


def _edition(lesson: Lesson, course: Course, change: Callable[[Cell], Cell]) -> Notebook:
    source = lesson.notebook
    cells = []
    for cell in source.cells:
        try:
            cells.append(change(cell))
        except MarkerError as error:
            raise NotebookError(lesson.path, f"cell {cell.id!r}: {error}") from None
    own = source.own | {"course": course.id, "version": course.version, "lesson": lesson.id}
    return replace(source, cells=tuple(cells), metadata=source.metadata | {"curriculum": own}, path=None)


def _learner_cell(cell: Cell) -> Cell:
    return _sealed(_locked(_public(cell, stubs=True).cleared()))


def _solved_cell(cell: Cell) -> Cell:
    return _sealed(_locked(_public(cell, stubs=False)))


def _public(cell: Cell, *, stubs: bool) -> Cell:
    source = cell.source
    if cell.nbgrader.get("solution"):
        starter = notebook.starter(cell)  # in either edition: it is where markers that do not pair are found
        source = starter if stubs else notebook.solution(cell)
    elif notebook.has_region(source, Region.SOLUTION):
        message = f"'### BEGIN {Region.SOLUTION}' in a cell that learners don't fill would reach them"
        raise MarkerError(message)
    source = notebook.replace_region(source, Region.HIDDEN_TESTS, None)
    source = notebook.replace_region(source, Region.MARK_SCHEME, None)
    return replace(cell, source=source, raw=_without_lost_pictures(cell, source))


def _without_lost_pictures(cell: Cell, source: str) -> dict[str, Any]:
    """The cell's other keys, less the attachments that only the part taken out has shown."""
    attached = cell.raw.get("attachments")
    if source == cell.source or not attached:
        return cell.raw
    kept = {name: data for name, data in attached.items() if f"attachment:{name}" in source}
    return cell.raw | {"attachments": kept}


def _locked(cell: Cell) -> Cell:
    """Make teacher's cells read-only and none of the exercise's cells deletable, as nbgrader does."""
    grade, solution = cell.nbgrader.get("grade"), cell.nbgrader.get("solution")
    if solution:
        return replace(cell, metadata=cell.metadata | {"deletable": False})
    if grade or cell.nbgrader.get("locked"):
        return replace(cell, metadata=cell.metadata | {"deletable": False, "editable": False})
    return cell


def _sealed(cell: Cell) -> Cell:
    """Add nbgrader's checksum and cell type, by which a changed cell is found."""
    if not any(cell.nbgrader.get(key) for key in ("grade", "solution", "locked")):
        return cell
    seal = {"checksum": notebook.checksum(cell), "cell_type": cell.type}
    return replace(cell, metadata=cell.metadata | {"nbgrader": cell.nbgrader | seal})


def _write(lesson: Lesson, text: str, out: Path) -> Released:
    path = out / lesson.module / f"{lesson.file}.ipynb"
    files.write_text(path, text)
    return Released(lesson, path, hashlib.sha256(text.encode("utf-8")).hexdigest())


def _manifest(course: Course, written: list[Released], *, solutions: bool) -> str:
    files = {item.lesson.name: {"lesson": item.lesson.id, "sha256": item.sha256} for item in written}
    edition = "solutions" if solutions else "learner"
    data = {"course": course.id, "version": course.version, "edition": edition, "files": files}
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def _copy_config(course: Course, out: Path) -> None:
    config = course.root / NBGRADER_CONFIG
    if config.is_file():
        files.write_text(out / NBGRADER_CONFIG, config.read_text(encoding="utf-8"))
