"""IPython without a kernel: cells run with its magics, display and top-level await, on no screen."""

from __future__ import annotations

import ast
import contextlib
import copy
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from curriculum.grading.split._compiled import Compiler, is_usual
from curriculum.grading.split._plain import is_plain, run_plain, with_end
from curriculum.grading.split._shown import Inputs, TextFormatter, TextHook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import ExecutionResult
    from IPython.core.prefilter import PrefilterManager


class CellShell(InteractiveShell):
    """A shell that shows nothing: errors are returned, ``%matplotlib inline`` is accepted.

    Cells come out as in IPython; what is plain Python gets there without being taken into tokens, and a prepared cell
    without being compiled.
    """

    compiler_class = Compiler
    compile: Compiler
    displayhook_class = TextHook
    display_formatter: TextFormatter
    history_manager: Inputs
    prefilter_manager: PrefilterManager

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._transformers = tuple(list(each) for each in self._transformers_now())

    def prepare(self, source: str) -> None:
        """Compile a cell that every fork of this process will run."""
        with contextlib.suppress(Exception):  # it is then said where the cell is run
            self.compile.prepare(self.transform_cell(source), ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    def transform_cell(self, raw_cell: str) -> str:
        """What a cell is to Python; tokens are looked at only where it may not be Python already."""
        cell = with_end(raw_cell)
        if self.leaves(cell) and self.compile.is_python(cell):
            return cell
        return str(super().transform_cell(raw_cell))  # type: ignore[no-untyped-call]

    def leaves(self, cell: str) -> bool:
        """Whether the transformers of cells leave one as it is, provided that it is Python."""
        return self._transformers_now() == self._transformers and is_usual(cell, self.user_ns)

    def should_run_async(self, raw_cell: str, **known: Any) -> bool:
        """Whether a cell awaits something; one that does not even hold the word is not compiled to find out."""
        text = known.get("transformed_cell") or raw_cell
        return ("await" in text or "async" in text) and bool(super().should_run_async(raw_cell, **known))

    def run(self, source: str, *, is_unseen: bool = False) -> ExecutionResult:
        """Run a cell; figures are closed at its end, as a notebook does.

        Args:
            source: the cell.
            is_unseen: whether nobody will look at what it shows.
        """
        self.display_formatter.is_unseen = is_unseen
        result = run_plain(self, source) if is_plain(self, source) else None
        if result is None:
            result = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close("all")
        return result

    @contextlib.contextmanager
    def as_before(self) -> Iterator[None]:
        """Forget in the end what the block's cells have defined and shown."""
        kept = [self.user_ns, self.user_ns["Out"], self.user_ns_hidden, vars(self.displayhook)]
        before, count, told = [dict(space) for space in kept], self.execution_count, list(self.user_ns["In"])
        try:
            yield
        finally:
            for space, values in zip(kept, before, strict=True):
                space.clear()
                space.update(values)
            self.user_ns["In"][:] = told
            self.execution_count = count

    def transform_ast(self, node: ast.AST) -> ast.AST:
        """What transformers of syntax trees make of a cell; they get a copy, since a prepared tree serves again."""
        if not self.ast_transformers:
            return node
        changed: ast.AST = super().transform_ast(copy.deepcopy(node))  # type: ignore[no-untyped-call]
        return changed

    def _transformers_now(self) -> tuple[list[Any], ...]:
        manager = self.input_transformer_manager
        return (
            manager.cleanup_transforms,
            manager.line_transforms,
            manager.token_transformers,
            self.input_transformers_post,
            self.prefilter_manager.checkers,
        )

    def init_history(self) -> None:
        """Keep what is typed."""
        self.history_manager = Inputs(shell=self, parent=self)
        self.configurables.append(self.history_manager)  # type: ignore[arg-type]

    def init_display_formatter(self) -> None:
        """Show objects as text."""
        self.display_formatter = TextFormatter(parent=self)
        self.configurables.append(self.display_formatter)  # type: ignore[arg-type]

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
