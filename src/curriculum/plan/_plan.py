"""A course laid out over weeks, and each week over its sessions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from curriculum.errors import PlanError
from curriculum.outline import stretches
from curriculum.plan._partition import partition
from curriculum.plan._weeks import MOST_WEEKS, TeachingWeek, teaching_weeks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from curriculum.course import Course, Exercise, Lesson
    from curriculum.plan._asked import Asked

# A lesson is divided only where keeping it whole makes a session longer than its even share by more than this.
_PATIENCE = 1.25


@dataclass(frozen=True)
class Chunk:
    """A lesson, or a part of one, in a session.

    Attributes:
        part: from 1.
        parts: into how many the plan divides the lesson.
    """

    lesson: Lesson
    minutes: int
    exercises: tuple[Exercise, ...]
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class Session:
    """What is done on one day."""

    day: date
    chunks: tuple[Chunk, ...]

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return sum(chunk.minutes for chunk in self.chunks)


@dataclass(frozen=True)
class Week:
    """A week.

    Attributes:
        number: of the course's weeks, from 1; 0 for a week of holidays.
        monday: the day it begins.
        sessions: in order; a day with nothing to do is not among them. None in a week into which nothing fits.
    """

    number: int
    monday: date
    sessions: tuple[Session, ...]

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return sum(session.minutes for session in self.sessions)


@dataclass(frozen=True)
class Plan:
    """A course over weeks.

    Attributes:
        weeks: in order, weeks of holidays among them.
        lessons: what it plans, in the course's order.
        note: what whoever asked should know; empty where all is as they asked.
    """

    course: Course
    asked: Asked
    weeks: tuple[Week, ...]
    lessons: tuple[Lesson, ...]
    note: str = ""

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """Everything that is done, in order."""
        return tuple(chunk for week in self.weeks for session in week.sessions for chunk in session.chunks)

    @property
    def minutes(self) -> int:
        """How long all of it takes."""
        return sum(week.minutes for week in self.weeks)


def make_plan(course: Course, lessons: Sequence[Lesson], asked: Asked) -> Plan:
    """Lay lessons out over weeks, in the course's order, so that the fullest week is as little full as possible.

    Lessons stay whole unless there are more weeks than lessons, or a week would hold more than it may; then they are
    divided behind an exercise. Within a week they are divided where the week's sessions would otherwise be too uneven.

    Args:
        course: the course.
        lessons: which of its lessons.
        asked: weeks, days and limits.

    Raises:
        PlanError: what is asked for cannot be had; the message says what could.
    """
    chosen = tuple(lesson for lesson in course.lessons if lesson in set(lessons))
    if not chosen:
        message = "there is no lesson to plan"
        raise PlanError(message)
    count, units = _units([Chunk(lesson, lesson.minutes, lesson.exercises) for lesson in chosen], course, asked)
    calendar = teaching_weeks(asked, count)
    groups = iter(_shared(units, calendar, asked) or [])
    weeks, number = [], 0
    for week in calendar:
        number += bool(week.days)
        sessions = _sessions(next(groups), week, course) if week.days else ()
        weeks.append(Week(number if week.days else 0, week.monday, sessions))
    note = ""
    if asked.weeks is not None and count < asked.weeks:
        note = f"There is work for {count} of the {asked.weeks} weeks: no exercise is divided."
    return Plan(course, asked, _numbered(weeks), chosen, note)


def _units(whole: list[Chunk], course: Course, asked: Asked) -> tuple[int, list[Chunk]]:
    """Over how many weeks, and in which units: whole lessons where that will do, else their parts."""
    count = asked.weeks or _fewest(whole, asked)
    if count and count <= len(whole) and _shared(whole, teaching_weeks(asked, count), asked):
        return count, whole
    parts = [piece for chunk in whole for piece in _divided(chunk, course)]
    count = min(asked.weeks or _fewest(parts, asked) or 0, len(parts))
    if count and _shared(parts, teaching_weeks(asked, count), asked):
        return count, parts
    raise PlanError(_what_would_fit(parts, asked))


def _limit(asked: Asked) -> float:
    """How many minutes a week may hold that has all its sessions."""
    return math.inf if asked.hours_per_week is None else asked.hours_per_week * 60


def _shared(units: list[Chunk], calendar: list[TeachingWeek], asked: Asked) -> list[list[Chunk]] | None:
    """The units of each week with a session; None where some week would hold more than it may.

    A week stays empty only where none of the units fits into it.
    """
    weeks = [week for week in calendar if week.days]
    rooms = [_room(week, asked) + 1e-9 for week in weeks]
    for empty in (False, True):
        cuts = partition([unit.minutes for unit in units], [len(week.days) for week in weeks], empty=empty)
        groups = [[units[place] for place in places] for places in cuts]
        if all(_minutes(group) <= room for group, room in zip(groups, rooms, strict=True)):
            return groups
    return None


def _fewest(units: list[Chunk], asked: Asked) -> int | None:
    """The fewest weeks that hold the units, none of them more than the limit; None where no number does.

    To fill each week as far as it goes is the best there is, for things that stay in order.
    """
    count, free, waiting = 0, -1.0, list(reversed(units))
    rooms = iter([_room(week, asked) for week in teaching_weeks(asked, MOST_WEEKS) if week.days])
    while waiting:
        if waiting[-1].minutes <= free + 1e-9:
            free -= waiting.pop().minutes
            continue
        free = next(rooms, -1.0)
        count += 1
        if free < 0:
            return None
    return count


def _room(week: TeachingWeek, asked: Asked) -> float:
    """How many minutes a week may hold: a holiday takes its session's share."""
    return _limit(asked) * len(week.days) / len(asked.days)


def _what_would_fit(units: list[Chunk], asked: Asked) -> str:
    hours = f"{asked.hours_per_week:g} hours a week"
    longest = max(units, key=lambda unit: unit.minutes)
    if longest.minutes > _limit(asked):
        least = math.ceil(longest.minutes / 60 * 100) / 100
        return (
            f"{hours} are too few: {longest.lesson.id!r} has a part of {longest.minutes} minutes that is not divided; "
            f"allow {least:g}"
        )
    fewest = _fewest(units, asked)
    advice = f"allow {fewest} weeks, or more hours" if fewest else "allow more hours"
    return f"{asked.weeks} weeks at {hours} do not hold {_minutes(units) / 60:.1f} hours of lessons: {advice}"


def _sessions(units: list[Chunk], week: TeachingWeek, course: Course) -> tuple[Session, ...]:
    if not units:
        return ()
    even = _minutes(units) / len(week.days)
    shared = _by_day(units, len(week.days))
    if max(map(_minutes, shared)) > even * _PATIENCE:
        shared = _by_day([piece for unit in units for piece in _divided(unit, course)], len(week.days))
    pairs = zip(week.days, shared, strict=True)
    return tuple(Session(day, tuple(_joined(group))) for day, group in pairs if group)


def _by_day(units: list[Chunk], days: int) -> list[list[Chunk]]:
    cuts = partition([unit.minutes for unit in units], [1] * days)
    return [[units[place] for place in places] for places in cuts]


def _divided(chunk: Chunk, course: Course) -> list[Chunk]:
    """A whole lesson in the parts that it may be divided into; a part of one as it is."""
    if chunk.minutes != chunk.lesson.minutes:
        return [chunk]
    return [Chunk(chunk.lesson, part.minutes, part.exercises) for part in stretches(chunk.lesson, course)]


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Parts of a lesson that follow each other as one."""
    made = []
    for _, group in groupby(chunks, key=lambda chunk: chunk.lesson.id):
        parts = list(group)
        exercises = tuple(exercise for part in parts for exercise in part.exercises)
        made.append(Chunk(parts[0].lesson, _minutes(parts), exercises))
    return made


def _numbered(weeks: list[Week]) -> tuple[Week, ...]:
    """Every chunk with its number among the parts of its lesson."""
    names = [chunk.lesson.id for week in weeks for session in week.sessions for chunk in session.chunks]
    seen: dict[str, int] = {}

    def number(chunk: Chunk) -> Chunk:
        seen[chunk.lesson.id] = seen.get(chunk.lesson.id, 0) + 1
        return replace(chunk, part=seen[chunk.lesson.id], parts=names.count(chunk.lesson.id))

    return tuple(
        replace(week, sessions=tuple(replace(s, chunks=tuple(map(number, s.chunks))) for s in week.sessions))
        for week in weeks
    )


def _minutes(chunks: Sequence[Chunk]) -> int:
    return sum(chunk.minutes for chunk in chunks)
