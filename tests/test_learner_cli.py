"""The learner's commands as a learner runs them: what they print, and how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from curriculum import cli, journal, notebook
from curriculum import workspace as workspaces
from curriculum.workspace import _lab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST = "00-start/01-first.ipynb"


@pytest.fixture
def course(make_course: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = make_course()
    monkeypatch.setenv("CURRICULUM_COURSE", str(made.root))
    monkeypatch.setenv("COLUMNS", "80")
    return made


@pytest.fixture
def run(
    course: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs one command in this process; returns exit code, output and errors."""

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["curriculum", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return int(ended.value.code or 0), captured.out, captured.err

    return command


@pytest.fixture
def folder(tmp_path: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh workspace, which is also the current folder."""
    place = tmp_path / "Grüße an alle"
    assert run("learn", str(place), "--no-start")[0] == 0
    monkeypatch.chdir(place)
    return place


def write(folder: Path, name: str, **sources: str) -> Path:
    path = folder / name
    data = json.loads(path.read_text(encoding="utf-8"))
    for cell in data["cells"]:
        cell["source"] = sources.get(cell["id"].replace("-", "_"), cell["source"])
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def answer(folder: Path, cell: str) -> str:
    return next(found.source for found in notebook.read(folder / FIRST).cells if found.id == cell)


def is_one_line(text: str) -> bool:
    return text.startswith("curriculum: ") and text.count("\n") == 1


def test_learn_reports_what_it_did(tmp_path, run, make_course, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "is made, version 1: 2 new." in run("learn", "--no-start")[1]
    assert (tmp_path / "tiny" / FIRST).is_file()
    monkeypatch.chdir(tmp_path / "tiny" / "00-start")
    assert "is up to date, version 1: 2 unchanged." in run("learn", "--no-start")[1]
    write(tmp_path / "tiny", FIRST, first_sum="first_sum = 1")
    lessons = make_course.default() | {"00-start/01-first": make_course.lesson("first", "first-sum", intro="New.")}
    newer = make_course(lessons, version="2")
    output = run("learn", "--no-start", "--course", str(newer.root))[1]
    assert "1 updated, 1 merged" in output
    assert "your notebooks as they were before: " in output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "fist"], "did you mean 'first'?"),
        (["check", "quantum"], "see all with: curriculum course"),
        (["hint", "first-sun"], "did you mean 'first-sum'?"),
        (["solution", "first_sum", "--yes"], "did you mean 'first-sum'?"),
        (["reset", "First-Sum", "--yes"], "did you mean 'first-sum'?"),
        (["reset", "first-sum", "--yes"], "there is nothing to reset"),
        (["progress", "--html", "no/../first\0"], "cannot be written"),
        (["progress", "--course", "."], "holds no course"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(folder, run, arguments, says):
    if "\0" in arguments[-1]:
        arguments = [*arguments[:-1], str(folder / FIRST / "below.html")]
    code, _, errors = run(*arguments)
    assert (code, is_one_line(errors)) == (2, True)
    assert says in errors


@pytest.mark.parametrize("command", [["check", "first"], ["progress"], ["reset", "first-sum"]])
def test_outside_a_workspace_is_one_line_and_exit_code_2(tmp_path, run, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    code, _, errors = run(*command)
    assert (code, is_one_line(errors)) == (2, True)
    assert "no workspace here" in errors


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"cells": [', "is not a complete notebook"),
        ('{"nbformat": 3, "worksheets": []}', "is in nbformat 3"),
        ("\xff", "is not a complete notebook"),
    ],
)
@pytest.mark.parametrize("command", [["check", "first"], ["reset", "first-sum", "--yes"]])
def test_damaged_notebook_is_one_line_and_exit_code_2(folder, run, command, text, says):
    (folder / FIRST).write_text(text, encoding="utf-8")
    code, _, errors = run(*command)
    assert (code, is_one_line(errors)) == (2, True)
    assert says in errors
    code, output, _ = run("learn", "--no-start")
    assert code == 0
    assert f"{FIRST} left alone: " in output
    assert run("doctor")[0] == 1


def test_check_shows_outcomes_and_messages_and_leaves_the_file_alone(folder, run):
    path = write(folder, FIRST, first_sum="first_sum = 42", first_mean="first_mean = 41")
    before = path.read_bytes()
    code, output, _ = run("check", "first")
    assert code == 1
    assert re.search(r"first-sum +passed", output)
    assert re.search(r"first-mean +failed", output)
    assert "expected 42, got 41" in output
    assert path.read_bytes() == before
    assert [event.outcome for event in journal.events(folder)] == ["passed", "failed"]
    assert "◐" not in run("progress")[1]
    write(folder, FIRST, first_mean="first_mean = 42")
    assert run("check", "01-first")[0] == 0


def test_hanging_cell_and_dead_kernel_cost_their_own_exercise(folder, run):
    write(folder, FIRST, first_sum="while True: pass", first_mean="first_mean = 42")
    code, output, _ = run("check", "first", "--timeout", "2")
    assert code == 1
    assert re.search(r"first-sum +timed out", output)
    assert re.search(r"first-mean +passed", output)
    write(folder, FIRST, first_sum="first_sum = 42", first_mean="import os; os._exit(1)")
    code, output, _ = run("check", "first")
    assert code == 1
    assert re.search(r"first-sum +passed", output)
    assert re.search(r"first-mean +killed", output)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("first_sum = 1 / 0", "the cell above ended with ZeroDivisionError: division by zero"),
        ("first_sum = )", "the cell above ended with SyntaxError"),
        (
            "first_sum = 42; check = 3",
            "One of its cells ended with AttributeError: 'int' object has no attribute 'exercise'",
        ),
    ],
)
def test_check_says_what_stopped_a_cell(folder, run, source, says):
    write(folder, FIRST, first_sum=source)
    code, output, _ = run("check", "first")
    assert code == 1
    assert re.search(r"first-sum +raised", output)
    assert says in " ".join(output.split())


def test_a_folder_is_no_page(folder, run):
    code, _, error = run("progress", "--html", str(folder))
    assert code == 2
    assert is_one_line(error)
    assert "is a folder: name the file to write" in error


def test_lessons_and_exercises_are_told_apart(folder, run):
    assert "'first-sum' is an exercise of the lesson 'first', not a lesson" in run("check", "first-sum")[2]
    assert "'first' is a lesson, not an exercise" in run("hint", "first")[2]


def test_hints_come_one_by_one_and_are_recorded(folder, run):
    shown = [run("hint", "first-sum")[1] for _ in range(3)]
    assert "Nudge 1" in shown[0]
    assert "Nudge 2" not in shown[0]
    assert "Hint 2 of 2" in shown[1]
    assert "Nudge 1" not in shown[1]
    assert "Nudge 1" in shown[2]
    assert "Nudge 2" in shown[2]
    assert [event.kind for event in journal.events(folder)] == ["hint", "hint"]


def test_outside_a_workspace_hints_and_solutions_are_shown_and_not_recorded(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "Nudge 2" in run("hint", "first-sum")[1]
    assert "42" in run("solution", "first-sum", "--yes")[1]
    assert list(tmp_path.glob("**/progress.jsonl")) == []


def test_solution_asks_first_and_is_recorded(folder, run, monkeypatch):
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: PTH123, SIM115 - stands in for stdin
    code, output, _ = run("solution", "first-sum")
    assert code == 1
    assert "42" not in output
    assert journal.events(folder) == []
    sys.stdin.close()
    output = run("solution", "first-sum", "--yes")[1]
    assert output == "first_sum = (\n    42\n)\n"
    assert [event.kind for event in journal.events(folder)] == ["solution"]


def test_reset_puts_the_starter_back_after_a_backup(folder, run):
    given = answer(folder, "first-sum")
    path = write(folder, FIRST, first_sum="first_sum = 41", first_mean="mine")
    before = path.read_bytes()
    assert run("reset", "first-sum", "--yes")[0] == 0
    assert (answer(folder, "first-sum"), answer(folder, "first-mean")) == (given, "mine")
    backups = list((folder / ".curriculum" / "backups").glob(f"*/{FIRST}"))
    assert [backup.read_bytes() for backup in backups] == [before]


def test_reset_brings_a_deleted_exercise_back(folder, run):
    path = folder / FIRST
    data = json.loads(path.read_text(encoding="utf-8"))
    data["cells"] = [cell for cell in data["cells"] if not cell["id"].startswith("first-sum")]
    path.write_text(json.dumps(data), encoding="utf-8")
    assert run("reset", "first-sum", "--yes")[0] == 0
    assert answer(folder, "first-sum")
    assert [cell.id for cell in notebook.read(path).cells][2:5] == ["first-sum-prompt", "first-sum", "first-sum-check"]


def test_progress_as_table_json_and_page(folder, run, tmp_path):
    output = run("progress")[1]
    assert max(map(len, output.splitlines())) <= 80
    assert json.loads(run("progress", "--json")[1])["next"] == "first-sum"
    assert run("progress", "--html", str(tmp_path / "page.html"))[0] == 0
    assert (tmp_path / "page.html").is_file()


def test_doctor_says_ok_or_what_to_do(folder, run, monkeypatch, make_course):
    code, output, _ = run("doctor")
    assert code == 0, output
    assert "to do" not in output
    (folder / FIRST).unlink()
    code, output, _ = run("doctor", "--course", str(make_course(version="2").root))
    assert code == 1
    assert "the notebook is gone" in output
    assert "the workspace has version 1, installed is 2" in output


def test_jupyterlab_starts_at_the_next_exercise_and_further_arguments_come_last(folder, run, monkeypatch):
    started: list[list[str]] = []

    class Process:
        def __init__(self, arguments: list[str], env: dict[str, str]) -> None:
            started.append(arguments)

        def poll(self) -> int:
            return 0

        wait = poll

    monkeypatch.setattr(_lab.subprocess, "Popen", Process)
    journal.append(folder, journal.Event("first-sum", outcome=journal.Outcome.PASSED))
    assert run("learn", "--no-browser", "--", "--port", "8899", "--ip=127.0.0.1")[0] == 0
    (arguments,) = started
    assert "--LabApp.default_url=/lab/tree/00-start/01-first.ipynb#cell-id=first-mean-prompt" in arguments
    assert f"--ServerApp.root_dir={folder}" in arguments
    assert arguments[-4:] == ["--no-browser", "--port", "8899", "--ip=127.0.0.1"]


def test_lesson_not_yet_begun_opens_at_its_top(folder, course):
    assert _lab.address(workspaces.standing(folder, course)) == "/lab/tree/00-start/01-first.ipynb"
    for name in ("first-sum", "first-mean", "second-sum"):
        journal.append(folder, journal.Event(name, outcome=journal.Outcome.PASSED))
    assert _lab.address(workspaces.standing(folder, course)) == "/lab/tree/00-start/01-first.ipynb"


def test_address_has_the_token_before_the_fragment():
    assert _lab.whole_address("http://h:1/", "/lab/tree/a%20b.ipynb#cell-id=x", "t") == (
        "http://h:1/lab/tree/a%20b.ipynb?token=t#cell-id=x"
    )


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_check_watch_runs_again_on_save(folder, course):
    arguments = [sys.executable, "-c", "from curriculum.cli import main; main()", "check", "first", "--watch"]
    variables = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(arguments, cwd=folder, env=variables, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        seen = "".join(iter_until(process.stdout, "waiting for"))
        assert "0 of 2 passed" in seen
        write(folder, FIRST, first_sum="first_sum = 42")
        assert "1 of 2 passed" in "".join(iter_until(process.stdout, "of 2 passed"))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def iter_until(lines: Any, words: str) -> Any:
    for line in lines:
        yield line
        if words in line:
            return
