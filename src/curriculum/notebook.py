"""The source format of a lesson: reading, writing and the roles of its cells.

A lesson is an nbformat 4 notebook. What a cell is for is said by nbgrader's metadata (schema 3); what belongs to
this course alone stands under a ``curriculum`` key beside it. Everything here is pure but ``read`` and
``write``, and works on the JSON itself: importing nbformat takes a second, which a check cannot spend.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from curriculum import files
from curriculum.errors import NotebookError

CODE_STUB = "..."
TEXT_STUB = "*Write your answer here.*"
_TOP_LEVEL = {"cells", "metadata", "nbformat", "nbformat_minor"}
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
GRADE_ID = re.compile(r"^[a-zA-Z0-9_\-]+$")


class Role(StrEnum):
    """What a cell is for."""

    TEXT = "text"
    CODE = "code"
    PROMPT = "prompt"
    SOLUTION = "solution"
    CHECK = "check"
    MANUAL = "manual"
    TASK = "task"


class Region(StrEnum):
    """A marked stretch of a cell that learners do not get; the value stands after BEGIN and END."""

    SOLUTION = "SOLUTION"
    HIDDEN_TESTS = "HIDDEN TESTS"
    MARK_SCHEME = "MARK SCHEME"


class MarkerError(ValueError):
    """BEGIN and END markers that do not pair."""


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook.

    ``raw`` holds every key this class does not name, so that nothing is lost on the way through.
    """

    id: str
    type: str
    source: str
    metadata: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def nbgrader(self) -> dict[str, Any]:
        """The cell's nbgrader metadata; empty where it has none."""
        return _mapping(self.metadata.get("nbgrader"))

    @property
    def own(self) -> dict[str, Any]:
        """The cell's metadata that only this course knows; empty where it has none."""
        return _mapping(self.metadata.get("curriculum"))

    @property
    def grade_id(self) -> str:
        """nbgrader's name of the cell, or an empty string."""
        return str(self.nbgrader.get("grade_id") or "")

    @property
    def exercise(self) -> str:
        """The id of the exercise that the cell belongs to, or an empty string."""
        return str(self.own.get("exercise") or "")

    @property
    def role(self) -> Role:
        """What the cell is for, read from its metadata."""
        grade, solution = bool(self.nbgrader.get("grade")), bool(self.nbgrader.get("solution"))
        if self.nbgrader.get("task"):
            return Role.TASK
        if grade and solution:
            return Role.MANUAL
        if grade or solution:
            return Role.CHECK if grade else Role.SOLUTION
        if self.type == "markdown":
            return Role.PROMPT if self.exercise else Role.TEXT
        return Role.CODE

    @property
    def points(self) -> float:
        """The points the cell carries; 0 where it is not graded."""
        graded = self.nbgrader.get("grade") or self.nbgrader.get("task")
        return _number(self.nbgrader.get("points")) if graded else 0.0

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """The stored outputs of a code cell."""
        return list(self.raw.get("outputs") or [])

    def cleared(self) -> Cell:
        """The cell without outputs and execution count."""
        if self.type != "code":
            return self
        return replace(self, raw={**self.raw, "outputs": [], "execution_count": None})


@dataclass(frozen=True)
class Notebook:
    """A notebook of nbformat 4: its cells in order, its metadata and where it was read from.

    ``raw`` holds every other key of the file.
    """

    cells: tuple[Cell, ...]
    metadata: dict[str, Any] = field(default_factory=dict)
    minor: int = 5
    path: Path | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def own(self) -> dict[str, Any]:
        """The notebook's metadata that only this course knows."""
        return _mapping(self.metadata.get("curriculum"))

    def to_json(self) -> dict[str, Any]:
        """The notebook as nbformat 4 lays it down."""
        return self.raw | {
            "cells": [_cell_to_json(cell, self.minor) for cell in self.cells],
            "metadata": self.metadata,
            "nbformat": 4,
            "nbformat_minor": self.minor,
        }

    def dumps(self) -> str:
        """The notebook as text, laid out as JupyterLab saves it.

        Raises:
            NotebookError: it is nested deeper than can be written.
        """
        try:
            return json.dumps(self.to_json(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        except RecursionError:
            raise NotebookError(self.path or "notebook", "is nested too deeply to be written") from None


def read(path: Path | str) -> Notebook:
    """Read a notebook.

    Raises:
        NotebookError: the file is missing, not a complete notebook, or of another nbformat than 4.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise NotebookError(path, "there is no such file") from None
    except UnicodeDecodeError as error:
        raise NotebookError(path, f"is not UTF-8 text (byte {error.start}); restore it from a copy") from None
    except OSError as error:
        raise NotebookError(path, f"cannot be read ({error.strerror or error})") from None
    return loads(text, path)


def loads(text: str, path: Path | str = "notebook") -> Notebook:
    """Read a notebook from text; ``path`` is only used in messages.

    Raises:
        NotebookError: the text is not a complete notebook of nbformat 4.
    """
    path = Path(path)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotebookError(path, f"is not a complete notebook{where}; restore it from a copy") from None
    if not isinstance(document, dict) or "nbformat" not in document:
        raise NotebookError(path, "is not a notebook: it has no nbformat")
    if document["nbformat"] != 4:
        advice = "open and save it in JupyterLab, which brings it to format 4"
        raise NotebookError(path, f"is in nbformat {document['nbformat']!r}; {advice}")
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(path, "is not a complete notebook: its cells are missing")
    if _has_half_characters(text, document):
        raise NotebookError(path, "holds half a character (an unpaired surrogate); restore it from a copy")
    minor = document.get("nbformat_minor", 5)
    return Notebook(
        cells=tuple(_cell_from_json(cell, number, path) for number, cell in enumerate(cells)),
        metadata=_mapping(document.get("metadata")),
        minor=minor if isinstance(minor, int) else 5,
        path=path,
        raw={key: value for key, value in document.items() if key not in _TOP_LEVEL},
    )


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook so that a crash leaves either the old file or the new one, never a half."""
    files.write_text(path, notebook.dumps())


def replace_region(source: str, region: Region, stub: str | None) -> str:
    """Take every stretch between BEGIN and END markers out of a cell's source, as nbgrader does.

    Args:
        source: the text of a cell.
        region: which markers.
        stub: what stands in for the stretch, indented like its BEGIN marker; None leaves nothing.

    Raises:
        MarkerError: the markers are nested, or one has no partner. (nbgrader lets an END without its BEGIN pass, and
            so hands out what stands above it.)
    """
    begin, end = f"BEGIN {region}", f"END {region}"
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if begin in line:
            if inside:
                message = f"a second '### {begin}' before '### {end}'"
                raise MarkerError(message)
            inside = True
            if stub is not None:
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + text for text in stub.split("\n")]
        elif end in line:
            if not inside:
                message = f"'### {end}' without '### {begin}'"
                raise MarkerError(message)
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        message = f"'### {begin}' without '### {end}'"
        raise MarkerError(message)
    return "\n".join(kept)


def has_region(source: str, region: Region) -> bool:
    """Whether a cell holds such a marked stretch."""
    return f"BEGIN {region}" in source


def starter(cell: Cell) -> str:
    """What a learner is given for a solution or manual cell: its marked stretch, or all of it, is a stub."""
    stub = CODE_STUB if cell.type == "code" else TEXT_STUB
    if has_region(cell.source, Region.SOLUTION):
        return replace_region(cell.source, Region.SOLUTION, stub)
    return stub


def solution(cell: Cell) -> str:
    """A solution cell's source without the marker lines."""
    lines = cell.source.split("\n")
    markers = (f"BEGIN {Region.SOLUTION}", f"END {Region.SOLUTION}")
    return "\n".join(line for line in lines if not any(marker in line for marker in markers))


def same_code(first: str, second: str) -> bool:
    """Whether two cells hold the same program: comments, spacing and quotes do not count."""
    try:
        return ast.dump(ast.parse(first)) == ast.dump(ast.parse(second))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return first.strip() == second.strip()


@lru_cache(maxsize=512)
def is_python(source: str) -> bool:
    """Whether a cell can be parsed as plain Python."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@lru_cache(maxsize=512)  # a kernel's history holds the same cells many times over
def names_assigned(source: str) -> frozenset[str]:
    """The top-level names that a cell defines, imports included; empty where the cell is not plain Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    imports = [alias for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names]
    return frozenset(bound_names(tree)) | {(alias.asname or alias.name).split(".")[0] for alias in imports}


def bound_names(tree: ast.Module) -> set[str]:
    """The names that a program binds at its top level by assignment, ``def``, ``class``, ``for`` or ``with``.

    Variables of functions and comprehensions are left out: nothing outside can see them.
    """
    names: set[str] = set()
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
    return names


def checksum(cell: Cell) -> str:
    """nbgrader's checksum of a cell (md5, because that is its contract; it protects nothing here)."""
    meta = cell.nbgrader
    digest = hashlib.md5(usedforsecurity=False)
    grade, solved = bool(meta.get("grade")), bool(meta.get("solution"))
    locked = not solved and (grade or bool(meta.get("locked")))
    parts = [cell.source, cell.type, str(grade), str(solved), str(locked), cell.grade_id]
    if grade:
        parts.append(str(cell.points))
    for part in parts:
        digest.update(part.encode("utf-8"))
    return digest.hexdigest()


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _has_half_characters(text: str, document: object) -> bool:
    """Whether JSON escapes made text that no UTF-8 file can hold."""
    if "\\ud" not in text.lower():
        return False
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _text(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _cell_from_json(data: object, number: int, path: Path) -> Cell:
    if not isinstance(data, dict) or data.get("cell_type") not in ("code", "markdown", "raw"):
        raise NotebookError(path, f"cell {number + 1} is not a code, markdown or raw cell")
    known = {"id", "cell_type", "source", "metadata"}
    return Cell(
        id=str(data.get("id") or f"cell-{number + 1}"),
        type=data["cell_type"],
        source=_text(data.get("source")),
        metadata=_mapping(data.get("metadata")),
        raw={key: value for key, value in data.items() if key not in known},
    )


def _cell_to_json(cell: Cell, minor: int) -> dict[str, Any]:
    data = dict(cell.raw)
    if cell.type == "code":
        data.setdefault("outputs", [])
        data.setdefault("execution_count", None)
    if minor >= 5:
        data["id"] = cell.id
    data |= {"cell_type": cell.type, "metadata": cell.metadata}
    data["source"] = cell.source.splitlines(keepends=True)
    return data
