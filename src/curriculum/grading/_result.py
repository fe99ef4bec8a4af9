"""What grading found, as records; every renderer reads these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from curriculum.outcome import Outcome

SCHEMA = 1


@dataclass(frozen=True)
class CheckResult:
    """What one check cell said.

    Attributes:
        cell: the check cell's grade_id.
        points: what it gave: all, none, or a part where the cell ends in a number.
        message: for the learner; says nothing about hidden inputs unless the course allows it.
        detail: for the instructor: the whole finding.
        mistake: the id of the recognised mistake.
        hidden: whether the hidden tests said so.
    """

    cell: str
    exercise: str
    outcome: Outcome
    points: float
    max_points: float
    message: str = ""
    detail: str = ""
    mistake: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Layer:
    """One layer of the sandbox, and whether it stood."""

    name: str
    achieved: bool
    reason: str = ""


@dataclass(frozen=True)
class Run:
    """What came of running one submission.

    Attributes:
        checks: one for each check step, in order.
        stopped: every teacher's or learner's cell that did not end well, by cell id, and how.
        outputs: what each answer cell printed or showed as text, clipped and cleaned, by exercise.
        layers: the sandbox it ran in.
        seconds: wall-clock time.
    """

    checks: tuple[CheckResult, ...]
    stopped: dict[str, Outcome] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class ExerciseResult:
    """What came of one exercise.

    Attributes:
        points: None where a person has yet to grade it.
        manual: whether a person grades it.
        text: what the learner wrote, where a person grades it.
        output: what the answer cell printed.
    """

    exercise: str
    title: str
    outcome: Outcome
    points: float | None
    max_points: float
    message: str = ""
    manual: bool = False
    text: str = ""
    output: str = ""
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True)
class SubmissionResult:
    """What came of one submission.

    Attributes:
        file: the submission's file, as it was given.
        sha256: of the submission's bytes.
        version: the course's version it was graded against.
        problem: why it could not be graded; empty where it was.
        repairs: what was not as handed out, each ``{cell, what, message, tampering}``.
        runner: ``split`` or ``kernel``.
        layers: the sandbox it ran in.
        seconds: wall-clock time.
    """

    learner: str
    lesson: str
    file: str
    sha256: str
    version: str = ""
    problem: str = ""
    exercises: tuple[ExerciseResult, ...] = ()
    repairs: tuple[dict[str, Any], ...] = ()
    runner: str = ""
    layers: tuple[Layer, ...] = ()
    seconds: float = 0.0

    @property
    def points(self) -> float:
        """The points so far: what people have yet to grade counts 0."""
        return sum(exercise.points or 0.0 for exercise in self.exercises)

    @property
    def max_points(self) -> float:
        """The points that could be had."""
        return sum(exercise.max_points for exercise in self.exercises)

    def to_data(self) -> dict[str, Any]:
        """The result as JSON's types."""
        # Not dataclasses.asdict: it copies every text and takes longer than all else that is done about a result.
        exercises = [vars(one) | {"checks": [dict(vars(check)) for check in one.checks]} for one in self.exercises]
        layers = [dict(vars(layer)) for layer in self.layers]
        return vars(self) | {"exercises": exercises, "layers": layers, "repairs": list(self.repairs)}

    @staticmethod
    def from_data(data: dict[str, Any]) -> SubmissionResult:
        """Rebuild a result from ``to_data``."""
        exercises = tuple(_exercise(item) for item in data["exercises"])
        layers = tuple(Layer(**item) for item in data["layers"])
        return SubmissionResult(
            **(data | {"exercises": exercises, "layers": layers, "repairs": tuple(data["repairs"])})
        )


def _exercise(data: dict[str, Any]) -> ExerciseResult:
    checks = tuple(CheckResult(**(item | {"outcome": Outcome(item["outcome"])})) for item in data["checks"])
    return ExerciseResult(**(data | {"outcome": Outcome(data["outcome"]), "checks": checks}))
