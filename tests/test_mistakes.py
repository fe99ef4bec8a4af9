"""Reading a lesson's recognised mistakes without running its checks."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from curriculum import course as courses
from curriculum.mistakes import recognised, sections

ANSWERS = Path(__file__).parent / "answers"


@pytest.fixture
def read(make_course):
    """Reads the mistakes of a check cell, by id: words and section."""

    def run(source):
        cells = make_course.lesson("first", "sum-up")
        next(cell for cell in cells if cell["id"] == "sum-up-check")["source"] = source
        lesson = make_course({"00-start/01-first": cells}).lesson("first")
        return {name: (found.words, found.section) for (_, name), found in recognised(lesson).items()}

    return run


@pytest.mark.parametrize(
    "source",
    [
        'check.Mistake("off", 41, "One short.", "Add up")',
        'check.Mistake(id="off", wrong_value=41, message="One " + "short.", section="Add up")',
        'section = "Add up"\ncheck.Mistake("off", 41, "One short.", section)',
        'says = {"off": "One short."}\n[check.Mistake(n, v, says[n], "Add up") for n, v in {"off": 41}.items()]',
        'says = dict(off="One short.")\nv = made()\n[check.Mistake(n, v, says[n], "Add up") for n, v in v.items()]',
        'for n, w in [("off", "One short.")]:\n    check.Mistake(n, 41, w, "Add up")',
        'table = {"off": (41, "One short.")}\n[check.Mistake(n, table[n][0], table[n][1], "Add up") for n in table]',
        'a, b = "One short.", "Add up"\nMistake("off", 41, a, b)',
        '[check.Mistake(n, 1, "One short.", "Other" if n == "x" else "Add up") for n in ("off",)]',
    ],
)
def test_each_way_of_writing_them_is_read(read, source):
    assert read(source) == {"off": ("One short.", "Add up")}


def test_options_of_questions_are_mistakes_under_the_name_that_the_check_gives_them(read):
    source = 'check.choice(sum_up, key="0", options={"a": "Not that.", "b": "Nor that."})'
    assert read(source) == {"sum-up-a": ("Not that.", ""), "sum-up-b": ("Nor that.", "")}


@pytest.mark.parametrize(
    "source", ["", "%%R\nx <- 1", "check.Mistake(made(), 1, f'{x}', section)", "check.Mistake()", "x = x[0]"]
)
def test_what_only_running_would_tell_is_left_out(read, source):
    assert read(source) == {}


def test_a_name_that_is_given_two_values_stands_for_the_one_above(read):
    assert read('s = "A"\ncheck.Mistake("off", 1, "w", s)\ns = "B"') == {"off": ("w", "A")}


def test_an_exercise_stands_under_the_nearest_heading(make_course):
    cells = make_course.lesson("first", "one", "two")
    cells.insert(5, make_course.text("s", "## Second\n\n### Not this\n\ntext"))
    assert sections(make_course({"00-start/01-first": cells}).lesson("first")) == {"one": "", "two": "Second"}


@pytest.mark.parametrize("lesson", courses.load().lessons, ids=lambda lesson: lesson.id)
def test_sections_are_headings_of_the_lesson(lesson):
    headings = [
        line.lstrip("# ") for cell in lesson.notebook.cells for line in cell.source.split("\n") if line[:1] == "#"
    ]
    assert {found.section for found in recognised(lesson).values()} - {""} <= set(headings)
    assert all(sections(lesson).values())


def test_nearly_every_mistake_that_the_course_records_has_its_words():
    """Those that are not found are made when the check runs; reports then take the words that the learner was told."""
    recorded, found = set(), set()
    for lesson in courses.load().lessons:
        text = (ANSWERS / f"{lesson.id}.toml").read_text(encoding="utf-8")
        for answer in tomllib.loads(text)["answer"]:
            if answer.get("mistake"):
                recorded.add((lesson.id, answer["exercise"], answer["mistake"]))
        found |= {(lesson.id, *key) for key, one in recognised(lesson).items() if one.words}
    assert len(recorded & found) / len(recorded) > 0.95
