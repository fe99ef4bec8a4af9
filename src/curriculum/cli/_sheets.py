"""Where the commands that read a class take it from: a gradebook, or the results of one grading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curriculum.course import Course
    from curriculum.feedback import Results

GradebookUrl = Annotated[
    str | None, typer.Option(help="The gradebook's URL or file; the usual one by default.", show_default=False)
]
CohortName = Annotated[str, typer.Option(help="Only this cohort.", show_default=False)]
ResultsFile = Annotated[
    Path | None, typer.Option(help="Read this results.json in place of a gradebook.", show_default=False)
]


def sheet_of(gradebook: str | None, cohort: str, results: Path | None, course: Course) -> Results:
    """The class that a command is about."""
    from curriculum.feedback import Results, read_results

    if results is not None:
        if gradebook is not None or cohort:
            message = "--results stands in place of --gradebook and --cohort: give one or the other"
            raise typer.BadParameter(message)
        return read_results(results, course)
    from curriculum.gradebook import Gradebook

    with Gradebook.open(gradebook) as book:
        return Results(book.sheet(cohort=cohort))
