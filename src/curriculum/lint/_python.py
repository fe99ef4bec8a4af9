"""The Python of a cell: parsed once, IPython's own syntax set apart, names resolved through imports."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from curriculum.notebook import bound_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COMMAND = re.compile(r"^(\s*)(?:[\w, ]+=\s*)?([!%]{1,2}\s*\w.*)$")
_HELP = re.compile(r"^\s*\??\??[\w.]+\?{1,2}\s*$")
_PYTHON_MAGIC = re.compile(r"^%%(?:capture|prun|time|timeit)\b")  # whose cell is Python


@dataclass(frozen=True)
class Program:
    """A cell's code.

    Attributes:
        tree: its syntax tree; empty where the cell is not Python.
        commands: its magics and shell commands, as written.
        problem: why it cannot be parsed, or an empty text.
    """

    tree: ast.Module
    commands: tuple[str, ...] = ()
    problem: str = ""

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call in it."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))


@lru_cache(maxsize=4096)
def parse(source: str) -> Program:
    """Parse a cell as IPython would read it; many rules ask for the same cell."""
    return _read(source)


def unparsed(source: str) -> list[str]:
    """The lines of code in one layout, without comments and docstrings; as they stand where they are no Python."""
    program = _read(source)  # not the remembered one: it is changed here
    if program.problem:
        return source.splitlines()
    return ast.unparse(_WithoutTexts().visit(program.tree)).splitlines()


class _WithoutTexts(ast.NodeTransformer):
    """Takes out docstrings and other texts that stand alone."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        alone = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Expr(ast.Constant(...)) if alone else node


def _read(source: str) -> Program:
    if source.lstrip().startswith("%%"):
        command, _, body = source.lstrip().partition("\n")
        if not _PYTHON_MAGIC.match(command):
            return Program(_empty(), commands=(command,))
        inner = _read(body)
        return Program(inner.tree, (command, *inner.commands), inner.problem)
    try:
        return Program(_tree(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Only what is not Python as it stands is searched for commands: a string may well hold a line with "!".
        plain, commands = _without_commands(source)
    try:
        return Program(_tree(plain), commands)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        return Program(_empty(), commands, problem=f"{reason}{line}")


def imports(sources: Iterable[str]) -> dict[str, str]:
    """What each imported name stands for, over several cells: ``{"np": "numpy"}``."""
    names: dict[str, str] = {}
    for source in sources:
        for node in parse(source).nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    root = alias.name.split(".")[0]
                    names[alias.asname or root] = alias.name if alias.asname else root
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(node: ast.AST) -> str:
    """A chain of attributes as it is written, ``np.random.rand``; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def resolved(node: ast.AST, known: dict[str, str]) -> str:
    """A chain of attributes by its full name, ``numpy.random.rand``; empty where its root was not imported."""
    root, _, rest = dotted(node).partition(".")
    if root not in known:
        return ""
    return f"{known[root]}.{rest}" if rest else known[root]


def keywords(call: ast.Call) -> dict[str, ast.expr]:
    """The keyword arguments of a call."""
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def unpacks(call: ast.Call) -> bool:
    """Whether the call takes arguments that cannot be seen here: ``f(*args)``, ``f(**options)``."""
    return any(keyword.arg is None for keyword in call.keywords) or any(
        isinstance(argument, ast.Starred) for argument in call.args
    )


def is_none(node: ast.expr | None) -> bool:
    """Whether an argument is the literal None."""
    return isinstance(node, ast.Constant) and node.value is None


def texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The text constants among nodes."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@lru_cache(maxsize=4096)
def bound(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level, imports left out: two cells may both import a module."""
    return frozenset(bound_names(parse(source).tree) - {"_"})


def _tree(source: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = compile(source, "<cell>", "exec", flags=flags, dont_inherit=True)
    return tree if isinstance(tree, ast.Module) else _empty()


def _empty() -> ast.Module:
    return ast.Module(body=[], type_ignores=[])


def _without_commands(source: str) -> tuple[str, tuple[str, ...]]:
    plain: list[str] = []
    commands: list[str] = []
    for line in source.split("\n"):
        command = _COMMAND.match(line)
        if command:
            commands.append(command.group(2).strip())
            plain.append(f"{command.group(1)}pass")
        else:
            plain.append("" if _HELP.match(line) else line)
    return "\n".join(plain), tuple(commands)
