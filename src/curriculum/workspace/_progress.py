"""Where a learner stands: the journal's events laid over the course."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from curriculum import journal
from curriculum.journal import Kind
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from curriculum.course import Course, Exercise, Lesson
    from curriculum.journal import Event

_KIND = re.compile(r"^(Exercise|Question):\s*")


class State(StrEnum):
    """How an exercise stands; what was passed once stays passed until it is reset."""

    PASSED = "passed"
    WITH_SOLUTION = "passed with the solution"
    FAILED = "not yet right"
    RAISED = "raised an error"
    NOT_ATTEMPTED = "not attempted"
    BY_HAND = "graded by a person"

    @property
    def is_passed(self) -> bool:
        """Whether the exercise needs nothing more."""
        return self in {State.PASSED, State.WITH_SOLUTION}


@dataclass
class Record:
    """What the journal says about one exercise.

    Attributes:
        latest: the outcome of the latest check since the last reset; None before the first.
        attempts: how many checks found an answer, right or wrong.
        passed: whether a check passed since the last reset.
        aided: whether the solution had been looked up before the first pass.
        hints: how many hints were asked for in the terminal.
        solution_seen: whether the solution was ever looked up.
        answer: the fingerprint of the answer that the latest check judged; empty where that is not known.
    """

    latest: Outcome | None = None
    attempts: int = 0
    passed: bool = False
    aided: bool = False
    hints: int = 0
    solution_seen: bool = False
    answer: str = ""

    def add(self, event: Event) -> None:
        """Take the next event in."""
        if event.kind is Kind.HINT:
            self.hints += 1
        elif event.kind is Kind.SOLUTION:
            self.solution_seen = True
        elif event.kind is Kind.RESET:
            self.latest, self.passed, self.aided, self.answer = None, False, False, ""
        else:
            self.answer = event.answer
            self._check(event.outcome)

    def _check(self, outcome: Outcome | None) -> None:
        self.latest = outcome
        self.attempts += outcome is not Outcome.NOT_ATTEMPTED
        if outcome is Outcome.PASSED and not self.passed:
            self.passed, self.aided = True, self.solution_seen

    @property
    def state(self) -> State:
        """How the exercise stands."""
        if self.passed:
            return State.WITH_SOLUTION if self.aided else State.PASSED
        if self.latest in {None, Outcome.NOT_ATTEMPTED}:
            return State.NOT_ATTEMPTED
        return State.FAILED if self.latest is Outcome.FAILED else State.RAISED


@dataclass(frozen=True)
class ExerciseStanding:
    """One exercise and what became of it."""

    exercise: Exercise
    record: Record

    @property
    def title(self) -> str:
        """The exercise's heading without what kind it is."""
        return _KIND.sub("", self.exercise.title)

    @property
    def state(self) -> State:
        """How the exercise stands."""
        unchecked = self.exercise.is_manual and self.record.latest is None
        return State.BY_HAND if unchecked else self.record.state

    @property
    def earned(self) -> float:
        """The points earned by the checks in the notebook."""
        return self.exercise.points if self.state.is_passed else 0.0


@dataclass(frozen=True)
class LessonStanding:
    """One lesson and its exercises."""

    lesson: Lesson
    exercises: tuple[ExerciseStanding, ...]

    @property
    def passed(self) -> int:
        """How many exercises are passed."""
        return sum(item.state.is_passed for item in self.exercises)

    @property
    def earned(self) -> float:
        """The points earned."""
        return sum(item.earned for item in self.exercises)

    @property
    def is_begun(self) -> bool:
        """Whether one of its exercises was ever tried."""
        return any(item.record.attempts for item in self.exercises)

    @property
    def unfinished(self) -> Iterator[ExerciseStanding]:
        """The exercises that a check has not yet passed."""
        return (item for item in self.exercises if not item.state.is_passed and item.state is not State.BY_HAND)


@dataclass(frozen=True)
class Progress:
    """Where a learner stands in the whole course."""

    course: Course
    lessons: tuple[LessonStanding, ...]

    @property
    def next_open(self) -> tuple[Lesson, Exercise] | None:
        """The first exercise that is not passed, in the course's order; None when all are."""
        return next(((item.lesson, x.exercise) for item in self.lessons for x in item.unfinished), None)

    @property
    def passed(self) -> int:
        """How many exercises are passed."""
        return sum(item.passed for item in self.lessons)

    @property
    def total(self) -> int:
        """How many exercises there are."""
        return sum(len(item.exercises) for item in self.lessons)

    @property
    def earned(self) -> float:
        """The points earned."""
        return sum(item.earned for item in self.lessons)

    @property
    def points(self) -> float:
        """The points there are."""
        return sum(item.lesson.points for item in self.lessons)

    def to_json(self) -> dict[str, Any]:
        """The same as plain data."""
        following = self.next_open
        return {
            "course": self.course.id,
            "version": self.course.version,
            "passed": self.passed,
            "exercises": self.total,
            "earned": self.earned,
            "points": self.points,
            "next": following[1].id if following else None,
            "lessons": [_lesson_data(item) for item in self.lessons],
        }


def records(events: Iterable[Event]) -> dict[str, Record]:
    """What a list of events says about each exercise, by the exercise's id."""
    found: dict[str, Record] = {}
    for event in events:
        found.setdefault(event.exercise, Record()).add(event)
    return found


def standing(folder: Path, course: Course) -> Progress:
    """Where the learner stands whose workspace the folder is.

    Raises:
        WorkspaceError: the journal is there but cannot be opened.
        NotebookError: one of the course's own lessons is damaged.
    """
    known = records(journal.events(folder))
    lessons = [
        LessonStanding(lesson, tuple(ExerciseStanding(x, known.get(x.id, Record())) for x in lesson.exercises))
        for lesson in course.lessons
    ]
    return Progress(course, tuple(lessons))


def _lesson_data(item: LessonStanding) -> dict[str, Any]:
    exercises = [
        {
            "id": x.exercise.id,
            "state": x.state.name.lower(),
            "outcome": x.record.latest.value if x.record.latest else None,
            "attempts": x.record.attempts,
            "hints": x.record.hints,
            "solution_seen": x.record.solution_seen,
            "earned": x.earned,
            "points": x.exercise.points,
        }
        for x in item.exercises
    ]
    return {
        "id": item.lesson.id,
        "passed": item.passed,
        "earned": item.earned,
        "points": item.lesson.points,
        "exercises": exercises,
    }
