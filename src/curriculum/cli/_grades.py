"""How grading goes on, and what it found, as text of 80 columns."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from curriculum.cli._tables import console, number, table
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from types import TracebackType

    from curriculum.grading._job import Done
    from curriculum.grading.batch._batch import Item
    from curriculum.grading.reports import LessonOverview, Overview, Row

# A list in the terminal ends here; results.json has all of it.
_LINES = 20
_MISTAKES = 3
_SECONDS_BETWEEN_LINES = 15.0


class Meter:
    """Shows how far grading has come: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        out = Console(stderr=True)
        columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=out, transient=True, disable=not out.is_terminal)
        self._task = self._bar.add_task("grading", total=None)
        self._total = 0
        self._count = 0
        self._said = monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def start(self, total: int) -> None:
        """There is so much to do."""
        self._total = total
        self._bar.update(self._task, total=total)

    def step(self, _item: Item) -> None:
        """One more is done."""
        self._count += 1
        self._bar.advance(self._task)
        if self._bar.disable and monotonic() - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = monotonic()
            sys.stderr.write(f"grading: {self._count} of {self._total}\n")
            sys.stderr.flush()


def print_done(done: Done) -> None:
    """Print what a grading found: a row a submission, or a row a lesson where there are many."""
    out = console()
    overview = done.overview
    if overview.submissions > len(overview.rows):
        _print_lessons(out, overview)
        _print_problems(out, overview)
    elif overview.rows:
        _print_rows(out, overview)
    _print_lines(out, [_tampering(row) for row in overview.tampered])
    _print_lines(out, [f"refused: {refused.file}: {refused.problem}" for refused in overview.refused])
    if overview.submissions > sum(lesson.ungraded for lesson in overview.lessons.values()):
        _print_lines(out, [_sandbox(overview)])
    _print_lines(out, [done.summary.words])
    out.print(f"everything: {done.results}", markup=False, soft_wrap=True)  # a path to copy stays whole


def _print_rows(out: Console, overview: Overview) -> None:
    made = table("Results", "learner", "lesson", "points", "what happened", right=("points",))
    for row in overview.rows:
        points = "" if row.problem else _points(row)
        made.add_row(escape(row.learner), escape(row.lesson), points, escape(row.what))
    out.print(made)


def _print_lessons(out: Console, overview: Overview) -> None:
    heads = ("lesson", "graded", "mean", "of", "what happened")
    made = table("Results", *heads, right=heads[1:4])
    for lesson in overview.lessons.values():
        mean = "" if lesson.mean is None else f"{lesson.mean:.1f}"
        graded = f"{lesson.graded}" if not lesson.ungraded else f"{lesson.graded}/{lesson.submissions}"
        made.add_row(escape(lesson.lesson), graded, mean, f"{number(lesson.max_points)}", escape(_happened(lesson)))
    out.print(made)
    _print_lines(out, [_mistakes(lesson) for lesson in overview.lessons.values() if lesson.mistakes])


def _print_problems(out: Console, overview: Overview) -> None:
    _print_lines(out, [f"{row.learner}, {row.lesson}: {row.problem}" for row in overview.problems])


def _print_lines(out: Console, lines: list[str]) -> None:
    for line in lines[:_LINES]:
        out.print(line, markup=False)
    if len(lines) > _LINES:
        out.print(f"... and {len(lines) - _LINES} more of these, in the file with everything", markup=False)


def _points(row: Row) -> str:
    return f"{number(round(row.points, 2))}/{number(round(row.max_points, 2))}"


def _happened(lesson: LessonOverview) -> str:
    """The outcomes of all exercises of a lesson's submissions."""
    words = [f"{lesson.outcomes[outcome]} {outcome.words}" for outcome in Outcome if lesson.outcomes[outcome]]
    words += [f"{lesson.waiting} by hand"] if lesson.waiting else []
    return ", ".join(words)


def _mistakes(lesson: LessonOverview) -> str:
    common = ", ".join(f"{name} ({count})" for name, count in lesson.mistakes.most_common(_MISTAKES))
    return f"most frequent mistakes in {lesson.lesson}: {common}"


def _tampering(row: Row) -> str:
    first, *others = row.tampering
    more = f" and {len(others)} more" if others else ""
    return f"tampered with: {row.learner}, {row.lesson}: {first}{more}"


def _sandbox(overview: Overview) -> str:
    from curriculum.grading.sandbox import summary

    return summary(overview.layers.values())
