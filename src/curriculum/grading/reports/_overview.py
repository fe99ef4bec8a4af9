"""A batch in numbers: one pass over its results, which are never all in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from curriculum.grading._result import ExerciseResult, Layer, SubmissionResult
    from curriculum.grading._submission import Refused
    from curriculum.grading.batch._store import Stored

# A table with a row a submission is read up to here; beyond it there is a row a lesson.
ROWS = 40


@dataclass(frozen=True)
class Row:
    """One submission.

    Attributes:
        tampering: the ids of cells that the learner must not have changed.
    """

    learner: str
    lesson: str
    points: float
    max_points: float
    what: str
    problem: str = ""
    tampering: tuple[str, ...] = ()


@dataclass
class LessonOverview:
    """The submissions of one lesson.

    Attributes:
        lesson: what people call it.
        submissions: how many, ungraded ones included.
        ungraded: how many have a problem in place of a verdict.
        points: of all graded submissions together; what people have yet to grade counts 0.
        max_points: what one submission can have.
        waiting: exercises that a person has yet to grade.
        tampered: submissions in which something was changed that must not be.
        outcomes: of exercises; those that wait for a person are none.
        mistakes: recognised mistakes by id: how many submissions made them.
    """

    lesson: str
    place: str
    submissions: int = 0
    ungraded: int = 0
    points: float = 0.0
    max_points: float = 0.0
    waiting: int = 0
    tampered: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)

    @property
    def graded(self) -> int:
        """How many submissions have a verdict."""
        return self.submissions - self.ungraded

    @property
    def mean(self) -> float | None:
        """Points of a graded submission, on average; None where there is none."""
        return self.points / self.graded if self.graded else None


@dataclass
class Overview:
    """A whole batch.

    Attributes:
        rows: every submission where there are few enough for a table; otherwise the first ones.
        lessons: by their places, in that order.
        problems: the submissions that could not be graded.
        tampered: the submissions in which something was changed that must not be.
        refused: the files that are no submission.
        layers: of the sandbox; one stood where it stood for every submission.
        is_of_course: whether any submission answers a lesson of the course.
    """

    rows: list[Row] = field(default_factory=list)
    lessons: dict[str, LessonOverview] = field(default_factory=dict)
    problems: list[Row] = field(default_factory=list)
    tampered: list[Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    layers: dict[str, Layer] = field(default_factory=dict)
    learners: int = 0
    is_of_course: bool = False

    @property
    def submissions(self) -> int:
        """How many submissions there are, ungraded ones included."""
        return sum(lesson.submissions for lesson in self.lessons.values())


def overview_of(results: Iterable[Stored], refused: Iterable[Refused]) -> Overview:
    """Count a batch's results, which come learner by learner."""
    made = Overview(refused=list(refused))
    former = None
    for stored in results:
        made.learners += stored.result.learner != former
        former = stored.result.learner
        _add(made, stored)
    made.lessons = dict(sorted(made.lessons.items()))
    return made


def what_happened(result: SubmissionResult) -> str:
    """A submission in a few words: ``5 passed, 1 failed, 1 by hand``, or why it could not be graded."""
    if result.problem:
        return result.problem
    waiting = sum(map(_waits, result.exercises))
    counted = Counter(exercise.outcome for exercise in result.exercises if not _waits(exercise))
    words = [f"{counted[outcome]} {outcome.words}" for outcome in Outcome if counted[outcome]]
    words += [f"{waiting} by hand"] if waiting else []
    words += ["tampered with"] if _tampering(result) else []
    return ", ".join(words) or "nothing to grade"


def mistakes(exercise: ExerciseResult) -> list[str]:
    """The mistakes recognised in an exercise, each once."""
    return list(dict.fromkeys(check.mistake for check in exercise.checks if check.mistake))


def _add(made: Overview, stored: Stored) -> None:
    result = stored.result
    made.is_of_course |= bool(result.version)
    _count(made.lessons.setdefault(stored.place, LessonOverview(stored.lesson, stored.place)), result)
    what, tampering = what_happened(result), _tampering(result)
    row = Row(result.learner, stored.lesson, result.points, result.max_points, what, result.problem, tampering)
    if len(made.rows) < ROWS:
        made.rows.append(row)
    if result.problem:
        made.problems.append(row)
    if tampering:
        made.tampered.append(row)
    for layer in result.layers:
        known = made.layers.get(layer.name)
        made.layers[layer.name] = layer if known is None or known.achieved else known


def _count(lesson: LessonOverview, result: SubmissionResult) -> None:
    lesson.submissions += 1
    lesson.tampered += bool(_tampering(result))
    if result.problem:
        lesson.ungraded += 1
        return
    lesson.points += result.points
    lesson.max_points = max(lesson.max_points, result.max_points)
    for exercise in result.exercises:
        if _waits(exercise):
            lesson.waiting += 1
        else:
            lesson.outcomes[exercise.outcome] += 1
        lesson.mistakes.update(mistakes(exercise))


def _waits(exercise: ExerciseResult) -> bool:
    return exercise.points is None


def _tampering(result: SubmissionResult) -> tuple[str, ...]:
    cells = (str(repair["cell"]) for repair in result.repairs if repair["tampering"])
    return tuple(dict.fromkeys(cells))
