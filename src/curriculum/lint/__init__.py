"""What makes a source lesson sound, as rules that a machine can judge.

``lint`` judges a notebook, ``lint_course`` what concerns several at once, ``measure`` counts a lesson's rhythm. The
rules are listed, and each is explained, in ``docs/lint.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# Importing a module of rules registers them.
from curriculum.lint import (  # noqa: F401
    _cells,
    _checks,
    _code,
    _course,
    _exercises,
    _format,
    _markers,
    _nbgrader,
    _outputs,
    _parts,
    _prose,
    _quiz,
    _random,
    _rhythm,
    _solutions,
    _world,
)
from curriculum.lint._allowance import allowances
from curriculum.lint._measures import Measures, outside
from curriculum.lint._measures import measure as _measure
from curriculum.lint._registry import COURSE_RULES, RULES, Found, LintFinding, Rule
from curriculum.lint._subject import Subject
from curriculum.lint._targets import Target, targets

if TYPE_CHECKING:
    from curriculum.course import Course
    from curriculum.notebook import Notebook

__all__ = [
    "COURSE_RULES",
    "RULES",
    "LintFinding",
    "Measures",
    "Rule",
    "Target",
    "lint",
    "lint_course",
    "lint_target",
    "measure",
    "outside",
    "targets",
]


def lint(
    source: Notebook, *, text: str = "", lesson: str = "", minutes: int | None = None, is_introduction: bool = False
) -> list[LintFinding]:
    """Judge a notebook by every rule.

    Args:
        source: the notebook.
        text: the file as it is stored, to judge its layout too.
        lesson: the id it should have; not judged where it is left out.
        minutes: how long course.toml says it takes; not compared where it is left out.
        is_introduction: whether it belongs to module 00, which has fewer exercises.
    """
    return _judge(Subject(source, text=text, lesson=lesson, minutes=minutes, is_introduction=is_introduction))


def lint_target(target: Target) -> list[LintFinding]:
    """Judge a notebook file of the course, or one from elsewhere, by every rule."""
    return _judge(target.subject)


def lint_course(course: Course) -> list[LintFinding]:
    """Judge the course as a whole; its lessons one by one are ``lint``'s."""
    found = [_finding(rule, item, item.file) for rule in COURSE_RULES.values() for item in rule.find(course)]
    return sorted(found, key=_order)


def measure(target: Target) -> Measures:
    """Count the rhythm of a lesson."""
    return _measure(target.subject)


def _judge(subject: Subject) -> list[LintFinding]:
    file = str(subject.source.path or subject.name)
    shape = RULES["invalid-nbformat"]
    broken = [_finding(shape, item, file) for item in shape.find(subject)]
    if broken:
        return sorted(broken, key=_order)  # the other rules rely on the shape that nbformat promises
    allowed = {(cell.id, name) for cell in subject.cells for name in allowances(cell)}
    found = [
        _finding(rule, item, item.file or file)
        for rule in RULES.values()
        if rule is not shape
        for item in rule.find(subject)
        if (item.where, rule.name) not in allowed
    ]
    return sorted(found, key=_order)


def _finding(rule: Rule[Subject] | Rule[Course], item: Found, file: str) -> LintFinding:
    return LintFinding(file, item.where, rule.name, item.message, item.mend or rule.mend)


def _order(finding: LintFinding) -> tuple[str, str, str, str]:
    return finding.file, finding.cell_id, finding.rule, finding.message
