"""The gradebook: who handed in what, what it was worth, and what people gave for it."""

from __future__ import annotations

from curriculum.gradebook._records import (
    Attempt,
    ExtraCredit,
    Learner,
    LessonColumn,
    ManualScore,
    Mark,
    Row,
    Sheet,
    Standing,
)

__all__ = [
    "Attempt",
    "ExtraCredit",
    "Learner",
    "LessonColumn",
    "ManualScore",
    "Mark",
    "Row",
    "Sheet",
    "Standing",
]
