"""Commands for whoever learns."""

from __future__ import annotations

import contextlib
import json
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import AsJson, CourseRoot
from curriculum.cli._tables import console, table
from curriculum.errors import NotebookError

if TYPE_CHECKING:
    from curriculum.course import Course, Lesson
    from curriculum.workspace import Checked, Report, Workspace

ExerciseName = Annotated[
    str, typer.Argument(help="The exercise's id, as its card and `curriculum course LESSON` show it.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    panel = "Learn"
    for command in (learn, progress, check, hint, solution, reset, doctor):
        app.command(rich_help_panel=panel)(command)


def learn(
    folder: Annotated[
        str | None,
        typer.Argument(
            help="The workspace; by default the one at hand, or a folder named after the course.", show_default=False
        ),
    ] = None,
    jupyter: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- JUPYTER_ARGS]", help="Arguments for JupyterLab.", show_default=False),
    ] = None,
    *,
    start: Annotated[bool, typer.Option("--start/--no-start", help="Start JupyterLab.")] = True,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
    root: CourseRoot = None,
) -> None:
    """Make or update your workspace, and start at the next unfinished exercise.

    Nothing you wrote is ever overwritten: a changed lesson is merged around your answers, after a backup.
    """
    from curriculum import workspace as workspaces

    extra = tuple(jupyter or ())
    chosen = folder
    if folder and folder.startswith("-"):
        # Everything behind `--` is positional, so JupyterLab's first argument arrives as the folder.
        chosen, extra = None, (folder, *extra)
    course = courses.load(root)
    report = workspaces.create_or_update(Path(chosen) if chosen else _default_folder(course), course)
    _print_report(report, course)
    if start:
        progress = workspaces.standing(report.workspace.folder, course)
        typer.echo("Starting JupyterLab; Ctrl-C here ends it.")
        code = workspaces.start(report.workspace, progress, browser=browser, extra=extra)
        if code:
            raise typer.Exit(1)


def progress(
    *,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to this file.", show_default=False)] = None,
    as_json: AsJson = False,
    root: CourseRoot = None,
) -> None:
    """Show where you stand."""
    from curriculum import workspace as workspaces

    course = courses.load(root)
    standing = workspaces.standing(workspaces.find_for(course).folder, course)
    if html is not None:
        workspaces.save_page(standing, html)
        typer.echo(f"written to {html}")
    elif as_json:
        typer.echo(json.dumps(standing.to_json(), indent=2, ensure_ascii=False))
    else:
        console().print(workspaces.as_table(standing))


def check(
    lesson: Annotated[str, typer.Argument(help="The lesson's id or file.")],
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever the notebook is saved.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that each cell may take.")] = 120.0,
    root: CourseRoot = None,
) -> None:
    """Run a lesson's notebook from top to bottom and show what its checks say.

    The notebook file stays as it is; progress is recorded. Ends with 0 only if every exercise passed.
    """
    from curriculum import workspace as workspaces

    course = courses.load(root)
    chosen = course.lesson(lesson)
    workspace = workspaces.find_for(course)
    if watch:
        _check_on_save(workspace, chosen, course, timeout)
    elif not _check_once(workspace, chosen, course, timeout):
        raise typer.Exit(1)


def hint(exercise: ExerciseName, *, root: CourseRoot = None) -> None:
    """Show the next hint of an exercise; outside a workspace, all of them."""
    from curriculum import workspace as workspaces

    course = courses.load(root)
    _, found = course.exercise(exercise)
    workspace = _workspace_at_hand(course)
    shown = workspaces.next_hints(workspace, found)
    for number, text in shown:
        _print_markdown(f"**Hint {number} of {len(found.hints)}**\n\n{text}\n")
    if not shown:
        typer.echo(f"{found.id} has no hints.")
    elif shown[-1][0] == len(found.hints):
        typer.echo(f"That was the last hint; there is also: curriculum solution {found.id}")


def solution(exercise: ExerciseName, *, yes: Yes = False, root: CourseRoot = None) -> None:
    """Show an exercise's solution; that you looked is recorded."""
    from curriculum import workspace as workspaces

    course = courses.load(root)
    _, found = course.exercise(exercise)
    workspace = _workspace_at_hand(course)
    if not yes:
        noted = " It will be recorded" if workspace is not None else ""
        typer.confirm(f"Show the solution of {found.id}?{noted}", abort=True, err=True)
    if workspace is not None:
        workspaces.record_solution(workspace, found)
    typer.echo(found.solution)


def reset(exercise: ExerciseName, *, yes: Yes = False, root: CourseRoot = None) -> None:
    """Put an exercise back to how it was given, after a backup of your notebook."""
    from curriculum import workspace as workspaces

    course = courses.load(root)
    lesson, found = course.exercise(exercise)
    workspace = workspaces.find_for(course)
    workspaces.require_reset(workspace, course, lesson, found)
    if not yes:
        typer.confirm(f"Put {found.id} in {lesson.name} back to how it was given?", abort=True, err=True)
    backup = workspaces.reset(workspace, course, lesson, found)
    typer.echo(f"{found.id} is as it was given.")
    if backup is not None:
        typer.echo(f"Your notebook as it was before: {backup}")
        typer.echo("If the notebook is open in JupyterLab, reload it there: File > Reload Notebook from Disk.")


def doctor(*, root: CourseRoot = None) -> None:
    """Look whether everything the course needs is in order; ends with 1 if something is to do."""
    from curriculum import workspace as workspaces

    course = courses.load(root)
    lines = workspaces.examine(course, _workspace_at_hand(course, any_course=True))
    made = table("Is everything in order?", "", "what", "found")
    for line in lines:
        text = _escaped(line.text) + ("" if line.is_fine else f"\n[bold]{_escaped(line.advice)}[/]")
        made.add_row("OK" if line.is_fine else "[bold]to do[/]", line.subject, text)
    console().print(made)
    if not all(line.is_fine for line in lines):
        raise typer.Exit(1)


def _default_folder(course: Course) -> Path:
    from curriculum import journal

    return journal.find_workspace(Path.cwd()) or Path(course.id)


def _workspace_at_hand(course: Course, *, any_course: bool = False) -> Workspace | None:
    """The workspace of the current folder; None where there is none, or it is of another course."""
    from curriculum import journal
    from curriculum import workspace as workspaces

    if journal.find_workspace(Path.cwd()) is None:
        return None
    found = workspaces.find()
    return found if any_course or found.course == course.id else None


def _print_report(report: Report, course: Course) -> None:
    from curriculum import workspace as workspaces

    counts = [(action, len(report.with_action(action))) for action in workspaces.Action]
    done = ", ".join(f"{number} {action}" for action, number in counts if number)
    made = "made" if report.created else "up to date"
    typer.echo(f"Workspace {report.workspace.folder} is {made}, version {course.version}: {done}.")
    for change in report.changes:
        if change.note or change.action is workspaces.Action.MERGED:
            note = f": {change.note}" if change.note else ""
            typer.echo(f"  {change.lesson.name} {change.action}{note}")
    if report.backup is not None:
        typer.echo(f"  your notebooks as they were before: {report.backup}")
    for extra, lessons in workspaces.missing_extras(course).items():
        typer.echo(f'  {", ".join(lessons)} needs more packages: pip install "curriculum[{extra}]"')


def _check_once(workspace: Workspace, lesson: Lesson, course: Course, timeout: float) -> bool:
    from curriculum import workspace as workspaces
    from curriculum.outcome import Outcome

    out = console()
    with out.status(f"running {lesson.name}"):
        results = workspaces.run(workspace, lesson, course, timeout)
    passed = sum(item.outcome is Outcome.PASSED for item in results)
    made = table(lesson.title, "exercise", "outcome", caption=f"{passed} of {len(results)} passed")
    for item in results:
        made.add_row(item.exercise, item.outcome.words)
    out.print(made)
    for item in results:
        _print_finding(item)
    return passed == len(results)


def _print_finding(item: Checked) -> None:
    from curriculum.outcome import Outcome

    if item.outcome in {Outcome.PASSED, Outcome.NOT_ATTEMPTED}:
        return
    text = item.message if item.exercise in item.message else f"{item.exercise}: {item.message}"
    out = console()
    out.print(_wrapped(text, out.width) + "\n", markup=False, soft_wrap=True)


def _wrapped(text: str, width: int) -> str:
    """A card's long lines broken so that what follows a label stays in its column."""
    wrapped = []
    for line in text.split("\n"):
        label = re.match(r"^\s*(?:[a-z ]+?\s{2,})?", line)
        indent = " " * (label.end() if label else 0)
        wrapped.append(textwrap.fill(line, max(width, 40), subsequent_indent=indent, replace_whitespace=False))
    return "\n".join(wrapped)


def _check_on_save(workspace: Workspace, lesson: Lesson, course: Course, timeout: float) -> None:
    from watchfiles import watch

    path = workspace.path(lesson)
    former = _content(path)
    with contextlib.suppress(KeyboardInterrupt):
        _check_once(workspace, lesson, course, timeout)
        typer.echo(f"waiting for {path.name} to be saved; Ctrl-C ends this")
        # JupyterLab saves by renaming, so it is the folder that must be watched. Looking now and then too finds what
        # was saved while the notebook ran.
        for _ in watch(path.parent, raise_interrupt=False, yield_on_timeout=True, rust_timeout=1000):
            now = _content(path)
            if now == former:
                continue
            former = now
            try:
                _check_once(workspace, lesson, course, timeout)
            except NotebookError as error:
                typer.echo(str(error), err=True)


def _content(path: Path) -> bytes:
    """What the file holds; nothing while it is being replaced."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _print_markdown(text: str) -> None:
    from rich.markdown import Markdown

    console().print(Markdown(text))


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
