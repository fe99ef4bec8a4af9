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
    # An error of another process brings the frames it came through there.
    frames = [*traceback.extract_tb(trace), *getattr(error, "learner_frames", ())]
    cells = [frame for frame in frames if _is_cell(frame.filename)]
    # The check cell calls the learner's code; where that is the whole way, there is no call to show.
    called = _segment(cells[0]) if len(cells) > 1 else ""
    where = _place(cells[-1]) if cells else ""
    return Finding(Outcome.RAISED, error_text(error), exercise=name, called=called, where=where, hint=_advice(error))


def _is_cell(filename: str) -> bool:
    return "ipykernel" in filename or "ipython-input" in filename


def _place(frame: traceback.FrameSummary) -> str:
    """The line of a cell that an error came through."""
    line = _line(frame)
    place = (
        f"line {frame.lineno} of {frame.name}()" if frame.name != "<module>" else f"line {frame.lineno} of this cell"
    )
    return clip(f"{place}: {line.strip()}", 300) if line.strip() else place


def _segment(frame: traceback.FrameSummary) -> str:
    """The expression that was being evaluated, if it stands on one line, else that line."""
    line = _line(frame)
    if frame.colno is None or frame.end_colno is None or frame.end_lineno != frame.lineno:
        return clip(line.strip(), 300)
    return clip(line.encode()[frame.colno : frame.end_colno].decode(errors="replace"), 300)


def _line(frame: traceback.FrameSummary) -> str:
    return linecache.getline(frame.filename, frame.lineno or 0).rstrip("\n") or frame.line or ""


def _advice(error: BaseException) -> str:
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return "run the cells above in order; a name exists only after the cell that defines it has run"
    return ""
