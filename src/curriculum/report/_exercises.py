"""Which exercises are hard, as far as the numbers carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.outcome import Outcome
from curriculum.report._class import standings

if TYPE_CHECKING:
    from curriculum.gradebook import Sheet

CONFIDENCE = 0.95
_NOT_TRIED = {Outcome.NOT_ATTEMPTED, Outcome.MISSING}


@dataclass
class Hardness:
    """How learners fared with one exercise, in the attempt of each that counts.

    Attributes:
        tried: learners who gave an answer that was graded by its checks.
        passed: those of them who passed.
        left_out: learners who handed the lesson in without an answer to it.
    """

    lesson: str
    exercise: str
    title: str
    tried: int = 0
    passed: int = 0
    left_out: int = 0

    @property
    def share(self) -> float:
        """The share that passed; 0 where nobody tried."""
        return self.passed / self.tried if self.tried else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the share that passes; all of 0 to 1 where nobody tried."""
        if not self.tried:
            return 0.0, 1.0
        from scipy.stats import binomtest

        found = binomtest(self.passed, self.tried).proportion_ci(CONFIDENCE, method="wilson")
        return max(float(found.low), 0.0), min(float(found.high), 1.0)


def hardest(sheet: Sheet) -> list[Hardness]:
    """Every exercise that somebody tried, hardest first: by the upper end of the interval.

    So an exercise comes first if even the most that its numbers allow is low: three learners who all failed say less
    than two hundred of whom a third passed. What people grade has points and no pass, and is left out.
    """
    found: dict[tuple[str, str], Hardness] = {}
    for standing in standings(sheet):
        for mark in standing.counted.marks if standing.counted else ():
            if mark.manual or mark.outcome is None:
                continue
            key = standing.lesson, mark.exercise
            count = found.setdefault(key, Hardness(standing.lesson, mark.exercise, mark.title))
            tried = mark.outcome not in _NOT_TRIED
            count.tried += tried
            count.left_out += not tried
            count.passed += mark.outcome is Outcome.PASSED
    return sorted((count for count in found.values() if count.tried), key=_rank)


def _rank(count: Hardness) -> tuple[float, float, int]:
    return count.interval[1], count.share, -count.tried
