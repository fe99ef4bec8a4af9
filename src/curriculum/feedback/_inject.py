"""A copy of what a learner handed in, with the feedback below each exercise."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from curriculum import notebook as notebooks
from curriculum.errors import NotebookError
from curriculum.feedback._cells import feedback_cell, summary_cell
from curriculum.feedback._sanitise import notebook_metadata, sanitised
from curriculum.grading.assembly import places_of
from curriculum.notebook import Cell, Notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.course import Lesson
    from curriculum.gradebook import Attempt

MARK = "feedback"
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_NO_ID = re.compile(r"[^a-zA-Z0-9_-]+")
_MINOR = 5


def notebook(attempt: Attempt, submitted: bytes, lesson: Lesson) -> bytes:
    """The notebook that was handed in, made harmless, with a cell of feedback after each exercise's last cell.

    Feedback that the notebook holds already is replaced. An exercise that is not in the notebook has its feedback at
    the end.

    Args:
        attempt: what came of it.
        submitted: the file's bytes.
        lesson: the lesson's source, by which the exercises are found.

    Returns:
        the copy's bytes, a notebook of nbformat 4.5.

    Raises:
        NotebookError: the submission is no complete notebook of nbformat 4.
        SubmissionError: it is one that nobody grades.
        GradingError: the lesson's source cannot be used.
        MissingToolError: nh3 is not installed.
    """
    read = notebooks.loads(_decoded(submitted, attempt.file), attempt.file)
    read = replace(read, cells=tuple(cell for cell in read.cells if MARK not in cell.own))
    places = places_of(lesson, read.dumps().encode(), attempt.file)
    harmless = [sanitised(cell, as_given=place in places.given) for place, cell in enumerate(read.cells)]
    cells = _with_unique_ids(_woven(attempt, lesson, harmless, places.ends))
    metadata = notebook_metadata(read.metadata)
    metadata["curriculum"] = metadata.get("curriculum", {}) | {MARK: attempt.sha256}
    return Notebook(tuple(cells), metadata, _MINOR).dumps().encode()


def is_copy(path_text: bytes) -> bool:
    """Whether a file's bytes are such a copy."""
    try:
        return MARK in notebooks.loads(path_text.decode("utf-8")).own
    except (NotebookError, UnicodeDecodeError):
        return False


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookError(file, f"is not UTF-8 text (byte {error.start})") from None


def _woven(attempt: Attempt, lesson: Lesson, cells: list[Cell], ends: dict[str, int]) -> Iterator[Cell]:
    """The learner's cells with the feedback between them."""
    after: dict[int, list[Cell]] = {}
    for mark in attempt.marks:
        place = ends.get(mark.exercise, len(cells) - 1)
        after.setdefault(place, []).append(_own(mark.exercise, feedback_cell(mark, lesson)))
    yield _own("", summary_cell(attempt))
    yield from after.pop(-1, ())  # a notebook without a cell
    for place, cell in enumerate(cells):
        yield cell
        yield from after.get(place, ())


def _own(exercise: str, source: str) -> Cell:
    name = f"{MARK}-{_NO_ID.sub('-', exercise)}"[:64] if exercise else MARK
    return Cell(name, "markdown", source, {"curriculum": {MARK: exercise}, "editable": False})


def _with_unique_ids(cells: Iterable[Cell]) -> Iterator[Cell]:
    seen: set[str] = set()
    for cell in cells:
        stem = cell.id if _ID.fullmatch(cell.id) else _NO_ID.sub("-", cell.id)[:64].strip("-") or "cell"
        name, number = stem, 1
        while name in seen:
            number += 1
            name = f"{stem[:56]}-{number}"
        seen.add(name)
        yield replace(cell, id=name)
