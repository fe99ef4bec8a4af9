"""The class as a file that Moodle's gradebook imports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.bridges._comments import html_of
from curriculum.bridges._grades import Choices, grade_of, number
from curriculum.bridges._matching import address_key
from curriculum.bridges._report import Left, Matched, Report
from curriculum.bridges._table import Table
from curriculum.spreadsheet import neutral

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from curriculum.gradebook import Sheet


def write_moodle_gradebook(
    sheet: Sheet, out: Path, *, comma: bool = False, choices: Choices | None = None, overwrite: bool = False
) -> Report:
    """Write a file for Moodle's *Grades > Import > CSV file*: e-mail, then grade and feedback of every lesson.

    Raises:
        BridgeError: the file cannot be written.
    """
    chosen = choices or Choices()
    header = ["Email address"]
    for lesson in sheet.lessons:
        header += [neutral(lesson.title), neutral(f"{lesson.title} (feedback)")]
    addresses = Counter(address_key(row.learner.email) for row in sheet.rows)
    lines: list[list[str]] = []
    left: list[Left] = []
    matched: list[Matched] = []
    for row in sheet.rows:
        why = _unusable(row.learner.email, addresses)
        if why:
            left.append(Left(row.learner.key, "", why))
            continue
        line = [row.learner.email.strip()]
        for lesson in sheet.lessons:
            grade = grade_of(row.standings[lesson.id], chosen)
            if grade.why:
                left.append(Left(row.learner.key, lesson.id, grade.why))
            text = number(grade.points, comma=comma) if grade.points is not None else ""
            line += [text, html_of(row.standings[lesson.id]) if text else ""]
        lines.append(line)
        matched.append(Matched(line[0], row.learner.key, "e-mail"))
    _files.write(out, Table(header, lines).dumps(), overwrite=overwrite)
    grades = sum(bool(text) for line in lines for text in line[1::2])
    return Report(
        grades=grades,
        columns={lesson.id: lesson.title for lesson in sheet.lessons},
        matched=tuple(matched),
        left=tuple(left),
        files=(out,),
    )


def _unusable(address: str, addresses: Mapping[str, int]) -> str:
    """Why a learner cannot be told by their address, which must stay as it is: so a formula cannot be written."""
    if not address.strip():
        return "has no e-mail address"
    if neutral(address.strip()) != address.strip():
        return "has an e-mail address that a spreadsheet would take for a formula"
    return "shares their e-mail address with another learner" if addresses[address_key(address)] > 1 else ""
