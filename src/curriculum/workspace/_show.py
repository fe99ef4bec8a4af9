"""Progress as people see it: a table in the terminal, a piece of HTML in a notebook, a page of its own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from curriculum.errors import WorkspaceError
from curriculum.files import write_text
from curriculum.workspace._place import writing
from curriculum.workspace._progress import State

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Template
    from rich.console import RenderableType
    from rich.table import Table

    from curriculum.workspace._progress import LessonStanding, Progress

# The signs tell the states apart without colour.
SIGNS = {
    State.PASSED: "✓",
    State.WITH_SOLUTION: "◐",
    State.FAILED: "✗",
    State.RAISED: "!",
    State.NOT_ATTEMPTED: "○",
    State.BY_HAND: "✎",
}
_WIDTH = 80


@dataclass(frozen=True)
class Notice:
    """One line in place of progress, shown alike in notebooks and terminals."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>"


@dataclass(frozen=True)
class View:
    """Progress that draws itself: as HTML in a notebook, as a table of text elsewhere."""

    progress: Progress

    def __repr__(self) -> str:
        return as_text(self.progress)

    def _repr_html_(self) -> str:
        return as_fragment(self.progress)


def as_table(progress: Progress) -> RenderableType:
    """One row a lesson: a sign for each exercise, in order, and the points; below it the legend and what is next."""
    from rich.console import Group
    from rich.text import Text

    return Group(_table(progress), Text(_legend(progress)), Text(_following(progress)))


def _table(progress: Progress) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=progress.course.title, box=SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("lesson")
    table.add_column("exercises")
    table.add_column("passed", justify="right", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    for item in progress.lessons:
        table.add_row(item.lesson.id, _signs(item), f"{item.passed}/{len(item.exercises)}", _points(item))
    table.add_section()
    in_all = f"{progress.earned:g}/{progress.points:g}"
    table.add_row("in all", "", f"{progress.passed}/{progress.total}", in_all)
    return table


def as_text(progress: Progress) -> str:
    """The table as plain text, 80 columns wide."""
    from rich.console import Console

    console = Console(file=io.StringIO(), width=_WIDTH, color_system=None, highlight=False, force_jupyter=False)
    with console.capture() as capture:
        console.print(as_table(progress))
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def as_fragment(progress: Progress) -> str:
    """A piece of HTML that follows JupyterLab's theme."""
    return _template("fragment.html").render(progress=progress, signs=SIGNS, states=State)


def as_page(progress: Progress) -> str:
    """A page that needs nothing but itself."""
    return _template("page.html").render(progress=progress, signs=SIGNS, states=State)


def save_page(progress: Progress, path: Path) -> None:
    """Write the page to a file.

    Raises:
        WorkspaceError: the file cannot be written.
    """
    if path.is_dir():
        message = f"{path} is a folder: name the file to write, such as {path / 'progress.html'}"
        raise WorkspaceError(message)
    with writing(path):
        write_text(path, as_page(progress))


@cache
def _template(name: str) -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("curriculum.workspace", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


def _signs(item: LessonStanding) -> str:
    return " ".join(SIGNS[x.state] for x in item.exercises)


def _points(item: LessonStanding) -> str:
    return f"{item.earned:g}/{item.lesson.points:g}"


def _legend(progress: Progress) -> str:
    shown = {x.state for item in progress.lessons for x in item.exercises}
    return "  ".join(f"{sign} {state}" for state, sign in SIGNS.items() if state in shown)


def _following(progress: Progress) -> str:
    following = progress.next_open
    if following is None:
        return "next: nothing, every exercise is passed"
    lesson, exercise = following
    return f"next: {exercise.id}, in {lesson.name}"
