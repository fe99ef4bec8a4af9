"""The mistakes of a whole lesson, as class reports and feedback look them up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.mistakes._reader import GAP, expected_mistakes, options_of

if TYPE_CHECKING:
    from curriculum.course import Exercise, Lesson

# A heading of the second level opens a section; the first is the lesson's title.
_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Recognised:
    """A mistake that the check of an exercise recognises.

    Attributes:
        words: what the check says to whoever made it; empty where only running the check would tell.
        section: the heading in the lesson that treats it; may be empty.
    """

    exercise: str
    id: str
    words: str
    section: str


def recognised(lesson: Lesson) -> dict[tuple[str, str], Recognised]:
    """The mistakes of a lesson, by exercise and id; choosing a wrong option of a question is one too.

    Raises:
        NotebookError: the lesson's source cannot be read.
    """
    return {(found.exercise, found.id): found for exercise in lesson.exercises for found in _of_exercise(exercise)}


def sections(lesson: Lesson) -> dict[str, str]:
    """The heading under which each exercise of a lesson stands, by exercise; empty where there is none.

    Raises:
        NotebookError: the lesson's source cannot be read.
    """
    found: dict[str, str] = {}
    heading = ""
    belongs = {id(cell): exercise.id for exercise in lesson.exercises for cell in exercise.cells}
    for cell in lesson.notebook.cells:
        if id(cell) in belongs:
            found.setdefault(belongs[id(cell)], heading)
        elif cell.type == "markdown":
            heading = next(iter(_HEADING.findall(cell.source)[-1:]), heading).strip()
    return found


def _of_exercise(exercise: Exercise) -> tuple[Recognised, ...]:
    by_value = [(mistake.id, mistake.message, mistake.section) for mistake in expected_mistakes(exercise)]
    # `check.choice` names the mistake after the option.
    by_choice = [(f"{exercise.id}-{option.letter}", option.explanation, "") for option in options_of(exercise)]
    return tuple(
        Recognised(exercise.id, name, "" if GAP in words else words, "" if GAP in section else section)
        for name, words, section in by_value + by_choice
    )
