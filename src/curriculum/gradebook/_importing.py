"""Results of a grading, as ``results.json`` has them, into the gradebook; giving the same again adds nothing."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from curriculum.errors import GradebookError
from curriculum.gradebook import _lessons, _people
from curriculum.gradebook import _tables as t
from curriculum.gradebook._records import Arrival, Imported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from curriculum.course import Course

_FULL = {"strict", "available"}


def read(path: Path) -> dict[str, Any]:
    """A ``results.json``, checked against its format.

    Raises:
        GradebookError: it cannot be read, or does not follow the format; the message says where.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror or error})"
        raise GradebookError(message) from None
    except (ValueError, RecursionError) as error:
        message = f"{path}: is no JSON ({error})"
        raise GradebookError(message) from None
    return valid(data, str(path))


def valid(data: Any, name: str = "these results") -> dict[str, Any]:
    """The content of a ``results.json``, checked against its format.

    Raises:
        GradebookError: it does not follow the format; the message says where.
    """
    from fastjsonschema import JsonSchemaValueException

    try:
        _validator()(data)
    except JsonSchemaValueException as error:
        message = f"{name}: is no results.json of this version: {error.message}"
        raise GradebookError(message) from None
    return dict(data)


def add(
    connection: Connection,
    results: dict[str, Any],
    *,
    course: Course | None,
    handed: Mapping[tuple[str, str], Arrival],
) -> Imported:
    """Add what a ``results.json`` holds.

    Args:
        connection: a transaction.
        results: the file's content, valid.
        course: where lessons' titles and minutes come from.
        handed: how submissions came in, by learner and sha256; those that are not in it count as handed in when
            they were graded.
    """
    return _Import(connection, results, course, handed).run()


class _Import:
    def __init__(
        self,
        connection: Connection,
        results: dict[str, Any],
        course: Course | None,
        handed: Mapping[tuple[str, str], Arrival],
    ) -> None:
        self._connection = connection
        self._results = results
        self._course = course
        self._handed = handed
        self._lessons: dict[str, int] = {}
        self._newest: dict[int, datetime | None] = {}
        self._most: dict[int, float] = {}
        self._learners: dict[str, list[int]] = {}
        self._added_learners: list[str] = []
        self._added_lessons: list[str] = []
        self._counts = dict.fromkeys(("submissions", "gradings", "known"), 0)

    def run(self) -> Imported:
        self._note_course()
        for item in self._results["submissions"]:
            digest = _digest(item)
            lesson = self._lesson(item)
            for learner in self._owners(item["learner"]):
                self._grading(item, digest, self._submission(item, learner, lesson))
        return Imported(**self._counts, learners=tuple(self._added_learners), lessons=tuple(self._added_lessons))

    def _note_course(self) -> None:
        given = self._results["course"]
        if given is None:
            return
        held = self._connection.execute(select(t.course.c.id)).scalar()
        if held is None:
            self._connection.execute(insert(t.course).values(**given))
        elif held != given["id"]:
            message = f"these are results of the course {given['id']!r}; this gradebook is of {held!r}"
            raise GradebookError(message)
        else:
            self._connection.execute(update(t.course).values(title=given["title"], version=given["version"]))

    def _lesson(self, item: dict[str, Any]) -> int:
        place = item["place"]
        if place not in self._lessons:
            number, is_new = _lessons.find_or_add(self._connection, item, self._course)
            self._lessons[place] = number
            if is_new:
                self._added_lessons.append(item["lesson"])
        if not item["problem"]:
            self._note_most(self._lessons[place], item)
        return self._lessons[place]

    def _note_most(self, lesson: int, item: dict[str, Any]) -> None:
        """A lesson can give what its newest verdict says, in whatever order results are imported."""
        if lesson not in self._newest:
            query = select(func.max(t.grading.c.graded_at)).join_from(t.grading, t.submission)
            query = query.where(t.submission.c.lesson_id == lesson, t.grading.c.problem == "")
            self._newest[lesson] = self._connection.execute(query).scalar()
        at, newest = _moment(item["graded_at"]), self._newest[lesson]
        if newest is None or at >= newest:
            self._newest[lesson] = at
            if self._most.get(lesson) == item["max_points"]:
                return
            self._most[lesson] = item["max_points"]
            values = {"max_points": item["max_points"]}
            self._connection.execute(update(t.lesson).where(t.lesson.c.id == lesson).values(**values))

    def _owners(self, key: str) -> list[int]:
        """Whose a submission is: the learner's, or every member's of the team it is filed under."""
        if key not in self._learners:
            members = _people.team_members(self._connection, key)
            if not members:
                number, is_new = _people.find_or_add(self._connection, key)
                members = [number]
                if is_new:
                    self._added_learners.append(key)
            self._learners[key] = members
        return self._learners[key]

    def _submission(self, item: dict[str, Any], learner: int, lesson: int) -> int:
        owned = (t.submission.c.learner_id == learner) & (t.submission.c.lesson_id == lesson)
        query = select(t.submission.c.id).where(owned, t.submission.c.sha256 == item["sha256"])
        number = self._connection.execute(query).scalar()
        handed = self._handed.get((item["learner"], item["sha256"]))
        if number is None:
            return self._new_submission(item, learner, lesson, handed)
        if handed is not None:
            self._note_time(int(number), handed)
            self._note_aid(int(number), handed)
        return int(number)

    def _new_submission(self, item: dict[str, Any], learner: int, lesson: int, handed: Arrival | None) -> int:
        self._counts["submissions"] += 1
        values = {
            "learner_id": learner,
            "lesson_id": lesson,
            "sha256": item["sha256"],
            "file": item["file"],
            "handed_in": (handed and handed.handed_in) or _moment(item["graded_at"]),
            "by": handed.by if handed else "",
        }
        key = self._connection.execute(insert(t.submission).values(**values)).inserted_primary_key
        assert key is not None
        if handed is not None:
            self._note_aid(int(key[0]), handed)
        return int(key[0])

    def _note_time(self, submission: int, handed: Arrival) -> None:
        """The same bytes were handed in when they first came; until a collection says so, they were when graded."""
        if handed.handed_in is not None:
            later = (t.submission.c.id == submission) & (t.submission.c.handed_in > handed.handed_in)
            self._connection.execute(update(t.submission).where(later).values(handed_in=handed.handed_in))

    def _note_aid(self, submission: int, handed: Arrival) -> None:
        query = select(t.aid.c.exercise).where(t.aid.c.submission_id == submission)
        known = set(self._connection.execute(query).scalars())
        new = [name for name in dict.fromkeys(handed.aided) if name not in known]
        if new:
            rows = [{"submission_id": submission, "exercise": name} for name in new]
            self._connection.execute(insert(t.aid), rows)

    def _grading(self, item: dict[str, Any], digest: str, submission: int) -> None:
        same = (t.grading.c.submission_id == submission) & (t.grading.c.digest == digest)
        if self._connection.execute(select(t.grading.c.id).where(same)).scalar() is not None:
            self._counts["known"] += 1
            return
        self._counts["gradings"] += 1
        full = self._results["sandbox"]["mode"] in _FULL and item["runner"] == "split" and not item["missing_layers"]
        values = {
            "submission_id": submission,
            "digest": digest,
            "graded_at": _moment(item["graded_at"]),
            "version": item["version"],
            "runner": item["runner"],
            "sandboxed": full,
            "problem": item["problem"],
            "tampered": list(dict.fromkeys(each["cell"] for each in item["repairs"] if each["tampering"])),
        }
        key = self._connection.execute(insert(t.grading).values(**values)).inserted_primary_key
        assert key is not None
        rows = [_mark(int(key[0]), position, each) for position, each in enumerate(item["exercises"])]
        if rows:
            self._connection.execute(insert(t.mark), rows)


def _mark(grading: int, position: int, exercise: dict[str, Any]) -> dict[str, Any]:
    checks = exercise["checks"]
    mistakes = dict.fromkeys(check["mistake"] for check in checks if check["mistake"])
    return {
        "grading_id": grading,
        "position": position,
        "exercise": exercise["exercise"],
        "title": exercise["title"],
        "outcome": exercise["outcome"],
        "points": exercise["points"],
        "max_points": exercise["max_points"],
        "message": exercise["message"],
        "detail": "\n\n".join(dict.fromkeys(check["detail"] for check in checks if check["detail"])),
        "manual": exercise["manual"],
        "text": exercise["text"],
        "output": exercise["output"],
        "mistakes": list(mistakes),
    }


def _digest(item: dict[str, Any]) -> str:
    """What two equal verdicts share: everything but how long it took and where the file lay.

    Raises:
        GradebookError: one of its numbers is none, or has no end.
    """
    kept = {name: value for name, value in item.items() if name not in {"seconds", "file"}}
    try:
        text = json.dumps(kept, sort_keys=True, allow_nan=False)
    except ValueError:
        message = f"{item['learner']}, {item['lesson']}: has a number that is none or has no end; nothing was taken"
        raise GradebookError(message) from None
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@cache
def _validator() -> Callable[[Any], Any]:
    import fastjsonschema

    schema = files("curriculum.grading.reports").joinpath("results.schema.json").read_text(encoding="utf-8")
    compiled: Callable[[Any], Any] = fastjsonschema.compile(json.loads(schema))
    return compiled
