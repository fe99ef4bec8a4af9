"""Permutation, Welch, chi-square, Benjamini-Hochberg."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttest_ind

from curriculum.statistics import benjamini_hochberg, chi_square, permutation_p_value, welch

CHANCE = 4
QUICK = settings(max_examples=60, deadline=None, derandomize=True)
GROUPS = st.lists(st.integers(-400, 400).map(lambda value: value / 4), min_size=2, max_size=25).map(np.array)


def exact_p_value(first, second):
    """The p-value over all relabelings, in whole numbers."""
    pooled = [*first, *second]
    n, m, total = len(first), len(second), sum(pooled)
    gaps = [abs(sum(chosen) * m - (total - sum(chosen)) * n) for chosen in combinations(pooled, n)]
    observed = abs(sum(first) * m - sum(second) * n)
    return sum(gap >= observed for gap in gaps) / len(gaps)


class TestPermutation:
    @pytest.mark.parametrize("sizes", [(1, 1), (3, 3), (2, 6), (7, 3), (1, 5)])
    # 0.1 has no exact binary form: ties are ties up to rounding
    @pytest.mark.parametrize(("unit", "shift"), [(1, 0), (0.1, 0), (1e-12, 0), (1e-300, 0), (1e300, 0), (0.25, 2**30)])
    def test_is_near_the_exact_one(self, sizes, unit, shift):
        rng = np.random.default_rng([*sizes])
        draws = 2_000
        first, second = rng.integers(0, 12, sizes[0]), rng.integers(3, 15, sizes[1])
        exact = exact_p_value(first.tolist(), second.tolist())
        got = permutation_p_value(first * unit + shift, second * unit + shift, draws, 7)
        assert abs(got - exact) <= CHANCE * np.sqrt(exact * (1 - exact) / draws) + 1 / draws

    def test_agrees_with_scipy(self):
        rng = np.random.default_rng(2)
        first, second = rng.exponential(size=14), rng.exponential(1.8, size=22)

        def gap(one, two, axis):
            return np.abs(one.mean(axis=axis) - two.mean(axis=axis))

        expected = stats.permutation_test((first, second), gap, alternative="greater", n_resamples=20_000, rng=1).pvalue
        error = np.sqrt(expected * (1 - expected) * (1 / 4_000 + 1 / 20_000))
        assert abs(permutation_p_value(first, second, 4_000, 3) - expected) < CHANCE * error

    def test_is_never_zero_and_at_most_one(self):
        assert permutation_p_value(range(20), range(100, 120), 499, 4) == 1 / 500
        assert permutation_p_value([0.1] * 3, [0.1] * 4, 60, 9) == 1.0
        assert permutation_p_value([1.0, 5.0], [9.0], 1, 10) in {0.5, 1.0}

    def test_does_not_depend_on_unit_origin_or_direction(self):
        first, second = np.array([3, 8, 5, 9, 4]) / 10, np.array([7, 9, 6, 12, 8]) / 10
        expected = permutation_p_value(first, second, 300, 5)
        for factor, shift in [(1e-15, 0), (1e12, 0), (-1, 0), (1, 1e6), (3, -20)]:
            assert permutation_p_value(first * factor + shift, second * factor + shift, 300, 5) == expected

    def test_the_seed_decides(self):
        arguments = [3, 8, 5, 9, 4], [7, 9, 6, 12, 8], 997
        assert permutation_p_value(*arguments, 5) == permutation_p_value(*arguments, np.random.default_rng(5))
        stream = np.random.default_rng(8)
        assert len({permutation_p_value(*arguments, stream) for _ in range(4)}) > 1

    def test_false_alarms_are_as_frequent_as_the_level(self):
        rng = np.random.default_rng(6)
        # with 19 draws and no ties, p is one of 0.05, 0.10, ..., 1, each as likely as any other
        experiments = rng.exponential(size=(1_500, 23))
        p_values = np.array([permutation_p_value(row[:9], row[9:], 19, rng) for row in experiments])
        for level in (0.05, 0.2, 0.5):
            rate = np.mean(p_values <= level + 1e-9)
            assert abs(rate - level) < CHANCE * np.sqrt(level * (1 - level) / len(experiments))

    @pytest.mark.parametrize(("first", "second", "name"), [([], [1.0], "first"), ([1.0], [], "second")])
    def test_refuses_an_empty_group(self, first, second, name):
        with pytest.raises(ValueError, match=f"{name} is empty"):
            permutation_p_value(first, second, 99, 1)


class TestWelch:
    @QUICK
    @given(GROUPS, GROUPS)
    def test_agrees_with_scipy_and_statsmodels(self, first, second):
        # SciPy warns of a loss of precision where a group is constant
        assume(np.ptp(first) > 0)
        assume(np.ptp(second) > 0)
        got = welch(first, second)
        expected = stats.ttest_ind(first, second, equal_var=False)
        assert got == pytest.approx((expected.statistic, expected.df, expected.pvalue), rel=1e-9, abs=1e-14)
        t, p, df = ttest_ind(first, second, usevar="unequal")
        assert got == pytest.approx((t, df, p), rel=1e-9, abs=1e-14)

    @QUICK
    @given(GROUPS, GROUPS, st.floats(1e-3, 1e3), st.integers(-50, 50))
    def test_does_not_depend_on_unit_or_origin(self, first, second, factor, shift):
        assume(np.ptp(first) + np.ptp(second) > 0)
        t, df, p = welch(first, second)
        assert welch(first * factor + shift, second * factor + shift) == pytest.approx((t, df, p), rel=1e-6, abs=1e-9)
        assert welch(second, first) == pytest.approx((-t, df, p), rel=1e-12)

    @pytest.mark.parametrize("unit", [1e-320, 1e-300, 1e-160, 1e160, 1e307])
    def test_holds_for_huge_and_tiny_values(self, unit):
        one, two = np.array([1, 2, 6]), np.array([3, 8, 8, 9])
        assert welch(one * unit, two * unit) == pytest.approx(welch(one, two), rel=1e-3)

    def test_far_tails_keep_their_digits(self):
        rng = np.random.default_rng(1)
        one, two = rng.normal(size=200), rng.normal(4, 2, size=300)
        expected = stats.ttest_ind(one, two, equal_var=False).pvalue
        assert 0 < expected < 1e-50
        assert welch(one, two)[2] == pytest.approx(expected, rel=1e-9)

    def test_one_group_may_be_constant(self):
        assert welch([4, 4, 4], [1, 3]) == pytest.approx((2.0, 1.0, 2 * stats.t.sf(2, 1)))
        assert welch([1, 3], [0.1] * 3)[1] == pytest.approx(1.0)

    @pytest.mark.parametrize(("first", "second"), [([2, 2], [3, 3, 3]), ([0.1] * 3, [0.1] * 5)])
    def test_not_both(self, first, second):
        with pytest.raises(ValueError, match="both groups are constant"):
            welch(first, second)

    def test_says_how_many_values_a_group_needs(self):
        with pytest.raises(ValueError, match="second has 1: it needs at least two values"):
            welch([1, 2], [3])


class TestChiSquare:
    @pytest.mark.parametrize("shape", [(2, 2), (2, 5), (4, 3), (7, 2)])
    def test_agrees_with_scipy(self, shape):
        rng = np.random.default_rng([*shape])
        for low in (0, 40):
            table = rng.integers(low, low + 60, shape)
            expected = stats.chi2_contingency(table, correction=False)
            got = chi_square(table)
            assert got == pytest.approx((expected.statistic, expected.dof, expected.pvalue), rel=1e-9)
            assert type(got[1]) is int
            assert chi_square(table.T.tolist()) == pytest.approx(got, rel=1e-9)

    def test_is_zero_where_rows_are_proportional(self):
        assert chi_square([[10, 20], [30, 60]]) == pytest.approx((0, 1, 1), abs=1e-12)

    @pytest.mark.parametrize(
        ("table", "says"),
        [
            ([[3, 4, 5]], "two rows"),
            ([[1], [2]], "two columns"),
            ([1, 2, 3], "two rows"),
            (7, "two rows"),
            ([[3, -4], [5, 6]], "negative"),
            ([[3, np.inf], [5, 6]], "infinite"),
            ([[3, np.nan], [5, 6]], "NaN"),
            ([[3, 0], [5, 0]], "empty"),
            ([[0, 0], [5, 6]], "empty"),
            ([["a", "b"], ["c", "d"]], "not a number"),
        ],
    )
    def test_what_is_no_table_is_refused(self, table, says):
        with pytest.raises(ValueError, match=says):
            chi_square(table)


class TestBenjaminiHochberg:
    @QUICK
    @given(st.lists(st.integers(0, 40).map(lambda value: value / 40), min_size=1, max_size=30).map(np.array))
    def test_agrees_with_scipy_and_statsmodels(self, p_values):
        got = benjamini_hochberg(p_values)
        np.testing.assert_allclose(got, stats.false_discovery_control(p_values), rtol=1e-12)
        np.testing.assert_allclose(got, multipletests(p_values, method="fdr_bh")[1], rtol=1e-12)
        assert ((got >= p_values) & (got <= 1)).all()

    def test_keeps_the_caller_s_order(self):
        rng = np.random.default_rng(1)
        p_values = rng.uniform(size=50) ** 3
        order = rng.permutation(50)
        assert benjamini_hochberg(p_values[order]).tolist() == benjamini_hochberg(p_values)[order].tolist()

    def test_none_one_and_extremes(self):
        assert benjamini_hochberg([]).tolist() == []
        assert benjamini_hochberg([0.2]).tolist() == [0.2]
        assert benjamini_hochberg([1, 1, 0]).tolist() == [1, 1, 0]

    def test_false_discoveries_are_as_frequent_as_the_theorem_says(self):
        rng = np.random.default_rng(2)
        # 8 of 10 null hypotheses are true and independent: the share of false findings is 0.8 * 0.1 on average
        p_values = np.hstack([rng.uniform(size=(4_000, 8)), stats.norm.sf(rng.normal(3, size=(4_000, 2)))])
        found = np.array([benjamini_hochberg(row) for row in p_values]) <= 0.1
        shares = found[:, :8].sum(axis=1) / np.maximum(found.sum(axis=1), 1)
        assert abs(shares.mean() - 0.08) < CHANCE * shares.std() / np.sqrt(shares.size)

    @pytest.mark.parametrize(
        ("p_values", "says"),
        [
            ([0.2, np.nan], "NaN"),
            ([0.2, 1.2], "between 0 and 1"),
            ([-0.1], "between 0 and 1"),
            ([np.inf], "between 0 and 1"),
            ([[0.1, 0.2]], "one-dimensional"),
            (0.3, "one-dimensional"),
            (["0.1"], "not a number"),
        ],
    )
    def test_what_is_no_p_value_is_refused(self, p_values, says):
        with pytest.raises(ValueError, match=says):
            benjamini_hochberg(p_values)
