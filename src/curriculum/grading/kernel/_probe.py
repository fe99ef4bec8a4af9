"""Called inside the kernel, after a check cell has failed: what it found, as data."""

from __future__ import annotations

import json
import sys
import traceback
from typing import TYPE_CHECKING

from curriculum import check

if TYPE_CHECKING:
    from types import TracebackType

_LIMIT = 4_000
_TEXTS = ("message", "exercise", "called", "where", "expected", "got", "difference", "hint", "note")


def last_finding() -> str:
    """The finding of the error that ended the last cell, as JSON."""
    error, trace = sys.last_value, sys.last_traceback
    if error is None:
        return ""
    finding = check.finding_of(error, trace)
    data: dict[str, object] = {name: getattr(finding, name)[:_LIMIT] for name in _TEXTS}
    data |= {"outcome": finding.outcome.value, "error": check.error_name(error), "line": _line(trace)}
    if finding.mistake is not None:
        mistake = finding.mistake
        data["mistake"] = [mistake.id[:_LIMIT], mistake.message[:_LIMIT], mistake.section[:_LIMIT]]
    return json.dumps(data)


def _line(trace: TracebackType | None) -> int | None:
    """The line of the cell itself that was running."""
    for frame, line in traceback.walk_tb(trace):
        if "ipykernel" in frame.f_code.co_filename and frame.f_code.co_name == "<module>":
            return line
    return None
