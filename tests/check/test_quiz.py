"""choice: questions whose key is stored hashed."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from curriculum import check
from curriculum.check import _state
from curriculum.outcome import Outcome

OPTIONS = {"a": "A row is one order.", "b": "An order has several rows.", "c": "Read the datasheet again."}


@pytest.fixture
def choose():
    check.exercise("quiz-unit")

    def call(answer, right="b"):
        check.choice(answer, key=check.choice_key("quiz-unit", right), options=OPTIONS)

    return call


@pytest.mark.parametrize("answer", ["b", "B", " b\n", ["b"], ("B",), {"b"}, np.array(["b"]), pd.Series(["b"])])
def test_the_right_letter_in_any_dress(choose, answer):
    choose(answer)
    assert _state.passed() == check.Finding(Outcome.PASSED, OPTIONS["b"], exercise="quiz-unit")


def test_a_wrong_letter_has_its_own_words(choose, fails):
    finding = fails(choose, "C")
    assert (finding.outcome, finding.message, finding.got) == (Outcome.FAILED, "That is not it.", "'C'")
    assert (finding.mistake.id, finding.mistake.message) == ("quiz-unit-c", OPTIONS["c"])


def test_several_right_letters(choose, fails):
    for answer in itertools.permutations("AC"):
        choose(list(answer), right={"a", "c"})
    finding = fails(choose, ["c", "b"], right=["a", "c"])
    assert finding.mistake.id == "quiz-unit-b-c"
    assert finding.mistake.message == f"{OPTIONS['b']} {OPTIONS['c']}"
    fails(choose, "a", right="ac")
    fails(choose, ["a", "b", "c"], right=["a", "c"])


@pytest.mark.parametrize("answer", [None, ...])
def test_the_placeholder_is_not_an_attempt(choose, answer, fails):
    finding = fails(choose, answer)
    assert (finding.outcome, finding.message) == (Outcome.NOT_ATTEMPTED, "Choose one of a, b, c.")


class Grumpy:
    def __str__(self):
        raise RuntimeError

    __repr__ = __str__


@pytest.mark.parametrize(
    "answer",
    [
        *("", " ", "d", "ab", "a, b", "b)", b"b", "b" * 10**6),
        *(2, 1.5, True, len, pd.NA, np.array(2), Grumpy()),
        *([], [2], ["b", "d"], [["b"]], [...], [None], [Grumpy()], list(range(10**5))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_none_of_the_options(choose, answer, fails):
    finding = fails(choose, answer)
    assert (finding.outcome, finding.message) == (Outcome.FAILED, "That is none of the options.")
    assert finding.expected == "one of 'a', 'b', 'c'"
    assert finding.mistake is None


def test_the_key_hides_the_letter_and_is_salted_with_the_exercise():
    keys = {check.choice_key(name, letter) for name in ("one", "two") for letter in "abcd"}
    assert len(keys) == 8
    assert all(len(key) == 16 and int(key, 16) for key in keys)
    assert check.choice_key("one", ["A", "c"]) == check.choice_key("one", {"c", "a"}) != check.choice_key("one", "a")


def test_the_stored_keys_never_change():
    assert check.choice_key("quiz-unit", "b") == "50023ed7cd03be4e"
