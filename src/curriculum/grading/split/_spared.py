"""Which of the teacher's cells a submission can do without.

A lesson shows much that no exercise depends on: simulations, figures. Such a cell is not run again for each submission
if nothing that does run reads what it defines, nor what it changed when the lesson was prepared, and if no check cell
may hand a function or class of it to the learner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum.grading._steps import StepKind
from curriculum.grading.split._names import may_seed, names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from curriculum.grading._steps import Step
    from curriculum.grading.split._names import Names

# Ways to read a name without naming it, or what a cell has shown.
_DYNAMIC = re.compile(
    r"\b(globals|locals|vars|dir|eval|exec|compile|get_ipython|user_ns|modules|inspect|gc|__\w+__|f_\w+|In|Out|_+\d*|_i+\d*)\b"
    r"|^\s*[%!]",
    re.MULTILINE,
)
_LOOP = re.compile(r"\bfor\s+_\s+in\b|,\s*_\b|\b_\s*,|\b_\s*=[^=]")
_HARMLESS = re.compile(r"\b__(init|repr|str|eq|len|call|iter|next|getitem|add|sub|mul|enter|exit|name|version|doc)__\b")


@dataclass(frozen=True)
class Spared:
    """What need not run.

    Attributes:
        skipped: ids of the cells that nothing depends on.
        wanted: of each other cell that changed nothing, the names that something reads.
    """

    skipped: frozenset[str] = frozenset()
    wanted: dict[str, frozenset[str]] = field(default_factory=dict)


def spare(steps: Iterable[Step], trusted: Collection[str], traces: Mapping[str, Collection[str]]) -> Spared:
    """Find the teacher's cells that need not run for a submission.

    Args:
        steps: the submission's steps.
        trusted: ids of the teacher's cells that do not depend on the learner.
        traces: of each of them that changed nothing but the values of names, the names that were there before it.
    """
    steps = list(steps)
    running = [step for step in steps if step.kind is not StepKind.CHECK]
    if any(step.kind is StepKind.LEARNER and is_dynamic(step.source) for step in running):
        return Spared()
    late = frozenset[str]().union(*(names_of(step.source).late for step in running))
    # What a learner's cell reads it may keep under another name, before it is changed.
    own = [names_of(step.source) for step in running if step.cell not in trusted]
    kept = frozenset[str]().union(*(names.read | names.changed for names in own))
    teachers = [names_of(step.source) for step in running if step.cell in trusted]
    live: frozenset[str] = frozenset()
    skipped, wanted = set(), {}
    for step in reversed(steps):
        names = names_of(step.source)
        if step.kind is StepKind.CHECK:
            live |= _handed_over(names, teachers)
            continue
        changed = frozenset(traces.get(step.cell, ()))
        harmless = step.cell in trusted and step.cell in traces and not changed & (live | late | kept)
        needed = names.bound & (live | late)
        if harmless and not needed:
            skipped.add(step.cell)
            continue
        if harmless and not changed:
            wanted[step.cell] = needed
            live -= names.sure
        live |= names.read | names.changed
    return Spared(frozenset(skipped), wanted)


def _handed_over(check: Names, teachers: Iterable[Names]) -> frozenset[str]:
    """The teacher's functions and classes that a check cell may hand to the learner: they go over by their names.

    An object that a check hands over has a class that the check need not name: whatever leads to what it reads counts.
    """
    teachers = list(teachers)
    reached = set(check.read)
    size = -1
    while size != len(reached):
        size = len(reached)
        for names in teachers:
            if not check.known or names.bound & reached:
                reached |= names.read | names.bound
    return frozenset().union(*(names.functions | names.classes for names in teachers)) & reached


def is_dynamic(source: str) -> bool:
    """Whether a cell may read names that its text does not show, or settle what is drawn after it."""
    if not names_of(source).known or may_seed(source):
        return True
    return bool(_DYNAMIC.search(_HARMLESS.sub("", _LOOP.sub("", source))))
