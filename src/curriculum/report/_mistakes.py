"""The mistakes that checks recognised, by how many learners met them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum.mistakes import recognised, sections
from curriculum.report._class import attempts

if TYPE_CHECKING:
    from curriculum.course import Course
    from curriculum.gradebook import Mark, Sheet
    from curriculum.mistakes import Recognised

# How a check's message says it: a label, and further lines as far to the right as the first.
_LOOKS_LIKE = re.compile(r"^ *looks like  +(.+(?:\n {6,}\S.*)*)", re.MULTILINE)
_SECTION = re.compile(r"\s*\(see the section “(.+?)”\)\s*$")


@dataclass
class Met:
    """One mistake of one exercise.

    Attributes:
        learners: the keys of those who met it in any attempt.
        tried: the keys of all who have an attempt at the exercise.
        words: what the check says about it; may be empty.
        section: the heading in the lesson that treats it; may be empty.
    """

    lesson: str
    exercise: str
    title: str
    mistake: str
    words: str = ""
    section: str = ""
    learners: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)


def met(sheet: Sheet, course: Course | None = None) -> list[Met]:
    """Every recognised mistake, first what most learners met; over all graded attempts, each learner counted once.

    Raises:
        NotebookError: a lesson's source cannot be read.
    """
    known = _Known(course)
    tried: dict[tuple[str, str], set[str]] = {}
    found: dict[tuple[str, str, str], Met] = {}
    for attempt in attempts(sheet):
        for mark in attempt.marks:
            who = tried.setdefault((attempt.lesson, mark.exercise), set())
            who.add(attempt.learner)
            for name in mark.mistakes:
                key = attempt.lesson, mark.exercise, name
                if key not in found:
                    words, section = known.said(attempt.lesson, mark, name)
                    found[key] = Met(attempt.lesson, mark.exercise, mark.title, name, words, section, tried=who)
                found[key].learners.add(attempt.learner)
    return sorted(found.values(), key=lambda one: (-len(one.learners), one.lesson, one.exercise, one.mistake))


class _Known:
    """What the lessons' sources say about mistakes."""

    def __init__(self, course: Course | None) -> None:
        self._lessons = {lesson.id: lesson for lesson in course.lessons} if course else {}
        self._read: dict[str, tuple[dict[tuple[str, str], Recognised], dict[str, str]]] = {}

    def said(self, lesson: str, mark: Mark, name: str) -> tuple[str, str]:
        """A mistake's words and section: the source's, else what the learner was told."""
        mistakes, headings = self._of(lesson)
        source = mistakes.get((mark.exercise, name))
        told, section = _told(mark.message)
        words = (source.words if source else "") or told
        return words, (source.section if source else "") or section or headings.get(mark.exercise, "")

    def _of(self, name: str) -> tuple[dict[tuple[str, str], Recognised], dict[str, str]]:
        if name not in self._read:
            lesson = self._lessons.get(name)
            self._read[name] = (recognised(lesson), sections(lesson)) if lesson else ({}, {})
        return self._read[name]


def _told(message: str) -> tuple[str, str]:
    found = _LOOKS_LIKE.search(message)
    if not found:
        return "", ""
    words = " ".join(found.group(1).split())
    section = _SECTION.search(words)
    return (words[: section.start()], section.group(1)) if section else (words, "")
