"""Which exercise is being checked."""

from __future__ import annotations

from dataclasses import dataclass

from curriculum.check._finding import Finding
from curriculum.outcome import Outcome


@dataclass
class _State:
    exercise: str = ""
    praise: str = ""


_state = _State()


def current() -> str:
    """The id of the exercise at hand; empty before the first ``exercise()``."""
    return _state.exercise


def begin(exercise: str) -> None:
    """Turn to an exercise."""
    _state.exercise, _state.praise = exercise, ""


def praise(text: str) -> None:
    """Give the words that the card shows if the cell passes."""
    _state.praise = text


def passed() -> Finding:
    """The finding of a check cell that ran to its end."""
    return Finding(Outcome.PASSED, _state.praise, exercise=_state.exercise)
