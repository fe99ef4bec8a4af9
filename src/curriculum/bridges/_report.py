"""What came of filling another system's file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Matched:
    """A row that is a learner's, and how that was told."""

    row: str
    learner: str
    how: str


@dataclass(frozen=True)
class Left:
    """A grade that was not written, and why."""

    learner: str
    lesson: str
    why: str


@dataclass(frozen=True)
class Report:
    """What was written, and all that was not.

    Attributes:
        grades: how many grades stand in the file from the gradebook.
        columns: the column of the file, by lesson.
        unknown: rows of nobody in the gradebook, each with a reason where there is more to say.
        absent: learners of the gradebook without a row.
        left: grades that were not written.
        notes: whatever else a person should know before importing.
        files: what was written.
    """

    grades: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    matched: tuple[Matched, ...] = ()
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
