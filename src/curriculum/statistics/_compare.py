"""Tests of whether luck alone could have done this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from curriculum.statistics._numbers import constant, count, numbers, plain, scaled, spread, without_nan

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from curriculum.statistics._numbers import Floats


def permutation_p_value(first: ArrayLike, second: ArrayLike, draws: int, rng: int | np.random.Generator) -> float:
    """Two-sided p-value of the difference between two means, by shuffling the labels.

    A shuffle counts when its absolute difference reaches the observed one up to rounding (1e-9 of the largest distance
    from the pooled median), so that ties stay ties.

    Args:
        first: one group, at least one value.
        second: the other group, of any length from one up.
        draws: how many shuffles.
        rng: a seed or a generator.

    Returns:
        ``(hits + 1) / (draws + 1)``: never 0, and valid at every level.

    Raises:
        ValueError: an empty group, NaN, or no draws.

    Example:
        >>> permutation_p_value(range(20), range(100, 120), draws=499, rng=1)
        0.002

    Source: B. Phipson, G. K. Smyth: Permutation P-values Should Never Be Zero, Statistical Applications in Genetics and
    Molecular Biology 9, 2010.
    """
    one, two = numbers(first, "first", at_least=1), numbers(second, "second", at_least=1)
    rounds, generator = count(draws, "draws"), np.random.default_rng(rng)
    pooled, _ = scaled(np.concatenate([one, two]))
    pooled, _ = scaled(pooled - np.median(pooled))
    sizes = one.size, two.size
    observed = _gap(pooled, sizes)
    hits = sum(_gap(generator.permutation(pooled), sizes) >= observed - 1e-9 for _ in range(rounds))
    return float((hits + 1) / (rounds + 1))


def welch(first: ArrayLike, second: ArrayLike) -> tuple[float, float, float]:
    """Welch's t test for two independent groups whose spreads may differ.

    Each group needs at least two values; one of the two may be constant.

    Returns:
        ``(t, df, p)``: t has the sign of ``mean(first) - mean(second)``, df are the degrees of freedom of Welch and
        Satterthwaite, p is two-sided.

    Raises:
        ValueError: fewer than two values in a group, NaN, or both groups constant.

    Example:
        >>> t, df, p = welch([12, 15, 11, 18], [9, 14, 8, 8, 10, 9])
        >>> round(t, 3), round(df, 3), round(p, 4)
        (2.37, 5.025, 0.0637)

    Source: B. L. Welch: The Generalization of 'Student's' Problem when Several Different Population Variances Are
    Involved, Biometrika 34, 1947.
    """
    from scipy.special import stdtr

    one, two = numbers(first, "first", at_least=2), numbers(second, "second", at_least=2)
    if constant(one) and constant(two):
        message = "both groups are constant: there is no scatter to compare with"
        raise ValueError(message)
    both, _ = scaled(np.concatenate([one, two]))
    one, two = both[: one.size], both[one.size :]
    errors = spread(one) / np.sqrt(one.size), spread(two) / np.sqrt(two.size)
    error = np.hypot(*errors)
    t = (one.mean() - two.mean()) / error
    share_one, share_two = (errors[0] / error) ** 2, (errors[1] / error) ** 2
    df = 1 / (share_one**2 / (one.size - 1) + share_two**2 / (two.size - 1))
    return float(t), float(df), float(2 * stdtr(df, -abs(t)))


def chi_square(table: ArrayLike) -> tuple[float, int, float]:
    """Pearson's chi-square test of independence on a table of counts, without Yates' correction.

    Returns:
        ``(statistic, df, p)``.

    Raises:
        ValueError: fewer than two rows or columns, a NaN or negative count, or a row or column that is empty.

    Example:
        >>> statistic, df, p = chi_square([[30, 170], [45, 155], [24, 76]])
        >>> round(statistic, 3), df, round(p, 4)
        (4.931, 2, 0.085)

    Source: A. Agresti: Categorical Data Analysis, 3rd edition, Wiley, 2013, section 3.2.
    """
    from scipy.special import chdtrc

    counts = plain(table, "table")
    if counts.ndim != 2 or min(counts.shape) < 2:
        message = f"a table needs at least two rows and two columns, not the shape {counts.shape}"
        raise ValueError(message)
    without_nan(counts, "table")
    if (counts < 0).any() or np.isinf(counts).any():
        message = "table contains a negative or infinite count: counts are 0, 1, 2, ..."
        raise ValueError(message)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    if (rows == 0).any() or (columns == 0).any():
        message = "a row or column of the table is empty: leave it out"
        raise ValueError(message)
    expected = np.outer(rows, columns / counts.sum())
    statistic = float(np.sum((counts - expected) ** 2 / expected))
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return statistic, df, float(chdtrc(df, statistic))


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Adjusted p-values: those at most q are findings of which, in the long run, at most a share q are false.

    Returns:
        An array in the order of the input; empty for an empty input.

    Raises:
        ValueError: NaN, or a value that does not lie between 0 and 1.

    Example:
        >>> benjamini_hochberg([0.018, 0.300, 0.004, 0.021, 0.045]).round(5).tolist()
        [0.035, 0.3, 0.02, 0.035, 0.05625]

    Source: Y. Benjamini, Y. Hochberg: Controlling the False Discovery Rate, Journal of the Royal Statistical Society B
    57, 1995.
    """
    values = plain(p_values, "p_values")
    if values.ndim != 1:
        message = f"p_values must be one-dimensional, not of shape {values.shape}"
        raise ValueError(message)
    if np.isnan(values).any():
        message = "p_values contains NaN: that test did not run; mend it or leave it out"
        raise ValueError(message)
    if ((values < 0) | (values > 1)).any():
        message = "p_values must lie between 0 and 1"
        raise ValueError(message)
    order = np.argsort(values)
    stairs = values[order] * values.size / np.arange(1, values.size + 1)
    adjusted = np.empty_like(stairs)
    # from the largest p down, never rising; the left-hand index undoes the sort
    adjusted[order] = np.minimum.accumulate(stairs[::-1])[::-1]
    return adjusted


def _gap(pooled: Floats, sizes: tuple[int, int]) -> float:
    """The absolute difference between the mean of the first values and that of the others."""
    first = float(pooled[: sizes[0]].sum())
    second = float(pooled[sizes[0] :].sum())
    return abs(first / sizes[0] - second / sizes[1])
