"""Tables on a terminal, and what differs from what must come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _material import Passes

console = Console(width=132, highlight=False)


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, texts: int = 1) -> None:
    """Print a table; all but the first columns are numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < texts else "right", overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console.print(table)


def say(text: str) -> None:
    """Print a line."""
    console.print(escape(text))


def deviations(
    who: str, expected: dict[str, Passes], found: dict[str, Passes], said: dict[tuple[str, str], str] | None = None
) -> list[tuple[str, str, str, str, str]]:
    """Every exercise that did not come to what it must: who said so, submission, exercise, what must come, what came.

    Args:
        said: what is known beyond that, by submission and exercise.
    """
    said = said or {}
    words = {True: "passed", False: "not passed", None: "no verdict"}
    return [
        (who, name, exercise, words[passed], said.get((name, exercise)) or words[found.get(name, {}).get(exercise)])
        for name, passes in expected.items()
        for exercise, passed in passes.items()
        if found.get(name, {}).get(exercise) is not passed
    ]
