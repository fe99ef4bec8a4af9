"""Hand-made classes for tests of bridges: records as the gradebook gives them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from curriculum.gradebook import (
    Attempt,
    ExtraCredit,
    Learner,
    LessonColumn,
    ManualScore,
    Mark,
    Row,
    Sheet,
    Standing,
)
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "hidden input: [3, 1, 4]"

LESSONS = (
    LessonColumn("sampling", "Sampling: what would another have said?", "03-stats/03-sampling.ipynb", 120, 10.0, NOON),
    LessonColumn("estimation", "Estimation", "03-stats/04-estimation.ipynb", 90, 6.0),
)


def mark(points: float | None, most: float = 10.0, **changes: Any) -> Mark:
    given = {
        "exercise": "mean",
        "title": "Exercise: the mean",
        "outcome": Outcome.FAILED if points is not None else None,
        "automatic": points,
        "max_points": most,
        "message": "Off by one.",
        "detail": SECRET,
        "manual": points is None,
    }
    return Mark(**(given | changes))


def attempt(learner: str, lesson: str, *marks: Mark, number: int = 1, **changes: Any) -> Attempt:
    given = {
        "id": number,
        "learner": learner,
        "lesson": lesson,
        "place": f"03-stats/{lesson}.ipynb",
        "number": number,
        "handed_in": NOON,
        "graded_at": NOON + timedelta(hours=1),
        "file": f"{learner}/{lesson}.ipynb",
        "sha256": "0" * 64,
        "version": "1",
        "marks": marks,
    }
    return Attempt(**(given | changes))


def graded(learner: str, lesson: str, *marks: Mark, **changes: Any) -> Standing:
    handed = attempt(learner, lesson, *marks)
    most = next(column.max_points for column in LESSONS if column.id == lesson)
    return Standing(learner, lesson, most, (handed,), handed, **changes)


def missing(learner: str, lesson: str, **changes: Any) -> Standing:
    most = next(column.max_points for column in LESSONS if column.id == lesson)
    return Standing(learner, lesson, most, **changes)


def row(learner: Learner, *standings: Standing) -> Row:
    """A learner's row; lessons without a standing are ones that nothing was handed in to."""
    given = {each.lesson: each for each in standings}
    whole = {column.id: given.get(column.id) or missing(learner.key, column.id) for column in LESSONS}
    counted = [each for each in whole.values() if not each.excused]
    return Row(learner, whole, sum(each.points for each in counted), sum(each.max_points for each in counted))


def sheet(*rows: Row) -> Sheet:
    return Sheet("mle", "Machine Learning Engineer", "2026.1", LESSONS, rows, NOON)


def commented(points: float | None, comment: str, at: datetime = NOON) -> ManualScore:
    return ManualScore(points, comment, "Dr. Noether", at)


def credit(points: float, reason: str) -> ExtraCredit:
    return ExtraCredit(points, reason, "Dr. Noether", NOON)


def read_csv(content: bytes, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def write_rows(path: Path, *rows: list[str], separator: str = ",", bom: bool = False) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8-sig" if bom else "utf-8", newline="")
    return path
