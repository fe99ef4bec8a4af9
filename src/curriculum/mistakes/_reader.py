"""Mistakes to expect, as the check cells tell them; read from their source, as far as it stands there as text.

Authors write most of them in a loop over a table of wrong values: such a call is read once for each turn.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.course import Exercise

GAP = "…"
_Names = dict[str, ast.expr]  # by how an expression is written


@dataclass(frozen=True)
class Expected:
    """A mistake that the checks of an exercise recognise.

    Attributes:
        id: what class reports rank it by.
        message: what the learner is told; a gap (``…``) stands for what only a run could fill in.
        section: the lesson's section to read again; may be empty.
    """

    id: str
    message: str
    section: str = ""


@dataclass(frozen=True)
class Option:
    """An option of a multiple-choice question and what whoever chooses it is told."""

    letter: str
    explanation: str


def expected_mistakes(exercise: Exercise) -> tuple[Expected, ...]:
    """The mistakes that an exercise's checks recognise by value, hidden tests included, each id once, in order."""
    return _expected(_sources(exercise))


def options_of(exercise: Exercise) -> tuple[Option, ...]:
    """The options of a multiple-choice question with their explanations; none for another exercise."""
    return _options(_sources(exercise))


def _sources(exercise: Exercise) -> tuple[str, ...]:
    return tuple(cell.source for cell in exercise.checks)


@lru_cache(maxsize=2048)
def _expected(sources: tuple[str, ...]) -> tuple[Expected, ...]:
    found: dict[str, Expected] = {}
    for tree in _trees(sources):
        reader = _Reader(tree)
        for call in _calls(tree, "Mistake"):
            for mistake in reader.mistakes(call):
                found.setdefault(mistake.id, mistake)
    return tuple(found.values())


@lru_cache(maxsize=2048)
def _options(sources: tuple[str, ...]) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for tree in _trees(sources):
        reader = _Reader(tree)
        for call in _calls(tree, "choice"):
            options = next((word.value for word in call.keywords if word.arg == "options"), None)
            for letter, text in reader.table(options, {}).items():
                explanation = reader.text(text, {})
                if explanation is not None:
                    found.setdefault(letter, Option(letter, explanation))
    return tuple(found.values())


def _trees(sources: tuple[str, ...]) -> Iterator[ast.Module]:
    for source in sources:
        try:
            yield ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """The calls of a function, in the order of the text."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == name]
    yield from sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


class _Reader:
    """Reads texts out of a check cell: literals, names of literals, entries of tables, loops over tables."""

    def __init__(self, tree: ast.Module) -> None:
        self._named: dict[str, list[tuple[int, ast.expr]]] = {}
        self._loops: list[tuple[ast.expr, ast.expr, ast.AST]] = []
        self._tree = tree
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                for name, value in _bound(node.targets[0], node.value):
                    self._named.setdefault(name, []).append((node.lineno, value))
            elif isinstance(node, ast.For):
                self._loops.append((node.target, node.iter, node))
            elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
                self._loops += [(part.target, part.iter, node) for part in node.generators]

    def mistakes(self, call: ast.Call) -> Iterator[Expected]:
        """What a call of ``Mistake`` stands for: one mistake, or one for each entry of the table it is made from."""
        given = dict(zip(("id", "wrong_value", "message", "section"), call.args, strict=False))
        given |= {word.arg: word.value for word in call.keywords if word.arg}
        if "id" not in given or "message" not in given:
            return
        for names in self._turns(call, given["id"], given["message"]):
            name, message = self.text(given["id"], names), self.text(given["message"], names)
            if name is not None and message is not None and name.strip(GAP):
                yield Expected(name, message, self.text(given.get("section"), names) or "")

    def text(self, node: ast.expr | None, names: _Names) -> str | None:
        """The text that an expression gives, or None where that takes a run to know."""
        found = self._follow(node, names)
        if isinstance(found, ast.Constant):
            return found.value if isinstance(found.value, str) else None
        if isinstance(found, ast.JoinedStr):
            return "".join(self.text(part, names) or GAP for part in found.values)
        if isinstance(found, ast.FormattedValue):
            return self.text(found.value, names)
        if isinstance(found, ast.BinOp) and isinstance(found.op, ast.Add):
            left, right = self.text(found.left, names), self.text(found.right, names)
            return None if left is None or right is None else left + right
        return None

    def table(self, node: ast.expr | None, names: _Names) -> dict[str, ast.expr]:
        """The entries of a dictionary that is written out, or of the name of one."""
        found = self._follow(node, names)
        if isinstance(found, ast.BinOp) and isinstance(found.op, ast.BitOr):
            return self.table(found.left, names) | self.table(found.right, names)
        if isinstance(found, ast.Call) and _called(found) == "dict" and not found.args:
            return {word.arg: word.value for word in found.keywords if word.arg}
        if not isinstance(found, ast.Dict):
            return {}
        entries: dict[str, ast.expr] = {}
        for key, value in zip(found.keys, found.values, strict=True):
            if key is None:
                entries |= self.table(value, names)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                entries[key.value] = value
        return entries

    def _follow(self, node: ast.expr | None, names: _Names, depth: int = 8) -> ast.expr | None:
        """What an expression stands for: a name for its value, a subscript for the entry."""
        if node is None or depth == 0:
            return None
        written = ast.unparse(node) if isinstance(node, ast.Name | ast.Call | ast.Subscript) else ""
        if written in names:
            return self._follow(names[written], {}, depth - 1)
        if isinstance(node, ast.Name):
            return self._follow(self._assigned(node), names, depth - 1)
        if isinstance(node, ast.Subscript):
            return self._follow(self._entry(node, names), names, depth - 1)
        if isinstance(node, ast.IfExp):
            is_so = self._is_so(node.test, names)
            return None if is_so is None else self._follow(node.body if is_so else node.orelse, names, depth - 1)
        return node

    def _is_so(self, test: ast.expr, names: _Names) -> bool | None:
        """Whether two texts are equal, or one is among others; None where the test is another."""
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return None
        right = self._follow(test.comparators[0], names)
        items = right.elts if isinstance(right, ast.Set | ast.Tuple | ast.List) else [right]
        left, among = self.text(test.left, names), [self.text(item, names) for item in items]
        if left is None or None in among or not isinstance(test.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            return None
        return (left in among) == isinstance(test.ops[0], ast.Eq | ast.In)

    def _assigned(self, name: ast.Name) -> ast.expr | None:
        """What the nearest assignment above gives it, since functions of a cell use the same names for other things."""
        found = self._named.get(name.id, [])
        above = [pair for pair in found if pair[0] < getattr(name, "lineno", 0)]
        nearest = max(above or found, key=lambda pair: pair[0], default=None)
        return nearest[1] if nearest else None

    def _entry(self, node: ast.Subscript, names: _Names) -> ast.expr | None:
        key = self._follow(node.slice, names)
        value = key.value if isinstance(key, ast.Constant) else None
        if isinstance(value, str):
            return self.table(node.value, names).get(value)
        row = self._follow(node.value, names)
        if isinstance(value, int) and isinstance(row, ast.Tuple | ast.List) and -len(row.elts) <= value < len(row.elts):
            return row.elts[value]
        return None

    def _turns(self, call: ast.Call, name: ast.expr, message: ast.expr) -> Iterator[_Names]:
        """What stands for what, turn by turn of the loop around a call; one turn of nothing where there is none."""
        yield {}
        if self.text(name, {}) is not None:
            return
        for target, over, whole in self._loops:
            if any(node is call for node in ast.walk(whole)):
                for given in self._given(over):
                    yield from self._rows(target, given)
        for function in ast.walk(self._tree):
            if isinstance(function, ast.FunctionDef) and any(node is call for node in ast.walk(function)):
                yield from self._handed(function)
        # `says[name]`, where the loop that names `name` cannot be read: whatever the table says may come up.
        written = ast.unparse(name)
        for node in ast.walk(message):
            if isinstance(node, ast.Subscript) and ast.unparse(node.slice) == written:
                for key in self.table(node.value, {}):
                    yield {written: ast.Constant(key)}

    def _handed(self, function: ast.FunctionDef) -> Iterator[_Names]:
        """What the parameters of a check's own function stand for, call by call."""
        names = [each.arg for each in function.args.args]
        plain = dict(zip(reversed(names), reversed(function.args.defaults), strict=False))
        for call in _calls(self._tree, function.name):
            words = {word.arg: word.value for word in call.keywords if word.arg}
            yield plain | dict(zip(names, call.args, strict=False)) | words

    def _given(self, over: ast.expr) -> Iterator[ast.expr]:
        """What a loop may go over: for a parameter, what each call of its function hands to it."""
        if not isinstance(over, ast.Name) or over.id in self._named:
            yield over
            return
        for function in ast.walk(self._tree):
            names = [each.arg for each in function.args.args] if isinstance(function, ast.FunctionDef) else []
            if not isinstance(function, ast.FunctionDef) or over.id not in names:
                continue
            for call in _calls(self._tree, function.name):
                words = {word.arg: word.value for word in call.keywords}
                found = dict(zip(names, call.args, strict=False)) | words
                if over.id in found:
                    yield found[over.id]

    def _rows(self, target: ast.expr, over: ast.expr) -> Iterator[_Names]:
        if isinstance(over, ast.Call) and _called(over) == "items" and isinstance(over.func, ast.Attribute):
            entries = self.table(over.func.value, {}).items()
            rows: list[ast.expr] = [ast.Tuple([ast.Constant(key), value]) for key, value in entries]
        else:
            found = self._follow(over, {})
            plain = isinstance(found, ast.List | ast.Tuple | ast.Set)
            rows = found.elts if plain else [ast.Constant(key) for key in self.table(found, {})]  # type: ignore[union-attr]
        for row in rows:
            yield dict(_bound(target, row))


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names that a loop's target gives to the parts of a value."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        for part, item in zip(target.elts, value.elts, strict=False):
            yield from _bound(part, item)
