"""How points are spread in a lesson."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.report._class import part, standings

if TYPE_CHECKING:
    from curriculum.gradebook import Sheet

BINS = 10
# A share of exactly a tenth is a sum of decimal fractions, and may come out a hair below it.
_HAIR = 1e-9


@dataclass(frozen=True)
class Spread:
    """How shares of points are spread.

    Attributes:
        shares: of those graded in full, in rising order.
        waiting: learners left out, since a person has yet to grade some of their exercises.
    """

    shares: tuple[float, ...]
    waiting: int = 0

    @property
    def median(self) -> float | None:
        """The middle share; None where there is none."""
        return statistics.median(self.shares) if self.shares else None

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """The shares a quarter and three quarters of the way up, interpolated; None of fewer than two."""
        if len(self.shares) < 2:
            return None
        lower, _, upper = statistics.quantiles(self.shares, n=4, method="inclusive")
        return lower, upper

    @property
    def counts(self) -> tuple[int, ...]:
        """How many fall into each tenth; the last holds full points, and more where there was extra credit."""
        found = [0] * BINS
        for share in self.shares:
            found[max(min(int(share * BINS + _HAIR), BINS - 1), 0)] += 1
        return tuple(found)


def spread_of(sheet: Sheet, lesson: str) -> Spread:
    """The spread of one lesson, over the learners whose attempt is graded in full."""
    counted = [standing for standing in standings(sheet, lesson) if part(standing) is not None]
    shares = [part(standing) or 0.0 for standing in counted if not standing.waiting]
    return Spread(tuple(sorted(shares)), len(counted) - len(shares))


def over_all(sheet: Sheet) -> Spread:
    """The spread over the course: what each learner has so far of all that counts for them.

    Nobody is left out: those with answers that wait for a person are those who have handed in most.
    """
    return Spread(tuple(sorted(row.points / row.max_points for row in sheet.rows if row.max_points > 0)))
