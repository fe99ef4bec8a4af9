"""IPython without a kernel: cells run with its magics, display and top-level await, on no screen."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import ExecutionResult


class CellShell(InteractiveShell):
    """A shell that shows nothing: errors are returned, ``%matplotlib inline`` is accepted."""

    def run(self, source: str) -> ExecutionResult:
        """Run a cell; figures are closed at its end, as a notebook does."""
        result: ExecutionResult = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close("all")
        return result

    @contextlib.contextmanager
    def as_before(self) -> Iterator[None]:
        """Forget in the end what the block's cells have defined and shown."""
        kept = [self.user_ns, self.user_ns["Out"], self.user_ns_hidden, vars(self.displayhook)]
        before, count = [dict(space) for space in kept], self.execution_count
        try:
            yield
        finally:
            for space, values in zip(kept, before, strict=True):
                space.clear()
                space.update(values)
            self.execution_count = count

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept any event loop, and run none."""

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Print nothing: whoever ran the cell has the error."""

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """Print nothing: whoever ran the cell has the error."""

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Keep no formatted traceback for a history that nobody reads: each costs hundreds of milliseconds."""
        return {}


def new_shell() -> CellShell:
    """The process's one shell."""
    config = Config()
    # Its thread would not survive a fork, and nobody reads it.
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: CellShell = CellShell.instance(config=config)
    # The first cell loads what every cell needs.
    shell.run("None")
    return shell


def error_of(result: ExecutionResult) -> BaseException | None:
    """What ended a cell, if it did not end well."""
    return result.error_in_exec or result.error_before_exec
