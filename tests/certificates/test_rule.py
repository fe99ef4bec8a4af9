"""Who has earned a certificate: the arithmetic of the rule, and the words for what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from certificates.made import HANDED_IN, attempt, mark, sheet, standing, with_standings
from hypothesis import given
from hypothesis import strategies as st

from curriculum.certificates import Rule, eligible
from curriculum.errors import CertificateError, UnknownNameError
from curriculum.gradebook import Aided, Learner, ManualScore, Row


def verdict(*standings, rule=None, extras=0):
    made = sheet(lessons=len(standings) - extras, extras=extras)
    return eligible(*with_standings(made, *standings), rule)


def reasons(*standings, rule=None, extras=0):
    return [str(reason) for reason in verdict(*standings, rule=rule, extras=extras).reasons]


def test_points_of_all_lessons_together_decide():
    found = verdict(standing(mark(2.0)), standing(mark(10.0)))
    assert (found.points, found.max_points, found.share, found.is_eligible) == (12.0, 20.0, 0.6, True)
    assert reasons(standing(mark(1.9)), standing(mark(10.0))) == ["11.9 of 20 points, 12 are needed"]


def test_sums_of_fractions_reach_the_bar_that_they_add_up_to():
    # 0.1 + 0.2 is 0.30000000000000004, and ten times 0.6 are not always six.
    assert verdict(standing(*[mark(0.1, of=1 / 6) for _ in range(6)], of=1.0)).is_eligible
    assert not verdict(standing(mark(0.599999), of=1.0)).is_eligible


@pytest.mark.parametrize(("aided", "points"), [("full", 9.0), ("half", 6.0), ("none", 3.0)])
def test_looked_up_solutions_count_as_the_rule_says(aided, points):
    found = verdict(standing(mark(3.0), mark(6.0, aided=True)), rule=Rule(aided=Aided(aided)))
    assert found.points == points


def test_by_default_looked_up_solutions_count_nothing():
    assert reasons(standing(mark(10.0, aided=True))) == ["0 of 10 points, 6 are needed"]


def test_the_latest_points_of_a_person_count_and_are_reduced_where_the_solution_was_looked_up():
    scores = (ManualScore(2.0, "", "a", HANDED_IN), ManualScore(8.0, "", "b", HANDED_IN))
    assert verdict(standing(mark(None, manual=True, scores=scores))).points == 8.0
    aided = mark(None, manual=True, scores=scores, aided=True)
    assert verdict(standing(aided), rule=Rule(aided=Aided.HALF)).points == 4.0


def test_a_penalty_takes_from_exercises_alone_and_never_more_than_they_gave():
    assert verdict(standing(mark(9.0), penalty=2.0)).points == 7.0
    assert verdict(standing(mark(1.0), penalty=2.0, extra=7.0)).points == 7.0
    # The penalty is the gradebook's, whatever the rule leaves of the points.
    assert verdict(standing(mark(6.0), mark(4.0, aided=True), penalty=1.0)).points == 5.0


def test_extra_credit_is_added_after_the_penalty_and_may_pass_what_could_be_had():
    found = verdict(standing(mark(10.0), extra=2.5))
    assert (found.points, found.share) == (12.5, 1.25)
    assert found.lessons[0].earned == 10.0


@given(
    points=st.lists(st.floats(0, 10), min_size=1, max_size=5),
    penalty=st.floats(0, 20),
    extra=st.floats(-5, 5),
)
def test_without_looked_up_solutions_a_lesson_counts_what_the_gradebook_says(points, penalty, extra):
    made = standing(*map(mark, points), penalty=penalty, extra=extra)
    assert verdict(made).points == made.points


def test_each_lesson_may_need_its_share():
    rule = Rule(each=0.5)
    assert reasons(standing(mark(4.0)), standing(mark(10.0)), rule=rule) == ["lesson-1: 4 of 10 points, 5 are needed"]
    assert verdict(standing(mark(5.0)), standing(mark(10.0)), rule=rule).is_eligible


def test_an_excused_lesson_is_left_out_of_both():
    found = verdict(standing(mark(6.0)), standing(excused=True, counted=None))
    assert (found.points, found.max_points, found.is_eligible) == (6.0, 10.0, True)
    assert found.excused == ("Lesson 2: what the data say",)
    assert reasons(standing(excused=True)) == ["no lesson is left that counts"]


def test_every_lesson_must_be_handed_in():
    assert reasons(standing(counted=None), standing(mark(10.0)), standing(mark(10.0))) == [
        "lesson-1: nothing handed in"
    ]


def test_a_row_without_a_standing_has_handed_in_nothing():
    made = sheet()
    row = Row(Learner("ada"), {}, 0.0, 0.0)
    assert [str(reason) for reason in eligible(row, made).reasons] == [
        "lesson-1: nothing handed in",
        "lesson-2: nothing handed in",
        "0 of 20 points, 12 are needed",
    ]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (attempt(mark(10.0), sandboxed=False), "graded without the full sandbox: grade it again with --sandbox strict"),
        (attempt(mark(10.0), mark(None)), "1 exercise waits for a person to grade"),
        (attempt(mark(10.0), mark(None), mark(None)), "2 exercises wait for a person to grade"),
        (attempt(mark(10.0, appealed=True)), "1 appeal open"),
        (attempt(mark(10.0, appealed=True), mark(0.0, appealed=True)), "2 appeals open"),
    ],
)
def test_points_that_are_not_safe_are_not_certified_even_where_there_are_enough(made, words):
    assert reasons(standing(counted=made)) == [f"lesson-1: {words}"]


def test_what_could_not_be_graded_counts_nothing_and_says_why():
    made = attempt(mark(10.0), problem="it is no notebook")
    assert reasons(standing(counted=made), standing(mark(10.0))) == [
        "lesson-1: could not be graded: it is no notebook",
        "10 of 20 points, 12 are needed",
    ]


def test_a_lesson_on_top_adds_points_and_stands_in_nobody_s_way():
    found = verdict(standing(mark(5.0)), standing(mark(2.0)), extras=1)
    assert (found.points, found.max_points, found.share) == (7.0, 10.0, 0.7)
    assert found.is_eligible
    found = verdict(standing(mark(6.0)), standing(counted=attempt(mark(9.0), sandboxed=False)), extras=1)
    assert (found.points, found.is_eligible) == (6.0, True)
    assert "counts nothing: graded without" in str(found.notes[0])
    assert verdict(standing(mark(6.0)), standing(counted=None), extras=1).is_eligible
    # The share of each lesson is asked of those that must be done.
    assert verdict(standing(mark(6.0)), standing(mark(0.0)), extras=1, rule=Rule(each=0.5)).is_eligible


def test_a_rule_may_be_about_some_lessons():
    found = verdict(standing(mark(6.0)), standing(counted=None), rule=Rule(lessons=("lesson-1",)))
    assert (found.points, found.max_points, found.is_eligible) == (6.0, 10.0, True)


def test_what_a_lesson_is_worth_to_this_learner_counts():
    row, made = with_standings(sheet(lessons=1), standing(mark(6.0), of=20.0))
    assert [str(reason) for reason in eligible(row, made).reasons] == ["6 of 20 points, 12 are needed"]


def test_a_rule_that_cannot_be_met_is_refused():
    with pytest.raises(CertificateError, match=r"between 0 and 1, not 60"):
        Rule(share=60)
    with pytest.raises(CertificateError, match="between 0 and 1"):
        Rule(each=-0.1)
    with pytest.raises(CertificateError, match="at least one lesson"):
        Rule(lessons=())
    with pytest.raises(UnknownNameError, match="did you mean 'lesson-1'"):
        verdict(standing(mark(6.0)), rule=Rule(lessons=("leson-1",)))


def test_tampering_that_costs_nothing_in_the_gradebook_costs_nothing_here():
    made = replace(attempt(mark(10.0)), tampered=("check-1",))
    assert verdict(standing(counted=made)).is_eligible
