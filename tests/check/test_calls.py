"""function, raises and unchanged."""

from __future__ import annotations

import functools
import threading

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from curriculum import check

# --- function --------------------------------------------------------------------------------------------------------


def mean(values, *, skip_missing=True): ...


def spread(values, ddof): ...


def anything(*args, **kwargs): ...


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (mean, ["values"]),
        (spread, ["values", "ddof"]),
        (lambda x: x, ["x"]),
        (functools.partial(spread, ddof=1), ["values"]),
        (threading.active_count, []),
        (dict, []),
        (LinearRegression().fit, ["X", "y"]),
    ],
)
def test_a_function_of_these_parameters_passes(value, names):
    check.function(value, *names)


@pytest.mark.parametrize("value", [None, ..., 3, "mean", [mean]])
def test_no_function(value, fails):
    finding = fails(check.function, value, "values", hint="write def")
    assert finding.message == "A function was asked for."
    assert finding.got
    assert finding.hint == "write def"


@pytest.mark.parametrize("names", [["data"], ["ddof", "values"], ["values", "ddof", "axis"]])
def test_other_parameters(names, fails):
    finding = fails(check.function, spread, *names)
    assert finding.expected == f"spread({', '.join(names)})"
    assert finding.got == "spread(values, ddof)"


def test_a_parameter_too_many(fails):
    assert "'ddof' was not asked for and has no default" in fails(check.function, spread, "values").message
    assert fails(check.function, anything, "values").got == "anything(*args, **kwargs)"


def test_defaults_of_any_size_and_kind(fails):
    class Grumpy:
        def __repr__(self):
            raise RuntimeError

    def learner(values: "a rather long annotation", big=list(range(10**6)), odd=Grumpy()): ...  # noqa: B006, B008, F722

    assert fails(check.function, learner, "data").got.startswith("learner(values, big=[0, 1, 2")


# --- raises ----------------------------------------------------------------------------------------------------------


class Rude(ValueError):
    def __str__(self):
        raise RuntimeError


def refuse(error):
    raise error


def test_a_refusal_passes():
    check.raises(ValueError, refuse, Rude())
    check.raises((KeyError, ValueError), refuse, ValueError("n must be positive"), match="POSITIVE")
    check.raises(SystemExit, refuse, SystemExit())
    check.raises(NotImplementedError, refuse, NotImplementedError())


def test_nothing_raised(fails):
    finding = fails(check.raises, (ValueError, TypeError), mean, [1, 2], skip_missing=False, hint="check n")
    assert finding.message == "The call should be refused."
    assert finding.called == "mean([1, 2], skip_missing=False)"
    assert (finding.expected, finding.got, finding.hint) == ("ValueError or TypeError", "the result None", "check n")


def test_another_error(fails):
    finding = fails(check.raises, ValueError, refuse, KeyError("x"), called="refuse()")
    assert (finding.called, finding.expected, finding.got) == ("refuse()", "ValueError", "KeyError: 'x'")
    assert fails(check.raises, TypeError, refuse, Rude()).got == "Rude"
    fails(check.raises, ValueError, refuse, KeyError("long" * 10_000))


def test_the_right_error_that_says_nothing(fails):
    finding = fails(check.raises, ValueError, refuse, ValueError("no"), match="positive")
    assert finding.expected == "a message with: positive"
    assert "no" in finding.got


def test_an_answer_not_begun_is_not_a_wrong_answer():
    with pytest.raises(NotImplementedError):
        check.raises(ValueError, refuse, NotImplementedError())


def test_calls_with_much_in_them(fails):
    fails(check.raises, ValueError, anything, *[list(range(10**5))] * 30, **{f"k{i}": "x" * 999 for i in range(30)})


# --- unchanged -------------------------------------------------------------------------------------------------------


def changing(change, **values):
    with check.unchanged(**values):
        change(*values.values())


@pytest.mark.parametrize(
    ("value", "change", "words"),
    [
        ([3, 1, 2], lambda v: v.sort(), "at [0]: expected 3, got 1"),
        ([[1], [2]], lambda v: v[1].append(3), "at [1]: expected 1 items, got 2"),
        ({"a": 1}, lambda v: v.pop("a"), "the key 'a' is missing"),
        ({1}, lambda v: v.add(2), "2 is too many"),
        (np.zeros(3), lambda v: v.fill(1), "3 of 3 values differ; the largest at [0]: expected 0, got 1"),
        (pd.DataFrame({"a": [1]}), lambda v: v.insert(1, "b", 2), "the column 'b' is too many"),
        (pd.DataFrame({"a": [1]}), lambda v: v.__setitem__("a", [1.0]), "column 'a' has dtype float64, expected int64"),
        (
            pd.Series([2, 1]),
            lambda v: v.__setitem__(0, 1),
            "1 of 2 values differ; the largest at [0]: expected 2, got 1",
        ),
    ],
)
def test_a_change_in_place_is_seen(value, change, words, fails):
    finding = fails(changing, change, prices=value)
    assert finding.message == "Your code changed prices, which it was only lent."
    assert (finding.called, finding.difference, finding.hint) == ("prices", words, "work on a copy")


class Basket:
    def __init__(self):
        self.items = [1, 2]


@pytest.mark.parametrize(
    "value",
    [
        [3, 1],
        {"a": [1]},
        np.array([1.0, np.nan]),
        pd.DataFrame({"a": [1, None]}),
        Basket(),
        LinearRegression(),
        None,
        len,
    ],
)
def test_reading_changes_nothing(value):
    changing(repr, value=value)


def test_the_state_of_an_object(fails):
    finding = fails(changing, lambda basket: basket.items.append(3), basket=Basket())
    assert finding.difference == "at ['items']: expected 2 items, got 3"


@pytest.mark.parametrize("value", [(x for x in "ab"), threading.Lock()])
def test_what_cannot_be_copied_is_said(value, fails):
    finding = fails(changing, repr, stream=value)
    assert finding.message == "stream cannot be copied, so nobody can tell whether it changes."


def test_an_error_in_the_block_comes_through():
    with pytest.raises(ZeroDivisionError), check.unchanged(prices=[1]):
        1 / 0  # noqa: B018
