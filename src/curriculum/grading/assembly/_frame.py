"""A lesson's cells as grading sees them: which run, which are protected, what learners were given in each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from curriculum import notebook, release
from curriculum.course import Course, exercises_of
from curriculum.errors import GradingError, NotebookError
from curriculum.grading.assembly._open import has_own_id
from curriculum.grading.assembly._programs import shape
from curriculum.grading.assembly._schema import SchemaError, upgraded
from curriculum.notebook import Notebook, Region, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from curriculum.course import Lesson
    from curriculum.grading.assembly._programs import Programs
    from curriculum.notebook import Cell

# What nbgrader puts in place of a solution where a course does not choose its own stubs.
_FOREIGN_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
_FOREIGN_TEXT_STUB = "YOUR ANSWER HERE"
# A text as short as a stub says nothing about which cell it is.
_TELLING = 10


class Kind(StrEnum):
    """What grading does with a cell of the lesson."""

    TEXT = "text"
    TEACHER = "teacher"
    CHECK = "check"
    ANSWER = "answer"
    TASK = "task"


_KINDS = {
    Role.SOLUTION: Kind.ANSWER,
    Role.MANUAL: Kind.ANSWER,
    Role.TASK: Kind.TASK,
    Role.CHECK: Kind.CHECK,
    Role.CODE: Kind.TEACHER,
}


@dataclass(frozen=True)
class Slot:
    """One cell of the lesson.

    Attributes:
        index: its place in the lesson, from 0.
        name: its grade_id, or its id where it has none; for messages.
        id: its id in the file; empty where the file gives none.
        exercise: the exercise it belongs to, or an empty string.
        released: what learners were given in it, tidied (see ``tidy``).
    """

    index: int
    cell: Cell
    kind: Kind
    name: str
    id: str
    exercise: str
    released: str

    @property
    def runs(self) -> bool:
        """Whether it is code that is run in grading."""
        return self.cell.type == "code" and self.kind in {Kind.TEACHER, Kind.CHECK, Kind.ANSWER}

    @property
    def is_protected(self) -> bool:
        """Whether learners must not change it."""
        return self.kind is Kind.CHECK or (self.kind is not Kind.ANSWER and bool(self.cell.nbgrader.get("locked")))

    @property
    def is_telling(self) -> bool:
        """Whether its text is long enough to be known by."""
        return len(self.released) >= _TELLING

    @cached_property
    def accepted(self) -> frozenset[str]:
        """The texts under which it counts as it was handed out: in the release, the solutions and the source."""
        return frozenset({self.released, tidy(self.cell.source), self.solved})

    @cached_property
    def solved(self) -> str:
        """Its text in the solutions edition, tidied."""
        source = notebook.solution(self.cell) if self.kind is Kind.ANSWER else self.cell.source
        for region in (Region.HIDDEN_TESTS, Region.MARK_SCHEME):
            source = notebook.replace_region(source, region, None)
        return tidy(source)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names an answer defines: the starter's, or the solution's where the starter has none."""
        if self.kind is not Kind.ANSWER or self.cell.type != "code":
            return frozenset()
        return notebook.names_assigned(self.released) or notebook.names_assigned(self.solved)

    @cached_property
    def starters(self) -> frozenset[str]:
        """What an answer looks like before anyone worked on it, tidied: with this course's stubs or nbgrader's own."""
        stub = _FOREIGN_STUB if self.cell.type == "code" else _FOREIGN_TEXT_STUB
        marked = notebook.has_region(self.cell.source, Region.SOLUTION)
        foreign = notebook.replace_region(self.cell.source, Region.SOLUTION, stub) if marked else stub
        return frozenset({"", self.released, tidy(foreign)})

    def is_as_given(self, text: str, programs: Programs) -> bool:
        """Whether a text is the cell as it was handed out, in any edition; a program may be laid out differently."""
        return self._is_one_of(text, self.accepted, self._accepted_shapes, programs)

    def is_starter(self, text: str, programs: Programs) -> bool:
        """Whether a text is an answer that nobody worked on."""
        return self._is_one_of(text, self.starters, self._starter_shapes, programs)

    def _is_one_of(self, text: str, texts: frozenset[str], shapes: frozenset[str], programs: Programs) -> bool:
        plain = tidy(text)
        return plain in texts or (self.cell.type == "code" and programs.shape(plain) in shapes)

    @cached_property
    def _accepted_shapes(self) -> frozenset[str]:
        return frozenset(map(shape, self.accepted)) - {""}

    @cached_property
    def _starter_shapes(self) -> frozenset[str]:
        return frozenset(map(shape, self.starters)) - {""}


@dataclass(frozen=True)
class Frame:
    """A lesson's cells, in order.

    Attributes:
        answers: the exercises' ids in the lesson's order, each with the slots that learners fill.
        minor: the minor version of the lesson's nbformat.
    """

    slots: tuple[Slot, ...]
    answers: dict[str, tuple[Slot, ...]]
    minor: int

    @cached_property
    def by_name(self) -> dict[str, Slot]:
        """The slots that have a grade_id, by it."""
        return {slot.cell.grade_id: slot for slot in self.slots if slot.cell.grade_id}

    @cached_property
    def by_id(self) -> dict[str, Slot]:
        """The slots by the ids the lesson's file gives its cells."""
        return {slot.id: slot for slot in self.slots if slot.id}

    @cached_property
    def reserved(self) -> frozenset[str]:
        """Every name that a learner's own cell must not go by."""
        return frozenset(name for slot in self.slots for name in (slot.name, slot.cell.id))


def tidy(text: str) -> str:
    """A cell's text without what editors change unasked: spaces at line ends, empty lines around."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip("\n")


def frame_of(lesson: Lesson) -> Frame:
    """The lesson's frame, made once for a state of its file.

    Raises:
        GradingError: the lesson's source cannot be read, or its metadata is no good.
    """
    try:
        state = lesson.path.stat()
    except OSError as error:
        message = f"{lesson.path}: the lesson cannot be read ({error.strerror or error})"
        raise GradingError(message) from None
    return _frame(lesson, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _frame(lesson: Lesson, _changed: int, _size: int) -> Frame:
    try:
        read = notebook.read(lesson.path)
        cells = tuple(_upgraded(lesson, cell) for cell in read.cells)
        _named_once(lesson, cells)
        source = Notebook(cells, read.metadata, read.minor, read.path)
        given = _released(lesson, source)
    except NotebookError as error:
        raise GradingError(str(error)) from None
    exercises = exercises_of(source)
    belongs = {id(cell): exercise.id for exercise in exercises for cell in exercise.cells}
    slots = tuple(
        Slot(
            index=index,
            cell=cell,
            kind=_kind(cell),
            name=cell.grade_id or cell.id,
            id=cell.id if has_own_id(cell, index) else "",
            exercise=belongs.get(id(cell), ""),
            released=tidy(shown.source),
        )
        for index, (cell, shown) in enumerate(zip(cells, given.cells, strict=True))
    )
    to_fill = [slot for slot in slots if slot.kind in {Kind.ANSWER, Kind.TASK}]
    answers = {exercise.id: tuple(slot for slot in to_fill if slot.exercise == exercise.id) for exercise in exercises}
    return Frame(slots, answers, read.minor)


def _released(lesson: Lesson, source: Notebook) -> Notebook:
    """What learners got of a lesson, of whatever course."""
    copy = type(lesson)(lesson.root, lesson.module, lesson.file, lesson.title, lesson.minutes)
    vars(copy)["notebook"] = source  # the upgraded cells stand in for those that reading the file again would give
    return release.learner_edition(copy, Course(lesson.root, "", "", "", ()))


def _upgraded(lesson: Lesson, cell: Cell) -> Cell:
    try:
        return upgraded(cell)
    except SchemaError as error:
        raise NotebookError(lesson.path, f"cell {cell.id!r}: {error}") from None


def _named_once(lesson: Lesson, cells: Iterable[Cell]) -> None:
    seen: set[tuple[str, str]] = set()
    for cell in cells:
        if any(cell.nbgrader.get(key) for key in ("grade", "solution", "locked", "task")) and not cell.grade_id:
            raise NotebookError(lesson.path, f"cell {cell.id!r} is nbgrader's and has no grade_id")
        for what, name in (("grade_id", cell.grade_id), ("id", cell.id)):
            if (what, name) in seen:
                raise NotebookError(lesson.path, f"two cells have the {what} {name!r}")
            seen |= {(what, name)} if name else set()


def _kind(cell: Cell) -> Kind:
    kind = _KINDS.get(cell.role, Kind.TEXT)
    return Kind.TEXT if kind in {Kind.TEACHER, Kind.CHECK} and cell.type != "code" else kind
