"""Cells compiled once: what one process of a lesson has prepared, every fork of it runs without reading it again."""

from __future__ import annotations

import ast
import builtins
import re
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any

from IPython.core.compilerop import CachingCompiler

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType

# What IPython takes for more than Python, or brings into another form, although it may be valid Python: a prompt, an
# indented beginning, a line that holds nothing but blanks, line breaks that are not "\n".
_UNUSUAL = re.compile(r"\A\s|>>>|In \[|^[ \t]+$|\A[^\n]*\n[ \t]*\.\.\.|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", re.MULTILINE)

# A function or class, or nothing but blank lines and what belongs to it, up to the end.
_LAST_BLOCK = re.compile(r"^(?:def|class) .*\n(?:(?:[ \t].*)?\n)*\Z", re.MULTILINE)
# What stands before it may be a text that goes on in it; or one that stands alone, which IPython takes for the
# documentation of the statement that it is.
_MAY_GO_ON = re.compile(r"\"\"\"|\'\'\'|\\\n|^[rbuf]{0,2}[\"']", re.MULTILINE | re.IGNORECASE)
_CALL = re.compile(r"([^\W\d]\w*)\(")
_CALLED = (FunctionType, BuiltinFunctionType, type)
_TWELVE_DIGITS = 0xFFFF_FFFF_FFFF


def is_usual(source: str, names: Mapping[str, Any]) -> bool:
    """Whether IPython's transformers leave a cell as it is, provided that it is Python.

    Args:
        source: the cell, with a line's end.
        names: what the notebook has defined: a line that is a call of one of these is no command.
    """
    return _UNUSUAL.search(source) is None and (source.count("\n") > 1 or _is_call(source, names))


def statements(tree: ast.Module) -> Iterator[tuple[ast.Module | ast.Interactive, str]]:
    """A cell's statements as IPython compiles them, each by itself: a last expression so that it is shown."""
    for place, node in enumerate(tree.body):
        if place == len(tree.body) - 1 and isinstance(node, ast.Expr):
            yield ast.Interactive([node]), "single"
        else:
            yield ast.Module([node], []), "exec"


def _is_call(line: str, names: Mapping[str, Any]) -> bool:
    """Whether a line of Python begins with the call of a function or class, which no magic and no macro is."""
    found = _CALL.match(line)
    return found is not None and type(names.get(found[1], getattr(builtins, found[1], None))) in _CALLED


def _ends_in_block(source: str) -> bool:
    """Whether the last statement is certainly a function or class."""
    found = _LAST_BLOCK.search(source)
    return found is not None and _MAY_GO_ON.search(source, 0, found.start()) is None


class Compiler(CachingCompiler):
    """IPython's compiler, which knows cells again that were prepared; everything else it compiles as ever."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._trees: dict[tuple[str, int], ast.Module] = {}
        self._codes: dict[tuple[int, str, int], tuple[CodeType, int]] = {}
        self._parsed: tuple[tuple[str, int], ast.Module] | None = None

    def prepare(self, source: str, flags: int) -> None:
        """Compile a cell, statement by statement as IPython runs it, and keep what comes out.

        Args:
            source: the cell as IPython's transformers leave it.
            flags: what IPython adds to the compiler's own when it runs a cell.
        """
        key = source, self.flags
        if key in self._trees:
            return
        before = self.flags
        try:
            tree = self.ast_parse(source)
            self._trees[key] = tree
            name = self.get_code_name(source, source, 0)
            for statement, symbol in statements(tree):
                with self.extra_flags(flags):
                    self._keep(statement, name, symbol)
        except (SyntaxError, ValueError):
            self._trees.pop(key, None)  # its error is to come when it is run, as ever
        finally:
            self.flags = before

    def is_python(self, source: str) -> bool:
        """Whether a cell can be parsed as it stands."""
        try:
            self.ast_parse(source)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False
        return True

    def in_one(self, source: str, name: str) -> CodeType | None:
        """A cell compiled in one piece, without a syntax tree; None where that may be another program.

        It is the same for a line that is a call, and for what ends in a function or class: the last statement of
        others may have to be shown.

        Args:
            source: the cell, with a line's end.
            name: its code's name.
        """
        if (source, self.flags) in self._trees:
            return None  # its statements are there
        is_line = source.count("\n") == 1
        if ";" in source if is_line else not _ends_in_block(source):
            return None
        try:
            return super().__call__(source, name, "single" if is_line else "exec")
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
            return None  # its first statements may be good ones

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.Module:
        """The syntax tree of a cell: that of a prepared one, or of the one that has just been parsed."""
        key = source, self.flags
        known = self._trees.get(key)
        if known is not None:
            return ast.Module(list(known.body), list(known.type_ignores))
        if self._parsed is not None and self._parsed[0] == key:
            tree, self._parsed = self._parsed[1], None
            return tree
        tree = super().ast_parse(source, filename, symbol)  # type: ignore[assignment]
        self._parsed = key, tree
        return tree

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:  # noqa: ARG002 - IPython's
        """The name of a cell's code, in IPython's form; it is the same whenever a prepared cell runs."""
        place = 0 if (transformed_code, self.flags) in self._trees else number
        # Python's own hash: a cryptographic one is a library that nothing else here touches.
        return f"<ipython-input-{place}-{hash(transformed_code) & _TWELVE_DIGITS:012x}>"

    def __call__(self, source: Any, filename: str, symbol: str, **options: Any) -> CodeType:
        """Compile one statement, or take what it was compiled to when its cell was prepared."""
        body = getattr(source, "body", None)
        if isinstance(body, list) and len(body) == 1 and not options:
            known = self._codes.get((id(body[0]), symbol, self.flags))
            if known is not None:
                code, self.flags = known
                return code
        return super().__call__(source, filename, symbol, **options)

    def _keep(self, statement: ast.Module | ast.Interactive, name: str, symbol: str) -> None:
        flags = self.flags
        code = super().__call__(statement, name, symbol)  # type: ignore[arg-type]
        # The tree is kept as well, so no other node can have this id.
        self._codes[id(statement.body[0]), symbol, flags] = code, self.flags
