"""The command that grades submissions."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from curriculum.cli._options import AsJson, CourseRoot
from curriculum.grading import Regrade, RunnerName, SandboxMode

_MIB = 1 << 20
_OUT = Path("grading")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(rich_help_panel="Teach and write")(grade)


def grade(
    submissions: Annotated[
        Path,
        typer.Argument(
            help="A notebook, a folder LEARNER/LESSON.ipynb, nbgrader's submitted/, or a zip of any of those.",
            show_default=False,
        ),
    ],
    *,
    lesson: Annotated[
        list[str] | None,
        typer.Option(help="Only this lesson, or this source notebook; may be repeated.", show_default=False),
    ] = None,
    root: CourseRoot = None,
    out: Annotated[Path, typer.Option(help="Folder for results; a stopped grading goes on from there.")] = _OUT,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Submissions to run at a time.", show_default="one a processor")
    ] = None,
    cluster: Annotated[
        str, typer.Option(help="Address of a Dask scheduler, or: local.", show_default="this machine, without Dask")
    ] = "",
    runner: Annotated[
        RunnerName, typer.Option(help="split: checks in a process of their own; kernel: all in a Jupyter kernel.")
    ] = RunnerName.SPLIT,
    sandbox: Annotated[
        SandboxMode, typer.Option(help="strict: all of it or no grading; available: what this system offers.")
    ] = SandboxMode.AVAILABLE,
    regrade: Annotated[Regrade, typer.Option(help="Which submissions with a result to grade again.")] = Regrade.CHANGED,
    seconds: Annotated[float, typer.Option(min=0.1, help="What one cell may take.")] = 60.0,
    memory: Annotated[int, typer.Option(min=1, help="MB that one submission may take.")] = 2048,
    key: Annotated[
        Path | None, typer.Option(help="File with the course's secret key.", show_default="course.key beside results")
    ] = None,
    any_version: Annotated[
        bool, typer.Option("--any-version", help="Grade what was released as another version too.")
    ] = False,
    gradescope: Annotated[bool, typer.Option("--gradescope", help="Write Gradescope's files too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Grade submissions into a folder of results.

    What is in the folder already is kept, unless submission, lesson or grader has changed. Ends with 1 if a submission
    was refused or could not be graded.
    """
    from curriculum.cli._grades import Meter, print_done
    from curriculum.grading import Job, Limits, Setup, run_job

    limits = replace(Limits(), cell_seconds=seconds, memory=memory * _MIB)
    job = Job(
        place=submissions,
        out=out,
        lessons=tuple(lesson or ()),
        course=root,
        workers=workers,
        cluster=cluster,
        setup=Setup(runner, sandbox, limits),
        regrade=regrade,
        key=key,
        any_version=any_version,
        gradescope=gradescope,
    )
    try:
        with Meter() as meter:
            done = run_job(job, meter.start, meter.step)
    except KeyboardInterrupt:
        typer.echo(
            f"curriculum: stopped; what is graded is kept in {out}, and the same command goes on there", err=True
        )
        raise typer.Exit(130) from None
    if as_json:
        with done.results.open(encoding="utf-8") as file:
            shutil.copyfileobj(file, sys.stdout)
    else:
        print_done(done)
    if not done.summary.is_complete:
        raise typer.Exit(1)
