"""Grading in a spreadsheet: the queue as a CSV file, and what comes back from it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.errors import CurriculumError, GradebookError
from curriculum.marking._cells import shortened
from curriculum.marking._desk import clean, given_for, meanwhile
from curriculum.marking._file import filled_rows, write_new
from curriculum.marking._points import as_shown, points_of
from curriculum.marking._queue import normal
from curriculum.spreadsheet import neutral

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curriculum.gradebook import Given
    from curriculum.marking._queue import Answer, Group, Queue

_FILLED = ("points", "comment")
_FIXED = ("attempt", "exercise", "learner", "group", "appeal", "seen", "max_points", "text", "output")
_COLUMNS = (*_FIXED[:7], *_FILLED, *_FIXED[7:])
_NEEDED = frozenset(_COLUMNS) - {"group", "output"}


@dataclass(frozen=True)
class Problem:
    """A row that cannot be taken.

    Attributes:
        line: where it begins in the file.
        row: its number in a spreadsheet, where a cell of several lines is one row.
    """

    line: int
    row: int
    text: str

    def __str__(self) -> str:
        row = f" (row {self.row} in a spreadsheet)" if self.row != self.line else ""
        return f"line {self.line}{row}: {self.text}"


@dataclass(frozen=True)
class Returned:
    """What a table says.

    Attributes:
        given: what is new in it.
        unchanged: how many rows say nothing new.
        problems: rows that cannot be taken; where there is one, nothing should be given.
    """

    given: tuple[Given, ...]
    unchanged: int
    problems: tuple[Problem, ...]


def write_table(queue: Queue, path: Path, *, names: bool = False, everything: bool = False) -> int:
    """Write what waits as a CSV file, identical answers together.

    It is UTF-8 with a byte order mark, by which Excel knows.

    Args:
        queue: what there is.
        path: a file that does not exist.
        names: whether learners' names are written, or an alias for each.
        everything: what is graded too.

    Returns:
        how many rows it has.

    Raises:
        GradebookError: the file is there already or cannot be written.
    """
    made = io.StringIO(newline="")
    writer = csv.writer(made, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    count = 0
    for group, answer in _in_order(queue):
        if everything or answer.is_open:
            row = _row(group, answer, names=names)
            writer.writerow([neutral(row[column]) for column in _COLUMNS])
            count += 1
    write_new(path, made.getvalue())
    return count


def returned(queue: Queue, path: Path, author: str) -> Returned:
    """Read a table that was written by ``write_table`` and filled in.

    Points and comments may have changed, the order of rows and columns may have too; rows may be missing. Delimiters
    may be commas, semicolons or tabs, points may have a decimal comma.

    Args:
        queue: everything that can be graded now.
        path: the file.
        author: whoever graded.

    Raises:
        GradebookError: the file cannot be read, or is no such table.
    """
    answers = {_key(answer): (group, answer) for group, answer in _in_order(queue)}
    given: list[Given] = []
    problems: list[Problem] = []
    first_lines: dict[tuple[int, str], int] = {}
    unchanged = 0
    for line, cells in filled_rows(path, _COLUMNS, _NEEDED):
        try:
            group, answer = _found(answers, cells)
            _check_once(first_lines.setdefault(_key(answer), line.number), line.number)
            new = _new(group, answer, cells, author)
        except CurriculumError as error:
            problems.append(Problem(line.number, line.row, str(error)))
            continue
        if new is None:
            unchanged += 1
        else:
            given.append(new)
    return Returned(tuple(given), unchanged, tuple(problems))


def _in_order(queue: Queue) -> Iterator[tuple[Group, Answer]]:
    return ((group, answer) for pile in queue.piles for group in pile.groups for answer in group.answers)


def _key(answer: Answer) -> tuple[int, str]:
    return answer.attempt.id, answer.mark.exercise


def _row(group: Group, answer: Answer, *, names: bool) -> dict[str, str]:
    mark = answer.mark
    return {
        "attempt": str(answer.attempt.id),
        "exercise": mark.exercise,
        "learner": shortened(answer.learner.shown) if names else answer.alias,
        "group": group.key[:8],
        "appeal": "open" if mark.appealed else "",
        "seen": str(mark.revision),
        "max_points": as_shown(mark.max_points),
        "points": "" if mark.points is None else as_shown(mark.points),
        "comment": shortened(answer.comment),
        "text": shortened(mark.text),
        "output": shortened(mark.output),
    }


def _found(answers: dict[tuple[int, str], tuple[Group, Answer]], cells: dict[str, str]) -> tuple[Group, Answer]:
    number, exercise = _whole(cells["attempt"], "attempt"), cells["exercise"].strip()
    found = answers.get((number, exercise))
    if found is None:
        message = f"attempt {number} has no exercise {exercise!r} that a person grades"
        raise GradebookError(message)
    return found


def _new(group: Group, answer: Answer, cells: dict[str, str], author: str) -> Given | None:
    """What is new in a row."""
    mark, now = answer.mark, _row(group, answer, names=False)
    points = points_of(cells["points"], mark.max_points)
    comment = clean(cells["comment"])
    if comment == clean(now["comment"]):
        comment = clean(answer.comment)  # a cell may not have held all of it
    seen = _whole(cells["seen"], "seen")
    new = given_for(answer, points, comment, author, closes=comment not in {"", clean(answer.comment)})
    if points is None and mark.points is not None and seen == mark.revision:
        message = f"points cannot be taken away: give a number, or {mark.points:g} again"
        raise GradebookError(message)
    _check_fixed(answer, cells, now)
    if new is None:
        return None
    if seen != mark.revision:
        raise GradebookError(meanwhile([answer], {answer.attempt.id: seen}))
    return new


def _check_fixed(answer: Answer, cells: dict[str, str], now: dict[str, str]) -> None:
    """Rows whose cells do not belong together any more, as where some columns were sorted, are not taken."""
    names = {now["learner"], shortened(answer.learner.shown)}
    same = {
        "learner": cells["learner"].strip() in {name.strip() for name in names},
        "text": normal(cells["text"]) == normal(now["text"]),
        "max_points": cells["max_points"].strip().replace(",", ".") == now["max_points"],
    }
    changed = next((column for column, held in same.items() if not held), None)
    if changed is not None:
        message = f"{changed!r} is not what the gradebook has: only points and comment may be changed"
        raise GradebookError(message)


def _check_once(first: int, line: int) -> None:
    if first != line:
        message = f"the same attempt and exercise stand in line {first} already"
        raise GradebookError(message)


def _whole(cell: str, column: str) -> int:
    text = cell.strip()
    if not (text.isdecimal() and len(text) < 19):
        message = f"{column!r} is not a whole number"
        raise GradebookError(message)
    return int(text)
