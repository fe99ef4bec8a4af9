"""What a check cell sees of a learner's objects: the same as in one process, but for a list that is written down."""

from __future__ import annotations

import warnings

import pytest
from grading.split import cases
from grading.split.lessons import exercise, graded, in_one_process, lesson_of, solved, teacher

from curriculum.errors import GradingError
from curriculum.grading._limits import Limits
from curriculum.grading.split import SplitRunner
from curriculum.outcome import Outcome

ACROSS = {name: case for name, case in cases.CASES.items() if name not in cases.NEVER}


@pytest.fixture(scope="module")
def runner():
    runner = SplitRunner(limits=Limits(cell_seconds=20.0))
    yield runner
    runner.close()


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    exercises = [exercise(name, *case) for name, case in ACROSS.items()]
    return lesson_of(tmp_path_factory.mktemp("cases"), teacher("start", cases.SETUP), *exercises)


@pytest.fixture(scope="module")
def apart(runner, lesson):
    return graded(runner, solved(lesson))


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    exercises = [exercise(name, *case) for name, case in cases.CASES.items()]
    whole = lesson_of(tmp_path_factory.mktemp("together"), teacher("start", cases.SETUP), *exercises)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return in_one_process(solved(whole))


@pytest.mark.parametrize("name", cases.CASES)
def test_every_case_is_right_in_one_process(name, together):
    assert together[f"{name}-check-1"] is Outcome.PASSED


@pytest.mark.parametrize("name", [name for name in ACROSS if name not in cases.OTHERWISE])
def test_a_right_answer_passes_across_two_processes(name, apart):
    result = apart[f"{name}-check-1"]
    assert result.outcome is Outcome.PASSED, result.detail


@pytest.mark.parametrize("name", cases.OTHERWISE)
def test_what_differs_is_known(name, apart):
    result = apart[f"{name}-check-1"]
    assert result.outcome == cases.OTHERWISE[name][0], result.detail


@pytest.fixture(scope="module")
def mistaken(runner, lesson):
    return graded(runner, solved(lesson, **cases.WRONG))


@pytest.mark.parametrize("name", cases.WRONG)
def test_a_wrong_answer_fails_across_two_processes(name, mistaken):
    assert mistaken[f"{name}-check-1"].outcome in {Outcome.FAILED, Outcome.RAISED}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Runs single cases that need few libraries."""
    runner = SplitRunner()
    setup = "import pytest\nfrom curriculum import check"

    def run(*parts, **answers):
        made = lesson_of(tmp_path_factory.mktemp("alone"), teacher("start", setup), *parts)
        return graded(runner, solved(made, **answers))

    yield run
    runner.close()


@pytest.mark.parametrize("name", cases.NEVER)
def test_what_cannot_be_handed_over_is_the_authors_to_mend(name, alone):
    with pytest.raises(GradingError, match=f"check cell '{name}-check-1'"):
        alone(exercise(name, *cases.CASES[name]))


def test_a_mistake_is_recognised_by_a_function(alone):
    source = "check.equal(mean_value(), 2.0, mistakes=[check.Mistake('sum', lambda got: got == 6, 'That is the sum.')])"
    found = alone(exercise("mean", "def mean_value():\n    return 2.0", source), mean="def mean_value():\n    return 6")
    result = found["mean-check-1"]
    assert (result.outcome, result.mistake) == (Outcome.FAILED, "sum")
    assert "That is the sum." in result.message


def test_what_a_learner_wrote_is_shown_where_it_raised(alone):
    answer = "def half(x):\n    y = x\n    return y / 0"
    result = alone(exercise("half", "def half(x):\n    return x / 2", "check.equal(half(4), 2)"), half=answer)
    found = result["half-check-1"]
    assert found.outcome is Outcome.RAISED
    assert "ZeroDivisionError: division by zero" in found.message
    assert "line 3 of half(): return y / 0" in found.message


def test_a_reply_without_a_value_says_so_in_the_words_of_one_process(alone):
    parts = exercise("nothing", "def give():\n    return 3", "check.equal(give(), 3)")
    result = alone(parts, nothing="def give():\n    x = 3")["nothing-check-1"]
    assert "is a return missing?" in result.message


FRIENDLY = (
    "class Yes:\n    def __eq__(self, other):\n        return True\n    def __float__(self):\n        return 2.0\n{} = Yes()",  # noqa: E501
    "class Sure(float):\n    def __eq__(self, other):\n        return True\n{} = Sure(7)",
    "class Near:\n    def __sub__(self, other):\n        return 0.0\n    def __abs__(self):\n        return 0.0\n"
    "    __rsub__ = __sub__\n{} = Near()",
    "from unittest.mock import ANY\n{} = ANY",
)


def test_friendly_operators_have_no_voice(alone):
    names = [f"mean{number}" for number in range(len(FRIENDLY))]
    checks = ["assert {} == 2.0", "assert abs({} - 2.0) < 1e-9", "check.equal({}, 2.0)", "assert {} in [2.0]"]
    parts = [exercise(name, f"{name} = 2.0", *(source.format(name) for source in checks)) for name in names]
    found = alone(*parts, **{name: text.format(name) for name, text in zip(names, FRIENDLY, strict=True)})
    assert len(found) == 16
    assert all(result.outcome is not Outcome.PASSED for result in found.values())


def test_a_teachers_class_of_data_is_never_claimed(alone):
    setup = teacher("classes", "class Price(float):\n    pass\nclass Tag:\n    name = 'tag'")
    parts = exercise("price", "price = Price(2.0)\ntag = Tag()", "assert isinstance(tag, Tag)", "assert price == 2.0")
    answer = "class Tag2(Tag):\n    def __eq__(self, other):\n        return True\nprice = Tag2()\ntag = Tag2()"
    found = alone(setup, parts, price=answer)
    assert found["price-check-1"].outcome is Outcome.PASSED
    assert found["price-check-2"].outcome is Outcome.FAILED


def test_a_learners_error_can_be_handed_back(alone):
    answer = "class Odd(Exception):\n    pass\ndef fail():\n    raise Odd('x')\ndef same(error):\n    return type(error) is Odd and error.args"  # noqa: E501
    source = "try:\n    fail()\nexcept Exception as error:\n    kept = error\nassert same(kept) == ('x',)"
    assert alone(exercise("errors", answer, source))["errors-check-1"].outcome is Outcome.PASSED


def test_callbacks_may_use_what_they_are_given(alone):
    answer = "class Token:\n    def __init__(self, n):\n        self.n = n\ndef each(f):\n    return [f(Token(n)) for n in range(3)]"  # noqa: E501
    source = "assert each(lambda token: token.n * 10) == [0, 10, 20]"
    assert alone(exercise("tokens", answer, source))["tokens-check-1"].outcome is Outcome.PASSED


def test_a_method_of_a_teachers_object_cannot_be_replaced(alone):
    setup = teacher("classes", "class Judge:\n    score = 0\n    def fair(self):\n        return self.score > 5")
    parts = exercise("judge", "def meet(judge):\n    judge.score = 7", "j = Judge()\nmeet(j)\nassert j.fair()")
    answer = "def meet(judge):\n    judge.fair = lambda: True"
    assert alone(setup, parts)["judge-check-1"].outcome is Outcome.PASSED
    assert alone(setup, parts, judge=answer)["judge-check-1"].outcome is Outcome.FAILED
