"""``curriculum submit`` and ``curriculum collect`` as people meet them, from a learner's workspace to grading."""

from __future__ import annotations

import json
import re
import sys
import zipfile

import pytest

from curriculum import cli, journal
from curriculum import workspace as workspaces
from curriculum.grading.intake import Sources, collect
from curriculum.outcome import Outcome


@pytest.fixture
def run(course, monkeypatch, capsys):
    """Runs one command in this process; returns exit code, output and errors."""
    monkeypatch.setenv("CURRICULUM_COURSE", str(course.root))
    monkeypatch.setenv("COLUMNS", "80")

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["curriculum", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return int(ended.value.code or 0), captured.out, captured.err

    return command


@pytest.fixture
def workspace(course, tmp_path, monkeypatch):
    made = workspaces.create_or_update(tmp_path / "work of [ada]", course).workspace
    monkeypatch.chdir(made.folder)
    return made


def answer(workspace, course, exercise, source):
    lesson, _ = course.exercise(exercise)
    path = workspace.path(lesson)
    document = json.loads(path.read_text(encoding="utf-8"))
    for cell in document["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == exercise:
            cell["source"] = source
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_learner_hands_in(run, workspace, course):
    answer(workspace, course, "first-sum", "first_sum = 42")
    journal.append(workspace.folder, journal.Event("first-sum", outcome=Outcome.PASSED))
    code, out, err = run("submit", "--learner", "[b]Ada[/b]")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert re.search(r"first +1 +1 +2/4", out)
    assert "first: not attempted: first-mean" in out
    assert "learner: [b]Ada[/b]" in out
    receipt = re.search(r"receipt: (\w{4}-\w{4}-\w{4}) ", out)[1]
    [path] = workspace.folder.glob("*.zip")
    assert out.rstrip().endswith(str(path))
    code, out, _ = run("collect", path, "--to", path.parent.parent / "submitted")
    assert code == 0
    data = json.loads((path.parent.parent / "submitted" / "collected.json").read_text(encoding="utf-8"))
    assert data["files"][0]["receipt"] == receipt


def test_what_stops_a_learner_is_one_line(run, workspace, course):
    for arguments, says in [
        (("submit",), "nothing to hand in"),
        (("submit", "frist"), "did you mean 'first'"),
        (("submit", "first", "--learner", "\n"), "name is empty"),
    ]:
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert says in err
        assert err.count("\n") == 1
    workspace.path(course.lesson("first")).write_text("{", encoding="utf-8")
    code, _, err = run("submit", "first")
    assert code == 2
    assert "01-first.ipynb: is not a complete notebook" in err
    assert not list(workspace.folder.glob("*.zip"))


def test_from_the_learner_to_grading(run, workspace, course, tmp_path):
    answer(workspace, course, "first-sum", "first_sum = 42")
    assert run("submit", "--learner", "Ada", "--to", tmp_path / "ada.zip")[0] == 0
    with zipfile.ZipFile(tmp_path / "canvas.zip", "w") as download:
        download.write(tmp_path / "ada.zip", "lovelaceada_LATE_12345_678_ada.zip")
        download.writestr("hoppergrace_777_679_essay.pdf", "x")
    (tmp_path / "class.csv").write_text("Key;Name;Canvas\nada;Ada Lovelace;12345\ngrace;Grace Hopper;777\n")
    arguments = ("collect", tmp_path / "canvas.zip", "--to", tmp_path / "out", "--roster", tmp_path / "class.csv")
    code, out, err = run(*arguments)
    assert (code, err) == (1, "")
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert re.search(r"ada +first +1 +late 20\d\d-\d\d-\d\d \d\d:\d\d +intact", out)
    assert "is neither a notebook nor a zip" in " ".join(out.split())
    assert "nothing from 1: grace" in out
    assert [(item.learner, item.lesson.id) for item in collect(tmp_path / "out", Sources(course))] == [("ada", "first")]
    code, _, err = run(*arguments)
    assert (code, err.count("\n")) == (2, 1)
    assert "add --replace" in err


def test_a_large_class_is_a_row_a_lesson(run, notebook, zipped, tmp_path):
    content = {f"learner{chr(97 + n % 26)}{chr(97 + n // 26)}_{n}_{n}_01-first.ipynb": notebook() for n in range(1, 60)}
    code, out, _ = run("collect", zipped(content), "--to", tmp_path / "out")
    assert code == 0
    assert re.search(r"00-start/01-first.ipynb +59 +59", out)
    assert len(out.splitlines()) < 12


def test_the_checks_note_which_answer_they_saw(run, workspace, course):
    answer(workspace, course, "first-sum", "%pwd\nfirst_sum = 42  # mine")
    run("check", "first")
    [event] = [event for event in journal.events(workspace.folder) if event.exercise == "first-sum"]
    assert event.outcome is Outcome.PASSED
    assert event.answer == journal.fingerprint("%pwd\nfirst_sum = 42  # mine")
    assert "changed since" not in run("submit", "--learner", "Ada")[1]
    answer(workspace, course, "first-sum", "first_sum = 43")
    code, out, _ = run("submit", "--to", workspace.folder / "again.zip")
    assert code == 0
    assert "first: changed since the last check, or not saved: first-sum" in out
