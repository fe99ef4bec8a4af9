"""Where the commands that read a class take it from: a gradebook, or the results of one grading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curriculum.course import Course
    from curriculum.feedback import Results

CohortName = Annotated[str, typer.Option(help="Only this cohort.", show_default=False)]
ResultsFile = Annotated[
    Path | None, typer.Option(help="Read this results.json in place of a gradebook.", show_default=False)
]


def sheet_of(url: str, cohort: str, results: Path | None, course: Course) -> Results:
    """The class that a command is about."""
    from curriculum.feedback import Results, read_results

    if results is not None:
        if cohort:
            message = "--results knows no cohorts: read them from a gradebook"
            raise typer.BadParameter(message)
        return read_results(results, course)
    from curriculum.gradebook import Gradebook

    with Gradebook.open(url) as book:
        return Results(book.sheet(cohort=cohort))
