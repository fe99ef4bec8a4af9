"""The gradebook: who handed in what, what it was worth, and what people gave for it.

The records can be used without the libraries behind ``Gradebook``, which come with the extra ``desk``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from curriculum.gradebook._policy import Aided, Counts, Policy
from curriculum.gradebook._records import (
    Appeal,
    Arrival,
    Attempt,
    ExtraCredit,
    Given,
    Imported,
    Learner,
    LessonColumn,
    ManualScore,
    Mark,
    Row,
    Sheet,
    Standing,
)

if TYPE_CHECKING:
    from curriculum.gradebook._gradebook import Gradebook

_LATE = {"Gradebook": "_gradebook"}

__all__ = [
    "Aided",
    "Appeal",
    "Arrival",
    "Attempt",
    "Counts",
    "ExtraCredit",
    "Given",
    "Gradebook",
    "Imported",
    "Learner",
    "LessonColumn",
    "ManualScore",
    "Mark",
    "Policy",
    "Row",
    "Sheet",
    "Standing",
]


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"sqlalchemy", "alembic", "fastjsonschema"}:
            raise
        from curriculum.errors import MissingToolError

        message = 'the gradebook needs packages of its own: pip install "curriculum[desk]"'
        raise MissingToolError(message) from None
