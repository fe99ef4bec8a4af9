"""What somebody asks of a plan, read from the words of a command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from curriculum.errors import PlanError, UnknownNameError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DEFAULT_WEEKS = 12
_MOST_SKIPPED = 3660


@dataclass(frozen=True)
class Asked:
    """What somebody asks of a plan.

    Attributes:
        start: the first day on which there may be a session.
        days: weekdays with a session, 0 for Monday, in order.
        at: when sessions begin, by the clock on the wall; None leaves it open.
        weeks: how many weeks with at least one session; None takes as many as the hours need.
        hours_per_week: at most, in a week with all its sessions; None sets no limit.
        skipped: days without a session, though it would be one's turn.
    """

    start: date
    days: tuple[int, ...]
    at: time | None = None
    weeks: int | None = _DEFAULT_WEEKS
    hours_per_week: float | None = None
    skipped: frozenset[date] = frozenset()


def read_asked(
    *,
    today: date,
    start: str | None = None,
    days: str | None = None,
    at: str | None = None,
    weeks: int | None = None,
    hours_per_week: float | None = None,
    skip: str | None = None,
) -> Asked:
    """Read what was asked for.

    Args:
        today: without a start the plan begins on the next Monday after it.
        start: ``2027-01-11``; it may lie in the past.
        days: ``mon,thu``; the weekday of the start where none are named.
        at: ``18:00``.
        weeks: 12 where neither weeks nor hours are given.
        hours_per_week: above 0.
        skip: days and stretches of days, ``2027-02-15..2027-02-19,2027-03-29``.

    Raises:
        PlanError: something cannot be read; the message says what and how it should be.
    """
    first = _date(start) if start else today + timedelta(days=7 - today.weekday())
    if weeks is None and hours_per_week is None:
        weeks = _DEFAULT_WEEKS
    return Asked(
        start=first,
        days=_weekdays(days) if days is not None else (first.weekday(),),
        at=_time(at) if at else None,
        weeks=weeks,
        hours_per_week=hours_per_week,
        skipped=frozenset(_skipped(skip or "")),
    )


def read_zone(name: str) -> ZoneInfo:
    """The time zone of that name.

    Raises:
        UnknownNameError: there is none.
    """
    from zoneinfo import ZoneInfo, available_timezones

    known = available_timezones()
    if name not in known:
        raise UnknownNameError("time zone", name, known, "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones")
    return ZoneInfo(name)


def _date(text: str) -> date:
    # Only as 2027-01-11: Python reads 20270111 and 2027-W02-1 too, which are more likely slips.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            pass
    message = f"{text!r} is no date: write it as 2027-01-11"
    raise PlanError(message)


def _time(text: str) -> time:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip(), re.ASCII)
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    message = f"{text!r} is no time of day: write it as 18:00"
    raise PlanError(message)


def _weekdays(text: str) -> tuple[int, ...]:
    found = set()
    for word in text.split(","):
        name = word.strip().lower()
        fitting = [number for number, day in enumerate(_DAYS) if len(name) >= 2 and day.startswith(name)]
        if len(fitting) != 1:
            message = f"{word.strip()!r} is no weekday: write --days mon,thu"
            raise PlanError(message)
        found.add(fitting[0])
    return tuple(sorted(found))


def _skipped(text: str) -> set[date]:
    found: set[date] = set()
    for entry in filter(None, (part.strip() for part in text.split(","))):
        begin, dots, end = entry.partition("..")
        first = _date(begin)
        last = _date(end) if dots else first
        if not first <= last <= first + timedelta(days=_MOST_SKIPPED):
            message = f"{entry!r} is no stretch of days: write the earlier one first, 2027-02-15..2027-02-19"
            raise PlanError(message)
        found |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return found
