"""What a teacher finds in a lesson: minutes that add up, questions that were asked, mistakes that were recorded."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum import course as courses
from curriculum.mistakes import expected_mistakes, options_of
from curriculum.outline import (
    BlockKind,
    blocks_of,
    outline,
    questions_of,
    share_out,
    stretches,
)

COURSE = courses.load()
ANSWERS = Path(__file__).parents[1] / "answers"
LESSONS = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)


# --- minutes ---------------------------------------------------------------------------------------------------------


@given(st.integers(0, 600), st.lists(st.floats(0, 1e6, allow_nan=False), max_size=30))
def test_shares_add_up_and_nothing_is_below_0(total, weights):
    shares = share_out(total, weights)
    assert len(shares) == len(weights)
    assert not weights or sum(shares) == total
    assert all(share >= 0 for share in shares)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_with_enough_minutes_everything_gets_one_and_more_weight_never_gets_less(weights):
    shares = share_out(len(weights) + 37, weights)
    assert min(shares) >= 1
    ordered = sorted(zip(weights, shares, strict=True))
    assert all(a[1] <= b[1] + 1 for a, b in itertools.pairwise(ordered))


@LESSONS
def test_a_lessons_sections_and_stretches_take_its_minutes_and_hold_its_exercises(lesson):
    sections, parts = outline(lesson, COURSE), stretches(lesson, COURSE)
    assert sum(section.minutes for section in sections) == lesson.minutes
    assert sum(part.minutes for part in parts) == lesson.minutes
    assert [e.id for section in sections for e in section.exercises] == [e.id for e in lesson.exercises]
    assert [e.id for part in parts for e in part.exercises] == [e.id for e in lesson.exercises]
    assert all(part.exercises for part in parts)
    assert sum(section.points for section in sections) == lesson.points
    assert min(section.minutes for section in sections) >= 1


def test_a_section_with_exercises_takes_longer_than_one_without():
    minutes = {section.title: section.minutes for section in outline(COURSE.lesson("hypothesis-tests"), COURSE)}
    assert minutes["Twenty metrics"] > 3 * minutes["On the job"]


# --- sections --------------------------------------------------------------------------------------------------------


def test_headings_inside_code_are_none_and_two_in_a_cell_are_two(make_course):
    cells = [
        make_course.text("a", "# The lesson\n\nHello."),
        make_course.text("b", "## One\n\n```python\n## no heading\n```\n\n## `df.loc` and *two_words*\n\nText."),
    ]
    course = make_course({"00-start/01-first": cells})
    titles = [section.title for section in outline(course.lesson("first"), course)]
    assert titles == ["Lesson first", "One", "df.loc and two_words"]


def test_a_lesson_without_headings_or_exercises_is_one_section(make_course):
    course = make_course({"00-start/01-first": [make_course.text("a", "Only text.")]})
    (section,) = outline(course.lesson("first"), course)
    assert (section.title, section.minutes) == ("Lesson first", 30)
    (stretch,) = stretches(course.lesson("first"), course)
    assert (stretch.minutes, stretch.exercises) == (30, ())


def test_an_empty_lesson_has_no_sections(make_course):
    course = make_course({"00-start/01-first": []})
    assert outline(course.lesson("first"), course) == ()


@given(st.text(alphabet="ab #-*`>|\n<div/>$1.", max_size=200))
def test_no_line_of_a_text_is_lost_in_its_blocks(text):
    kept = [line.strip() for block in blocks_of(text) for line in block.text.split("\n") if line.strip()]
    assert kept == [line.strip() for line in text.split("\n") if line.strip()]


def test_an_element_of_html_stays_whole():
    text = "Before.\n\n<details><summary>More</summary>\n\nInside, with <br> in it.\n\n- a\n- b\n\n</details>\n\nAfter."
    blocks = blocks_of(text)
    assert [block.kind for block in blocks] == [BlockKind.PARAGRAPH, BlockKind.OTHER, BlockKind.PARAGRAPH]
    assert blocks[1].text.startswith("<details>")
    assert blocks[1].text.endswith("</details>")


# --- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("It is so. Is it really so? Yes.", ["Is it really so?"]),
        ("**Predict first:** where will it stop?", ["Predict first: where will it stop?"]),
        ("Read `a ? b : c` and $x ?= y$. Nothing here.", []),
        ('She asks "shall we ship it?" and goes.', []),
        ('"Shall we switch all vans?" Next week it rains.', ['"Shall we switch all vans?"']),
        ("Why? Two words?", []),
        ("What is $p \\le 0.05$, and for `n = 3`?", ["What is $p \\le 0.05$, and for `n = 3`?"]),
        ("Is it one? Is it one?", ["Is it one?"]),
        ("هل هذا صحيح حقا؟ Is that *really* so?", ["هل هذا صحيح حقا؟", "Is that *really* so?"]),
    ],
)
def test_questions_are_the_sentences_that_ask(text, asked):
    assert list(questions_of([text])) == asked


@LESSONS
def test_every_lesson_asks(lesson):
    asked = [question for section in outline(lesson, COURSE) for question in section.questions]
    assert len(asked) >= 3
    assert all("?" in question for question in asked)
    assert "\x00" not in "".join(asked)


# --- mistakes --------------------------------------------------------------------------------------------------------


@LESSONS
def test_the_recorded_mistakes_are_among_those_to_expect(lesson):
    """`tests/answers` proves which mistakes the checks recognise; here they are read without a run."""
    recorded = tomllib.loads((ANSWERS / f"{lesson.id}.toml").read_text(encoding="utf-8"))["answer"]
    known = {exercise.id: [m.id for m in expected_mistakes(exercise)] for exercise in lesson.exercises}
    for exercise in lesson.exercises:
        known[exercise.id] += [f"{exercise.id}-{option.letter}" for option in options_of(exercise)]
    named = {(entry["exercise"], entry["mistake"]) for entry in recorded if entry.get("mistake")}
    missed = {(exercise, name) for exercise, name in named if not _is_among(name, known[exercise])}
    # The ids of one exercise are put together while its checks run.
    assert {exercise for exercise, _ in missed} <= {"clean-export"}


def _is_among(name, known):
    return any(re.fullmatch(re.escape(each).replace("…", ".+"), name) for each in known)


def test_a_quizs_options_come_with_what_they_tell():
    exercise = COURSE.lesson("hypothesis-tests").exercise("p-value-meaning")
    options = options_of(exercise)
    assert [option.letter for option in options] == ["a", "b", "c", "d"]
    assert options[0].explanation.startswith("That is the probability of the null given the data.")
    assert "In the example above" in options[0].explanation  # texts that stand side by side are one


@pytest.mark.parametrize(
    ("checks", "found"),
    [
        ('check.Mistake("a", 1, "Too small.", "Part")', [("a", "Too small.", "Part")]),
        ('check.Mistake(id="a", wrong_value=1, message="x" + "y")', [("a", "xy", "")]),
        ('says = {"a": "A.", "b": "B."}\n[check.Mistake(n, v, says[n], s) for n, v in slips.items()]',
         [("a", "A.", ""), ("b", "B.", "")]),
        ('slips = {"a": (1, "A."), "b": (2, "B.")}\nfor n, (v, t) in slips.items():\n    check.Mistake(n, v, t)',
         [("a", "A.", ""), ("b", "B.", "")]),
        ('check.Mistake("a", 1, f"{n} of {m} rows")', [("a", "… of … rows", "")]),
        ('check.Mistake(name, 1, message)', []),
        ("this is no Python", []),
        ('says = says\ncheck.Mistake("a", 1, says)', []),
    ],
)  # fmt: skip
def test_mistakes_are_read_from_the_checks(make_course, checks, found):
    cells = make_course.lesson("first", "first-sum")
    cells[4]["source"] = checks
    exercise = make_course({"00-start/01-first": cells}).lesson("first").exercise("first-sum")
    assert [(m.id, m.message, m.section) for m in expected_mistakes(exercise)] == found
