"""The file of answers that a lesson's checks are proved with (format: docs/answers.md)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from curriculum.errors import AnswersError
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.course import Lesson

_KEYS = {"exercise", "kind", "code", "mistake", "says", "outcome", "hidden", "note"}


class Kind(StrEnum):
    """What an answer is tried for."""

    STARTER = "starter"
    EMPTY = "empty"
    SOLUTION = "solution"
    RIGHT = "right"
    MISTAKE = "mistake"


@dataclass(frozen=True)
class Answer:
    """One way to fill an exercise's solution cell, and what must come of it.

    Attributes:
        code: the cell's whole content.
        mistake: the id of the mistake that the check must recognise; empty where it names none.
        says: words that the message must contain, whatever the case.
        outcome: what must come of it.
        hidden: only the hidden tests reject it.
        note: what is particular about it, for reports.
    """

    exercise: str
    kind: Kind
    code: str
    mistake: str = ""
    says: str = ""
    outcome: Outcome = Outcome.FAILED
    hidden: bool = False
    note: str = ""

    @property
    def label(self) -> str:
        """How reports call it."""
        detail = self.mistake or self.note or self.says
        return f"{self.kind}: {detail}" if detail else str(self.kind)


def given(lesson: Lesson) -> list[Answer]:
    """The answers that every exercise is tried with: the untouched starter, an empty cell, the solution."""
    answers: list[Answer] = []
    for exercise in lesson.exercises:
        if exercise.is_manual:
            continue
        untouched = Outcome.NOT_ATTEMPTED
        answers += [
            Answer(exercise.id, Kind.STARTER, exercise.starter, outcome=untouched),
            Answer(exercise.id, Kind.EMPTY, "", outcome=untouched),
            Answer(exercise.id, Kind.SOLUTION, exercise.solution, outcome=Outcome.PASSED),
        ]
    return answers


def read(path: Path, lesson: Lesson) -> list[Answer]:
    """Read a file of answers.

    Raises:
        AnswersError: the file cannot be read or does not follow the format; the message says where.
        UnknownNameError: it names an exercise that the lesson does not have.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise AnswersError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: {error}"
        raise AnswersError(message) from None
    if data.get("lesson") != lesson.id:
        message = f'{path}: the file must say lesson = "{lesson.id}", and says {data.get("lesson")!r}'
        raise AnswersError(message)
    entries = data.get("answer", [])
    if set(data) - {"lesson", "answer"} or not isinstance(entries, list):
        message = f"{path}: beside lesson there is nothing but [[answer]] tables"
        raise AnswersError(message)
    return [_answer(entry, f"{path}: answer {number}", lesson) for number, entry in enumerate(entries, 1)]


def _answer(entry: Any, where: str, lesson: Lesson) -> Answer:
    if not isinstance(entry, dict):
        message = f"{where}: must be a table"
        raise AnswersError(message)
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        message = f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}"
        raise AnswersError(message)
    for key in ("exercise", "kind", "code"):
        if not isinstance(entry.get(key), str):
            message = f"{where}: {key!r} is missing or not a text"
            raise AnswersError(message)
    lesson.exercise(entry["exercise"])
    kind = _kind(entry["kind"], where)
    if kind is Kind.MISTAKE and not entry.get("says"):
        message = f"{where}: a mistake needs 'says', words that its message must contain"
        raise AnswersError(message)
    default = Outcome.FAILED if kind is Kind.MISTAKE else Outcome.PASSED
    return Answer(
        exercise=entry["exercise"],
        kind=kind,
        code=entry["code"].strip("\n"),
        mistake=str(entry.get("mistake", "")),
        says=str(entry.get("says", "")),
        outcome=_outcome(entry.get("outcome", default), where),
        hidden=entry.get("hidden") is True,
        note=str(entry.get("note", "")),
    )


def _kind(name: str, where: str) -> Kind:
    if name not in {Kind.RIGHT, Kind.MISTAKE}:
        message = f"{where}: kind is {name!r}; it must be 'right' or 'mistake'"
        raise AnswersError(message)
    return Kind(name)


def _outcome(name: Any, where: str) -> Outcome:
    try:
        return Outcome(name)
    except ValueError:
        message = f"{where}: {name!r} is no outcome; known are {', '.join(Outcome)}"
        raise AnswersError(message) from None
