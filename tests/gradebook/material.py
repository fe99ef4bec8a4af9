"""Results of gradings that were never run, in the format in which gradings write them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from curriculum.grading import CheckResult, ExerciseResult, Layer, SubmissionResult
from curriculum.grading.batch._store import Stored
from curriculum.grading.reports import Heading, overview_of, write_results
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
COURSE = {"id": "course", "title": "A course", "version": "2027.1"}
PLACES = {name: f"01-first/{number:02d}-{name}.ipynb" for number, name in enumerate(("alpha", "beta", "gamma"), 1)}


def at(hours: float) -> datetime:
    """A moment, counted from the start."""
    return START + timedelta(hours=hours)


def sha(*parts: object) -> str:
    """The hash of a submission with that content."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def code(name: str, points: float, of: float = 2.0, **more: Any) -> ExerciseResult:
    """A graded exercise."""
    outcome = more.pop("outcome", Outcome.PASSED if points == of else Outcome.FAILED)
    mistake = more.pop("mistake", "")
    check = CheckResult(f"{name}-check", name, outcome, points, of, "for you", "inner", mistake)
    return ExerciseResult(name, f"Exercise: {name}", outcome, points, of, "for you", checks=(check,), **more)


def essay(name: str, of: float = 3.0, text: str = "because") -> ExerciseResult:
    """An exercise that waits for a person."""
    return ExerciseResult(name, f"Exercise: {name}", Outcome.PASSED, None, of, manual=True, text=text)


def graded(
    learner: str, lesson: str, *exercises: ExerciseResult, content: object = 1, hours: float = 0.0, **more: Any
) -> Stored:
    """One submission's result."""
    layers = more.pop("layers", (Layer("namespaces", achieved=True),))
    place = more.pop("place", PLACES.get(lesson, lesson))
    repairs = more.pop("repairs", ())
    result = SubmissionResult(
        learner=learner,
        lesson=lesson,
        file=f"{learner}/{lesson}.ipynb",
        sha256=sha(learner, lesson, content),
        version=COURSE["version"],
        exercises=exercises,
        repairs=repairs,
        runner=more.pop("runner", "split"),
        layers=layers,
        seconds=0.25,
        problem=more.pop("problem", ""),
    )
    assert not more
    return Stored(result, place, at(hours).isoformat())


def write(path: Path, *results: Stored, course: dict[str, str] | None = None, sandbox: str = "strict") -> Path:
    """A ``results.json`` of these results."""
    ordered = sorted(results, key=lambda each: (each.result.learner, each.place))
    heading = Heading(course or COURSE, START.isoformat(), "split", sandbox)
    write_results(path, heading, overview_of(ordered, ()), ordered, ())
    return path


def names(items: Iterable[Any]) -> list[str]:
    return [item.learner.key for item in items]
