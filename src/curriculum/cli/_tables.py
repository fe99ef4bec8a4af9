"""Tables of the command line, made to be read at 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderResult

    from curriculum.course import Course, Lesson


class _Headed(Table):
    """A table below its title, which may be wider than the table."""

    def __init__(self, heading: str, **options: Any) -> None:
        super().__init__(**options)
        self.heading = heading

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The title first, in as few lines as it needs."""
        yield Text(self.heading, style="bold")
        yield from super().__rich_console__(console, options)


def console() -> Console:
    """Where commands print."""
    return Console(highlight=False)


def table(
    title: str, *columns: str, right: tuple[str, ...] = (), whole: tuple[str, ...] = (), caption: str | None = None
) -> Table:
    """An empty table in the course's one look; the columns named in ``right`` hold numbers."""
    made = _Headed(title, box=SIMPLE_HEAD, caption=caption)
    made.caption_justify = "left"
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", no_wrap=name in right + whole)
    return made


def number(value: float) -> float | int:
    """A whole number without its ``.0``."""
    return int(value) if float(value).is_integer() else value


def hours(minutes: int) -> str:
    """Minutes as hours and minutes: ``2:30``."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def course_table(course: Course) -> Table:
    """Every lesson of the course, with totals."""
    made = table(
        f"{course.title}, version {course.version}",
        "lesson",
        "hours",
        "exer-\ncises",
        "points",
        "after",
        right=("hours", "exer-\ncises", "points"),
        whole=("after",),
        caption="after: what to have done before, where it is not the lesson above"
        + ("\nneeds: an extra to be installed" if any(lesson.needs for lesson in course.lessons) else ""),
    )
    above = ""
    for module in course.modules:
        heads = (escape(f"{module.number} {module.title}"), hours(module.minutes))
        made.add_row(*(f"[bold]{head}[/]" for head in heads))
        for lesson in module.lessons:
            counts = (str(len(lesson.exercises)), str(number(lesson.points)))
            after = [name for name in lesson.requires if name != above]
            above = lesson.id
            needs = f"\n(needs {escape(', '.join(lesson.needs))})" if lesson.needs else ""
            name = Padding(f"{escape(lesson.id)}\n[dim]{escape(lesson.title)}{needs}[/]", (0, 0, 0, 2))
            # One below the other: side by side two of them leave no room at 80 columns for the lesson's own name.
            made.add_row(name, hours(lesson.minutes), *counts, escape(",\n".join(after)))
    lessons = course.lessons
    total = sum(len(lesson.exercises) for lesson in lessons), number(sum(lesson.points for lesson in lessons))
    made.add_section()
    made.add_row(f"in all {len(lessons)} lessons", hours(sum(x.minutes for x in lessons)), *map(str, total))
    return made


def lesson_table(lesson: Lesson) -> Table:
    """Every exercise of a lesson."""
    made = table(
        f"{lesson.title} ({lesson.name})", "exercise", "title", "kind", "points", right=("points",), whole=("exercise",)
    )
    for exercise in lesson.exercises:
        kind = "by hand" if exercise.is_manual else "question" if exercise.is_quiz else "code"
        made.add_row(escape(exercise.id), escape(exercise.subject), kind, str(number(exercise.points)))
    return made
