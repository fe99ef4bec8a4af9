"""How the planted effects are recovered: a textbook method for each, and the naive one where it misleads.

A small fixed part runs as tests; ``benchmarks/recovery.py`` runs 200 draws of each and prints the table.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from curriculum import datasets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from curriculum.datasets.fernway import Draw


class Interval(NamedTuple):
    """An estimate with its 95 % interval."""

    estimate: float
    low: float
    high: float

    def covers(self, truth: float) -> bool:
        return self.low <= truth <= self.high


@dataclass(frozen=True)
class Recovery:
    """One planted effect, how to get it back, and how not to.

    Attributes:
        effect: its name; a key of ``truth.effects`` unless ``truth`` is given.
        table, n, options: the draw that is analysed: ``simulate(table, n, seed, **options)``.
        textbook: the right method; takes the draw and its seed (for tables to join).
        naive: a tempting method that misleads, with ``naive_fails`` saying why.
        truth: where the true value is not a constant of the scenario but known for each draw.
    """

    effect: str
    table: str
    n: int
    textbook: Callable[[Draw, int], Interval]
    options: Mapping[str, object] = field(default_factory=dict)
    naive: Callable[[Draw, int], Interval] | None = None
    naive_fails: str = ""
    truth: Callable[[Draw, int], float] | None = None

    def true_value(self, draw: Draw, seed: int) -> float:
        return self.truth(draw, seed) if self.truth else draw.truth.effects[self.effect]


class Score(NamedTuple):
    """How a method did over many draws.

    Attributes:
        covered: in how many draws the interval held the truth.
        mean_error: mean of estimate minus truth; mean_truth: of the truth.
        standard_error: the spread of the errors from draw to draw.
        width: the mean width of the interval.
    """

    covered: int
    mean_error: float
    mean_truth: float
    standard_error: float
    width: float


class Measured(NamedTuple):
    """Both methods over the same draws."""

    textbook: Score
    naive: Score | None


def recoveries() -> list[Recovery]:
    """Every recovery of every module in this folder."""
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return [recovery for module in modules for recovery in module.RECOVERIES]


def measure(recovery: Recovery, seeds: Iterable[int]) -> Measured:
    """Draw once for each seed and let both methods try."""
    found: list[tuple[float, Interval, Interval | None]] = []
    for seed in seeds:
        draw = datasets.simulate(recovery.table, recovery.n, seed, **recovery.options)
        wrong = recovery.naive(draw, seed) if recovery.naive else None
        found.append((recovery.true_value(draw, seed), recovery.textbook(draw, seed), wrong))
    truths = [truth for truth, _, _ in found]
    misled = [wrong for _, _, wrong in found if wrong is not None]
    return Measured(_score(truths, [right for _, right, _ in found]), _score(truths, misled) if misled else None)


def _score(truths: list[float], intervals: list[Interval]) -> Score:
    errors = np.array([interval.estimate - truth for truth, interval in zip(truths, intervals, strict=True)])
    covered = sum(interval.covers(truth) for truth, interval in zip(truths, intervals, strict=True))
    width = float(np.mean([interval.high - interval.low for interval in intervals]))
    return Score(covered, float(errors.mean()), float(np.mean(truths)), float(errors.std(ddof=1)), width)
