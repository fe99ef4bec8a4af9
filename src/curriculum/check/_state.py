"""Which exercise is being checked."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.check._finding import Finding
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@dataclass
class _State:
    exercise: str = ""
    praise: str = ""
    answer: str = ""
    untouched: Collection[str] | None = None


_state = _State()


def current() -> str:
    """The id of the exercise at hand; empty before the first ``exercise()``."""
    return _state.exercise


def begin(exercise: str) -> None:
    """Turn to an exercise."""
    _state.exercise, _state.praise, _state.answer = exercise, "", ""


def answer() -> str:
    """The fingerprint of the cell that is judged; empty where it is not known."""
    return _state.answer


def judges(answer: str) -> None:
    """Say which answer is judged, by its fingerprint."""
    _state.answer = answer


def untouched() -> Collection[str] | None:
    """While a submission is graded: the exercises that the learner has not begun; None in a notebook."""
    return _state.untouched


@contextlib.contextmanager
def graded(untouched: Collection[str]) -> Iterator[None]:
    """Make check cells inside the block judge for a grader: no cards, no journal, no look at a kernel's history.

    Args:
        untouched: ids of the exercises whose answer is still the starter.
    """
    former, _state.untouched = _state.untouched, untouched
    try:
        yield
    finally:
        _state.untouched = former


def praise(text: str) -> None:
    """Give the words that the card shows if the cell passes."""
    _state.praise = text


def passed() -> Finding:
    """The finding of a check cell that ran to its end."""
    return Finding(Outcome.PASSED, _state.praise, exercise=_state.exercise)
