"""frame: what counts of a table, what need not, and where two tables part."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum import check


@pytest.fixture
def sales() -> pd.DataFrame:
    return pd.DataFrame(
        {"shop": ["A", "B", "C"], "orders": [3, 4, 5], "revenue": [1.5, np.nan, 2.5]}, index=["x", "y", "z"]
    )


KINDS = {
    "numbers": pd.Series([1, 2, 3]),
    "floats": pd.Series([1.0, np.nan, np.inf]),
    "texts": pd.Series(["a", None, "c"]),
    "objects": pd.Series([[1, 2], {"a": 1}, None], dtype=object),
    "arrays": pd.Series([np.array([1, 2]), np.array([]), None], dtype=object),
    "categories": pd.Series(["a", "b", None], dtype="category"),
    "Int64": pd.Series([1, None, 3], dtype="Int64"),
    "boolean": pd.Series([True, None, False], dtype="boolean"),
    "bool": pd.Series([True, False, True]),
    "string": pd.Series(["a", None, "c"], dtype="string"),
    "times": pd.to_datetime(pd.Series(["2024-01-01", None, "2024-01-03"])),
    "zoned": pd.to_datetime(pd.Series(["2024-01-01", None, "2024-01-03"])).dt.tz_localize("Europe/Berlin"),
    "spans": pd.to_timedelta(pd.Series([1, None, 3]), unit="D"),
    "periods": pd.Series(pd.period_range("2024-01", periods=3, freq="M")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_sort_of_column_equals_its_copy(kind, fails):
    frame = pd.DataFrame({"key": [10, 20, 30], "value": KINDS[kind]})
    check.frame(frame, frame.copy(deep=True))
    check.equal(frame, frame.copy(deep=True))
    check.frame(frame["value"], frame["value"].copy())
    check.frame(frame.iloc[[2, 0, 1]], frame, ordered=False)
    check.frame(frame.iloc[[2, 0, 1]].reset_index(drop=True), frame, ordered=False, index=False)
    changed = frame.assign(value=frame["value"].iloc[[2, 1, 0]].to_numpy())
    changed["value"] = changed["value"].astype(frame["value"].dtype)
    if kind != "bool":
        assert "column 'value'" in fails(check.frame, changed, frame).difference


@pytest.mark.parametrize("kind", ["Int64", "boolean", "string", "times", "categories", "floats"])
def test_a_missing_value_is_a_value(kind, fails):
    there, gone = pd.DataFrame({"v": KINDS[kind]}), pd.DataFrame({"v": KINDS[kind]})
    gone.loc[0, "v"] = None
    found = fails(check.frame, gone, there).difference
    assert found == "column 'v': in row 0 the value should not be missing, and is missing"
    found = fails(check.frame, there, gone).difference
    assert found == "column 'v': in row 0 the value should be missing, and is there"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: None, "your code gave None: is a return missing?"),
        (lambda f: f["shop"], "expected a DataFrame of 3 rows and 3 columns, got a Series of 3 values"),
        (lambda f: f.to_dict(), "expected a DataFrame of 3 rows and 3 columns, got a dict of 3"),
        (lambda f: pd.DataFrame(), "the column 'shop' is missing (and 2 more)"),
        (lambda f: f.drop(columns="orders"), "the column 'orders' is missing"),
        (lambda f: f.assign(more=1), "the column 'more' is too many"),
        (lambda f: f[["orders", "shop", "revenue"]], "the columns stand in another order: expected ['shop', 'orders'"),
        (lambda f: f.set_axis(["shop", "shop", "revenue"], axis=1), "the column 'shop' is there twice"),
        (lambda f: f.set_index("shop"), "'shop' is in the index, not a column: reset_index() moves it"),
        (lambda f: f.set_index(["shop", "orders"]), "'shop' is in the index, not a column: reset_index() moves it"),
        (lambda f: f.head(2), "expected 3 rows, got 2"),
        (lambda f: f.head(0), "expected 3 rows, got 0"),
        (lambda f: f.astype({"orders": float}), "column 'orders' has dtype float64, expected int64"),
        (lambda f: f.astype({"orders": "Int64"}), "column 'orders' has dtype Int64, expected int64"),
        (lambda f: f.astype({"shop": "category"}), "column 'shop' has dtype category, expected str"),
        (lambda f: f.reset_index(drop=True), "the values are right, but the index is not: expected ['x', 'y', 'z']"),
        (lambda f: f.iloc[::-1], "the rows are right, but in another order"),
        (lambda f: f.assign(orders=[3, 4, 6]), "column 'orders': 1 of 3 values differ; the largest at [2]: expected 5"),
        (
            lambda f: f.assign(shop=["A", "b", "C"]),
            "column 'shop': 1 of 3 values differ; the first at [1]: expected 'B'",
        ),
        (lambda f: f.assign(revenue=[1.5, 0.0, 2.5]), "column 'revenue': in row 1 the value should be missing"),
    ],
)
def test_the_first_difference_is_named(sales, change, words, fails):
    finding = fails(check.frame, change(sales), sales)
    assert finding.difference.startswith(words)
    assert finding.message == "The table is not what was asked for."


def test_what_need_not_count(sales, fails):
    check.frame(sales.astype({"orders": float}), sales, dtypes=False)
    check.frame(sales.astype({"shop": "category", "orders": object}), sales, dtypes=False)
    check.frame(sales.reset_index(drop=True), sales, index=False)
    check.frame(sales.iloc[::-1], sales, ordered=False)
    check.frame(sales.assign(revenue=sales["revenue"] + 0.4), sales, atol=0.5)
    check.frame(sales.rename_axis("name"), sales)
    fails(check.frame, sales.iloc[::-1].reset_index(drop=True), sales, ordered=False)
    fails(check.frame, sales.iloc[::-1], sales, index=False)
    fails(check.frame, sales.assign(orders=[3, 4, 6]).iloc[::-1], sales, ordered=False)


def test_a_series_goes_by_its_values_not_its_name(sales, fails):
    check.frame(sales["orders"].rename("n"), sales["orders"])
    found = fails(check.frame, sales["orders"] * 2, sales["orders"]).difference
    assert found == "3 of 3 values differ; the largest at [2]: expected 5, got 10"
    found = fails(check.frame, sales["orders"].astype(float), sales["orders"]).difference
    assert found == "the values have dtype float64, expected int64"
    found = fails(check.frame, sales[["orders"]], sales["orders"]).difference
    assert found == "expected a Series of 3 values, got a DataFrame of 3 rows and 1 columns"


def test_dtypes_that_print_alike_are_told_apart(fails):
    two = pd.DataFrame({"v": pd.Categorical(["a"], categories=["a", "b"])})
    found = fails(check.frame, two, pd.DataFrame({"v": pd.Categorical(["a"])})).difference
    assert "['a', 'b']" in found
    assert "['a']" in found


def test_time_zones(fails):
    berlin = pd.DataFrame({"t": pd.to_datetime(["2024-01-01 12:00"]).tz_localize("Europe/Berlin")})
    utc = berlin.assign(t=berlin["t"].dt.tz_convert("UTC"))
    assert "Europe/Berlin" in fails(check.frame, utc, berlin).difference
    check.frame(utc, berlin, dtypes=False)
    fails(check.frame, berlin.assign(t=berlin["t"].dt.tz_localize(None)), berlin, dtypes=False)


def test_an_index_of_several_levels(fails):
    frame = pd.DataFrame({"n": [1, 2, 3]}, index=pd.MultiIndex.from_tuples([("A", 1), ("A", 2), ("B", 1)]))
    check.frame(frame, frame.copy())
    check.frame(frame.iloc[[2, 0, 1]], frame, ordered=False)
    found = fails(check.frame, frame.reset_index(drop=True), frame).difference
    assert found.startswith("the values are right, but the index is not: expected [('A', 1)")
    assert "but in another order" in fails(check.frame, frame.iloc[::-1], frame).difference


def test_columns_of_several_levels(fails):
    frame = pd.DataFrame({"shop": ["A", "B"], "n": [1, 2]}).groupby("shop").agg({"n": ["sum", "mean"]})
    check.frame(frame, frame.copy())
    check.frame(frame.iloc[::-1], frame, ordered=False)
    fails(check.frame, frame, pd.DataFrame({"n": [1, 2]}, index=["A", "B"]))


@pytest.mark.parametrize(
    "labels",
    [
        [True, False, None],
        ["b", "a", "b"],
        [2.5, np.nan, 1.0],
        pd.date_range("2024", periods=3),
        [(1, "a"), (1, "b"), 3],
    ],
)
def test_rows_in_any_order_with_any_labels(labels):
    frame = pd.DataFrame({"n": [1, 1, 2]}, index=pd.Index(labels, tupleize_cols=False))
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        check.frame(frame.iloc[order], frame, ordered=False)


def test_the_index_is_shown_from_where_it_differs(fails):
    frame = pd.DataFrame({"n": range(8)})
    found = fails(check.frame, frame.set_axis([0, 1, 2, 3, 4, 5, 6, 9]), frame).difference
    assert found.endswith("from row 7 on, expected [7], got [9]")


@pytest.mark.parametrize("compare", [check.equal, check.close])
def test_an_index_by_itself(compare, fails):
    compare(pd.Index([0, 1, 2]), pd.RangeIndex(3))
    compare(pd.Index(["a", None]), pd.Index(["a", None]))
    compare(pd.date_range("2024", periods=2), pd.DatetimeIndex(["2024-01-01", "2024-01-02"]))
    assert fails(compare, ["a"], pd.Index(["a"])).difference == "expected an Index, got a list of 1"
    assert fails(compare, pd.Index(["a"]), pd.Index(["a", "b"])).difference == "expected 2 labels in the index, got 1"
    fails(compare, pd.Index([1, pd.NA], dtype=object), pd.Index([pd.NA, 1], dtype=object))


@pytest.mark.parametrize("empty", [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame(index=[1, 2])])
def test_empty_tables(empty, sales, fails):
    for ordered in (True, False):
        check.frame(empty, empty.copy(), ordered=ordered)
        fails(check.frame, sales, empty, ordered=ordered)
        fails(check.frame, empty, sales, ordered=ordered)


def test_an_index_name_that_is_a_column_too(fails):
    got = pd.DataFrame({"v": [2]}, index=pd.Index([1], name="v"))
    assert fails(check.frame, got, pd.DataFrame({"q": [1], "v": [2]})).difference == "the column 'q' is missing"


def test_mistakes_are_compared_as_tables(sales, fails):
    wrong = [check.Mistake("first-two", sales.head(2), "Two are not all."), check.Mistake("any", lambda f: True, "?")]
    assert fails(check.frame, sales.head(2), sales, mistakes=wrong).mistake.id == "first-two"
    assert fails(check.frame, sales.head(1), sales, mistakes=wrong).mistake.id == "any"


def test_large_tables_in_any_order(fails):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"key": rng.integers(0, 50, 100_000), "value": rng.normal(size=100_000)})
    frame["text"] = frame["key"].astype(str)
    shuffled = frame.sample(frac=1, random_state=1)
    check.frame(shuffled, frame, ordered=False)
    check.frame(shuffled, frame, ordered=False, index=False)
    fails(check.frame, shuffled.assign(value=0.0), frame, ordered=False, index=False)


def test_texts_that_part_late_are_told_apart(fails):
    long = "x" * 300
    frame = pd.DataFrame({"text": [f"{long}a{long}", f"{long}b{long}", None, "None"]}, dtype=object)
    check.frame(frame.iloc[[3, 1, 2, 0]], frame, ordered=False, index=False)
    fails(check.frame, frame.iloc[[3, 1, 2, 1]], frame, ordered=False, index=False)


_ROWS = st.lists(
    st.tuples(
        st.integers(-(2**40), 2**40),
        st.floats(-1e6, 1e6) | st.just(float("nan")),
        st.text(max_size=3) | st.none(),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(_ROWS, st.randoms(use_true_random=False), st.booleans())
def test_shuffled_rows_pass_where_order_does_not_count(rows, random, index):
    frame = pd.DataFrame(rows, columns=["n", "x", "text", "flag"]).astype({"x": float, "text": object})
    order = list(range(len(frame)))
    random.shuffle(order)
    check.frame(frame.iloc[order], frame, ordered=False, index=index)
