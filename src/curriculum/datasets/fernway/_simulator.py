"""What every simulated table offers, and the options that its scenarios take."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from curriculum.errors import ScenarioError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from curriculum.datasets.fernway._draw import Draw


def option(default: Any, meaning: str, *, low: float = -math.inf, high: float = math.inf) -> Any:
    """Declare an option of a scenario: its default, what it means, and the range a number must lie in."""
    return field(default=default, metadata={"meaning": meaning, "low": low, "high": high})


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """The options of a table. A subclass declares each with ``option``; the default's type is the option's type."""

    def __post_init__(self) -> None:
        """Refuse values of the wrong type or outside their range.

        Raises:
            ScenarioError: which option, what it must be and what it was.
        """
        for option_ in dataclasses.fields(self):
            wanted = _wanted(option_, getattr(self, option_.name))
            if wanted:
                message = f"{option_.name} must be {wanted}, not {getattr(self, option_.name)!r}"
                raise ScenarioError(message)


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

    def configure(self, options: dict[str, object]) -> S:
        """Make a scenario from options by name.

        Raises:
            UnknownNameError: there is no such option; the message suggests the nearest.
            ScenarioError: a value is of the wrong type or out of range.
        """
        known = [option_.name for option_ in dataclasses.fields(self.scenario)]
        for name in options:
            if name not in known:
                raise UnknownNameError(f"option of {self.name}", name, known, f'datasets.options("{self.name}")')
        return self.scenario(**options)


def spans(n: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Cut ``n`` units into blocks of ``size``: the block's number, its first unit and the one after its last."""
    for block, first in enumerate(range(0, n, size)):
        yield block, first, min(first + size, n)


def _wanted(option_: dataclasses.Field[Any], value: object) -> str:
    """Say what an option must be if ``value`` is not that; nothing if it is."""
    kind, low, high = type(option_.default), option_.metadata["low"], option_.metadata["high"]
    if kind is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        return "" if fits else f"a number{_range(low, high)}"
    if kind is int:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if fits else f"a whole number{_range(low, high)}"
    return "" if isinstance(value, kind) else {bool: "True or False", str: "text"}[kind]


def _range(low: float, high: float) -> str:
    if math.isfinite(low) and math.isfinite(high):
        return f" from {low:g} to {high:g}"
    if math.isfinite(low):
        return f" of at least {low:g}"
    return f" of at most {high:g}" if math.isfinite(high) else ""
