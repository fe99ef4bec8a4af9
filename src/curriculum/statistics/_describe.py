"""Describing one sample, and how two measurements go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from curriculum.statistics._numbers import centred, constant, numbers, pairs, scaled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from curriculum.statistics._numbers import Floats

# the MAD of a normal distribution is 1 / 1.4826 of its standard deviation
_NORMAL = 1.4826


def z_scores(sample: ArrayLike) -> Floats:
    """How many standard deviations (with n - 1) each value lies from the mean.

    Returns:
        An array as long as the sample, without unit; its mean is 0, its standard deviation 1.

    Raises:
        ValueError: fewer than two values, NaN, or all values equal (there is no unit to measure in).

    Example:
        >>> z_scores([2, 4, 6]).tolist()
        [-1.0, 0.0, 1.0]
    """
    values = numbers(sample, "sample", at_least=2)
    if constant(values):
        message = "sample is constant: without spread there are no z-scores"
        raise ValueError(message)
    distances, _ = centred(values)
    scores: Floats = distances / np.sqrt(np.sum(distances**2) / (values.size - 1))
    return scores


def mad_outliers(sample: ArrayLike, cutoff: float = 3.5) -> NDArray[np.bool_]:
    """Which values lie far from the median, by a rule that the outliers themselves cannot stretch.

    A value is an outlier if ``|value - median| / (1.4826 * MAD) > cutoff``, where MAD is the median of the distances
    from the median. With its factor it estimates the standard deviation of normal data.

    Returns:
        A boolean array as long as the sample.

    Raises:
        ValueError: no values, NaN, a cutoff below 0, or a MAD of 0: more than half of the values are
            equal, and the rule would call every other value an outlier, however near it is.

    Example:
        >>> mad_outliers([11, 12, 12, 13, 40]).tolist()
        [False, False, False, False, True]

    Source: B. Iglewicz, D. C. Hoaglin: How to Detect and Handle Outliers, ASQC, 1993 (there with 0.6745 = 1 / 1.4826).
    """
    values, _ = scaled(numbers(sample, "sample", at_least=1))
    if not cutoff >= 0:
        message = f"cutoff must be 0 or more, not {cutoff}"
        raise ValueError(message)
    distances = np.abs(values - np.median(values))
    mad = np.median(distances)
    if mad == 0:
        message = "the MAD is 0: more than half of the values are equal, so the rule has no measure of what is far"
        raise ValueError(message)
    far: NDArray[np.bool_] = distances / (_NORMAL * mad) > cutoff
    return far


def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Spearman's rank correlation: how nearly one measurement rises with the other, along whatever curve.

    Equal values share the average of their ranks.

    Returns:
        A number from -1 to 1.

    Raises:
        ValueError: different lengths, fewer than two values, NaN, or one side constant (its ranks say nothing).

    Example:
        >>> spearman([1, 2, 3, 4], [1, 10, 100, 1000])
        1.0

    Source: C. Spearman: The Proof and Measurement of Association between Two Things, American Journal of Psychology 15,
    1904.
    """
    sides = pairs(x, y, ("x", "y"))
    for name, side in zip("xy", sides, strict=True):
        if constant(side):
            message = f"{name} is constant: without differences there is no correlation"
            raise ValueError(message)
    first, second = (_ranks(side) - (side.size + 1) / 2 for side in sides)
    return float(np.sum(first * second) / np.sqrt(np.sum(first**2) * np.sum(second**2)))


def _ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the average of theirs."""
    _, position, times = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(times) - (times - 1) / 2)[position]
    return ranks
