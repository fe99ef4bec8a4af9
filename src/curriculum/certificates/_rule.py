"""What a certificate takes, and the verdict on one learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.errors import CertificateError
from curriculum.gradebook import Aided

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Rule:
    """What a certificate takes.

    Attributes:
        share: of the points of all its lessons together, between 0 and 1.
        each: of the points of every single lesson, between 0 and 1; None where only the whole counts.
        aided: how much exercises count whose solution was looked up.
        lessons: ids of the lessons it is about; None for every lesson that does not count on top.

    Raises:
        CertificateError: a share is not between 0 and 1, or no lesson is left.
    """

    share: float = 0.6
    each: float | None = None
    aided: Aided = Aided.NONE
    lessons: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for value in (self.share, self.each):
            if value is not None and not 0 <= value <= 1:
                message = f"the share of points for a certificate must be between 0 and 1, not {value:g}"
                raise CertificateError(message)
        if self.lessons is not None and not self.lessons:
            message = "a certificate needs at least one lesson"
            raise CertificateError(message)


@dataclass(frozen=True)
class LessonPoints:
    """What one lesson adds.

    Attributes:
        minutes: the course's measure of honest working time.
        earned: points of exercises under the rule, less penalty, never below 0.
        extra: points that people gave outside the exercises.
        on_top: whether the lesson adds nothing to what can be had.
        handed_in: when the attempt that counts was handed in (UTC).
    """

    lesson: str
    title: str
    place: str
    minutes: int
    earned: float
    max_points: float
    extra: float = 0.0
    on_top: bool = False
    handed_in: datetime | None = None

    @property
    def points(self) -> float:
        """Everything it adds."""
        return self.earned + self.extra


@dataclass(frozen=True)
class Reason:
    """Why there is no certificate yet: in this lesson, or in all together where ``lesson`` is empty."""

    lesson: str
    words: str

    def __str__(self) -> str:
        return f"{self.lesson}: {self.words}" if self.lesson else self.words


@dataclass(frozen=True)
class Verdict:
    """What the rule makes of one learner.

    Attributes:
        lessons: those that count, in the course's order.
        excused: titles of lessons that are left out.
        reasons: why not; none where the certificate is earned.
        notes: what counts nothing without standing in the way.
    """

    rule: Rule
    lessons: tuple[LessonPoints, ...]
    excused: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def is_eligible(self) -> bool:
        """Whether the certificate is earned."""
        return not self.reasons

    @property
    def points(self) -> float:
        """All points, extra credit and lessons on top included."""
        return sum(lesson.points for lesson in self.lessons)

    @property
    def max_points(self) -> float:
        """What could be had, without lessons on top."""
        return sum(lesson.max_points for lesson in self.lessons if not lesson.on_top)

    @property
    def share(self) -> float:
        """The points as a share of what could be had; 0 where nothing could."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def minutes(self) -> int:
        """Working time of all lessons that count."""
        return sum(lesson.minutes for lesson in self.lessons)
