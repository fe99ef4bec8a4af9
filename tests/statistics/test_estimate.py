"""The standard error, and the median's interval."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from curriculum.statistics import coverage, median_interval, standard_error

CHANCE = 4


class TestStandardError:
    def test_agrees_with_scipy(self):
        rng = np.random.default_rng(1)
        for size in [2, 3, 10, 1000]:
            sample = rng.normal(50, 9, size)
            assert standard_error(sample) == pytest.approx(stats.sem(sample), rel=1e-12)
            assert standard_error(sample - 50) == pytest.approx(standard_error(sample), rel=1e-12)
            assert standard_error(-3 * sample) == pytest.approx(3 * standard_error(sample), rel=1e-12)

    @pytest.mark.parametrize("sample", [[0.1] * 3, [0, 0], [1e300] * 7])
    def test_a_constant_sample_has_none(self, sample):
        assert standard_error(sample) == 0.0

    @pytest.mark.parametrize("unit", [1e-300, 1e300])
    def test_holds_for_huge_and_tiny_values(self, unit):
        assert standard_error(np.array([1, 2, 6]) * unit) / unit == pytest.approx(stats.sem([1, 2, 6]))

    def test_is_how_means_scatter(self):
        draws = np.random.default_rng(2).exponential(size=(4_000, 25))
        squares = np.array([standard_error(sample) ** 2 for sample in draws])
        assert abs(squares.mean() - 1 / 25) < CHANCE * squares.std() / np.sqrt(squares.size)


class TestMedianInterval:
    @pytest.mark.parametrize("size", [1, 2, 5, 6, 9, 20, 101, 2000])
    @pytest.mark.parametrize("level", [0.3, 0.5, 0.8, 0.95, 0.999])
    def test_is_the_narrowest_that_is_wide_enough(self, size, level):
        covers = {k: 1 - 2 * stats.binom.cdf(k - 1, size, 0.5) for k in range(1, (size + 1) // 2 + 1)}
        enough = [k for k, probability in covers.items() if probability >= level - 1e-12 and 2 * k <= size]
        if not enough:
            with pytest.raises(ValueError, match=f"too few values .{size}. for a level of {level}"):
                median_interval(range(size), level)
            return
        assert median_interval(np.random.default_rng(1).permutation(size), level) == (
            max(enough) - 1,
            size - max(enough),
        )

    def test_agrees_with_scipy(self):
        sample = np.random.default_rng(3).exponential(size=31)
        expected = stats.quantile_test(sample, q=0, p=0.5).confidence_interval(0.9)
        assert median_interval(sample, 0.9) == (expected.low, expected.high)

    @pytest.mark.parametrize(("size", "level"), [(2, 0.5), (3, 0.75), (4, 0.875), (10, 1 - 2**-9), (53, 1 - 2**-52)])
    def test_a_level_that_is_reached_exactly(self, size, level):
        assert median_interval(range(size), level) == (0, size - 1)

    # binary fractions that the binomial reaches exactly, but its computed probability misses by a digit
    @pytest.mark.parametrize(("size", "below", "level"), [(6, 2, 0.78125), (10, 3, 0.890625), (12, 3, 0.96142578125)])
    def test_a_level_that_is_reached_up_to_rounding(self, size, below, level):
        assert median_interval(range(size), level) == (below - 1, size - below)

    @pytest.mark.parametrize(("level", "fewest"), [(0.5, 2), (0.75, 3), (0.9, 5), (0.95, 6), (0.99, 8)])
    def test_says_how_many_values_are_needed(self, level, fewest):
        with pytest.raises(ValueError, match=f"at least {fewest} are needed"):
            median_interval(range(fewest - 1), level)
        median_interval(range(fewest), level)

    def test_ties_are_values_too(self):
        assert median_interval([4.0] * 9, 0.9) == (4.0, 4.0)

    def test_any_rising_change_of_scale_goes_through(self):
        sample = np.random.default_rng(4).normal(size=40)
        low, high = median_interval(sample, 0.95)
        assert median_interval(np.exp(sample), 0.95) == (np.exp(low), np.exp(high))

    @pytest.mark.parametrize(("size", "level"), [(12, 0.9), (25, 0.6)])
    def test_covers_as_often_as_the_binomial_says(self, size, level):
        draws = np.random.default_rng(5).exponential(size=(4_000, size))
        found = np.array([median_interval(sample, level) for sample in draws])
        rate = np.mean((found[:, 0] <= np.log(2)) & (np.log(2) <= found[:, 1]))
        below = round(median_interval(range(size), level)[0]) + 1
        exact = 1 - 2 * stats.binom.cdf(below - 1, size, 0.5)
        assert exact >= level
        assert abs(rate - exact) < CHANCE * np.sqrt(exact * (1 - exact) / len(draws))


class TestCoverage:
    def test_counts_the_intervals_that_hold_the_truth(self):
        samples = [[4, 7], [0, 4], [1, 5], [6, 9]]
        assert coverage(lambda sample: (min(sample), max(sample)), samples, 4) == (0.75, np.sqrt(0.75 * 0.25 / 4))
        assert coverage(tuple, np.array(samples), 10) == (0.0, 0.0)
        assert coverage(lambda sample: sample, iter(samples), 4.5)[0] == 0.5
        assert all(type(value) is float for value in coverage(tuple, samples, 4))

    def test_an_end_that_is_nan_holds_nothing(self):
        assert coverage(lambda sample: sample, [(np.nan, 9), (0, np.nan), (-np.inf, np.inf)], 1)[0] == 1 / 3

    def test_each_sample_is_handed_over_once_as_it_is(self):
        samples, seen = [[1, 2], (3,), "abc"], []
        coverage(lambda sample: seen.append(sample) or (0, 1), samples, 1)
        assert [id(sample) for sample in seen] == [id(sample) for sample in samples]

    def test_is_the_level_of_a_rule_that_keeps_its_promise(self):
        draws = np.random.default_rng(6).normal(500, 9, size=(3_000, 8))
        reach = stats.t.ppf(0.95, 7)

        def t_interval(sample):
            return sample.mean() - reach * standard_error(sample), sample.mean() + reach * standard_error(sample)

        share, error = coverage(t_interval, draws, 500)
        assert abs(share - 0.9) < CHANCE * error

    @pytest.mark.parametrize(
        ("interval", "samples", "truth", "says"),
        [
            (tuple, [], 1, "empty"),
            (tuple, [[1, 2]], float("nan"), "truth is NaN"),
            (tuple, [[1, 2, 3]], 1, "two numbers"),
            (len, [[1, 2]], 1, "two numbers"),
            (lambda sample: None, [[1, 2]], 1, "two numbers"),
        ],
    )
    def test_what_cannot_be_counted_is_refused(self, interval, samples, truth, says):
        with pytest.raises(ValueError, match=says):
            coverage(interval, samples, truth)
