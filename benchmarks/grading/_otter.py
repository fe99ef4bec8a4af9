"""The same material in Otter's format: its master notebook from nbgrader's source, its submissions from nbgrader's.

Nothing but the form changes: the learner's code is copied to the letter. For the heavy lesson the outcome is held
against the digests of the files that were made by hand with ``otter assign``; one that differs ends the benchmark.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from _material import FOLDER

from curriculum import notebook
from curriculum.notebook import Region, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _material import Bench

    from curriculum.course import Exercise
    from curriculum.notebook import Cell

MASTER = "ps1-master.ipynb"
_SEALED = {"deletable": False, "editable": False}
_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_CONFIG = """# ASSIGNMENT CONFIG
name: {}
init_cell: true
export_cell: false
solutions_pdf: false
generate:
  print_summary: true
tests:
  files: false
  ok_format: true"""


class UnfaithfulError(Exception):
    """A notebook made here differs from the one that Otter's own tool had made."""


def master(bench: Bench) -> bytes:
    """What ``otter assign`` is given."""
    exercises = {cell.id: exercise for exercise in bench.lesson.exercises for cell in exercise.cells}
    cells: list[dict[str, Any]] = [_cell("raw", _CONFIG.format(bench.assignment))]
    pending: dict[str, Any] | None = None
    own: list[dict[str, Any]] = []
    for cell in bench.lesson.notebook.cells:
        if cell.role is Role.TEXT and cell.grade_id.startswith("md-"):
            pending = _cell("markdown", cell.source)
        elif cell.role is Role.SOLUTION:
            exercise = exercises[cell.id]
            cells += [_raw("BEGIN QUESTION", _question(exercise))]
            cells += [pending] if pending else []
            cells += [*_solution(cell), *_tests(exercise), _raw("END QUESTION")]
        elif cell.role is Role.CHECK:
            cells += own
            own = []
        elif cell.id in exercises or pending:
            own.append(_cell(cell.type, cell.source))
        else:
            cells.append(_cell(cell.type, cell.source))
    made = _numbered([*cells, *own], "c", _KERNEL)
    if bench.assignment == "ps1":
        stored = json.loads((FOLDER / "ps1-otter-master.ipynb").read_bytes())
        _same(made, _digest(stored), "the master notebook")
    return json.dumps(made).encode()


def submissions(bench: Bench) -> dict[str, bytes]:
    """Every submission as Otter's learners hand it in."""
    digests = json.loads((FOLDER / "otter-digests.json").read_text(encoding="utf-8"))
    result = {}
    for handed in bench.submissions:
        made = _submission(bench, handed.content, handed.name)
        if bench.assignment == "ps1":
            _same(made, digests[handed.name], handed.name)
        result[handed.name] = json.dumps(made).encode()
    return result


def _submission(bench: Bench, content: bytes, name: str) -> dict[str, Any]:
    """Where nbgrader's learners have their cells before and after the test, Otter's have all of them after it."""
    cells = [_cell("code", f'# Initialize Otter\nimport otter\ngrader = otter.Notebook("{MASTER}")', _SEALED)]
    before: list[dict[str, Any]] = []
    for cell in notebook.loads(content.decode(), name).cells:
        if cell.role is Role.CHECK:
            exercise = cell.grade_id.removeprefix("test-")
            cells.append(_cell("code", f'grader.check("{exercise}")', _SEALED))
        elif cell.role is Role.SOLUTION:
            cells.append(_cell("code", cell.source, {"tags": ["otter_answer_cell"]}))
        elif cell.grade_id.startswith("md-"):
            cells += before
            before = []
            cells.append(_cell("markdown", cell.source, _SEALED))
        elif not cell.grade_id and cells[-1]["metadata"] == {"tags": ["otter_answer_cell"]}:
            before.append(_cell(cell.type, cell.source))
        else:
            cells.append(_cell(cell.type, cell.source))
    cells += before
    tests = {exercise.id: _metadata(exercise) for exercise in bench.lesson.exercises}
    own = {"otter": {"OK_FORMAT": True, "assignment_name": bench.assignment, "tests": tests}}
    return _numbered(cells, f"{name}-", _KERNEL | own)


def _question(exercise: Exercise) -> str:
    return f"name: {exercise.id}\npoints: {exercise.points:g}\nall_or_nothing: true"


def _solution(cell: Cell) -> Iterator[dict[str, Any]]:
    yield _raw("BEGIN SOLUTION")
    yield _cell("code", cell.source.replace("### BEGIN SOLUTION", "# BEGIN SOLUTION").replace("### END", "# END"))
    yield _raw("END SOLUTION")


def _tests(exercise: Exercise) -> Iterator[dict[str, Any]]:
    """All assertions in one hidden test; Otter wants a visible one beside it."""
    yield _raw("BEGIN TESTS")
    yield _cell("code", _visible(exercise))
    for check in exercise.checks:
        markers = {f"### {word} {Region.HIDDEN_TESTS}" for word in ("BEGIN", "END")}
        lines = [line for line in check.source.splitlines() if line.strip() not in markers]
        yield _cell("code", "\n".join(["# HIDDEN", *lines]))
    yield _raw("END TESTS")


def _visible(exercise: Exercise) -> str:
    return f"assert callable({exercise.id})"


def _metadata(exercise: Exercise) -> dict[str, Any]:
    case = {"code": f">>> {_visible(exercise)}\n", "hidden": False, "locked": False}
    suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return {"all_or_nothing": True, "name": exercise.id, "points": int(exercise.points), "suites": [suite]}


def _raw(mark: str, text: str = "") -> dict[str, Any]:
    return _cell("raw", f"# {mark}\n{text}".rstrip("\n"))


def _cell(kind: str, source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    outputs = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata or {}, "source": source, **outputs}


def _numbered(cells: list[dict[str, Any]], stem: str, metadata: dict[str, Any]) -> dict[str, Any]:
    numbered = [cell | {"id": f"{stem}{number:03}"} for number, cell in enumerate(cells)]
    return {"cells": numbered, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _same(made: dict[str, Any], digest: str, what: str) -> None:
    if _digest(made) != digest:
        message = f"{what}: the Otter form made here is not the one that is on record"
        raise UnfaithfulError(message)


def _digest(data: dict[str, Any]) -> str:
    """A hash of what a notebook says, however its text is laid out."""
    cells = [cell | {"source": "".join(cell["source"])} for cell in data["cells"]]
    text = json.dumps(data | {"cells": cells}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
