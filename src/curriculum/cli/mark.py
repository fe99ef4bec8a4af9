"""The command with which a person grades."""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import GRADEBOOK, CourseRoot, GradebookUrl
from curriculum.errors import GradebookError, MissingToolError

if TYPE_CHECKING:
    from curriculum.marking import Queue, Scores


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(rich_help_panel="Teach and write")(mark)


def mark(
    *,
    url: GradebookUrl = GRADEBOOK,
    cohort: Annotated[str, typer.Option(help="Only this class.", show_default=False)] = "",
    exercise: Annotated[str, typer.Option(help="Only this exercise.", show_default=False)] = "",
    author: Annotated[
        str, typer.Option(help="Who grades; stands beside each score.", show_default="the user's name")
    ] = "",
    counted_only: Annotated[
        bool, typer.Option("--counted-only", help="Leave out attempts that do not count now.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page.", show_default="any free one")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    to_csv: Annotated[
        Path | None, typer.Option(help="Write what waits to this file instead.", show_default=False)
    ] = None,
    from_csv: Annotated[
        Path | None, typer.Option(help="Take points and comments from this file.", show_default=False)
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="With --to-csv: write learners' names.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="With --to-csv: write what is graded too.")] = False,
    root: CourseRoot = None,
) -> None:
    """Grade by hand what waits for a person, in a page on this machine or in a table.

    A table is taken as a whole or, where a row has a problem, not at all; then this ends with 2.
    """
    if to_csv is not None and from_csv is not None:
        message = "--to-csv and --from-csv are two ways: choose one"
        raise typer.BadParameter(message)
    who = author.strip() or _user()
    from curriculum.gradebook import Gradebook

    with Gradebook.open(url) as scores:
        if to_csv is None and from_csv is None:
            course = courses.load(root)
            _serve(scores, course, who, cohort, exercise, port, counted_only=counted_only, browser=browser)
            return
        _by_table(
            scores,
            who,
            cohort,
            exercise,
            to_csv,
            from_csv,
            counted_only=counted_only,
            names=names,
            everything=everything,
        )


def _by_table(
    scores: Scores,
    author: str,
    cohort: str,
    exercise: str,
    to_csv: Path | None,
    from_csv: Path | None,
    *,
    counted_only: bool,
    names: bool,
    everything: bool,
) -> None:
    from curriculum.marking import queue, write_table

    found = queue(scores.sheet(cohort), exercise=exercise, author=author, counted_only=counted_only)
    if to_csv is not None:
        rows = write_table(found, to_csv, names=names, everything=everything)
        typer.echo(f"{rows} {'answer' if rows == 1 else 'answers'} written to {to_csv}")
    elif from_csv is not None:
        _take(scores, found, from_csv, author)


def _take(scores: Scores, queue: Queue, path: Path, author: str) -> None:
    from curriculum.marking import returned

    table = returned(queue, path, author)
    if table.problems:
        for problem in table.problems:
            typer.echo(f"{path}: {problem}", err=True)
        message = f"{path}: nothing was taken; mend {'this row' if len(table.problems) == 1 else 'these rows'} first"
        raise GradebookError(message)
    if table.given:
        scores.give(table.given)
    typer.echo(f"{len(table.given)} taken, {table.unchanged} without anything new")


def _serve(
    scores: Scores,
    course: courses.Course,
    author: str,
    cohort: str,
    exercise: str,
    port: int,
    *,
    counted_only: bool,
    browser: bool,
) -> None:
    try:
        from curriculum.marking import app, serve

        token = secrets.token_urlsafe(24)
        made = app(scores, course, author, token=token, cohort=cohort, exercise=exercise, counted_only=counted_only)
    except ImportError as error:
        message = f'grading by hand needs {error.name}: pip install "curriculum[desk]"'
        raise MissingToolError(message) from None
    serve(made, token, port=port, browser=browser, say=lambda address: typer.echo(f"{address}\nCtrl-C ends it."))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        message = "the system does not know who you are: say it with --author"
        raise GradebookError(message) from None
