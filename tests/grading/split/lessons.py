"""Small lessons of the tests' own, submissions to them, and what running those comes to."""

from __future__ import annotations

import io
import itertools
import json
import linecache
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curriculum import check
from curriculum import course as courses
from curriculum.check import Drawing
from curriculum.errors import CheckFailed
from curriculum.grading.assembly._assemble import assemble
from curriculum.outcome import Outcome
from curriculum.release import learner_edition

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.course import Lesson
    from curriculum.grading._result import CheckResult, Run
    from curriculum.grading._steps import Assembled
    from curriculum.grading.split import SplitRunner

DRAWING = Drawing(key=b"a key of the tests", course="tiny", lesson="lesson", learner="ada")
PLAIN = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
SETUP = "from curriculum import check"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Part:
    """A cell of a lesson, as text: teacher, answer or check."""

    role: str
    name: str
    source: str
    tags: tuple[str, ...] = ()
    points: float = 1.0
    locked: bool = True


def teacher(name: str, source: str, *, may_raise: bool = False, locked: bool = True) -> Part:
    return Part("teacher", name, source, ("raises-exception",) if may_raise else (), locked=locked)


def exercise(name: str, solution: str, *checks: str, points: float = 1.0) -> list[Part]:
    """An answer cell and its check cells; what the solution assigns is the learner's."""
    tests = [
        Part("check", f"{name}-check-{number}", f'check.exercise("{name}")\n{source}', points=points)
        for number, source in enumerate(checks, start=1)
    ]
    return [Part("answer", name, solution), *tests]


def hidden(source: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS"


def _cell(part: Part) -> dict[str, Any]:
    meta: dict[str, Any] = {"tags": list(part.tags)} if part.tags else {}
    source = part.source
    if part.role == "teacher" and part.locked:
        meta["nbgrader"] = PLAIN | {"grade_id": part.name, "locked": True}
    elif part.role == "answer":
        source = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
        meta |= {"nbgrader": PLAIN | {"grade_id": part.name, "solution": True}, "curriculum": {"exercise": part.name}}
    elif part.role == "check":
        graded = PLAIN | {"grade": True, "grade_id": part.name, "locked": True, "points": part.points}
        meta |= {"nbgrader": graded, "curriculum": {"exercise": part.name.rpartition("-check-")[0]}}
    empty = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": part.name, "metadata": meta, "source": source, **empty}


def lesson_of(folder: Path, *parts: Part | list[Part]) -> Lesson:
    """A lesson of these cells, after one that imports ``check``."""
    flat = [teacher("setup", SETUP)]
    for part in parts:
        flat += part if isinstance(part, list) else [part]
    root = folder / f"course-{next(_numbers)}"
    path = root / "00-start" / "01-lesson.ipynb"
    path.parent.mkdir(parents=True)
    metadata = {"curriculum": {"lesson": "lesson"}, "language_info": {"name": "python"}}
    document = {"cells": list(map(_cell, flat)), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
    (root / "course.toml").write_text(
        'id = "tiny"\ntitle = "A tiny course"\nversion = "1"\n[[module]]\nfolder = "00-start"\ntitle = "Start"\n'
        '[[module.lesson]]\nfile = "01-lesson"\ntitle = "Lesson"\nminutes = 30\n',
        encoding="utf-8",
    )
    return courses.load(root).lessons[0]


@dataclass
class Submitted:
    """A release of a lesson with answers filled in."""

    lesson: Lesson
    cells: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        release = learner_edition(self.lesson, courses.load(self.lesson.root))
        self.cells = json.loads(release.dumps())["cells"]

    def place(self, name: str) -> int:
        return next(place for place, cell in enumerate(self.cells) if cell["id"] == name)

    def write(self, name: str, source: str) -> Submitted:
        self.cells[self.place(name)]["source"] = source
        return self

    def remove(self, name: str) -> Submitted:
        del self.cells[self.place(name)]
        return self

    def insert(self, after: str, name: str, source: str) -> Submitted:
        empty = {"execution_count": None, "outputs": []}
        cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source, **empty}
        self.cells.insert(self.place(after) + 1 if after else 0, cell)
        return self

    def assembled(self) -> Assembled:
        document = {"cells": self.cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        return assemble(self.lesson, json.dumps(document).encode(), "submission.ipynb")


def submission(lesson: Lesson, **answers: str) -> Assembled:
    """A submission with these answers, by exercise; underscores stand for hyphens."""
    submitted = Submitted(lesson)
    for name, source in answers.items():
        submitted.write(name, source)
    return submitted.assembled()


def solved(lesson: Lesson, **answers: str) -> Assembled:
    """A submission with the author's answers, and these in place of theirs."""
    return submission(lesson, **({one.id: one.solution for one in lesson.exercises} | answers))


def results(run: Run) -> dict[str, CheckResult]:
    return {result.cell: result for result in run.checks}


def outcomes(run: Run) -> dict[str, Outcome]:
    return {result.cell: result.outcome for result in run.checks}


def graded(runner: SplitRunner, assembled: Assembled) -> dict[str, CheckResult]:
    """What each check cell of a submission comes to."""
    return results(runner.run(assembled, DRAWING))


def in_one_process(assembled: Assembled) -> dict[str, Outcome]:
    """What each check cell of a submission comes to where all cells share one namespace, as in a notebook."""
    space: dict[str, Any] = {"__name__": "__main__"}
    found: dict[str, Outcome] = {}
    with check.drawing(DRAWING), check.graded(frozenset()), redirect_stdout(io.StringIO()):
        for step in assembled.steps:
            linecache.cache[step.cell] = (len(step.source), None, step.source.splitlines(keepends=True), step.cell)
            try:
                exec(compile(step.source, step.cell, "exec", dont_inherit=True), space)
                outcome = Outcome.PASSED
            except CheckFailed as error:
                outcome = error.finding.outcome
            except AssertionError:
                outcome = Outcome.FAILED
            except Exception:  # noqa: BLE001 - a cell may raise anything
                outcome = Outcome.RAISED
            if step.kind.value == "check":
                found[step.cell] = outcome
    return found
