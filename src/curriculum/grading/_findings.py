"""What a check cell said, as records: the whole of it for the instructor, what may be shown for the learner."""

from __future__ import annotations

import builtins
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from curriculum.check import Finding
from curriculum.grading._result import CheckResult
from curriculum.notebook import Region
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.grading._steps import Step

TEXT_LIMIT = 20_000
_HIDDEN_NOTE = "a test that is not shown found this"
_TOLERANCE = 1e-9

# Escape sequences of terminals: colours and cursors; titles and links; the rest.
_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[ -/]*[0-~]"
)
_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, marks that turn the reading direction, invisible "tags", and what no file of text may hold.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ERROR = re.compile(r"^(\w+)(?::\s|\Z)")
_NUMPY_NUMBER = re.compile(r"^np\.(?:float|u?int)\d+\((.+)\)$")
# A learner names their own classes, and could tell by a name what a hidden test passed to them.
_KNOWN_ERRORS = {"LinAlgError", "NotFittedError"} | {
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}


def check_result(step: Step, finding: Finding, line: int | None, *, points: float, shows_hidden: bool) -> CheckResult:
    """Turn what a check cell found into a result.

    Args:
        step: the check cell.
        finding: what it found.
        line: the line of the check cell, counted from 1, that was running when it failed; None where that is not known.
        points: what the cell gave.
        shows_hidden: whether the course lets learners read what hidden tests say.
    """
    failed = finding.outcome is not Outcome.PASSED
    concealed = hidden_lines(step.source)
    hidden = failed and line in concealed
    # Where the line is not known, a hidden test may have spoken.
    may_tell = shows_hidden or not failed or not (hidden or (line is None and concealed))
    return CheckResult(
        cell=step.cell,
        exercise=step.exercise,
        outcome=finding.outcome,
        points=points,
        max_points=step.points,
        message=clean(str(finding if may_tell else _told(finding))),
        detail=clean(str(finding)),
        mistake=clean(finding.mistake.id, 200) if finding.mistake else "",
        hidden=hidden,
    )


def ended(step: Step, outcome: Outcome, message: str) -> CheckResult:
    """The result of a check cell that came to no verdict: it was stopped, or never ran.

    Args:
        step: the check cell.
        outcome: how it ended.
        message: one sentence; says nothing about what the cell tests.
    """
    text = clean(str(Finding(outcome, message, exercise=step.exercise)))
    return CheckResult(step.cell, step.exercise, outcome, 0.0, step.points, message=text, detail=text)


def credited(step: Step, value: str, praise: Finding | None = None) -> CheckResult:
    """The result of a check cell that ran to its end: all points, or the part that its last value says.

    As in nbgrader, a cell that ends in a number gives that many points, and any other value gives all. Unlike
    nbgrader, a NumPy number is a number, and a number that cannot be points (negative, infinite, NaN) gives none.

    Args:
        step: the check cell.
        value: the ``repr`` of the cell's last expression; empty where it has none.
        praise: what the check said about the pass.
    """
    points = _number(value)
    if points is None or abs(points - step.points) <= _TOLERANCE:
        finding = praise or Finding(Outcome.PASSED, "", exercise=step.exercise)
        return check_result(step, finding, None, points=step.points, shows_hidden=True)
    if not 0.0 <= points <= step.points:
        message = f"The check gave {points:g} of at most {step.points:g} points, which cannot be; tell your instructor."
        return ended(step, Outcome.FAILED, message)
    part = Finding(Outcome.FAILED, f"{points:g} of {step.points:g} points.", exercise=step.exercise)
    return check_result(step, part, None, points=points, shows_hidden=True)


def error_finding(step: Step, name: str, text: str) -> Finding:
    """What an error means that ended a check cell which does not speak through ``curriculum.check``.

    Args:
        step: the check cell.
        name: the error's class.
        text: its message.
    """
    outcome = {
        "AssertionError": Outcome.FAILED,
        "NotImplementedError": Outcome.NOT_ATTEMPTED,
        "MemoryError": Outcome.OUT_OF_MEMORY,
    }.get(name, Outcome.RAISED)
    return Finding(outcome, f"{name}: {text}" if text else name, exercise=step.exercise)


def hidden_lines(source: str) -> frozenset[int]:
    """The lines of a check cell that learners do not get, counted from 1, markers included.

    A BEGIN without its END hides the rest of the cell.
    """
    begin, end = f"BEGIN {Region.HIDDEN_TESTS}", f"END {Region.HIDDEN_TESTS}"
    found: set[int] = set()
    inside = False
    for number, text in enumerate(source.split("\n"), start=1):
        inside = inside or begin in text
        if inside:
            found.add(number)
        inside = inside and end not in text
    return frozenset(found)


def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """A text without control characters, colours and marks that turn the reading direction.

    Args:
        text: any text; an escape sequence that never ends loses only its beginning.
        limit: bytes (of UTF-8) that are kept; what is beyond is cut out of the middle.
    """
    text = _ANSI.sub("", text)
    text = _NEWLINES.sub("\n", text)
    text = _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))
    return _clipped(text, limit)


def _clipped(text: str, limit: int) -> str:
    data = text.encode()
    if len(data) <= limit:
        return text
    gap = f"\n… {len(data) - limit} bytes left out …\n"
    room = max(limit - len(gap.encode()), 0)
    head, tail = room * 2 // 3, room - room * 2 // 3
    first = data[:head].decode(errors="ignore")
    last = data[len(data) - tail :].decode(errors="ignore")
    return f"{first}{gap}{last}" if room else data[:limit].decode(errors="ignore")


def _told(finding: Finding) -> Finding:
    """What a learner may read of a hidden test: the author's words, and of an error its class."""
    return replace(
        finding,
        message=_harmless(finding),
        called="",
        where="",
        expected="",
        got="",
        difference="",
        note=_HIDDEN_NOTE,
    )


def _harmless(finding: Finding) -> str:
    """A finding's message without what an error says: that may hold the values a hidden test works with."""
    error = _ERROR.match(finding.message)
    name = error.group(1) if error else ""
    if finding.outcome is Outcome.FAILED and name != "AssertionError":
        return finding.message
    if name in _KNOWN_ERRORS:
        return name
    return finding.message if finding.outcome is Outcome.NOT_ATTEMPTED else "an error of your own"


def _number(value: str) -> float | None:
    """The points that a cell's last value says, or None where it is no number."""
    numpy = _NUMPY_NUMBER.match(value.strip())
    try:
        points = float(numpy.group(1) if numpy else value)
    except ValueError:
        return None
    return points
