"""The gradebook's tables: what is kept, and which rows may not contradict each other.

Nothing that a person decided or handed in is ever overwritten: submissions, gradings, scores, credits and appeals are
only added. Changing a table needs a migration beside it (``migrations/versions``); a test compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from curriculum.gradebook._text import storable

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A time, given and read with its zone and kept in UTC; SQLite keeps no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """To the database."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else value.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text that any database can hold: half characters and NUL, which learners' files may have, are shown as such."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else storable(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """From the database."""
        return value


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _of(table: str, *, null: bool = False) -> Column[Any]:
    key = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(f"{table}_id", Integer, key, nullable=null, index=True)


def _said() -> tuple[Column[Any], ...]:
    """Who said something, why and when."""
    return (
        Column("author", Words, nullable=False),
        Column("at", Moment, nullable=False),
    )


course = Table(
    "course",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("title", Words, nullable=False),
    Column("version", Words, nullable=False),
)

policy = Table(
    "policy",
    metadata,
    _id(),
    Column("counts", String(20), nullable=False),
    Column("grace_seconds", Integer, nullable=False),
    Column("late_percent", Float, nullable=False),
    Column("late_most", Float, nullable=False),
    Column("closes_seconds", Integer),
    Column("aided", String(20), nullable=False),
    *_said(),
)

cohort = Table("cohort", metadata, _id(), Column("name", Words, nullable=False, unique=True))

learner = Table(
    "learner",
    metadata,
    _id(),
    Column("key", Words, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("cohort_id", Integer, ForeignKey("cohort.id", ondelete="SET NULL"), index=True),
    sqlite_autoincrement=True,  # a number that people have seen is never given to another row
)

identity = Table(
    "identity",
    metadata,
    _id(),
    _of("learner"),
    Column("system", String(50), nullable=False),
    Column("value", Words, nullable=False),
    UniqueConstraint("system", "value"),
    UniqueConstraint("learner_id", "system"),
)

team = Table("team", metadata, _id(), Column("name", Words, nullable=False, unique=True))

member = Table("member", metadata, _id(), _of("team"), _of("learner"), UniqueConstraint("team_id", "learner_id"))

lesson = Table(
    "lesson",
    metadata,
    _id(),
    Column("name", Words, nullable=False, unique=True),
    Column("place", Words, nullable=False, unique=True),
    Column("title", Words, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("max_points", Float, nullable=False),
    Column("is_extra", Boolean, nullable=False),
)

deadline = Table(
    "deadline",
    metadata,
    _id(),
    _of("lesson"),
    _of("cohort", null=True),
    Column("due", Moment, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    _id(),
    _of("learner"),
    _of("lesson"),
    Column("sha256", String(64), nullable=False),
    Column("file", Words, nullable=False),
    Column("handed_in", Moment, nullable=False),
    Column("by", Words, nullable=False),
    UniqueConstraint("learner_id", "lesson_id", "sha256"),
    sqlite_autoincrement=True,  # a number that people have seen is never given to another row
)

aid = Table(
    "aid",
    metadata,
    _id(),
    _of("submission"),
    Column("exercise", Words, nullable=False),
    UniqueConstraint("submission_id", "exercise"),
)

grading = Table(
    "grading",
    metadata,
    _id(),
    _of("submission"),
    Column("digest", String(64), nullable=False),
    Column("graded_at", Moment, nullable=False),
    Column("version", Words, nullable=False),
    Column("runner", Words, nullable=False),
    Column("sandboxed", Boolean, nullable=False),
    Column("problem", Words, nullable=False),
    Column("tampered", JSON, nullable=False),
    UniqueConstraint("submission_id", "digest"),
)

mark = Table(
    "mark",
    metadata,
    _id(),
    _of("grading"),
    Column("position", Integer, nullable=False),
    Column("exercise", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("outcome", String(20)),
    Column("points", Float),
    Column("max_points", Float, nullable=False),
    Column("message", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("manual", Boolean, nullable=False),
    Column("text", Words, nullable=False),
    Column("output", Words, nullable=False),
    Column("mistakes", JSON, nullable=False),
    UniqueConstraint("grading_id", "exercise"),
    CheckConstraint("max_points >= 0", name="max_points"),
)

score = Table(
    "score",
    metadata,
    _id(),
    _of("submission"),
    Column("exercise", Words, nullable=False),
    Column("points", Float),
    Column("comment", Words, nullable=False),
    *_said(),
    Column("withdrawn", Moment),
)

appeal = Table(
    "appeal",
    metadata,
    _id(),
    _of("submission"),
    Column("exercise", Words, nullable=False),
    Column("reason", Words, nullable=False),
    *_said(),
    Column("answer", Words),
    Column("closed_by", Words),
    Column("closed_at", Moment),
    sqlite_autoincrement=True,  # a number that people have seen is never given to another row
)

extension = Table(
    "extension",
    metadata,
    _id(),
    _of("learner"),
    _of("lesson"),
    Column("due", Moment, nullable=False),
    Column("reason", Words, nullable=False),
    *_said(),
)

excuse = Table(
    "excuse",
    metadata,
    _id(),
    _of("learner"),
    _of("lesson"),
    Column("holds", Boolean, nullable=False),
    Column("reason", Words, nullable=False),
    *_said(),
)

credit = Table(
    "credit",
    metadata,
    _id(),
    _of("learner"),
    _of("lesson", null=True),
    Column("points", Float, nullable=False),
    Column("reason", Words, nullable=False),
    *_said(),
)

erasure = Table(
    "erasure",
    metadata,
    _id(),
    Column("rows", Integer, nullable=False),
    *_said(),
)
