"""A class out of ``results.json``, for teachers who keep no gradebook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradebookError
from curriculum.gradebook import Attempt, Learner, LessonColumn, Mark, Row, Sheet, Standing
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.course import Course

_SCHEMA = 1


@dataclass(frozen=True)
class Results:
    """What one grading found.

    Attributes:
        sheet: every learner has one attempt at most at each lesson.
        repairs: what was put right, in sentences, by learner and lesson.
        refused: why files could not be taken, by learner.
    """

    sheet: Sheet
    repairs: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_results(path: Path, course: Course | None = None) -> Results:
    """Read a ``results.json``.

    Args:
        path: the file.
        course: gives lessons their titles.

    Raises:
        GradebookError: it cannot be read, or is no such file.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        message = f"{path}: the results cannot be read ({reason})"
        raise GradebookError(message) from None
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != _SCHEMA:
        message = f"{path}: is no results.json of version {_SCHEMA} (its schema is {schema!r})"
        raise GradebookError(message)
    try:
        return _results(data, course)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{path}: is not laid out as docs/results.md says ({type(error).__name__}: {error})"
        raise GradebookError(message) from None


def _results(data: dict[str, Any], course: Course | None) -> Results:
    heading = data["course"] or {"id": "", "title": "Results", "version": "none"}
    columns = tuple(_column(item, course) for item in sorted(data["lessons"], key=lambda item: str(item["place"])))
    attempts = {
        (item["learner"], item["lesson"]): _attempt(item, number)
        for number, item in enumerate(data["submissions"], start=1)
    }
    refused: dict[str, tuple[str, ...]] = {}
    for item in data["refused"]:
        if item["learner"]:
            said = f"The file {item['file']} could not be taken: {item['problem']}"
            refused[item["learner"]] = (*refused.get(item["learner"], ()), said)
    learners = sorted({learner for learner, _ in attempts} | set(refused))
    rows = tuple(_row(learner, columns, attempts) for learner in learners)
    made_at = _moment(data["graded_at"])
    sheet = Sheet(heading["id"], heading["title"], heading["version"], columns, rows, made_at)
    repairs = {
        (item["learner"], item["lesson"]): tuple(one["message"] for one in item["repairs"] if not one["tampering"])
        for item in data["submissions"]
    }
    return Results(sheet, repairs, refused)


def _column(item: dict[str, Any], course: Course | None) -> LessonColumn:
    known = next((one for one in course.lessons if one.id == item["lesson"]), None) if course else None
    title, minutes = (known.title, known.minutes) if known else (item["lesson"], 0)
    return LessonColumn(item["lesson"], title, item["place"], minutes, float(item["max_points"]))


def _row(learner: str, columns: tuple[LessonColumn, ...], attempts: dict[tuple[str, str], Attempt]) -> Row:
    standings = {column.id: _standing(learner, column, attempts.get((learner, column.id))) for column in columns}
    points = sum(standing.points for standing in standings.values())
    return Row(Learner(learner), standings, points, sum(column.max_points for column in columns))


def _standing(learner: str, column: LessonColumn, attempt: Attempt | None) -> Standing:
    counted = attempt if attempt and not attempt.problem else None
    return Standing(learner, column.id, column.max_points, (attempt,) if attempt else (), counted)


def _attempt(item: dict[str, Any], number: int) -> Attempt:
    at = _moment(item["graded_at"])
    return Attempt(
        id=number,
        learner=item["learner"],
        lesson=item["lesson"],
        place=item["place"],
        number=1,
        handed_in=at,
        graded_at=at,
        file=item["file"],
        sha256=item["sha256"],
        version=item["version"],
        sandboxed=not item["missing_layers"],
        problem=item["problem"],
        tampered=tuple(dict.fromkeys(one["cell"] for one in item["repairs"] if one["tampering"])),
        marks=tuple(_mark(exercise) for exercise in item["exercises"]),
    )


def _mark(item: dict[str, Any]) -> Mark:
    return Mark(
        exercise=item["exercise"],
        title=item["title"],
        outcome=None if item["outcome"] is None else Outcome(item["outcome"]),
        automatic=None if item["points"] is None else float(item["points"]),
        max_points=float(item["max_points"]),
        message=item["message"],
        manual=bool(item["manual"]),
        text=item["text"],
        output=item["output"],
        mistakes=tuple(dict.fromkeys(check["mistake"] for check in item["checks"] if check["mistake"])),
    )


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
