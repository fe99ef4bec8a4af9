"""Mark schemes as lessons hold them."""

from __future__ import annotations

import pytest
from marking_class import manual_cells

from curriculum import course as courses
from curriculum.marking import material, rubric


def items(text):
    return [(item.points, item.text) for item in rubric(text).items]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2: names the risk", [(2, "names the risk")]),
        ("2: names the risk\n1: and its price", [(2, "names the risk"), (1, "and its price")]),
        ("- 2 points: a\n- 0.5 pt: b\n- 1,5: c", [(2, "a"), (0.5, "b"), (1.5, "c")]),
        ("* names it (2 points)\n* prices it [1 p]", [(2, "names it"), (1, "prices it")]),
        ("1. 3: a\n2) 1: b", [(3, "a"), (1, "b")]),
        ("-1: no unit\n\u22120.5: no title\n+2: a", [(-1, "no unit"), (-0.5, "no title"), (2, "a")]),
        ("One point each.\n\n1. **A**: x\n2. **B**: y\n   goes on", [(1, "**A**: x"), (1, "**B**: y\ngoes on")]),
        ("2 points each:\n- a\n- 1: b", [(2, "a"), (1, "b")]),
        ("- 2: a\n  - such as this\n  - or that\n- 1: b", [(2, "a\n- such as this\n- or that"), (1, "b")]),
    ],
    ids=range(9),
)
def test_items_with_their_points(text, expected):
    assert items(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Be generous.",
        "- 2: a\n- b",
        "1. a\n2. b",
        "At 12:30 there are 2: no",
        "- see page 3",
        "2:",
        "each one point",
    ],
)
def test_what_does_not_say_what_each_line_is_worth_stays_text(text):
    found = rubric(text)
    assert found.items == ()
    assert found.text == text


def test_halves_where_the_scheme_says_so():
    assert rubric("Half points where vague.\n- 2: a").shares() == (0, 0.5, 1)
    assert rubric("- 2: a half point of view").shares() == (0, 1)


def test_the_total_stays_between_nothing_and_the_most():
    found = rubric("4: a\n3: b\n-2: c")
    assert found.points == 7
    assert found.total({0: 1.0, 1: 1.0}, 6.0) == 6
    assert found.total({2: 1.0}, 6.0) == 0
    assert found.total({0: 0.5, 2: 1.0}, 6.0) == 0


class TestMaterial:
    def test_of_a_marked_scheme(self, course):
        found = material(course, "first", "memo")
        assert found.model == "**Ship it.** 2 € a visitor."
        assert [item.points for item in found.rubric.items] == [2, 3, 1]
        assert "MARK SCHEME" not in found.model + found.prompt + found.rubric.text
        assert not found.is_code
        assert material(course, "first", "program").is_code

    def test_of_one_under_a_heading(self, make_course):
        answer = "Ship it.\n\n**How it is graded.** Two points each.\n\n1. decides\n2. warns"
        found = material(make_course({"00-module/01-first": manual_cells("memo", answer, "", 4)}), "first", "memo")
        assert found.model == "Ship it."
        assert [(item.points, item.text) for item in found.rubric.items] == [(2, "decides"), (2, "warns")]

    def test_of_the_course_s_own_memo(self):
        found = material(courses.load(), "experiments", "ship-or-not")
        assert found.rubric.points == 6
        assert found.rubric.halves
        assert "How it is graded" not in found.model

    def test_of_a_task(self, make_course):
        (prompt, cell) = manual_cells("plot", "", "1: axes", 1)
        cell["source"] = "Draw it below.\n### BEGIN MARK SCHEME\n1: axes\n### END MARK SCHEME"
        cell["metadata"]["nbgrader"] |= {"task": True, "solution": False, "grade": False}
        found = material(make_course({"00-module/01-first": [prompt, cell]}), "first", "plot")
        assert "Draw it below." in found.prompt
        assert found.model == ""
        assert len(found.rubric.items) == 1

    @pytest.mark.parametrize(("lesson", "exercise"), [("first", "former"), ("former", "memo"), ("", "")])
    def test_of_what_the_course_has_not(self, course, lesson, exercise):
        assert material(course, lesson, exercise) is None

    def test_of_markers_that_do_not_pair(self, make_course):
        (prompt, cell) = manual_cells("memo", "x", "1: a", 1)
        cell["source"] = cell["source"].replace("### END MARK SCHEME", "")
        assert material(make_course({"00-module/01-first": [prompt, cell]}), "first", "memo") is None
