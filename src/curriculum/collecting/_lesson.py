"""Which lesson a notebook answers: what it says itself and what it is called must not contradict each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum import notebook
from curriculum.errors import CurriculumError, NotebookError, SubmissionError
from curriculum.grading.intake import Sources

if TYPE_CHECKING:
    from curriculum.course import Course, Lesson

# What Canvas adds to the name of a file that was handed in before.
_AGAIN = re.compile(r"-\d+$")


@dataclass(frozen=True)
class Lessons:
    """The lessons of a course, found by what was handed in."""

    course: Course
    sources: Sources

    @classmethod
    def of(cls, course: Course) -> Lessons:
        """All lessons of a course."""
        return cls(course, Sources(course))

    def named(self, name: str) -> Lesson:
        """The lesson of that id.

        Raises:
            SubmissionError: the course has none.
        """
        for lesson in self.course.lessons:
            if lesson.id == name:
                return lesson
        message = f"is of a lesson that the course {self.course.id!r} does not have: {name[:60]!r}"
        raise SubmissionError(message)

    def contradiction(self, lesson: Lesson, content: bytes) -> str:
        """The id of the other lesson that a notebook says it is; empty where it says none, or that one."""
        try:
            own = notebook.loads(content.decode("utf-8")).own
        except (NotebookError, UnicodeDecodeError):
            return ""
        said = self._said(own.get("course"), own.get("lesson"))
        return said.id if said is not None and said.id != lesson.id else ""

    def answered(self, stem: str, content: bytes) -> tuple[Lesson, str]:
        """The lesson that a notebook answers, and what is odd about it.

        Args:
            stem: its name without ``.ipynb``.
            content: its bytes.

        Raises:
            SubmissionError: neither its name nor what it says names a lesson, or each names another.
        """
        called, reason = self._called(stem)
        try:
            own = notebook.loads(content.decode("utf-8")).own
        except (NotebookError, UnicodeDecodeError):
            if called:
                return called[0], "is no notebook that can be read"
            message = f"{reason}; and it is no notebook that can be read"
            raise SubmissionError(message) from None
        said = self._said(own.get("course"), own.get("lesson"))
        if said is None and called:
            return called[0], ""
        if said is None:
            raise SubmissionError(reason)
        if called and said not in called:
            message = f"is called as the lesson {called[0].id!r}, and says that it is {said.id!r}"
            raise SubmissionError(message)
        return said, ""

    def _called(self, stem: str) -> tuple[list[Lesson], str]:
        found: list[Lesson] = []
        reason = ""
        for name in dict.fromkeys((stem, _AGAIN.sub("", stem))):
            try:
                found.append(self.sources.find("", name))
            except CurriculumError as error:
                reason = reason or str(error)
        return found, reason

    def _said(self, course: object, lesson: object) -> Lesson | None:
        if course not in {None, self.course.id} if isinstance(course, str | None) else True:
            return None
        return next((each for each in self.course.lessons if each.id == lesson), None)
