"""What every function does with its input first: make it plain numbers, or say why it cannot."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats: TypeAlias = NDArray[np.float64]

_WORDS = {1: "one value", 2: "two values"}


def numbers(values: ArrayLike, name: str, *, at_least: int = 0) -> Floats:
    """Give a sample as a new one-dimensional array of finite floats; ``name`` is what messages call it."""
    array = plain(values, name)
    if array.ndim != 1:
        message = f"{name} must be one-dimensional (a list, an array or one column), not of shape {array.shape}"
        raise ValueError(message)
    if array.size < at_least:
        has = f"has {array.size}" if array.size else "is empty"
        message = f"{name} {has}: it needs at least {_WORDS[at_least]}"
        raise ValueError(message)
    without_nan(array, name)
    if np.isinf(array).any():
        message = f"{name} contains an infinite value: mend it or leave it out"
        raise ValueError(message)
    return array


def plain(values: ArrayLike, name: str) -> Floats:
    """Give numbers of any shape as a new array of floats; texts, times and ``pd.NA`` are refused."""
    try:
        array: NDArray[Any] = np.asarray(values)
        if array.dtype.kind not in "biufO" or (array.dtype.kind == "O" and _has_text(array)):
            raise TypeError
        return np.ma.filled(np.ma.array(values, dtype=float, copy=True), np.nan)
    except (TypeError, ValueError):
        message = f"{name} contains something that is not a number (a text, a time, a missing value): convert it first"
        raise ValueError(message) from None


def without_nan(array: Floats, name: str) -> None:
    """Refuse missing values."""
    if np.isnan(array).any():
        message = f"{name} contains NaN: decide what a missing value means, then fill it or leave it out"
        raise ValueError(message)


def pairs(x: ArrayLike, y: ArrayLike, names: tuple[str, str]) -> tuple[Floats, Floats]:
    """Give two samples of which the values at one position belong together."""
    first, second = numbers(x, names[0]), numbers(y, names[1])
    if first.size != second.size:
        message = f"{names[0]} and {names[1]} must have the same length, not {first.size} and {second.size}"
        raise ValueError(message)
    if first.size < 2:
        message = f"{names[0]} and {names[1]} need at least two values each; they have {first.size}"
        raise ValueError(message)
    return first, second


def probability(value: float, name: str) -> float:
    """Give a probability that is neither 0 nor 1."""
    if not 0 < value < 1:
        message = f"{name} must lie strictly between 0 and 1, not {value}"
        raise ValueError(message)
    return float(value)


def count(value: int, name: str) -> int:
    """Give a whole number of at least one."""
    try:
        whole = operator.index(value)
    except TypeError:
        whole = 0
    if whole < 1:
        message = f"{name} must be a whole number of at least 1, not {value!r}"
        raise ValueError(message)
    return whole


def constant(values: Floats) -> bool:
    """Whether all values are equal; their computed variance need not be 0: that of [0.1, 0.1, 0.1] is not."""
    return bool(values.min() == values.max())


def scaled(values: Floats) -> tuple[Floats, int]:
    """Divide by the power of two that brings the largest value near 1, and give its exponent: squares then stay finite.

    Powers of two change no digit, so results for ordinary values are what they would be without.
    """
    exponent = int(np.frexp(np.abs(values).max())[1])
    return np.ldexp(values, -exponent), exponent


def centred(values: Floats) -> tuple[Floats, int]:
    """Give the distances from the mean, scaled, and the exponent of their scale."""
    inside, outer = scaled(values)
    distances, inner = scaled(inside - inside.mean())
    # a mean far from 0 is rounded by more than small distances bear; the mean of what it leaves mends that
    return distances - distances.mean(), outer + inner


def spread(values: Floats) -> float:
    """Give the standard deviation with n - 1: 0 exactly for a constant sample, finite for huge values."""
    if constant(values):
        return 0.0
    distances, exponent = centred(values)
    return float(np.ldexp(np.sqrt(np.sum(distances**2) / (values.size - 1)), exponent))


def _has_text(array: NDArray[Any]) -> bool:
    return any(isinstance(value, str | bytes) for value in array.flat)
