"""Who of a class counts where: lessons that a learner is excused from are left out of everything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from curriculum.gradebook import Attempt, LessonColumn, Row, Sheet, Standing

_PLACE = re.compile(r"0*(\d+)-[^/]*/0*(\d+)-")


def standings(sheet: Sheet, lesson: str = "") -> Iterator[Standing]:
    """Every learner's standing in every lesson, or in one."""
    for row in sheet.rows:
        yield from standings_of(row, lesson)


def standings_of(row: Row, lesson: str = "") -> Iterator[Standing]:
    """A learner's standing in every lesson, or in one."""
    named = {lesson} & row.standings.keys() if lesson else row.standings
    return (row.standings[name] for name in named if not row.standings[name].excused)


def attempts(sheet: Sheet) -> Iterator[Attempt]:
    """Every graded attempt of every learner."""
    return (attempt for standing in standings(sheet) for attempt in standing.attempts if not attempt.problem)


def is_overdue(standing: Standing, now: datetime) -> bool:
    """Whether the learner's own deadline has passed and nothing was handed in."""
    return not standing.attempts and not standing.excused and standing.due is not None and standing.due < now


def codes(columns: tuple[LessonColumn, ...]) -> dict[str, str]:
    """A short name for each lesson: module and number (``3.5``), or its place where these do not tell it apart."""
    found = {column.id: _PLACE.match(column.place) for column in columns}
    short = {name: f"{match[1]}.{match[2]}" for name, match in found.items() if match}
    if len(set(short.values())) == len(columns):
        return short
    return {column.id: str(number) for number, column in enumerate(columns, start=1)}


def part(standing: Standing) -> float | None:
    """The share of the points; None where nothing counts or there is nothing to be had."""
    if standing.counted is None or standing.max_points <= 0:
        return None
    return standing.points / standing.max_points
