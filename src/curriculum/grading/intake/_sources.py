"""Which lesson a submitted notebook answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.course import Lesson
from curriculum.errors import CurriculumError, SubmissionError, UnknownNameError

if TYPE_CHECKING:
    from curriculum.course import Course

# What Jupyter, browsers and Windows add to the name of a copy.
_COPY = re.compile(r"(?:-Copy\d*|\s*\(\d+\)|\s+-\s+Copy(?:\s*\(\d+\))?)+$")


@dataclass(frozen=True)
class Sources:
    """Where lessons come from: a course, nbgrader's ``source`` folder, or one lesson for every submission.

    Attributes:
        course: its lessons are found by file name or id.
        folder: nbgrader's: ``<assignment>/<notebook>.ipynb``; looked at before the course.
        only: the one lesson that is graded.
    """

    course: Course | None = None
    folder: Path | None = None
    only: Lesson | None = None
    _known: dict[tuple[str, str], Lesson | str] = field(default_factory=dict, compare=False, repr=False)

    def find(self, assignment: str, stem: str) -> Lesson:
        """The lesson that a notebook of that name answers.

        Args:
            assignment: the folder it stands in, as nbgrader has it; may be empty.
            stem: its name without ``.ipynb``; what marks a copy does not count.

        Raises:
            SubmissionError: there is no such lesson; the message suggests the nearest name.
        """
        key = (assignment, stem)
        if key not in self._known:
            try:
                self._known[key] = self._find(assignment, _COPY.sub("", stem))
            except CurriculumError as error:
                self._known[key] = str(error)
        found = self._known[key]
        if isinstance(found, str):
            raise SubmissionError(found)
        return found

    def is_named_as(self, stem: str, lesson: Lesson) -> bool:
        """Whether a notebook of that name is meant for the lesson by its name."""
        return _COPY.sub("", stem) in {lesson.file, lesson.id}

    def is_other_lesson(self, stem: str) -> bool:
        """Whether a notebook of that name answers a lesson of the course that is not graded now."""
        if self.only is None or self.course is None or self.is_named_as(stem, self.only):
            return False
        return any(self.is_named_as(stem, lesson) for lesson in self.course.lessons)

    def is_group(self, folder: str) -> bool:
        """Whether a folder of that name holds lessons: a module of the course, or an assignment."""
        modules = self.course.modules if self.course else ()
        return any(module.folder == folder for module in modules) or folder in self._assignments

    def expected_version(self, lesson: Lesson) -> str:
        """The version that a submission must have been released as; empty where any will do."""
        return self.course.version if self.course and lesson.root == self.course.root else ""

    def _find(self, assignment: str, stem: str) -> Lesson:
        if self.only is not None:
            return self.only
        if self.folder is not None and assignment in self._assignments:
            return self._in_folder(self.folder, assignment, stem)
        if self.course is not None:
            return self.course.lesson(stem)
        raise UnknownNameError("assignment", assignment or stem, self._assignments, "--lesson NOTEBOOK")

    def _in_folder(self, folder: Path, assignment: str, stem: str) -> Lesson:
        notebooks = {path.stem: path for path in (folder / assignment).glob("*.ipynb")}
        if stem not in notebooks:
            raise UnknownNameError("notebook", stem, notebooks, f"ls {folder.name}/{assignment}")
        return source_lesson(notebooks[stem])

    @cached_property
    def _assignments(self) -> set[str]:
        if self.folder is None:
            return set()
        return {path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")}


def source_lesson(path: Path) -> Lesson:
    """A source notebook from outside any course, as a lesson."""
    path = path.resolve()
    return Lesson(root=path.parent.parent, module=path.parent.name, file=path.stem, title=path.stem, minutes=1)


def only_lesson(name: str, course: Course | None) -> Lesson:
    """The lesson that is meant: by the path of its source notebook, or as the course calls it.

    Raises:
        SubmissionError: there is neither.
        UnknownNameError: the course has no such lesson.
    """
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return source_lesson(path)
    if course is None:
        message = f"{name}: there is no such source notebook"
        raise SubmissionError(message)
    return course.lesson(name)
