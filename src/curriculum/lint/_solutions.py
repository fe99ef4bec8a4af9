"""Rules on solutions: what learners begin with, and that the answer stands nowhere else."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from curriculum.lint import _markdown, _python
from curriculum.lint._display import output_texts
from curriculum.lint._registry import Found, rule
from curriculum.lint._subject import enclosed, released
from curriculum.notebook import Region, Role, has_region, same_code, solution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject
    from curriculum.notebook import Cell

SHORTEST_LINE = 12
_TRIVIAL = re.compile(r"^(?:@|(?:async)?(?:def|class)\b|import|from|return\w*$|else:|try:|finally:|pass$|[\"'#])")


@rule(
    "unmarked-solution",
    "a solution cell marks no stretch as the solution, so that learners get three dots and no signature",
    mend="put ### BEGIN SOLUTION and ### END SOLUTION around what learners write, below signature and docstring",
)
def unmarked_solution(subject: Subject) -> Iterator[Found]:
    """Look for solution cells without markers."""
    for cell in _solutions(subject):
        if not has_region(cell.source, Region.SOLUTION):
            yield Found(cell.id, "the solution cell marks no solution")


@rule(
    "broken-starter",
    "what learners begin with is not Python, has no `...` in the place of the solution, or is the solution",
    mend="move the markers so that what is left is whole and `...` can stand in their place",
)
def broken_starter(subject: Subject) -> Iterator[Found]:
    """Parse what the release would make of every solution cell."""
    for cell in filter(_is_marked, _solutions(subject)):
        given = released(cell)
        program = _python.parse(given)
        if program.problem:
            yield Found(cell.id, f"the starter is not Python: {program.problem}")
        elif not any(isinstance(n, ast.Constant) and n.value is ... for n in program.nodes):
            yield Found(cell.id, "the starter has no ... where the work goes: the markers stand inside a text")
        elif not enclosed(cell.source, Region.SOLUTION).strip() or same_code(given, solution(cell)):
            yield Found(cell.id, "the starter is the solution: there is nothing between the markers")


@rule(
    "starter-loses-name",
    "a name that the check needs is defined only between the markers, so that an untouched starter leaves it undefined",
    mend="keep its signature or `name = (` outside the markers",
)
def starter_loses_name(subject: Subject) -> Iterator[Found]:
    """Compare the names of starter and solution with those that checks use."""
    for group in subject.groups:
        used = {name.id for cell in group.checks for name in _names(cell.source)}
        for cell in filter(_is_marked, group.of(Role.SOLUTION)):
            given = released(cell)
            lost = set() if _python.parse(given).problem else _python.bound(solution(cell)) - _python.bound(given)
            for name in sorted(lost & used):
                yield Found(cell.id, f"the starter does not define {name!r}, which the check uses")


@rule(
    "solution-leaks",
    "two or more consecutive lines of a solution stand in another cell that learners get, or in its output",
    mend="let the other cell import or call it, or teach it on another example",
)
def solution_leaks(subject: Subject) -> Iterator[Found]:
    """Look for each solution in what learners get of every other cell."""
    others = [(cell, _visible(cell)) for cell in subject.cells]
    for cell in _solutions(subject):
        secret = _secret(cell)
        for other, texts in others:
            shared = next((pair for lines in texts for pair in pairwise(lines) if pair in secret), None)
            if other is not cell and shared:
                yield Found(other.id, f"the cell gives away part of the solution of {cell.id!r}: {secret[shared]!r}")


@rule(
    "solution-name-reassigned",
    "a name that a solution defines is assigned in another cell too, so that it is not clear whose it is",
    mend="call the other one differently",
)
def solution_name_reassigned(subject: Subject) -> Iterator[Found]:
    """Look for names of solutions in every other cell."""
    owners: dict[str, Cell] = {}
    for cell in _solutions(subject):
        for name in _python.bound(solution(cell)):
            owners.setdefault(name, cell)
    for cell in subject.code:
        source = solution(cell) if cell.role is Role.SOLUTION else cell.source
        for name in sorted(_python.bound(source) & set(owners)):
            if owners[name] is not cell:
                yield Found(cell.id, f"the cell assigns {name!r}, which the solution {owners[name].id!r} defines")


def _solutions(subject: Subject) -> Iterator[Cell]:
    return (cell for cell in subject.code if cell.role is Role.SOLUTION)


def _is_marked(cell: Cell) -> bool:
    """Whether markers of a solution are there and pair; that they do is another rule's."""
    return has_region(cell.source, Region.SOLUTION) and "BEGIN SOLUTION" not in released(cell)


def _names(source: str) -> Iterator[ast.Name]:
    return (node for node in _python.parse(source).nodes if isinstance(node, ast.Name))


def _secret(cell: Cell) -> dict[tuple[str, str], str]:
    """Each two consecutive lines of a solution that the starter does not give, and the first as it is written."""
    given = set(_comparable(_python.unparsed(released(cell))))
    lines = _python.unparsed(solution(cell))
    shown = dict(zip(map(_key, lines), lines, strict=True))
    pairs = pairwise(_comparable(lines))
    return {pair: shown[pair[0]].strip() for pair in pairs if not given & set(pair)}


def _visible(cell: Cell) -> list[list[str]]:
    """The texts of a cell that learners see, each as comparable lines."""
    if cell.type == "code":
        printed = [text.splitlines() for text in output_texts(cell)] if cell.role is Role.CODE else []
        return [_comparable(lines) for lines in [_python.unparsed(released(cell)), *printed]]
    source = released(cell)
    fenced = [_python.unparsed(found.group(2)) for found in _markdown.FENCE.finditer(source)]
    return [_comparable(lines) for lines in [source.splitlines(), *fenced]]


def _comparable(lines: list[str]) -> list[str]:
    """The lines that say something, in a form in which layout does not count."""
    return [key for line in lines if len(key := _key(line)) >= SHORTEST_LINE and not _TRIVIAL.match(key)]


def _key(line: str) -> str:
    return "".join(line.split()).replace('"', "'")
