"""What an nbgrader course knows: its ``gradebook.db``, read by SQL alone and never written to."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from curriculum.bridges._nbgrader_records import NbComment, NbCourse, NbLearner, NbScore, NbSubmission
from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GRADEBOOK = "gradebook.db"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_nbgrader(place: Path) -> NbCourse:
    """Read an nbgrader course.

    Args:
        place: the course's folder, or its ``gradebook.db``.

    Raises:
        BridgeError: there is no gradebook of nbgrader's, or it cannot be read.
    """
    path = place / GRADEBOOK if place.is_dir() else place
    if not path.is_file():
        message = f"{path}: there is no gradebook of nbgrader's"
        raise BridgeError(message)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            base.row_factory = sqlite3.Row
            return _course(base)
    except sqlite3.Error as error:
        message = f"{path}: is no gradebook of nbgrader 0.6 or newer that can be read ({error})"
        raise BridgeError(message) from None
    except ValueError as error:
        message = f"{path}: holds a time that is none ({error})"
        raise BridgeError(message) from None


def _course(base: sqlite3.Connection) -> NbCourse:
    assignments = {row["name"]: _time(row["duedate"]) for row in base.execute(_ASSIGNMENTS)}
    learners = tuple(NbLearner(*(row[name] or "" for name in row.keys())) for row in base.execute(_LEARNERS))  # noqa: SIM118
    scores: dict[str, list[NbScore]] = defaultdict(list)
    for row in base.execute(_SCORES):
        scores[row["submission"]].append(_score(row))
    comments: dict[str, list[NbComment]] = defaultdict(list)
    for row in base.execute(_COMMENTS):
        comments[row["submission"]].append(NbComment(row["notebook"], row["cell"], row["manual_comment"]))
    submissions = tuple(_submissions(base, scores, comments))
    return NbCourse(assignments, learners, submissions)


def _submissions(
    base: sqlite3.Connection, scores: dict[str, list[NbScore]], comments: dict[str, list[NbComment]]
) -> Iterator[NbSubmission]:
    for row in base.execute(_SUBMISSIONS):
        due, at = _time(row["duedate"]), _time(row["timestamp"])
        # SQLAlchemy keeps a span in SQLite as the time so long after 1970.
        shift = _time(row["extension"])
        extension = shift - _EPOCH if shift is not None else timedelta()
        own = due + extension if due is not None else None
        late = max(at - own, timedelta()) if at is not None and own is not None else timedelta()
        yield NbSubmission(
            learner=row["student"],
            assignment=row["assignment"],
            handed_in=at,
            due=own,
            extension=extension,
            late=late,
            penalty=row["penalty"] or 0.0,
            scores=tuple(scores[row["id"]]),
            comments=tuple(comments[row["id"]]),
        )


def _score(row: sqlite3.Row) -> NbScore:
    return NbScore(
        notebook=row["notebook"],
        cell=row["cell"],
        max_points=row["max_points"],
        automatic=row["auto_score"],
        manual=row["manual_score"],
        extra=row["extra_credit"] or 0.0,
        waits=bool(row["needs_manual_grade"]),
    )


def _time(text: Any) -> datetime | None:
    """nbgrader keeps UTC without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


_ASSIGNMENTS = "SELECT name, duedate FROM assignment ORDER BY name"
_LEARNERS = "SELECT id, first_name, last_name, email, lms_user_id FROM student ORDER BY id"
_SUBMISSIONS = """
SELECT s.id, s.student_id AS student, a.name AS assignment, a.duedate, s.timestamp, s.extension,
       (SELECT sum(n.late_submission_penalty) FROM submitted_notebook n WHERE n.assignment_id = s.id) AS penalty
FROM submitted_assignment s JOIN assignment a ON a.id = s.assignment_id
ORDER BY s.student_id, a.name
"""
_SCORES = """
SELECT sn.assignment_id AS submission, n.name AS notebook, c.name AS cell,
       coalesce(g.max_score, t.max_score, 0.0) AS max_points,
       r.auto_score, r.manual_score, r.extra_credit, r.needs_manual_grade
FROM grade r
JOIN base_cell c ON c.id = r.cell_id
LEFT JOIN grade_cells g ON g.id = c.id
LEFT JOIN task_cells t ON t.id = c.id
JOIN submitted_notebook sn ON sn.id = r.notebook_id
JOIN notebook n ON n.id = sn.notebook_id
ORDER BY n.name, c.rowid
"""
_COMMENTS = """
SELECT sn.assignment_id AS submission, n.name AS notebook, c.name AS cell, m.manual_comment
FROM comment m
JOIN base_cell c ON c.id = m.cell_id
JOIN submitted_notebook sn ON sn.id = m.notebook_id
JOIN notebook n ON n.id = sn.notebook_id
WHERE m.manual_comment IS NOT NULL AND m.manual_comment <> ''
ORDER BY n.name, c.rowid
"""
