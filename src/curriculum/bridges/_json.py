"""The whole gradebook as JSON, for other programs; its format is in docs/bridges.md."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from curriculum.bridges import _files

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from curriculum.gradebook import Attempt, ExtraCredit, LessonColumn, Mark, Row, Sheet, Standing

SCHEMA = 1


def write_json(sheet: Sheet, path: Path, *, details: bool = False, overwrite: bool = False) -> None:
    """Write everything a gradebook holds about a class, a learner at a time.

    Args:
        sheet: the class.
        path: the file to write.
        details: write marks' ``detail`` too, which may hold the inputs of hidden tests.
        overwrite: whether the file may be there already.

    Raises:
        BridgeError: the file is there already, or cannot be written.
    """
    head = {
        "schema": SCHEMA,
        "course": {"id": sheet.course, "title": sheet.title, "version": sheet.version},
        "cohort": sheet.cohort,
        "made_at": _time(sheet.made_at),
        "details": details,
        "lessons": [_lesson(lesson) for lesson in sheet.lessons],
    }
    with _files.written(path, overwrite=overwrite) as file:
        file.write(_dumped(head, 1).removesuffix(b"\n}") + b',\n "learners": [')
        for index, row in enumerate(sheet.rows):
            file.write((b",\n  " if index else b"\n  ") + _dumped(_row(row, details=details)))
        file.write(b"\n ]\n}\n")


def _dumped(data: Any, indent: int | None = None) -> bytes:
    # Half characters, which names of files can hold, become JSON's escapes of them.
    text = json.dumps(data, indent=indent, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _lesson(lesson: LessonColumn) -> dict[str, Any]:
    return asdict(lesson) | {"due": _time(lesson.due)}


def _row(row: Row, *, details: bool) -> dict[str, Any]:
    standings = [_standing(standing, details=details) for standing in row.standings.values()]
    who = asdict(row.learner)
    sums = {"points": row.points, "max_points": row.max_points, "extra": _credits(row.extra)}
    return {"learner": who.pop("key")} | who | sums | {"standings": standings}


def _credits(given: tuple[ExtraCredit, ...]) -> list[dict[str, Any]]:
    return [asdict(credit) | {"at": _time(credit.at)} for credit in given]


def _standing(standing: Standing, *, details: bool) -> dict[str, Any]:
    return {
        "lesson": standing.lesson,
        "points": standing.points,
        "max_points": standing.max_points,
        "penalty": standing.penalty,
        "excused": standing.excused,
        "waiting": standing.waiting,
        "due": _time(standing.due),
        "counted": standing.counted.id if standing.counted else None,
        "extra": _credits(standing.extra),
        "attempts": [_attempt(attempt, details=details) for attempt in standing.attempts],
    }


def _attempt(attempt: Attempt, *, details: bool) -> dict[str, Any]:
    names = ("id", "number", "place", "file", "sha256", "version", "sandboxed", "problem", "tampered")
    return {name: getattr(attempt, name) for name in names} | {
        "handed_in": _time(attempt.handed_in),
        "graded_at": _time(attempt.graded_at),
        "late_seconds": attempt.late.total_seconds(),
        "points": attempt.points,
        "max_points": attempt.max_points,
        "marks": [_mark(mark, details=details) for mark in attempt.marks],
    }


def _mark(mark: Mark, *, details: bool) -> dict[str, Any]:
    said = ("exercise", "title", "outcome", "message", "text", "output", "mistakes")
    counted = ("automatic", "points", "max_points", "manual", "aided", "appealed")
    data = {name: getattr(mark, name) for name in said + counted}
    data["scores"] = [asdict(score) | {"at": _time(score.at)} for score in mark.scores]
    return data | ({"detail": mark.detail} if details else {})
