"""From what came of a check cell to its result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from curriculum.check import Finding, Mistake
from curriculum.grading._findings import check_result, credited, ended, error_finding
from curriculum.grading.kernel._ran import End
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.grading._limits import Limits
    from curriculum.grading._result import CheckResult
    from curriculum.grading._steps import Step
    from curriculum.grading.kernel._ran import Ran

_STDERR = "Something was written to stderr while the check ran, which counts as a failure."
_SHOWN = 2_000
_TEXTS = ("message", "exercise", "called", "where", "expected", "got", "difference", "hint", "note")


def needs_finding(ran: Ran) -> bool:
    """Whether a check of this course has more to say than its outputs hold."""
    return ran.end is End.DONE and ran.first_error is not None and ran.card is not None


def verdict(step: Step, ran: Ran, found: str, limits: Limits, *, shows_hidden: bool) -> CheckResult:
    """Judge a check cell as nbgrader does, and say it as this course does.

    Args:
        step: the check cell.
        ran: what came of it.
        found: what a check of this course found, as JSON; empty where none did.
        limits: what ended it, if something did.
        shows_hidden: whether learners may read what hidden tests say.
    """
    if ran.end is not End.DONE:
        return ended(step, ran.outcome or Outcome.KILLED, _how(ran.end, limits))
    error = ran.first_error
    if error is not None:
        finding, line = _failure(step, ran, error, found)
        return check_result(step, finding, line, points=0.0, shows_hidden=shows_hidden)
    if ran.stderr:
        finding = Finding(Outcome.FAILED, _STDERR, exercise=step.exercise, got=ran.written("stderr", _SHOWN).rstrip())
        return check_result(step, finding, None, points=0.0, shows_hidden=shows_hidden)
    card = ran.card
    praise = Finding(Outcome.PASSED, _body(card[1]), exercise=step.exercise) if card is not None else None
    return credited(step, ran.value, praise)


def _how(end: End, limits: Limits) -> str:
    if end in {End.INTERRUPTED, End.STUCK}:
        return f"The check ran longer than {limits.cell_seconds:g} s."
    if end is End.FLOODED:
        return "The check put out more than is taken from one cell."
    return "The kernel died while the check ran."


def _failure(step: Step, ran: Ran, error: tuple[str, str], found: str) -> tuple[Finding, int | None]:
    """What a failing check found, and the line of the cell that was running."""
    card = ran.card
    if card is None or card[0] is Outcome.PASSED:
        return error_finding(step, *error), ran.line
    try:
        return _read(json.loads(found))
    except (ValueError, LookupError, TypeError):
        # The kernel does not say; the card was published all the same.
        return Finding(card[0], _body(card[1]), exercise=step.exercise), None


def _read(data: dict[str, Any]) -> tuple[Finding, int | None]:
    texts = {name: str(data[name]) for name in _TEXTS}
    outcome = Outcome.OUT_OF_MEMORY if data["error"] == "MemoryError" else Outcome(data["outcome"])
    mistake = Mistake(str(data["mistake"][0]), None, *map(str, data["mistake"][1:3])) if "mistake" in data else None
    line = data["line"] if isinstance(data["line"], int) else None
    return Finding(outcome, mistake=mistake, **texts), line


def _body(card: str) -> str:
    """A card's text without its headline."""
    return "\n".join(line.strip() for line in card.split("\n")[1:])
