"""Learners down, lessons across: a number and a sign in every field, and colour only beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.report._class import is_overdue, part

if TYPE_CHECKING:
    from datetime import datetime

    from curriculum.gradebook import Row, Sheet, Standing

_LEVELS = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Field:
    """A learner in a lesson.

    Attributes:
        text: what stands in the field.
        read: what a screen reader says in place of a sign; empty where the text can be read as it is.
        kind: the class of the style sheet.
        value: what to sort by: percent, below 0 where there is nothing.
    """

    text: str
    read: str
    kind: str
    value: int


@dataclass(frozen=True)
class Line:
    """A learner's line of the grid; ``who`` is a number or a name."""

    who: str
    total: Field
    fields: tuple[Field, ...]


def line_of(row: Row, sheet: Sheet, who: str) -> Line:
    """A learner's line."""
    fields = tuple(_field(row.standings.get(column.id), sheet.made_at) for column in sheet.lessons)
    share = row.points / row.max_points if row.max_points > 0 else None
    total = Field("", "none", "none", -1) if share is None else _percent(share)
    return Line(who, total, fields)


def _field(standing: Standing | None, now: datetime) -> Field:
    if standing is None:
        return Field("", "none", "none", -5)
    if standing.excused:
        return Field("e", "excused", "none", -1)
    share = part(standing)
    if share is not None:
        made = _percent(share)
        if not standing.waiting:
            return made
        return Field(f"{made.text}+", f"{made.text}, and some exercises wait for a person", made.kind, made.value)
    if standing.attempts:
        return Field("!", "handed in, but not graded", "problem", -2)
    if is_overdue(standing, now):
        return Field("\N{EN DASH}", "overdue", "overdue", -3)
    return Field("·", "not handed in", "none", -4)


def _percent(share: float) -> Field:
    percent = round(100 * share)
    percent = 99 if percent == 100 and share < 1 else percent
    level = sum(share >= bound for bound in _LEVELS)
    return Field(str(percent), "", f"l{level}", percent)
