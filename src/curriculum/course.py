"""What the course is: modules, lessons and exercises, read from ``notebooks/``.

``course.toml`` gives the order, titles and minutes; everything about exercises comes from the notebooks themselves.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum import notebook
from curriculum.errors import CourseError, UnknownNameError, WrongKindError
from curriculum.notebook import Cell, Notebook, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

COURSE_VARIABLE = "CURRICULUM_COURSE"
_HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)
_DETAILS = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL | re.IGNORECASE)
_KIND = re.compile(r"\A\s*(?:Exercise|Question|Task)\b[^:]*:")
_NUMBER = re.compile(r"^\d\d-")
_COURSE_KEYS = {"id", "title", "version", "shows_hidden_tests", "module"}
_MODULE_KEYS = {"folder", "title", "lesson"}
_LESSON_KEYS = {"file", "title", "minutes", "requires", "needs"}


@dataclass(frozen=True)
class Exercise:
    """One exercise: its prompt, the cell a learner fills, and the cells that check it.

    Attributes:
        id: the grade_id of the cell that learners fill; unique in the course.
        cells: every cell of the exercise, in the notebook's order.
    """

    id: str
    cells: tuple[Cell, ...]

    @property
    def answer(self) -> Cell:
        """The cell that learners fill."""
        return next(cell for cell in self.cells if cell.role in {Role.SOLUTION, Role.MANUAL, Role.TASK})

    @property
    def checks(self) -> tuple[Cell, ...]:
        """The check cells, in order."""
        return tuple(cell for cell in self.cells if cell.role is Role.CHECK)

    @property
    def prompt(self) -> str:
        """The text that sets the exercise."""
        return "\n\n".join(cell.source for cell in self.cells if cell.role is Role.PROMPT)

    @property
    def title(self) -> str:
        """The prompt's heading, or the id where it has none."""
        heading = _HEADING.search(self.prompt)
        return heading.group(1).strip() if heading else self.id

    @property
    def subject(self) -> str:
        """The title without the word that says what kind of exercise it is."""
        return subject(self.title)

    @property
    def hints(self) -> tuple[str, ...]:
        """The staged hints of the prompt, in order, as Markdown."""
        return tuple(body.strip() for _, body in _DETAILS.findall(self.prompt))

    @property
    def starter(self) -> str:
        """The source that learners begin with."""
        return notebook.starter(self.answer)

    @property
    def solution(self) -> str:
        """The author's answer."""
        return notebook.solution(self.answer)

    @property
    def points(self) -> float:
        """The points of all its cells."""
        return sum(cell.points for cell in self.cells)

    @property
    def is_manual(self) -> bool:
        """Whether a person grades it."""
        return self.answer.role in {Role.MANUAL, Role.TASK}

    @property
    def is_quiz(self) -> bool:
        """Whether it is a multiple-choice question."""
        return any("check.choice(" in cell.source for cell in self.checks)


@dataclass(frozen=True)
class Lesson:
    """One notebook of the course.

    Attributes:
        module: the folder it stands in.
        file: the file's name without ``.ipynb``: a number and the lesson's id.
        minutes: honest working time, exercises included.
        requires: ids of lessons to have done before.
        needs: extras of the package that its cells import.
    """

    root: Path
    module: str
    file: str
    title: str
    minutes: int
    requires: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The lesson's name: its file without the number."""
        return _NUMBER.sub("", self.file)

    @property
    def name(self) -> str:
        """Where the lesson stands in the course, with slashes: ``module/NN-slug.ipynb``."""
        return f"{self.module}/{self.file}.ipynb"

    @property
    def path(self) -> Path:
        """The source notebook."""
        return self.root / self.module / f"{self.file}.ipynb"

    @cached_property
    def notebook(self) -> Notebook:
        """The source notebook's content."""
        return notebook.read(self.path)

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """The lesson's exercises, in order."""
        return exercises_of(self.notebook)

    @property
    def points(self) -> float:
        """The points of all its exercises."""
        return sum(exercise.points for exercise in self.exercises)

    def exercise(self, name: str) -> Exercise:
        """The exercise of that id.

        Raises:
            UnknownNameError: the lesson has no such exercise.
        """
        for exercise in self.exercises:
            if exercise.id == name:
                return exercise
        known = [exercise.id for exercise in self.exercises]
        raise UnknownNameError("exercise", name, known, f"curriculum course {self.id}")


@dataclass(frozen=True)
class Module:
    """A part of the course: a folder of lessons."""

    folder: str
    title: str
    lessons: tuple[Lesson, ...]

    @property
    def number(self) -> str:
        """The module's number, as its folder has it."""
        return self.folder.partition("-")[0]

    @property
    def minutes(self) -> int:
        """Working time of all its lessons."""
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True)
class Course:
    """The whole course.

    Attributes:
        root: the folder that holds ``course.toml``.
        shows_hidden_tests: whether learners may read what hidden tests have found, inputs and all.
    """

    root: Path
    id: str
    title: str
    version: str
    modules: tuple[Module, ...]
    shows_hidden_tests: bool = False

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """Every lesson, in the course's order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def exercises(self) -> Iterator[tuple[Lesson, Exercise]]:
        """Every exercise beside its lesson, in the course's order."""
        return ((lesson, exercise) for lesson in self.lessons for exercise in lesson.exercises)

    def lesson(self, name: str) -> Lesson:
        """The lesson of that id, number and id, file name or path.

        Raises:
            UnknownNameError: the course has no such lesson.
        """
        wanted = name.replace("\\", "/").rstrip("/").removesuffix(".ipynb").rsplit("/", 1)[-1]
        for lesson in self.lessons:
            if wanted in {lesson.id, lesson.file}:
                return lesson
        owner = next((lesson for lesson, exercise in self.exercises if exercise.id == wanted), None)
        if owner is not None:
            raise WrongKindError(wanted, f"an exercise of the lesson {owner.id!r}", "a lesson")
        raise UnknownNameError("lesson", wanted, [lesson.id for lesson in self.lessons], "curriculum course")

    def exercise(self, name: str) -> tuple[Lesson, Exercise]:
        """The exercise of that id, beside its lesson.

        Raises:
            UnknownNameError: the course has no such exercise.
        """
        for lesson in self.lessons:
            if not _mentions(lesson.path, name):
                continue
            for exercise in lesson.exercises:
                if exercise.id == name:
                    return lesson, exercise
        if name in {lesson.id for lesson in self.lessons}:
            raise WrongKindError(name, "a lesson", f"an exercise; see its exercises with: curriculum course {name}")
        known = [exercise.id for _, exercise in self.exercises]
        raise UnknownNameError("exercise", name, known, "curriculum course LESSON")


def exercises_of(source: Notebook) -> tuple[Exercise, ...]:
    """Group a notebook's cells into exercises.

    Cells name their exercise under the ``curriculum`` key. In a notebook from elsewhere, which has no such key, a
    solution cell opens an exercise of its own name and the check cells that follow belong to it.
    """
    groups: dict[str, list[Cell]] = {}
    current = ""
    for cell in source.cells:
        if cell.role in {Role.TEXT, Role.CODE}:
            continue
        if cell.exercise:
            current = cell.exercise
        elif cell.role is not Role.CHECK or not current:
            current = cell.grade_id or cell.id
        groups.setdefault(current, []).append(cell)
    answers = {Role.SOLUTION, Role.MANUAL, Role.TASK}
    return tuple(
        Exercise(id=name, cells=tuple(cells))
        for name, cells in groups.items()
        if any(cell.role in answers for cell in cells)
    )


def subject(title: str) -> str:
    """An exercise's title without the word that says what kind it is: ``Exercise: mend the bill``."""
    return _KIND.sub("", title, count=1).strip()


def default_root() -> Path:
    """Where the course's ``course.toml`` stands: in the wheel, or in the clone the package was installed from.

    The environment variable ``CURRICULUM_COURSE`` names another folder; ``learn --course`` sets it for its kernels.
    """
    named = os.environ.get(COURSE_VARIABLE)
    if named:
        return Path(named)
    package = Path(__file__).resolve().parent
    packed = package / "_course" / "notebooks"
    return packed if packed.is_dir() else package.parents[1] / "notebooks"


def load(root: Path | None = None) -> Course:
    """Read the course.

    Args:
        root: the folder that holds ``course.toml``; the installed course where none is given.

    Raises:
        CourseError: the folder holds no course, or ``course.toml`` is wrong; the message says where.
    """
    return _load((root or default_root()).resolve())


@lru_cache(maxsize=8)
def _load(root: Path) -> Course:
    path = root / "course.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        message = f"{root} holds no course: there is no readable course.toml"
        raise CourseError(message) from None
    except (ValueError, RecursionError) as error:
        message = f"{path}: {error}"
        raise CourseError(message) from None
    _known(data, _COURSE_KEYS, "the course", path)
    modules = tuple(_module(root, path, entry) for entry in _tables(data, "module", path))
    course = Course(
        root=root,
        id=_text(data, "id", path),
        title=_text(data, "title", path),
        version=_text(data, "version", path),
        modules=modules,
        shows_hidden_tests=_flag(data, "shows_hidden_tests", path),
    )
    _check_links(course, path)
    return course


def _module(root: Path, path: Path, entry: dict[str, Any]) -> Module:
    folder = _text(entry, "folder", path)
    _known(entry, _MODULE_KEYS, f"module {folder!r}", path)
    lessons = tuple(_lesson(root, folder, path, item) for item in _tables(entry, "lesson", path))
    return Module(folder=folder, title=_text(entry, "title", path), lessons=lessons)


def _lesson(root: Path, folder: str, path: Path, entry: dict[str, Any]) -> Lesson:
    file = _text(entry, "file", path)
    _known(entry, _LESSON_KEYS, f"lesson {file!r}", path)
    minutes = entry.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes <= 0:
        message = f"{path}: lesson {file!r} needs minutes, a whole number above 0"
        raise CourseError(message)
    return Lesson(
        root=root,
        module=folder,
        file=file,
        title=_text(entry, "title", path),
        minutes=minutes,
        requires=_names(entry, "requires", path),
        needs=_names(entry, "needs", path),
    )


def _check_links(course: Course, path: Path) -> None:
    seen: set[str] = set()
    for lesson in course.lessons:
        if lesson.id in seen:
            message = f"{path}: two lessons are called {lesson.id!r}"
            raise CourseError(message)
        later = [name for name in lesson.requires if name not in seen]
        if later:
            message = f"{path}: {lesson.id!r} requires {later[0]!r}, which no lesson before it is called"
            raise CourseError(message)
        seen.add(lesson.id)


def _mentions(path: Path, name: str) -> bool:
    """Whether a notebook may hold an exercise: most do not mention its id, and looking is far cheaper than parsing."""
    try:
        return f'"{name}"'.encode(errors="replace") in path.read_bytes()
    except OSError:
        return True  # reading it properly says what is wrong


def _known(data: dict[str, Any], keys: set[str], what: str, path: Path) -> None:
    unknown = set(data) - keys
    if unknown:
        message = f"{path}: {what} has an unknown key {min(unknown)!r}"
        raise CourseError(message)


def _flag(data: dict[str, Any], key: str, path: Path) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        message = f"{path}: {key!r} must be true or false"
        raise CourseError(message)
    return value


def _names(data: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        message = f"{path}: lesson {data['file']!r}: {key!r} must be a list of texts"
        raise CourseError(message)
    return tuple(value)


def _tables(data: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        message = f"{path}: [[{key}]] must be a list of tables"
        raise CourseError(message)
    return value


def _text(data: dict[str, Any], key: str, path: Path) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        message = f"{path}: {key!r} is missing or not a text"
        raise CourseError(message)
    return value
