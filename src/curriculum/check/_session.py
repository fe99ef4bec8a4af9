"""How a check cell opens."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from curriculum.check import _kernel, _state
from curriculum.check._finding import Finding
from curriculum.errors import CheckFailed, CurriculumError
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_NOT_STARTED = "The cell above is still as it was given. Write your answer there, run it, then run this cell again."


def exercise(name: str) -> None:
    """Open a check cell: say which exercise it checks.

    In Jupyter this is what turns failures into cards and records progress. A cell whose exercise the learner has not
    touched ends here.

    Args:
        name: the grade_id of the exercise's solution cell.

    Raises:
        CheckFailed: the solution cell is still the starter, or was never run.

    Example:
        >>> from curriculum import check
        >>> check.exercise("sample-mean")
    """
    _state.begin(name)
    shell = _shell()
    if shell is None:
        return
    _kernel.watch(shell)
    problem = _untouched(name, shell)
    if problem:
        raise CheckFailed(Finding(Outcome.NOT_ATTEMPTED, problem, exercise=name)) from None


def _shell() -> InteractiveShell | None:
    """The IPython shell this cell runs in, if any; IPython is not imported to find out."""
    module = sys.modules.get("IPython.core.getipython") or sys.modules.get("IPython")
    return module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None


def _untouched(name: str, shell: Any) -> str:
    """Why the exercise counts as not attempted, or an empty text."""
    from curriculum import course, notebook

    try:
        _, found = course.load().exercise(name)
    except CurriculumError:
        return ""
    if found.is_manual:
        return ""
    starter = found.starter
    names = notebook.names_assigned(found.solution)
    for source in reversed(shell.history_manager.input_hist_parsed[1:]):
        defined = notebook.names_assigned(source)
        if not names & defined:
            continue
        return _NOT_STARTED if notebook.same_code(source, starter) else ""
    missing = sorted(names - set(shell.user_ns))
    return f"{missing[0]} is not defined yet: write your answer in the cell above and run it." if missing else ""
