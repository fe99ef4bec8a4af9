"""How a check cell opens."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from curriculum import journal
from curriculum.check import _kernel, _state
from curriculum.check._finding import Finding
from curriculum.errors import CheckFailed, CurriculumError
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_NOT_STARTED = "The cell above is still as it was given. Write your answer there, run it, then run this cell again."
_UNTOUCHED = "The answer is still as it was given."
_NOT_RUN = "{} is not defined yet: write your answer in the cell above and run it."
_NOT_PYTHON = (
    "The cell above is not Python yet, so nothing of it has run. Mend what its SyntaxError points at and run it."
)
_STOPPED = "The cell above stopped with an error before it defined {}. Mend that, run it, then run this cell again."


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
    untouched = _state.untouched()
    if untouched is not None:
        if name in untouched:
            raise CheckFailed(Finding(Outcome.NOT_ATTEMPTED, _UNTOUCHED, exercise=name))
        return
    shell = _shell()
    if shell is None:
        return
    _kernel.watch(shell)
    finding = _unready(name, shell)
    if finding is not None:
        raise CheckFailed(finding) from None


def _shell() -> InteractiveShell | None:
    """The IPython shell this cell runs in, if any; IPython is not imported to find out."""
    module = sys.modules.get("IPython.core.getipython") or sys.modules.get("IPython")
    return module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None


def _unready(name: str, shell: Any) -> Finding | None:
    """Why there is nothing to check yet: the answer cell is as it was given, was not run, or did not get to its end."""
    from curriculum import course, notebook

    try:
        _, found = course.load().exercise(name)
    except CurriculumError:
        return None
    if found.is_manual:
        return None
    # The starter's names are the contract; a solution may have helpers of its own.
    names = notebook.names_assigned(found.starter) or notebook.names_assigned(found.solution)
    missing = sorted(names - set(shell.user_ns))
    ran = shell.history_manager.input_hist_parsed
    place = next((place for place in range(len(ran) - 1, 0, -1) if _defines(ran[place], names)), None)
    latest = None if place is None else ran[place]
    if place is not None:
        # As the learner wrote it: what ran has magics turned into calls.
        _state.judges(journal.fingerprint(shell.history_manager.input_hist_raw[place]))
    if latest is not None and notebook.same_code(latest, found.starter):
        return Finding(Outcome.NOT_ATTEMPTED, _NOT_STARTED, exercise=name)
    if latest is not None and not names & notebook.names_assigned(latest):
        return Finding(Outcome.RAISED, _NOT_PYTHON, exercise=name)
    if not missing:
        return None
    if latest is None:
        return Finding(Outcome.NOT_ATTEMPTED, _NOT_RUN.format(missing[0]), exercise=name)
    return Finding(Outcome.RAISED, _STOPPED.format(missing[0]), exercise=name)


def _defines(source: str, names: frozenset[str]) -> bool:
    """Whether a cell defines one of the names, or would if it were Python: it may end in the middle of a line."""
    from curriculum import notebook

    if names & notebook.names_assigned(source):
        return True
    return not notebook.is_python(source) and any(
        re.search(rf"^\s*(?:def\s+|class\s+)?{re.escape(name)}\s*[(=:]", source, re.MULTILINE) for name in names
    )
