"""What check cells call.

Each check passes silently or raises ``CheckFailed``, which Jupyter shows as a short card and everything else as
plain text. A check cell opens with ``check.exercise("…")``.
"""

from __future__ import annotations

from curriculum.check._calls import function, raises, unchanged
from curriculum.check._describe import error_name
from curriculum.check._drawn import Drawn, Series, drawn
from curriculum.check._draws import Drawing, drawing, rng
from curriculum.check._errors import finding_of
from curriculum.check._figures import figure
from curriculum.check._finding import Finding, Mistake
from curriculum.check._models import score
from curriculum.check._quiz import choice, choice_key
from curriculum.check._session import exercise
from curriculum.check._state import graded, passed
from curriculum.check._values import close, equal, frame, that
from curriculum.check._values import type_ as type  # noqa: A004 - read as check.type
from curriculum.errors import CheckFailed

__all__ = [
    "CheckFailed",
    "Drawing",
    "Drawn",
    "Finding",
    "Mistake",
    "Series",
    "choice",
    "choice_key",
    "close",
    "drawing",
    "drawn",
    "equal",
    "error_name",
    "exercise",
    "figure",
    "finding_of",
    "frame",
    "function",
    "graded",
    "passed",
    "raises",
    "rng",
    "score",
    "that",
    "type",
    "unchanged",
]
