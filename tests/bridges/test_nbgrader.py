"""nbgrader's course folder, out and in; the real nbgrader makes, opens, grades and fills it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from bridge_records import LESSONS, NOON, attempt, mark, read_csv

from curriculum.bridges import (
    NbComment,
    NbCourse,
    NbLearner,
    NbScore,
    NbSubmission,
    bring_nbgrader,
    neutral,
    read_nbgrader,
    write_nbgrader,
)
from curriculum.errors import BridgeError, SubmissionError
from curriculum.gradebook import Gradebook, Learner, Row, Sheet, Standing
from curriculum.release import learner_edition

CONFIG = Path(__file__).parents[2] / "notebooks" / "nbgrader_config.py"
NAME = 'مريم "M.", =HYPERLINK("x")'


def with_essay(make):
    """A course whose first lesson has an answer that a person grades."""
    cells = make.lesson("first", "first-sum")
    meta = {"grade": True, "grade_id": "first-why", "locked": False, "points": 3, "schema_version": 3}
    essay = make.text("first-why", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION")
    essay["metadata"] = {"curriculum": {"exercise": "first-why"}, "nbgrader": meta | {"solution": True, "task": False}}
    course = make({"00-start/01-first": [*cells, essay], "01-more/01-second": make.lesson("second", "second-sum")})
    shutil.copy(CONFIG, course.root)
    return course


def answered(course, answer: str, essay: str) -> bytes:
    data = json.loads(learner_edition(course.lesson("first"), course).dumps())
    for cell in data["cells"]:
        cell["source"] = {"first-sum": answer, "first-why": essay}.get(cell["id"], cell["source"])
    return json.dumps(data).encode("utf-8")


def class_of(course, files: dict[str, bytes]) -> Sheet:
    column = replace(LESSONS[0], id="first", title="First")
    rows = []
    for key, content in files.items():
        handed = attempt(key, "first", mark(2.0), sha256=sha256(content).hexdigest())
        who = Learner(key, NAME if key == "ada" else "", f"{key}@example.org", ids={"canvas": f"1-{key}"})
        rows.append(Row(who, {"first": Standing(key, "first", 10.0, (handed,), handed)}, 2.0, 10.0))
    return Sheet(course.id, course.title, course.version, (column,), tuple(rows), NOON)


def hand_in(place: Path, files: dict[str, bytes]) -> Path:
    for key, content in files.items():
        (place / key).mkdir(parents=True)
        (place / key / "01-first.ipynb").write_bytes(content)
    return place


def python(folder: Path, *arguments: str) -> str:
    """Run Python where nbgrader finds the alembic of this environment, which it starts by its name."""
    environment = os.environ | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def nbgrader(folder: Path, *arguments: str) -> str:
    return python(folder, "-m", "nbgrader", *arguments)


# What nbgrader's formgrader lets an instructor do, through the same interface; prints what nbgrader counts.
BY_HAND = """
import json
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

with Gradebook("sqlite:///gradebook.db") as book:
    book.update_or_create_assignment("first", duedate="2026-03-01 00:00:00 UTC")
nbgrader = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py").load_config())
for student in ("ada", "bo"):
    done = nbgrader.autograde("first", student)
    assert done["success"], done
with Gradebook("sqlite:///gradebook.db") as book:
    book.grant_extension("first", "ada", hours=2)
    submission = book.find_submission("first", "ada")
    [notebook] = submission.notebooks
    notebook.late_submission_penalty = 0.5
    for grade in notebook.grades:
        if grade.name == "first-why":
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 2.5, 0.25, False
    for comment in notebook.comments:
        comment.manual_comment = "Nearly; <b>why</b>?" if comment.name == "first-why" else None
    book.db.commit()
    found = [book.find_submission("first", student) for student in ("ada", "bo")]
    print(json.dumps({each.student.id: [each.score, each.total_seconds_late] for each in found}))
"""


@pytest.fixture(scope="module")
def graded(make_module_course, tmp_path_factory):
    """A course folder that we have written and the real nbgrader has worked in; and what nbgrader says of it."""
    course = with_essay(make_module_course)
    base = tmp_path_factory.mktemp("nbgrader ü")
    files = {"ada": answered(course, "first_sum = 42", "It is so."), "bo": answered(course, "first_sum = 41", "Hm.")}
    folder = base / "course"
    made = write_nbgrader(
        course,
        [course.lesson("first")],
        folder,
        submissions=hand_in(base / "handed in", files),
        sheet=class_of(course, files),
    )
    nbgrader(folder, "generate_assignment", "first")
    nbgrader(folder, "db", "student", "import", "students.csv")
    return course, folder, made, json.loads(python(folder, "-c", BY_HAND))


def test_nbgrader_opens_what_was_written(graded):
    course, folder, made, _ = graded
    assert (made.lessons, made.submissions, made.refused) == (("first",), 2, ())
    assert (folder / "source" / "first" / "01-first.ipynb").read_bytes() == course.lesson("first").path.read_bytes()
    released = json.loads((folder / "release" / "first" / "01-first.ipynb").read_text(encoding="utf-8"))
    ours = json.loads(learner_edition(course.lesson("first"), course).dumps())
    assert [cell["source"] for cell in released["cells"]] == [cell["source"] for cell in ours["cells"]]
    assert (folder / "autograded" / "ada" / "first" / "01-first.ipynb").is_file()


def test_what_nbgrader_knows_is_read(graded):
    _, folder, _, said = graded
    read = read_nbgrader(folder)
    assert read.assignments == {"first": datetime(2026, 3, 1, tzinfo=UTC)}
    ada, bo = read.learners
    assert (ada.id, ada.name, ada.email, ada.lms_user_id) == ("ada", NAME, "ada@example.org", "1-ada")
    assert (bo.id, bo.name) == ("bo", "")
    first, second = read.submissions
    assert (first.learner, first.assignment, first.handed_in) == ("ada", "first", NOON)
    assert (first.extension, first.late) == (timedelta(hours=2), timedelta(hours=10))
    assert first.due == datetime(2026, 3, 1, 2, tzinfo=UTC)
    scores = {score.cell: score for score in first.scores}
    assert set(scores) == {"first-sum-check", "first-why"}
    assert {score.notebook for score in first.scores} == {"01-first"}
    check, essay = scores["first-sum-check"], scores["first-why"]
    assert (check.automatic, check.manual, check.max_points, check.waits) == (2.0, None, 2.0, False)
    assert (essay.automatic, essay.manual, essay.extra, essay.waits) == (None, 2.5, 0.25, False)
    assert [(each.cell, each.text) for each in first.comments] == [("first-why", "Nearly; <b>why</b>?")]
    waiting = {score.cell: score for score in second.scores}["first-why"]
    assert (waiting.waits, waiting.points, second.extension) == (True, 0.0, timedelta())
    assert second.late == timedelta(hours=12)
    # The same as nbgrader says itself; it names the penalty apart.
    assert said == {each.learner: [each.points + each.penalty, each.late.total_seconds()] for each in (first, second)}
    assert (first.penalty, first.points, second.points) == (0.5, 4.25, 0.0)


def test_what_nbgrader_knows_comes_into_a_gradebook_once(graded, tmp_path):
    _, folder, _, said = graded
    with Gradebook.open(tmp_path / "book.sqlite", create=True) as book:
        first = bring_nbgrader(book, folder, "prof")
        assert (first.enrolled, first.imported.submissions, first.by_hand) == (2, 2, 2)
        assert first.penalties == {("ada", "first"): 0.5}
        before = book.sheet()
        again = bring_nbgrader(book, folder, "prof")
        assert (again.enrolled, again.imported.submissions, again.by_hand) == (0, 0, 0)
        assert book.sheet().rows == before.rows
    rows = {row.learner.key: row for row in before.rows}
    assert {key: row.points for key, row in rows.items()} == {key: points for key, (points, _) in said.items()}
    ada = rows["ada"].standings["first/01-first"]
    assert (ada.due, ada.counted.late) == (datetime(2026, 3, 1, 2, tzinfo=UTC), timedelta(hours=10))
    essay = next(each for each in ada.counted.marks if each.exercise == "first-why")
    assert [(score.points, score.comment, score.author) for score in essay.scores] == [
        (2.5, "", "prof"),
        (None, "Nearly; <b>why</b>?", "prof"),
    ]
    assert [credit.points for credit in ada.extra] == [0.25]
    assert not ada.counted.sandboxed
    assert rows["bo"].standings["first/01-first"].waiting == 1


def test_reading_changes_nothing(graded):
    folder = graded[1]
    before = (folder / "gradebook.db").read_bytes(), sorted(path.name for path in folder.iterdir())
    read_nbgrader(folder / "gradebook.db")
    assert (folder / "gradebook.db").read_bytes() == before[0]
    assert sorted(path.name for path in folder.iterdir()) == before[1]


def test_writing_again_keeps_what_is_the_same(graded, tmp_path):
    course, folder, _, _ = graded
    again = write_nbgrader(course, [course.lesson("first"), course.lesson("second")], folder)
    assert (again.written, again.kept) == (1, 2)
    assert (folder / "gradebook.db").is_file()


def test_what_is_there_with_another_content_stays_and_nothing_is_written(make_course, tmp_path):
    course = with_essay(make_course)
    mine = tmp_path / "out" / "source" / "second" / "01-second.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("my own", encoding="utf-8")
    with pytest.raises(BridgeError, match="is there already with another content"):
        write_nbgrader(course, course.lessons, tmp_path / "out")
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [mine]
    assert mine.read_text(encoding="utf-8") == "my own"


def test_a_zip_of_submissions_with_bad_names(make_course, tmp_path):
    course = with_essay(make_course)
    content = answered(course, "first_sum = 1", "x")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ["ada/01-first.ipynb", "מרים/01-first.ipynb", "../eve/01-first.ipynb", "ada/notes/deep/x/a.ipynb"]:
            archive.writestr(name, content)
        archive.writestr("bo/01-second.ipynb", content)
    made = write_nbgrader(course, [course.lesson("first")], tmp_path / "out", submissions=tmp_path / "all.zip")
    assert made.submissions == 2
    assert len(made.refused) == 2
    assert sorted(path.name for path in (tmp_path / "out" / "submitted").iterdir()) == ["ada", "מרים"]
    assert not (tmp_path / "eve").exists()


def test_learners_are_listed_for_nbgrader(make_course, tmp_path):
    course = with_essay(make_course)
    learners = [Learner("=x", "=1+1", "+a@example.org"), Learner("b", "B", ids={"moodle": "9"})]
    rows = tuple(Row(who, {}, 0.0, 0.0) for who in learners)
    listed = Sheet(course.id, course.title, course.version, (), rows, NOON)
    write_nbgrader(course, [], tmp_path / "out", sheet=listed)
    first, second = read_csv((tmp_path / "out" / "students.csv").read_bytes())
    assert (first["id"], first["first_name"], first["email"]) == ("=x", neutral("=1+1"), "+a@example.org")
    assert (second["first_name"], second["last_name"], second["lms_user_id"]) == ("B", "", "9")


def test_no_submissions_is_one_line(make_course, tmp_path):
    course = with_essay(make_course)
    with pytest.raises(SubmissionError, match="no such file or folder"):
        write_nbgrader(course, course.lessons, tmp_path / "out", submissions=tmp_path / "none")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "other"])
def test_a_gradebook_that_is_none_is_one_line(tmp_path, kind):
    path = tmp_path / "gradebook.db"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("no database, but long enough to be taken for a page of one " * 100, encoding="utf-8")
    elif kind == "other":
        with sqlite3.connect(path) as base:
            base.execute("CREATE TABLE assignment (name TEXT)")
        base.close()
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(BridgeError, match=r"gradebook\.db: (there is no|is no) gradebook of nbgrader") as caught:
        read_nbgrader(tmp_path)
    assert "\n" not in str(caught.value)
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("name", ["C:eve", "a\\b"])
def test_a_learner_called_as_a_place_on_another_system_is_refused(make_course, tmp_path, name):
    course = with_essay(make_course)
    place = hand_in(tmp_path / "handed in", {name: answered(course, "first_sum = 1", "x")})
    made = write_nbgrader(course, course.lessons, tmp_path / "out", submissions=place)
    assert made.submissions == 0
    assert "cannot be the name of a folder" in made.refused[0]


def test_a_comment_to_a_cell_whose_name_another_notebooks_graded_cell_has(tmp_path, monkeypatch):
    scores = (
        NbScore("one", "ex", 2.0, automatic=None, manual=1.0, extra=0.0, waits=False),
        NbScore("two", "ex-test", 2.0, automatic=2.0, manual=None, extra=0.0, waits=False),
    )
    comments = (NbComment("one", "ex", "Nearly."), NbComment("two", "ex", "Well done."))
    handed = NbSubmission("ada", "ps1", NOON, None, timedelta(), timedelta(), 0.0, scores, comments)
    found = NbCourse({"ps1": None}, (NbLearner("ada", "Ada", "Lovelace", "", ""),), (handed,))
    monkeypatch.setattr("curriculum.bridges._nbgrader_bring.read_nbgrader", lambda _: found)
    with Gradebook.open(tmp_path / "book.db", create=True) as book:
        assert bring_nbgrader(book, tmp_path).by_hand == 2
        standings = book.sheet().rows[0].standings
    (mark,) = standings["ps1/one"].attempts[0].marks
    assert [comment.comment for comment in mark.comments] == ["Nearly."]
