"""Feedback for a class, written into one folder a learner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from curriculum.errors import CurriculumError, GradebookError, GradingError, MissingToolError, UnknownNameError
from curriculum.feedback._inject import is_copy, notebook
from curriculum.feedback._names import safe_name
from curriculum.feedback._page import KIND, page
from curriculum.files import write_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from curriculum.course import Course, Lesson
    from curriculum.feedback._results import Results
    from curriculum.gradebook import Attempt, Row, Standing
    from curriculum.grading import Refused, Submission

_PAGE = "feedback.html"
_OURS = f'<meta name="generator" content="curriculum {KIND}">'.encode()
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Skipped:
    """A file that no copy with feedback was made of, and why."""

    learner: str
    file: str
    problem: str


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        pages: one a learner.
        notebooks: the copies with feedback inside.
        skipped: the files that there is no copy of.
    """

    pages: tuple[Path, ...]
    notebooks: tuple[Path, ...]
    skipped: tuple[Skipped, ...]


def write(
    results: Results,
    out: Path,
    course: Course | None = None,
    *,
    learners: Collection[str] = (),
    lessons: Collection[str] = (),
    submissions: Iterable[Submission | Refused] = (),
) -> Written:
    """Write ``<learner>/feedback.html`` for each learner, and ``<learner>/<lesson>.ipynb`` for what was handed in.

    A file that is in the way and was not written here is never replaced.

    Args:
        results: the class; from a gradebook, ``Results(sheet)``.
        out: the folder; made if need be.
        course: names sections and hints, and is needed for copies.
        learners: keys of those to write for; all by default.
        lessons: ids of the lessons to write about; all by default.
        submissions: what was handed in, as ``grading.intake.collect`` gives it; each is matched with the attempt that
            was graded, by its bytes.

    Raises:
        UnknownNameError: there is no such learner or lesson.
        GradebookError: a file is in the way, or cannot be written.
        GradingError: a lesson's source cannot be used.
        MissingToolError: nh3 is not installed, and there are copies to write.
    """
    sheet = results.sheet
    rows = {row.learner.key: row for row in sheet.rows}
    _check_known("learner", learners, rows)
    _check_known("lesson", lessons, [column.id for column in sheet.lessons])
    chosen = {key: row for key, row in rows.items() if not learners or key in learners}
    folders = _folders(out, chosen)
    copies = _Copies(folders, chosen, frozenset(lessons), course)
    for submission in submissions:
        copies.add(submission)
    repairs: dict[str, dict[str, tuple[str, ...]]] = {}
    for (learner, lesson), said in results.repairs.items():
        repairs.setdefault(learner, {})[lesson] = said
    pages = []
    for key, row in chosen.items():
        refused = results.refused.get(key, ())
        text = page(sheet, row, course, lessons=lessons or None, repairs=repairs.get(key), notes=refused)
        pages.append(_put(folders[key] / _PAGE, text))
    return Written(tuple(pages), tuple(copies.written), tuple(copies.skipped))


class _Copies:
    """Copies of what was handed in, with the feedback inside."""

    def __init__(
        self, folders: dict[str, Path], rows: dict[str, Row], only: frozenset[str], course: Course | None
    ) -> None:
        self.folders = folders
        self.rows = rows
        self.only = only
        self.lessons = {lesson.id: lesson for lesson in course.lessons} if course else {}
        self.written: list[Path] = []
        self.skipped: list[Skipped] = []

    def add(self, submission: Submission | Refused) -> None:
        """Write the copy of one file, or say why there is none."""
        from curriculum.grading import Refused

        if submission.learner not in self.rows:
            return
        if isinstance(submission, Refused):
            self._skip(submission, submission.problem)
            return
        lesson = submission.lesson
        standing = self.rows[submission.learner].standings.get(lesson.id)
        if standing is None or (self.only and lesson.id not in self.only):
            return
        attempt = _graded(standing, submission.sha256)
        if attempt is None:
            self._skip(submission, "is not what was graded; grade it first")
        elif attempt.problem:
            self._skip(submission, f"was not graded: {attempt.problem}")
        else:
            self._write(submission, attempt, self.lessons.get(lesson.id, lesson))

    def _write(self, submission: Submission, attempt: Attempt, lesson: Lesson) -> None:
        try:
            content = notebook(attempt, submission.content, lesson)
        except (GradingError, MissingToolError):
            raise
        except CurriculumError as error:
            self._skip(submission, str(error))
            return
        path = self.folders[submission.learner] / f"{safe_name(PurePosixPath(lesson.file).name)}.ipynb"
        self.written.append(_put(path, content.decode()))

    def _skip(self, item: Submission | Refused, problem: str) -> None:
        self.skipped.append(Skipped(item.learner, item.file, problem))


def _graded(standing: Standing, sha256: str) -> Attempt | None:
    """The attempt that these bytes were: the counted one, if several were the same."""
    same = [attempt for attempt in standing.attempts if attempt.sha256 == sha256]
    counted = standing.counted
    return counted if counted and counted.sha256 == sha256 else same[-1] if same else None


def _check_known(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    everything = list(known)
    for name in names:
        if name not in everything:
            raise UnknownNameError(kind, name, everything, "curriculum feedback, without naming any")


def _folders(out: Path, rows: Iterable[str]) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    taken: dict[Path, str] = {}
    for key in rows:
        folder = out / safe_name(key)
        if folder in taken:
            message = f"the learners {taken[folder]!r} and {key!r} would share the folder {folder}; rename one"
            raise GradebookError(message)
        if folder.is_symlink():
            message = f"{folder}: is a link to somewhere else; nothing is written there"
            raise GradebookError(message)
        folders[key], taken[folder] = folder, key
    return folders


def _put(path: Path, text: str) -> Path:
    """Write a file, unless another is in the way that was not written here.

    Raises:
        GradebookError: it cannot be written.
    """
    try:
        if not _is_ours(path):
            message = f"{path}: this file was not written by feedback, and is left as it is; give another --out"
            raise GradebookError(message)
        write_text(path, text)
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror or error})"
        raise GradebookError(message) from None
    return path


def _is_ours(path: Path) -> bool:
    if not path.exists() and not path.is_symlink():
        return True
    content = path.read_bytes()
    return is_copy(content) if path.suffix == ".ipynb" else _OURS in content[:_HEAD_BYTES]
