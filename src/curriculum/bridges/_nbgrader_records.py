"""What an nbgrader course knows, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


@dataclass(frozen=True)
class NbLearner:
    """A student of nbgrader's."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class NbScore:
    """What nbgrader gave for one cell of a submission.

    Attributes:
        notebook: its name without ``.ipynb``.
        cell: the cell's grade_id.
        automatic: None where only a person can give points.
        manual: what a person gave; it replaces ``automatic``.
        extra: extra credit, on top of either.
        waits: whether a person has yet to grade it.
    """

    notebook: str
    cell: str
    max_points: float
    automatic: float | None
    manual: float | None
    extra: float
    waits: bool

    @property
    def points(self) -> float:
        """What nbgrader counts: nothing at all before one of the two is there."""
        given = self.manual if self.manual is not None else self.automatic
        return 0.0 if given is None else given + self.extra


@dataclass(frozen=True)
class NbComment:
    """What a person wrote to a cell; nbgrader keeps it with the cell that the learner filled."""

    notebook: str
    cell: str
    text: str


@dataclass(frozen=True)
class NbSubmission:
    """A learner's submission to an assignment; nbgrader keeps one of each.

    Attributes:
        handed_in: when (UTC); None where nobody knows.
        due: the learner's own deadline (UTC), extension included.
        extension: how much later than the others'.
        late: how long after it; zero where there was none.
        penalty: points taken off for lateness.
    """

    learner: str
    assignment: str
    handed_in: datetime | None
    due: datetime | None
    extension: timedelta
    late: timedelta
    penalty: float
    scores: tuple[NbScore, ...]
    comments: tuple[NbComment, ...]

    @property
    def points(self) -> float:
        """What nbgrader counts, less the penalty."""
        return max(sum(score.points for score in self.scores) - self.penalty, 0.0)


@dataclass(frozen=True)
class NbCourse:
    """An nbgrader course.

    Attributes:
        assignments: the deadline of each (UTC); None where there is none.
        learners: by id.
        submissions: by learner, then assignment.
    """

    assignments: dict[str, datetime | None]
    learners: tuple[NbLearner, ...]
    submissions: tuple[NbSubmission, ...]
