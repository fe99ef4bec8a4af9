"""What came of an exercise, as a learner reads it: a sign, words, and how many points it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.outcome import Outcome
from curriculum.pages import number, points

if TYPE_CHECKING:
    from curriculum.gradebook import Mark

_ENOUGH = 1e-9


@dataclass(frozen=True)
class State:
    """How an exercise stands.

    Attributes:
        sign: says the same as the words, without colour.
        kind: the class of the page's style sheet: passed, failed, error or open.
        is_done: whether nothing is left to do.
    """

    sign: str
    words: str
    kind: str
    is_done: bool = False


_STATES = {
    Outcome.PASSED: State("✓", "passed", "passed", is_done=True),
    Outcome.FAILED: State("✗", "not yet", "failed"),
    Outcome.NOT_ATTEMPTED: State("○", "not attempted", "open"),
    Outcome.RAISED: State("!", "your code raised an error", "error"),
    Outcome.TIMED_OUT: State("!", "your code took too long", "error"),
    Outcome.OUT_OF_MEMORY: State("!", "your code needed too much memory", "error"),
    Outcome.KILLED: State("!", "your code ended its own process", "error"),
    Outcome.MISSING: State("?", "the answer cell is missing", "open"),
    Outcome.TAMPERED: State("!", "a protected cell was changed", "error"),
}
_WAITS = State("✎", "waits for a person", "open", is_done=True)


def state_of(mark: Mark) -> State:
    """How an exercise stands, what people gave included."""
    if mark.waits:
        return _WAITS
    has = mark.points or 0.0
    is_full = has >= mark.max_points - _ENOUGH
    if mark.manual or (mark.outcome is not Outcome.PASSED and is_full and mark.scores):
        words = "full points" if is_full else "graded by a person"
        return State("✓" if is_full else "✎", words, "passed" if is_full else "open", is_done=is_full)
    state = _STATES[mark.outcome or Outcome.NOT_ATTEMPTED]
    if mark.outcome is Outcome.FAILED and has > _ENOUGH:
        return State("◐", "partly right", state.kind)
    return state


def points_of(mark: Mark) -> str:
    """The points of an exercise and, where a person gave them, what grading had given."""
    if mark.waits:
        return f"up to {points(mark.max_points)}"
    text = f"{number(mark.points or 0.0)} of {points(mark.max_points)}"
    given = [score for score in mark.scores if score.points is not None]
    if not given:
        return text
    before = "" if mark.automatic is None or mark.manual else f"; automatic grading gave {number(mark.automatic)}"
    return f"{text}, given by {given[-1].author or 'a person'}{before}"
