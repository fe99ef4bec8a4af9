"""Who needs help, by a rule that the page states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.pages import share
from curriculum.report._class import codes, is_overdue, standings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from curriculum.gradebook import Row, Sheet, Standing


@dataclass(frozen=True)
class HelpRule:
    """When a learner is said to need help.

    Attributes:
        overdue: so many lessons past their deadline and not handed in.
        part: less than this share of the points of what is graded in full or overdue.
        same: the same recognised mistake in this many last attempts at a lesson.
    """

    overdue: int = 2
    part: float = 0.5
    same: int = 3

    @property
    def words(self) -> tuple[str, ...]:
        """The rule, as the ends of one sentence."""
        lessons = "lesson is" if self.overdue == 1 else "lessons are"
        return (
            f"{self.overdue} or more {lessons} past the deadline and not handed in",
            f"less than {share(self.part)} of the points of the lessons that are graded in full or overdue",
            f"the same recognised mistake in each of the last {self.same} attempts at a lesson",
            "the last file handed in for a lesson could not be graded",
        )


@dataclass(frozen=True)
class Need:
    """A learner who needs help, and why."""

    learner: str
    reasons: tuple[str, ...]


def needs(sheet: Sheet, rule: HelpRule | None = None) -> list[Need]:
    """The learners who need help, those with most reasons first."""
    short = codes(sheet.lessons)
    extra = frozenset(column.id for column in sheet.lessons if column.is_extra)
    told = (
        Need(row.learner.key, tuple(_reasons(row, rule or HelpRule(), sheet.made_at, short, extra)))
        for row in sheet.rows
    )
    return sorted((need for need in told if need.reasons), key=lambda need: -len(need.reasons))


def _reasons(row: Row, rule: HelpRule, now: datetime, short: dict[str, str], extra: frozenset[str]) -> Iterator[str]:
    counting = [standing for standing in standings_of(row) if standing.lesson not in extra]
    overdue = [standing for standing in counting if is_overdue(standing, now)]
    if len(overdue) >= rule.overdue:
        named = ", ".join(short.get(standing.lesson, standing.lesson) for standing in overdue)
        lessons = "1 lesson" if len(overdue) == 1 else f"{len(overdue)} lessons"
        yield f"{lessons} past the deadline and not handed in: {named}"
    judged = [*overdue, *(standing for standing in counting if standing.counted and not standing.waiting)]
    most = sum(standing.max_points for standing in judged)
    has = sum(standing.points for standing in judged)
    if most > 0 and has / most < rule.part:
        lessons = "1 lesson" if len(judged) == 1 else f"{len(judged)} lessons"
        yield f"{share(max(has / most, 0.0))} of the points of {lessons}"
    for standing in standings_of(row):
        code = short.get(standing.lesson, standing.lesson)
        if standing.attempts and standing.attempts[-1].problem:
            yield f"the last file for lesson {code} could not be graded"
        for exercise, mistake in _stuck(standing, rule.same):
            yield f"the mistake {mistake} in each of the last {rule.same} attempts at {exercise} (lesson {code})"


def _stuck(standing: Standing, same: int) -> list[tuple[str, str]]:
    """The mistakes that each of the last attempts has."""
    graded = [attempt for attempt in standing.attempts if not attempt.problem]
    if same < 1 or len(graded) < same:
        return []
    met = [{(mark.exercise, name) for mark in attempt.marks for name in mark.mistakes} for attempt in graded[-same:]]
    return sorted(set.intersection(*met))
