"""Rules on habits of code that a lesson should not teach."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from curriculum.lint import _python
from curriculum.lint._registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject


@rule(
    "bare-except",
    "`except:` without a class also catches KeyboardInterrupt: a cell that cannot be stopped",
    mend="name the exceptions, or write except Exception",
)
def bare_except(subject: Subject) -> Iterator[Found]:
    """Look for handlers of everything."""
    for cell in subject.code:
        nodes = _python.parse(cell.source).nodes
        if any(isinstance(node, ast.ExceptHandler) and node.type is None for node in nodes):
            yield Found(cell.id, "the cell catches everything with a bare except")


@rule(
    "plt-show",
    "`plt.show()` shows a figure without a description",
    mend='plots.show(figure, alt="...")',
)
def plt_show(subject: Subject) -> Iterator[Found]:
    """Look for matplotlib's own way to show figures."""
    for cell in subject.code:
        for call in _python.parse(cell.source).calls:
            written = _python.dotted(call.func)
            known = _python.resolved(call.func, subject.imports) == "matplotlib.pyplot.show"
            if known or written in {"plt.show", "figure.show", "fig.show"}:
                yield Found(cell.id, f"the cell calls {written}()")
