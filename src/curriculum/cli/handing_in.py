"""Handing in and collecting: the learner's command and the teacher's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import CourseRoot


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(rich_help_panel="Learn")(submit)


def submit(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Which lessons; by default all you have begun.", show_default=False)
    ] = None,
    *,
    to: Annotated[
        Path | None, typer.Option("--to", help="File or folder to write; the workspace by default.", show_default=False)
    ] = None,
    learner: Annotated[
        str, typer.Option(help="Your name; the workspace remembers it.", show_default="as the last time")
    ] = "",
    root: CourseRoot = None,
) -> None:
    """Pack your work into one file to hand in.

    The file is sealed: whether anything in it was changed later can be seen. Nothing is sent anywhere.
    """
    from curriculum import submission
    from curriculum import workspace as workspaces
    from curriculum.cli._handed import print_packed

    course = courses.load(root)
    workspace = workspaces.find_for(course)
    chosen = [course.lesson(name) for name in lessons or ()]
    if not learner and not submission.known_name(workspace) and sys.stdin.isatty():
        learner = typer.prompt(
            "Your name, as your teacher knows it", default=submission.default_name(workspace) or None
        )
    print_packed(submission.pack(workspace, course, chosen, to, learner=learner))
