"""Everything that crosses by value arrives as the same value, of exactly the same type."""

from __future__ import annotations

import datetime as dt
import math
import struct
import uuid
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from curriculum.grading import wire

Point = namedtuple("Point", "x y")


def cross(value):
    """There and back, where all of it is data."""
    return wire.decode(wire.encode(value, None), _unexpected)


def _unexpected(reference):
    raise AssertionError(f"a reference to {reference.type_name} in what is all data")


def same(left, right):
    """Whether two values are of one type and equal, down to the bits of their numbers."""
    if type(left) is not type(right):
        return False
    return _SAME.get(type(left), _same_plain)(left, right)


def _same_plain(left, right):
    if isinstance(left, np.generic):
        return left.dtype == right.dtype and left.tobytes() == right.tobytes()
    if sparse.issparse(left):
        return left.shape == right.shape and left.dtype == right.dtype and not (left != right).nnz
    if isinstance(left, pd.Index):
        pd.testing.assert_index_equal(left, right, exact=True)
        return same(list(left.names), list(right.names)) and getattr(left, "freq", None) == getattr(right, "freq", None)
    if isinstance(left, pd.api.extensions.ExtensionArray):
        pd.testing.assert_extension_array_equal(left, right)
        return left.dtype == right.dtype
    return left == right and repr(left) == repr(right)


def _same_items(left, right):
    return len(left) == len(right) and all(map(same, left, right))


def _same_set(left, right):
    return len(left) == len(right) and all(any(same(one, other) for other in right) for one in left)


def _same_dict(left, right):
    return same(list(left), list(right)) and same(list(left.values()), list(right.values()))


def _same_array(left, right):
    if left.dtype != right.dtype or left.shape != right.shape:
        return False
    owned = right.flags.c_contiguous and right.flags.writeable
    if left.dtype.hasobject:
        return owned and _same_items(left.ravel().tolist(), right.ravel().tolist())
    return owned and left.tobytes() == right.tobytes()


def _same_masked(left, right):
    filled = left.dtype == right.dtype and same(left.fill_value, right.fill_value)
    same_mask = same(np.ma.getmask(left), np.ma.getmask(right))
    return filled and same_mask and same(np.ma.getdata(left), np.ma.getdata(right))


def _same_series(left, right):
    pd.testing.assert_series_equal(left, right, check_freq=True, check_exact=True)
    return same(left.name, right.name) and same(left.array, right.array) and same(left.index, right.index)


def _same_frame(left, right):
    pd.testing.assert_frame_equal(left, right, check_freq=True, check_exact=True)
    columns = [(left.iloc[:, number], right.iloc[:, number]) for number in range(left.shape[1])]
    return same(left.index, right.index) and same(left.columns, right.columns) and all(same(*pair) for pair in columns)


_SAME = {
    float: lambda left,
    right: (math.isnan(left) and math.isnan(right)) or struct.pack("d", left) == struct.pack("d", right),
    complex: lambda left, right: same(left.real, right.real) and same(left.imag, right.imag),
    Decimal: lambda left, right: left.as_tuple() == right.as_tuple(),
    list: _same_items,
    tuple: _same_items,
    set: _same_set,
    frozenset: _same_set,
    deque: lambda left, right: left.maxlen == right.maxlen and _same_items(left, right),
    dict: _same_dict,
    OrderedDict: _same_dict,
    Counter: _same_dict,
    defaultdict: lambda left, right: left.default_factory is right.default_factory and _same_dict(left, right),
    np.ndarray: _same_array,
    np.ma.MaskedArray: _same_masked,
    pd.Series: _same_series,
    pd.DataFrame: _same_frame,
    type(pd.NaT): lambda left, right: left is right,
    type(pd.NA): lambda left, right: left is right,
    np.ma.core.MaskedConstant: lambda left, right: left is right,
    dt.datetime: lambda left, right: left == right and repr(left) == repr(right) and left.fold == right.fold,
    pd.Timestamp: lambda left, right: left == right and left.unit == right.unit and str(left.tz) == str(right.tz),
    pd.Timedelta: lambda left, right: left == right and left.unit == right.unit,
}  # fmt: skip

BERLIN = ZoneInfo("Europe/Berlin")

PLAIN = [
    None, True, False, 0, -1, 2**63 - 1, 2**64 - 1, -(2**63), 2**64, -(2**63) - 1, 10**1000, -(10**1000),
    0.0, -0.0, 1e308, 5e-324, math.inf, -math.inf, math.nan, 1j, complex(-0.0, math.nan),
    "", "abc", "ä€😀", "\ud800", "a\x00b", "x" * 100_000, b"", b"\xff\x00", bytearray(b"ab"), bytearray(),
    [], [[], [[]]], [1, 2.5, "x", None, True, 2**80], list(range(1000)), (), ((),), (1, (2, [3])),
    set(), {1, "a", None, (1, 2)}, frozenset(), frozenset({1, frozenset({2})}),
    {}, {"b": 1, "a": [2]}, {1: "x", 2.5: "y", None: 0, (1, "a"): {}, b"k": {"n": {}}, frozenset({1}): 1},
    OrderedDict([("b", 1), ("a", 2)]), Counter("abracadabra"), Counter(), Counter({"a": -1.5}),
    defaultdict(list, {"a": [1]}), defaultdict(int), defaultdict(None, {1: 2}),
    deque([1, 2, 3]), deque([1], maxlen=5), deque(maxlen=0), range(0), range(10, -5, -3), range(2**70, 2**71, 2**65),
    slice(None), slice(1, "a", 2.5), ..., NotImplemented,
    dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.time(1, 2, 3, 4), dt.time(1, 2, fold=1), dt.time(1, tzinfo=dt.UTC),
    dt.datetime(2024, 2, 29, 1, 2, 3, 999_999), dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))),
    dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1), "CET")),
    dt.datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1), dt.UTC,
    dt.timezone(dt.timedelta(seconds=1, microseconds=5)),
    dt.timezone(dt.timedelta(0), "zero"), ZoneInfo("UTC"), BERLIN,
    dt.timedelta(0), dt.timedelta.min, dt.timedelta.max, dt.timedelta(-1, 5, 7),
    Decimal("1.10"), Decimal("-0"), Decimal("NaN"), Decimal("sNaN123"), Decimal("-Infinity"), Decimal("1E+999999"),
    Decimal("0E-10"),
    Fraction(1, 3), Fraction(-7, 2), Fraction(0), uuid.UUID(int=0), uuid.UUID(int=2**128 - 1),
    PurePosixPath("."), PurePosixPath("/a/b c"), int, ValueError, dict, Decimal, Counter, np.ndarray, pd.DataFrame,
    type(None),
]  # fmt: skip

DTYPES = [
    "?",
    "i1",
    "u1",
    ">i2",
    "u2",
    "i4",
    "u4",
    "i8",
    "<u8",
    "f2",
    "f4",
    ">f8",
    "g",
    "F",
    "D",
    "G",
    "S3",
    "U5",
    ">U2",
    "V4",
]
TIMES = ["M8[Y]", "M8[M]", "M8[D]", "M8[ns]", "M8[25s]", "m8[h]", "m8[ms]", ">M8[us]", "M8", "m8", "m8[as]"]
POINTS = np.dtype([("name", "U3"), ("at", "f8", (2, 2)), ("when", "M8[D]"), ("in", [("ok", "?"), ("n", "<i4")])])

NUMPY = [
    np.float64(1.5), np.float64(-0.0), np.float64("nan"), np.int64(-5), np.bool_(True), np.float32(0.1),
    np.longdouble(1) / 3,
    np.uint8(255), np.int16(-3), np.complex64(1 + 2j), np.complex128(1j), np.str_("abc"), np.str_(""),
    np.bytes_(b"x\x00y"), np.float16(2),
    np.datetime64("2024-01-01"), np.datetime64("NaT"), np.datetime64("2024-01-01T01", "ns"), np.timedelta64(5, "W"),
    np.timedelta64("NaT"),
    np.zeros((), "f4"), np.array(5), np.zeros(0), np.zeros((3, 0, 2), "i4"), np.arange(24.0).reshape(2, 3, 4),
    np.asfortranarray(np.arange(12).reshape(3, 4)), np.arange(10)[::-2], np.arange(12).reshape(3, 4)[1:, ::2].T,
    np.broadcast_to(np.float64(2), (3, 4)), np.array([["a", None], [1.5, [1, {"x": 2}]]], dtype=object),
    np.array(None, dtype=object),
    np.zeros(0, object), np.array(["a", "béb", "\U0010ffff"]), np.array([b"a", b""]), np.zeros(3, POINTS),
    np.zeros((), POINTS)[()],
    np.array([(1, 2.0)], np.dtype([("a", "i1"), ("b", "f8")], align=True)), np.zeros(2, np.dtype([])),
    np.array(["", ""], "U0"),
    np.ma.masked, np.ma.array([1.0, 2.0, 3.0]), np.ma.array([1, 2, 3], mask=[0, 1, 0]),
    np.ma.array([1, 2], mask=True, fill_value=7),
    np.ma.array([[1, 2]], mask=[[True, False]]),
    np.ma.array([(1, "a")], dtype=[("n", "i4"), ("t", "U1")], mask=[(True, False)]),
    np.dtype("f4"), np.dtype("M8[ns]"), np.dtype(object), POINTS, np.dtype(("i4", (2, 3))), np.dtype([]),
    *(np.zeros(3, code) for code in DTYPES), *(np.ones(3, "i8").view("i8").astype(code) for code in TIMES),
    *map(np.dtype, DTYPES + TIMES),
]  # fmt: skip

SCALARS = [
    pd.NaT, pd.NA, pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01 01:02:03.123456789"),
    pd.Timestamp("2024-06-01", tz="Europe/Berlin"),
    pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-10-27 00:30", tz="UTC").tz_convert("Europe/Berlin"),
    pd.Timestamp("2024-01-01", tz=dt.timezone(dt.timedelta(hours=2))), pd.Timestamp(5, unit="s").as_unit("s"),
    pd.Timestamp.max, pd.Timestamp.min,
    pd.Timedelta("1 days 02:03:04.000000005"), pd.Timedelta(5, "ms").as_unit("ms"), pd.Period("2024-01", "M"),
    pd.Period("2024Q1"),
    pd.Period("2024-01-01", "2D"), pd.Period("2024-01-01 05", "h"), pd.Period("2024", "Y-MAR"),
    pd.Period("2024-01-01", "W-WED"),
    pd.Interval(0, 1), pd.Interval(0.5, 2, "both"),
    pd.Interval(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"), "left"),
    pd.offsets.MonthEnd(), pd.offsets.Day(-3), pd.offsets.Week(weekday=2), pd.offsets.BQuarterBegin(startingMonth=2),
    pd.offsets.WeekOfMonth(week=1, weekday=0),
]  # fmt: skip

ARRAYS = [
    pd.array([1, None, 3]), pd.array([], "Int8"), pd.array([1, None], "UInt64"), pd.array([1.5, None], "Float32"),
    pd.array([True, None]),
    pd.array(["a", None, "é"], "str"), pd.array(["a", None], pd.StringDtype("python", na_value=np.nan)),
    pd.array(["a", pd.NA], "string[python]"),
    pd.array(["a", pd.NA], "string[pyarrow]"), pd.array([], "str"), pd.array([1, 2], np.dtype("i4")),
    pd.array([1, "a"], object),
    pd.array(["2024-01-01", None], "M8[s]"), pd.array(["2024-01-01", None], "datetime64[ns, Europe/Berlin]"),
    pd.array([5, None], "m8[ms]"),
    pd.array(["2024-01", None], "period[M]"), pd.interval_range(0, 3).array,
    pd.arrays.IntervalArray.from_tuples([(0.0, 1.0), np.nan, (2.0, 3.0)], "both"),
    pd.Categorical(["b", "a", None, "b"]), pd.Categorical([3, 1], categories=[3, 2, 1], ordered=True),
    pd.Categorical([]),
    pd.Categorical(pd.to_datetime(["2024-01-01", "2024-01-02"])), pd.Categorical([1.5, "x"]),
    pd.Categorical(pd.interval_range(0, 3)),
    pd.arrays.SparseArray([0, 0, 1, 2]), pd.arrays.SparseArray([1.0, np.nan], kind="block"),
    pd.arrays.SparseArray([True, False], fill_value=True),
    *(pd.array([1, None, 3], f"{code}[pyarrow]") for code in ("int8", "uint8", "int64", "uint64", "float", "double")),
    pd.array([1.5, None], "double[pyarrow]"), pd.array([True, None], "bool[pyarrow]"),
    pd.array(["a", None], pd.ArrowDtype(__import__("pyarrow").string())),
    pd.array(["a", None], pd.ArrowDtype(__import__("pyarrow").large_string())),
    pd.array([2**63, None], "uint64[pyarrow]"),
]  # fmt: skip

INDEXES = [
    pd.RangeIndex(5), pd.RangeIndex(10, 0, -3, name="n"), pd.RangeIndex(0), pd.Index([1, 2, 2], name=("a", 1)),
    pd.Index([1.5, np.nan]), pd.Index([True, False]),
    pd.Index(["a", "b"]), pd.Index(["a", 1, None]), pd.Index(["a", "b"], dtype=object), pd.Index([]),
    pd.Index([1, None], dtype="Int64"), pd.Index([1], dtype="u1"),
    pd.date_range("2024-01-01", periods=3, name="day"),
    pd.date_range("2024-01-31", periods=3, freq="ME", tz="Europe/Berlin"), pd.DatetimeIndex(["2024-01-01", None]),
    pd.date_range("2024-03-30", periods=4, freq="D", tz="Europe/Berlin"),
    pd.date_range("2024-01-01", periods=5, freq="2W-WED"), pd.DatetimeIndex([]),
    pd.date_range("2024-01-01", periods=4, freq="B"), pd.date_range("2024-01-01", periods=4, freq="-1QS-OCT"),
    pd.date_range("2024-01-01", periods=3, unit="s"),
    pd.timedelta_range("1h", periods=3, freq="15min"), pd.TimedeltaIndex(["1s", None]),
    pd.period_range("2024-01", periods=3, freq="M"), pd.interval_range(0, 3),
    pd.CategoricalIndex(["a", "b", "a"], name="c"), pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", None]),
    pd.MultiIndex.from_tuples([("a", 1.5), ("b", np.nan)], names=["same", "same"]),
    pd.MultiIndex.from_arrays([pd.date_range("2024", periods=2), ["a", "b"]]),
    pd.MultiIndex.from_arrays([[], []], names=["a", "b"]), pd.Index([(1, 2), (3, 4)], tupleize_cols=False),
]  # fmt: skip

DTYPES_OF_PANDAS = [
    pd.Int64Dtype(), pd.BooleanDtype(), pd.Float32Dtype(), pd.StringDtype("python"),
    pd.StringDtype("pyarrow", na_value=np.nan), pd.CategoricalDtype(["a", "b"], True),
    pd.CategoricalDtype(), pd.CategoricalDtype(ordered=True), pd.DatetimeTZDtype("us", "Europe/Berlin"),
    pd.PeriodDtype("M"), pd.IntervalDtype("float64", "left"),
    pd.SparseDtype(float), pd.SparseDtype(int, 5), pd.ArrowDtype(__import__("pyarrow").int8()),
]  # fmt: skip


def _mixed():
    frame = pd.DataFrame(
        {"n": [1, 2, 3], "x": [0.5, np.nan, -0.0], "t": ["a", None, "c"], "b": [True, False, True], "o": [1, "a", [2]]}
    )
    frame = frame.assign(
        c=pd.Categorical(["x", "y", "x"]), d=pd.date_range("2024-01-01", periods=3, tz="UTC"), i=pd.array([1, None, 2])
    )
    return frame.assign(p=pd.period_range("2024", periods=3, freq="D"), z=[pd.NA, pd.NaT, None])


FRAMES = [
    *(pd.Series(array) for array in ARRAYS), *(pd.Series(range(len(index)), index=index) for index in INDEXES),
    pd.Series([], dtype=float),
    pd.Series(["a", 1], name=("x", 1)), pd.Series([1.5], name=5),
    pd.Series(["a", "b"], dtype=object, name=dt.date(2024, 1, 1)), pd.Series([[1], {"a": 2}]),
    pd.Series([1 + 2j]), pd.Series([1, 2], dtype="f2"), pd.Series(np.array([1, 2], ">i4")),
    pd.Series([pd.Timestamp("2024-01-01"), 5], dtype=object),
    _mixed(), _mixed().set_index(["t", "d"]), _mixed().iloc[:0], _mixed().iloc[::2], _mixed().T, pd.DataFrame(),
    pd.DataFrame(index=[1, 2]), pd.DataFrame(columns=["a"]),
    pd.DataFrame(np.arange(6.0).reshape(2, 3)), pd.DataFrame(np.asfortranarray(np.arange(6).reshape(2, 3))),
    pd.DataFrame({"a": [1, 2], "b": [3, 4]}),
    pd.DataFrame([[1, "a", 2.5]], columns=["x", "x", "y"]), pd.DataFrame([[1, 2]], columns=["x", "x"]),
    pd.DataFrame([[1, 2]], columns=[5, (1, "b")]),
    pd.DataFrame(np.ones((2, 4)), columns=pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["u", "v"])),
    pd.DataFrame({"a": pd.Series(["x"], dtype=object)}),
    pd.DataFrame({"a": pd.arrays.SparseArray([0, 1])}), pd.DataFrame({"d": pd.date_range("2024", periods=2)}),
    pd.DataFrame(True, index=[0], columns=list("ab")),
    _mixed().groupby("b")[["n", "x"]].agg(["mean", "sum"]), _mixed()[["n", "x"]].describe(),
]  # fmt: skip

SPARSE = [
    kind(np.array([[0, 1.5], [0, 0], [2, 0]]))
    for kind in (
        sparse.csr_array,
        sparse.csc_array,
        sparse.coo_array,
        sparse.csr_matrix,
        sparse.csc_matrix,
        sparse.coo_matrix,
    )
] + [
    sparse.csr_array((0, 3)),
    sparse.coo_array((2, 0)),
    sparse.csr_array(np.eye(2, dtype=bool)),
    sparse.random_array((30, 40), density=0.1, rng=1, format="csc"),
]


@pytest.mark.parametrize("value", PLAIN + NUMPY, ids=lambda value: type(value).__name__)
def test_plain_and_numpy(value):
    assert same(value, cross(value))


@pytest.mark.parametrize("value", SCALARS + DTYPES_OF_PANDAS, ids=repr)
def test_pandas_scalars(value):
    assert same(value, cross(value))


@pytest.mark.parametrize("value", ARRAYS + INDEXES + SPARSE, ids=lambda value: type(value).__name__)
def test_arrays_and_indexes(value):
    assert same(value, cross(value))


@pytest.mark.parametrize("value", FRAMES, ids=lambda value: type(value).__name__)
def test_series_and_frames(value):
    assert same(value, cross(value))


@pytest.mark.parametrize(
    "values", [PLAIN, NUMPY, SCALARS, ARRAYS, INDEXES, FRAMES, SPARSE], ids=lambda values: type(values[0]).__name__
)
def test_all_in_one_message(values):
    assert all(same(before, after) for before, after in zip(values, cross(values), strict=True))


def test_a_frame_may_be_written_into():
    frame = cross(pd.DataFrame({"a": [1.0, 2.0], "t": ["x", "y"]}))
    frame.loc[0, "a"] = 5.0
    frame["t"] = frame["t"].str.upper()
    assert frame.to_dict("list") == {"a": [5.0, 2.0], "t": ["X", "Y"]}


# --- what arrives as something near ----------------------------------------------------------------------------------


def test_a_namedtuple_is_made_anew_with_its_names():
    point = cross(Point(1, [2.5]))
    assert (point, type(point).__name__, point._fields, point.y) == ((1, [2.5]), "Point", ("x", "y"), [2.5])


def test_scipys_results_keep_what_they_carry_beside_their_fields():
    from scipy import stats

    sent = stats.ttest_ind([1.0, 2, 3], [2.0, 3, 5])
    result = cross(sent)
    assert result == (sent.statistic, sent.pvalue)
    assert (type(result).__name__, result.pvalue, result.df) == ("TtestResult", sent.pvalue, sent.df)


def test_a_concrete_path_arrives_without_its_file_system():
    assert same(cross(Path("/data/a.csv")), PurePosixPath("/data/a.csv"))


def test_a_matrix_and_a_memory_map_arrive_as_arrays(tmp_path):
    mapped = np.memmap(tmp_path / "data", dtype="f4", mode="w+", shape=(2, 2))
    matrix = np.ones((1, 2)).view(np.matrix)
    assert same(cross(mapped), np.zeros((2, 2), "f4"))
    assert same(cross(matrix), np.ones((1, 2)))


def test_a_factory_that_is_no_known_class_is_left_behind():
    assert same(cross(defaultdict(lambda: 5, {"a": 1})), defaultdict(None, {"a": 1}))


def test_a_frequency_whose_name_does_not_say_all_is_dropped():
    index = pd.date_range("2024-01-01", periods=3, freq=pd.offsets.CustomBusinessDay(holidays=["2024-01-02"]))
    assert same(cross(index), pd.DatetimeIndex(index, freq=None))


def test_attributes_of_a_frame_are_dropped():
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["note"] = "hello"
    assert cross(frame).attrs == {}


# --- generated -------------------------------------------------------------------------------------------------------

_KEYS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=5),
    st.binary(max_size=5),
    st.dates(),
)
_LEAVES = st.one_of(
    _KEYS, st.complex_numbers(), st.decimals(), st.fractions(), st.uuids(), st.times(), st.datetimes(), st.timedeltas(),
    st.datetimes(timezones=st.sampled_from([dt.UTC, BERLIN])),
    st.text(st.characters(categories=["Cs", "Lu"]), max_size=4),
)  # fmt: skip
_HASHABLE = st.recursive(
    _KEYS, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3), max_leaves=5
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.lists(inner).map(deque), st.dictionaries(_HASHABLE, inner),
        st.sets(_HASHABLE),
    ),
    max_leaves=30,
)  # fmt: skip


@given(_VALUES)
def test_nested_data(value):
    assert same(cross(value), value)


_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
_FIELDS = st.lists(
    st.tuples(_NAMES, hnp.scalar_dtypes(), hnp.array_shapes(max_dims=2, max_side=2)), unique_by=lambda field: field[0]
)


@given(hnp.arrays(hnp.scalar_dtypes() | _FIELDS.map(np.dtype), hnp.array_shapes(min_dims=0, min_side=0)))
def test_arrays_of_any_dtype(value):
    assert same(cross(value), value.copy(order="C"))


_COLUMNS = {
    "int64": st.integers(-(2**63), 2**63 - 1), "float64": st.floats(), "bool": st.booleans(),
    "str": st.text(max_size=5) | st.none(), "object": _LEAVES,
    "Int64": st.integers(-5, 5) | st.none(), "category": st.sampled_from(["a", "b", None]), "M8[us]": st.datetimes(),
    "complex128": st.complex_numbers(),
}  # fmt: skip


@settings(deadline=None)
@given(st.data(), st.lists(st.sampled_from(sorted(_COLUMNS)), max_size=5), st.integers(0, 5))
def test_frames_of_any_columns(data, kinds, rows):
    columns = [pd.Series([data.draw(_COLUMNS[kind]) for _ in range(rows)], dtype=kind) for kind in kinds]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(rows))
    assert same(cross(frame), frame)
