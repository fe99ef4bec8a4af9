"""Packing: what a file to hand in holds, for whom, and what is said about it before it leaves."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from submission.conftest import NOW

from curriculum import journal, submission
from curriculum.errors import SubmissionError, WorkspaceError
from curriculum.grading.intake import Sources, collect
from curriculum.grading.intake._folder import MAX_FILE as GRADED
from curriculum.journal import Event, Kind
from curriculum.outcome import Outcome
from curriculum.submission import _examine, _pack, _read, clean, pack, read, safe
from curriculum.submission._seal import receipt

SOLVED = "first_sum = 42"


def note(workspace, *events):
    for event in events:
        journal.append(workspace.folder, event)


def checked(exercise, source, outcome=Outcome.PASSED):
    return Event(exercise, Kind.CHECK, outcome, answer=journal.fingerprint(source))


def warnings(packed):
    return " | ".join(warning for item in packed.lessons for warning in item.warnings)


def test_a_packed_file_is_what_grading_takes(workspace, course, write):
    write("first-sum", SOLVED)
    packed = pack(workspace, course, learner="Ada Lovelace", now=NOW)
    assert packed.path == workspace.folder / "Ada-Lovelace-first-20260301T123015Z.zip"
    [item] = list(collect(packed.path, Sources(course)))
    assert (item.learner, item.lesson.id, item.file) == ("Ada Lovelace", "first", "Ada Lovelace/01-first.ipynb")
    assert item.content == workspace.path(course.lesson("first")).read_bytes()


def test_what_is_packed_is_what_is_read(workspace, course, write):
    write("first-sum", SOLVED)
    lessons = course.lessons
    packed = pack(workspace, course, lessons, learner="Ada", now=NOW)
    handed = read(packed.path)
    assert handed == read(packed.path.read_bytes())
    assert handed.is_intact
    assert handed.manifest == packed.manifest
    assert handed.receipt == packed.receipt
    assert handed.manifest.made_at == NOW
    assert [item.note.lesson for item in handed.lessons] == ["first", "second"]
    assert [item.content for item in handed.lessons] == [workspace.path(lesson).read_bytes() for lesson in lessons]
    assert packed.size == packed.path.stat().st_size


def test_the_same_work_at_the_same_time_is_the_same_file(workspace, course, write, tmp_path):
    write("first-sum", SOLVED)
    files = [pack(workspace, course, (), tmp_path / f"{n}.zip", learner="Ada", now=NOW) for n in range(2)]
    assert files[0].path.read_bytes() == files[1].path.read_bytes()
    later = pack(workspace, course, (), tmp_path / "later.zip", now=NOW + timedelta(seconds=1))
    assert later.receipt != files[0].receipt
    assert later.manifest.learner == "Ada"  # remembered
    assert later.manifest.workspace == files[0].manifest.workspace


def test_only_lessons_that_were_begun_are_packed_unless_named(workspace, course, write):
    with pytest.raises(SubmissionError, match="no answer was written yet"):
        pack(workspace, course, learner="Ada")
    write("second-sum", "second_sum = 1")
    assert [item.lesson.id for item in pack(workspace, course, learner="Ada", now=NOW).lessons] == ["second"]
    named = pack(workspace, course, [course.lesson("first")], learner="Ada", now=NOW)
    assert [item.lesson.id for item in named.lessons] == ["first"]
    assert "not attempted: first-sum, first-mean" in warnings(named)


def test_the_journal_goes_along(workspace, course, write):
    write("first-sum", SOLVED)
    write("first-mean", "first_mean = 41")
    note(
        workspace,
        Event("first-sum", Kind.HINT),
        checked("first-sum", "first_sum = 1", Outcome.FAILED),
        Event("first-sum", Kind.SOLUTION),
        checked("first-sum", SOLVED),
        checked("first-mean", "first_mean = 41", Outcome.FAILED),
    )
    packed = pack(workspace, course, learner="Ada")
    first, mean = packed.manifest.lessons[0].exercises
    assert (first.state, first.attempts, first.hints, first.aided, first.changed) == (
        "with_solution",
        2,
        1,
        True,
        False,
    )
    assert (first.points, first.max_points) == (2.0, 2.0)
    assert (mean.state, mean.aided, mean.points) == ("failed", False, 0.0)
    assert packed.manifest.lessons[0].aided == ("first-sum",)
    assert warnings(packed) == ""


def test_a_solution_looked_up_and_not_yet_checked_is_aid(workspace, course, write):
    write("first-sum", SOLVED)
    note(workspace, Event("first-sum", Kind.SOLUTION))
    assert pack(workspace, course, learner="Ada").manifest.lessons[0].aided == ("first-sum",)


def test_a_solution_looked_up_after_a_pass_is_none(workspace, course, write):
    write("first-sum", SOLVED)
    note(workspace, checked("first-sum", SOLVED), Event("first-sum", Kind.SOLUTION))
    assert pack(workspace, course, learner="Ada").manifest.lessons[0].aided == ()


def test_an_answer_that_the_last_check_did_not_see(workspace, course, write):
    write("first-sum", "first_sum = 43")
    note(workspace, checked("first-sum", SOLVED))
    write("first-mean", "first_mean = 1")  # never checked
    packed = pack(workspace, course, learner="Ada")
    assert [note.changed for note in packed.manifest.lessons[0].exercises] == [True, True]
    assert "changed since the last check, or not saved: first-sum, first-mean" in warnings(packed)


def test_spaces_at_line_ends_and_an_older_journal_are_no_change(workspace, course, write):
    write("first-sum", "first_sum = 42  \n\n")
    write("first-mean", "first_mean = 42")
    note(workspace, checked("first-sum", SOLVED), Event("first-mean", Kind.CHECK, Outcome.PASSED))
    assert not any(note.changed for note in pack(workspace, course, learner="Ada").manifest.lessons[0].exercises)


def test_what_a_learner_may_want_to_mend(workspace, course, write, monkeypatch):
    path = write("first-sum", SOLVED)
    document = json.loads(path.read_text(encoding="utf-8"))
    cells = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in document["cells"]}
    cells["first-sum-check"]["source"] = "pass"
    cells["first-sum"]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 3_000}]
    document["cells"].remove(cells["first-mean-check"])
    document["metadata"]["curriculum"]["version"] = "0"
    path.write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.setattr(_examine, "LARGE", 2_000)
    monkeypatch.setattr(_examine, "_LARGE_OUTPUTS", 2_000)
    said = warnings(pack(workspace, course, learner="Ada"))
    assert "cells are gone: first-mean-check" in said
    assert "cells that are not to be changed were: first-sum-check" in said
    assert "of version 0, the course is 1" in said
    assert "its outputs are" in said
    assert "your platform may refuse" in said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a complete notebook"),
        (b"{}", "is not a notebook"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"nbformat": 3, "worksheets": []}', "nbformat 3"),
        (b"[" * 100_000, "not a complete notebook"),
        (b'{"nbformat": 4, "cells": [], "metadata": {"curriculum": {"lesson": "second"}}}', "is lesson 'second'"),
        (b'{"nbformat": 4, "cells": [], "metadata": {"curriculum": {"course": "x"}}}', "of the course 'x'"),
    ],
)
def test_what_cannot_be_graded_is_refused_in_one_line(workspace, course, content, says):
    workspace.path(course.lesson("first")).write_bytes(content)
    with pytest.raises(SubmissionError, match=says) as caught:
        pack(workspace, course, [course.lesson("first")], learner="Ada")
    assert "\n" not in str(caught.value)
    assert "01-first.ipynb" in str(caught.value)
    assert not list(workspace.folder.glob("*.zip"))


def test_a_notebook_that_is_gone_or_too_large(workspace, course, write, monkeypatch):
    write("first-sum", SOLVED)
    workspace.path(course.lesson("second")).unlink()
    with pytest.raises(SubmissionError, match=r"02-|01-second\.ipynb: cannot be read"):
        pack(workspace, course, [course.lesson("second")], learner="Ada")
    assert len(pack(workspace, course, learner="Ada").lessons) == 1
    monkeypatch.setattr(_examine, "MAX_FILE", 100)
    with pytest.raises(SubmissionError, match="at most are graded; clear its outputs"):
        pack(workspace, course, learner="Ada")


def test_a_file_too_large_to_be_taken_is_not_written(workspace, course, write, monkeypatch):
    write("first-sum", SOLVED)
    monkeypatch.setattr(_pack, "MAX_FILE", 100)
    with pytest.raises(SubmissionError, match="hand in fewer lessons"):
        pack(workspace, course, learner="Ada")
    assert not list(workspace.folder.glob("*.zip"))


def test_limits_are_those_of_grading():
    assert _read.MAX_FILE == GRADED


def test_endless_outputs_are_taken_by_grading(workspace, course, write):
    path = write("first-sum", SOLVED)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "0" * 3_000_000}]
    path.write_text(json.dumps(document), encoding="utf-8")
    packed = pack(workspace, course, learner="Ada")
    collected = collect(packed.path, Sources(course))
    assert collected.refused == ()
    assert len(list(collected)) == 1
    assert read(packed.path).is_intact


def test_nothing_is_overwritten(workspace, course, write, tmp_path):
    write("first-sum", SOLVED)
    target = tmp_path / "mine.zip"
    target.write_text("precious", encoding="utf-8")
    with pytest.raises(SubmissionError, match="is there already"):
        pack(workspace, course, (), target, learner="Ada")
    assert target.read_text(encoding="utf-8") == "precious"
    with pytest.raises(SubmissionError, match=r"something\.zip"):
        pack(workspace, course, (), tmp_path / "mine.txt", learner="Ada")
    assert pack(workspace, course, (), tmp_path, learner="Ada").path.parent == tmp_path
    assert not list(tmp_path.glob(".handing-in*"))


def test_another_course_s_workspace(workspace, make_course):
    with pytest.raises(WorkspaceError, match="not of 'other'"):
        pack(workspace, make_course(name="other"), learner="Ada")


def test_whose_work_it_is(workspace, course, write, tmp_path):
    write("first-sum", SOLVED)
    assert submission.default_name(workspace) == "ws"
    pack(workspace, course, learner="  Ada   Lovelace ")
    assert submission.default_name(workspace) == "Ada Lovelace"
    (workspace.own / "submission.json").write_text("[", encoding="utf-8")
    assert submission.default_name(workspace) == "ws"
    renamed = workspace.folder.rename(tmp_path / course.id)
    moved = type(workspace)(renamed, course.id, course.version, workspace.files)
    with pytest.raises(SubmissionError, match="whose work is it"):
        pack(moved, course)


@pytest.mark.parametrize("name", ["\n", "\u200f", "a\x00b", "a\udc80", "x" * 129, "\x1b[31m"])
def test_names_that_are_none(workspace, course, write, name):
    write("first-sum", SOLVED)
    with pytest.raises(SubmissionError, match="name"):
        pack(workspace, course, learner=name)


@pytest.mark.parametrize(
    "name",
    [
        'Ada "x", <b>',
        "../../etc/passwd",
        "=HYPERLINK(1)",
        "CON",
        "nul.txt",
        "لوريم \u200fאבג",
        "😀👩‍👩‍👧",
        "C:\\x",
        "..",
        ".hidden",
        "submitted",
        "ß" * 128,
        "क्\u200cष",
        "00-start",
    ],
)
def test_any_learner_s_name_makes_a_file(workspace, course, write, name):
    write("first-sum", SOLVED)
    packed = pack(workspace, course, learner=name, now=NOW)
    assert packed.path.parent == workspace.folder
    assert len(packed.path.name.encode()) < 255
    assert read(packed.path).manifest.learner == clean(name)
    [item] = list(collect(packed.path, Sources(course)))
    assert item.learner
    assert item.lesson.id == "first"


@given(st.text(max_size=300))
def test_a_safe_name_is_safe_everywhere(name):
    made = safe(name)
    assert made == safe(made)
    assert made.isprintable()
    assert 0 < len(made.encode()) <= 121
    assert not set(made) & set('<>:"/\\|?*')
    assert made == made.strip(" .") or made.endswith("-")
    assert not made.startswith(".")
    assert made.split(".")[0].casefold() not in {"con", "nul", "com1", "aux"}
    assert unicodedata.is_normalized("NFC", made) or made == unicodedata.normalize("NFC", made)


def test_a_receipt_says_the_first_sixty_bits():
    assert receipt("0" * 64) == "0000-0000-0000"
    assert receipt("f" * 64) == "ZZZZ-ZZZZ-ZZZZ"
    assert receipt("0" * 14 + "1" + "0" * 49) == "0000-0000-0001"


def test_a_packed_zip_is_an_ordinary_one(workspace, course, write):
    write("first-sum", SOLVED)
    packed = pack(workspace, course, learner="Grüße 😀", now=NOW)
    with zipfile.ZipFile(packed.path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["submission.json", "Grüße 😀/01-first.ipynb"]
        data = json.loads(archive.read("submission.json"))
    assert (data["format"], data["schema"], data["made_at"]) == ("curriculum-submission", 1, "2026-03-01T12:30:15Z")


@pytest.mark.parametrize("name", ["aux", "AUX.txt", "con .a.b", "com¹", "LPT9.tar.gz", "CONIN$", "nul."])
def test_a_device_of_windows_is_no_name_whatever_follows_it(name):
    made = safe(name)
    assert made == safe(made)
    assert made.split(".")[0].endswith("-")
