"""Feedback as Canvas takes it: a zip of files called like the submissions that it handed out.

Canvas's CSV has no room for comments. But the zip that *Download Submissions* gives can be uploaded again, and Canvas
attaches each file to a comment on the submission that its name tells: ``<name>_<Canvas id>_<attachment>_<file>``.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.bridges._canvas import read_canvas
from curriculum.bridges._columns import chosen_lesson
from curriculum.bridges._comments import notebook_of
from curriculum.bridges._report import Left, Matched, Report
from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from curriculum.gradebook import Sheet

_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Handed:
    user: str
    attachment: int
    name: str


def write_canvas_feedback(
    sheet: Sheet, lesson: str, export: Path, submissions: Path, out: Path, *, overwrite: bool = False
) -> Report:
    """Write the zip with one notebook of feedback for each submission.

    Args:
        sheet: the class.
        lesson: its id.
        export: what Canvas exported from its gradebook: it tells whose a Canvas id is.
        submissions: the zip that *Download Submissions* of the assignment gave.
        out: the zip to write.
        overwrite: whether ``out`` may be there already.

    Raises:
        BridgeError: a file cannot be used or written, or holds no notebooks of Canvas's.
        UnknownNameError: the gradebook has no such lesson.
    """
    column = chosen_lesson(sheet, lesson)
    read = read_canvas(export)
    handed = _latest(_handed(submissions))
    found, _ = read.matches([row.learner for row in sheet.rows])
    learners = {read.value(read.table.rows[line], "ID"): learner for line, (learner, _) in found.items()}
    standings = {row.learner.key: row.standings[lesson] for row in sheet.rows}
    content = io.BytesIO()
    matched: list[Matched] = []
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in handed:
            learner = learners.get(file.user)
            if learner is None or standings[learner.key].counted is None:
                continue
            archive.writestr(zipfile.ZipInfo(file.name, _DATE), notebook_of(column.title, standings[learner.key]))
            matched.append(Matched(file.name, learner.key, "Canvas id"))
    _files.write(out, content.getvalue(), overwrite=overwrite)
    written = {item.learner for item in matched}
    graded = [key for key, standing in standings.items() if standing.counted is not None]
    return Report(
        matched=tuple(matched),
        unknown=tuple(file.name for file in handed if file.user not in learners),
        left=tuple(Left(key, lesson, "has no file in Canvas's zip") for key in graded if key not in written),
        files=(out,),
    )


def _handed(path: Path) -> list[_Handed]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.rsplit("/", 1)[-1] for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        message = f"{path}: is not a zip that can be read ({error})"
        raise BridgeError(message) from None
    found = []
    for name in names:
        # As Canvas reads it back: the first two parts that are nothing but digits.
        numbers = [part for part in name.split("_") if part.isascii() and part.isdigit()]
        if name.endswith(".ipynb") and not name.startswith("._") and len(numbers) >= 2 and len(numbers[1]) < 20:
            found.append(_Handed(numbers[0], int(numbers[1]), name))
    if not found:
        message = f"{path}: holds no notebooks called as Canvas calls submissions: NAME_ID_ATTACHMENT_FILE.ipynb"
        raise BridgeError(message)
    return found


def _latest(files: Iterable[_Handed]) -> list[_Handed]:
    """One file a learner: the one that Canvas got last, by its number."""
    latest: dict[str, _Handed] = {}
    for file in sorted(files, key=lambda file: file.attachment):
        latest[file.user] = file
    return list(latest.values())
