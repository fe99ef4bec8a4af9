"""What the course is, read from course.toml and its notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curriculum import course as courses
from curriculum import notebook
from curriculum.course import exercises_of
from curriculum.errors import CourseError, NotebookError, UnknownNameError

HEAD = 'id = "c"\ntitle = "C"\nversion = "1"\n'
MODULE = '[[module]]\nfolder = "00-m"\ntitle = "M"\n'
LESSON = '[[module.lesson]]\nfile = "01-one"\ntitle = "One"\nminutes = 30\n'
WHOLE = HEAD + MODULE + LESSON


def write_toml(folder, text):
    root = folder / "notebooks"
    root.mkdir()
    path = root / "course.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- loading ---------------------------------------------------------------------------------------------------------


def test_the_course_at_hand():
    course = courses.load()
    assert course.id == "machine-learning-engineer"
    assert [lesson.id for lesson in course.lessons][:2] == ["welcome", "vectors-and-matrices"]
    assert course.lessons[0].name == "00-start-here/01-welcome.ipynb"
    for lesson in course.lessons:
        assert lesson.path.is_file()
        assert lesson.exercises
        assert lesson.points == sum(cell.points for cell in lesson.notebook.cells)
        assert lesson.notebook.own == {"lesson": lesson.id}
        assert all(exercise.title != exercise.id for exercise in lesson.exercises)
    ids = [exercise.id for _, exercise in course.exercises]
    assert len(ids) == len(set(ids))


def test_a_small_course_in_numbers(make_course):
    course = make_course()
    assert (course.id, course.title, course.version) == ("tiny", "A tiny course", "1")
    assert [module.folder for module in course.modules] == ["00-start", "01-more"]
    assert [module.minutes for module in course.modules] == [30, 30]
    assert [(lesson.id, lesson.points, len(lesson.exercises)) for lesson in course.lessons] == [
        ("first", 4, 2),
        ("second", 2, 1),
    ]
    assert [(lesson.id, exercise.id) for lesson, exercise in course.exercises] == [
        ("first", "first-sum"),
        ("first", "first-mean"),
        ("second", "second-sum"),
    ]


def test_parts_of_an_exercise(make_course):
    _, exercise = make_course().exercise("first-mean")
    assert exercise.title == "Exercise: find first-mean"
    assert exercise.hints == ("Nudge 1.", "Nudge 2.")
    assert exercise.starter == "first_mean = (\n    ...\n)"
    assert exercise.solution == "first_mean = (\n    42\n)"
    assert [cell.id for cell in exercise.checks] == ["first-mean-check"]
    assert (exercise.is_manual, exercise.is_quiz, exercise.points) == (False, False, 2)


def test_an_exercise_without_prompt_is_called_by_its_id(make_course):
    course = make_course({"00-a/01-one": make_course.exercise("alone")[1:]})
    exercise = course.lessons[0].exercise("alone")
    assert (exercise.title, exercise.prompt, exercise.hints) == ("alone", "", ())


def test_requires_and_needs_are_kept(tmp_path):
    second = LESSON.replace("one", "two") + 'requires = ["one"]\nneeds = ["deep", "cluster"]\n'
    course = courses.load(write_toml(tmp_path, WHOLE + second).parent)
    assert (course.lessons[1].requires, course.lessons[1].needs) == (("one",), ("deep", "cluster"))


def test_a_course_is_found_by_the_environment(make_course, monkeypatch):
    first, second = make_course(), make_course(version="2")
    for course in (first, second):
        monkeypatch.setenv(courses.COURSE_VARIABLE, str(course.root))
        assert courses.load() == course
    monkeypatch.delenv(courses.COURSE_VARIABLE)
    assert courses.load().id == "machine-learning-engineer"


def test_a_relative_folder_is_the_same_course(make_course, monkeypatch):
    course = make_course()
    monkeypatch.chdir(course.root.parent)
    assert courses.load(Path(course.root.name)) == course


# --- course.toml that is wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'id' is missing or not a text"),
        ('id = "c"\ntitle = 3', "'title' is missing or not a text"),
        ('id = "c"\ntitle = "C"\nversion = 1', "'version' is missing or not a text"),
        (HEAD.replace('"C"', '""'), "'title' is missing or not a text"),
        ("id = c", "at line 1, column"),
        (HEAD + "[[module", "at end of document"),
        (HEAD + 'module = "x"', "[[module]] must be a list of tables"),
        (HEAD + "[module]\n", "[[module]] must be a list of tables"),
        (HEAD + "module = [1]", "[[module]] must be a list of tables"),
        (HEAD + 'shows_hidden_tests = "yes"', "'shows_hidden_tests' must be true or false"),
        (HEAD + "[[moduel]]", "the course has an unknown key 'moduel'"),
        (HEAD + '[[module]]\ntitle = "M"', "'folder' is missing or not a text"),
        (HEAD + '[[module]]\nfolder = "00-m"', "'title' is missing or not a text"),
        (HEAD + MODULE + "[[module.lessons]]", "module '00-m' has an unknown key 'lessons'"),
        (HEAD + MODULE + "lesson = 1", "[[lesson]] must be a list of tables"),
        (HEAD + MODULE + "[[module.lesson]]", "'file' is missing or not a text"),
        (WHOLE.replace('title = "One"\n', ""), "'title' is missing or not a text"),
        (WHOLE.replace("minutes = 30", ""), "lesson '01-one' needs minutes, a whole number above 0"),
        (WHOLE.replace("30", "0"), "needs minutes"),
        (WHOLE.replace("30", "-5"), "needs minutes"),
        (WHOLE.replace("30", "1.5"), "needs minutes"),
        (WHOLE.replace("30", "true"), "needs minutes"),
        (WHOLE.replace("30", '"30"'), "needs minutes"),
        (WHOLE + "minuets = 3", "lesson '01-one' has an unknown key 'minuets'"),
        (WHOLE + 'requires = "welcome"', "lesson '01-one': 'requires' must be a list of texts"),
        (WHOLE + "requires = 5", "'requires' must be a list of texts"),
        (WHOLE + "needs = [5]", "'needs' must be a list of texts"),
        (WHOLE + 'requires = ["nothing"]', "'one' requires 'nothing', which no lesson before it is called"),
        (WHOLE + 'requires = ["one"]', "'one' requires 'one', which no lesson before it"),
        (WHOLE + 'requires = ["two"]\n' + LESSON.replace("one", "two"), "'one' requires 'two', which no lesson before"),
        (WHOLE + LESSON.replace("01-one", "02-one"), "two lessons are called 'one'"),
        (WHOLE + MODULE.replace("00", "01") + LESSON, "two lessons are called 'one'"),
        (b'id = "\xff"', "invalid start byte"),
        ("a = " + "[" * 20_000, ""),
        ("a = " + "9" * 5_000, ""),
    ],
)
def test_a_wrong_course_is_one_line_naming_file_and_fault(tmp_path, text, says):
    path = write_toml(tmp_path, text)
    with pytest.raises(CourseError) as caught:
        courses.load(path.parent)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize("place", ["empty", "nowhere/at/all", "file", "toml-is-a-folder"])
def test_a_folder_without_a_course_is_one_line(tmp_path, place):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "toml-is-a-folder" / "course.toml").mkdir(parents=True)
    with pytest.raises(CourseError) as caught:
        courses.load(tmp_path / place)
    assert str(caught.value) == f"{tmp_path / place} holds no course: there is no readable course.toml"


def test_a_lesson_whose_notebook_is_missing_can_be_listed_but_not_read(tmp_path):
    course = courses.load(write_toml(tmp_path, WHOLE).parent)
    with pytest.raises(NotebookError, match=r"01-one\.ipynb: there is no such file"):
        _ = course.lessons[0].exercises
    with pytest.raises(NotebookError, match=r"01-one\.ipynb: there is no such file"):
        course.exercise("any")


def test_a_damaged_notebook_does_not_hide_other_lessons(make_course):
    course = make_course()
    course.lessons[0].path.write_bytes(b"\xff\xfe damaged")
    assert course.exercise("second-sum")[0].id == "second"
    with pytest.raises(NotebookError, match="not UTF-8"):
        course.exercise("first-sum")


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "hypothesis-tests",
        "05-hypothesis-tests",
        "05-hypothesis-tests.ipynb",
        "hypothesis-tests.ipynb",
        "03-probability-and-statistics/05-hypothesis-tests.ipynb",
        "./notebooks/03-probability-and-statistics/05-hypothesis-tests.ipynb",
        "03-probability-and-statistics\\05-hypothesis-tests.ipynb",
        "C:\\course\\05-hypothesis-tests",
        "05-hypothesis-tests/",
    ],
)
def test_a_lesson_has_many_names(name):
    assert courses.load().lesson(name).id == "hypothesis-tests"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("hypothesis-test", "hypothesis-tests"),
        ("hypotesis-tets", "hypothesis-tests"),
        ("Hypothesis-Tests", "hypothesis-tests"),
        ("WELCOME", "welcome"),
        ("welcom", "welcome"),
        ("01-welcom", "welcome"),
        ("06-hypothesis-tests", "hypothesis-tests"),
        ("notebooks/03-probability-and-statistics/05-hypothesis-test.ipynb", "hypothesis-tests"),
        ("/a/long/way/to/some/folder/of/a/learner/01-Welcome.ipynb", "welcome"),
    ],
)
def test_an_unknown_lesson_suggests_the_nearest(name, suggestion):
    with pytest.raises(UnknownNameError) as caught:
        courses.load().lesson(name)
    assert caught.value.suggestion == suggestion
    assert str(caught.value).startswith("no lesson is called ")
    assert str(caught.value).endswith(f"; did you mean {suggestion!r}?")


@pytest.mark.parametrize("name", ["", ".", "/", "..", "zzz", "\n", "*", "a" * 10_000, "\ud800"])
def test_a_name_near_nothing_says_where_to_look(name):
    with pytest.raises(UnknownNameError) as caught:
        courses.load().lesson(name)
    assert str(caught.value).endswith("; see all with: curriculum course")
    assert "\n" not in str(caught.value)


def test_an_unknown_exercise_suggests_the_nearest(make_course):
    course = make_course()
    with pytest.raises(UnknownNameError, match="no exercise is called 'First-Sum'; did you mean 'first-sum'"):
        course.exercise("First-Sum")
    with pytest.raises(UnknownNameError, match="did you mean 'second-sum'"):
        course.exercise("second-sun")
    with pytest.raises(UnknownNameError, match=r"see all with: curriculum course LESSON$"):
        course.exercise("zzz")
    with pytest.raises(UnknownNameError, match=r"see all with: curriculum course first$"):
        course.lessons[0].exercise("zzz")
    with pytest.raises(UnknownNameError, match="did you mean 'first-sum'"):
        course.lessons[0].exercise("second-sum")


@pytest.mark.parametrize("name", ["", "first-sum-check", "first-setup", "code", 'a"b', "\ud800", "é"])
def test_names_of_other_things_are_no_exercises(make_course, name):
    with pytest.raises(UnknownNameError):
        make_course().exercise(name)


# --- notebooks from elsewhere ----------------------------------------------------------------------------------------


def foreign(name):
    import nbgrader

    return exercises_of(notebook.read(Path(nbgrader.__file__).parent / "tests" / name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "apps/files/test.ipynb",
            [
                ("squares", 2, False),
                ("sum_of_squares", 1, False),
                ("sum_of_squares_equation", 1, True),
                ("sum_of_squares_application", 2, True),
            ],
        ),
        ("apps/files/submitted-unchanged.ipynb", [("set_a", 2, False), ("baz", 2, True), ("quux", 3, True)]),
        ("apps/files/test-no-metadata.ipynb", []),
    ],
)
def test_nbgraders_own_notebooks_are_grouped(name, expected):
    assert [(exercise.id, exercise.points, exercise.is_manual) for exercise in foreign(name)] == expected


def test_every_notebook_of_nbgrader_can_be_grouped():
    import nbgrader

    root = Path(nbgrader.__file__).parent / "tests"
    seen = 0
    for path in sorted(root.rglob("*.ipynb")):
        if json.loads(path.read_text(encoding="utf-8"))["nbformat"] != 4:
            continue
        read = notebook.read(path)
        exercises = exercises_of(read)
        seen += len(exercises)
        held = [cell.id for exercise in exercises for cell in exercise.cells]
        assert len(held) == len(set(held)), path
        for exercise in exercises:
            assert exercise.answer in exercise.cells
            assert exercise.points >= 0
            assert exercise.title
    assert seen > 50


def cells(*metas):
    made = []
    for number, (name, meta) in enumerate(metas):
        source = {"cell_type": "code", "id": f"c{number}", "metadata": {"nbgrader": meta | {"grade_id": name}}}
        made.append(source | {"source": "", "outputs": [], "execution_count": None})
    return notebook.loads(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}))


SOLVE, CHECK, MANUAL = {"solution": True}, {"grade": True, "points": 1}, {"grade": True, "solution": True, "points": 4}


@pytest.mark.parametrize(
    ("metas", "expected"),
    [
        ([], []),
        ([("t", CHECK)], []),
        ([("t", CHECK), ("a", SOLVE)], [("a", 0)]),
        ([("a", SOLVE), ("t", CHECK), ("u", CHECK)], [("a", 2)]),
        ([("a", SOLVE), ("b", SOLVE), ("t", CHECK)], [("a", 0), ("b", 1)]),
        ([("a", SOLVE), ("t", CHECK), ("m", MANUAL), ("b", SOLVE), ("u", CHECK)], [("a", 1), ("m", 4), ("b", 1)]),
        ([("a", SOLVE), ("r", {"locked": True}), ("t", CHECK)], [("a", 1)]),
    ],
)
def test_solution_cells_open_exercises_where_nothing_names_them(metas, expected):
    assert [(exercise.id, exercise.points) for exercise in exercises_of(cells(*metas))] == expected
