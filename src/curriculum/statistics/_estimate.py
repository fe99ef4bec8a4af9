"""How far an estimate from a sample may be off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from curriculum.statistics._numbers import numbers, probability, spread

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def standard_error(sample: ArrayLike) -> float:
    """The standard error of the mean: the standard deviation (with n - 1) over the root of n, in the sample's unit.

    It takes the values as independent draws. A constant sample has a standard error of 0.

    Raises:
        ValueError: fewer than two values, or NaN.
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

    Source: M. Hollander, D. A. Wolfe, E. Chicken: Nonparametric Statistical Methods, 3rd edition, Wiley, 2014,
    chapter 3.
    """
    from scipy.special import bdtr

    values = np.sort(numbers(sample, "sample", at_least=1))
    tail = (1 - probability(level, "level")) / 2
    # the tolerance: a level such as 0.75, which three values reach exactly, must not be lost to the last digit
    below = int(np.sum(bdtr(np.arange(values.size // 2), values.size, 0.5) <= tail + 1e-12))
    if below == 0:
        message = f"{values.size} values cannot reach a level of {level}: at least {_fewest(tail)} are needed"
        raise ValueError(message)
    return float(values[below - 1]), float(values[-below])


def _fewest(tail: float) -> int:
    """The smallest n of which the smallest value lies above the median with at most this probability."""
    return int(np.ceil(-np.log2(tail) - 1e-9))
