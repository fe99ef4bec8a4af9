"""Sample size, the check of the sample ratio, CUPED."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower

from curriculum.statistics import cuped, sample_ratio_p_value, sample_size

CHANCE = 4
QUICK = settings(max_examples=60, deadline=None, derandomize=True)


def power_of(base, rate, alpha, n):
    """The power of the two-sided z test, the far tail left out as in the formula."""
    error = np.sqrt((base * (1 - base) + rate * (1 - rate)) / n)
    return stats.norm.cdf(abs(rate - base) / error - stats.norm.isf(alpha / 2))


class TestSampleSize:
    @QUICK
    @given(st.floats(0.01, 0.6), st.floats(-0.6, 0.6), st.sampled_from([0.01, 0.05, 0.1]), st.floats(0.6, 0.95))
    def test_is_the_smallest_with_that_power(self, base, lift, alpha, power):
        assume(abs(lift) > 0.02)
        n, rate = sample_size(base, lift, alpha, power), base * (1 + lift)
        assert type(n) is int
        assert power_of(base, rate, alpha, n) >= power - 1e-9
        assert power_of(base, rate, alpha, n - 1 + 1e-9) < power + 1e-9

    def test_is_near_statsmodels(self):
        # by Cohen's h, another approximation
        other = NormalIndPower().solve_power(sm.stats.proportion_effectsize(0.11, 0.10), alpha=0.05, power=0.8)
        assert sample_size(0.10, 0.10) == 14_749
        assert sample_size(0.10, 0.10) == pytest.approx(other, rel=1e-3)

    def test_has_the_power_it_promises(self):
        n, rng = sample_size(0.2, 0.25), np.random.default_rng(1)
        a, b = rng.binomial(n, 0.2, 20_000) / n, rng.binomial(n, 0.25, 20_000) / n
        z = (b - a) / np.sqrt((a * (1 - a) + b * (1 - b)) / n)
        # the normal approximation is off by less than 0.01 at this size
        assert abs(np.mean(np.abs(z) > stats.norm.isf(0.025)) - 0.8) < 0.01 + CHANCE * np.sqrt(0.16 / 20_000)

    @pytest.mark.parametrize(
        ("arguments", "culprit"),
        [
            ((0, 0.1), "base_rate"),
            ((1.0, 0.1), "base_rate"),
            ((-0.1, 0.1), "base_rate"),
            ((float("nan"), 0.1), "base_rate"),
            ((0.1, 0), "lift"),
            ((0.1, 1e-17), "lift"),
            ((0.2, float("nan")), "lift"),
            ((0.2, -1.0), "lift"),
            ((0.5, 1.0), "lift"),
            ((0.6, 0.7), "lift"),
            ((0.1, 0.1, 0.0), "alpha"),
            ((0.1, 0.1, 1.5), "alpha"),
            ((0.1, 0.1, 0.05, 1.0), "power"),
        ],
    )
    def test_names_what_is_out_of_range(self, arguments, culprit):
        with pytest.raises(ValueError, match=culprit):
            sample_size(*arguments)


class TestSampleRatio:
    @pytest.mark.parametrize("shares", [[0.5, 0.5], [0.9, 0.1], [1 / 3, 1 / 3, 1 / 3], [0.2] * 5])
    def test_agrees_with_scipy(self, shares):
        rng = np.random.default_rng(len(shares))
        for visitors in (20, 3_000, 10**7):
            counts = rng.multinomial(visitors, shares)
            expected = stats.chisquare(counts, visitors * np.array(shares)).pvalue
            assert sample_ratio_p_value(counts.tolist(), shares) == pytest.approx(expected, rel=1e-9)
            assert sample_ratio_p_value(pd.Series(counts), tuple(shares)) == pytest.approx(expected, rel=1e-9)

    def test_is_one_for_a_perfect_split_and_tiny_for_a_broken_one(self):
        assert sample_ratio_p_value([500, 500], [0.5, 0.5]) == 1.0
        assert 0 < sample_ratio_p_value([821_588, 815_482], [0.5, 0.5]) < 2e-6

    def test_false_alarms_are_as_frequent_as_the_binomial_says(self):
        alarm = np.array([sample_ratio_p_value([k, 400 - k], [0.5, 0.5]) <= 0.05 for k in range(401)])
        exact = stats.binom.pmf(range(401), 400, 0.5)[alarm].sum()
        rate = alarm[np.random.default_rng(3).binomial(400, 0.5, 20_000)].mean()
        assert exact == pytest.approx(0.05, abs=0.01)
        assert abs(rate - exact) < CHANCE * np.sqrt(exact * (1 - exact) / 20_000)

    @pytest.mark.parametrize(
        ("counts", "shares", "says"),
        [
            ([10], [1.0], "at least two values"),
            ([10, 20], [0.5, 0.3, 0.2], "same length"),
            ([10.5, 20], [0.5, 0.5], "whole numbers"),
            ([-1, 20], [0.5, 0.5], "none negative"),
            ([0, 0], [0.5, 0.5], "not all 0"),
            ([np.nan, 3], [0.5, 0.5], "counts contains NaN"),
            ([10, 20], [0.5, 0.6], "sum to 1; their sum is 1.1"),
            ([10, 20], [50, 50], "sum is 100"),
            ([10, 20], [0.5, 0.4999], "sum to 1"),
            ([10, 20], [0.0, 1.0], "strictly between"),
            ([10, 20], [-0.5, 1.5], "strictly between"),
        ],
    )
    def test_what_is_no_split_is_refused(self, counts, shares, says):
        with pytest.raises(ValueError, match=says):
            sample_ratio_p_value(counts, shares)


class TestCuped:
    @pytest.fixture
    def sides(self):
        rng = np.random.default_rng(5)
        before = rng.exponential(30, size=400)
        return 0.6 * before + rng.normal(20, 12, size=400), before

    def test_is_what_a_regression_leaves(self, sides):
        metric, before = sides
        fit = sm.OLS(metric, sm.add_constant(before)).fit()
        np.testing.assert_allclose(cuped(metric, before), fit.resid + metric.mean(), rtol=1e-9)

    def test_keeps_the_mean_and_cuts_the_variance(self, sides):
        metric, before = sides
        adjusted = cuped(metric, before)
        assert adjusted.mean() == pytest.approx(metric.mean())
        correlation = np.corrcoef(metric, before)[0, 1]
        assert adjusted.var() == pytest.approx((1 - correlation**2) * metric.var())
        assert np.corrcoef(adjusted, before)[0, 1] == pytest.approx(0, abs=1e-9)

    def test_does_not_depend_on_the_covariate_s_unit(self, sides):
        metric, before = sides
        for factor, shift in [(100, 0), (-0.01, 0), (1, 5000), (1e-200, 0), (1e200, 0)]:
            np.testing.assert_allclose(cuped(metric, before * factor + shift), cuped(metric, before), rtol=1e-9)
        for factor in (1e-200, 1e200, -3):
            np.testing.assert_allclose(cuped(metric * factor, before), cuped(metric, before) * factor, rtol=1e-9)

    def test_is_unbiased_and_more_precise(self):
        rng = np.random.default_rng(6)
        gaps = np.empty((2_000, 2))
        for row in gaps:
            before, treated = rng.normal(50, 10, size=60), rng.permutation(60) < 30
            metric = before + rng.normal(0, 5, size=60) + 3 * treated
            adjusted = cuped(metric, before)
            row[:] = [values[treated].mean() - values[~treated].mean() for values in (metric, adjusted)]
        # one theta from 60 units takes a little of the effect along: a share of 1/59 on average
        errors = gaps.std(axis=0) / np.sqrt(len(gaps))
        assert abs(gaps[:, 0].mean() - 3) < CHANCE * errors[0]
        assert abs(gaps[:, 1].mean() - 3 * (1 - 1 / 59)) < CHANCE * errors[1]
        assert gaps[:, 1].std() < 0.6 * gaps[:, 0].std()

    def test_a_covariate_that_foretells_nothing_changes_nothing(self):
        assert cuped([1, 2, 2, 1], [1, 1, -1, -1]).tolist() == [1, 2, 2, 1]
        constant = np.array([0.1] * 3)
        assert cuped(constant, [1, 2, 3]).tolist() == [0.1] * 3
        assert not np.shares_memory(cuped(constant, [1, 2, 3]), constant)

    @pytest.mark.parametrize("covariate", [[5, 5, 5], [0.1, 0.1, 0.1]])
    def test_refuses_a_constant_covariate(self, covariate):
        with pytest.raises(ValueError, match="covariate is constant"):
            cuped([1, 2, 3], covariate)
