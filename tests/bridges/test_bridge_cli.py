"""The commands of ``curriculum bridge``."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any, Self

import pytest
from bridge_records import graded, mark, read_csv, row, sheet, write_rows
from typer.testing import CliRunner

from curriculum.cli import app
from curriculum.errors import TableError
from curriculum.gradebook import Learner

if TYPE_CHECKING:
    from curriculum.gradebook import Sheet

HEADER = ["Student", "ID", "SIS Login ID", "Section", "Sampling (501)"]
POSSIBLE = ["    Points Possible", "", "", "", "10"]
ADA = ["Lovelace, Ada", "1045", "ada", "A", ""]


class Shelf:
    """Where a gradebook is opened from its address, with a class made by hand in it."""

    def __init__(self, held: Sheet) -> None:
        self.held = held
        self.asked: list[tuple[str, str]] = []

    def open(self, address: str) -> Self:
        self.asked.append((address, ""))
        return self

    def sheet(self, *, cohort: str = "") -> Sheet:
        self.asked[-1] = (self.asked[-1][0], cohort)
        return self.held

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def shelf(monkeypatch):
    who = Learner("ada", "Ada \x1b[31mLovelace", "ada@example.org", ids={"canvas": "1045"})
    made = Shelf(sheet(row(who, graded("ada", "sampling", mark(7.5)))))
    monkeypatch.setattr("curriculum.gradebook.Gradebook", made, raising=False)
    return made


def bridge(*arguments: Any):
    return CliRunner().invoke(app, ["bridge", *map(str, arguments)])


def test_canvas(shelf, tmp_path):
    export = write_rows(tmp_path / "export.csv", HEADER, POSSIBLE, ADA)
    handed = tmp_path / "submissions.zip"
    with zipfile.ZipFile(handed, "w") as archive:
        archive.writestr("lovelaceada_1045_880_03-sampling.ipynb", "{}")
    out = tmp_path / "import.csv"
    options = ["--gradebook", "sqlite:///x.db", "--cohort", "spring", "--map", "sampling=501"]
    done = bridge("canvas", export, *options, "--out", out, "--submissions", f"sampling={handed}")
    assert (done.exit_code, shelf.asked) == (0, [("sqlite:///x.db", "spring")]), done.output
    assert read_csv(out.read_bytes())[1]["Sampling (501)"] == "7.5"
    assert "sampling: column Sampling (501)" in done.output
    assert "1 grades; learners found: 1 by Canvas id" in done.output
    with zipfile.ZipFile(tmp_path / "import-sampling-feedback.zip") as archive:
        assert archive.namelist() == ["lovelaceada_1045_880_03-sampling.ipynb"]


def test_what_was_left_out_is_said_and_is_a_finding(shelf, tmp_path):
    strangers = [[f"\x1b[31m\aStranger {number}", str(number), "", "", ""] for number in range(30)]
    export = write_rows(tmp_path / "export.csv", HEADER, POSSIBLE, ADA, *strangers)
    done = bridge("canvas", export, "--gradebook", "x", "--out", tmp_path / "o.csv", "--map", "sampling=Sampling")
    assert done.exit_code == 1
    assert "rows that are nobody's in the gradebook:" in done.output
    assert "and 10 more" in done.output
    assert not {"\x1b", "\a"} & set(done.output)


def test_a_title_of_others_making_commands_no_terminal(shelf, tmp_path):
    header = [*HEADER[:4], "Sampling \x1b[31m\a(501)"]
    export = write_rows(tmp_path / "export.csv", header, POSSIBLE, ADA)
    done = bridge("canvas", export, "--gradebook", "x", "--out", tmp_path / "o.csv", "--map", "sampling=501")
    assert done.exit_code == 0, done.output
    # What an escape begins is taken out for whatever is no terminal; a bell rings everywhere.
    assert not {"\x1b", "\a"} & set(done.output)


def test_moodle(shelf, tmp_path):
    header = ["Identifier", "Email address", "Grade", "Maximum Grade", "Feedback comments"]
    worksheet = write_rows(tmp_path / "w.csv", header, ["Participant 1", "ada@example.org", "", "10,00", ""])
    out = tmp_path / "out.csv"
    done = bridge("moodle", worksheet, "--lesson", "sampling", "--gradebook", "x", "--out", out)
    assert done.exit_code == 0, done.output
    assert read_csv(out.read_bytes())[0]["Grade"] == "7,5"
    done = bridge("moodle", "--gradebook", "x", "--out", tmp_path / "all.csv")
    assert done.exit_code == 0, done.output
    assert read_csv((tmp_path / "all.csv").read_bytes())[0]["Email address"] == "ada@example.org"


@pytest.mark.parametrize("arguments", [["--lesson", "sampling"], ["w.csv"]])
def test_a_worksheet_and_its_lesson_go_together(shelf, arguments):
    done = bridge("moodle", *arguments, "--gradebook", "x", "--out", "o.csv")
    assert done.exit_code == 2
    assert "go together" in done.output


@pytest.mark.parametrize("value", ["sampling", "=501", "sampling="])
def test_a_pair_that_is_none_is_bad_usage(shelf, tmp_path, value):
    export = write_rows(tmp_path / "export.csv", HEADER, POSSIBLE, ADA)
    done = bridge("canvas", export, "--gradebook", "x", "--out", tmp_path / "o.csv", "--map", value)
    assert done.exit_code == 2
    assert "NAME=VALUE" in done.output


def test_bad_input_is_an_error_of_the_course(shelf, tmp_path):
    done = bridge("canvas", tmp_path / "none.csv", "--gradebook", "x", "--out", tmp_path / "o.csv")
    assert isinstance(done.exception, TableError)


def test_gradescope_and_nbgrader_and_links(make_course, curriculum, tmp_path):
    course = make_course()
    made = curriculum("bridge", "gradescope", "first", "--course", course.root, "--out", tmp_path / "a.zip")
    assert (made.returncode, made.stderr) == (0, "")
    assert "give it to nobody but Gradescope" in made.stdout
    again = curriculum("bridge", "gradescope", "first", "--course", course.root, "--out", tmp_path / "a.zip")
    assert again.returncode == 2
    assert again.stderr == f"curriculum: {tmp_path / 'a.zip'} is there already: choose another name, or say --force\n"
    folder = curriculum("bridge", "nbgrader", "--course", course.root, "--out", tmp_path / "nb")
    assert folder.returncode == 0, folder.stderr
    assert (tmp_path / "nb" / "source" / "second" / "01-second.ipynb").is_file()
    where = ("--repository", "https://github.com/a/b", "--course", course.root)
    linked = json.loads(curriculum("bridge", "links", "first", *where, "--json").stdout)
    assert list(linked) == ["first"]
    assert linked["first"]["colab"].endswith("/a/b/blob/main/00-start/01-first.ipynb")
    bad = curriculum("bridge", "links", "--repository", "nowhere", "--course", course.root)
    assert (bad.returncode, len(bad.stderr.splitlines())) == (2, 1)


def test_the_help_loads_no_bridge(curriculum):
    done = curriculum("bridge", "--help")
    assert done.returncode == 0
    for name in ("canvas", "moodle", "gradescope", "nbgrader", "links"):
        assert f" {name} " in done.stdout
