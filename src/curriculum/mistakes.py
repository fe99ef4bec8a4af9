"""The mistakes that a lesson's checks recognise: words and sections, read from the check cells without running them.

Authors write most of them in a loop over a table of wrong values. So a call of ``Mistake`` is read once for each turn
of the loop around it, as far as its tables stand in the cell as text; what only running it could tell is left out.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from curriculum.course import Lesson

    _Names = Mapping[str, ast.expr]

# A heading of the second level opens a section; the first is the lesson's title.
_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
_ARGUMENTS = ("id", "wrong_value", "message", "section")
_LOOPS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.For)
_DEEPEST = 8


@dataclass(frozen=True)
class Recognised:
    """A mistake that the check of an exercise recognises.

    Attributes:
        words: what the check says to whoever made it; empty where only running the check would tell.
        section: the heading in the lesson that treats it; may be empty.
    """

    exercise: str
    id: str
    words: str
    section: str


def recognised(lesson: Lesson) -> dict[tuple[str, str], Recognised]:
    """The mistakes of a lesson, by exercise and id.

    Raises:
        NotebookError: the lesson's source cannot be read.
    """
    sources = ((exercise.id, tuple(cell.source for cell in exercise.checks)) for exercise in lesson.exercises)
    return {(found.exercise, found.id): found for source in sources for found in _of_checks(*source)}


def sections(lesson: Lesson) -> dict[str, str]:
    """The heading under which each exercise of a lesson stands, by exercise; empty where there is none.

    Raises:
        NotebookError: the lesson's source cannot be read.
    """
    found: dict[str, str] = {}
    heading = ""
    belongs = {id(cell): exercise.id for exercise in lesson.exercises for cell in exercise.cells}
    for cell in lesson.notebook.cells:
        if id(cell) in belongs:
            found.setdefault(belongs[id(cell)], heading)
        elif cell.type == "markdown":
            heading = next(iter(_HEADING.findall(cell.source)[-1:]), heading).strip()
    return found


@lru_cache(maxsize=2048)
def _of_checks(exercise: str, sources: tuple[str, ...]) -> tuple[Recognised, ...]:
    found: dict[str, Recognised] = {}
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # a check cell of another language
        for mistake in (*_mistakes(exercise, tree), *_options(exercise, tree)):
            found.setdefault(mistake.id, mistake)
    return tuple(found.values())


def _mistakes(exercise: str, tree: ast.Module) -> Iterator[Recognised]:
    tables = _tables(tree)
    for call, loops in _calls(tree, "Mistake", ()):
        words = {word.arg: word.value for word in call.keywords if word.arg}
        given = dict(zip(_ARGUMENTS, call.args, strict=False)) | words
        for names in (*_turns(loops, tables), *_looked_up(tables, given)):
            said = {key: _text(given.get(key), names) for key in ("id", "message", "section")}
            if said["id"]:
                yield Recognised(exercise, said["id"], said["message"], said["section"])


def _options(exercise: str, tree: ast.Module) -> Iterator[Recognised]:
    """The options of a question: choosing one is a mistake that ``check.choice`` names after it."""
    for call, _ in _calls(tree, "choice", ()):
        options = next((word.value for word in call.keywords if word.arg == "options"), None)
        for letter, words in _pairs(options, {}):
            name, text = _text(letter, {}), _text(words, {})
            if name:
                yield Recognised(exercise, f"{exercise}-{name}", text, "")


def _calls(node: ast.AST, name: str, loops: tuple[ast.AST, ...]) -> Iterator[tuple[ast.Call, tuple[ast.AST, ...]]]:
    """Every call of a function of that name, and the loops it stands in, outermost first."""
    if isinstance(node, ast.Call) and _last(node.func) == name:
        yield node, loops
    inside = (*loops, node) if isinstance(node, _LOOPS) else loops
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, name, inside)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _tables(tree: ast.Module) -> dict[str, ast.expr]:
    """The names that are given one value in the cell; which of several holds where, only running it would tell."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name, value in _bound(target, node.value):
                    found.setdefault(name, []).append(value)
    return {name: values[0] for name, values in found.items() if len({ast.dump(value) for value in values}) == 1}


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What a target's names stand for, as far as target and value are built alike."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _bound(one, other)


def _turns(loops: tuple[ast.AST, ...], tables: _Names) -> list[_Names]:
    """What the names stand for at each turn of the loops around a call."""
    turns: list[_Names] = [tables]
    for target, over in (pair for loop in loops for pair in _generators(loop)):
        turns = [{**turn, **dict(_bound(target, item))} for turn in turns for item in _items(over, turn)]
    return turns


def _looked_up(tables: _Names, given: Mapping[str, ast.expr]) -> Iterator[_Names]:
    """A turn for each key of the table of messages, where what the loop goes over is made when it runs."""
    name = given.get("id")
    if not isinstance(name, ast.Name):
        return
    for node in ast.walk(given.get("message") or name):
        if isinstance(node, ast.Subscript) and _last(node.slice) == name.id:
            for key, _ in _pairs(node.value, tables):
                yield {**tables, name.id: key}


def _generators(loop: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(loop, ast.For):
        yield loop.target, loop.iter
    elif isinstance(loop, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        for generator in loop.generators:
            yield generator.target, generator.iter


def _items(over: ast.expr, names: _Names) -> list[ast.expr]:
    """What a loop goes over, item by item; nothing where that is made when it runs."""
    over = _resolved(over, names)
    if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr == "items":
        return [ast.Tuple([key, value]) for key, value in _pairs(over.func.value, names)]
    if isinstance(over, ast.Dict):
        return [key for key in over.keys if key is not None]
    return list(over.elts) if isinstance(over, ast.Tuple | ast.List | ast.Set) else []


def _pairs(node: ast.expr | None, names: _Names) -> list[tuple[ast.expr, ast.expr]]:
    node = _resolved(node, names) if node else None
    if isinstance(node, ast.Call) and _last(node.func) == "dict" and not node.args:
        return [(ast.Constant(word.arg), word.value) for word in node.keywords if word.arg]
    if not isinstance(node, ast.Dict):
        return []
    return [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]


def _resolved(node: ast.expr, names: _Names) -> ast.expr:
    """Follow names, look-ups and simple choices to what they stand for."""
    for _ in range(_DEEPEST):
        if isinstance(node, ast.Name) and node.id in names:
            node = names[node.id]
        elif isinstance(node, ast.Subscript) and (item := _item(node, names)) is not None:
            node = item
        elif isinstance(node, ast.IfExp) and (is_so := _is_so(node.test, names)) is not None:
            node = node.body if is_so else node.orelse
        else:
            break
    return node


def _is_so(test: ast.expr, names: _Names) -> bool | None:
    """Whether two texts are equal, or one is among others; None where the test is another."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not _text(test.left, names):
        return None
    right = _resolved(test.comparators[0], names)
    texts = {
        _text(item, names) for item in (right.elts if isinstance(right, ast.Set | ast.Tuple | ast.List) else [right])
    }
    is_in = _text(test.left, names) in texts
    if "" in texts:
        return None
    return is_in if isinstance(test.ops[0], ast.Eq | ast.In) else not is_in


def _item(node: ast.Subscript, names: _Names) -> ast.expr | None:
    key = _resolved(node.slice, names)
    if not isinstance(key, ast.Constant):
        return None
    held = _resolved(node.value, names)
    if isinstance(held, ast.Tuple | ast.List) and isinstance(key.value, int):
        return held.elts[key.value] if -len(held.elts) <= key.value < len(held.elts) else None
    return next((v for k, v in _pairs(held, names) if isinstance(k, ast.Constant) and k.value == key.value), None)


def _text(node: ast.expr | None, names: _Names) -> str:
    """A text that stands in the cell; empty where it is made when the cell runs."""
    node = _resolved(node, names) if node else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left, names), _text(node.right, names)
        return left + right if left and right else ""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
