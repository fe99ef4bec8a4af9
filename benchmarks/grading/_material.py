"""The lessons and submissions that the benchmarks grade, and what a fair full run of each gives."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from curriculum.course import Course, Lesson
from curriculum.release import learner_edition

FOLDER = Path(__file__).resolve().parent / "material"
MIXED_SUBMISSIONS = 20

Passes = dict[str, bool]


@dataclass(frozen=True)
class Handed:
    """One submission, as nbgrader's and our learners hand it in.

    Attributes:
        content: the notebook's bytes.
        passes: for each exercise, whether a fair full run accepts it.
        note: what is particular about it.
    """

    name: str
    content: bytes
    passes: Passes
    note: str = ""


@dataclass(frozen=True)
class Bench:
    """A lesson with its submissions.

    Attributes:
        assignment: what peers call it.
        source: the source notebook, in nbgrader's format.
    """

    assignment: str
    source: Path
    submissions: tuple[Handed, ...]

    @cached_property
    def lesson(self) -> Lesson:
        """The source, as the grader reads it."""
        return _lesson(self.source)

    @property
    def expected(self) -> dict[str, Passes]:
        """What must come of each submission."""
        return {handed.name: handed.passes for handed in self.submissions}

    def first(self, count: int | None) -> Bench:
        """The same lesson with some submissions only."""
        return replace(self, submissions=self.submissions[:count])


def heavy(*, well_behaved: bool = True) -> Bench:
    """A problem set with permutation tests and cross-validation: 30 submissions, 20 of them fit to measure times on."""
    data = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    known = data["submissions"]
    names = data["well_behaved"] if well_behaved else sorted(known)
    handed = (
        Handed(
            name,
            (FOLDER / "submissions" / f"{name}.ipynb").read_bytes(),
            known[name]["expect"],
            f"{known[name]['kind']}: {known[name]['note']}",
        )
        for name in names
    )
    return Bench("ps1", FOLDER / "ps1-source.ipynb", tuple(handed))


def light() -> Bench:
    """Six exercises of about a millisecond, in plain Python and NumPy."""
    return _mixed("light")


def tables() -> Bench:
    """Six exercises of about five milliseconds, with pandas and scikit-learn."""
    return _mixed("tables")


def _mixed(name: str) -> Bench:
    """A lesson with 20 submissions made from a table of answers, right and wrong in many mixtures."""
    source = FOLDER / f"{name}-source.ipynb"
    lesson = _lesson(source)
    table: dict[str, list[tuple[str, bool]]] = {
        exercise.id: [(exercise.solution, True)] for exercise in lesson.exercises
    }
    data = tomllib.loads((FOLDER / f"{name}-answers.toml").read_text(encoding="utf-8"))
    for answer in data["answer"]:
        table[answer["exercise"]].append((answer["code"].strip("\n"), answer["passes"]))
    handed = []
    for number in range(MIXED_SUBMISSIONS):
        # Every answer has its turn, beside others each time; the first submission is all solutions.
        chosen = {
            exercise: answers[(number + place * (number // len(answers))) % len(answers)]
            for place, (exercise, answers) in enumerate(table.items())
        }
        content = filled(lesson, {exercise: code for exercise, (code, _) in chosen.items()})
        passes = {exercise: passed for exercise, (_, passed) in chosen.items()}
        handed.append(Handed(f"{name[0]}{number + 1:02}", content, passes))
    return Bench(name, source, tuple(handed))


def _lesson(source: Path) -> Lesson:
    return Lesson(source.parent.parent, source.parent.name, source.stem, source.stem, minutes=1)


def filled(lesson: Lesson, codes: dict[str, str], course: Course | None = None) -> bytes:
    """A submission: the learner's edition of a lesson with these answers, by exercise id."""
    course = course or Course(root=lesson.root, id="bench", title="Benchmark", version="1", modules=())
    edition = learner_edition(lesson, course)
    answers = {exercise.answer.id: codes[exercise.id] for exercise in lesson.exercises if exercise.id in codes}
    cells = tuple(replace(cell, source=answers.get(cell.id, cell.source)) for cell in edition.cells)
    return replace(edition, cells=cells).dumps().encode()
