"""Experiments: how large, was the draw as planned, and how to need fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from curriculum.statistics._numbers import centred, constant, pairs, probability

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from curriculum.statistics._numbers import Floats


def sample_size(base_rate: float, lift: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Visitors per group for a two-sided test of two rates (normal approximation, variances not pooled).

    Args:
        base_rate: today's rate, strictly between 0 and 1.
        lift: the relative change to be found, 0.05 for 5% more, negative for a drop.
        alpha: the level of the test.
        power: the probability of finding that change.

    Returns:
        A whole number, rounded up.

    Raises:
        ValueError: naming the argument that is out of range.

    Example:
        >>> sample_size(0.10, 0.10)
        14749

    Source: J. L. Fleiss, B. Levin, M. C. Paik: Statistical Methods for Rates and Proportions, 3rd edition, Wiley, 2003,
    chapter 4.
    """
    from scipy.special import ndtri

    base, level, wanted = probability(base_rate, "base_rate"), probability(alpha, "alpha"), probability(power, "power")
    rate = base * (1 + float(lift))
    if rate == base or not 0 < rate < 1:
        message = f"a lift of {lift} from {base_rate} gives no other rate strictly between 0 and 1"
        raise ValueError(message)
    z_sum = ndtri(1 - level / 2) + ndtri(wanted)
    variance = base * (1 - base) + rate * (1 - rate)
    return int(np.ceil(z_sum**2 * variance / (rate - base) ** 2))


def sample_ratio_p_value(counts: ArrayLike, shares: ArrayLike) -> float:
    """P-value of the check for a sample-ratio mismatch: whether luck alone could have split the visitors like this.

    Pearson's chi-square test of the counts against the planned shares. It is an approximation that wants at least five
    expected visitors in each group.

    Args:
        counts: visitors in each group.
        shares: the planned share of each group, in the same order; they sum to 1.

    Raises:
        ValueError: fewer than two groups, different lengths, NaN, counts that are negative or not whole, nobody at all,
            shares not strictly between 0 and 1, or shares that do not sum to 1.

    Example:
        >>> round(sample_ratio_p_value([5210, 4790], [0.5, 0.5]), 6)
        2.7e-05

    Source: R. Kohavi, D. Tang, Y. Xu: Trustworthy Online Controlled Experiments, Cambridge University Press, 2020,
    chapter 21.
    """
    from scipy.special import chdtrc

    visitors, planned = pairs(counts, shares, ("counts", "shares"))
    if (visitors < 0).any() or (visitors != np.floor(visitors)).any() or visitors.sum() == 0:
        message = "counts must be whole numbers, none negative and not all 0"
        raise ValueError(message)
    if ((planned <= 0) | (planned >= 1)).any() or abs(planned.sum() - 1) > 1e-9:
        message = f"shares must lie strictly between 0 and 1 and sum to 1; their sum is {planned.sum():.6g}"
        raise ValueError(message)
    expected = visitors.sum() * planned
    statistic = np.sum((visitors - expected) ** 2 / expected)
    return float(chdtrc(visitors.size - 1, statistic))


def cuped(metric: ArrayLike, covariate: ArrayLike) -> Floats:
    """The metric without the part that a measurement from before the experiment foretells.

    ``metric - theta * (covariate - mean of the covariate)`` with ``theta`` the covariance over the variance of the
    covariate. Pass all groups together, so that one theta and one mean serve all. The mean stays; of the variance, the
    share of the squared correlation goes.

    Args:
        metric: one value for each unit, measured in the experiment.
        covariate: one value for each unit in the same order, measured before: the treatment must not have touched it.

    Returns:
        An array as long as the metric, in its unit.

    Raises:
        ValueError: different lengths, fewer than two values, NaN, or a constant covariate.

    Example:
        >>> cuped([10, 20, 40], [1, 2, 3]).tolist()
        [25.0, 20.0, 25.0]

    Source: A. Deng, Y. Xu, R. Kohavi, T. Walker: Improving the Sensitivity of Online Controlled Experiments by
    Utilizing Pre-Experiment Data, WSDM 2013.
    """
    values, before = pairs(metric, covariate, ("metric", "covariate"))
    if constant(before):
        message = "covariate is constant: it foretells nothing; use the metric as it is"
        raise ValueError(message)
    if constant(values):
        return values
    (outcome, unit), (known, _) = centred(values), centred(before)
    theta = np.sum(outcome * known) / np.sum(known**2)
    adjusted: Floats = values - np.ldexp(theta * known, unit)
    return adjusted
