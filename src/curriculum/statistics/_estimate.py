"""How far an estimate from a sample may be off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from curriculum.statistics._numbers import numbers, probability, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import ArrayLike


def standard_error(sample: ArrayLike) -> float:
    """The standard error of the mean: the standard deviation (with n - 1) over the root of n, in the sample's unit.

    It takes the values as independent draws. A constant sample has a standard error of 0.

    Raises:
        ValueError: fewer than two values, or NaN.

    Example:
        >>> standard_error([2, 4, 6, 8, 10, 12, 14, 16, 18])
        1.8257418583505538
    """
    values = numbers(sample, "sample", at_least=2)
    return spread(values) / float(np.sqrt(values.size))


def median_interval(sample: ArrayLike, level: float) -> tuple[float, float]:
    """A confidence interval for the median from two of the sample's own values, whatever the distribution.

    The narrowest pair of order statistics, equally far from both ends, that covers the median of the population with a
    probability of at least ``level``: the number of values below it is binomial with n and 1/2.

    Returns:
        ``(low, high)``, both values of the sample.

    Raises:
        ValueError: NaN, a level not strictly between 0 and 1, or so few values that not even the smallest and the
            largest reach the level.

    Example:
        >>> median_interval([31, 18, 44, 25, 62, 29, 38, 22], 0.9)
        (22.0, 44.0)

    Source: M. Hollander, D. A. Wolfe, E. Chicken: Nonparametric Statistical Methods, 3rd edition, Wiley, 2014,
    chapter 3.
    """
    from scipy.special import bdtr

    values = np.sort(numbers(sample, "sample"))
    tail = (1 - probability(level, "level")) / 2
    # the tolerance: a level such as 0.75, which three values reach exactly, must not be lost to the last digit
    below = int(np.sum(bdtr(np.arange(values.size // 2), values.size, 0.5) <= tail * (1 + 1e-9)))
    if below == 0:
        message = f"too few values ({values.size}) for a level of {level}: at least {_fewest(tail)} are needed"
        raise ValueError(message)
    return float(values[below - 1]), float(values[-below])


def coverage(
    interval: Callable[[Any], tuple[float, float]], samples: Iterable[Any], truth: float
) -> tuple[float, float]:
    """How often a rule's intervals hold the truth, counted over samples from a world in which it is known.

    The ends belong to an interval; one with a NaN for an end holds nothing.

    Args:
        interval: makes ``(low, high)`` of one sample.
        samples: the samples, each handed over as it is: the rows of an array, the items of a list.
        truth: the parameter's true value.

    Returns:
        ``(share, error)``: the share of intervals that hold the truth, and the standard error of that share,
        ``sqrt(share * (1 - share) / number of samples)``.

    Raises:
        ValueError: no samples, a truth of NaN, or a rule that does not give two numbers.

    Example:
        >>> coverage(lambda sample: (min(sample), max(sample)), [[4, 7], [0, 4], [1, 5], [6, 9]], truth=4)
        (0.75, 0.21650635094610965)
    """
    if np.isnan(truth):
        message = "truth is NaN: intervals are compared with a known number"
        raise ValueError(message)
    held = [_holds(interval(sample), truth) for sample in samples]
    if not held:
        message = "samples is empty: there is nothing to count"
        raise ValueError(message)
    share = sum(held) / len(held)
    return share, float(np.sqrt(share * (1 - share) / len(held)))


def _holds(ends: tuple[float, float], truth: float) -> bool:
    if np.shape(ends) != (2,):
        message = "interval must give two numbers, (low, high), for a sample"
        raise ValueError(message)
    # no comparison with NaN is true
    return bool(ends[0] <= truth <= ends[1])


def _fewest(tail: float) -> int:
    """The smallest n of which the smallest value lies above the median with at most this probability."""
    return int(np.ceil(-np.log2(tail) - 1e-9))
