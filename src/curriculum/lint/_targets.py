"""From what a user names - a file, a folder, a lesson - to the notebooks that are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum import notebook
from curriculum.errors import NotebookError
from curriculum.lint._course import notebooks_below
from curriculum.lint._subject import INTRODUCTION, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.course import Course, Lesson

_NUMBER = re.compile(r"^\d\d-")


@dataclass(frozen=True)
class Target:
    """A notebook to judge.

    Attributes:
        path: its file.
        lesson: the lesson of the course that it is, if it is one.
    """

    path: Path
    lesson: Lesson | None = None

    @cached_property
    def subject(self) -> Subject:
        """The notebook as rules look at it.

        Raises:
            NotebookError: the file is not a notebook that can be judged.
        """
        source = self.lesson.notebook if self.lesson else notebook.read(self.path)
        return Subject(
            source,
            text=self.path.read_bytes().decode("utf-8"),
            lesson=self.lesson.id if self.lesson else _NUMBER.sub("", self.path.stem),
            minutes=self.lesson.minutes if self.lesson else None,
            is_introduction=bool(INTRODUCTION.match(self.path.resolve().parent.name)),
            name=self.lesson.id if self.lesson else self.path.stem,
        )


def targets(course: Course, names: Iterable[str] = ()) -> list[Target]:
    """The notebooks that the names mean, each once; every lesson of the course where there are none.

    Args:
        course: where lessons are looked up.
        names: notebook files, folders of them, or lessons.

    Raises:
        NotebookError: a name is a path at which there is no notebook.
        UnknownNameError: a name is neither a path nor a lesson.
    """
    lessons = {lesson.path.resolve(): lesson for lesson in course.lessons}
    chosen = [path for name in names for path in _paths(course, name)]
    if not chosen:
        # A lesson without a notebook is a finding about the course.
        chosen = [path for path in lessons if path.is_file()]
    return [Target(path, lessons.get(path.resolve())) for path in dict.fromkeys(chosen)]


def _paths(course: Course, name: str) -> Iterator[Path]:
    path = Path(name)
    if path.is_dir():
        found = notebooks_below(path)
        if not found:
            raise NotebookError(path, "there is no notebook in this folder")
        yield from found
    elif path.is_file() and path.suffix != ".ipynb":
        raise NotebookError(path, "is not a notebook: its name does not end in .ipynb")
    elif path.is_file():
        yield path
    else:
        yield _lesson_path(course, name)


def _lesson_path(course: Course, name: str) -> Path:
    is_path = name.endswith(".ipynb") or "/" in name or "\\" in name
    if is_path and not any(lesson.path.resolve() == Path(name).resolve() for lesson in course.lessons):
        known = any(name.replace("\\", "/") in {lesson.name, lesson.file + ".ipynb"} for lesson in course.lessons)
        if not known:
            raise NotebookError(name, "there is no such file or folder")
    return course.lesson(name).path
