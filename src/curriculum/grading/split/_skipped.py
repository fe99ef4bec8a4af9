"""Which of the teacher's cells a submission can do without.

A lesson shows much that no exercise depends on: simulations, figures. Such a cell is not run again for each submission
if it left no trace when the lesson was prepared, and if nothing that does run reads what it defines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from curriculum.grading._steps import StepKind
from curriculum.grading.split._names import names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from curriculum.grading._steps import Step

# Ways to read a name without naming it, or what a cell has shown.
_DYNAMIC = re.compile(
    r"\b(globals|locals|vars|dir|eval|exec|compile|get_ipython|user_ns|modules|inspect|gc|__\w+__|f_\w+|In|Out|_+\d*|_i+\d*)\b"
    r"|^\s*[%!]",
    re.MULTILINE,
)
_LOOP = re.compile(r"\bfor\s+_\s+in\b|,\s*_\b|\b_\s*,|\b_\s*=[^=]")
_HARMLESS = re.compile(r"\b__(init|repr|str|eq|len|call|iter|next|getitem|add|sub|mul|enter|exit|name|version|doc)__\b")


def skipped(steps: Iterable[Step], trusted: Collection[str], traceless: Collection[str]) -> frozenset[str]:
    """The ids of the teacher's cells that need not run for a submission.

    Args:
        steps: the submission's steps.
        trusted: ids of the teacher's cells that do not depend on the learner.
        traceless: those of them that changed nothing that was there before them.
    """
    running = [step for step in steps if step.kind is not StepKind.CHECK]
    if any(step.kind is StepKind.LEARNER and is_dynamic(step.source) for step in running):
        return frozenset()
    spare = [step for step in running if step.cell in trusted and step.cell in traceless]
    read: set[str] = set()
    for step in running:
        if step not in spare:
            read |= names_of(step.source).read
    while True:
        needed = [step for step in spare if names_of(step.source).bound & read]
        if not needed:
            return frozenset(step.cell for step in spare)
        spare = [step for step in spare if step not in needed]
        read = read.union(*(names_of(step.source).read for step in needed))


def is_dynamic(source: str) -> bool:
    """Whether a cell may read names that its text does not show."""
    return bool(_DYNAMIC.search(_HARMLESS.sub("", _LOOP.sub("", source))))
