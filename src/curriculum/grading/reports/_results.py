"""``results.json``: everything a batch found, for other programs; its format is in docs/results.md."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TextIO

from curriculum import files
from curriculum.errors import GradingError
from curriculum.grading._result import SCHEMA
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from curriculum.grading._result import ExerciseResult
    from curriculum.grading._submission import Refused
    from curriculum.grading.batch._store import Stored
    from curriculum.grading.reports._overview import LessonOverview, Overview


@dataclass(frozen=True)
class Heading:
    """What holds for a whole batch.

    Attributes:
        course: id, title and version.
        graded_at: when the batch ended (UTC, ISO 8601).
        sandbox: what was asked for: ``strict``, ``available`` or ``off``.
    """

    course: dict[str, str]
    graded_at: str
    runner: str
    sandbox: str


def write_results(
    path: Path, heading: Heading, overview: Overview, results: Iterable[Stored], refused: Iterable[Refused]
) -> None:
    """Write a batch's results, in one step and without holding them in memory.

    Raises:
        GradingError: the file cannot be written; a former one is then untouched.
    """
    with written(path) as file:
        head = json.dumps(_head(heading, overview), indent=1, ensure_ascii=False, allow_nan=False)
        file.write(head.removesuffix("\n}") + ",\n")
        _write_list(file, "submissions", (_submission(stored) for stored in results))
        file.write(",\n")
        _write_list(file, "refused", (asdict(item) for item in refused))
        file.write("\n}\n")


@contextlib.contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of ``path`` when the block ends well.

    Half characters, which file names and learners' output may hold, become JSON's escapes of them.

    Raises:
        GradingError: it cannot be written.
    """
    try:
        with files.replacing(path, mode=0o600) as raw:
            file = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", newline="\n", write_through=True)
            yield file
            file.detach()
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error}); the results are kept: give the command again"
        raise GradingError(message) from None


def _write_list(file: TextIO, name: str, items: Iterable[dict[str, Any]]) -> None:
    """One item a line: short, and a difference between two files shows which submission differs."""
    file.write(f' "{name}": [')
    separator = "\n  "
    for item in items:
        file.write(separator + json.dumps(item, ensure_ascii=False, allow_nan=False))
        separator = ",\n  "
    file.write("\n ]" if separator.startswith(",") else "]")


def _head(heading: Heading, overview: Overview) -> dict[str, Any]:
    lessons = list(overview.lessons.values())
    return {
        "schema": SCHEMA,
        "course": heading.course if overview.is_of_course else None,
        "graded_at": heading.graded_at,
        "runner": heading.runner,
        "sandbox": {"mode": heading.sandbox, "layers": [asdict(layer) for layer in overview.layers.values()]},
        "summary": {
            "learners": overview.learners,
            "submissions": overview.submissions,
            "graded": sum(lesson.graded for lesson in lessons),
            "ungraded": sum(lesson.ungraded for lesson in lessons),
            "refused": len(overview.refused),
            "tampered": sum(lesson.tampered for lesson in lessons),
            "waiting": sum(lesson.waiting for lesson in lessons),
        },
        "lessons": [_lesson(lesson) for lesson in lessons],
    }


def _lesson(lesson: LessonOverview) -> dict[str, Any]:
    return {
        "lesson": lesson.lesson,
        "place": lesson.place,
        "submissions": lesson.submissions,
        "ungraded": lesson.ungraded,
        "mean": None if lesson.mean is None else round(lesson.mean, 6),
        "max_points": lesson.max_points,
        "waiting": lesson.waiting,
        "outcomes": {outcome.value: lesson.outcomes[outcome] for outcome in Outcome if lesson.outcomes[outcome]},
        "mistakes": [{"mistake": name, "count": count} for name, count in lesson.mistakes.most_common()],
    }


def _submission(stored: Stored) -> dict[str, Any]:
    result = stored.result
    return {
        "learner": result.learner,
        "lesson": stored.lesson,
        "place": stored.place,
        "file": result.file,
        "sha256": result.sha256,
        "version": result.version,
        "graded_at": stored.finished,
        "runner": result.runner,
        "missing_layers": [layer.name for layer in result.layers if not layer.achieved],
        "seconds": round(result.seconds, 4),
        "problem": result.problem,
        "points": result.points,
        "max_points": result.max_points,
        "exercises": [_exercise(exercise) for exercise in result.exercises],
        "repairs": list(result.repairs),
    }


def _exercise(exercise: ExerciseResult) -> dict[str, Any]:
    data = dict(vars(exercise))
    # A person has yet to give the points, so there is nothing to say yet.
    data["outcome"] = None if exercise.points is None else exercise.outcome.value
    data["checks"] = [
        {name: value for name, value in vars(check).items() if name != "exercise"} for check in exercise.checks
    ]
    return data
