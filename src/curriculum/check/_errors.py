"""What an error that ended a check cell means to the learner."""

from __future__ import annotations

import linecache
import traceback
from typing import TYPE_CHECKING

from curriculum.check import _state
from curriculum.check._describe import clip, error_text
from curriculum.check._finding import Finding
from curriculum.errors import CheckFailed
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from types import TracebackType


def finding_of(error: BaseException, trace: TracebackType | None) -> Finding:
    """What an error that ended a check cell means to the learner."""
    name = _state.current()
    if isinstance(error, CheckFailed):
        return error.finding  # type: ignore[no-any-return]
    if isinstance(error, NotImplementedError):
        return Finding(Outcome.NOT_ATTEMPTED, "Your code still raises NotImplementedError.", exercise=name)
    return Finding(Outcome.RAISED, error_text(error), exercise=name, called=_where(trace), hint=_advice(error))


def _where(trace: TracebackType | None) -> str:
    """The last line of the learner's own cells that the error came through."""
    frames = traceback.extract_tb(trace)
    cells = [frame for frame in frames if "ipykernel" in frame.filename or "ipython-input" in frame.filename]
    if not cells:
        return ""
    last = cells[-1]
    line = (linecache.getline(last.filename, last.lineno or 0) or last.line or "").strip()
    place = f"line {last.lineno} of {last.name}()" if last.name != "<module>" else f"line {last.lineno} of this cell"
    return clip(f"{place}: {line}", 300) if line else place


def _advice(error: BaseException) -> str:
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return "run the cells above in order; a name exists only after the cell that defines it has run"
    return ""
