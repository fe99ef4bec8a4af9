"""The course's manners inside an IPython kernel: cards in place of tracebacks, and progress kept by itself."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from curriculum import journal
from curriculum.check import _card, _state
from curriculum.check._errors import finding_of
from curriculum.errors import CurriculumError
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from types import TracebackType

    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

    from curriculum.check._finding import Finding

_DONE = {
    Outcome.FAILED: "Not yet: the card above says what to look at.",
    Outcome.NOT_ATTEMPTED: "Not attempted yet.",
    Outcome.RAISED: "Your code raised an error: the card above says where. (%tb shows the whole traceback.)",
}


class _Watch:
    """Follows one check cell in one shell, from its ``check.exercise`` to its end."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.former: tuple[Any, Any] | None = None
        self.finding: Finding | None = None

    def begin(self) -> None:
        """Take over the shell's errors until the cell ends."""
        self.finding = None
        if self.former is None:
            self.former = (self.shell.custom_exceptions, getattr(self.shell, "CustomTB", None))
            self.shell.events.register("post_run_cell", self.end)
            self.shell.set_custom_exc((Exception,), self.show_error)

    def show_error(
        self,
        shell: InteractiveShell,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
        tb_offset: int | None = None,  # noqa: ARG002 - IPython passes it by name
    ) -> list[str]:
        """Show an error of the check cell as a card; the cell still counts as failed for any front end."""
        self.finding = finding_of(error, trace)
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
        # The record is written first, so that its troubles can stand on the card.
        self.finding = _recorded(self.finding)
        show(self.finding)
        lines = [_DONE[self.finding.outcome]]
        shell._showtraceback(kind, _OneLine(self.finding.summary), lines)
        return lines

    def end(self, result: ExecutionResult) -> None:
        """Give the shell back, and show and record a pass."""
        self.shell.events.unregister("post_run_cell", self.end)
        former, self.former = self.former, None
        if former is not None:
            self.shell.custom_exceptions, self.shell.CustomTB = former
        if self.finding is None and result.success:
            show(_recorded(_state.passed()))


class _OneLine(Exception):  # noqa: N818 - never raised: it only carries the one line that front ends show
    pass


_watches: dict[int, _Watch] = {}


def watch(shell: InteractiveShell) -> None:
    """Follow the check cell that is running in the shell."""
    _watches.setdefault(id(shell), _Watch(shell)).begin()


def show(finding: Finding) -> None:
    """Show a finding where the cell's output goes."""
    from IPython.display import publish_display_data

    sys.stdout.flush()
    # Programs that run the notebook (`curriculum check`) read the verdict here rather than from the words.
    verdict = {"exercise": finding.exercise, "outcome": finding.outcome.value}
    publish_display_data({"text/html": _card.as_html(finding), "text/plain": str(finding)}, {"curriculum": verdict})


def _recorded(finding: Finding) -> Finding:
    mistake = finding.mistake.id if finding.mistake else ""
    try:
        journal.record(finding.exercise, finding.outcome, mistake, _state.answer())
    except CurriculumError as error:
        return replace(finding, note=str(error))
    return finding
