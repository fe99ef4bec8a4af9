"""What a learner's page shows, in the order it shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.feedback._advice import Step, next_step
from curriculum.feedback._state import State, points_of, state_of
from curriculum.outcome import Outcome
from curriculum.pages import named, points, span, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from curriculum.course import Course, Lesson
    from curriculum.gradebook import ExtraCredit, LessonColumn, Mark, Row, Standing


_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class ExerciseView:
    """One exercise as the page shows it."""

    mark: Mark
    anchor: str
    title: str
    state: State
    points: str
    message: str
    step: Step


@dataclass(frozen=True)
class LessonView:
    """One lesson as the page shows it.

    Attributes:
        sums: how the points came about, line by line.
        notes: what was not as handed out, and whatever else a learner should know, in sentences.
    """

    column: LessonColumn
    standing: Standing
    anchor: str
    status: str
    exercises: tuple[ExerciseView, ...]
    sums: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def done(self) -> int:
        """How many exercises are passed."""
        return sum(view.state.kind == "passed" for view in self.exercises)

    @property
    def open(self) -> ExerciseView | None:
        """The first exercise with something left to do."""
        return next((view for view in self.exercises if not view.state.is_done), None)


def lesson_views(
    row: Row, columns: Iterable[LessonColumn], course: Course | None, repairs: Mapping[str, Sequence[str]]
) -> list[LessonView]:
    """Every lesson of a learner."""
    lessons = {lesson.id: lesson for lesson in course.lessons} if course else {}
    return [
        _lesson(column, row.standings[column.id], number_, lessons.get(column.id), repairs.get(column.id, ()))
        for number_, column in enumerate(columns, start=1)
        if column.id in row.standings
    ]


def _lesson(
    column: LessonColumn, standing: Standing, place: int, lesson: Lesson | None, repairs: Sequence[str]
) -> LessonView:
    counted = standing.counted
    marks = counted.marks if counted else ()
    exercises = (_exercise(mark, f"lesson-{place}-exercise-{n}", lesson) for n, mark in enumerate(marks, start=1))
    return LessonView(
        column=column,
        standing=standing,
        anchor=f"lesson-{place}",
        status=_status(standing),
        exercises=tuple(exercises),
        sums=tuple(_sums(standing)),
        notes=tuple(_notes(standing, repairs)),
    )


def _exercise(mark: Mark, anchor: str, lesson: Lesson | None) -> ExerciseView:
    title = named(mark.title) or mark.exercise
    return ExerciseView(mark, anchor, title, state_of(mark), points_of(mark), said(mark), next_step(mark, lesson))


def said(mark: Mark) -> str:
    """The message of an exercise without its first line where that only repeats the outcome."""
    first, _, rest = mark.message.partition("\n")
    if not first.partition(" ")[2].startswith(f"{mark.exercise}: "):
        return mark.message
    lines = rest.split("\n")
    return "\n".join(line.removeprefix("  ") for line in lines).strip("\n")


def _status(standing: Standing) -> str:
    if standing.excused:
        return "excused: it does not count"
    if standing.counted is None:
        if any(attempt.problem for attempt in standing.attempts):
            return "handed in, but it could not be graded"
        return "not handed in"
    return f"{standing.waiting} still with a person" if standing.waiting else "graded"


def _sums(standing: Standing) -> Iterable[str]:
    if standing.counted and (standing.penalty or standing.extra):
        yield f"{points(standing.counted.points)} for the exercises."
    if standing.penalty:
        late = standing.counted.late if standing.counted else None
        why = f"handed in {span(late)} after your deadline" if late else "handed in after your deadline"
        yield f"{_MINUS}{points(standing.penalty)}: {why}; never below 0."
    yield from map(extra_credit, standing.extra)


def extra_credit(credit: ExtraCredit) -> str:
    """What was given outside the exercises, in words."""
    sign = _MINUS if credit.points < 0 else "+"
    reason = f": {credit.reason}" if credit.reason else ""
    return f"{sign}{points(abs(credit.points))} from {credit.author or 'a person'}{reason}."


def _reason(problem: str) -> str:
    """Why an attempt was not graded, as its learner may read it: grading's own troubles may name its files."""
    from curriculum.grading.batch import UNGRADED

    if problem.startswith(UNGRADED):
        return ", for a reason that is not yours. Please tell your instructor."
    return f": {problem}"


def _notes(standing: Standing, repairs: Sequence[str]) -> Iterable[str]:
    last = standing.attempts[-1] if standing.attempts else None
    if last and last.problem:
        yield f"Attempt {last.number}, handed in {stamp(last.handed_in)}, could not be graded{_reason(last.problem)}"
    counted = standing.counted
    if counted and counted.tampered:
        cells = ", ".join(f"“{cell}”" for cell in counted.tampered)
        yield (
            f"Cells that are not yours to change were changed or deleted: {cells}. The lesson's own were used, and it "
            "cost no points by itself. Change the answer cells only."
        )
    if counted and any(mark.outcome is Outcome.MISSING for mark in counted.marks):
        yield "An answer cell was not found in the notebook you handed in."
    yield from repairs
