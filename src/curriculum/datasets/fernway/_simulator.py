"""What every simulated table offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from curriculum.datasets._options import OptionSet, option
from curriculum.datasets.fernway._calendar import Period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from curriculum.datasets.fernway._draw import Draw

__all__ = ["Scenario", "Simulator", "option", "spans"]


@dataclass(frozen=True, kw_only=True)
class Scenario(OptionSet):
    """The options of a table; those of a table with a period are called ``start`` and ``days``."""

    def __post_init__(self) -> None:
        """Refuse values of the wrong type or outside their range, and a period that is none.

        Raises:
            ScenarioError: which option, what it must be and what it was.
        """
        super().__post_init__()
        if hasattr(self, "start") and hasattr(self, "days"):
            Period(self.start, self.days)


S = TypeVar("S", bound=Scenario)


@dataclass(frozen=True)
class Simulator(Generic[S]):
    """One table that can be simulated.

    Attributes:
        name: the table's name, also that of its shipped sample.
        title: one line about it, for the catalogue.
        unit: what ``n`` counts, in the plural.
        scenario: the class of its options.
        blocks: gives the draw for (n, seed, scenario) in consecutive pieces of bounded size.
    """

    name: str
    title: str
    unit: str
    scenario: type[S]
    blocks: Callable[[int, int, S], Iterator[Draw]]


def spans(n: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Cut ``n`` units into blocks of ``size``: the block's number, its first unit and the one after its last."""
    for block, first in enumerate(range(0, n, size)):
        yield block, first, min(first + size, n)
