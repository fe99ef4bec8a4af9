"""Rules on nbgrader's metadata: schema 3 as source notebooks carry it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from curriculum.lint._registry import Found, rule
from curriculum.lint._subject import GRADED
from curriculum.notebook import GRADE_ID, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject
    from curriculum.notebook import Cell

SCHEMA = 3
_REQUIRED = ("grade", "locked", "solution")
_KEYS = {*_REQUIRED, "task", "grade_id", "points", "schema_version"}
_RELEASE_KEYS = {"checksum", "cell_type"}
_FLAGS = (*_REQUIRED, "task")


@rule(
    "nbgrader-schema",
    "nbgrader metadata does not follow schema 3 to the letter: a key is missing, unknown or of the wrong kind",
    mend="write the keys grade, solution, locked, task, grade_id, schema_version, and points where it is graded",
)
def nbgrader_schema(subject: Subject) -> Iterator[Found]:
    """Hold each cell's metadata against the schema."""
    for cell in subject.cells:
        if "nbgrader" in cell.metadata:
            for message, mend in _problems(cell):
                yield Found(cell.id, message, mend)


@rule(
    "nbgrader-role",
    "nbgrader's flags contradict each other or the cell's type",
    mend="set the flags for one role: solution, check (grade + locked), manual (grade + solution) or task",
)
def nbgrader_role(subject: Subject) -> Iterator[Found]:
    """Look for flags that make no role."""
    for cell in subject.cells:
        if isinstance(cell.metadata.get("nbgrader"), dict):
            problem = _contradiction(cell)
            if problem:
                yield Found(cell.id, problem)


@rule(
    "duplicate-grade-id",
    "two cells of the notebook have the same grade_id",
    mend="give the copy a grade_id of its own, equal to its cell id",
)
def duplicate_grade_id(subject: Subject) -> Iterator[Found]:
    """Count grade_ids."""
    ids = [cell.grade_id for cell in subject.cells if cell.grade_id]
    repeated = {name for name, count in Counter(ids).items() if count > 1}
    seen: set[str] = set()
    for cell in subject.cells:
        if cell.grade_id in repeated and cell.grade_id in seen:
            yield Found(cell.id, f"the grade_id {cell.grade_id!r} is that of a cell above")
        seen.add(cell.grade_id)


@rule(
    "cell-id-not-grade-id",
    "an exercise's cell has another id than its grade_id, by which submissions are matched",
    mend="make them equal",
)
def cell_id_not_grade_id(subject: Subject) -> Iterator[Found]:
    """Compare id and grade_id of graded cells."""
    for cell in subject.cells:
        if cell.role in GRADED and cell.grade_id and cell.id != cell.grade_id:
            yield Found(cell.id, f"the cell's id is not its grade_id {cell.grade_id!r}")


@rule(
    "unlocked-setup",
    "the cell that imports `check` is not locked, although every check cell needs it",
    mend="lock it: nbgrader metadata with locked true and a grade_id such as <lesson>-setup",
)
def unlocked_setup(subject: Subject) -> Iterator[Found]:
    """Look at the cells that import check."""
    from curriculum.lint._python import imports

    for cell in subject.demonstrations:
        if imports([cell.source]).get("check") == "curriculum.check" and not cell.nbgrader.get("locked"):
            yield Found(cell.id, "the cell imports check and can be edited or deleted by learners")


def _problems(cell: Cell) -> Iterator[tuple[str, str]]:
    meta = cell.metadata["nbgrader"]
    if not isinstance(meta, dict):
        yield "nbgrader metadata is not a mapping", ""
        return
    for key in sorted(set(meta) & _RELEASE_KEYS):
        yield f"the nbgrader key {key!r} belongs to releases", "delete it: `curriculum release` adds it"
    for key in sorted(set(meta) - _KEYS - _RELEASE_KEYS):
        yield f"nbgrader does not know the key {key!r}", "delete it, or put it under the cell's curriculum key"
    if meta.get("schema_version") != SCHEMA:
        yield f"nbgrader's schema_version is {meta.get('schema_version')!r}", f"set schema_version to {SCHEMA}"
    for key in _FLAGS:
        if key in _REQUIRED and key not in meta:
            yield f"the nbgrader key {key!r} is missing", f"add {key}: true or false"
        elif key in meta and not isinstance(meta[key], bool):
            yield f"nbgrader's {key} is {meta[key]!r}", f"set {key} to true or false"
    yield from _grade_id_problems(meta)
    yield from _points_problems(meta)


def _grade_id_problems(meta: dict[str, Any]) -> Iterator[tuple[str, str]]:
    name = meta.get("grade_id")
    if name is None or name == "":
        if any(meta.get(key) for key in _FLAGS):
            yield "grade_id is missing", "add a grade_id that is unique in the course"
    elif not isinstance(name, str) or not GRADE_ID.match(name):
        yield f"grade_id {name!r} has other characters than letters, digits, - and _", "rename it"


def _points_problems(meta: dict[str, Any]) -> Iterator[tuple[str, str]]:
    graded = bool(meta.get("grade") or meta.get("task"))
    points = meta.get("points")
    if graded and points is None:
        yield "a graded cell has no points", "add points, a number of 0 or more"
    elif points is not None and not graded:
        yield "a cell that is not graded has points", "delete points, or set grade to true"
    elif points is not None and (isinstance(points, bool) or not isinstance(points, int | float) or points < 0):
        yield f"points is {points!r}", "set points to a number of 0 or more"


def _contradiction(cell: Cell) -> str:
    grade, solution, locked, task = (bool(cell.nbgrader.get(key)) for key in ("grade", "solution", "locked", "task"))
    markdown = cell.type == "markdown"
    problems = {
        "task cells are Markdown, and this is not": task and not markdown,
        "a cell cannot be task and solution": task and solution,
        "a Markdown cell that is graded is a solution too: nothing can be run in it": (
            markdown and grade and not solution and not task
        ),
        "a Markdown cell that learners fill is graded too": markdown and solution and not grade,
        "a raw cell cannot be graded or filled": cell.type == "raw" and (grade or solution or task),
        "learners cannot write into it: it is solution and locked": solution and locked,
        "learners can change it: a check cell must be locked": (
            cell.role is Role.CHECK and not markdown and cell.nbgrader.get("locked") is False
        ),
        "the cell has nbgrader metadata and no role": not (grade or solution or locked or task),
    }
    return next((message for message, applies in problems.items() if applies), "")
