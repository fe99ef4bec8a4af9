"""How the planted effects are recovered: a textbook method for each, and the naive one where it misleads.

A small fixed part runs as tests; ``benchmarks/recovery.py`` runs 200 draws of each and prints the table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
