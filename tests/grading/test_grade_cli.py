"""``curriculum grade`` as people and scripts meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import lesson_cells
from grading import batches
from grading.batches import BREAK, LAYERS, PlainRunner, Record, content
from typer.testing import CliRunner

from curriculum import course as courses
from curriculum.cli import _grades, app
from curriculum.grading import Job, _job, run_job
from curriculum.grading.batch._store import Store
from curriculum.grading.sandbox import summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from curriculum.course import Course

WRONG = "{name} = 41"


class Grade:
    """Calls the command in this process, with a runner that has no processes."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.course = course
        self.place = folder / "submissions"
        self.out = folder / "out"
        self.record = Record()

    def hand_in(self, learner: str, lesson: str = "first", answer: str = "{name} = 42", name: str = "") -> Path:
        found = self.course.lesson(lesson)
        path = self.place / learner / f"{name or found.file}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(self.course, found, answer))
        return path

    def __call__(self, *options: str, place: Path | None = None) -> Result:
        arguments = ["grade", place or self.place, "--course", self.course.root, "--out", self.out, *options]
        return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "80", "TERM": "dumb"})


@pytest.fixture
def grade(make_course: Callable[..., Course], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grade:
    made = Grade(make_course(), tmp_path)
    monkeypatch.setattr(_job, "factory", lambda _setup: lambda: PlainRunner(made.record))
    return made


def lines(text: str) -> list[str]:
    """The lines of a screen, without rules, and without the path of the results."""
    *shown, last = text.splitlines()
    assert last.startswith("everything: ")
    assert all(len(line) <= 80 for line in shown)
    return [line.strip() for line in shown if line.strip("─ ")]


def test_one_submission(grade: Grade) -> None:
    place = grade.hand_in("ada")
    done = grade(place=place)
    assert done.exit_code == 0
    assert lines(done.stdout) == [
        "Results",
        "learner   lesson   points   what happened",
        "ada       first       4/4   2 passed",
        summary(LAYERS),
        "1 submission: 1 new",
    ]


def test_a_row_a_submission_and_lines_for_what_is_wrong(grade: Grade) -> None:
    grade.hand_in("ada")
    grade.hand_in("ada", "second", answer=WRONG)
    grade.hand_in("bob", name="draft")
    grade.hand_in("cleo", answer=BREAK)
    tampered = grade.hand_in("dan")
    data = json.loads(tampered.read_text())
    for cell in data["cells"]:
        if cell["id"].endswith("-check"):
            cell["source"] = "pass"
    tampered.write_text(json.dumps(data))
    done = grade()
    assert done.exit_code == 1
    said = "\n".join(lines(done.stdout))
    for expected in (
        "ada       first       4/4   2 passed",
        "ada       second      0/2   1 failed",
        "cleo      first             could not be graded: the zygote is gone;",
        "dan       first       4/4   2 passed, tampered with",
        "tampered with: dan, first: first-sum-check and 1 more",
        "refused: bob/draft.ipynb: no lesson is called 'draft'",
        "5 submissions: 4 new, 1 refused, 1 could not be graded",
    ):
        assert expected in said


def test_many_submissions_are_a_row_a_lesson(grade: Grade) -> None:
    for number in range(30):
        grade.hand_in(f"learner-{number:02}", answer="{name} = 42" if number % 3 else WRONG)
        grade.hand_in(f"learner-{number:02}", "second", answer=BREAK if number == 7 else WRONG)
    done = grade()
    assert done.exit_code == 1
    said = lines(done.stdout)
    assert "first        30    2.7    4   40 passed, 20 failed" in said
    assert "second    29/30    0.0    2   29 failed" in said
    assert "learner-07, second: could not be graded: the zygote is gone; given up after 3" in said
    assert "60 submissions: 60 new, 1 could not be graded" in said
    assert not any(line.startswith("learner-08") for line in said)


def test_markup_in_names_is_text(grade: Grade) -> None:
    grade.hand_in("[red]ada")
    done = grade()
    assert "[red]ada   first       4/4   2 passed" in lines(done.stdout)


def test_a_second_call_keeps_what_has_not_changed(grade: Grade) -> None:
    grade.hand_in("ada")
    grade()
    grade.hand_in("bob")
    assert "2 submissions: 1 new, 1 kept" in lines(grade().stdout)
    assert "2 submissions: 2 again: as asked" in lines(grade("--regrade", "all").stdout)
    assert "2 submissions: 2 again: grader changed" in lines(grade("--seconds", "5").stdout)
    assert "2 submissions: 2 kept" in lines(grade("--memory", "512", "--regrade", "none").stdout)


def test_only_some_lessons(grade: Grade) -> None:
    for lesson in ("first", "second"):
        grade.hand_in("ada", lesson)
    assert "1 submission: 1 new" in lines(grade("--lesson", "second").stdout)
    assert "2 submissions: 1 new, 1 kept" in lines(grade("--lesson", "second", "--lesson", "01-first").stdout)
    source = grade.course.lesson("second").path
    assert "1 submission: 1 kept" in lines(grade("--lesson", str(source)).stdout)


def test_json_is_the_file(grade: Grade) -> None:
    grade.hand_in("ada", answer=WRONG)
    done = grade("--json")
    data = json.loads(done.stdout)
    assert done.exit_code == 0
    assert data == json.loads((grade.out / "results.json").read_text())
    assert data["summary"]["submissions"] == 1
    assert data["submissions"][0]["points"] == 0


def test_gradescope_when_asked_for(grade: Grade) -> None:
    grade.hand_in("ada")
    grade()
    assert not (grade.out / "gradescope").exists()
    grade("--gradescope")
    assert json.loads((grade.out / "gradescope.json").read_text())["tests"][0]["score"] == 2
    assert (grade.out / "gradescope" / "ada" / "first.json").is_file()


def test_without_a_terminal_a_line_now_and_then(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_grades, "_SECONDS_BETWEEN_LINES", 0)
    grade.hand_in("ada")
    grade.hand_in("bob")
    assert grade().stderr == "grading: 1 of 2\ngrading: 2 of 2\n"


def test_another_version_is_refused_unless_any_will_do(grade: Grade) -> None:
    path = grade.hand_in("ada")
    path.write_bytes(path.read_bytes().replace(b'"version": "1"', b'"version": "0"'))
    refused = grade()
    assert (refused.exit_code, "1 submission: 1 refused" in lines(refused.stdout)) == (1, True)
    assert grade("--any-version").exit_code == 0


# --- bad input, in a process of its own ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--runner", "kernel", "--sandbox", "strict"], "the kernel runner has no sandbox, so it cannot be strict; "),
        (["--lesson", "firts"], "no lesson is called 'firts'; did you mean 'first'?"),
        (["--key", "no.key"], "no.key: the course key cannot be read (No such file or directory)"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    options: list[str], said: str, grade: Grade, curriculum: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    grade.hand_in("ada")
    done = curriculum("grade", grade.place, "--course", grade.course.root, "--out", grade.out, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"curriculum: {said}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("options", [["--workers", "0"], ["--regrade", "some"], ["--memory", "0"], ["--seconds", "0"]])
def test_options_out_of_range(
    options: list[str], grade: Grade, curriculum: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    assert curriculum("grade", grade.place, *options).returncode == 2


def test_nothing_to_grade(grade: Grade, curriculum: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = curriculum("grade", grade.place, "--course", grade.course.root)
    assert (done.returncode, done.stderr) == (2, f"curriculum: {grade.place}: there is no such file or folder\n")


def test_a_second_grader(grade: Grade, curriculum: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    grade.hand_in("ada")
    with Store(grade.out):
        done = curriculum("grade", grade.place, "--course", grade.course.root, "--out", grade.out)
    assert done.returncode == 2
    assert done.stderr.startswith(f"curriculum: another grading is writing to {grade.out}; wait for its end, or ")
    assert done.stderr.count("\n") == 1


_INTERRUPTED = """
import os, signal, sys
from curriculum.cli import main
from curriculum.grading import _job
from grading.batches import PlainRunner, Record

class Interrupting(PlainRunner):
    def run(self, assembled, drawing):
        if drawing.learner == "bob":
            os.kill(os.getpid(), signal.SIGINT)
        return super().run(assembled, drawing)

_job.factory = lambda setup: lambda: Interrupting(Record())
main()
"""


def test_ctrl_c_says_how_to_go_on(grade: Grade) -> None:
    for name in ("ada", "bob", "cleo"):
        grade.hand_in(name)
    command = [sys.executable, "-c", _INTERRUPTED, "grade", str(grade.place), "--course", str(grade.course.root)]
    path = str(Path(batches.__file__).parents[1])
    done = subprocess.run(
        [*command, "--out", str(grade.out), "--workers", "1"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == (
        f"curriculum: stopped; what is graded is kept in {grade.out}, and the same command goes on there\n"
    )
    assert grade().exit_code == 0
    assert len(json.loads((grade.out / "results.json").read_text())["submissions"]) == 3


# --- with the runner that people use ---------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="checks run in a process of their own on Linux only")
def test_graded_for_real(
    make_course: Callable[..., Course], tmp_path: Path, curriculum: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    made = Grade(make_course(), tmp_path)
    made.hand_in("ada")
    made.hand_in("bob", answer=WRONG)
    made.hand_in("cleo", answer="import os\nos._exit(0)")
    done = curriculum("grade", made.place, "--course", made.course.root, "--out", made.out)
    assert done.returncode == 0, done.stderr
    data: dict[str, Any] = json.loads((made.out / "results.json").read_text())
    assert [(item["learner"], item["points"]) for item in data["submissions"]] == [("ada", 4), ("bob", 0), ("cleo", 0)]
    assert data["submissions"][2]["exercises"][0]["outcome"] == "killed"
    assert (data["runner"], data["sandbox"]["mode"]) == ("split", "available")
    again = curriculum("grade", made.place, "--course", made.course.root, "--out", made.out)
    assert "3 submissions: 3 kept" in again.stdout


def test_the_course_is_untouched_by_where_it_is_graded(grade: Grade) -> None:
    grade.hand_in("ada")
    before = {path: path.read_bytes() for path in grade.course.root.rglob("*") if path.is_file()}
    grade()
    assert {path: path.read_bytes() for path in grade.course.root.rglob("*") if path.is_file()} == before
    assert courses.load(grade.course.root) == grade.course


HIDDEN = """check.exercise("secret")
### BEGIN HIDDEN TESTS
check.equal(secret + 987654, 987696)
### END HIDDEN TESTS"""


@pytest.mark.parametrize("allowed", [False, True])
def test_a_course_may_show_what_hidden_tests_find(make_course, tmp_path, allowed):
    """By default the learner's message holds none of a hidden test's values, the instructor's text all of them."""
    cells = lesson_cells("one", "secret")
    next(cell for cell in cells if cell["id"] == "secret-check")["source"] = HIDDEN
    root = make_course({"00-m/01-one": cells}).root
    toml = root / "course.toml"
    toml.write_text(f"shows_hidden_tests = {str(allowed).lower()}\n{toml.read_text('utf-8')}", encoding="utf-8")
    courses._load.cache_clear()
    course = courses.load(root)
    place = tmp_path / "ada" / "01-one.ipynb"
    place.parent.mkdir()
    place.write_bytes(content(course, course.lesson("one"), "{name} = 1"))
    done = run_job(Job(place=place, out=tmp_path / "out", course=root, workers=1))
    (graded,) = json.loads(done.results.read_text(encoding="utf-8"))["submissions"]
    (checked,) = graded["exercises"][0]["checks"]
    assert "987655" in checked["detail"]
    assert ("987655" in checked["message"]) == allowed
