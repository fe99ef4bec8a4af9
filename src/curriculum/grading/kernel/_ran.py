"""What came of one cell in a kernel, and what can be read from its outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from curriculum.grading._findings import clean
from curriculum.outcome import Outcome

_CELL_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


class End(StrEnum):
    """How a cell ended, and with it perhaps the kernel.

    ``DONE`` with or without an error; ``INTERRUPTED`` when its time was up; ``STUCK`` when it did not heed that;
    ``DIED`` with its kernel; ``FLOODED`` when it had put out too much.
    """

    DONE = "done"
    INTERRUPTED = "interrupted"
    STUCK = "stuck"
    DIED = "died"
    FLOODED = "flooded"


@dataclass(frozen=True)
class Ran:
    """What came of one cell.

    Attributes:
        end: how it ended.
        outputs: what it put out, as nbformat has it.
        error: the class and message of the error that ended it, as the kernel's reply has them.
        stderr: whether anything was written to stderr.
        traceback: the lines of the kernel's reply.
    """

    end: End
    outputs: Sequence[Mapping[str, Any]] = ()
    error: tuple[str, str] | None = None
    stderr: bool = False
    traceback: Sequence[str] = field(default_factory=tuple)

    @property
    def ended_kernel(self) -> bool:
        """Whether the kernel cannot be used any more."""
        return self.end in {End.STUCK, End.DIED, End.FLOODED}

    @property
    def outcome(self) -> Outcome | None:
        """How a cell that checks nothing was stopped; None where it ran to its end."""
        if self.end in {End.INTERRUPTED, End.STUCK}:
            return Outcome.TIMED_OUT
        if self.end is not End.DONE:
            return Outcome.KILLED
        if self.first_error is None:
            return None
        return Outcome.OUT_OF_MEMORY if self.first_error[0] == "MemoryError" else Outcome.RAISED

    @property
    def first_error(self) -> tuple[str, str] | None:
        """The class and message of the error that ended the cell, or that it showed."""
        shown = next((output for output in self.outputs if output["output_type"] == "error"), None)
        if shown is not None:
            return str(shown.get("ename", "")), str(shown.get("evalue", ""))
        return self.error

    @property
    def line(self) -> int | None:
        """The line of the cell that an error came through, as IPython's traceback says."""
        lines = next((output.get("traceback") for output in self.outputs if output["output_type"] == "error"), None)
        found = _CELL_LINE.search(clean("\n".join(map(str, lines or self.traceback))))
        return int(found.group(1)) if found else None

    @property
    def value(self) -> str:
        """The text of the cell's last value; empty where it has none."""
        values = (output for output in self.outputs if output["output_type"] == "execute_result")
        return next((_plain(output) for output in values), "")

    @property
    def card(self) -> tuple[Outcome, str] | None:
        """The verdict that a check of this course showed, and its text."""
        for output in self.outputs:
            verdict = output.get("metadata", {}).get("curriculum") if output["output_type"] == "display_data" else None
            if isinstance(verdict, Mapping) and verdict.get("outcome") in set(Outcome):
                return Outcome(verdict["outcome"]), _plain(output)
        return None

    def text(self, limit: int) -> str:
        """Everything the cell showed as text, cleaned and clipped to so many bytes."""
        return clean("".join(self._texts()), limit)

    def written(self, name: str, limit: int) -> str:
        """What was written to ``stdout`` or ``stderr``."""
        streams = (out for out in self.outputs if out["output_type"] == "stream" and out.get("name") == name)
        return clean("".join(str(out.get("text", "")) for out in streams), limit)

    def _texts(self) -> Iterator[str]:
        for output in self.outputs:
            if output["output_type"] == "stream":
                yield str(output.get("text", ""))
            elif output["output_type"] == "error":
                yield f"{output.get('ename')}: {output.get('evalue')}\n"
            else:
                yield f"{_plain(output)}\n"


def _plain(output: Mapping[str, Any]) -> str:
    text = output.get("data", {}).get("text/plain", "")
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
