"""The command that writes feedback for learners."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import GRADEBOOK, CourseRoot, GradebookUrl
from curriculum.cli._sheets import CohortName, ResultsFile, sheet_of

_OUT = Path("feedback")
_LINES = 20


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("feedback", rich_help_panel="Teach and write")(write_feedback)


def write_feedback(
    *,
    learner: Annotated[
        list[str] | None, typer.Option(help="Only for this learner; may be repeated.", show_default=False)
    ] = None,
    lesson: Annotated[
        list[str] | None, typer.Option(help="Only about this lesson; may be repeated.", show_default=False)
    ] = None,
    submissions: Annotated[
        Path | None,
        typer.Option(help="What was handed in, as for grade: write copies with the feedback inside, too."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write LEARNER/feedback.html to.")] = _OUT,
    url: GradebookUrl = GRADEBOOK,
    cohort: CohortName = "",
    results: ResultsFile = None,
    root: CourseRoot = None,
) -> None:
    """Write a page for each learner: outcome, points, message and next step of every exercise.

    Ends with 1 if a file was left without its copy.
    """
    from curriculum import feedback
    from curriculum.grading.intake import Sources, collect

    course = courses.load(root)
    class_ = sheet_of(url, cohort, results, course)
    handed_in = collect(submissions, Sources(course), any_version=True) if submissions else ()
    written = feedback.write(
        class_, out, course, learners=set(learner or ()), lessons=set(lesson or ()), submissions=handed_in
    )
    for item in written.skipped[:_LINES]:
        typer.echo(f"no copy: {item.learner}, {item.file}: {item.problem}")
    if len(written.skipped) > _LINES:
        typer.echo(f"... and {len(written.skipped) - _LINES} more without a copy")
    copies = f", {len(written.notebooks)} notebooks" if submissions else ""
    pages = "1 page" if len(written.pages) == 1 else f"{len(written.pages)} pages"
    typer.echo(f"{pages}{copies} written to {out}")
    if written.skipped:
        raise typer.Exit(1)
