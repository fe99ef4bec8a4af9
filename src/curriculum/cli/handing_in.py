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
    app.command(rich_help_panel="Teach and write")(collect)


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


def collect(
    place: Annotated[
        Path,
        typer.Argument(
            help="A folder, a zip from Canvas or Moodle, or nbgrader's exchange; files of `curriculum submit` anywhere "
            "in it.",
            show_default=False,
        ),
    ],
    *,
    to: Annotated[Path, typer.Option("--to", help="Folder to write, for `curriculum grade`.")] = Path("submitted"),
    roster: Annotated[
        Path | None,
        typer.Option(help="CSV of the class: key, name, email, canvas, moodle, cohort, group.", show_default=False),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a former collection.")] = False,
    root: CourseRoot = None,
) -> None:
    """Bring what was handed in into a folder that can be graded.

    Every attempt is kept; what nobody can place is kept apart, with the reason. Ends with 1 if there is something to
    look into: a file without a learner or lesson, a broken seal, a file that names another learner.
    """
    from curriculum import collecting
    from curriculum.cli._handed import print_gathered

    course = courses.load(root)
    learners = collecting.read_roster(roster) if roster else None
    gathered = collecting.gather(place, to, course, roster=learners, replace=replace)
    print_gathered(gathered, to)
    if not gathered.is_clear:
        raise typer.Exit(1)
