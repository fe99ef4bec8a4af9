"""What people decide: policy, deadlines, extensions, excuses, credit, scores, appeals; little is ever overwritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from curriculum.errors import GradebookError
from curriculum.gradebook import _lessons, _people
from curriculum.gradebook import _tables as t
from curriculum.gradebook._policy import Aided, Counts, Policy
from curriculum.gradebook._records import revision_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Select

    from curriculum.course import Course
    from curriculum.gradebook._records import Given

_MOST_CREDIT = 1_000_000


def policy(connection: Connection) -> Policy:
    """The rules that hold: the last ones set, or the plain ones."""
    row = connection.execute(select(t.policy).order_by(t.policy.c.id.desc()).limit(1)).mappings().first()
    if row is None:
        return Policy()
    return Policy(
        counts=Counts(row["counts"]),
        grace=timedelta(seconds=row["grace_seconds"]),
        late_percent=row["late_percent"],
        late_most=row["late_most"],
        closes_after=None if row["closes_seconds"] is None else timedelta(seconds=row["closes_seconds"]),
        aided=Aided(row["aided"]),
    )


def set_policy(connection: Connection, rules: Policy, author: str) -> None:
    """Let other rules hold, for everything that was and will be handed in."""
    closes = rules.closes_after
    connection.execute(
        insert(t.policy).values(
            counts=rules.counts.value,
            grace_seconds=int(rules.grace.total_seconds()),
            late_percent=rules.late_percent,
            late_most=rules.late_most,
            closes_seconds=None if closes is None else int(closes.total_seconds()),
            aided=rules.aided.value,
            author=author,
            at=_now(),
        )
    )


def set_due(
    connection: Connection, lesson: str, due: datetime | None, cohort: str = "", course: Course | None = None
) -> None:
    """Set a lesson's deadline, for a cohort or for everybody without one of their own; None takes it away."""
    number = _lessons.find_or_take(connection, lesson, course)
    whose = _people.cohort_number(connection, cohort) if cohort else None
    of_cohort = t.deadline.c.cohort_id == whose if whose is not None else t.deadline.c.cohort_id.is_(None)
    connection.execute(delete(t.deadline).where(t.deadline.c.lesson_id == number, of_cohort))
    if due is not None:
        connection.execute(insert(t.deadline).values(lesson_id=number, cohort_id=whose, due=_zoned(due)))


def set_extra(connection: Connection, lesson: str, *, is_extra: bool) -> None:
    """Let a lesson's points count on top, or not."""
    number = _lessons.find(connection, lesson)
    connection.execute(update(t.lesson).where(t.lesson.c.id == number).values(is_extra=is_extra))


def extend(connection: Connection, learner: str, lesson: str, due: datetime, reason: str, author: str) -> None:
    """Give a learner a deadline of their own."""
    values = {"due": _zoned(due), "reason": reason, "author": author, "at": _now()}
    connection.execute(insert(t.extension).values(**_cell(connection, learner, lesson), **values))


def excuse(connection: Connection, learner: str, lesson: str, reason: str, author: str, *, holds: bool) -> None:
    """Leave a lesson out of what a learner has and could have, or take that back."""
    values = {"holds": holds, "reason": reason, "author": author, "at": _now()}
    connection.execute(insert(t.excuse).values(**_cell(connection, learner, lesson), **values))


def credit(
    connection: Connection, learner: str, points: float, reason: str, author: str, *, lesson: str | None = None
) -> None:
    """Give points outside any exercise; negative ones take back."""
    if not 0 < abs(points) <= _MOST_CREDIT:
        message = f"extra credit is a number other than 0, and {_MOST_CREDIT:,} at most, not {points:g}"
        raise GradebookError(message)
    number = _lessons.find(connection, lesson) if lesson else None
    values = {"points": points, "reason": reason, "author": author, "at": _now()}
    connection.execute(
        insert(t.credit).values(learner_id=_people.find(connection, learner), lesson_id=number, **values)
    )


def give(connection: Connection, given: Iterable[Given]) -> int:
    """Add scores; all of them, or none where one cannot be given.

    Returns:
        How many were added.

    Raises:
        GradebookError: points out of range, no such exercise or open appeal, or another person was faster.
    """
    at = _now()
    every = list(given)
    rows = [_checked(connection, each) | {"at": at} for each in every]
    if rows:
        connection.execute(insert(t.score), rows)
    for each in every:
        if each.closes_appeal:
            _close(connection, each, at)
    return len(rows)


def take_back(connection: Connection, given: Iterable[Given]) -> None:
    """Withdraw scores that were given last; appeals that they closed are open again.

    Raises:
        GradebookError: one of them is not the newest score of its mark any more.
    """
    for each in given:
        newest = connection.execute(_standing(each).order_by(t.score.c.id.desc()).limit(1)).mappings().first()
        values = ("points", "comment", "author")
        if newest is None or any(newest[name] != getattr(each, name) for name in values):
            message = f"{each.exercise}: nothing was taken back, because somebody has graded since: look again"
            raise GradebookError(message)
        connection.execute(update(t.score).where(t.score.c.id == newest["id"]).values(withdrawn=_now()))
        if each.closes_appeal:
            same = (t.appeal.c.submission_id == each.attempt) & (t.appeal.c.exercise == each.exercise)
            closed = same & (t.appeal.c.closed_at == newest["at"])
            unanswered = dict.fromkeys(("answer", "closed_by", "closed_at"))
            connection.execute(update(t.appeal).where(closed).values(**unanswered))


def open_appeal(
    connection: Connection, learner: str, exercise: str, reason: str, author: str, attempt: int | None = None
) -> int:
    """Reopen one exercise of a learner: of the attempt given, or of their last one that has it.

    Returns:
        The appeal's number.

    Raises:
        GradebookError: there is no such exercise, or an appeal about it is open.
    """
    number = _people.find(connection, learner)
    submission = _attempt_with(connection, number, learner, exercise, attempt)
    same = (t.appeal.c.submission_id == submission) & (t.appeal.c.exercise == exercise)
    if connection.execute(select(t.appeal.c.id).where(same, t.appeal.c.closed_at.is_(None))).scalar() is not None:
        message = f"an appeal of {learner!r} about {exercise!r} is open already"
        raise GradebookError(message)
    values = {"submission_id": submission, "exercise": exercise, "reason": reason, "author": author, "at": _now()}
    key = connection.execute(insert(t.appeal).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def close_appeal(connection: Connection, number: int, answer: str, author: str) -> None:
    """Answer an appeal; a changed score is given beside it.

    Raises:
        GradebookError: there is no open appeal of that number.
    """
    values = {"answer": answer, "closed_by": author, "closed_at": _now()}
    still_open = (t.appeal.c.id == number) & t.appeal.c.closed_at.is_(None)
    if not connection.execute(update(t.appeal).where(still_open).values(**values)).rowcount:
        message = f"there is no open appeal {number}; see all with: curriculum gradebook appeals"
        raise GradebookError(message)


def _checked(connection: Connection, given: Given) -> dict[str, Any]:
    if not given.author.strip():
        message = "a score needs the name of who gives it: --author NAME"
        raise GradebookError(message)
    query = select(t.mark.c.max_points).join_from(t.mark, t.grading)
    known = (t.grading.c.submission_id == given.attempt) & (t.mark.c.exercise == given.exercise)
    newest = (t.grading.c.graded_at.desc(), t.grading.c.id.desc())
    most = connection.execute(query.where(known).order_by(*newest).limit(1)).scalar()
    if most is None:
        message = f"attempt {given.attempt} has no exercise {given.exercise!r}"
        raise GradebookError(message)
    if given.points is not None and not 0.0 <= given.points <= most:
        message = f"{given.exercise}: {given.points:g} points cannot be given; 0 to {most:g}"
        raise GradebookError(message)
    _check_seen(connection, given)
    kept = ("exercise", "points", "comment", "author")
    return {"submission_id": given.attempt} | {name: getattr(given, name) for name in kept}


def _check_seen(connection: Connection, given: Given) -> None:
    """Whether nothing was given or taken back since the author looked."""
    scores = connection.execute(_scores(given).order_by(t.score.c.id)).mappings().all()
    standing = [row["author"] for row in scores if row["withdrawn"] is None]
    if revision_of(len(standing), len(scores) - len(standing)) != given.expected:
        message = f"{given.exercise} was graded meanwhile by {standing[-1] if standing else 'nobody'}: look again"
        raise GradebookError(message)


def _standing(given: Given) -> Select[Any]:
    """The scores of a mark that nobody has taken back."""
    return _scores(given).where(t.score.c.withdrawn.is_(None))


def _scores(given: Given) -> Select[Any]:
    same = (t.score.c.submission_id == given.attempt) & (t.score.c.exercise == given.exercise)
    return select(t.score).where(same)


def _close(connection: Connection, given: Given, at: datetime) -> None:
    same = (t.appeal.c.submission_id == given.attempt) & (t.appeal.c.exercise == given.exercise)
    values = {"answer": given.comment, "closed_by": given.author, "closed_at": at}
    if not connection.execute(update(t.appeal).where(same, t.appeal.c.closed_at.is_(None)).values(**values)).rowcount:
        message = f"{given.exercise}: there is no open appeal to close: look again"
        raise GradebookError(message)


def _attempt_with(connection: Connection, number: int, learner: str, exercise: str, attempt: int | None) -> int:
    joined = t.submission.join(t.grading).join(t.mark)
    query = select(t.submission.c.id).select_from(joined)
    query = query.where(t.submission.c.learner_id == number, t.mark.c.exercise == exercise)
    if attempt is not None:
        query = query.where(t.submission.c.id == attempt)
    order = (t.submission.c.handed_in.desc(), t.submission.c.id.desc())
    found = connection.execute(query.order_by(*order).limit(1)).scalar()
    if found is None:
        of = f"attempt {attempt} of {learner!r}" if attempt is not None else f"no attempt of {learner!r}"
        message = f"{of} has {'no' if attempt is not None else 'an'} exercise {exercise!r}"
        raise GradebookError(message)
    return int(found)


def _cell(connection: Connection, learner: str, lesson: str) -> dict[str, int]:
    return {"learner_id": _people.find(connection, learner), "lesson_id": _lessons.find(connection, lesson)}


def _zoned(moment: datetime) -> datetime:
    """A time without a zone is one of the clock on this machine's wall."""
    return moment.astimezone(UTC)


def _now() -> datetime:
    return datetime.now(UTC)
