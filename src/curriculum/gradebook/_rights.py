"""A learner's rights: everything that is held about them, and that it goes away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from curriculum.gradebook import _people
from curriculum.gradebook import _tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

_OWN = ("identity", "member", "submission", "extension", "excuse", "credit")
_OF_SUBMISSION = ("aid", "grading", "score", "appeal")


def held(connection: Connection, key: str) -> dict[str, Any]:
    """Every row about a learner, by table, as JSON's types.

    Raises:
        UnknownNameError: nobody is called so.
    """
    number = _people.find(connection, key)
    found = {"learner": _rows(connection, t.learner, t.learner.c.id == number)}
    for name in _OWN:
        table = t.metadata.tables[name]
        found[name] = _rows(connection, table, table.c.learner_id == number)
    submissions = select(t.submission.c.id).where(t.submission.c.learner_id == number)
    for name in _OF_SUBMISSION:
        table = t.metadata.tables[name]
        found[name] = _rows(connection, table, table.c.submission_id.in_(submissions))
    gradings = select(t.grading.c.id).where(t.grading.c.submission_id.in_(submissions))
    found["mark"] = _rows(connection, t.mark, t.mark.c.grading_id.in_(gradings))
    found["lesson"] = _rows(connection, t.lesson, t.lesson.c.id.in_(_lessons_of(number)))
    return found


def erase(connection: Connection, key: str, author: str) -> int:
    """Take everything about a learner out; that somebody was erased, when and by whom stays, without a name.

    Returns:
        How many rows went.

    Raises:
        UnknownNameError: nobody is called so.
    """
    rows = sum(len(each) for name, each in held(connection, key).items() if name != "lesson")
    number = _people.find(connection, key)
    connection.execute(delete(t.learner).where(t.learner.c.id == number))
    # What they handed in for a team is the other members' too, and stays.
    connection.execute(update(t.submission).where(t.submission.c.by == key).values(by=""))
    empty = ~select(t.member.c.id).where(t.member.c.team_id == t.team.c.id).exists()
    connection.execute(delete(t.team).where(empty))
    connection.execute(insert(t.erasure).values(rows=rows, author=author, at=datetime.now(UTC)))
    return rows


def erased(connection: Connection) -> int:
    """How many learners were ever erased."""
    return int(connection.execute(select(func.count()).select_from(t.erasure)).scalar_one())


def _lessons_of(number: int) -> Any:
    return select(t.submission.c.lesson_id).where(t.submission.c.learner_id == number)


def _rows(connection: Connection, table: Table, condition: Any) -> list[dict[str, Any]]:
    query = select(table).where(condition).order_by(table.c.id)
    return [{name: _plain(value) for name, value in row.items()} for row in connection.execute(query).mappings()]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
