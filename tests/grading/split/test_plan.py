"""Who owns which name is read from the lesson's source."""

from __future__ import annotations

import pytest
from grading.split.lessons import exercise, hidden, lesson_of, teacher

from curriculum.grading.split._plan import plan_of


@pytest.fixture
def plan(tmp_path):
    return lambda *parts: plan_of(lesson_of(tmp_path, *parts))


def ids(cells):
    return [cell.id for cell in cells]


def test_the_opening_ends_with_the_first_answer(plan):
    made = plan(teacher("a", "x = 1"), exercise("e", "y = x", "assert y == 1"), teacher("b", "z = 2"))
    assert ids(made.opening) == ["setup", "a"]
    assert ids(made.trusted) == ["b"]


def test_a_lesson_without_exercises_is_all_opening(plan):
    made = plan(teacher("a", "x = 1"), teacher("b", "y = x"))
    assert ids(made.opening) == ["setup", "a", "b"]
    assert made.trusted == ()


def test_what_depends_on_a_learners_name_is_the_learners(plan):
    made = plan(
        exercise("e", "y = 1", "assert y == 1"),
        teacher("uses", "z = y + 1"),
        teacher("further", "w = z + 1"),
        teacher("free", "v = 3"),
        exercise("f", "u = w", "assert u == 3 and v == 3"),
    )
    assert ids(made.trusted) == ["free"]
    assert made.needs["f-check-1"] == ("u",)


def test_a_teachers_function_that_reads_a_learners_name_is_the_learners(plan):
    made = plan(
        exercise("e", "def clean(x):\n    return x", "assert clean(1) == 1"),
        teacher("wrap", "def twice(x):\n    return clean(clean(x))"),
        exercise("f", "y = twice(2)", "assert twice(1) == y / 2"),
    )
    assert ids(made.trusted) == []
    assert set(made.needs["f-check-1"]) == {"twice", "y"}


def test_an_object_that_an_answer_changes_in_place_is_the_learners(plan):
    made = plan(
        teacher("a", "table = {}"),
        exercise("e", "table['x'] = 1", "assert table == {'x': 1}"),
        teacher("b", "size = len(table)"),
    )
    assert made.needs["e-check-1"] == ("table",)
    assert ids(made.trusted) == []


def test_a_name_that_the_teacher_binds_again_is_the_teachers_again(plan):
    made = plan(
        exercise("e", "y = 1", "assert y == 1"),
        teacher("again", "y = 2"),
        teacher("uses", "z = y"),
        exercise("f", "w = 0", "assert w + y + z == 4"),
    )
    assert ids(made.trusted) == ["again", "uses"]
    assert made.needs["f-check-1"] == ("w",)


def test_a_name_that_only_the_starter_binds_is_the_learners(plan):
    answer = "n = 3\n### END SOLUTION\nm = 0\n### BEGIN SOLUTION\nk = 1"
    made = plan(exercise("e", answer, "assert n == 3 and m == 0 and k == 1"))
    assert made.needs["e-check-1"] == ("k", "m", "n")


def test_imports_of_an_answer_do_not_make_a_module_the_learners_to_change(plan):
    made = plan(
        teacher("a", "import numpy as np"),
        exercise("e", "np.random.seed(1)\nx = np.zeros(1)", "assert np.all(x == 0)"),
    )
    assert made.needs["e-check-1"] == ("x",)


def test_hidden_tests_need_names_too_and_give_none(plan):
    check = "limit = 3\nassert y < limit\n" + hidden("secret = 4\nassert y < secret and other == 1")
    made = plan(
        exercise("e", "y = 1\nother = 1", check),
        teacher("later", "shown = limit"),
        teacher("wrong", "taken = secret"),
    )
    assert made.needs["e-check-1"] == ("other", "y")
    assert made.given["e-check-1"] == ("limit",)
    # Only what a check cell gives makes a cell wait for it; the other is the lesson's own mistake.
    assert ids(made.trusted) == ["wrong"]


def test_a_check_cells_name_that_nobody_else_uses_is_not_given(plan):
    made = plan(exercise("e", "y = 1", "own = 2\nassert y < own"))
    assert made.given["e-check-1"] == ()


def test_classes_are_those_that_exercises_ask_for(plan):
    made = plan(
        teacher("a", "class Base: pass"),
        exercise("e", "class Own(Base):\n    pass\nmade = Own()", "assert made == Own()"),
        exercise("f", "y = 1", "assert y == 1"),
    )
    assert made.classes["e-check-1"] == ("Own",)
    assert "Base" not in made.classes.get("f-check-1", ())


def test_modules_are_listed_once_in_order(plan):
    made = plan(teacher("a", "import json, os.path"), exercise("e", "import json\nx = 1", "import csv\nassert x"))
    assert made.modules == ("curriculum", "json", "os.path", "csv")


def test_cells_that_may_raise_say_so(plan):
    made = plan(teacher("a", "1 / 0", may_raise=True), teacher("b", "x = 1"))
    assert [cell.may_raise for cell in made.opening] == [False, True, False]


def test_watched_is_what_checks_use_and_what_leads_there(plan):
    made = plan(
        teacher("a", "base = 1\nunused = 2"),
        exercise("e", "y = 1", "assert y == 1"),
        teacher("b", "limit = base + 1"),
        exercise("f", "z = 1", "assert z < limit"),
    )
    assert {"limit", "base"} <= made.watched
    assert "unused" not in made.watched or "base" in made.watched  # they stand in one cell
    assert made.watched_later


def test_nothing_is_watched_later_where_checks_use_only_what_stays(plan):
    made = plan(
        teacher("a", "import math\ndef half(x):\n    return x / 2"),
        exercise("e", "y = 1", "assert y == half(2) == math.sqrt(1)"),
        teacher("b", "picture = 3"),
    )
    assert not made.watched_later
