"""The command that writes the class report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import GRADEBOOK, CourseRoot, GradebookUrl
from curriculum.cli._sheets import CohortName, ResultsFile, sheet_of

_OUT = Path("class.html")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("report", rich_help_panel="Teach and write")(write_report)


def write_report(
    *,
    out: Annotated[Path, typer.Option(help="File for the page to project: numbers in place of names.")] = _OUT,
    names: Annotated[
        Path | None,
        typer.Option(help="File for the same page with names beside the numbers, for you.", show_default=False),
    ] = None,
    url: GradebookUrl = GRADEBOOK,
    cohort: CohortName = "",
    results: ResultsFile = None,
    root: CourseRoot = None,
) -> None:
    """Write one page about a class: progress, points, mistakes, hardest exercises, who needs help."""
    from curriculum.report import report, shuffled_numbers, write

    if names is not None and names.resolve() == out.resolve():
        message = "--names and --out are the same file: the page with names is another"
        raise typer.BadParameter(message)
    course = courses.load(root)
    sheet = sheet_of(url, cohort, results, course).sheet
    numbers = shuffled_numbers(sheet)
    write(out, report(sheet, course, numbers=numbers))
    typer.echo(f"written to {out}: numbers in place of names")
    if names is not None:
        write(names, report(sheet, course, numbers=numbers, names=True))
        typer.echo(f"written to {names}: with names, for you alone")
