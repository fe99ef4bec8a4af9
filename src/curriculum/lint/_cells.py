"""Rules on single cells: ids, length, code that is code."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from curriculum.lint import _markdown, _python
from curriculum.lint._measures import lines_of_code
from curriculum.lint._registry import Found, rule
from curriculum.lint._subject import released, tags
from curriculum.notebook import Role, solution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject
    from curriculum.notebook import Cell

LONGEST_ID = 64
# Lines of code. A check cell may be long because each mistake that it recognises takes a line or five.
MOST_LINES = {Role.CODE: 30, Role.SOLUTION: 40, Role.CHECK: 120}
# Words of prose. A prompt holds the contract, an example and two hints.
MOST_WORDS = {Role.TEXT: 250, Role.PROMPT: 400}

_ID = re.compile(rf"^[a-z0-9-]{{1,{LONGEST_ID}}}$")
_HEX = re.compile(r"^(?=.*\d)[0-9a-f-]{8,}$")
_NUMBERED = re.compile(r"^(?:cell|code|markdown|text|untitled)?-?[0-9a-f]*\d[0-9a-f]*$")


@rule(
    "unreadable-cell-id",
    "a cell's id is not readable: other characters than a-z, 0-9 and `-`, a random one, or only a number",
    mend="name the cell after what it shows, such as tea-null-distribution (cell metadata panel, or the file's text)",
)
def unreadable_cell_id(subject: Subject) -> Iterator[Found]:
    """Look at the form of every id."""
    for cell in subject.cells:
        if not _ID.match(cell.id):
            yield Found(cell.id, f"the id is not 1 to {LONGEST_ID} of a-z, 0-9 and -")
        elif _HEX.match(cell.id) or _NUMBERED.match(cell.id):
            yield Found(cell.id, "the id says nothing to a reader")


@rule(
    "duplicate-cell-id",
    "two cells have the same id",
    mend="give the copy an id of its own",
)
def duplicate_cell_id(subject: Subject) -> Iterator[Found]:
    """Count ids."""
    for name, count in Counter(cell.id for cell in subject.cells).items():
        if count > 1:
            yield Found(name, f"{count} cells have this id")


@rule(
    "empty-cell",
    "a cell is empty",
    mend="delete the cell",
)
def empty_cell(subject: Subject) -> Iterator[Found]:
    """Look for cells without text."""
    for cell in subject.cells:
        if not cell.source.strip():
            yield Found(cell.id, "the cell is empty")


@rule(
    "long-code-cell",
    f"a code cell is long: more than {MOST_LINES[Role.CODE]} lines of code in a demonstration, "
    f"{MOST_LINES[Role.SOLUTION]} in a solution, {MOST_LINES[Role.CHECK]} in the visible part of a check",
    mend="split it where a sentence could stand between the parts, or move what is not the point into curriculum",
)
def long_code_cell(subject: Subject) -> Iterator[Found]:
    """Count lines of code."""
    for cell in subject.code:
        most = MOST_LINES.get(cell.role)
        lines = lines_of_code(_shown(cell))
        if most and lines > most:
            yield Found(cell.id, f"the cell has {lines} lines of code; {most} are the most for a {cell.role} cell")


@rule(
    "long-text-cell",
    f"a Markdown cell is long: more than {MOST_WORDS[Role.TEXT]} words, or {MOST_WORDS[Role.PROMPT]} in a prompt",
    mend="split it, put an example or a figure between the parts, or say less",
)
def long_text_cell(subject: Subject) -> Iterator[Found]:
    """Count words."""
    for cell in subject.markdown:
        most = MOST_WORDS.get(cell.role)
        words = _markdown.words(_markdown.prose(cell.source))
        if most and words > most:
            yield Found(cell.id, f"the cell has {words} words; {most} are the most for a {cell.role} cell")


@rule(
    "not-python",
    "a code cell cannot be parsed (cells tagged `raises-exception` may show a syntax error)",
    mend="mend the syntax, or tag the cell raises-exception if it shows an error on purpose",
)
def not_python(subject: Subject) -> Iterator[Found]:
    """Parse every code cell."""
    for cell in subject.code:
        problem = _python.parse(_shown(cell) if cell.role is Role.SOLUTION else cell.source).problem
        if problem and "raises-exception" not in tags(cell):
            yield Found(cell.id, f"the cell is not Python: {problem}")


def _shown(cell: Cell) -> str:
    """A solution without its markers, a check without its hidden tests."""
    return solution(cell) if cell.role is Role.SOLUTION else released(cell)
