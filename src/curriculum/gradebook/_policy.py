"""The class's rules, and what they make of attempts: pure, so that every rule can be tried without a database."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from curriculum.errors import GradebookError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from curriculum.gradebook._records import Attempt

_DAY = timedelta(days=1)


class Counts(StrEnum):
    """Which of a learner's attempts at a lesson counts."""

    BEST = "best"
    LATEST = "latest"


class Aided(StrEnum):
    """How much an exercise counts whose solution was looked up before it was first passed."""

    FULL = "full"
    HALF = "half"
    NONE = "none"

    @property
    def factor(self) -> float:
        """What its points are multiplied by."""
        return {Aided.FULL: 1.0, Aided.HALF: 0.5, Aided.NONE: 0.0}[self]


@dataclass(frozen=True)
class Policy:
    """The rules of a class.

    Attributes:
        counts: the attempt with most points after its penalty, or the one handed in last.
        grace: lateness up to here costs nothing; beyond it every begun day since the deadline counts.
        late_percent: what a begun day costs, in percent of what the lesson can give.
        late_most: what lateness costs at most, in percent of what the lesson can give.
        closes_after: attempts later than this count for nothing; None: they are always taken.
        aided: how much such exercises count in a certificate; marks are not touched by it.

    Raises:
        GradebookError: a value that makes no sense.
    """

    counts: Counts = Counts.BEST
    grace: timedelta = timedelta()
    late_percent: float = 0.0
    late_most: float = 100.0
    closes_after: timedelta | None = None
    aided: Aided = Aided.NONE

    def __post_init__(self) -> None:
        for name, value in (("late percent", self.late_percent), ("most that lateness costs", self.late_most)):
            if not 0.0 <= value <= 100.0:
                message = f"the policy's {name} is {value:g}; it lies between 0 and 100"
                raise GradebookError(message)
        if self.grace < timedelta() or (self.closes_after is not None and self.closes_after < self.grace):
            message = "the policy's grace cannot be negative, nor longer than the time after which a lesson closes"
            raise GradebookError(message)

    def lateness(self, handed_in: datetime, due: datetime | None) -> timedelta:
        """How long after its deadline something was handed in; zero where it was in time or there is none."""
        return max(handed_in - due, timedelta()) if due is not None else timedelta()

    def is_closed(self, late: timedelta) -> bool:
        """Whether an attempt came too late to count at all."""
        return self.closes_after is not None and late > self.closes_after

    def penalty(self, late: timedelta, max_points: float) -> float:
        """The points that lateness takes off, before the rule that nobody falls below 0."""
        if late <= self.grace:
            return 0.0
        percent = min(self.late_percent * math.ceil(late / _DAY), self.late_most)
        return max_points * percent / 100.0

    def counted(self, attempts: Sequence[Attempt], max_points: float) -> Attempt | None:
        """The attempt that counts; None where none was graded in time.

        Of equally good ones the first counts, since a later one would cost a penalty for nothing.
        """
        valid = [each for each in attempts if not each.problem and not self.is_closed(each.late)]
        if not valid:
            return None
        if self.counts is Counts.LATEST:
            return max(valid, key=lambda each: each.number)
        return max(valid, key=lambda each: (self.worth(each, max_points), -each.number))

    def worth(self, attempt: Attempt, max_points: float) -> float:
        """An attempt's points after its penalty."""
        return max(attempt.points - self.penalty(attempt.late, max_points), 0.0)
