"""What a check cell's end means: points, a finding, or the lesson's own fault."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING

from curriculum import check
from curriculum.errors import GradingError
from curriculum.grading._findings import check_result, credited, ended
from curriculum.grading.split._link import LearnerGone
from curriculum.grading.split._remote import is_remote
from curriculum.grading.split._shell import error_of
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from types import TracebackType

    from IPython.core.interactiveshell import ExecutionResult

    from curriculum.grading._result import CheckResult
    from curriculum.grading._steps import Step


def judge(step: Step, result: ExecutionResult, *, shows_hidden: bool) -> CheckResult:
    """What a check cell that has run came to.

    Args:
        step: the check cell.
        result: how it ended in the examiner.
        shows_hidden: whether learners may read what hidden tests say.

    Raises:
        LearnerGone: the learner's process was lost while the cell ran.
        GradingError: the cell does what cannot be done with a learner's object in another process.
    """
    error = error_of(result)
    if isinstance(error, LearnerGone):
        raise error
    if isinstance(error, GradingError):
        message = f"check cell {step.cell!r}: {error}"
        raise GradingError(message)
    if error is None:
        praise = check.passed()
        return credited(step, _points(result.result), praise if praise.exercise else None)
    if isinstance(error, MemoryError) and hasattr(error, "learner_frames"):
        return ended(step, Outcome.OUT_OF_MEMORY, "Your code needed more memory than there is.")
    finding = check.finding_of(error, error.__traceback__)
    if isinstance(error, AssertionError) and finding.outcome is Outcome.RAISED:
        finding = replace(finding, outcome=Outcome.FAILED)
    return check_result(step, finding, _line(error.__traceback__), points=0.0, shows_hidden=shows_hidden)


def _points(value: object) -> str:
    """A number that a check cell ends in; what a learner's object says of itself is none."""
    if type(value) is bool or is_remote(value) or not isinstance(value, Real):
        return ""
    return repr(float(value))


def _line(trace: TracebackType | None) -> int | None:
    """The line of the check cell that was running."""
    while trace is not None:
        if "ipython-input" in trace.tb_frame.f_code.co_filename:
            return trace.tb_lineno
        trace = trace.tb_next
    return None
