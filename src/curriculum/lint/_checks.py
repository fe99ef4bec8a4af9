"""Rules on check cells: that points are backed by tests, and that each says which exercise it checks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeGuard

from curriculum.lint import _python
from curriculum.lint._registry import Found, rule
from curriculum.lint._subject import stretches
from curriculum.notebook import Region, Role, has_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Group, Subject
    from curriculum.notebook import Cell

# What check offers beside its checks: none of these can fail because of a learner's answer.
_NO_TESTS = {"exercise", "rng", "choice_key", "Mistake", "Finding", "Drawing", "Drawn", "drawing", "CheckFailed"}
_OUTPUT = {"print", "display"}


@rule(
    "points-without-tests",
    "a check cell with points whose visible part, or whose stretch of hidden tests, tests nothing",
    mend="add a check.* call or an assert, or take the points away",
)
def points_without_tests(subject: Subject) -> Iterator[Found]:
    """Look for tests in both parts of every check cell that carries points."""
    for cell in _check_cells(subject):
        if not cell.nbgrader.get("points") or _python.parse(cell.source).problem:
            continue
        visible, hidden = _tests(cell)
        if not visible:
            what = "nothing that learners can see" if hidden else "nothing"
            yield Found(cell.id, f"the cell carries points and tests {what}")
        elif stretches(cell.source, Region.HIDDEN_TESTS) and not hidden:
            yield Found(cell.id, "its hidden tests test nothing")


@rule(
    "no-hidden-tests",
    "a coding exercise has no hidden tests, so that an answer made to fit the visible ones passes",
    mend="add tests on fresh draws from check.rng() between ### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS",
)
def no_hidden_tests(subject: Subject) -> Iterator[Found]:
    """Look for hidden tests in every coding exercise."""
    for group in subject.groups:
        hidden = any(has_region(cell.source, Region.HIDDEN_TESTS) for cell in group.checks)
        if group.is_coding and group.checks and not hidden:
            yield Found(group.checks[0].id, f"the exercise {group.id!r} has no hidden tests")


@rule(
    "check-opening",
    'a check cell does not open with `check.exercise("<id>")` of its own exercise',
    mend="open it so: progress and messages depend on it",
)
def check_opening(subject: Subject) -> Iterator[Found]:
    """Look at the first statement of every check cell."""
    for group in subject.groups:
        for cell in group.checks:
            program = _python.parse(cell.source)
            named = _opening(program.tree)
            if program.problem or named == group.id:
                continue
            opening = f'open it with check.exercise("{group.id}")'
            if named is None:
                yield Found(cell.id, "the cell does not open with check.exercise", opening)
            else:
                yield Found(cell.id, f"the cell says that it checks {named!r}, not {group.id!r}", opening)


@rule(
    "check-prints",
    "a check cell prints, which stands between the learner and the card",
    mend="say it in a check's hint, or delete it",
)
def check_prints(subject: Subject) -> Iterator[Found]:
    """Look for output made in check cells."""
    for cell in _check_cells(subject):
        if any(_python.dotted(call.func) in _OUTPUT for call in _python.parse(cell.source).calls):
            yield Found(cell.id, "the check cell prints")


def check_calls(group: Group, name: str) -> Iterator[tuple[Cell, ast.Call]]:
    """Every call of one check in an exercise, beside its cell."""
    for cell in group.checks:
        for call in _python.parse(cell.source).calls:
            if _python.dotted(call.func) == f"check.{name}":
                yield cell, call


def _check_cells(subject: Subject) -> Iterator[Cell]:
    return (cell for cell in subject.code if cell.role is Role.CHECK)


def _opening(tree: ast.Module) -> str | None:
    """The exercise that the first statement names."""
    first = tree.body[0] if tree.body else None
    call = first.value if isinstance(first, ast.Expr) else None
    if not isinstance(call, ast.Call) or _python.dotted(call.func) != "check.exercise":
        return None
    argument = call.args[0] if call.args else None
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def _tests(cell: Cell) -> tuple[bool, bool]:
    """Whether the visible and the hidden part test anything."""
    nodes = _python.parse(cell.source).nodes
    functions = [(node.name, tuple(ast.walk(node))) for node in nodes if isinstance(node, ast.FunctionDef)]
    helpers = _helpers(functions)
    # A helper tests where it is called, not where it stands.
    inside = {id(inner) for _, parts in functions for inner in parts}
    lines = [node.lineno for node in nodes if id(node) not in inside and _is_test(node, helpers)]
    hidden = stretches(cell.source, Region.HIDDEN_TESTS)
    is_hidden = [any(first <= line <= last for first, last in hidden) for line in lines]
    return not all(is_hidden), any(is_hidden)


def _helpers(functions: list[tuple[str, tuple[ast.AST, ...]]]) -> set[str]:
    """The functions that test something, if only by calling another that does."""
    found: set[str] = set()
    while True:
        more = {name for name, parts in functions if any(_is_test(node, found) for node in parts)}
        if more == found:
            return found
        found = more


def _is_test(node: ast.AST, helpers: set[str]) -> TypeGuard[ast.Assert | ast.Call]:
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    root, _, name = _python.dotted(node.func).rpartition(".")
    return (root == "check" and name not in _NO_TESTS) or name in helpers or name.startswith("assert_")
