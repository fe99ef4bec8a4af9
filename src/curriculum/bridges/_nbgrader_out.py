"""The course as an nbgrader course folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.bridges._table import Table
from curriculum.errors import BridgeError
from curriculum.grading import Refused
from curriculum.grading.intake import Sources, collect
from curriculum.release import NBGRADER_CONFIG
from curriculum.spreadsheet import neutral

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from curriculum.course import Course, Lesson
    from curriculum.gradebook import Learner, Sheet

STUDENTS = "students.csv"
_TIME = "timestamp.txt"


@dataclass(frozen=True)
class NbgraderFolder:
    """What was written.

    Attributes:
        kept: how many files were there already, the same to the byte.
        submissions: how many submissions.
        refused: files among the submissions that are none, one line each.
    """

    folder: Path
    lessons: tuple[str, ...]
    written: int
    kept: int
    submissions: int
    refused: tuple[str, ...]


def write_nbgrader(
    course: Course,
    lessons: Iterable[Lesson],
    out: Path,
    *,
    submissions: Path | None = None,
    sheet: Sheet | None = None,
) -> NbgraderFolder:
    """Write ``source/<lesson>/<NN-slug>.ipynb``, the configuration, submissions and the list of learners.

    nbgrader makes the rest itself, its ``gradebook.db`` included. What is in the folder already is never changed.

    Args:
        course: the course.
        lessons: which lessons; each becomes an assignment called by its id.
        out: the folder.
        submissions: a folder or zip of submissions, as ``curriculum grade`` takes it; those of other lessons stay away.
        sheet: a class: its learners are listed in ``students.csv``, and says when each submission was handed in.

    Raises:
        BridgeError: a file of another content is there already, or cannot be written; then nothing was.
        SubmissionError: the submissions cannot be read.
    """
    chosen = tuple(lessons)
    files = {out / "source" / lesson.id / f"{lesson.file}.ipynb": _files.read(lesson.path) for lesson in chosen}
    if (course.root / NBGRADER_CONFIG).is_file():
        files[out / NBGRADER_CONFIG] = _files.read(course.root / NBGRADER_CONFIG)
    if sheet is not None:
        files[out / STUDENTS] = _students(row.learner for row in sheet.rows)
    refused: list[str] = []
    count = 0
    if submissions is not None:
        handed = dict(_submitted(course, chosen, out, submissions, sheet, refused))
        files.update(handed)
        count = sum(path.suffix == ".ipynb" for path in handed)
    same = {path for path, content in files.items() if _is_there(path, content)}
    for path, content in files.items():
        if path not in same:
            _files.write(path, content)
    names = tuple(lesson.id for lesson in chosen)
    return NbgraderFolder(out, names, len(files) - len(same), len(same), count, tuple(refused))


def _is_there(path: Path, content: bytes) -> bool:
    if not path.exists():
        return False
    if _files.read(path) != content:
        message = f"{path} is there already with another content: nothing was written; choose another --out"
        raise BridgeError(message)
    return True


def _students(learners: Iterable[Learner]) -> bytes:
    """What ``nbgrader db student import`` reads. Nobody can tell where a first name ends, so it is not split."""
    header = ["id", "first_name", "last_name", "email", "lms_user_id"]
    rows = [
        [who.key, neutral(who.name), "", who.email, who.ids.get("canvas") or who.ids.get("moodle") or ""]
        for who in learners
    ]
    return Table(header, rows).dumps()


def _submitted(
    course: Course, lessons: tuple[Lesson, ...], out: Path, place: Path, sheet: Sheet | None, refused: list[str]
) -> Iterator[tuple[Path, bytes]]:
    times = _times(sheet)
    wanted = {lesson.id for lesson in lessons}
    for item in collect(place, Sources(course), any_version=True):
        if isinstance(item, Refused):
            refused.append(f"{item.file}: {item.problem}")
            continue
        lesson = item.lesson
        if lesson.id not in wanted:
            continue
        # Read as Windows does, where a drive leads out as well as a slash.
        if PureWindowsPath(item.learner).name != item.learner or not item.learner.strip(". "):
            refused.append(f"{item.file}: {item.learner!r} cannot be the name of a folder")
            continue
        folder = out / "submitted" / item.learner / lesson.id
        yield folder / f"{lesson.file}.ipynb", item.content
        at = times.get((item.learner, lesson.id, item.sha256))
        if at:
            yield folder / _TIME, f"{at}\n".encode()


def _times(sheet: Sheet | None) -> dict[tuple[str, str, str], str]:
    """When each file was handed in, as nbgrader writes it: UTC."""
    attempts = [
        attempt for row in (sheet.rows if sheet else ()) for each in row.standings.values() for attempt in each.attempts
    ]
    return {
        (each.learner, each.lesson, each.sha256): each.handed_in.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        for each in attempts
    }
