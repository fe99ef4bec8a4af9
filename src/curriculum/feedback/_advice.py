"""The next step: one concrete thing to do about an exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.feedback._state import state_of
from curriculum.mistakes import recognised, sections
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.course import Exercise, Lesson
    from curriculum.gradebook import Mark

_BY_OUTCOME = {
    Outcome.NOT_ATTEMPTED: "Your answer cell was as it had been handed out. Write a first answer, however rough, and "
    "run its check.",
    Outcome.RAISED: "Run the answer cell and its check in your notebook, and read the last line of the error first: it "
    "names what Python could not do.",
    Outcome.TIMED_OUT: "Look for a loop that never ends, or that goes over the rows one by one where one call on the "
    "whole column would do.",
    Outcome.OUT_OF_MEMORY: "Look for a table or list that grows with every turn of a loop, or for two large tables "
    "joined on a key that is not unique.",
    Outcome.KILLED: "Take out what ends Python (exit, quit, os._exit) or what makes it crash, and run the cell in a "
    "fresh kernel.",
    Outcome.TAMPERED: "Leave the check cells as they are; only the answer cell is yours to change.",
}


@dataclass(frozen=True)
class Step:
    """What to do next.

    Attributes:
        command: what to type in a terminal inside the workspace; may be empty.
        does: what the command does, as the end of a sentence that begins with it.
    """

    words: str
    command: str = ""
    does: str = ""


def next_step(mark: Mark, lesson: Lesson | None) -> Step:
    """The next step of one exercise; a short word where there is nothing left to do."""
    state = state_of(mark)
    if mark.waits:
        return Step("Nothing to do: a person reads your answer.")
    if state.is_done and mark.aided:
        return _again(mark, lesson)
    if state.is_done:
        return Step("Well done.")
    if mark.manual:
        words = "Read the comment above." if mark.comments else "Ask whoever graded it what was missing."
        return Step(words)
    exercise = _exercise(mark, lesson)
    if mark.outcome is Outcome.MISSING:
        return _restore(mark, exercise)
    words = _reading(mark, lesson) if mark.mistakes or mark.outcome is Outcome.FAILED else ""
    words = words or _BY_OUTCOME.get(mark.outcome or Outcome.NOT_ATTEMPTED, "Read the message, mend the answer.")
    if exercise is None or not exercise.hints:
        return Step(words)
    return Step(words, f"curriculum hint {mark.exercise}", "shows a hint.")


def _again(mark: Mark, lesson: Lesson | None) -> Step:
    words = "Passed after the solution had been looked up: try it once more from memory."
    if _exercise(mark, lesson) is None:
        return Step(words)
    return Step(
        words, f"curriculum reset {mark.exercise}", "gives you the empty cell; your answer goes to the backups."
    )


def _restore(mark: Mark, exercise: Exercise | None) -> Step:
    if exercise is None:
        return Step("Take the answer cell from a fresh copy of the notebook.")
    return Step("Bring the answer cell back.", f"curriculum reset {mark.exercise}", "does so.")


def _reading(mark: Mark, lesson: Lesson | None) -> str:
    """Which section to read: of the mistake that was recognised, else the one that the exercise stands in."""
    section = section_of(mark, lesson)
    if section:
        return f"Read the section “{section}” again, mend your answer, and run its check."
    return "Compare what was expected with what your answer gave, mend it, and run its check."


def section_of(mark: Mark, lesson: Lesson | None) -> str:
    """The section of the lesson that treats what went wrong; empty where nobody knows."""
    if lesson is None:
        return ""
    known = recognised(lesson) if mark.mistakes else {}
    found = [known[mark.exercise, name].section for name in mark.mistakes if (mark.exercise, name) in known]
    return next(filter(None, found), "") or sections(lesson).get(mark.exercise, "")


def _exercise(mark: Mark, lesson: Lesson | None) -> Exercise | None:
    exercises = lesson.exercises if lesson else ()
    return next((exercise for exercise in exercises if exercise.id == mark.exercise), None)
