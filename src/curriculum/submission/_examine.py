"""A learner's notebook looked at before it is handed in: what cannot be graded, what they may want to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum import journal, notebook
from curriculum.errors import NotebookError, SubmissionError
from curriculum.notebook import Role
from curriculum.submission._manifest import ExerciseNote
from curriculum.submission._read import MAX_FILE
from curriculum.workspace import ExerciseStanding, Record, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from curriculum.course import Course, Exercise, Lesson
    from curriculum.notebook import Cell, Notebook
    from curriculum.workspace import Workspace

LARGE = 10 << 20
_LARGE_OUTPUTS = 5 << 20
_MIB = 1 << 20
_NAMED = 3


@dataclass(frozen=True)
class Looked:
    """A notebook that can be handed in.

    Attributes:
        content: its bytes.
        version: of the course that it was released as; empty where it does not say.
        notes: one for each exercise of the lesson, in order.
        warnings: what the learner may want to mend first, one line each.
        is_begun: whether an answer differs from what was given, or was ever checked.
    """

    lesson: Lesson
    content: bytes = field(repr=False)
    version: str
    notes: tuple[ExerciseNote, ...]
    warnings: tuple[str, ...]
    is_begun: bool


def look(workspace: Workspace, course: Course, lesson: Lesson, records: Mapping[str, Record]) -> Looked:
    """Look at the notebook of a lesson.

    Raises:
        SubmissionError: it is missing, no notebook, another lesson's, or too large to be graded.
    """
    path = workspace.path(lesson)
    try:
        content = path.read_bytes()
        mine = notebook.loads(content.decode("utf-8"), path)
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror or error})"
        raise SubmissionError(message) from None
    except UnicodeDecodeError:
        message = f"{path}: is not UTF-8 text, so no notebook; restore it from a copy"
        raise SubmissionError(message) from None
    except NotebookError as error:
        raise SubmissionError(str(error)) from None
    _refuse(mine, course, lesson, content)
    answers = {x.id: _Answer(x, mine, records.get(x.id, Record())) for x in lesson.exercises}
    version = str(mine.own.get("version") or "")
    warnings = [*_about_file(content, mine), *_about_version(version, course)]
    warnings += [*_about_given(_given(workspace, lesson), mine), *_about_answers(answers.values())]
    begun = any(answer.is_begun for answer in answers.values())
    notes = tuple(answer.note for answer in answers.values())
    return Looked(lesson, content, version, notes, tuple(warnings), begun)


class _Answer:
    """What a notebook and the journal say about one exercise."""

    def __init__(self, exercise: Exercise, mine: Notebook, record: Record) -> None:
        self.exercise = exercise
        self.record = record
        self.cell = next((cell for cell in mine.cells if cell.grade_id == exercise.answer.grade_id), None)
        self.prints = {journal.fingerprint(cell.source) for cell in mine.cells if cell.type == "code"}
        self.state = ExerciseStanding(exercise, record).state

    @property
    def is_written(self) -> bool:
        """Whether the answer cell holds anything but what was given."""
        return self.cell is not None and not notebook.same_code(self.cell.source, self.exercise.starter)

    @property
    def is_begun(self) -> bool:
        return self.is_written or self.record.attempts > 0

    @property
    def is_changed(self) -> bool:
        """Whether the latest check saw another answer than the one that is saved, or none at all."""
        if self.exercise.is_manual:
            return False
        if self.record.answer:
            return self.record.answer not in self.prints
        return self.is_written and self.record.latest is None

    @property
    def note(self) -> ExerciseNote:
        standing = ExerciseStanding(self.exercise, self.record)
        state = State.NOT_ATTEMPTED if self.exercise.is_manual and not self.is_written else standing.state
        return ExerciseNote(
            exercise=self.exercise.id,
            state=state.name.lower(),
            attempts=self.record.attempts,
            hints=self.record.hints,
            aided=self.record.aided or (self.record.solution_seen and not self.record.passed),
            changed=self.is_changed,
            points=standing.earned,
            max_points=self.exercise.points,
        )


def _refuse(mine: Notebook, course: Course, lesson: Lesson, content: bytes) -> None:
    origin = mine.own.get("course", course.id), mine.own.get("lesson", lesson.id)
    if origin != (course.id, lesson.id):
        message = f"{mine.path}: is lesson {origin[1]!r} of the course {origin[0]!r}; put the right file back"
        raise SubmissionError(message)
    if len(content) > MAX_FILE:
        message = (
            f"{mine.path}: is {len(content) / _MIB:,.0f} MiB, {MAX_FILE >> 20} at most are graded; clear its outputs "
            "in JupyterLab (Edit > Clear Outputs of All Cells) and save it"
        )
        raise SubmissionError(message)


def _given(workspace: Workspace, lesson: Lesson) -> Notebook:
    """The lesson as the learner was given it; its source where that copy is lost."""
    try:
        return notebook.read(workspace.base(lesson))
    except NotebookError:
        return lesson.notebook


def _about_file(content: bytes, mine: Notebook) -> Iterator[str]:
    outputs = sum(len(str(cell.raw["outputs"])) for cell in mine.cells if cell.raw.get("outputs"))
    if outputs > _LARGE_OUTPUTS:
        yield f"its outputs are {outputs / _MIB:,.0f} MiB; grading does not need them"
    if len(content) > LARGE:
        yield f"the notebook is {len(content) / _MIB:,.0f} MiB; your platform may refuse files that large"


def _about_version(version: str, course: Course) -> Iterator[str]:
    if version and version != course.version:
        yield f"the notebook is of version {version}, the course is {course.version}: `curriculum learn` updates it"


def _about_given(given: Notebook, mine: Notebook) -> Iterator[str]:
    """Cells that learners must not change, or must not lose."""
    found = {cell.grade_id: cell for cell in mine.cells if cell.grade_id}
    marked = [cell for cell in given.cells if cell.grade_id]
    lost = [cell.grade_id for cell in marked if cell.grade_id not in found]
    changed = [
        cell.grade_id
        for cell in marked
        if cell.grade_id in found and _is_locked(cell) and _changed(cell, found[cell.grade_id])
    ]
    if lost:
        yield f"cells are gone: {_list(lost)}"
    if changed:
        yield f"cells that are not to be changed were: {_list(changed)}; the course's own are graded"


def _is_locked(cell: Cell) -> bool:
    return cell.role is Role.CHECK or (bool(cell.nbgrader.get("locked")) and not cell.nbgrader.get("solution"))


def _changed(given: Cell, mine: Cell) -> bool:
    """Compare with the checksum that the release gave; a source has hidden tests that nobody was given."""
    checksum = given.nbgrader.get("checksum")
    return bool(checksum) and given.source != mine.source


def _about_answers(answers: Iterable[_Answer]) -> Iterator[str]:
    known = list(answers)
    changed = [x.exercise.id for x in known if x.is_changed]
    empty = [x.exercise.id for x in known if x.cell is not None and not x.is_begun]
    if changed:
        yield f"changed since the last check, or not saved: {_list(changed)}"
    if empty:
        yield f"not attempted: {_list(empty)}"


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
