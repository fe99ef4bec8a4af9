"""The bootstrap: replicates, the percentile interval, BCa."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from curriculum.statistics import bca_interval, bootstrap_replicates, percentile_interval

CHANCE = 4
SKEWED = np.random.default_rng(1).exponential(size=24)


def largest_less_smallest(values):
    return values.max() - values.min()


class TestReplicates:
    def test_are_the_statistic_of_resamples(self):
        seen = []
        replicates = bootstrap_replicates(SKEWED, lambda values: seen.append(values) or values.mean(), 50, 3)
        assert [values.mean() for values in seen] == replicates.tolist()
        assert all(values.size == SKEWED.size and np.isin(values, SKEWED).all() for values in seen)
        assert any(np.unique(values).size < SKEWED.size for values in seen)

    def test_the_seed_decides(self):
        first = bootstrap_replicates(SKEWED, np.median, 40, 5)
        assert bootstrap_replicates(SKEWED, np.median, 40, 5).tolist() == first.tolist()
        assert bootstrap_replicates(SKEWED, np.median, 40, np.random.default_rng(5)).tolist() == first.tolist()
        assert bootstrap_replicates(SKEWED, np.median, 40, 6).tolist() != first.tolist()
        stream = np.random.default_rng(5)
        bootstrap_replicates(SKEWED, np.median, 40, stream)
        assert bootstrap_replicates(SKEWED, np.median, 40, stream).tolist() != first.tolist()

    def test_follow_the_binomial_where_values_are_0_and_1(self):
        sample, resamples = [1] * 3 + [0] * 7, 8_000
        counts = np.bincount((bootstrap_replicates(sample, np.sum, resamples, 2)).astype(int), minlength=11)
        exact = stats.binom.pmf(range(11), 10, 0.3)
        errors = np.sqrt(exact * (1 - exact) / resamples)
        assert (np.abs(counts / resamples - exact) < CHANCE * errors + 1 / resamples).all()

    def test_a_statistic_that_changes_its_argument_harms_nobody(self):
        sample = SKEWED.copy()

        def erases(values):
            result = values.mean()
            values[:] = 0
            return result

        for interval in (percentile_interval, bca_interval):
            assert interval(sample, erases, 0.8, 99, 1) == interval(sample, np.mean, 0.8, 99, 1)
        assert sample.tolist() == SKEWED.tolist()

    @pytest.mark.parametrize("statistic", [lambda values: values, lambda values: None, lambda values: [1.0]])
    def test_a_statistic_gives_one_number(self, statistic):
        with pytest.raises(ValueError, match="one number"):
            bootstrap_replicates(SKEWED, statistic, 9, 1)

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_a_statistic_is_finite(self, value):
        with pytest.raises(ValueError, match="finite"):
            bootstrap_replicates(SKEWED, lambda values: value, 9, 1)


class TestIntervals:
    # one order of draws is SciPy's too, so the numbers are the same, not only near
    @pytest.mark.parametrize(("ours", "method"), [(percentile_interval, "percentile"), (bca_interval, "BCa")])
    @pytest.mark.parametrize("statistic", [np.mean, np.median, np.std, largest_less_smallest])
    @pytest.mark.parametrize("level", [0.5, 0.95])
    def test_agree_with_scipy(self, ours, method, statistic, level):
        theirs = stats.bootstrap(
            (SKEWED,), statistic, n_resamples=400, confidence_level=level, method=method, rng=4, vectorized=False
        )
        expected = tuple(theirs.confidence_interval)
        assert ours(SKEWED, statistic, level, 400, 4) == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize("interval", [percentile_interval, bca_interval])
    def test_move_and_stretch_with_the_unit(self, interval):
        low, high = interval(SKEWED, np.mean, 0.9, 300, 1)
        assert low < SKEWED.mean() < high
        assert interval(1000 * SKEWED + 50, np.mean, 0.9, 300, 1) == pytest.approx((1000 * low + 50, 1000 * high + 50))

    def test_go_through_any_rising_change_of_scale(self):
        low, high = percentile_interval(SKEWED, np.median, 0.9, 301, 1)
        rescaled = percentile_interval(SKEWED, lambda values: np.log(np.median(values)), 0.9, 301, 1)
        assert rescaled == pytest.approx((np.log(low), np.log(high)))

    def test_bca_moves_towards_the_long_tail(self):
        plain, moved = (f(SKEWED, np.mean, 0.9, 2_000, 1) for f in (percentile_interval, bca_interval))
        assert moved[0] > plain[0]
        assert moved[1] > plain[1]

    @pytest.mark.parametrize("sample", [[4, 4], [0.1] * 3, [0.1] * 10, [1e300] * 4])
    @pytest.mark.parametrize("statistic", [np.median, np.max])
    def test_a_constant_sample_has_no_width(self, sample, statistic):
        value = float(sample[0])
        assert percentile_interval(sample, statistic, 0.9, 50, 1) == (value, value)
        assert bca_interval(sample, statistic, 0.9, 50, 1) == (value, value)

    def test_bca_survives_rounding_in_a_constant_sample(self):
        assert bca_interval([0.1] * 3, np.mean, 0.9, 50, 1) == pytest.approx((0.1, 0.1))

    def test_no_acceleration_where_leaving_one_out_changes_nothing(self):
        sample = [1, 2, 3, 3, 3, 3, 4, 5]
        replicates = bootstrap_replicates(sample, np.median, 500, 3)
        below = np.mean(replicates < 3) + np.mean(replicates == 3) / 2
        levels = stats.norm.cdf(2 * stats.norm.ppf(below) + stats.norm.ppf([0.05, 0.95]))
        assert bca_interval(sample, np.median, 0.9, 500, 3) == pytest.approx(tuple(np.quantile(replicates, levels)))

    def test_replicates_that_tie_up_to_rounding_count_half(self):
        tenths = np.array([1, 2, 4, 4, 7, 12])
        for level in np.linspace(0.5, 0.98, 25):
            low, high = bca_interval(tenths, np.mean, level, 300, 2)
            assert bca_interval(tenths / 10, np.mean, level, 300, 2) == pytest.approx((low / 10, high / 10), rel=1e-9)

    @pytest.mark.parametrize(("sign", "side"), [(1, "below"), (-1, "above")])
    def test_bca_refuses_replicates_on_one_side(self, sign, side):
        with pytest.raises(ValueError, match=f"on one side of the estimate, {side} it"):
            bca_interval(SKEWED, lambda values: sign * np.unique(values).size, 0.9, 200, 1)

    def test_bca_refuses_a_correction_that_is_too_strong(self):
        outlier = [0.0] * 60 + [1.0]
        with pytest.raises(ValueError, match="too strong"):
            bca_interval(outlier, np.mean, 1 - 1e-12, 200, 1)
