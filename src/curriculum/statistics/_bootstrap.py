"""The bootstrap: what luck does to a statistic, learnt from the sample itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from curriculum.statistics._numbers import count, numbers, probability

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from curriculum.statistics._numbers import Floats


def bootstrap_replicates(
    sample: ArrayLike, statistic: Callable[[Floats], float], resamples: int, rng: int | np.random.Generator
) -> Floats:
    """The statistic of many resamples, each as large as the sample and drawn from it with replacement.

    Args:
        sample: independent draws.
        statistic: makes one number of a one-dimensional array, such as ``np.median``.
        resamples: how many.
        rng: a seed or a generator; the same seed gives the same replicates.

    Returns:
        An array of ``resamples`` replicates.

    Raises:
        ValueError: fewer than two values, NaN, no resamples, or a statistic that does not give one finite number.

    Example:
        >>> bootstrap_replicates([3, 3, 3], np.mean, resamples=4, rng=1).tolist()
        [3.0, 3.0, 3.0, 3.0]

    Source: B. Efron, R. J. Tibshirani: An Introduction to the Bootstrap, Chapman & Hall, 1993, chapter 6.
    """
    values = numbers(sample, "sample", at_least=2)
    rounds, generator = count(resamples, "resamples"), np.random.default_rng(rng)
    drawn = (values[generator.integers(values.size, size=values.size)] for _ in range(rounds))
    return np.array([_one_number(statistic, resample) for resample in drawn])


def percentile_interval(
    sample: ArrayLike,
    statistic: Callable[[Floats], float],
    level: float,
    resamples: int,
    rng: int | np.random.Generator,
) -> tuple[float, float]:
    """The percentile bootstrap interval: the middle ``level`` of the replicates.

    Args:
        sample: independent draws.
        statistic: makes one number of a one-dimensional array, such as ``np.median``.
        level: the share of such intervals that should cover the truth, strictly between 0 and 1, such as 0.95.
        resamples: how many.
        rng: a seed or a generator.

    Returns:
        ``(low, high)`` in the unit of the statistic.

    Raises:
        ValueError: as ``bootstrap_replicates``, or a level that does not lie between 0 and 1.

    Example:
        >>> percentile_interval([12, 15, 9, 22, 17, 11, 30, 14], np.median, 0.9, resamples=999, rng=1)
        (11.5, 19.5)

    Source: B. Efron, R. J. Tibshirani: An Introduction to the Bootstrap, Chapman & Hall, 1993, chapter 13.
    """
    tail = (1 - probability(level, "level")) / 2
    replicates = bootstrap_replicates(sample, statistic, resamples, rng)
    low, high = np.quantile(replicates, [tail, 1 - tail])
    return float(low), float(high)


def bca_interval(
    sample: ArrayLike,
    statistic: Callable[[Floats], float],
    level: float,
    resamples: int,
    rng: int | np.random.Generator,
) -> tuple[float, float]:
    """The bootstrap interval that is bias-corrected and accelerated (BCa): percentiles moved for bias and skewness.

    With one seed it draws the resamples that ``percentile_interval`` draws. Replicates equal to the estimate count
    half. Where leaving out any one value changes nothing, the acceleration (then 0/0) is taken as 0.

    Args:
        sample: independent draws.
        statistic: makes one number of a one-dimensional array, such as ``np.median``.
        level: the share of such intervals that should cover the truth, strictly between 0 and 1, such as 0.95.
        resamples: how many.
        rng: a seed or a generator.

    Returns:
        ``(low, high)`` in the unit of the statistic.

    Raises:
        ValueError: as ``percentile_interval``; also if all replicates lie on one side of the estimate, as the number of
            different values does, or if the correction is too strong for the level: then there is no such interval.

    Example:
        >>> bca_interval([12, 15, 9, 22, 17, 11, 30, 14], np.mean, 0.9, resamples=999, rng=1)
        (13.25, 20.75)

    Source: B. Efron: Better Bootstrap Confidence Intervals, Journal of the American Statistical Association 82, 1987.
    """
    from scipy.special import ndtr, ndtri

    tail = (1 - probability(level, "level")) / 2
    values = numbers(sample, "sample", at_least=2)
    replicates = bootstrap_replicates(values, statistic, resamples, rng)
    estimate = _one_number(statistic, values.copy())
    # the tolerance: the same values added in another order may differ in the last digit
    same = np.abs(replicates - estimate) <= 1e-12 * np.abs(replicates).max()
    below = float(np.mean(np.where(same, 0.5, replicates < estimate)))
    if below in {0, 1}:
        side = "above" if below == 0 else "below"
        message = f"all replicates lie on one side of the estimate, {side} it: BCa cannot correct such a bias"
        raise ValueError(message)
    bias = ndtri(below)
    moved = bias + ndtri([tail, 1 - tail])
    shrink = 1 - _acceleration(values, statistic) * moved
    if (shrink <= 0).any():
        message = f"the correction is too strong for a level of {level}: take a lower level or more values"
        raise ValueError(message)
    low, high = np.quantile(replicates, ndtr(bias + moved / shrink))
    return float(low), float(high)


def _acceleration(values: Floats, statistic: Callable[[Floats], float]) -> float:
    """A sixth of the skewness of the statistic, from leaving out one value at a time."""
    left_out = np.array([_one_number(statistic, np.delete(values, place)) for place in range(values.size)])
    pull = left_out.mean() - left_out
    # differences in the last digit only are none: their skewness would be that of rounding errors
    if np.abs(pull).max() <= values.size * np.finfo(float).eps * np.abs(left_out).max():
        return 0.0
    pull = pull / np.abs(pull).max()
    return float(np.sum(pull**3) / (6 * np.sum(pull**2) ** 1.5))


def _one_number(statistic: Callable[[Floats], float], values: Floats) -> float:
    result = statistic(values)
    if np.ndim(result) != 0 or result is None:
        message = "the statistic must give one number for a one-dimensional array"
        raise ValueError(message)
    if not np.isfinite(result):
        message = f"the statistic gives {float(result)} for some of the values; take one that is always a finite number"
        raise ValueError(message)
    return float(result)
