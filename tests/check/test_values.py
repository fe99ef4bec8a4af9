"""equal, close, that and type: what passes, and how useful the words are where something differs."""

from __future__ import annotations

import copy
import datetime as dt
import enum
import itertools
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from curriculum import check
from curriculum.outcome import Outcome


class Liar:
    """Says that it equals everything."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return True


class FriendlyNumber(float):
    __hash__ = float.__hash__

    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    def __abs__(self):
        return 0.0


class FriendlyText(str):
    __hash__ = str.__hash__
    __slots__ = ()

    def __eq__(self, other):
        return True


class Grumpy:
    """Raises whatever is asked of it."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    def __bool__(self):
        raise RuntimeError("no")


class Colour(enum.Enum):
    RED = 1


_NAN = float("nan")
_FRAME = pd.DataFrame({"a": [1, 2]})

# --- what is equal ---------------------------------------------------------------------------------------------------

EQUAL = [
    (3, 3),
    (3, 3.0),
    (3.0, 3),
    (np.float64(3), 3),
    (np.int32(3), 3),
    (np.array(3.0), 3),
    (3, np.array(3)),
    (True, True),
    (np.True_, True),
    (None, None),
    (..., ...),
    (_NAN, math.nan),
    (np.float32("nan"), math.nan),
    (math.inf, math.inf),
    (1 + 2j, 1 + 2j),
    (10**400, 10**400),
    (pd.NA, pd.NA),
    (pd.NaT, pd.NaT),
    (np.datetime64("NaT"), np.datetime64("NaT")),
    (Decimal("NaN"), Decimal("NaN")),
    (Decimal("1.5"), Decimal("1.50")),
    (Fraction(1, 3), Fraction(1, 3)),
    (Colour.RED, Colour.RED),
    ("text", "text"),
    (np.str_("text"), "text"),
    (b"x", b"x"),
    ([], []),
    ([1, [2.0, None], "x"], [1, [2, None], "x"]),
    ((1, 2), (1, 2)),
    ({"a": [1, _NAN], "b": {"c": None}}, {"b": {"c": None}, "a": [1, _NAN]}),
    ({1, 2}, {2, 1}),
    (frozenset("ab"), {"a", "b"}),
    (dt.date(2024, 1, 1), dt.date(2024, 1, 1)),
    (pd.Timestamp("2024-01-01"), dt.datetime(2024, 1, 1)),
    (dt.datetime(2024, 1, 1), pd.Timestamp("2024-01-01")),
    (np.datetime64("2024-01-01", "ns"), np.datetime64("2024-01-01", "D")),
    (np.array([1, 2]), np.array([1.0, 2.0])),
    (np.array([1.0, np.nan, np.inf]), np.array([1.0, np.nan, np.inf])),
    (np.array([]), np.array([])),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    (np.array(["a", "b"]), np.array(["a", "b"], dtype=object)),
    (np.array([1, None, "x"], dtype=object), np.array([1, None, "x"], dtype=object)),
    (np.array([[1, 2], [3]], dtype=object), np.array([[1, 2], [3]], dtype=object)),
    (np.array(["2024-01-01", "NaT"], "M8[D]"), np.array(["2024-01-01", "NaT"], "M8[ns]")),
    (np.array([True, False]), np.array([True, False])),
    (_FRAME, _FRAME.copy()),
    (_FRAME["a"], _FRAME["a"].rename("b")),
    (_FRAME.index, pd.Index([0, 1])),
    ({"table": _FRAME, "n": 2}, {"table": _FRAME.copy(), "n": 2}),
]


@pytest.mark.parametrize(("got", "expected"), EQUAL, ids=lambda value: type(value).__name__)
def test_equal_passes_silently(got, expected, capsys):
    assert check.equal(got, expected) is None
    assert capsys.readouterr() == ("", "")


# --- what differs, and what is said ----------------------------------------------------------------------------------

DIFFERENT = [
    (4, 3, "expected 3, got 4"),
    (1, True, "expected True, got 1"),
    (True, 1, "expected 1, got True"),
    (0, False, "expected False, got 0"),
    (np.True_, 1, "expected 1, got True"),
    (None, 3, "your code gave None: is a return missing?"),
    (..., 3, "there is still a ... where the work goes"),
    (3, None, "expected None, got 3"),
    (len, 3, "that is a function, not its result: is the call missing its brackets?"),
    (0.1 + 0.2, 0.3, "expected 0.3, got 0.30000000000000004"),
    (np.float64(0.1) + 0.2, 0.3, "expected 0.3, got 0.30000000000000004"),
    ([0.1 + 0.2], [0.3], "at [0]: expected 0.3, got 0.30000000000000004"),
    (_NAN, 3, "expected 3, got nan"),
    (3, _NAN, "expected nan, got 3"),
    (-math.inf, math.inf, "expected inf, got -inf"),
    ("3", 3, "expected a number, got text"),
    (3, "3", "expected text, got a whole number"),
    ([3], 3, "expected a single number, got a list of 1"),
    (np.array([3]), 3, "expected a single number, got an array of shape (1,)"),
    (pd.Series([3]), 3, "expected a single number, got a Series of 1 values"),
    (np.array(["text"]), "text", "expected text, got an array of shape (1,)"),
    (np.array([None]), None, "expected None, got [None]"),
    (pd.NaT, math.nan, "expected a number, got a NaTType"),
    (pd.NA, 3, "expected a number, got a NAType"),
    (np.datetime64("NaT"), 3, "expected a number, got a datetime64"),
    ([1, 2], (1, 2), "the items are right, but expected a tuple of 2, got a list of 2"),
    ((1, 2), [1, 2], "the items are right, but expected a list of 2, got a tuple of 2"),
    (np.array([1, 2]), [1, 2], "expected a list of 2, got an array of shape (2,)"),
    ([1, 2], np.array([1, 2]), "expected an array of shape (2,), got a list of 2"),
    (range(3), [0, 1, 2], "expected a list of 3, got a range"),
    ((x for x in "ab"), ["a", "b"], "expected a list of 2, got a generator"),
    ([1, 2], [1, 2, 3], "expected 3 items, got 2"),
    ([1, None], [1, 2], "at [1]: expected a number, got None"),
    ([1, [2, {"a": 3}]], [1, [2, {"a": 4}]], "at [1][1]['a']: expected 4, got 3"),
    ({"a": 1}, {"a": 1, "b": 2, "c": 3}, "the key 'b' is missing (and 1 more)"),
    ({"a": 1, "b": 2}, {"a": 1}, "the key 'b' is too many"),
    ([("a", 1)], {"a": 1}, "expected a dict of 1, got a list of 1"),
    ({1, 2}, {1, 2, 3}, "3 is missing"),
    ({1, 2, 3}, {1, 2}, "3 is too many"),
    ([1, 2], {1, 2}, "expected a set of 2, got a list of 2"),
    ("yes ", "yes", "the same but for white space at an end"),
    ("Yes", "yes", "the same but for upper and lower case"),
    ("a long road", "a long rope", "they part at character 10: expected 'pe', got 'ad'"),
    ("abc", "abcd", "they part at character 4: expected 'd', got ''"),
    (b"x", "x", "expected text, got a bytes"),
    (np.array([1, 2, 4]), np.array([1, 2, 3]), "1 of 3 values differ; the largest at [2]: expected 3, got 4"),
    (np.array([[1, 2]]), np.array([1, 2]), "expected shape (2,), got shape (1, 2)"),
    (np.array([]), np.array([1.0]), "expected shape (1,), got shape (0,)"),
    (np.array(["1", "2"]), np.array([1, 2]), "expected numbers, got text of dtype <U1"),
    (np.array([1, 2], dtype=object), np.array([1, 2]), "expected numbers, got dtype object"),
    (np.array([1, 0]), np.array([True, False]), "expected dtype bool, got dtype int64"),
    (np.array([np.nan, 1]), np.array([0.0, 1]), "1 of 2 values differ; the first at [0]: expected 0, got nan"),
    (np.array(["a", "x"]), np.array(["a", "b"]), "1 of 2 values differ; the first at [1]: expected 'b', got 'x'"),
    (
        np.array(["2024-01-01"], "M8[ns]"),
        np.array(["2024-01-02"], "M8[D]"),
        "1 of 1 values differ; the first at [0]: expected 2024-01-02, got 2024-01-01T00:00:00.000000000",
    ),
    (sparse.csr_array(np.eye(2)), np.eye(2), "expected an array of shape (2, 2), got a csr_array"),
    (_FRAME.values, _FRAME, "expected a DataFrame of 2 rows and 1 columns, got an array of shape (2, 1)"),
    (_FRAME, [1, 2], "expected a list of 2, got a DataFrame of 2 rows and 1 columns"),
    (_FRAME, "a", "expected text, got a DataFrame of 2 rows and 1 columns"),
    ({"t": _FRAME + 1}, {"t": _FRAME}, "at ['t']: column 'a': 2 of 2 values differ; the largest at [0]: expected 1"),
    (pd.Index([0, 2]), pd.Index([0, 1]), "the index differs: from row 1 on, expected [1], got [2]"),
    (dt.date(2024, 1, 2), dt.date(2024, 1, 1), "expected datetime.date(2024, 1, 1), got datetime.date(2024, 1, 2)"),
]


@pytest.mark.parametrize(("got", "expected", "words"), DIFFERENT, ids=lambda value: type(value).__name__)
def test_equal_says_what_differs(got, expected, words, fails):
    finding = fails(check.equal, got, expected)
    assert finding.outcome is Outcome.FAILED
    assert finding.difference.startswith(words)


def test_both_values_the_call_and_the_hint_are_shown(fails):
    def mean(values):
        return sum(values)

    finding = fails(check.equal, mean([1, 2]), 1.5, hint="divide", called="mean([1, 2])")
    assert (finding.called, finding.expected, finding.got) == ("mean([1, 2])", "1.5", "3")
    assert finding.hint == "divide"


def test_the_call_is_read_from_the_check_cell():
    def mean(values):
        return sum(values)

    with pytest.raises(check.CheckFailed) as caught:
        check.equal(mean([1, 2]), 1.5)
    assert caught.value.finding.called == "mean([1, 2])"
    with pytest.raises(check.CheckFailed) as caught:
        check.equal(3, 1.5)
    assert caught.value.finding.called == ""


@pytest.mark.parametrize(("got", "expected"), [(0.1 + 0.2, 0.3), ([0.1 + 0.2], [0.3]), ({"a": 0.1 + 0.2}, {"a": 0.3})])
def test_the_card_never_shows_two_different_values_alike(got, expected, fails):
    finding = fails(check.equal, got, expected)
    assert finding.got != finding.expected


# --- values that misbehave -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expected",
    ["x", b"x", None, ..., True, 3, 2.5, 1j, [1], (1,), {"a": 1}, {1}, np.array([1]), _FRAME, dt.date(2024, 1, 1)],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_claims_to_equal_everything_equals_nothing(expected, fails):
    fails(check.equal, Liar(), expected)
    fails(check.close, Liar(), expected)
    fails(check.equal, [Liar()], [expected])


@pytest.mark.parametrize("compare", [check.equal, check.close])
def test_numbers_and_texts_are_taken_at_their_worth(compare, fails):
    fails(compare, FriendlyNumber(1.0), 2.0)
    fails(compare, [FriendlyNumber(1.0)], [2.0])
    fails(compare, FriendlyText("a"), "b")
    compare(FriendlyNumber(2.0), 2.0)
    compare(FriendlyText("b"), "b")


@pytest.mark.parametrize("expected", [1, "x", [1], {"a": 1}, {1}, np.array([1]), _FRAME, None, object()])
def test_a_value_that_raises_at_every_touch_is_only_different(expected, fails):
    assert fails(check.equal, Grumpy(), expected).got
    fails(check.equal, [Grumpy()], [expected])
    fails(check.equal, {"a": Grumpy()}, {"a": expected})
    fails(check.close, np.array([Grumpy()], dtype=object), np.array([expected], dtype=object))


def test_a_list_that_holds_itself(fails):
    endless = [1]
    endless.append(endless)
    fails(check.equal, endless, [1, 2])
    fails(check.close, endless, [1, 2])


def test_numbers_beyond_floats(fails):
    assert "got 1000" in fails(check.close, 10**400, 1.0).difference
    fails(check.equal, 10**5000, 1)
    fails(check.close, [10**400], [1.0])
    fails(check.close, 1.0, 10**400)
    fails(check.close, np.array([1e308]), np.array([-1e308]))
    fails(check.close, np.array([60000], dtype=np.float16), np.array([-60000], dtype=np.float16))


BIG = 1_000_000
HUGE = {
    "array": np.arange(BIG),
    "floats": np.linspace(0, 1, BIG),
    "matrix": np.zeros((1000, 1000)),
    "objects": np.array(["x"] * 100_000, dtype=object),
    "list": list(range(BIG)),
    "nested": [[[0.5] * 100] * 100] * 100,
    "dict": dict.fromkeys(range(BIG)),
    "set": set(range(BIG)),
    "text": "long " * BIG,
    "bytes": b"long " * BIG,
    "frame": pd.DataFrame(np.zeros((BIG, 3)), columns=["x" * 1000, "y", "z"]),
    "wide": pd.DataFrame(np.zeros((3, 2000))),
    "series": pd.Series(np.zeros(BIG)),
    "index": pd.RangeIndex(BIG),
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_values_cost_little_and_say_little(name, fails):
    for expected in (1, "x", [1, 2], np.array([1, 2])):
        fails(check.equal, HUGE[name], expected)
        fails(check.close, expected, HUGE[name])
    fails(check.type, HUGE[name], complex)
    fails(check.that, False, "It must be so.", got=HUGE[name])


def test_one_wrong_value_among_a_million(fails):
    values = np.zeros(BIG)
    values[765_432] = 1
    assert "1 of 1000000 values differ; the largest at [765432]" in fails(check.close, values, np.zeros(BIG)).difference
    texts = "a" * BIG + "b", "a" * BIG + "c"
    assert "character 1000001" in fails(check.equal, *texts).difference


def test_a_deep_path_is_cut(fails):
    def nest(value):
        for _ in range(60):
            value = {"a rather long key": [value]}
        return value

    assert "…" in fails(check.equal, nest(1), nest(2)).difference


# --- close -----------------------------------------------------------------------------------------------------------

NEAR = [
    (0.1 + 0.2, 0.3),
    (np.float32(0.1), np.float32(0.1)),
    ([1, 2], (1.0, 2.0)),
    (np.array([1.0, 2.0]), [1, 2]),
    ([1, 2], np.array([1, 2])),
    (pd.Series([1.0, 2.0]), [1, 2]),
    (pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0 + 1e-12])),
    ([], []),
    (np.array([]), []),
    ([], np.array([])),
    ([[1, 2], [3]], [[1, 2], [3]]),
    ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
    (np.array(["a"]), ["a"]),
    ([1.0, None, "x"], [1.0 + 1e-12, None, "x"]),
    ((np.array([1.0, 2.0]), 3.0), [np.array([1.0, 2.0]), 3]),
    ({"a": 0.1 + 0.2, "b": [1.0, _NAN]}, {"a": 0.3, "b": [1.0, _NAN]}),
    ([_NAN, math.inf, -math.inf], [_NAN, math.inf, -math.inf]),
    (1j + 1e-12, 1j),
    ([10**30 + 1], [10**30]),
    (np.array([0.1 + 0.2, None], dtype=object), np.array([0.3, None], dtype=object)),
    (_FRAME + 1e-12, _FRAME),
    (True, True),
]


@pytest.mark.parametrize(("got", "expected"), NEAR, ids=lambda value: type(value).__name__)
def test_close_passes(got, expected):
    check.close(got, expected)


def test_the_tolerance_is_that_of_numpy_testing(fails):
    check.close(104.9, 100, rtol=0.05)
    check.close(0.5, 0, atol=0.5)
    check.close(95, 100, rtol=0.03, atol=2)
    assert fails(check.close, 94.9, 100, rtol=0.03, atol=2).difference == "off by 5.1"
    assert fails(check.close, 1e-12, 0).difference == "off by 1e-12"


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (2.0, 1.0, "off by 1"),
        (_NAN, 1.0, "expected 1, got nan"),
        (math.inf, 1.0, "off by inf"),
        (True, 1, "expected 1, got True"),
        ([1.0, 2.5, 2.0], [1, 2, 3], "2 of 3 values differ; the largest at [2]: expected 3, got 2"),
        ([1, 2], [1, 2, 3], "expected shape (3,), got shape (2,)"),
        ([[1], [2, 3]], [1, 2], "expected a list of 2, got a list of 2 that is no regular array"),
        (["1", "2"], [1, 2], "expected numbers, got text of dtype <U1"),
        ("12", [1, 2], "expected a list of 2, got text"),
        ({"a": 1.1}, {"a": 1}, "at ['a']: off by 0.1"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "at ['a']: 1 of 2 values differ; the largest at [1]: expected 3, got 2"),
    ],
)
def test_close_says_how_far_off(got, expected, words, fails):
    assert fails(check.close, got, expected).difference.startswith(words)


# --- mistakes --------------------------------------------------------------------------------------------------------


def test_a_mistake_is_known_by_its_value(fails):
    wrong = [
        check.Mistake("sum", 6, "That is the sum."),
        check.Mistake("biased", 1.5, "Divide by n - 1.", section="Spread"),
    ]
    finding = fails(check.close, 1.5 + 1e-12, 2.0, mistakes=wrong)
    assert finding.mistake is wrong[1]
    assert "Divide by n - 1. (see the section “Spread”)" in str(finding)
    assert finding.summary == "Divide by n - 1."
    assert fails(check.close, 7.0, 2.0, mistakes=wrong).mistake is None


def test_the_first_mistake_that_fits_is_named(fails):
    wrong = [
        check.Mistake("negative", lambda got: got < 0, "Below zero."),
        check.Mistake("minus-one", -1, "Minus one."),
    ]
    assert fails(check.equal, -1, 1, mistakes=wrong).mistake.id == "negative"
    assert fails(check.equal, -1, 1, mistakes=wrong[::-1]).mistake.id == "minus-one"


@pytest.mark.parametrize("got", ["text", None, [1], np.array([1, -2]), pd.NA, Grumpy()])
def test_a_mistake_whose_test_raises_is_passed_over(got, fails):
    wrong = [check.Mistake("bad", lambda value: value < 0, "?"), check.Mistake("any", lambda _: True, "This one.")]
    assert fails(check.equal, got, 1, mistakes=wrong).mistake.id == "any"


def test_a_right_value_is_never_a_mistake():
    check.equal(1, 1, mistakes=[check.Mistake("same", 1, "?"), check.Mistake("all", lambda _: True, "?")])


# --- that and type ---------------------------------------------------------------------------------------------------


def test_that():
    check.that(1 < 2, "One is less than two.")  # noqa: PLR0133
    check.that([0], "It holds something.")
    check.that(np.array([True]), "One value has a truth value.")
    check.that(np.True_, "True.")


def test_that_shows_the_condition_and_the_value():
    p_value = 1.2
    with pytest.raises(check.CheckFailed) as caught:
        check.that(0 <= p_value <= 1, "It lies between 0 and 1.", got=p_value, hint="a share")
    finding = caught.value.finding
    assert (finding.message, finding.got, finding.hint) == ("It lies between 0 and 1.", "1.2", "a share")
    assert finding.called == "0 <= p_value <= 1"


@pytest.mark.parametrize(
    "condition", [np.array([True, False]), np.array([]), pd.Series([True, True]), _FRAME, pd.NA, Grumpy()]
)
def test_a_condition_without_one_truth_value_fails(condition, fails):
    wrong = [check.Mistake("m", lambda _: True, "Use all().")]
    finding = fails(check.that, condition, "All are positive.", hint="h", mistakes=wrong)
    assert "no single truth value" in finding.difference
    assert (finding.message, finding.hint, finding.mistake.id) == ("All are positive.", "h", "m")


@pytest.mark.parametrize(
    ("value", "types"),
    [
        (1, int),
        (np.int64(1), int),
        (1.0, float),
        (np.float32(1), float),
        (True, bool),
        (np.True_, bool),
        ("x", str),
        (np.str_("x"), str),
        ([], (list, tuple)),
        (None, type(None)),
        (_FRAME, pd.DataFrame),
        (1, (float, int)),
        (True, object),
    ],
)
def test_type_passes(value, types):
    check.type(value, types)


@pytest.mark.parametrize(
    ("value", "types", "expected"),
    [
        (True, int, "int"),
        (np.True_, (int, float), "int or float"),
        (1, float, "float"),
        (1.0, int, "int"),
        (1, bool, "bool"),
        (np.array(1.0), float, "float"),
        ("1", (int, float), "int or float"),
        (None, list, "list"),
        (_FRAME["a"], pd.DataFrame, "DataFrame"),
        (Grumpy(), dict, "dict"),
    ],
)
def test_type_fails(value, types, expected, fails):
    finding = fails(check.type, value, types)
    assert finding.expected == expected
    assert finding.got.endswith(")")


# --- properties ------------------------------------------------------------------------------------------------------

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary(max_size=8)
    | st.datetimes()
    | st.dates()
    | st.decimals()
    | st.fractions()
)
_KEYS = st.text(max_size=5) | st.integers() | st.booleans()
_PLAIN = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(_KEYS, inner, max_size=4)
        | st.frozensets(st.integers() | st.text(max_size=3), max_size=4)
    ),
    max_leaves=15,
)
_FEW = settings(max_examples=60, deadline=None)


@_FEW
@given(_PLAIN)
def test_everything_equals_a_copy_of_itself(value):
    check.equal(value, copy.deepcopy(value))
    check.close(value, copy.deepcopy(value))


@_FEW
@given(_PLAIN, _PLAIN)
def test_any_two_values_pass_or_fail_with_few_words(got, expected):
    for compare, (one, other) in itertools.product((check.equal, check.close), ((got, expected), (expected, got))):
        finding = _finding(compare, one, other)
        assert finding is None or (finding.difference and len(str(finding)) < 1500)


def _finding(compare, got, expected):
    try:
        compare(got, expected)
    except check.CheckFailed as error:
        return error.finding
    return None


@_FEW
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
def test_lists_tuples_and_arrays_of_numbers_are_close_to_each_other(values):
    forms = [values, tuple(values), np.array(values)]
    for got, expected in itertools.product(forms, forms):
        check.close(got, expected)


@_FEW
@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 1), st.floats(0, 100))
def test_one_number_and_a_list_of_it_are_judged_alike(value, rtol, atol):
    other = value + atol / 2

    def verdict(got, expected):
        try:
            check.close(got, expected, rtol=rtol, atol=atol)
        except check.CheckFailed:
            return False
        return True

    assert verdict(other, value) == verdict([other], [value]) == verdict({"a": other}, {"a": value})
