"""A cell of plain Python, run as IPython runs it, without the steps that only other cells need.

IPython takes every cell through tokens, a coroutine and a record of what it writes. In a process that has just been
forked each page that this touches is copied first, which takes longer than most answers do.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

from curriculum.grading.split._compiled import statements

if TYPE_CHECKING:
    from types import CodeType

    from curriculum.grading.split._shell import CellShell

# What makes a cell wait, or lets it change how cells are run while it runs.
_OTHER = re.compile(r"await|async|get_ipython")
_ON_EXIT = "To exit: use 'exit', 'quit', or Ctrl-D."


def is_plain(shell: CellShell, source: str) -> bool:
    """Whether all that IPython would do with a cell, if it is Python already, is to run it and show its last line."""
    return (
        _OTHER.search(source) is None
        and not shell.ast_transformers
        and shell.ast_node_interactivity == "last_expr"
        and shell.custom_exceptions == ()
        and shell.trio_runner is None
    )


def with_end(source: str) -> str:
    """A cell with a line's end."""
    return source if source.endswith("\n") else f"{source}\n"


def run_plain(shell: CellShell, source: str) -> ExecutionResult | None:
    """Run a plain cell; it leaves behind what ``run_cell`` does with ``store_history``.

    All but what it has written: that is not kept in the history of outputs, which ``%notebook`` alone would read.

    Returns:
        What came of it; nothing, if it is no Python as it stands and has not been run.
    """
    cell = with_end(source)
    if not shell.leaves(cell):
        return None
    code = shell.compile.in_one(cell, shell.compile.get_code_name(source, cell, shell.execution_count))
    if code is None and not shell.compile.is_python(cell):
        return None
    info = ExecutionInfo(source, True, False, True, None, None, transformed_cell=cell)
    result = ExecutionResult(info)
    try:
        _run(shell, result, source, cell, code)
    except BaseException as error:  # noqa: BLE001 - a time limit may strike between two statements
        result.error_in_exec = result.error_in_exec or error
    finally:
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
    return result


def _run(shell: CellShell, result: ExecutionResult, source: str, cell: str, code: CodeType | None) -> None:
    number = result.execution_count = shell.execution_count
    shell.execution_count = number + 1
    shell.events.trigger("pre_execute")
    shell.events.trigger("pre_run_cell", result.info)
    shell.history_manager.store_inputs(number, cell, source)
    shell.logger.log(cell, source)
    with shell.builtin_trap:
        name = shell.compile.cache(cell, number, raw_code=source)
        with shell.display_trap:
            shell.displayhook.exec_result = result
            if code is not None:
                _execute(shell, code, result)
            else:
                _run_statements(shell, shell.compile.ast_parse(cell, filename=name), name, result)
            shell.last_execution_succeeded = result.success
            shell.last_execution_result = result
            shell.displayhook.exec_result = None
    if result.error_in_exec is not None:
        shell.history_manager.exceptions[number] = {}


def _run_statements(shell: CellShell, tree: ast.Module, name: str, result: ExecutionResult) -> None:
    """Compile and run one statement after the other, until one fails."""
    for statement, symbol in statements(tree):
        try:
            with shell.compile.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if shell.autoawait else 0):
                code = shell.compile(statement, name, symbol)
        except BaseException as error:  # noqa: BLE001 - a "return" outside of a function, ...
            result.error_before_exec = error
            return
        _execute(shell, code, result)
        if result.error_in_exec is not None:
            return


def _execute(shell: CellShell, code: CodeType, result: ExecutionResult) -> None:
    former = shell.sys_excepthook = sys.excepthook
    sys.excepthook = shell.excepthook
    try:
        exec(code, shell.user_global_ns, shell.user_ns)  # noqa: S102 - it is what the process is for
    except BaseException as error:  # noqa: BLE001 - whatever ends a cell
        result.error_in_exec = error
        if isinstance(error, SystemExit):
            warnings.warn(_ON_EXIT, stacklevel=1)
    finally:
        sys.excepthook = former
