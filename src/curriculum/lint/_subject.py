"""What rules look at: a notebook, what the course says of it, and what several rules read from it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from curriculum import notebook
from curriculum.lint import _markdown, _python
from curriculum.notebook import MarkerError, Region, Role

if TYPE_CHECKING:
    from curriculum.notebook import Cell, Notebook

ANSWERS = frozenset({Role.SOLUTION, Role.MANUAL, Role.TASK})
GRADED = ANSWERS | {Role.CHECK}
INTRODUCTION = re.compile(r"^00-")


@dataclass(frozen=True)
class Heading:
    """A heading of the lesson.

    Attributes:
        body: the text between it and the next heading, over several cells if need be.
        cell: the cell it stands in.
    """

    level: int
    title: str
    body: str
    cell: Cell


@dataclass(frozen=True)
class Group:
    """The cells that name the same exercise, which need not make a complete one."""

    id: str
    cells: tuple[Cell, ...]

    def of(self, *roles: Role) -> tuple[Cell, ...]:
        """Its cells of these roles."""
        return tuple(cell for cell in self.cells if cell.role in roles)

    @property
    def prompts(self) -> tuple[Cell, ...]:
        """The cells that set it."""
        return self.of(Role.PROMPT)

    @property
    def answers(self) -> tuple[Cell, ...]:
        """The cells that learners fill: one, if all is well."""
        return self.of(*ANSWERS)

    @property
    def checks(self) -> tuple[Cell, ...]:
        """The check cells."""
        return self.of(Role.CHECK)

    @property
    def is_manual(self) -> bool:
        """Whether a person grades it."""
        return any(cell.role is not Role.SOLUTION for cell in self.answers)

    @property
    def is_quiz(self) -> bool:
        """Whether it is a multiple-choice question."""
        return any("check.choice(" in cell.source for cell in self.checks)

    @property
    def is_coding(self) -> bool:
        """Whether learners write code in it."""
        return bool(self.of(Role.SOLUTION)) and not self.is_quiz


@dataclass(frozen=True)
class Subject:
    """A notebook under the rules.

    Attributes:
        source: the notebook.
        text: the file as it is stored; made from ``source`` where there is none.
        lesson: the id that the lesson should have, or empty where it is not known.
        minutes: what course.toml says, or None where the notebook is not in the course.
        is_introduction: whether it belongs to module 00, which has fewer exercises.
        name: what tables call it.
    """

    source: Notebook
    text: str = ""
    lesson: str = ""
    minutes: int | None = None
    is_introduction: bool = False
    name: str = "notebook"

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell."""
        return self.source.cells

    @cached_property
    def code(self) -> tuple[Cell, ...]:
        """Every code cell."""
        return tuple(cell for cell in self.cells if cell.type == "code")

    @cached_property
    def demonstrations(self) -> tuple[Cell, ...]:
        """The code cells that belong to no exercise."""
        return tuple(cell for cell in self.code if cell.role is Role.CODE)

    @cached_property
    def markdown(self) -> tuple[Cell, ...]:
        """Every Markdown cell."""
        return tuple(cell for cell in self.cells if cell.type == "markdown")

    @cached_property
    def stored(self) -> str:
        """The notebook as text."""
        return self.text or self.source.dumps()

    @cached_property
    def document(self) -> dict[str, Any]:
        """The notebook as JSON, before anything missing was filled in."""
        document: dict[str, Any] = json.loads(self.stored)
        return document

    @cached_property
    def imports(self) -> dict[str, str]:
        """What each imported name of the lesson stands for."""
        return _python.imports(cell.source for cell in self.code)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The exercises, complete or not, in the order of their first cells.

        A graded cell that names no exercise is taken for a part of the one just above.
        """
        found: dict[str, list[Cell]] = {}
        current = ""
        for cell in self.cells:
            current = cell.exercise or (current if cell.role in GRADED else "")
            if current:
                found.setdefault(current, []).append(cell)
        return tuple(Group(name, tuple(cells)) for name, cells in found.items())

    @cached_property
    def outline(self) -> tuple[Heading, ...]:
        """Every heading with the text below it."""
        found: list[Heading] = []
        for cell in self.markdown:
            marks = _markdown.headings(cell.source)
            starts = [mark.start for mark in marks] + [len(cell.source)]
            if found and cell.source[: starts[0]].strip():
                last = found.pop()
                found.append(replace(last, body=f"{last.body}\n\n{cell.source[: starts[0]]}"))
            for mark, end in zip(marks, starts[1:], strict=True):
                found.append(Heading(mark.level, mark.title, cell.source[mark.end : end], cell))
        return tuple(found)


def tags(cell: Cell) -> list[str]:
    """The cell's tags."""
    found = cell.metadata.get("tags")
    return [str(tag) for tag in found] if isinstance(found, list) else []


def released(cell: Cell) -> str:
    """What learners get of a cell; the source itself where its markers do not pair, which another rule reports."""
    try:
        source = notebook.starter(cell) if cell.role in {Role.SOLUTION, Role.MANUAL} else cell.source
        source = notebook.replace_region(source, Region.HIDDEN_TESTS, None)
        return notebook.replace_region(source, Region.MARK_SCHEME, None)
    except MarkerError:
        return cell.source


def stretches(source: str, region: Region) -> list[tuple[int, int]]:
    """The first and last line number (from 1) of each stretch that BEGIN and END enclose."""
    found: list[tuple[int, int]] = []
    begin = 0
    for number, line in enumerate(source.split("\n"), start=1):
        if f"BEGIN {region}" in line:
            begin = number
        elif f"END {region}" in line and begin:
            found.append((begin + 1, number - 1))
            begin = 0
    return found


def enclosed(source: str, region: Region) -> str:
    """The lines that BEGIN and END enclose."""
    lines = source.split("\n")
    return "\n".join(line for first, last in stretches(source, region) for line in lines[first - 1 : last])
