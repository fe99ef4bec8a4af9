"""The numbers of the class report, against SciPy, statsmodels, NumPy and counting by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from classes import DAY, NOW, attempt, mark, row, sheet, standing
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from curriculum.bridges._grades import number as exported
from curriculum.bridges._grades import rounded
from curriculum.gradebook import ExtraCredit, LessonColumn
from curriculum.outcome import Outcome
from curriculum.pages import named, number
from curriculum.report import Hardness, HelpRule, Spread, hardest, met, needs, report, spread_of

FAILED, PASSED, SKIPPED = Outcome.FAILED, Outcome.PASSED, Outcome.NOT_ATTEMPTED


def one(key, *attempts, **more):
    return row(key, [standing(key, "first", attempts, **more)])


def graded(key, *marks, **more):
    return attempt(key, "first", marks, **more)


# --- hardest exercises -----------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_wilsons(counts):
    passed, tried = counts
    low, high = Hardness("l", "e", "t", tried, passed).interval
    expected = proportion_confint(passed, tried, alpha=0.05, method="wilson")
    assert (low, high) == pytest.approx(expected, abs=1e-12)
    assert 0 <= low <= passed / tried <= high <= 1


def test_three_learners_who_all_failed_are_not_called_hardest():
    few = [one(f"f{n}", graded(f"f{n}", mark("few", FAILED))) for n in range(3)]
    many = [one(f"m{n}", graded(f"m{n}", mark("many", PASSED if n < 60 else FAILED))) for n in range(200)]
    assert [count.exercise for count in hardest(sheet(few + many))] == ["many", "few"]


def test_who_did_not_try_is_counted_apart():
    rows = [
        one(str(n), graded(str(n), mark("x", outcome)))
        for n, outcome in enumerate([PASSED, FAILED, SKIPPED, Outcome.MISSING])
    ]
    (count,) = hardest(sheet(rows))
    assert (count.tried, count.passed, count.left_out) == (2, 1, 2)
    only_skipped = [one("a", graded("a", mark("x", SKIPPED)))]
    assert hardest(sheet(only_skipped)) == []


def test_only_the_attempt_that_counts_is_counted():
    (count,) = hardest(sheet([one("a", graded("a", mark("x", FAILED)), graded("a", mark("x"), number=2))]))
    assert (count.tried, count.passed) == (1, 1)


def test_what_people_grade_waits_and_who_is_excused_are_left_out():
    marks = [mark("essay", FAILED, manual=True), mark("waits", None)]
    assert hardest(sheet([one("a", graded("a", *marks)), one("b", graded("b", mark("x")), excused=True)])) == []


# --- recognised mistakes ---------------------------------------------------------------------------------------------


def wrong(*names, exercise="x", **more):
    return mark(exercise, FAILED, mistakes=names, **more)


def test_learners_are_counted_and_not_attempts():
    rows = [
        one("a", *(graded("a", wrong("often"), number=n) for n in (1, 2, 3))),
        one("b", graded("b", wrong("twice", "often")), graded("b", mark("x"), number=2)),
        one("c", graded("c", wrong("twice"))),
        one("d", graded("d", wrong("twice"))),
        one("e", graded("e", mark("x"))),
        one("f", graded("f", wrong("excused")), excused=True),
        one("g", attempt("g", "first", problem="broken")),
    ]
    found = [(item.mistake, len(item.learners), len(item.tried)) for item in met(sheet(rows))]
    assert found == [("twice", 3, 5), ("often", 2, 5)]


def test_the_same_id_in_two_exercises_is_two_mistakes():
    marks = [wrong("off", exercise="x"), wrong("off", exercise="y")]
    assert [(item.exercise, len(item.learners)) for item in met(sheet([one("a", graded("a", *marks))]))] == [
        ("x", 1),
        ("y", 1),
    ]


def test_words_and_section_come_from_the_lesson(make_course):
    cells = make_course.lesson("first", "sum-up")
    check = next(cell for cell in cells if cell["id"] == "sum-up-check")
    check["source"] = (
        'check.exercise("sum-up")\ncheck.equal(sum_up, 42, mistakes=[check.Mistake("off", 41, "One short.", "Add up")])'
    )
    course = make_course({"00-start/01-first": cells})
    (item,) = met(sheet([one("a", graded("a", wrong("off", exercise="sum-up")))]), course)
    assert (item.words, item.section) == ("One short.", "Add up")


def test_words_of_a_lesson_that_is_not_at_hand_come_from_the_message():
    from curriculum.check import Finding, Mistake

    said = Mistake("off", 41, "One short,\nor two.", "Add up")
    message = str(Finding(FAILED, "The sum is wrong.", exercise="x", got="41", mistake=said, hint="looks like rain"))
    (item,) = met(sheet([one("a", graded("a", wrong("off", message=message)))]))
    assert (item.words, item.section) == ("One short, or two.", "Add up")


# --- points ----------------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=60))
def test_the_spread_is_numpys(shares):
    spread = Spread(tuple(sorted(shares)))
    if shares:
        assert spread.median == pytest.approx(np.median(shares))
    if len(shares) > 1:
        assert spread.quartiles == pytest.approx(tuple(np.quantile(shares, [0.25, 0.75])))
    assert sum(spread.counts) == len(shares)


def test_each_tenth_begins_where_it_says_and_full_points_are_in_the_last():
    for tenth in range(11):
        counts = Spread((sum([0.1] * tenth),)).counts
        assert counts.index(1) == min(tenth, 9)
    assert Spread((1.3, -0.1)).counts == (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_of_few_nothing_is_claimed():
    assert (Spread(()).median, Spread(()).quartiles) == (None, None)
    assert (Spread((0.5,)).median, Spread((0.5,)).quartiles) == (0.5, None)


def test_penalty_and_extra_credit_count_and_those_who_wait_are_left_out():
    extra = (ExtraCredit(0.5, "x", "y", NOW),)
    rows = [
        one("a", graded("a", mark("x"), mark("y")), penalty=1.5, extra=extra),
        one("b", graded("b", mark("x"), mark("y", None))),
        one("c"),
        one("d", graded("d", mark("x")), excused=True),
    ]
    spread = spread_of(sheet(rows), "first")
    assert (spread.shares, spread.waiting) == ((0.75,), 1)


# --- who needs help --------------------------------------------------------------------------------------------------


def late(key, count, **more):
    """A learner with so many lessons past the deadline."""
    return row(key, [standing(key, f"l{n}", due=NOW - DAY, **more) for n in range(count)])


def reasons(*rows, rule=None):
    return {need.learner: need.reasons for need in needs(sheet(rows), rule)}


def test_not_handed_in_past_the_deadline():
    rule = HelpRule(part=0.0)
    assert reasons(late("a", 1), rule=rule) == {}
    assert reasons(late("a", 2), rule=rule) == {"a": ("2 lessons past the deadline and not handed in: 0.1, 0.2",)}
    assert reasons(late("a", 3, excused=True), rule=rule) == {}
    soon = row("a", [standing("a", f"l{n}", due=NOW + timedelta(seconds=1)) for n in range(5)])
    never = row("b", [standing("b", f"l{n}") for n in range(5)])
    assert reasons(soon, never, rule=rule) == {}


def test_few_points_of_what_is_graded_or_overdue():
    assert reasons(one("a", graded("a", mark("x"), mark("y", FAILED)))) == {}
    assert reasons(one("a", graded("a", mark("x", FAILED, 0.9)))) == {"a": ("45% of the points of 1 lesson",)}
    assert reasons(one("a", graded("a", mark("x", FAILED), mark("y", None)))) == {}
    assert reasons(one("a")) == {}
    assert reasons(late("a", 1)) == {"a": ("0% of the points of 1 lesson",)}


def test_the_same_mistake_three_times_in_a_row():
    stuck = [graded("a", wrong("off"), number=n) for n in (1, 2, 3)]
    rule = HelpRule(part=0.0)
    said = "the mistake off in each of the last 3 attempts at x (lesson 0.1)"
    assert reasons(one("a", *stuck), rule=rule) == {"a": (said,)}
    assert reasons(one("a", *stuck[:2]), rule=rule) == {}
    assert reasons(one("a", *stuck, graded("a", mark("x"), number=4)), rule=rule) == {}
    other = replace(stuck[1], marks=(wrong("off", exercise="y"),))
    assert reasons(one("a", stuck[0], other, stuck[2]), rule=rule) == {}


def test_a_file_that_could_not_be_graded_and_the_order():
    broken = one("b", attempt("b", "first", problem="broken"))
    twice = late("a", 2)
    found = needs(sheet([broken, twice]))
    assert [need.learner for need in found] == ["a", "b"]
    assert found[1].reasons == ("the last file for lesson 0.1 could not be graded",)


def test_lessons_on_top_are_no_reason():
    column = LessonColumn("first", "First", "00-start/01-first.ipynb", 30, 2.0, is_extra=True)
    poor = one("a", graded("a", mark("x", FAILED)))
    assert needs(sheet([poor], [column])) == []
    assert len(needs(sheet([poor], [replace(column, is_extra=False)]))) == 1


def test_the_rule_says_its_own_numbers():
    words = " ".join(HelpRule(overdue=4, part=0.35, same=5).words)
    assert all(said in words for said in ("4 or more", "35%", "last 5"))


def test_a_lesson_that_a_learner_is_excused_from_is_not_one_that_they_handed_in():
    rows = [one("a", graded("a", mark("x")), excused=True), one("b", graded("b", mark("x")), excused=True)]
    assert "<dd>0 <small>of 1</small></dd>" in report(sheet(rows))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Exercise: mend the bill", "Mend the bill"),
        ("Question 3: what for: them, or us?", "What for: them, or us?"),
        ("Ratios of 3:2", "Ratios of 3:2"),
        ("compare: Exercise: a", "Compare: Exercise: a"),
    ],
)
def test_only_the_word_that_says_what_it_is_goes_from_a_title(title, name):
    assert named(title) == name


@given(st.integers(-20_000, 20_000))
def test_points_are_rounded_on_a_page_as_in_an_exported_grade(thousandths):
    points = thousandths / 1000
    assert number(points) == exported(rounded(points)).replace("-0", "0" if rounded(points) == 0 else "-0")
