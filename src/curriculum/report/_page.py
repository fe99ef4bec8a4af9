"""The class report as a page."""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradebookError
from curriculum.files import write_text
from curriculum.pages import rendered
from curriculum.report._class import codes, standings, standings_of
from curriculum.report._exercises import CONFIDENCE, hardest
from curriculum.report._grid import line_of
from curriculum.report._help import HelpRule, needs
from curriculum.report._mistakes import met
from curriculum.report._points import Spread, over_all, spread_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from curriculum.course import Course
    from curriculum.gradebook import LessonColumn, Sheet

KIND = "report"
_OURS = f'<meta name="generator" content="curriculum {KIND}">'.encode()
_HEAD_BYTES = 4096
_HARDEST = 10
_MISTAKES = 20


@dataclass(frozen=True)
class _LessonRow:
    column: LessonColumn
    code: str
    handed_in: int
    expected: int
    waiting: int
    spread: Spread


def shuffled_numbers(sheet: Sheet) -> dict[str, int]:
    """A number for each learner's key, drawn anew each time, so that nobody can tell from it who is who."""
    keys = [row.learner.key for row in sheet.rows]
    numbers = list(range(1, len(keys) + 1))
    random.SystemRandom().shuffle(numbers)
    return dict(zip(keys, numbers, strict=True))


def report(
    sheet: Sheet,
    course: Course | None = None,
    *,
    numbers: Mapping[str, int] | None = None,
    names: bool = False,
    rule: HelpRule | None = None,
) -> str:
    """One HTML page about a class, fit to be projected: learners are numbers in it unless names are asked for.

    Args:
        sheet: the class.
        course: gives the words and sections of recognised mistakes.
        numbers: each learner's number, by key; drawn anew by default. Give the same to two pages that belong together.
        names: show names beside the numbers: for the teacher alone.
        rule: when a learner is said to need help.

    Raises:
        NotebookError: a lesson's source cannot be read.
    """
    rule = rule or HelpRule()
    who = _who(sheet, numbers or shuffled_numbers(sheet), names=names)
    short = codes(sheet.lessons)
    everyone = sorted(sheet.rows, key=lambda row: who[row.learner.key][0])
    lines = [line_of(row, sheet, who[row.learner.key][1]) for row in (sheet.rows if names else everyone)]
    help_ = [(who[need.learner], need.reasons) for need in needs(sheet, rule)]
    mistakes = met(sheet, course)
    exercises = hardest(sheet)
    values: dict[str, Any] = {
        "title": f"Class report: {sheet.title}" + (f", {sheet.cohort}" if sheet.cohort else ""),
        "sheet": sheet,
        "names": names,
        "overall": over_all(sheet),
        "lessons": [_lesson_row(sheet, column, short[column.id]) for column in sheet.lessons],
        "lines": lines,
        "short": short,
        "titles": {column.id: column.title for column in sheet.lessons},
        "waiting": sum(standing.waiting for standing in standings(sheet)),
        "handed_in": _median_handed_in(sheet),
        "hardest": [one for one in exercises if one.passed < one.tried][:_HARDEST],
        "tried": len(exercises),
        "confidence": CONFIDENCE,
        "mistakes": mistakes[:_MISTAKES],
        "more_mistakes": len(mistakes[_MISTAKES:]),
        "help": sorted(help_, key=lambda item: (-len(item[1]), item[0][0])),
        "rule": rule,
    }
    return rendered("curriculum.report", "report.html", script="sort.js", kind=KIND, **values)


def write(path: Path, page: str) -> None:
    """Write a report's page, unless a file is in the way that is none.

    Raises:
        GradebookError: it cannot be written.
    """
    try:
        if path.exists() and _OURS not in path.read_bytes()[:_HEAD_BYTES]:
            message = f"{path}: this file is no class report, and is left as it is; give another name"
            raise GradebookError(message)
        write_text(path, page)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror or error})"
        raise GradebookError(message) from None


def _who(sheet: Sheet, numbers: Mapping[str, int], *, names: bool) -> dict[str, tuple[int, str]]:
    """Each learner's number, and what the page calls them."""
    keys = {row.learner.key: row.learner.shown for row in sheet.rows}
    return {
        key: (numbers[key], f"{shown} ({numbers[key]})" if names else f"Learner {numbers[key]}")
        for key, shown in keys.items()
    }


def _lesson_row(sheet: Sheet, column: LessonColumn, code: str) -> _LessonRow:
    found = list(standings(sheet, column.id))
    handed_in = sum(bool(standing.attempts) for standing in found)
    waiting = sum(standing.waiting > 0 for standing in found)
    return _LessonRow(column, code, handed_in, len(found), waiting, spread_of(sheet, column.id))


def _median_handed_in(sheet: Sheet) -> float | None:
    """How many lessons the learner in the middle has handed in."""
    counts = [sum(bool(standing.attempts) for standing in standings_of(row)) for row in sheet.rows]
    return statistics.median(counts) if counts else None
