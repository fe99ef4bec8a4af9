"""Grades and feedback into the offline grading worksheet of a Moodle assignment.

Moodle skips a row whose grade is empty, but replaces a comment by an empty one: so what is not ours stays as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.bridges._columns import chosen_lesson
from curriculum.bridges._comments import html_of
from curriculum.bridges._grades import Choices, Grade, Kind, factor, grade_of, number, parsed, rounded
from curriculum.bridges._matching import Way, address_key, match, name_key
from curriculum.bridges._report import Left, Matched, Report
from curriculum.bridges._table import Table, read_table
from curriculum.errors import BridgeError, UnknownNameError
from curriculum.spreadsheet import neutral, original

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from curriculum.gradebook import Sheet

# What Moodle calls its columns in English; in other languages somebody has to say.
COLUMNS = {
    "identifier": "Identifier",
    "name": "Full name",
    "email": "Email address",
    "username": "Username",
    "id-number": "ID number",
    "grade": "Grade",
    "maximum": "Maximum grade",
    "can-change": "Grade can be changed",
    "feedback": "Feedback comments",
}
_NEEDED = ("identifier", "grade")
_NUMBER = re.compile(r"(\d+)\s*$")


@dataclass(frozen=True)
class _Worksheet:
    table: Table
    places: dict[str, int]

    def value(self, row: list[str], column: str) -> str:
        return row[self.places[column]].strip() if column in self.places else ""

    def participant(self, row: list[str]) -> str:
        found = _NUMBER.search(self.value(row, "identifier"))
        return found[1] if found else ""

    def shown(self, row: list[str]) -> str:
        return self.value(row, "name") or self.value(row, "identifier")

    def uses_commas(self) -> bool:
        numbers = [self.value(row, name) for row in self.table.rows for name in ("grade", "maximum")]
        return any("," in text for text in numbers) and not any("." in text for text in numbers)

    def ways(self, *, by_participant: bool) -> list[Way]:
        made = [
            Way("e-mail", lambda who: address_key(who.email), lambda row: address_key(self.value(row, "email"))),
            Way("ID number", lambda who: who.ids.get("sis", ""), lambda row: self.value(row, "id-number")),
            Way("username", lambda who: who.key, lambda row: self.value(row, "username"), decides=False),
            Way("name", lambda who: name_key(who.name), lambda row: name_key(self.value(row, "name"))),
        ]
        if by_participant:
            made.insert(1, Way("participant", lambda who: who.ids.get("moodle", ""), self.participant))
        return made


def fill_moodle(
    sheet: Sheet,
    lesson: str,
    worksheet: Path,
    out: Path,
    *,
    columns: Mapping[str, str] | None = None,
    by_participant: bool = False,
    comma: bool | None = None,
    choices: Choices | None = None,
    overwrite: bool = False,
) -> Report:
    """Write the worksheet with grades and feedback, as Moodle takes it back.

    Args:
        sheet: the class.
        lesson: the lesson's id.
        worksheet: what *Download grading worksheet* of the assignment gave.
        out: the file to write.
        columns: what the columns are called, where Moodle does not speak English; the keys are those of ``COLUMNS``.
        by_participant: trust that ``ids["moodle"]`` is the number in *Identifier*, which Moodle gives anew in every
            assignment; needed where names and addresses are hidden.
        comma: whether numbers have a comma; as in the worksheet by default.
        choices: what to write where there is no final grade.
        overwrite: whether ``out`` may be there already.

    Raises:
        BridgeError: the worksheet cannot be used, or its maximum is another one.
        UnknownNameError: there is no such lesson or column.
    """
    chosen = choices or Choices()
    column = chosen_lesson(sheet, lesson)
    read = _read(worksheet, columns or {})
    times = factor(column, _possible(read, worksheet), "Moodle", chosen)
    commas = read.uses_commas() if comma is None else comma
    made = match([row.learner for row in sheet.rows], read.table.rows, read.ways(by_participant=by_participant))
    standings = {row.learner.key: row.standings[lesson] for row in sheet.rows}
    rows = [list(row) for row in read.table.rows]
    left: list[Left] = []
    grades = 0
    for line, (learner, _) in sorted(made.found.items()):
        grade = grade_of(standings[learner.key], chosen)
        grade = replace(grade, points=rounded(grade.points * times)) if grade.points is not None else grade
        why = _obstacle(read, rows[line], grade) or grade.why
        if why:
            left.append(Left(learner.key, lesson, why))
        else:
            grades += _fill(read, rows[line], grade, html_of(standings[learner.key]), comma=commas)
    if "name" in read.places:  # nothing is matched by it in Moodle, and people open the file
        for row in rows:
            row[read.places["name"]] = neutral(original(row[read.places["name"]]))
    _files.write(out, replace(read.table, rows=rows).dumps(), overwrite=overwrite)
    unknown = [(line, read.shown(row)) for line, row in enumerate(read.table.rows) if line not in made.found]
    known = {learner.key for learner, _ in made.found.values()}
    return Report(
        grades=grades,
        columns={lesson: read.table.header[read.places["grade"]]},
        matched=tuple(Matched(read.shown(rows[i]), who.key, how) for i, (who, how) in sorted(made.found.items())),
        unknown=tuple(f"{name}: {made.problems[line]}" if line in made.problems else name for line, name in unknown),
        absent=tuple(key for key in standings if key not in known),
        left=tuple(left),
        notes=() if "feedback" in read.places else (_no_feedback(worksheet),),
        files=(out,),
    )


def _read(path: Path, columns: Mapping[str, str]) -> _Worksheet:
    table = read_table(path)
    places: dict[str, int] = {}
    header = [name.strip().casefold() for name in table.header]
    for key in columns:
        if key not in COLUMNS:
            raise UnknownNameError("column", key, COLUMNS, "curriculum bridge moodle --help")
    for key, usual in COLUMNS.items():
        name = columns.get(key, usual)
        if name.strip().casefold() in header:
            places[key] = header.index(name.strip().casefold())
        elif key in columns:
            message = f"{path}: has no column {name!r}; its columns are {', '.join(map(repr, table.header))}"
            raise BridgeError(message)
    for key in _NEEDED:
        if key not in places:
            message = (
                f"{path}: is no grading worksheet of Moodle's in English: it has no column {COLUMNS[key]!r}; "
                f"say --column {key}=NAME"
            )
            raise BridgeError(message)
    return _Worksheet(table, places)


def _fill(read: _Worksheet, row: list[str], grade: Grade, feedback: str, *, comma: bool) -> bool:
    """Put a grade and its feedback into a row; where there is none, the row stays. Gives whether there is one."""
    if grade.kind is Kind.EXCUSED:
        row[read.places["grade"]] = ""
    if grade.points is None:
        return False
    row[read.places["grade"]] = number(grade.points, comma=comma)
    if feedback and "feedback" in read.places:
        row[read.places["feedback"]] = feedback
    return True


def _possible(read: _Worksheet, path: Path) -> Decimal | None:
    """The assignment's maximum; None where the worksheet does not say."""
    values = {parsed(read.value(row, "maximum")) for row in read.table.rows} - {None}
    if len(values) > 1:
        message = f"{path}: has more than one maximum grade"
        raise BridgeError(message)
    return next(iter(values), None)


def _obstacle(read: _Worksheet, row: list[str], grade: Grade) -> str:
    """Why Moodle would skip a grade, saying nothing."""
    if grade.points is None:
        return ""
    if read.value(row, "can-change").casefold() == "no":
        return "cannot be changed in Moodle"
    most = parsed(read.value(row, "maximum"))
    if most is not None and grade.points > most:
        return f"{number(grade.points)} points are more than Moodle's maximum of {number(most)}"
    return ""


def _no_feedback(path: Path) -> str:
    return f"{path} has no column for feedback: switch on Feedback comments in the assignment's settings"
