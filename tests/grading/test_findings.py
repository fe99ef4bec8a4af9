"""What is said of a check, and to whom; texts that come from learners; points that a check gives."""

from __future__ import annotations

import time

import pytest

from curriculum.check import Finding, Mistake
from curriculum.grading._findings import check_result, clean, credited, ended, error_finding, hidden_lines
from curriculum.grading._steps import Step, StepKind
from curriculum.outcome import Outcome

SOURCE = """\
check.exercise("spread")
check.close(spread(x), 2)
### BEGIN HIDDEN TESTS
check.close(spread(y), 3)
### END HIDDEN TESTS
check.close(spread(z), 4)"""
STEP = Step(StepKind.CHECK, "spread-check", SOURCE, "spread", 2.0)
PLAIN = Step(StepKind.CHECK, "spread-check", "check.close(spread(x), 2)", "spread", 2.0)
SHOWN = {"called": "spread([1, 97])", "where": "line 3 of spread(): 1/97", "expected": "97.5", "got": "97.25"}
FAILED = Finding(
    Outcome.FAILED,
    "The result is not what was asked for.",
    exercise="spread",
    difference="97.25 below",
    hint="divide by n - 1",
    mistake=Mistake("population", 97.25, "That divides by n.", section="Spread"),
    note="97 was not saved",
    **SHOWN,
)
AUTHOR = ["The result is not what was asked for.", "divide by n - 1", "That divides by n.", "“Spread”"]


def result(finding, line=None, step=STEP, *, points=0.0, shows_hidden=False):
    return check_result(step, finding, line, points=points, shows_hidden=shows_hidden)


@pytest.mark.parametrize("line", [1, 2, 6])
def test_a_visible_failure_is_told_whole(line):
    told = result(FAILED, line)
    assert told.message == told.detail == str(FAILED)
    assert not told.hidden
    assert (told.cell, told.exercise, told.outcome) == ("spread-check", "spread", Outcome.FAILED)
    assert (told.points, told.max_points, told.mistake) == (0.0, 2.0, "population")


@pytest.mark.parametrize("line", [3, 4, 5])
def test_a_hidden_failure_is_told_in_the_authors_words(line):
    told = result(FAILED, line)
    assert told.hidden
    assert told.detail == str(FAILED)
    assert "97" not in told.message
    assert [text for text in AUTHOR if text not in told.message] == []


def test_a_hidden_failure_is_told_whole_where_the_course_allows_it():
    told = result(FAILED, 4, shows_hidden=True)
    assert told.hidden
    assert told.message == str(FAILED)


def test_a_failure_of_an_unknown_line_may_be_hidden():
    told = result(FAILED)
    assert not told.hidden
    assert "97" not in told.message
    assert result(FAILED, step=PLAIN).message == str(FAILED)


def test_a_pass_is_told_whole():
    passed = Finding(Outcome.PASSED, "b: a sample's spread", exercise="spread")
    told = result(passed, 4, points=2.0)
    assert told.message == str(passed)
    assert not told.hidden
    assert told.points == 2.0


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("KeyError: 97", "KeyError"),
        ("KeyError", "KeyError"),
        ("LinAlgError: 97 is singular", "LinAlgError"),
        ("Told97: 1", "an error of your own"),
        ("Told97", "an error of your own"),
        ("Told" + "97" * 40 + " … 97: 97", "an error of your own"),
        ("ValueError:97", "an error of your own"),
        ("int: 97", "an error of your own"),
    ],
)
def test_of_a_hidden_error_the_class_is_told(message, said):
    error = Finding(Outcome.RAISED, message, exercise="spread", **SHOWN)
    told = result(error, 4)
    assert "97" not in told.message
    assert f"  {said}" in told.message.splitlines()
    assert message in told.detail


def test_an_authors_own_assert_is_no_more_than_that_where_it_is_hidden():
    finding = error_finding(STEP, "AssertionError", "97 != 98")
    assert "97" not in result(finding, 4).message
    assert "97 != 98" in result(finding, 2).message


@pytest.mark.parametrize("message", ["Note: divide by n - 1", "Warning: that is the median", "spread: one number"])
def test_an_authors_words_are_no_error(message):
    assert message in result(Finding(Outcome.FAILED, message), 4).message


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("AssertionError", Outcome.FAILED),
        ("NotImplementedError", Outcome.NOT_ATTEMPTED),
        ("MemoryError", Outcome.OUT_OF_MEMORY),
        ("ValueError", Outcome.RAISED),
        ("Own", Outcome.RAISED),
    ],
)
def test_errors_have_an_outcome(name, outcome):
    finding = error_finding(STEP, name, "why")
    assert (finding.outcome, finding.message) == (outcome, f"{name}: why")
    assert error_finding(STEP, name, "").message == name


def test_what_came_to_no_verdict_says_how():
    told = ended(STEP, Outcome.TIMED_OUT, "The check ran longer than 2 s.")
    assert (told.outcome, told.points, told.max_points) == (Outcome.TIMED_OUT, 0.0, 2.0)
    assert "longer than 2 s" in told.message
    assert told.message == told.detail


@pytest.mark.parametrize(
    ("value", "points", "outcome"),
    [
        ("", 2.0, Outcome.PASSED),
        ("'1.0'", 2.0, Outcome.PASSED),
        ("True", 2.0, Outcome.PASSED),
        ("[1, 2]", 2.0, Outcome.PASSED),
        ("2", 2.0, Outcome.PASSED),
        ("1.9999999999", 2.0, Outcome.PASSED),
        ("2.0000000001", 2.0, Outcome.PASSED),
        ("1.5", 1.5, Outcome.FAILED),
        ("0", 0.0, Outcome.FAILED),
        ("np.float64(0.25)", 0.25, Outcome.FAILED),
        ("np.int64(1)", 1.0, Outcome.FAILED),
        ("np.True_", 2.0, Outcome.PASSED),
        ("2.1", 0.0, Outcome.FAILED),
        ("-0.5", 0.0, Outcome.FAILED),
        ("nan", 0.0, Outcome.FAILED),
        ("inf", 0.0, Outcome.FAILED),
        ("-inf", 0.0, Outcome.FAILED),
        ("1e400", 0.0, Outcome.FAILED),
        ("np.float64(nan)", 0.0, Outcome.FAILED),
    ],
)
def test_the_points_a_check_gives(value, points, outcome):
    told = credited(STEP, value)
    assert (told.points, told.outcome, told.max_points) == (points, outcome, 2.0)


def test_a_check_of_no_points_that_ends_in_nought_passes():
    step = Step(StepKind.CHECK, "c", "0")
    assert credited(step, "0").outcome is Outcome.PASSED


def test_points_that_cannot_be_are_the_authors():
    told = credited(STEP, "3")
    assert "3 of at most 2 points" in told.message
    assert "instructor" in told.message


def test_a_pass_keeps_its_praise():
    praise = Finding(Outcome.PASSED, "Exactly.", exercise="spread")
    assert "Exactly." in credited(STEP, "", praise).message


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("a\nb", []),
        (SOURCE, [3, 4, 5]),
        ("    ### BEGIN HIDDEN TESTS\nx\n    ### END HIDDEN TESTS", [1, 2, 3]),
        ("a\n### BEGIN HIDDEN TESTS\nb", [2, 3]),
        ("a\n### END HIDDEN TESTS\nb", []),
        (
            "# BEGIN HIDDEN TESTS\na\n# END HIDDEN TESTS\nb\n# BEGIN HIDDEN TESTS\nc\n# END HIDDEN TESTS",
            [1, 2, 3, 5, 6, 7],
        ),
        ("", []),
    ],
)
def test_the_lines_that_are_hidden(source, lines):
    assert sorted(hidden_lines(source)) == lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("\x1b]never ends", "never ends"),
        ("\x1b(Btext\x1bctext", "texttext"),
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("nul\x00 bell\x07 del\x7f c1\x90", "nul bell del c1"),
        ("a\u202egnp.exe\u2066\u2069\u200f\u061c", "agnp.exe"),
        ("\ufeffbom\U000e0041tag", "bomtag"),
        ("half\ud800", "half\ufffd"),
        ("Zürich 東京 👩‍🔬", "Zürich 東京 👩‍🔬"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
    ],
)
def test_texts_are_cleaned(text, shown):
    assert clean(text) == shown


@pytest.mark.parametrize("limit", [0, 1, 10, 40, 100, 1000])
@pytest.mark.parametrize("letter", ["x", "ü", "東", "👩"])
def test_long_texts_keep_both_ends_within_the_limit(letter, limit):
    text = "A" + letter * 1000 + "Z"
    short = clean(text, limit)
    assert len(short.encode()) <= limit
    if limit >= 100:
        assert short.startswith("A")
        assert short.endswith("Z")
        assert "left out" in short


def test_a_text_of_the_limit_is_whole():
    assert clean("x" * 100, 100) == "x" * 100


@pytest.mark.parametrize("unit", ["\x1b[", "\x1b]", "\x1b[1;", "\x1bP", "\x1b", "\r", "\x9b", "\x1b[ "])
def test_cleaning_takes_no_longer_for_nasty_texts(unit):
    started = time.process_time()
    clean(unit * 100_000)
    assert time.process_time() - started < 2
