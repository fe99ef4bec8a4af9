"""A learner's folder: made, brought up to date, and never at the cost of the learner's work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from curriculum import journal, notebook
from curriculum import workspace as workspaces
from curriculum.errors import WorkspaceError
from curriculum.journal import Event, Kind
from curriculum.outcome import Outcome
from curriculum.workspace import Action, State, create_or_update

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST = "00-start/01-first"


def source(path: Path, cell: str) -> str:
    return next(found.source for found in notebook.read(path).cells if found.id == cell)


def change(path: Path, **sources: str) -> None:
    """Write other sources into a notebook's cells, as a learner would; ``_`` stands for ``-`` in their ids."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for cell in data["cells"]:
        cell["source"] = sources.get(cell["id"].replace("-", "_"), cell["source"])
    path.write_text(json.dumps(data), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, but the locks."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Grüße an alle" / "mein Kurs"


@pytest.fixture
def second_version(make_course: Any) -> Callable[[], Any]:
    """Makes version 2 of the small course: another opening, one more exercise, none of ``first-mean``."""

    def make() -> Any:
        lessons = make_course.default()
        lessons[FIRST] = make_course.lesson("first", "first-new", "first-sum", intro="A better reason.")
        return make_course(lessons, version="2")

    return make


def test_new_workspace_holds_every_lesson_without_solutions(folder, make_course):
    report = create_or_update(folder, make_course())
    assert report.created
    assert [change.action for change in report.changes] == [Action.NEW, Action.NEW]
    text = (folder / f"{FIRST}.ipynb").read_text(encoding="utf-8")
    assert "HIDDEN" not in text
    assert source(folder / f"{FIRST}.ipynb", "first-sum") == "first_sum = (\n    ...\n)"
    assert workspaces.find(folder / "00-start").folder == folder


def test_second_run_changes_no_byte(folder, make_course):
    course = make_course()
    create_or_update(folder, course)
    change(folder / f"{FIRST}.ipynb", first_sum="first_sum = 42")
    before = contents(folder)
    report = create_or_update(folder, course)
    assert contents(folder) == before
    assert not report.created
    assert {change.action for change in report.changes} == {Action.UNCHANGED}


def test_untouched_lesson_is_replaced_without_a_backup(folder, make_course, second_version):
    create_or_update(folder, make_course())
    report = create_or_update(folder, second_version())
    assert {change.action for change in report.changes} == {Action.UPDATED}
    assert report.backup is None
    assert "A better reason." in source(folder / f"{FIRST}.ipynb", "first-title")
    assert notebook.read(folder / f"{FIRST}.ipynb").own["version"] == "2"


def test_changed_lesson_is_merged_around_the_answers_after_a_backup(folder, make_course, second_version):
    create_or_update(folder, make_course())
    path = folder / f"{FIRST}.ipynb"
    change(path, first_sum="first_sum = 42  # mine", first_mean="first_mean = 7", first_end="my notes")
    before = path.read_bytes()
    report = create_or_update(folder, second_version())
    assert report.with_action(Action.MERGED)[0].lesson.id == "first"
    assert report.backup is not None
    assert (report.backup / f"{FIRST}.ipynb").read_bytes() == before
    merged = notebook.read(path)
    nbformat.validate(merged.to_json())
    sources = [cell.source for cell in merged.cells]
    assert {"first_sum = 42  # mine", "first_mean = 7", "my notes"} <= set(sources)
    assert "first-new" in [cell.grade_id for cell in merged.cells]
    again = contents(folder)
    create_or_update(folder, second_version())
    assert contents(folder) == again


def test_update_cut_short_before_the_base_was_written_is_finished_by_the_next(folder, make_course, second_version):
    create_or_update(folder, make_course())
    path, base = folder / f"{FIRST}.ipynb", folder / ".curriculum" / "base" / f"{FIRST}.ipynb"
    change(path, first_sum="first_sum = 42", first_title="# my title")
    old_base = base.read_bytes()
    create_or_update(folder, second_version())
    merged = path.read_bytes()
    base.write_bytes(old_base)
    report = create_or_update(folder, second_version())
    assert path.read_bytes() == merged
    assert report.backup is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"cells": [{"cell_type": "code", "sour', "is not a complete notebook"),
        ('{"nbformat": 3, "worksheets": []}', "nbformat 3"),
        ("", "is not a complete notebook"),
        ("[]", "has no nbformat"),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"curriculum": {"course": "other"}}}',
            "of the course 'other'",
        ),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"curriculum": {"lesson": "second"}}}',
            "is lesson 'second'",
        ),
        (
            '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw", "source": "\\ud800", "metadata": {}}]}',
            "half a character",
        ),
    ],
)
def test_file_that_is_no_such_notebook_is_left_alone_and_the_rest_updated(
    folder, make_course, second_version, text, says
):
    create_or_update(folder, make_course())
    path = folder / f"{FIRST}.ipynb"
    path.write_text(text, encoding="utf-8")
    report = create_or_update(folder, second_version())
    assert path.read_text(encoding="utf-8") == text
    left, other = report.changes
    assert left.action is Action.LEFT
    assert says in left.note
    assert "\n" not in left.note
    assert other.action is Action.UPDATED
    path.unlink()
    assert create_or_update(folder, second_version()).changes[0].action is Action.NEW


def test_folder_with_other_files_keeps_them(folder, make_course):
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    create_or_update(folder, make_course())
    assert (folder / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_file_with_a_lessons_name_counts_as_the_learners(folder, make_course):
    path = folder / f"{FIRST}.ipynb"
    own = make_course.notebook(FIRST, [make_course.code("c1", "my own work")])
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(own), encoding="utf-8")
    report = create_or_update(folder, make_course())
    assert report.changes[0].action is Action.MERGED
    assert report.backup is not None
    assert source(path, "c1") == "my own work"
    assert source(path, "first-sum")


def test_lesson_that_got_another_number_takes_the_work_along(folder, make_course):
    create_or_update(folder, make_course())
    change(folder / f"{FIRST}.ipynb", first_sum="first_sum = 42")
    lessons = make_course.default()
    renumbered = {"00-start/02-first": lessons[FIRST], "01-more/01-second": lessons["01-more/01-second"]}
    create_or_update(folder, make_course(renumbered, version="2"))
    assert not (folder / f"{FIRST}.ipynb").exists()
    assert source(folder / "00-start" / "02-first.ipynb", "first-sum") == "first_sum = 42"


def test_folder_that_is_a_file_is_one_clear_line(tmp_path, make_course):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="is a file: choose a folder"):
        create_or_update(tmp_path / "file", make_course())
    with pytest.raises(WorkspaceError, match="cannot be written: Not a directory"):
        create_or_update(tmp_path / "file" / "below", make_course())
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_the_courses_own_folder_and_another_courses_workspace_are_refused(folder, make_course):
    course = make_course()
    with pytest.raises(WorkspaceError, match="the course's own notebooks"):
        create_or_update(course.root / "00-start", course)
    create_or_update(folder, course)
    with pytest.raises(WorkspaceError, match="is a workspace of the course 'tiny', not of 'other'"):
        create_or_update(folder, make_course(name="other"))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 1}'])
def test_damaged_description_is_one_line_and_is_made_anew(folder, make_course, damage):
    create_or_update(folder, make_course())
    (folder / ".curriculum" / "workspace.json").write_text(damage, encoding="utf-8")
    with pytest.raises(WorkspaceError, match="is damaged: run `curriculum learn`"):
        workspaces.find(folder)
    create_or_update(folder, make_course())
    assert workspaces.find(folder).course == "tiny"


def test_no_workspace_is_one_line_that_says_what_to_do(tmp_path):
    with pytest.raises(WorkspaceError, match="no workspace here: make one with `curriculum learn`"):
        workspaces.find(tmp_path)


DISK = """
import json, subprocess, sys
from pathlib import Path
from curriculum import course, workspace
from curriculum.errors import WorkspaceError
first, second = (course.load(Path(root)) for root in sys.argv[1:3])
folder = Path("ws")
workspace.create_or_update(folder, first)
path = folder / "00-start/01-first.ipynb"
path.write_text(path.read_text().replace("# Lesson first", "# My lesson"))
if sys.argv[3] == "read-only":
    subprocess.run(["mount", "-o", "remount,ro", "."], check=True)
else:
    fill = open("fill", "wb", buffering=0)
    try:
        while True:
            fill.write(b"0" * 4096)
    except OSError:
        pass
    fill.truncate(fill.tell() - int(sys.argv[4]) * 4096)
try:
    workspace.create_or_update(folder, second)
    print("done")
except WorkspaceError as error:
    print(error)
for p in folder.rglob("*.ipynb"):
    assert json.loads(p.read_text())["nbformat"] == 4, p
assert not list(folder.rglob("*.part"))
assert b"My lesson" in path.read_bytes()
if sys.argv[3] != "read-only":
    fill.truncate(0)
    workspace.create_or_update(folder, second)
    assert b"My lesson" in path.read_bytes() and b"first-new" in path.read_bytes()
"""


@pytest.mark.parametrize("pages_left", range(6))
def test_full_disk_at_any_moment_leaves_every_notebook_whole(mounted, make_course, second_version, pages_left):
    roots = str(make_course().root), str(second_version().root)
    output = mounted(DISK, "size=256k", *roots, "full", str(pages_left))
    assert output.count("\n") == 1
    assert output == "done\n" or "cannot be written: No space left on device" in output


def test_read_only_folder_is_one_clear_line(mounted, make_course, second_version):
    roots = str(make_course().root), str(second_version().root)
    output = mounted(DISK, "size=256k", *roots, "read-only")
    assert "cannot be written: Read-only file system" in output
    assert output.count("\n") == 1


# --- where the learner stands -----------------------------------------------------------------------------------------


def stands(*events: Event) -> workspaces.Record:
    return workspaces.records([*events])["x"]


CHECKED = {outcome: Event("x", Kind.CHECK, outcome) for outcome in Outcome}
PASSED, FAILED = CHECKED[Outcome.PASSED], CHECKED[Outcome.FAILED]
LOOKED, RESET = Event("x", Kind.SOLUTION), Event("x", Kind.RESET)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([CHECKED[Outcome.NOT_ATTEMPTED]], State.NOT_ATTEMPTED),
        ([FAILED], State.FAILED),
        ([FAILED, CHECKED[Outcome.RAISED]], State.RAISED),
        ([FAILED, PASSED], State.PASSED),
        ([PASSED, FAILED], State.PASSED),
        ([PASSED, RESET], State.NOT_ATTEMPTED),
        ([PASSED, RESET, FAILED], State.FAILED),
        ([LOOKED, PASSED], State.WITH_SOLUTION),
        ([PASSED, LOOKED, PASSED], State.PASSED),
        ([LOOKED, PASSED, RESET, PASSED], State.WITH_SOLUTION),
    ],
)
def test_state_of_an_exercise(events, state):
    assert stands(*events).state is state


def test_attempts_and_hints_are_counted():
    record = stands(CHECKED[Outcome.NOT_ATTEMPTED], FAILED, Event("x", Kind.HINT), PASSED)
    assert (record.attempts, record.hints) == (2, 1)


def test_progress_over_the_course(folder, make_course):
    course = make_course()
    create_or_update(folder, course)
    for name, outcome in [("first-sum", Outcome.PASSED), ("first-mean", Outcome.FAILED), ("gone", Outcome.PASSED)]:
        journal.append(folder, Event(name, outcome=outcome))
    progress = workspaces.standing(folder, course)
    assert (progress.passed, progress.total, progress.earned, progress.points) == (1, 3, 2, 6)
    following = progress.next_open
    assert following is not None
    assert following[1].id == "first-mean"
    text = repr(workspaces.View(progress))
    assert "first-mean, in 00-start/01-first.ipynb" in text
    assert max(map(len, text.splitlines())) <= 80
    json.dumps(progress.to_json())


def test_progress_page_needs_nothing_but_itself(folder, make_course, tmp_path):
    course = make_course()
    create_or_update(folder, course)
    page = tmp_path / "page.html"
    workspaces.save_page(workspaces.standing(folder, course), page)
    text = page.read_text(encoding="utf-8")
    assert "http" not in text
    assert "src=" not in text
    assert "prefers-color-scheme: dark" in text
    assert "find first-sum" in text


def test_titles_are_escaped_in_html(folder, make_course):
    lessons = {FIRST: make_course.lesson("first", "first-sum")}
    lessons[FIRST][2]["source"] = "### Exercise: <script>alert(1)</script>"
    course = make_course(lessons)
    create_or_update(folder, course)
    progress = workspaces.standing(folder, course)
    assert "<script>" not in workspaces.View(progress)._repr_html_()
    assert "<script>" not in workspaces.as_page(progress)


def test_progress_in_a_notebook_outside_a_workspace_is_one_line(tmp_path, monkeypatch, make_course):
    monkeypatch.setenv("CURRICULUM_COURSE", str(make_course().root))
    monkeypatch.setattr(journal, "_START", tmp_path)
    monkeypatch.chdir(tmp_path)
    shown = workspaces.progress()
    assert repr(shown).startswith("no workspace here")
    assert "\n" not in repr(shown)
    assert "no workspace here" in shown._repr_html_()
