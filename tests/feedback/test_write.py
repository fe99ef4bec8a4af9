"""Writing feedback for a class: file names for any key, nothing of anybody's overwritten, copies of what was graded."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from hashlib import sha256

import pytest
from classes import NOW, attempt, mark, results_file, row, sheet, standing
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.errors import CurriculumError, GradebookError, MissingToolError, UnknownNameError
from curriculum.feedback import Results, read_results, write
from curriculum.feedback._html import _cleaner
from curriculum.feedback._names import safe_name
from curriculum.gradebook import Sheet
from curriculum.grading import Refused, Submission
from curriculum.release import learner_edition

KEYS = [
    "ada",
    "Ada",
    "ADA",
    "../../etc",
    "..",
    ".",
    "",
    "/",
    "a/b",
    "a\\b",
    "con",
    "NUL.txt",
    "a b",
    "a:b",
    "é",
    "e\u0301",
    "x" * 128,
]
KEYS += ["\u202egnp", "🦊", "half\ud83d", "-rf", "~", "a.", "a ", "ada-0123456789", "com1", "*?<>|", "line\nbreak"]


@pytest.fixture(scope="module")
def course(make_module_course):
    return make_module_course()


def submission(course, learner="ada", change=""):
    text = learner_edition(course.lesson("first"), course).dumps() + change
    return Submission(learner, course.lesson("first"), f"{learner}/01-first.ipynb", text.encode())


def graded(course, *learners, **more):
    rows = []
    for key in learners:
        sum_ = sha256(submission(course, key).content).hexdigest()
        one = attempt(key, "first", [mark("first-sum"), mark("first-mean")], sha256=sum_, **more)
        rows.append(row(key, [standing(key, "first", [one])]))
    return Results(sheet(rows))


def test_every_key_has_a_folder_of_its_own_on_any_disk():
    names = [safe_name(key) for key in KEYS]
    assert len({name.lower() for name in names}) == len(KEYS)
    assert safe_name("ada") == "ada"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_names_are_plain(key):
    name = safe_name(key)
    assert name.isascii()
    assert 0 < len(name) <= 60
    assert not set(name) & set('/\\:*?"<>| \n')
    assert name[0] not in ".-~"
    assert not name.endswith(".")


def test_nobody_writes_outside_the_folder(tmp_path):
    keys = [key for key in KEYS if key]
    found = Results(sheet([row(key, [standing(key, "first", [attempt(key, "first", [mark("x")])])]) for key in keys]))
    written = write(found, tmp_path / "out")
    assert len(set(written.pages)) == len(keys)
    inside = (tmp_path / "out").resolve()
    assert all(path.resolve().parent.parent == inside for path in written.pages)
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_pages_and_copies_are_written_and_replaced(course, tmp_path):
    for _ in range(2):
        written = write(graded(course, "ada", "bob"), tmp_path, course, submissions=[submission(course)])
        assert [path.relative_to(tmp_path).as_posix() for path in written.pages] == [
            "ada/feedback.html",
            "bob/feedback.html",
        ]
        assert [path.relative_to(tmp_path).as_posix() for path in written.notebooks] == ["ada/01-first.ipynb"]
        assert written.skipped == ()
    cells = json.loads((tmp_path / "ada/01-first.ipynb").read_text(encoding="utf-8"))["cells"]
    assert any(cell["id"] == "feedback-first-sum" for cell in cells)


def test_somebodys_file_is_left_as_it_is(course, tmp_path):
    theirs = tmp_path / "ada" / "01-first.ipynb"
    theirs.parent.mkdir()
    theirs.write_bytes(submission(course).content)
    with pytest.raises(GradebookError, match="not written by feedback"):
        write(graded(course, "ada"), tmp_path, course, submissions=[submission(course)])
    assert theirs.read_bytes() == submission(course).content
    page = tmp_path / "bob" / "feedback.html"
    page.parent.mkdir()
    page.write_text("<p>mine</p>")
    with pytest.raises(GradebookError, match="not written by feedback"):
        write(graded(course, "bob"), tmp_path, course)
    assert page.read_text() == "<p>mine</p>"


def test_a_link_is_not_followed(course, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ada").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GradebookError, match="is a link"):
        write(graded(course, "ada"), tmp_path / "out", course)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_folder_that_is_a_file_is_one_clear_line(course, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(GradebookError, match="cannot be written"):
        write(graded(course, "ada"), tmp_path / "out", course)


def test_copies_are_made_of_what_was_graded_only(course, tmp_path):
    changed = submission(course, change=" ")
    refused = Refused("ada", "ada/02-second.ipynb", "is too large")
    stranger = submission(course, "stranger")
    written = write(graded(course, "ada"), tmp_path, course, submissions=[changed, refused, stranger])
    assert [item.problem for item in written.skipped] == ["is not what was graded; grade it first", "is too large"]
    assert written.notebooks == ()


def test_a_broken_submission_has_a_page_and_no_copy(course, tmp_path):
    broken = Submission("ada", course.lesson("first"), "ada/01-first.ipynb", b'{"cells": [')
    failed = attempt("ada", "first", sha256=broken.sha256, problem="ada/01-first.ipynb: is not a complete notebook")
    found = Results(sheet([row("ada", [standing("ada", "first", [failed])])]))
    written = write(found, tmp_path, course, submissions=[broken])
    assert len(written.pages) == 1
    assert "is not a complete notebook" in written.pages[0].read_text(encoding="utf-8")
    assert written.skipped[0].problem.startswith("was not graded: ada/01-first.ipynb")


def test_without_the_desks_libraries_the_command_says_what_to_install(course, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nh3", None)
    _cleaner.cache_clear()
    html = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>x</b>"}}
    document = json.loads(submission(course).content)
    next(cell for cell in document["cells"] if cell["cell_type"] == "code")["outputs"] = [html]
    content = json.dumps(document).encode()
    one = attempt("ada", "first", [mark("first-sum")], sha256=sha256(content).hexdigest())
    found = Results(sheet([row("ada", [standing("ada", "first", [one])])]))
    with pytest.raises(MissingToolError, match=r"pip install .curriculum\[desk\]"):
        write(found, tmp_path, course, submissions=[replace(submission(course), content=content)])


def test_only_the_learners_and_lessons_that_are_named(course, tmp_path):
    rows = [
        row(key, [standing(key, name, [attempt(key, name, [mark(f"{name}-sum")])]) for name in ("first", "second")])
        for key in "ab"
    ]
    written = write(Results(sheet(rows)), tmp_path, course, learners=["b"], lessons=["second"])
    text = written.pages[0].read_text(encoding="utf-8")
    assert [path.parent.name for path in written.pages] == ["b"]
    assert "second-sum" in text
    assert "first-sum" not in text


@pytest.mark.parametrize("wrong", [{"learners": ["adda"]}, {"lessons": ["frist"]}])
def test_unknown_names_are_one_line_with_a_suggestion(course, tmp_path, wrong):
    with pytest.raises(UnknownNameError, match="did you mean"):
        write(graded(course, "ada"), tmp_path, course, **wrong)
    assert not list(tmp_path.iterdir())


# --- from results.json -----------------------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path):
    """Writes a results.json, with changes at its top."""
    path = tmp_path / "results.json"
    return lambda **changes: results_file(path, **changes)


def test_results_become_a_class(tmp_path, course, results):
    found = read_results(results(), course)
    ada, bob = found.sheet.rows
    assert isinstance(found.sheet, Sheet)
    assert found.sheet.made_at == NOW
    assert found.sheet.lessons[0].title == "Lesson first"
    marks = ada.standings["first"].counted.marks
    assert [one.mistakes for one in marks] == [("off",), ()]
    assert [one.waits for one in marks] == [False, True]
    assert (ada.points, ada.max_points) == (0.0, 4.0)
    assert bob.standings["first"].counted is None
    written = write(found, tmp_path / "out", course)
    first, second = (path.read_text(encoding="utf-8") for path in written.pages)
    assert "31337" not in first
    assert "The cell &#39;x&#39; is there twice." in first
    assert "“c”" in first
    assert "The file bob/x.ipynb could not be taken: is a link" in second


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 2},
        {"submissions": [{}]},
        {"lessons": 3},
        {"graded_at": "yesterday"},
        {"submissions": [[1]]},
        {"refused": None},
    ],
)
def test_what_is_no_results_file_is_one_clear_line(results, changes):
    with pytest.raises(CurriculumError) as caught:
        read_results(results(**changes))
    assert "results.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b"null"])
def test_a_file_that_is_not_json_or_not_there(tmp_path, content):
    path = tmp_path / "r.json"
    with pytest.raises(GradebookError, match="No such file"):
        read_results(path)
    path.write_bytes(content)
    with pytest.raises(GradebookError, match=r"r\.json"):
        read_results(path)
