"""Formulas as MathML, which browsers draw by themselves: no script, no font and no network."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from math_core import LatexToMathML


@lru_cache(maxsize=4096)
def mathml(formula: str, *, display: bool) -> str:
    """A formula in LaTeX as MathML; one that cannot be read is shown as it was written."""
    import math_core

    try:
        made: str = _converter().convert_with_local_state(formula.strip(), displaystyle=display)
    except math_core.LatexError:
        return f'<code class="maths-source">{escape(formula)}</code>'
    return made


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    import math_core

    return math_core.LatexToMathML()
