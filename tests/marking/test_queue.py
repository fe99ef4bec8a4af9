"""What waits for a person, and which answers are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marking_class import NOON, Memory, attempt, checked, memo, person, program

from curriculum.errors import UnknownNameError
from curriculum.gradebook import ManualScore, Standing
from curriculum.marking import queue
from curriculum.outcome import Outcome


def made(*marks, **named):
    """The queue of a class in which everyone has one of these marks."""
    rows = [(person(f"p{number}"), [attempt(number, f"p{number}", mark)]) for number, mark in enumerate(marks, 1)]
    return queue(Memory(*rows).sheet(), **named)


def groups(*marks):
    return [
        sorted(answer.attempt.id for answer in group.answers) for pile in made(*marks).piles for group in pile.groups
    ]


def sizes(*texts):
    return sorted(len(group) for group in groups(*map(memo, texts)))


@pytest.mark.parametrize(
    "other", ["Ship it.\r\n", "\n\nShip it.", "Ship it.  \t", "Ship it.\u00a0", "Ship it.\n \n"], ids=ascii
)
def test_what_nobody_can_see_makes_no_difference(other):
    assert sizes("Ship it.", other) == [2]


def test_composed_and_decomposed_characters_are_the_same():
    assert sizes("caf\u00e9", "cafe\u0301") == [2]


@pytest.mark.parametrize(
    "other",
    ["ship it.", " Ship it.", "Ship  it.", "Ship it", "Ship\nit.", "Ship it.\u200b", "Ship it\uff0e"],
    ids=ascii,
)
def test_what_somebody_can_see_does(other):
    assert sizes("Ship it.", other) == [1, 1]


def test_comments_in_code_and_what_it_printed_are_part_of_an_answer():
    same = [program("x = 1", "1\n"), program("x = 1 ", "1")]
    assert sorted(map(len, groups(*same, program("x = 1  # one", "1"), program("x = 1", "2")))) == [1, 1, 2]


def test_another_worth_is_another_group():
    assert groups(memo("Ship it."), replace(memo("Ship it."), max_points=4.0)) in ([[1], [2]], [[2], [1]])


def test_appeals_and_checked_answers_stand_alone():
    assert sorted(
        groups(memo("Ship it."), memo("Ship it."), replace(memo("Ship it."), automatic=1.0, appealed=True))
    ) == [
        [1, 2],
        [3],
    ]
    assert sorted(groups(checked(appealed=True), checked(appealed=True))) == [[1], [2]]


def test_what_is_for_people_and_what_is_not():
    given_once = ManualScore(1.0, "", "Zoe", NOON)
    untouched = replace(memo(""), automatic=0.0, outcome=Outcome.NOT_ATTEMPTED)
    found = made(memo("Ship it."), checked(), checked(appealed=True), checked(scores=(given_once,)), untouched)
    in_piles = {pile.exercise: sorted(a.attempt.id for g in pile.groups for a in g.answers) for pile in found.piles}
    assert in_piles == {"memo": [1, 5], "first-sum": [3, 4]}
    assert (found.waiting, found.answers) == (1, 4)
    assert [pile.appeals for pile in found.piles] == [0, 1]


def test_excused_lessons_are_left_out():
    store = Memory((person("ada"), [attempt(1, "ada", memo("Ship it."))]))
    sheet = store.sheet()
    row = sheet.rows[0]
    excused = {name: replace(standing, excused=True) for name, standing in row.standings.items()}
    assert queue(replace(sheet, rows=(replace(row, standings=excused),))).piles == ()


class TestAttempts:
    @pytest.fixture
    def sheet(self):
        first, second = attempt(1, "ada", memo("One.")), attempt(2, "ada", memo("Two."), nth=2)
        return Memory((person("ada"), [first, second])).sheet()

    def test_all_that_wait_are_there_and_the_one_that_counts_comes_first(self, sheet):
        (pile,) = queue(sheet).piles
        assert [group.answers[0].counts for group in pile.groups] == [True, False]

    def test_others_can_be_left_out(self, sheet):
        (pile,) = queue(sheet, counted_only=True).piles
        assert [group.mark.text for group in pile.groups] == ["Two."]

    def test_nothing_counts_where_nothing_was_graded(self, sheet):
        standing = Standing("ada", "first", 6.0, sheet.rows[0].standings["first"].attempts, None)
        row = replace(sheet.rows[0], standings={"first": standing})
        assert queue(replace(sheet, rows=(row,))).waiting == 2


def test_piles_stand_in_the_course_s_order():
    later = attempt(1, "ada", replace(memo("x"), exercise="a-later"), lesson="second")
    sooner = attempt(2, "ada", replace(memo("x"), exercise="z-sooner"))
    found = queue(Memory((person("ada"), [later, sooner])).sheet())
    assert [pile.exercise for pile in found.piles] == ["z-sooner", "a-later"]


def test_the_same_exercise_of_two_lessons_is_two_piles():
    both = [attempt(1, "ada", memo("x")), attempt(2, "ada", memo("x"), lesson="second")]
    found = queue(Memory((person("ada"), both)).sheet())
    assert len({pile.key for pile in found.piles}) == 2
    assert len({group.key for pile in found.piles for group in pile.groups}) == 2


def test_an_unknown_exercise_is_said_with_the_nearest_that_there_is():
    with pytest.raises(UnknownNameError, match="did you mean 'memo'"):
        made(memo("x"), exercise="memmo")


def test_aliases_differ_between_exercises_and_are_the_same_again():
    mine = attempt(1, "ada", memo("x"), program("y"))
    sheet = Memory((person("ada"), [mine])).sheet()
    aliases = [group.answers[0].alias for pile in queue(sheet).piles for group in pile.groups]
    assert len(set(aliases)) == 2
    assert aliases == [group.answers[0].alias for pile in queue(sheet).piles for group in pile.groups]
    assert not any("ada" in alias for alias in aliases)


def test_no_alias_looks_like_a_number():
    # A spreadsheet saves 00123456 as 123456, and 123456e7 as 1.23456E+12.
    people = [(person(f"p{number}"), [attempt(number, f"p{number}", memo("Yes."))]) for number in range(500)]
    answers = (
        answer for pile in queue(Memory(*people).sheet()).piles for group in pile.groups for answer in group.answers
    )
    aliases = {answer.alias for answer in answers}
    assert len(aliases) == 500
    assert all(alias.isalpha() for alias in aliases)


def test_the_order_does_not_follow_names_or_numbers():
    (pile,) = made(*[memo(f"Memo {number}") for number in range(30)]).piles
    order = [group.answers[0].attempt.id for group in pile.groups]
    assert sorted(order) == list(range(1, 31))
    assert order not in (sorted(order), sorted(order, reverse=True))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Z", "C"])), min_size=1, max_size=6))
def test_every_answer_is_in_one_group_whatever_its_text(texts):
    found = made(*map(memo, texts))
    (pile,) = found.piles
    assert sorted(answer.attempt.id for group in pile.groups for answer in group.answers) == list(
        range(1, len(texts) + 1)
    )
    assert len({group.key for group in pile.groups}) == len(pile.groups)
