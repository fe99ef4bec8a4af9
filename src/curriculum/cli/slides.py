"""The command for slides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import CourseRoot


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("slides", rich_help_panel="Teach and write")(slides)


def slides(
    lesson: Annotated[str, typer.Argument(help="The lesson's id or file.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="The file; by default NN-lesson.slides.html in this folder.", show_default=False)
    ] = None,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="With solutions, mistakes to expect, minutes and speaker notes.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace whatever file stands there.")] = False,
    root: CourseRoot = None,
) -> None:
    """Write a lesson as slides: one HTML file that opens in any browser, without a network."""
    from curriculum.slides import default_file, write_slides

    course = courses.load(root)
    found = course.lesson(lesson)
    file = out if out is not None else default_file(found, instructor=instructor)
    count = write_slides(found, course, file, instructor=instructor, force=force)
    edition = "instructor edition" if instructor else "learner edition"
    typer.echo(f"{count} slides, {edition}, written to {file}")
