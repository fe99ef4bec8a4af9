"""Grades into the CSV file that Canvas exports from its gradebook and imports again.

What is not ours stays as Canvas wrote it: Canvas clears a grade whose field comes back empty. Columns that nothing is
written to are left out, since what they hold may have changed in Canvas meanwhile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.bridges._columns import lesson_columns
from curriculum.bridges._grades import Choices, Grade, Kind, factor, grade_of, number, parsed, rounded
from curriculum.bridges._matching import Way, address_key, match, name_key
from curriculum.bridges._report import Left, Matched, Report
from curriculum.bridges._table import Table, read_table
from curriculum.errors import BridgeError
from curriculum.spreadsheet import neutral, original

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from curriculum.gradebook import Learner, LessonColumn, Sheet

_TITLE = re.compile(r"^(?P<title>.*?)\s*\((?P<id>\d+)\)\s*$", re.DOTALL)
_POSTING = re.compile(r"^\s*(?:Muted|Manual Posting.*)?\s*$", re.IGNORECASE)
_NAMES = {"Student", "LastName", "FirstName", "Section"}
_IDS = {"ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account"}
_TEST_STUDENT = name_key("Student, Test")
_NOT_ASSIGNED = "N/A"


@dataclass(frozen=True)
class CanvasExport:
    """A file that Canvas exported.

    Attributes:
        students: the indices of the rows that are people.
        possible: the row with the points that can be had; None where there is none.
    """

    table: Table
    students: tuple[int, ...]
    possible: list[str] | None

    def assignments(self) -> dict[int, tuple[str, str]]:
        """The title and Canvas's number of each assignment that can be graded, by column."""
        found = {}
        for index, name in enumerate(self.table.header):
            titled = _TITLE.match(name)
            read_only = self.possible is not None and "read only" in self.possible[index]
            if titled and not read_only:
                found[index] = (titled["title"], titled["id"])
        return found

    def value(self, row: list[str], column: str) -> str:
        """What a row has in a column; empty where there is no such column."""
        return row[self.table.header.index(column)].strip() if column in self.table.header else ""

    def name(self, row: list[str]) -> str:
        """The student's name."""
        if "LastName" in self.table.header:
            return f"{self.value(row, 'LastName')}, {self.value(row, 'FirstName')}"
        return self.value(row, "Student")

    def matches(self, learners: list[Learner]) -> tuple[dict[int, tuple[Learner, str]], dict[int, str]]:
        """The learner of each row and how that was told; and what stands against it, by the row's index."""
        rows = [self.table.rows[index] for index in self.students]
        made = match(learners, rows, self._ways())
        found = {self.students[index]: pair for index, pair in made.found.items()}
        return found, {self.students[index]: problem for index, problem in made.problems.items()}

    def _ways(self) -> list[Way]:
        return [
            Way("Canvas id", lambda who: who.ids.get("canvas", ""), lambda row: self.value(row, "ID")),
            Way("SIS id", lambda who: who.ids.get("sis", ""), lambda row: self.value(row, "SIS User ID")),
            Way("e-mail", lambda who: address_key(who.email), self._address),
            Way("login", lambda who: who.key, lambda row: self.value(row, "SIS Login ID"), decides=False),
            Way("SIS id", lambda who: who.key, lambda row: self.value(row, "SIS User ID"), decides=False),
            Way("name", lambda who: name_key(who.name), lambda row: name_key(self.name(row))),
        ]

    def _address(self, row: list[str]) -> str:
        login = self.value(row, "SIS Login ID")
        return address_key(login) if "@" in login else ""


def read_canvas(path: Path) -> CanvasExport:
    """Read what Canvas exported from its gradebook.

    Raises:
        BridgeError: it cannot be read, or is no such file.
    """
    table = read_table(path)
    header = [name.strip() for name in table.header]
    if not ({"Student", "LastName"} & set(header) and "ID" in header and "Section" in header):
        message = f"{path}: is no export of Canvas's gradebook: it lacks the columns Student, ID and Section"
        raise BridgeError(message)
    possible = next((row for row in table.rows if "Points Possible" in row[0]), None)
    people = tuple(index for index, row in enumerate(table.rows) if _is_person(row))
    made = CanvasExport(replace(table, header=header), people, possible)
    students = (index for index in people if name_key(made.name(table.rows[index])) != _TEST_STUDENT)
    return replace(made, students=tuple(students))


def fill_canvas(
    sheet: Sheet,
    export: Path,
    out: Path,
    *,
    columns: Mapping[str, str] | None = None,
    choices: Choices | None = None,
    overwrite: bool = False,
) -> Report:
    """Write the file that Canvas imports.

    Args:
        sheet: the class.
        export: what Canvas exported from the gradebook of the same course.
        out: the file to write.
        columns: for lessons whose assignment has another title: the column, its title, or Canvas's number of it.
        choices: what to write where there is no final grade.
        overwrite: whether ``out`` may be there already.

    Raises:
        BridgeError: ``export`` cannot be used, no column is a lesson's, or a maximum is another one.
    """
    chosen = choices or Choices()
    read = read_canvas(export)
    lessons = lesson_columns(sheet, read.assignments(), read.table.header, columns or {}, export)
    factors = {lesson.id: _factor(lesson, index, read, chosen) for index, lesson in lessons.items()}
    found, problems = read.matches([row.learner for row in sheet.rows])
    standings = {row.learner.key: row.standings for row in sheet.rows}
    rows = [list(row) for row in read.table.rows]
    left: list[Left] = []
    grades = 0
    for line, (learner, _) in found.items():
        for index, lesson in lessons.items():
            grade = grade_of(standings[learner.key][lesson.id], chosen)
            text, why = _field(grade, factors[lesson.id], rows[line][index])
            if text:
                rows[line][index] = text
                grades += 1
            if why:
                left.append(Left(learner.key, lesson.id, why))
    _files.write(out, _kept(replace(read.table, rows=rows), lessons).dumps(), overwrite=overwrite)
    known = {learner.key for learner, _ in found.values()}
    return Report(
        grades=grades,
        columns={lesson.id: read.table.header[index] for index, lesson in lessons.items()},
        matched=tuple(Matched(read.name(rows[line]), who.key, how) for line, (who, how) in sorted(found.items())),
        unknown=tuple(_unknown(read, line, problems) for line in read.students if line not in found),
        absent=tuple(key for key in standings if key not in known),
        left=tuple(left),
        files=(out,),
    )


def _field(grade: Grade, times: Decimal, there: str) -> tuple[str, str]:
    """What to write into a field, empty for what is there already, and why not a grade."""
    text = "EX" if grade.kind is Kind.EXCUSED else ""
    if grade.points is not None:
        text = number(rounded(grade.points * times))
    if text and there.strip() == _NOT_ASSIGNED:
        return "", "is not assigned to them in Canvas"
    return text, grade.why


def _kept(table: Table, lessons: Mapping[int, LessonColumn]) -> Table:
    """The columns that Canvas needs; people's names are made safe to open, what Canvas matches by is left alone."""
    kept = [i for i, name in enumerate(table.header) if name in _NAMES | _IDS or i in lessons]
    names = {i for i in kept if table.header[i] in _NAMES}
    rows = [
        [neutral(original(row[i])) if i in names and _is_person(row) else row[i] for i in kept] for row in table.rows
    ]
    return replace(table, header=[table.header[i] for i in kept], rows=rows)


def _is_person(row: list[str]) -> bool:
    return "Points Possible" not in row[0] and not all(_POSTING.match(field) for field in row)


def _factor(lesson: LessonColumn, index: int, read: CanvasExport, choices: Choices) -> Decimal:
    return factor(lesson, parsed(read.possible[index]) if read.possible else None, "Canvas", choices)


def _unknown(read: CanvasExport, line: int, problems: Mapping[int, str]) -> str:
    name = read.name(read.table.rows[line])
    return f"{name}: {problems[line]}" if line in problems else name
