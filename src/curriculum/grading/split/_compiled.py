"""Cells compiled once: what one process of a lesson has prepared, every fork of it runs without reading it again."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from IPython.core.compilerop import CachingCompiler

if TYPE_CHECKING:
    from types import CodeType

# What IPython takes for more than Python, or brings into another form, although it may be valid Python: a prompt, an
# indented beginning, a line that holds nothing but blanks, line breaks that are not "\n".
_UNUSUAL = re.compile(r"\A\s|>>>|In \[|^[ \t]+$|\A[^\n]*\n[ \t]*\.\.\.|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", re.MULTILINE)


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
            for place, node in enumerate(tree.body):
                is_shown = place == len(tree.body) - 1 and isinstance(node, ast.Expr)
                with self.extra_flags(flags):
                    module = ast.Interactive([node]) if is_shown else ast.Module([node], [])
                    self._keep(module, name, "single" if is_shown else "exec", node)
        except (SyntaxError, ValueError):
            self._trees.pop(key, None)  # its error is to come when it is run, as ever
        finally:
            self.flags = before

    def is_python(self, source: str) -> bool:
        """Whether IPython's transformers would leave a cell of several lines as it is."""
        if source.count("\n") < 1 + source.endswith("\n") or _UNUSUAL.search(source):
            return False
        try:
            self.ast_parse(source if source.endswith("\n") else f"{source}\n")
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False
        return True

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

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """The name of a cell's code; it is the same whenever a prepared cell runs."""
        is_known = (transformed_code, self.flags) in self._trees
        return str(super().get_code_name(raw_code, transformed_code, 0 if is_known else number))

    def __call__(self, source: Any, filename: str, symbol: str, **options: Any) -> CodeType:
        """Compile one statement, or take what it was compiled to when its cell was prepared."""
        body = getattr(source, "body", None)
        if isinstance(body, list) and len(body) == 1 and not options:
            known = self._codes.get((id(body[0]), symbol, self.flags))
            if known is not None:
                code, self.flags = known
                return code
        return super().__call__(source, filename, symbol, **options)

    def _keep(self, module: Any, name: str, symbol: str, node: ast.stmt) -> None:
        flags = self.flags
        code = super().__call__(module, name, symbol)
        # The tree is kept as well, so no other node can have this id.
        self._codes[id(node), symbol, flags] = code, self.flags
