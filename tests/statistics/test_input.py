"""What all functions of ``curriculum.statistics`` promise about their input: taken as it comes, left as it is."""

from __future__ import annotations

import decimal
import inspect

import numpy as np
import pandas as pd
import pytest

from curriculum import statistics

X = [3, 1, 4, 1, 5, 9, 2, 6]
Y = [2, 7, 1, 8, 2, 8, 1, 9]

# each function with the samples it takes, as one call
CALLS = {
    "bca_interval": lambda x, _: statistics.bca_interval(x, np.mean, 0.9, 99, 1),
    "bootstrap_replicates": lambda x, _: statistics.bootstrap_replicates(x, np.mean, 9, 1),
    "cuped": statistics.cuped,
    "mad_outliers": lambda x, _: statistics.mad_outliers(x),
    "median_interval": lambda x, _: statistics.median_interval(x, 0.9),
    "percentile_interval": lambda x, _: statistics.percentile_interval(x, np.mean, 0.9, 99, 1),
    "permutation_p_value": lambda x, y: statistics.permutation_p_value(x, y, 99, 1),
    "spearman": statistics.spearman,
    "standard_error": lambda x, _: statistics.standard_error(x),
    "welch": statistics.welch,
    "z_scores": lambda x, _: statistics.z_scores(x),
}
TWO = ["cuped", "permutation_p_value", "spearman", "welch"]
EQUAL_LENGTHS = ["cuped", "spearman"]
# what takes no sample of measurements
OTHERS = {"benjamini_hochberg", "chi_square", "coverage", "sample_ratio_p_value", "sample_size"}


def assert_plain(value):
    """Built-in numbers, or an array of exactly NumPy's class, or a tuple of such."""
    if type(value) is tuple:
        for part in value:
            assert_plain(part)
    else:
        assert type(value) in {float, int, np.ndarray}


def test_every_function_is_tried():
    assert set(CALLS) | OTHERS == set(statistics.__all__)


@pytest.mark.parametrize("name", CALLS)
class TestSamples:
    def test_any_container_gives_the_same(self, name):
        expected = CALLS[name](np.array(X, dtype=float), np.array(Y, dtype=float))
        assert_plain(expected)
        for make in [
            list,
            tuple,
            np.array,
            lambda v: np.array(v, dtype="int8"),
            lambda v: np.array(v, dtype="float32"),
            lambda v: pd.Series(v, index=[f"row {i}" for i in range(len(v))]),
            lambda v: pd.Series(v, dtype="Int64"),
            lambda v: pd.Series(v, dtype="Float64"),
            lambda v: pd.Series(v, dtype="int64[pyarrow]"),
            np.ma.array,
            lambda v: [decimal.Decimal(value) for value in v],
            lambda v: np.array(v, dtype=object),
        ]:
            got = CALLS[name](make(X), make(Y))
            assert_plain(got)
            np.testing.assert_array_equal(got, expected)

    def test_nothing_is_changed(self, name):
        x, y = np.array(X, dtype=float), np.array(Y, dtype=float)
        result = CALLS[name](x, y)
        assert x.tolist() == X
        assert y.tolist() == Y
        assert not isinstance(result, np.ndarray) or not np.shares_memory(result, x)
        for given in (x, y):
            given.flags.writeable = False
        CALLS[name](x, y)

    @pytest.mark.parametrize(
        ("sample", "says"),
        [
            ([1.0, np.nan, 2.0], "contains NaN"),
            ([1.0, None, 2.0], "contains NaN"),
            (np.ma.array([1.0, 7.0, 2.0], mask=[False, True, False]), "contains NaN"),
            (pd.Series([1.0, None, 2.0], dtype="float"), "contains NaN"),
            ([1.0, np.inf, 2.0], "infinite"),
            (pd.Series([1, None, 2], dtype="Int64"), "missing value|NaN"),
            (["1", "2", "3"], "not a number"),
            (pd.Series(["1", "2", "3"]), "not a number"),
            ([1, "2", 3], "not a number"),
            (pd.to_datetime(["2026-01-01", "2026-01-02"]), "not a number"),
            (pd.to_timedelta(["1h", "2h"]), "not a number"),
            ([1 + 2j, 2], "not a number"),
            ([[1, 2], [3]], "not a number"),
            ([[1, 2], [3, 4]], r"one-dimensional.*not of shape \(2, 2\)"),
            (pd.DataFrame({"a": [1, 2, 3]}), "one-dimensional"),
            (5, "one-dimensional"),
        ],
    )
    def test_what_is_no_sample_is_refused(self, name, sample, says):
        with pytest.raises(ValueError, match=says) as error:
            CALLS[name](sample, Y)
        assert "\n" not in str(error.value)
        if name in TWO:
            with pytest.raises(ValueError, match=says):
                CALLS[name](X, sample)

    def test_too_few_values_are_refused(self, name):
        with pytest.raises(ValueError, match="at least"):
            CALLS[name]([], [])
        if name not in {"permutation_p_value", "mad_outliers"}:
            with pytest.raises(ValueError, match="at least"):
                CALLS[name]([1.5], [2.5])


@pytest.mark.parametrize("name", EQUAL_LENGTHS)
def test_pairs_have_equal_lengths(name):
    with pytest.raises(ValueError, match="same length, not 8 and 7"):
        CALLS[name](X, Y[:-1])


@pytest.mark.parametrize("name", ["bca_interval", "median_interval", "percentile_interval"])
@pytest.mark.parametrize("level", [0, 1, 95, -0.1, float("nan")])
def test_a_level_is_a_probability(name, level):
    arguments = {"level": level, "statistic": np.mean, "resamples": 9, "rng": 1}
    function = getattr(statistics, name)
    wanted = set(inspect.signature(function).parameters)
    with pytest.raises(ValueError, match="level must lie strictly between 0 and 1"):
        function(X, **{key: value for key, value in arguments.items() if key in wanted})


@pytest.mark.parametrize("times", [0, -3, 2.5, 99.0, "9", None])
def test_how_often_is_a_whole_number(times):
    with pytest.raises(ValueError, match="resamples must be a whole number of at least 1"):
        statistics.bootstrap_replicates(X, np.mean, times, 1)
    with pytest.raises(ValueError, match="draws must be a whole number of at least 1"):
        statistics.permutation_p_value(X, Y, times, 1)
