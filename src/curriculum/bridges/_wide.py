"""A plain table of the class: learners down, lessons across."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.bridges._grades import Choices, Kind, grade_of, number, rounded
from curriculum.bridges._table import Table
from curriculum.spreadsheet import neutral

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from curriculum.gradebook import Row, Sheet

_ABOUT = ("learner", "name", "email", "cohort", "groups")


def write_csv(sheet: Sheet, path: Path, *, choices: Choices | None = None, overwrite: bool = False) -> None:
    """Write a class as CSV: a row a learner, a column a lesson, and their sum.

    A lesson's field is its points to two decimals, ``EX`` where the learner is excused, empty where nothing was handed
    in or a person has yet to grade a part (``waiting`` counts those). ``extra`` is what was given for no lesson in
    particular, ``points`` the sum of the fields as they are
    written. Texts that a spreadsheet would run have an apostrophe before them; ``original`` takes it away.

    Raises:
        BridgeError: the file is there already, or cannot be written.
    """
    chosen = choices or Choices()
    header = [*_ABOUT, *(lesson.id for lesson in sheet.lessons), "extra", "points", "max_points", "waiting"]
    rows = [_line(row, sheet, chosen) for row in sheet.rows]
    _files.write(path, Table(header, rows, bom=True).dumps(), overwrite=overwrite)


def _line(row: Row, sheet: Sheet, choices: Choices) -> list[str]:
    who = row.learner
    about = [neutral(text) for text in (who.key, who.name, who.email, who.cohort, "; ".join(who.groups))]
    grades = [grade_of(row.standings[lesson.id], choices) for lesson in sheet.lessons]
    fields = ["EX" if grade.kind is Kind.EXCUSED else _points(grade.points) for grade in grades]
    extra = rounded(sum(credit.points for credit in row.extra))
    total = sum((grade.points for grade in grades if grade.points is not None), extra)
    waiting = sum(grade.kind is Kind.WAITING for grade in grades)
    return [*about, *fields, number(extra), number(total), number(rounded(row.max_points)), str(waiting)]


def _points(points: Decimal | None) -> str:
    return "" if points is None else number(points)
