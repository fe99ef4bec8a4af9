"""z-scores, outliers by the MAD, Spearman's correlation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from curriculum.statistics import mad_outliers, spearman, z_scores

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
# halves: sums are exact, and ties occur
VALUES = st.integers(-200, 200).map(lambda value: value / 2)
SAMPLES = st.lists(VALUES, min_size=2, max_size=30).map(np.array)
FACTORS = st.floats(1e-3, 1e3)


class TestZScores:
    @QUICK
    @given(SAMPLES)
    def test_agree_with_scipy(self, sample):
        assume(np.ptp(sample) > 0)
        np.testing.assert_allclose(z_scores(sample), stats.zscore(sample, ddof=1), rtol=1e-9, atol=1e-12)

    @QUICK
    @given(SAMPLES, FACTORS, VALUES)
    def test_do_not_depend_on_unit_or_origin(self, sample, factor, shift):
        assume(np.ptp(sample) > 0)
        np.testing.assert_allclose(z_scores(sample * factor + shift), z_scores(sample), rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(z_scores(-sample), -z_scores(sample), rtol=1e-9, atol=1e-12)

    @pytest.mark.parametrize("sample", [[2, 2], [0.1] * 3, [0.1] * 1001, [0.0, -0.0], [1e300] * 5, [5e-324] * 4])
    def test_refuse_a_constant_sample(self, sample):
        with pytest.raises(ValueError, match="constant"):
            z_scores(sample)

    @pytest.mark.parametrize("unit", [1e-320, 1e-300, 1e-160, 1e160, 1e307])
    def test_hold_for_huge_and_tiny_values(self, unit):
        np.testing.assert_allclose(z_scores(np.array([1, 2, 6]) * unit), z_scores([1, 2, 6]), rtol=1e-3)

    def test_two_values_next_to_each_other(self):
        np.testing.assert_allclose(z_scores([1.0, np.nextafter(1.0, 2)]), [-(2**-0.5), 2**-0.5])


class TestMadOutliers:
    @QUICK
    @given(SAMPLES, st.floats(0.5, 6))
    def test_agree_with_scipy(self, sample, cutoff):
        mad = stats.median_abs_deviation(sample)
        assume(mad > 0)
        distance = np.abs(sample - np.median(sample)) / (1.4826 * mad)
        assume(np.abs(distance - cutoff).min() > 1e-9)
        got = mad_outliers(sample, cutoff)
        assert got.dtype == np.bool_
        assert got.tolist() == (distance > cutoff).tolist()

    @QUICK
    @given(SAMPLES, st.sampled_from([2.0**-900, 2.0**-7, 4.0, 2.0**900]), st.integers(-50, 50))
    def test_do_not_depend_on_unit_or_origin(self, sample, factor, shift):
        assume(stats.median_abs_deviation(sample) > 0)
        expected = mad_outliers(sample).tolist()
        assert mad_outliers(sample * factor).tolist() == expected
        assert mad_outliers(sample + shift).tolist() == expected

    def test_two_outliers_do_not_hide_each_other(self):
        sample = [10, 11, 12, 12, 13, 14, 500, 500]
        assert np.abs(z_scores(sample)).max() < 3
        assert mad_outliers(sample).tolist() == [False] * 6 + [True] * 2

    def test_a_value_at_the_cutoff_is_none(self):
        sample = [0, 1, 2, 3, 4]
        assert not mad_outliers(sample, cutoff=2 / 1.4826).any()
        assert mad_outliers(sample, cutoff=1.99 / 1.4826).tolist() == [True, False, False, False, True]

    @pytest.mark.parametrize("sample", [[7], [7, 7], [0, 0, 0, 4, 9], [0.1] * 3, [1, 1, 1, 2]])
    def test_refuse_a_mad_of_zero(self, sample):
        with pytest.raises(ValueError, match="MAD is 0"):
            mad_outliers(sample)

    @pytest.mark.parametrize("cutoff", [-1, float("nan")])
    def test_refuse_a_cutoff_that_is_none(self, cutoff):
        with pytest.raises(ValueError, match="cutoff"):
            mad_outliers([1, 2, 3], cutoff)

    def test_share_of_normal_values(self):
        sample = np.random.default_rng(3).normal(size=200_000)
        expected = 2 * stats.norm.sf(3.5)
        error = np.sqrt(expected * (1 - expected) / sample.size)
        assert abs(mad_outliers(sample).mean() - expected) < 4 * error


class TestSpearman:
    @QUICK
    @given(st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=40).map(np.array))
    def test_agrees_with_scipy(self, rows):
        x, y = rows.T
        assume(np.ptp(x) > 0)
        assume(np.ptp(y) > 0)
        assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
        assert spearman(x, y) == spearman(y, x)
        assert spearman(x, -y) == -spearman(x, y)
        assert -1 <= spearman(x, y) <= 1

    def test_sees_only_the_order(self):
        x = np.random.default_rng(4).normal(size=50)
        assert spearman(x, np.exp(x)) == 1.0
        assert spearman(x, -(x**3)) == -1.0

    def test_equal_values_share_their_ranks(self):
        assert spearman([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(3 / np.sqrt(10), abs=1e-12)

    @pytest.mark.parametrize(("x", "y", "name"), [([1, 1, 1], [1, 2, 3], "x"), ([1, 2], [0.1, 0.1], "y")])
    def test_refuses_a_constant_side(self, x, y, name):
        with pytest.raises(ValueError, match=f"{name} is constant"):
            spearman(x, y)
