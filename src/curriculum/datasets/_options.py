"""Options: what a simulation or a stand-in can be told, each with its default, its meaning and its range."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Self

from curriculum.errors import ScenarioError, UnknownNameError


def option(default: Any, meaning: str, *, low: float = -math.inf, high: float = math.inf) -> Any:
    """Declare an option: its default, what it means, and the range a number must lie in."""
    return field(default=default, metadata={"meaning": meaning, "low": low, "high": high})


@dataclass(frozen=True, kw_only=True)
class OptionSet:
    """Options that go together. A subclass declares each with ``option``; the default's type is the option's type."""

    def __post_init__(self) -> None:
        """Refuse values of the wrong type or outside their range, and give numbers the option's own type.

        Raises:
            ScenarioError: which option, what it must be and what it was.
        """
        for declared in dataclasses.fields(self):
            value = getattr(self, declared.name)
            wanted = _wanted(declared, value)
            if wanted:
                message = f"{declared.name} must be {wanted}, not {value!r}"
                raise ScenarioError(message)
            kind: Any = type(declared.default)
            object.__setattr__(self, declared.name, kind(value))

    @classmethod
    def configure(cls, owner: str, options: dict[str, object], listing: str) -> Self:
        """Make the set from options by name.

        Raises:
            UnknownNameError: ``owner`` has no such option; the message suggests the nearest, or the ``listing``.
            ScenarioError: a value is of the wrong type or out of range.
        """
        known = [declared.name for declared in dataclasses.fields(cls)]
        for name in options:
            if name not in known:
                raise UnknownNameError(f"option of {owner}", name, known, listing)
        return cls(**options)


def _wanted(declared: dataclasses.Field[Any], value: object) -> str:
    """Say what an option must be if ``value`` is not that; nothing if it is."""
    kind, low, high = type(declared.default), declared.metadata["low"], declared.metadata["high"]
    if kind in {int, float}:
        # NumPy's numbers are numbers too; truth values are not.
        number = isinstance(value, Real if kind is float else Integral) and not isinstance(value, bool)
        fits = number and low <= value <= high
        return "" if fits else f"a {'' if kind is float else 'whole '}number{_range(low, high)}"
    return "" if isinstance(value, kind) else {bool: "True or False", str: "text"}[kind]


def _range(low: float, high: float) -> str:
    if math.isfinite(low) and math.isfinite(high):
        return f" from {low:g} to {high:g}"
    if math.isfinite(low):
        return f" of at least {low:g}"
    return f" of at most {high:g}" if math.isfinite(high) else ""
