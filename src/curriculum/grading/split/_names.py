"""Which names a cell takes from the cells before it, binds and changes: read from its source alone."""

from __future__ import annotations

import ast
import re
import symtable
import sys
from dataclasses import dataclass
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

from curriculum import notebook

_NONE: frozenset[str] = frozenset()
# IPython reads a cell anew for each of its magics.
_LONGEST, _MOST_MAGICS = 50_000, 50
# From Python 3.12 on the table of whatever is around a comprehension holds the comprehension's names, too.
_INLINES = sys.version_info >= (3, 12)
_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp"})
_SEEDS = re.compile(r"\bseed\s*\(|\brandom\s*\.\s*seed\b|\bset_?state\b")
_MAGIC = re.compile(r"^\s*[%!?]|[?]\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Names:
    """What one cell's source says about names.

    Attributes:
        bound: top-level names it assigns, imports or defines.
        sure: those of them that are bound whichever way the cell takes.
        read: names it takes from elsewhere: read before it has bound them itself, or read inside its functions.
        late: names that its functions read whenever they are called, its own among them.
        changed: names from elsewhere whose objects it may change in place (``x[...] =``, ``x.y =``, ``x.append(...)``).
        imported: the bound names that are imports.
        classes: the bound names that are classes.
        functions: the bound names that are functions.
        modules: the modules it imports, in order.
        known: whether the cell could be read at all; what it does is unknown where not.
    """

    bound: frozenset[str] = _NONE
    sure: frozenset[str] = _NONE
    read: frozenset[str] = _NONE
    late: frozenset[str] = _NONE
    changed: frozenset[str] = _NONE
    imported: frozenset[str] = _NONE
    classes: frozenset[str] = _NONE
    functions: frozenset[str] = _NONE
    modules: tuple[str, ...] = ()
    known: bool = True


_UNKNOWN = Names(known=False)


@lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """The names of a cell; nothing is known of one that is not Python, or too long to be read in passing."""
    if len(source) > _LONGEST or len(_MAGIC.findall(source)) > _MOST_MAGICS:
        return _UNKNOWN
    try:
        return _names_in(ast.parse(TransformerManager().transform_cell(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError, RuntimeError):
        return _UNKNOWN


def may_seed(source: str) -> bool:
    """Whether a cell may set the state of a global random generator."""
    return bool(_SEEDS.search(source))


def _names_in(tree: ast.Module) -> Names:
    imported, modules = _imports(tree)
    bound = frozenset(notebook.bound_names(tree)) | imported
    late = frozenset(_global_reads(tree))
    sure: set[str] = set()
    first = frozenset(_read_first(tree.body, sure))
    return Names(
        bound=bound,
        sure=frozenset(sure),
        read=first | (late - bound),
        late=late,
        changed=frozenset(_changed(tree)) - bound,
        imported=imported,
        classes=frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef)),
        functions=frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)),
        modules=modules,
    )


def _read_first(body: list[ast.stmt], known: set[str]) -> set[str]:
    """Names that statements read before they are known; ``known`` grows by what is certainly bound."""
    found: set[str] = set()
    for node in body:
        found |= _of_statement(node, known)
    return found


def _of_statement(node: ast.stmt, known: set[str]) -> set[str]:
    if isinstance(node, ast.For):
        found = _loads(node.iter) - known
        # Where there is nothing to go through, what the body binds is not there after it.
        return found | _read_first(node.body, known | _stores(node.target)) | _read_first(node.orelse, set(known))
    if isinstance(node, ast.If | ast.While):
        found = _loads(node.test) - known
        branches = [set(known), set(known)]
        found |= _read_first(node.body, branches[0]) | _read_first(node.orelse, branches[1])
        known |= branches[0] & branches[1]
        return found
    if isinstance(node, ast.With):
        found = set()
        for item in node.items:
            found |= _loads(item.context_expr) - known
            known |= _stores(item.optional_vars) if item.optional_vars else set()
        return found | _read_first(node.body, known)
    found = _loads(node) - known
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found |= {node.target.id} - known
    known |= notebook.bound_names(ast.Module([node], [])) | _imports(node)[0]
    return found


def _loads(node: ast.AST) -> set[str]:
    """Names that a statement or expression reads when it runs; what functions read when called is left out."""
    tree = ast.Module([ast.Expr(node) if isinstance(node, ast.expr) else node], [])  # type: ignore[list-item]
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
        if _INLINES:
            text = ast.unparse(ast.fix_missing_locations(_Generators().visit(ast.parse(text))))
        table = symtable.symtable(text, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()} | _in_comprehensions(table)


class _Generators(ast.NodeTransformer):
    """Comprehensions as generators, which have a table of their own for what they bind."""

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._generator(node.elt, node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._generator(node.elt, node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._generator(ast.Tuple([node.key, node.value], ast.Load()), node)

    def _generator(self, element: ast.expr, node: ast.ListComp | ast.SetComp | ast.DictComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(element, node.generators))


def _in_comprehensions(table: symtable.SymbolTable) -> set[str]:
    """What comprehensions and class bodies read: they run at once, unlike functions."""
    found: set[str] = set()
    for child in table.get_children():
        if child.get_type() == "class" or child.get_name() in _AT_ONCE | {"genexpr"}:
            found |= {s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced()}
            found |= _in_comprehensions(child)
    return found


def _global_reads(tree: ast.Module) -> set[str]:
    """Names that functions and generators read from the notebook, whenever they are run."""
    found: set[str] = set()
    waiting = [(child, False) for child in symtable.symtable(ast.unparse(tree), "cell", "exec").get_children()]
    while waiting:
        table, is_late = waiting.pop()
        # The notebook's own comprehensions and class bodies run at once; the functions in them do not.
        is_late = is_late or not (table.get_type() == "class" or table.get_name() in _AT_ONCE)
        if is_late:
            found |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
        waiting += [(child, is_late) for child in table.get_children()]
    return found


def _stores(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _imports(tree: ast.AST) -> tuple[frozenset[str], tuple[str, ...]]:
    names: set[str] = set()
    modules: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.append(node.module)
            names |= {alias.asname or alias.name for alias in node.names}
    return frozenset(names), tuple(modules)


def _changed(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    shown = tree.body[-1] if tree.body else None
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            found |= _root(node)
        # The last line of a cell is there to be shown.
        elif isinstance(node, ast.Expr) and node is not shown and isinstance(node.value, ast.Call):
            found |= _root(node.value.func) if isinstance(node.value.func, ast.Attribute) else set()
    return found


def _root(node: ast.expr) -> set[str]:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()
