"""The parts of the desk on a real gradebook: what one writes down, the others read."""

from __future__ import annotations

import csv
import json

import pytest
from gradebook.material import code, essay, graded, write
from typer.testing import CliRunner

from curriculum.cli import app
from curriculum.errors import CurriculumError
from curriculum.gradebook import Gradebook

NAME = '=HYPERLINK("x"), <b>Ada</b>'


@pytest.fixture
def desk(tmp_path, monkeypatch, url):
    """Two learners whose essays wait, in either database; and a way to give commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CURRICULUM_GRADEBOOK", url)
    monkeypatch.setenv("COLUMNS", "80")
    results = [
        graded("ada", "alpha", code("a1", 2.0), essay("a2", text="the same words")),
        graded("bo", "alpha", code("a1", 0.0, mistake="off-by-one"), essay("a2", text="the same words")),
    ]
    write(tmp_path / "results.json", *results)
    (tmp_path / "class.csv").write_text(f'key,name\nada,"{NAME.replace(chr(34), chr(34) * 2)}"\n', encoding="utf-8")

    def give(*arguments, code=0):
        done = CliRunner().invoke(app, [*map(str, arguments)])
        if isinstance(done.exception, CurriculumError):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    give("gradebook", "roster", "class.csv")
    give("gradebook", "import", "results.json")
    return give


def marked(desk, tmp_path, points="2,5"):
    desk("mark", "--to-csv", "marks.csv", "--author", "prof")
    with (tmp_path / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= {"points": points, "comment": "+ see page 3"}
    with (tmp_path / "marks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return desk("mark", "--from-csv", "marks.csv", "--author", "prof")


def test_a_table_of_marks_goes_out_and_back(desk, tmp_path, url):
    assert "2 taken" in marked(desk, tmp_path)
    with Gradebook.open(url) as book:
        points = {row.learner.key: row.points for row in book.sheet().rows}
        (score,) = book.row("ada")[0].standings["alpha"].counted.marks[1].scores
    assert points == {"ada": 4.5, "bo": 2.5}
    assert (score.points, score.comment, score.author) == (2.5, "+ see page 3", "prof")
    assert "0 taken, 2 without anything new" in desk("mark", "--from-csv", "marks.csv", "--author", "prof")


def test_marks_that_cannot_be_are_taken_by_nobody(desk, tmp_path, url):
    with pytest.raises(CurriculumError, match="nothing was taken"):
        marked(desk, tmp_path, points="99")
    with Gradebook.open(url) as book:
        assert [row.standings["alpha"].waiting for row in book.sheet().rows] == [1, 1]


def test_pages_and_files_say_what_the_gradebook_holds(desk, tmp_path):
    marked(desk, tmp_path)
    desk("gradebook", "credit", "ada", "1.25", "--reason", "gave a talk", "--author", "prof")
    desk("feedback", "--out", "feedback")
    page = (tmp_path / "feedback" / "ada" / "feedback.html").read_text(encoding="utf-8")
    for words in ("&lt;b&gt;Ada", "+ see page 3", "5.75 of 5 points", "gave a talk"):
        assert words in page, words
    assert "inner" not in page
    desk("report", "--out", "class.html", "--names", "mine.html")
    assert "off-by-one" in (tmp_path / "class.html").read_text(encoding="utf-8")
    assert "Ada" not in (tmp_path / "class.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Ada" in (tmp_path / "mine.html").read_text(encoding="utf-8")
    desk("gradebook", "export", "class.csv.out", "--format", "csv")
    lines = list(csv.DictReader((tmp_path / "class.csv.out").read_text(encoding="utf-8-sig").splitlines()))
    assert [(line["alpha"], line["extra"], line["points"]) for line in lines] == [
        ("4.5", "1.25", "5.75"),
        ("2.5", "0", "2.5"),
    ]


def test_a_certificate_follows_the_gradebooks_policy(desk, tmp_path):
    offered = json.loads(desk("certificate", "issue", "--all", "--dry-run", "--json"))
    assert "waits for a person" in json.dumps(offered)
    marked(desk, tmp_path)
    desk("certificate", "issue", "--all", "--folder", "signed")
    (token,) = (tmp_path / "signed" / "issued").glob("*.jwt")
    assert token.name.startswith("ada")
    desk("certificate", "verify", token, "--key", "signed/public.jwk")
    desk("certificate", "revoke", token, "--reason", "copied", "--folder", "signed")
    assert "revoked" in desk("certificate", "verify", token, "--key", "signed/public.jwk", code=1)


def test_looked_up_solutions_count_as_the_policy_says(desk, tmp_path, url):
    marked(desk, tmp_path)
    known = json.loads(desk("gradebook", "held", "ada"))["submission"][0]["sha256"]
    file = {"learner": "ada", "sha256": known, "handed_in": None, "aided": ["a1"], "attempt": 1}
    (tmp_path / "collected.json").write_text(json.dumps({"schema": 1, "files": [file]}), encoding="utf-8")
    desk("gradebook", "import", "results.json", "--collected", "collected.json")
    desk("certificate", "issue", "ada", "--folder", "signed", code=1)
    desk("gradebook", "policy", "--aided", "full", "--author", "prof")
    desk("certificate", "issue", "ada", "--folder", "signed")
    assert len(list((tmp_path / "signed" / "issued").glob("*.pdf"))) == 1
