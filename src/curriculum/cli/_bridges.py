"""What a bridge has done, as text of 80 columns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from curriculum.bridges import NbgraderFolder, Report

# The file is there to look at; a list in the terminal ends here.
_LINES = 20


def print_report(report: Report) -> bool:
    """Print what was written and all that was not; gives whether nothing was left out."""
    for lesson, column in report.columns.items():
        typer.echo(f"{lesson}: column {_shown(column)}")
    ways = Counter(matched.how for matched in report.matched)
    found = ", ".join(f"{count} by {how}" for how, count in ways.items()) or "none"
    typer.echo(f"{report.grades} grades; learners found: {found}")
    by_name = [f"{item.row} is taken for {item.learner}" for item in report.matched if item.how == "name"]
    _print_list("by the name alone, please check:", by_name)
    _print_list("rows that are nobody's in the gradebook:", report.unknown)
    _print_list("learners without a row:", report.absent)
    left = [": ".join(filter(None, (item.learner, item.lesson, item.why))) for item in report.left]
    _print_list("not written:", left)
    _print_list("", report.notes)
    for file in report.files:
        typer.echo(f"written: {file}")
    return not (report.unknown or report.absent or report.left or report.notes)


def print_folder(made: NbgraderFolder) -> None:
    """Print what an nbgrader course folder has got."""
    typer.echo(f"{len(made.lessons)} assignments and {made.submissions} submissions in {made.folder}")
    typer.echo(f"{made.written} files written, {made.kept} were there already")
    _print_list("refused:", made.refused)


def _print_list(title: str, lines: Iterable[str]) -> None:
    items = list(lines)
    if not items:
        return
    if title:
        typer.echo(title)
    for line in items[:_LINES]:
        typer.echo(f"  {_shown(line)}")
    if len(items) > _LINES:
        typer.echo(f"  and {len(items) - _LINES} more")


def _shown(line: str) -> str:
    """A line with names of others' making, without what a terminal would obey."""
    return "".join(char if char.isprintable() else "\ufffd" for char in line)
