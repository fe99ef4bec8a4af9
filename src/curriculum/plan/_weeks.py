"""The weeks of a course: on which days there are sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from curriculum.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.plan._asked import Asked

MOST_WEEKS = 520


@dataclass(frozen=True)
class TeachingWeek:
    """A week of the calendar.

    Attributes:
        monday: the day it begins.
        days: on which there is a session; none in a week of holidays.
    """

    monday: date
    days: tuple[date, ...]


def teaching_weeks(asked: Asked, count: int) -> list[TeachingWeek]:
    """So many weeks with at least one session, and the weeks of holidays between them.

    Raises:
        PlanError: the calendar ends before (in the year 9999).
    """
    found: list[TeachingWeek] = []
    taught = 0
    for week in _weeks(asked):
        if taught == count:
            return found
        # Before the first session nothing has begun that a holiday could interrupt.
        if week.days or taught:
            found.append(week)
        taught += bool(week.days)
    message = f"there are no {count} weeks with a session after {asked.start}: the calendar ends"
    raise PlanError(message)


def _weeks(asked: Asked) -> Iterator[TeachingWeek]:
    monday = asked.start - timedelta(days=min(asked.start.weekday(), (asked.start - date.min).days))
    # Holidays are so many days at most: behind them every week has a session.
    for _ in range(MOST_WEEKS + len(asked.skipped) + 2):
        try:
            days = [monday + timedelta(days=day) for day in asked.days]
            yield TeachingWeek(monday, tuple(d for d in days if d >= asked.start and d not in asked.skipped))
            monday += timedelta(days=7)
        except OverflowError:
            return
