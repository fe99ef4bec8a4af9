"""The manifest of a handed-in file: who, when, and what the learner's own journal says about each exercise."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from curriculum.errors import SubmissionError

FILE = "submission.json"
FORMAT = "curriculum-submission"
SCHEMA = 1
_MAX_LESSONS = 1_000
_MAX_EXERCISES = 1_000
_MAX_TEXT = 500


@dataclass(frozen=True)
class ExerciseNote:
    """What a learner's journal says about one exercise; they could have written it themselves.

    Attributes:
        state: ``passed``, ``with_solution``, ``failed``, ``raised``, ``not_attempted`` or ``by_hand``.
        attempts: how many checks found an answer, right or wrong.
        hints: how many hints were asked for.
        aided: whether the solution was looked up before the exercise was first passed.
        changed: whether the answer is not the one that the last check saw.
    """

    exercise: str
    state: str
    attempts: int
    hints: int
    aided: bool
    changed: bool
    points: float
    max_points: float


@dataclass(frozen=True)
class LessonNote:
    """One notebook in a handed-in file.

    Attributes:
        file: the member's name: ``<learner>/<NN>-<slug>.ipynb``.
        sha256: of its bytes.
        size: of its bytes.
        version: of the course that the notebook was released as.
    """

    lesson: str
    file: str
    sha256: str
    size: int
    version: str
    exercises: tuple[ExerciseNote, ...] = ()

    @property
    def aided(self) -> tuple[str, ...]:
        """The ids of the exercises whose solution was looked up before they were passed."""
        return tuple(note.exercise for note in self.exercises if note.aided)


@dataclass(frozen=True)
class Manifest:
    """What a handed-in file says about itself.

    Attributes:
        learner: as they name themselves.
        workspace: a random name of the folder that the work was done in.
        made_at: when it was packed, by the learner's clock (UTC).
    """

    course: str
    version: str
    learner: str
    workspace: str
    made_at: datetime
    lessons: tuple[LessonNote, ...]

    def dumps(self) -> bytes:
        """The manifest as it stands in the file."""
        data = {"format": FORMAT, "schema": SCHEMA} | asdict(self)
        data["made_at"] = stamp(self.made_at)
        return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def stamp(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the second: ``2026-03-01T12:00:00Z``."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def loads(content: bytes) -> Manifest:
    """Read a manifest that anybody may have written.

    Raises:
        SubmissionError: it is none, or of a newer version of the package.
    """
    try:
        data = json.loads(content)
        schema = data["schema"]
        if data["format"] != FORMAT or not isinstance(schema, int):
            raise TypeError
        if schema == SCHEMA:
            return _manifest(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        message = f"its {FILE} cannot be read"
        raise SubmissionError(message) from None
    message = f"its {FILE} has schema {str(schema)[:20]}, this version knows {SCHEMA}: update the package"
    raise SubmissionError(message)


def _manifest(data: dict[str, Any]) -> Manifest:
    lessons = tuple(map(_lesson, _items(data["lessons"], _MAX_LESSONS)))
    # One lesson, or one member, under two names would be counted twice.
    if any(len({getattr(note, key) for note in lessons}) < len(lessons) for key in ("lesson", "file")):
        raise ValueError
    return Manifest(
        course=_text(data["course"]),
        version=_text(data["version"]),
        learner=_text(data["learner"]),
        workspace=_text(data["workspace"]),
        made_at=datetime.strptime(_text(data["made_at"]), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        lessons=lessons,
    )


def _lesson(data: dict[str, Any]) -> LessonNote:
    return LessonNote(
        lesson=_text(data["lesson"]),
        file=_text(data["file"]),
        sha256=_text(data["sha256"]),
        size=_count(data["size"]),
        version=_text(data["version"]),
        exercises=tuple(map(_exercise, _items(data["exercises"], _MAX_EXERCISES))),
    )


def _exercise(data: dict[str, Any]) -> ExerciseNote:
    return ExerciseNote(
        exercise=_text(data["exercise"]),
        state=_text(data["state"]),
        attempts=_count(data["attempts"]),
        hints=_count(data["hints"]),
        aided=_flag(data["aided"]),
        changed=_flag(data["changed"]),
        points=_points(data["points"]),
        max_points=_points(data["max_points"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise TypeError
    value.encode()  # half a character is an error here rather than wherever it is written
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _points(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise TypeError
    return float(value)


def _items(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise TypeError
    return value
