"""Reading a class out of the database: a handful of queries whatever its size, put together in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from curriculum.gradebook import _decisions, _people
from curriculum.gradebook import _tables as t
from curriculum.gradebook._records import (
    Appeal,
    Attempt,
    ExtraCredit,
    LessonColumn,
    ManualScore,
    Mark,
    Row,
    Sheet,
    Standing,
)
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Select

    from curriculum.gradebook._policy import Policy
    from curriculum.gradebook._records import Learner

_Cell = tuple[int, int]  # a learner's number and a lesson's


def sheet(connection: Connection, cohort: str = "", group: str = "", only: int | None = None) -> Sheet:
    """The class as it stands.

    Args:
        connection: a consistent view.
        cohort: only this one; all by default.
        group: only this one's members.
        only: the number of the one learner to read.

    Raises:
        UnknownNameError: there is no such cohort or group.
    """
    course = connection.execute(select(t.course)).mappings().first()
    people = _people.learners(connection, cohort, group)
    if only is not None:
        people = {only: people[only]}
    reader = _Reader(connection, people, cohort)
    return Sheet(
        course=course["id"] if course else "",
        title=course["title"] if course else "",
        version=course["version"] if course else "",
        lessons=tuple(reader.lessons.values()),
        rows=tuple(reader.row(number, learner) for number, learner in people.items()),
        made_at=datetime.now(UTC),
        cohort=cohort,
    )


def appeals(connection: Connection, *, also_closed: bool = False) -> tuple[Appeal, ...]:
    """Every open appeal, oldest first."""
    joined = t.appeal.join(t.submission).join(t.learner).join(t.lesson)
    query = select(t.appeal, t.learner.c.key, t.lesson.c.name).select_from(joined).order_by(t.appeal.c.id)
    if not also_closed:
        query = query.where(t.appeal.c.closed_at.is_(None))
    return tuple(
        Appeal(
            id=row["id"],
            learner=row["key"],
            lesson=row["name"],
            attempt=row["submission_id"],
            exercise=row["exercise"],
            reason=row["reason"],
            opened_at=row["at"],
            opened_by=row["author"],
            answer=row["answer"] or "",
            closed_by=row["closed_by"] or "",
            closed_at=row["closed_at"],
        )
        for row in connection.execute(query).mappings()
    )


class _Reader:
    """Everything about some learners, fetched once."""

    def __init__(self, connection: Connection, people: Mapping[int, Learner], cohort: str) -> None:
        self._connection = connection
        self._only = next(iter(people)) if len(people) == 1 else None
        self._policy: Policy = _decisions.policy(connection)
        self.lessons = self._columns(cohort)
        self._keys = {number: learner.key for number, learner in people.items()}
        self._due = self._deadlines()
        self._cohorts = self._cohort_numbers()
        self._extended = {(r["learner_id"], r["lesson_id"]): r["due"] for r in self._rows(t.extension)}
        self._excused = {(r["learner_id"], r["lesson_id"]): r["holds"] for r in self._rows(t.excuse)}
        self._credits = self._grouped_credits()
        self._attempts = self._grouped_attempts()

    def row(self, number: int, learner: Learner) -> Row:
        """One learner's line."""
        standings = {column.id: self._standing(number, lesson, column) for lesson, column in self.lessons.items()}
        extra = tuple(self._credits[number, None])
        counted = [each for each in standings.values() if not each.excused]
        normal = {column.id for column in self.lessons.values() if not column.is_extra}
        return Row(
            learner=learner,
            standings=standings,
            points=sum(each.points for each in counted) + sum(credit.points for credit in extra),
            max_points=sum(each.max_points for each in counted if each.lesson in normal),
            extra=extra,
        )

    def _standing(self, learner: int, lesson: int, column: LessonColumn) -> Standing:
        due = self._due_for(learner, lesson)
        attempts = tuple(
            replace(attempt, number=number, late=self._policy.lateness(attempt.handed_in, due))
            for number, attempt in enumerate(self._attempts[learner, lesson], start=1)
        )
        counted = self._policy.counted(attempts, column.max_points)
        return Standing(
            learner=self._keys[learner],
            lesson=column.id,
            max_points=column.max_points,
            attempts=attempts,
            counted=counted,
            due=due,
            excused=bool(self._excused.get((learner, lesson), False)),
            penalty=self._policy.penalty(counted.late, column.max_points) if counted else 0.0,
            extra=tuple(self._credits[learner, lesson]),
        )

    def _due_for(self, learner: int, lesson: int) -> datetime | None:
        own = self._due.get((lesson, self._cohorts.get(learner)))
        general = own or self._due.get((lesson, None))
        extended: datetime | None = self._extended.get((learner, lesson))
        # An extension never takes time away.
        return max(general, extended) if general and extended else general

    def _columns(self, cohort: str) -> dict[int, LessonColumn]:
        number = _people.cohort_number(self._connection, cohort) if cohort else None
        due = self._deadlines()
        query = select(t.lesson)
        return {
            row["id"]: LessonColumn(
                id=row["name"],
                title=row["title"],
                place=row["place"],
                minutes=row["minutes"],
                max_points=row["max_points"],
                due=due.get((row["id"], number)) or due.get((row["id"], None)),
                is_extra=row["is_extra"],
            )
            for row in sorted(self._connection.execute(query).mappings(), key=lambda row: str(row["place"]))
        }

    def _deadlines(self) -> dict[tuple[int, int | None], datetime]:
        rows = self._connection.execute(select(t.deadline)).mappings()
        return {(row["lesson_id"], row["cohort_id"]): row["due"] for row in rows}

    def _cohort_numbers(self) -> dict[int, int | None]:
        return {row["id"]: row["cohort_id"] for row in self._connection.execute(select(t.learner)).mappings()}

    def _rows(self, table: Any) -> list[Any]:
        """A table's rows, oldest first: later ones replace earlier ones."""
        query = select(table).order_by(table.c.id)
        return list(self._connection.execute(self._mine(query, table.c.learner_id)).mappings())

    def _mine(self, query: Select[Any], column: Any) -> Select[Any]:
        return query if self._only is None else query.where(column == self._only)

    def _grouped_credits(self) -> defaultdict[tuple[int, int | None], list[ExtraCredit]]:
        found: defaultdict[tuple[int, int | None], list[ExtraCredit]] = defaultdict(list)
        for row in self._rows(t.credit):
            credit = ExtraCredit(row["points"], row["reason"], row["author"], row["at"])
            found[row["learner_id"], row["lesson_id"]].append(credit)
        return found

    def _grouped_attempts(self) -> defaultdict[_Cell, list[Attempt]]:
        """Attempts by learner and lesson, in the order they were handed in."""
        marks = self._marks()
        found: defaultdict[_Cell, list[Attempt]] = defaultdict(list)
        order = (t.submission.c.handed_in, t.submission.c.id)
        query = select(t.submission, *_of_grading()).join_from(t.submission, t.grading).order_by(*order)
        for row in self._connection.execute(
            self._mine(query.where(t.grading.c.id.in_(_latest())), t.submission.c.learner_id)
        ).mappings():
            if row["learner_id"] in self._keys:
                column = self.lessons[row["lesson_id"]]
                attempt = _attempt(row, self._keys[row["learner_id"]], column, marks.get(row["grading"], ()))
                found[row["learner_id"], row["lesson_id"]].append(attempt)
        return found

    def _marks(self) -> dict[int, tuple[Mark, ...]]:
        """Marks by their grading's number, with what people gave."""
        scores, taken_back = self._scores(), self._taken_back()
        aided, appealed = self._pairs(t.aid), self._open_appeals()
        joined = t.mark.join(t.grading).join(t.submission)
        query = select(t.mark, t.grading.c.submission_id).select_from(joined)
        query = query.where(t.grading.c.id.in_(_latest())).order_by(t.mark.c.grading_id, t.mark.c.position)
        found: defaultdict[int, list[Mark]] = defaultdict(list)
        for row in self._connection.execute(self._mine(query, t.submission.c.learner_id)).mappings():
            key = (row["submission_id"], row["exercise"])
            mark = _mark(row, scores.get(key, []), aided=key in aided, appeal=appealed.get(key))
            found[row["grading_id"]].append(replace(mark, taken_back=taken_back.get(key, 0)))
        return {number: tuple(marks) for number, marks in found.items()}

    def _scores(self) -> dict[tuple[int, str], list[ManualScore]]:
        found: defaultdict[tuple[int, str], list[ManualScore]] = defaultdict(list)
        query = select(t.score).where(t.score.c.withdrawn.is_(None)).order_by(t.score.c.id)
        for row in self._connection.execute(query).mappings():
            score = ManualScore(row["points"], row["comment"], row["author"], row["at"])
            found[row["submission_id"], row["exercise"]].append(score)
        return found

    def _taken_back(self) -> dict[tuple[int, str], int]:
        columns = (t.score.c.submission_id, t.score.c.exercise)
        query = select(*columns, func.count()).where(t.score.c.withdrawn.is_not(None)).group_by(*columns)
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}

    def _pairs(self, table: Any) -> set[tuple[int, str]]:
        return {(row[0], row[1]) for row in self._connection.execute(select(table.c.submission_id, table.c.exercise))}

    def _open_appeals(self) -> dict[tuple[int, str], str]:
        """Why, by attempt and exercise."""
        columns = (t.appeal.c.submission_id, t.appeal.c.exercise, t.appeal.c.reason)
        query = select(*columns).where(t.appeal.c.closed_at.is_(None))
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}


def _of_grading() -> tuple[Any, ...]:
    columns = ("graded_at", "version", "sandboxed", "problem", "tampered")
    return (t.grading.c.id.label("grading"), *(t.grading.c[name] for name in columns))


def _latest() -> Select[Any]:
    """The gradings that hold: of each submission the last one with a verdict, or the last where none has one."""
    other = t.grading.alias()
    has_verdict, other_has = t.grading.c.problem == "", other.c.problem == ""
    later = or_(
        other_has & ~has_verdict,
        (other_has == has_verdict)
        & or_(
            other.c.graded_at > t.grading.c.graded_at,
            (other.c.graded_at == t.grading.c.graded_at) & (other.c.id > t.grading.c.id),
        ),
    )
    better = select(other.c.id).where(other.c.submission_id == t.grading.c.submission_id, later)
    return select(t.grading.c.id).where(~better.exists())


def _attempt(row: Any, learner: str, column: LessonColumn, marks: tuple[Mark, ...]) -> Attempt:
    return Attempt(
        id=row["id"],
        learner=learner,
        lesson=column.id,
        place=column.place,
        number=0,
        handed_in=row["handed_in"],
        graded_at=row["graded_at"],
        file=row["file"],
        sha256=row["sha256"],
        version=row["version"],
        sandboxed=row["sandboxed"],
        problem=row["problem"],
        tampered=tuple(row["tampered"]),
        marks=marks,
    )


def _mark(row: Any, scores: list[ManualScore], *, aided: bool, appeal: str | None) -> Mark:
    return Mark(
        exercise=row["exercise"],
        title=row["title"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        automatic=row["points"],
        max_points=row["max_points"],
        message=row["message"],
        detail=row["detail"],
        manual=row["manual"],
        text=row["text"],
        output=row["output"],
        mistakes=tuple(row["mistakes"]),
        aided=aided,
        scores=tuple(scores),
        appealed=appeal is not None,
        appeal=appeal or "",
    )
