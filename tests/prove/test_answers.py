"""The format of answers files: what is wrong with one is one line that says where."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from curriculum import course as courses
from curriculum.errors import AnswersError
from curriculum.outcome import Outcome
from curriculum.prove import Kind, _answers, answers_path

DOCS = Path(__file__).parents[2] / "docs" / "answers.md"
MISTAKE = 'exercise = "first-sum"\nkind = "mistake"\nsays = "count"\ncode = "first_sum = 41"\n'
RIGHT = 'exercise = "first-sum"\nkind = "right"\ncode = "first_sum = 42"\n'


def written(course, text):
    path = course.root / "answers.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(course, text):
    return _answers.read(written(course, text), course.lesson("first"))


def test_a_whole_file(make_course):
    text = f"""
    lesson = "first"
    [[answer]]
    {MISTAKE}
    [[answer]]
    exercise = "first-mean"
    kind = "mistake"
    mistake = "off-by-one"
    says = "count again"
    outcome = "raised"
    hidden = true
    note = "a note"
    code = '''

def f():

    return 1

'''
    [[answer]]
    {RIGHT}
    """
    first, second, third = read(make_course(), text)
    assert (first.exercise, first.kind, first.outcome, first.hidden) == (
        "first-sum",
        Kind.MISTAKE,
        Outcome.FAILED,
        False,
    )
    assert (second.mistake, second.says, second.outcome, second.hidden, second.note) == (
        "off-by-one",
        "count again",
        Outcome.RAISED,
        True,
        "a note",
    )
    assert second.code == "def f():\n\n    return 1"
    assert (third.kind, third.outcome, third.code) == (Kind.RIGHT, Outcome.PASSED, "first_sum = 42")
    assert [answer.number for answer in (first, second, third)] == [1, 2, 3]
    assert [answer.label for answer in (first, second, third)] == ["mistake: count", "mistake: off-by-one", "right"]


def test_no_answers_at_all_is_a_file_too(make_course):
    assert read(make_course(), 'lesson = "first"') == []


def answer(text):
    return f'lesson = "first"\n[[answer]]\n{MISTAKE}\n[[answer]]\n{text}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", 'the file must say lesson = "first", and says None'),
        ('lesson = "second"', "the file must say lesson = \"first\", and says 'second'"),
        ("lesson = 1", "and says 1"),
        ('lesson = "first"\nanswers = []', "beside lesson there is nothing but [[answer]] tables"),
        ('lesson = "first"\nanswer = 3', "beside lesson there is nothing but [[answer]] tables"),
        ('lesson = "first"\nanswer = {}', "beside lesson there is nothing but [[answer]] tables"),
        ('lesson = "first"\nanswer = [3]', "answer 1: must be a table"),
        ("lesson = first", "at line 1, column"),
        ("lesson = \"first\"\n[[answer]]\ncode = '''\nnever closed", "at end of document"),
        (b'lesson = "\xff"', "invalid start byte"),
        (b'\xef\xbb\xbflesson = "first"', "at line 1"),
        ("a = " + "[" * 20_000, ""),
        ("a = " + "9" * 5_000, ""),
        (answer(""), "answer 2: 'exercise' is missing"),
        (answer('exercise = "first-sum"'), "answer 2: 'kind' is missing"),
        (answer('exercise = "first-sum"\nkind = "right"'), "answer 2: 'code' is missing"),
        (answer(RIGHT.replace('"first-sum"', "5")), "answer 2: 'exercise' must be a text"),
        (answer(RIGHT.replace('"right"', "true")), "answer 2: 'kind' must be a text"),
        (answer(RIGHT.replace('"first_sum = 42"', '["a"]')), "answer 2: 'code' must be a text"),
        (answer(RIGHT + "note = 5"), "answer 2: 'note' must be a text"),
        (answer(RIGHT + 'nota = "x"'), "answer 2: unknown key 'nota'; known are code, exercise, hidden, kind,"),
        (answer(RIGHT + 'says = "x"'), "answer 2: 'says' is for mistakes; this answer is right"),
        (answer(RIGHT + "hidden = false"), "answer 2: 'hidden' is for mistakes"),
        (answer(RIGHT + 'outcome = "failed"'), "answer 2: 'outcome' is for mistakes"),
        (answer(RIGHT + 'mistake = "x"'), "answer 2: 'mistake' is for mistakes"),
        (answer(RIGHT.replace("right", "wrong")), "answer 2: kind is 'wrong'; it must be 'right' or 'mistake'"),
        (answer(RIGHT.replace("right", "solution")), "kind is 'solution'; it must be 'right' or 'mistake'"),
        (answer(MISTAKE.replace('says = "count"\n', "")), "answer 2: a mistake needs 'says', words that"),
        (answer(MISTAKE.replace("count", "  ")), "answer 2: a mistake needs 'says'"),
        (answer(MISTAKE.replace('"count"', "3")), "answer 2: 'says' must be a text"),
        (answer(MISTAKE + 'hidden = "yes"'), "answer 2: 'hidden' must be true or false"),
        (answer(MISTAKE + "hidden = 1"), "answer 2: 'hidden' must be true or false"),
        (
            answer(MISTAKE + 'outcome = "wrong"'),
            "answer 2: 'wrong' cannot be the outcome of a mistake; these can: failed,",
        ),
        (answer(MISTAKE + 'outcome = "passed"'), "answer 2: 'passed' cannot be the outcome of a mistake"),
        (answer(MISTAKE + 'outcome = "not_attempted"'), "answer 2: 'not_attempted' cannot be the outcome"),
        (answer(MISTAKE + "outcome = 3"), "answer 2: 'outcome' must be a text"),
        (
            answer(RIGHT.replace("first-sum", "first-sun")),
            "answer 2: no exercise is called 'first-sun'; did you mean 'first-sum'?",
        ),
        (
            answer(RIGHT.replace("first-sum", "zzz")),
            "no exercise is called 'zzz'; see all with: curriculum course first",
        ),
        (answer(RIGHT.replace("first-sum", "second-sum")), "answer 2: no exercise is called 'second-sum'"),
    ],
)
def test_a_wrong_file_is_one_line_saying_where(make_course, text, says):
    course = make_course()
    with pytest.raises(AnswersError) as caught:
        read(course, text)
    message = str(caught.value)
    assert message.startswith(f"{course.root / 'answers.toml'}: ")
    assert says in message
    assert "\n" not in message


def test_an_exercise_graded_by_hand_has_nothing_to_prove(make_course):
    meta = {"grade": True, "solution": True, "locked": False, "grade_id": "essay", "points": 2, "schema_version": 3}
    course = make_course({"00-a/01-first": [make_course.code("essay", "...", nbgrader=meta | {"task": False})]})
    with pytest.raises(AnswersError, match=r"answer 1: 'essay' is graded by hand: there is no check to prove$"):
        read(course, f'lesson = "first"\n[[answer]]\n{RIGHT.replace("first-sum", "essay")}')
    assert _answers.given(course.lesson("first")) == []


@pytest.mark.parametrize("name", ["gone.toml", "."])
def test_a_file_that_cannot_be_read_is_one_line(make_course, name):
    course = make_course()
    with pytest.raises(AnswersError) as caught:
        _answers.read(course.root / name, course.lesson("first"))
    assert str(caught.value) == f"{course.root / name}: " + (
        "Is a directory" if name == "." else "No such file or directory"
    )


def test_every_exercise_is_tried_untouched_empty_and_solved(make_course):
    tried = _answers.given(make_course().lesson("first"))
    assert [(one.exercise, one.kind, one.outcome) for one in tried[:3]] == [
        ("first-sum", Kind.STARTER, Outcome.NOT_ATTEMPTED),
        ("first-sum", Kind.EMPTY, Outcome.NOT_ATTEMPTED),
        ("first-sum", Kind.SOLUTION, Outcome.PASSED),
    ]
    assert [one.code for one in tried[3:]] == ["first_mean = (\n    ...\n)", "", "first_mean = (\n    42\n)"]
    assert {one.number for one in tried} == {0}


@pytest.mark.parametrize("lesson", courses.load().lessons, ids=lambda lesson: lesson.id)
def test_the_answers_of_real_lessons_follow_the_format(lesson):
    assert _answers.read(answers_path(lesson), lesson)


def test_the_example_in_the_documentation_is_an_answers_file(tmp_path):
    """docs/answers.md shows a file for the welcome lesson; it must be one."""
    (example,) = re.findall(r"```toml\n(lesson = .*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    found = _answers.read(path, courses.load().lesson("welcome"))
    assert {one.kind for one in found} == {Kind.MISTAKE, Kind.RIGHT}
    assert any(one.hidden for one in found)
    assert any(one.outcome is Outcome.RAISED for one in found)
    assert tomllib.loads(example)["lesson"] == "welcome"


def test_the_documentation_names_every_key_and_outcome():
    text = DOCS.read_text(encoding="utf-8")
    for key in _answers._KEYS | _answers._MISTAKE_KEYS:
        assert f"`{key}`" in text
    for outcome in Outcome:
        if outcome not in {Outcome.MISSING, Outcome.TAMPERED}:
            assert f"`{outcome}`" in text
