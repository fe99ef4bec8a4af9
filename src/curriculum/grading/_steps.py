"""A submission brought into its lesson's frame: what will run, in order, and what had to be repaired."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curriculum.course import Lesson


class StepKind(StrEnum):
    """Whose cell it is."""

    TEACHER = "teacher"
    LEARNER = "learner"
    CHECK = "check"


class AnswerState(StrEnum):
    """What became of an exercise's answer cell."""

    GIVEN = "given"
    UNTOUCHED = "untouched"
    MISSING = "missing"


@dataclass(frozen=True)
class Step:
    """One code cell that runs.

    Attributes:
        kind: a teacher's or check cell is always the source's; a learner's is an answer, or a cell they added.
        cell: the id of the source's cell, or of the learner's own; unique among the steps.
        source: what runs, a check cell's hidden tests included.
        exercise: the exercise that the cell belongs to; empty for cells of none.
        points: the most a check cell can give.
    """

    kind: StepKind
    cell: str
    source: str
    exercise: str = ""
    points: float = 0.0


@dataclass(frozen=True)
class Repair:
    """Something in a submission that was not as it had been handed out, and what was done about it.

    Attributes:
        cell: the id of the cell, the source's where there is one.
        what: one word of a fixed set: ``copied``, ``deleted``, ``moved``, ``renamed``, ``retyped``, ``merged``,
            ``split``, ``changed``, ``metadata``, ``format``.
        message: one sentence for people.
        tampering: whether a cell that learners must not change was changed, deleted or replaced.
    """

    cell: str
    what: str
    message: str
    tampering: bool = False


@dataclass(frozen=True)
class Assembled:
    """What a submission comes to in its lesson's frame.

    Attributes:
        steps: every code cell that runs, in order.
        answers: what became of each exercise's answer cell, by exercise id, in the lesson's order.
        texts: what the learner wrote in each exercise that a person grades, by exercise id.
        repairs: what was not as it had been handed out.
    """

    lesson: Lesson
    steps: tuple[Step, ...]
    answers: dict[str, AnswerState]
    texts: dict[str, str] = field(default_factory=dict)
    repairs: tuple[Repair, ...] = ()
