"""The file of answers that a lesson's checks are proved with (format: docs/answers.md)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from curriculum.errors import AnswersError, UnknownNameError
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.course import Lesson

_KEYS = {"exercise": str, "kind": str, "code": str, "note": str}
_MISTAKE_KEYS = {"mistake": str, "says": str, "outcome": str, "hidden": bool}
_WRONG = (Outcome.FAILED, Outcome.RAISED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.KILLED)


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
        number: its place in the file, from 1; 0 for the answers that are always tried.
    """

    exercise: str
    kind: Kind
    code: str
    mistake: str = ""
    says: str = ""
    outcome: Outcome = Outcome.FAILED
    hidden: bool = False
    note: str = ""
    number: int = 0

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
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise AnswersError(message) from None
    except (ValueError, RecursionError) as error:
        message = f"{path}: {error}"
        raise AnswersError(message) from None
    if data.get("lesson") != lesson.id:
        message = f'{path}: the file must say lesson = "{lesson.id}", and says {data.get("lesson")!r}'
        raise AnswersError(message)
    entries = data.get("answer", [])
    if set(data) - {"lesson", "answer"} or not isinstance(entries, list):
        message = f"{path}: beside lesson there is nothing but [[answer]] tables"
        raise AnswersError(message)
    return [_answer(entry, number, path, lesson) for number, entry in enumerate(entries, 1)]


def _answer(entry: Any, number: int, path: Path, lesson: Lesson) -> Answer:
    try:
        kind = _checked(entry, lesson)
    except (AnswersError, UnknownNameError) as error:
        message = f"{path}: answer {number}: {error}"
        raise AnswersError(message) from None
    default = Outcome.FAILED if kind is Kind.MISTAKE else Outcome.PASSED
    values = {key: value for key, value in entry.items() if key not in {"kind", "code", "outcome"}}
    outcome = Outcome(entry.get("outcome", default))
    return Answer(kind=kind, code=entry["code"].strip("\n"), outcome=outcome, number=number, **values)


def _checked(entry: Any, lesson: Lesson) -> Kind:
    """Hold one table against the format; what kind of answer it is."""
    if not isinstance(entry, dict):
        message = "must be a table"
        raise AnswersError(message)
    for key in ("exercise", "kind", "code"):
        if key not in entry:
            message = f"{key!r} is missing"
            raise AnswersError(message)
    _check_values(entry)
    if lesson.exercise(entry["exercise"]).is_manual:
        message = f"{entry['exercise']!r} is graded by hand: there is no check to prove"
        raise AnswersError(message)
    if entry["kind"] == Kind.MISTAKE:
        _check_mistake(entry)
    elif entry["kind"] != Kind.RIGHT:
        message = f"kind is {entry['kind']!r}; it must be 'right' or 'mistake'"
        raise AnswersError(message)
    elif set(entry) & set(_MISTAKE_KEYS):
        message = f"{min(set(entry) & set(_MISTAKE_KEYS))!r} is for mistakes; this answer is right"
        raise AnswersError(message)
    return Kind(entry["kind"])


def _check_values(entry: dict[str, Any]) -> None:
    known = _KEYS | _MISTAKE_KEYS
    for key, value in entry.items():
        if key not in known:
            message = f"unknown key {key!r}; known are {', '.join(sorted(known))}"
            raise AnswersError(message)
        if not isinstance(value, known[key]):
            message = f"{key!r} must be {'true or false' if known[key] is bool else 'a text'}"
            raise AnswersError(message)


def _check_mistake(entry: dict[str, Any]) -> None:
    if not entry.get("says", "").strip():
        message = "a mistake needs 'says', words that its message must contain"
        raise AnswersError(message)
    if entry.get("outcome", Outcome.FAILED) not in _WRONG:
        message = f"{entry['outcome']!r} cannot be the outcome of a mistake; these can: {', '.join(_WRONG)}"
        raise AnswersError(message)
