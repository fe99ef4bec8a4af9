"""The gradebook's commands, as a teacher gives them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from gradebook.material import code, essay, graded, write
from typer.testing import CliRunner

from curriculum.cli import app
from curriculum.errors import CurriculumError, GradebookError, UnknownNameError


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with a gradebook of two learners, and a way to give commands in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    results = [
        graded(key, "alpha", code("a1", points), essay("a2"), hours=30)
        for key, points in (("ada", 2.0), ("Bo [x], =1+1", 1.0))
    ]
    write(tmp_path / "results.json", *results)

    def give(*arguments, **more):
        result = CliRunner().invoke(app, ["gradebook", *arguments], **more)
        if isinstance(result.exception, CurriculumError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    give("import", "results.json")
    return give


def test_importing_says_what_was_new(desk):
    out = desk("import", "results.json")
    assert "0 new submissions, 2 known results" in out


def test_the_class_fits_on_80_columns(desk):
    out = desk("list")
    assert "Bo [x], =1+1" in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_class_for_other_programs(desk):
    lines = json.loads(desk("list", "--json"))
    assert [(line["learner"], line["points"], line["waiting"]) for line in lines] == [
        ("ada", 2.0, 1),
        ("Bo [x], =1+1", 1.0, 1),
    ]


def test_a_late_class(desk):
    assert "due 2027-03-01 23:59" in desk("due", "alpha", "2027-03-01")
    desk("due", "alpha", "2027-03-01T23:00+00:00")
    out = desk("policy", "--late", "10", "--grace", "2", "--closes", "9")
    assert "costs 10 %" in out
    assert "more than 2 h late" in out
    assert "more than 9 days" in out
    assert desk("policy") == out
    shown = desk("show", "ada")
    assert "0.8 days late, -0.5" in " ".join(shown.split())
    assert "1.5 of 5 points" in shown
    assert "due 2027-03-09 23:59" in desk("extend", "ada", "alpha", "2027-03-09", "--reason", "ill")
    assert "2 of 5 points" in desk("show", "ada")
    assert "no deadline" in desk("due", "alpha", "never")
    assert "never" not in desk("policy", "--closes", "-1")


def test_a_day_lasts_to_its_end(desk, tmp_path):
    moment = datetime.fromisoformat("2027-03-01T23:59:59.900000").astimezone()
    result = graded("cy", "alpha", code("a1", 2.0))
    write(tmp_path / "late.json", replace(result, finished=moment.astimezone(UTC).isoformat()))
    desk("import", "late.json")
    desk("policy", "--late", "10")
    desk("due", "alpha", "2027-03-01")
    assert "late" not in desk("show", "cy")


def test_asking_for_the_rules_makes_no_gradebook(desk, tmp_path):
    with pytest.raises(GradebookError, match="there is no gradebook"):
        desk("policy", "--gradebook", "typo.sqlite")
    assert not (tmp_path / "typo.sqlite").exists()
    assert "10 %" in desk("policy", "--gradebook", "new.sqlite", "--late", "10")


def test_one_lesson_of_a_learner(desk):
    out = desk("show", "ada", "alpha")
    assert "waits for a person" in out
    assert "passed" in out
    with pytest.raises(UnknownNameError, match="did you mean 'alpha'"):
        desk("show", "ada", "alhpa")


def test_credit_excuses_and_extra_lessons(desk):
    assert "3.5 of 5 in all" in desk("credit", "ada", "1.5", "--reason", "talk")
    assert "2.5 of 5 in all" in desk("credit", "ada", "--", "-1")
    desk("extra", "alpha")
    assert "2.5 of 0 points" in desk("show", "ada")
    desk("excuse", "ada", "alpha")
    assert "0.5 of 0 points" in desk("show", "ada")
    desk("excuse", "ada", "alpha", "--not-excused")
    assert "2.5 of 0 points" in desk("show", "ada")


def test_an_appeal_from_its_beginning_to_its_end(desk):
    assert desk("appeals") == "no appeals\n"
    assert "appeal 1 is open" in desk("appeal", "ada", "a1", "--reason", "look [again]")
    assert "look [again]" in desk("appeals")
    assert "open appeals: 1" in desk("list")
    desk("answer", "1", "right you are", "--author", "prof")
    assert desk("appeals") == "no appeals\n"
    assert "right you are" in " ".join(desk("appeals", "--all").split())


def test_a_learner_is_shown_what_is_held_and_erased(desk):
    held = json.loads(desk("held", "ada"))
    assert held["learner"][0]["key"] == "ada"
    assert "3 rows" not in desk("list")
    refused = CliRunner().invoke(app, ["gradebook", "erase", "ada"], input="n\n")
    assert refused.exit_code == 1
    assert "ada" in desk("list")
    assert "Not touched: submitted files" in desk("erase", "ada", "--yes")
    with pytest.raises(UnknownNameError):
        desk("show", "ada")


def test_a_class_is_enrolled_and_written_down(desk, tmp_path):
    lines = ["key;name;email;canvas", "ada;Ada, L.;ada@x.org;7", "cy;=1+1;;"]
    (tmp_path / "class.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    assert "1 learner enrolled, 1 known before" in desk("roster", "class.csv")
    assert "3 learners in class.json" in desk("export", "class.json")
    text = (tmp_path / "class.json").read_text(encoding="utf-8")
    assert "Ada, L." in text
    assert "inner" not in text
    desk("export", "class.json", "--details", "--force")
    assert "inner" in (tmp_path / "class.json").read_text(encoding="utf-8")
    desk("export", "class.csv.out", "--format", "csv")
    assert "'=1+1" in (tmp_path / "class.csv.out").read_text(encoding="utf-8-sig")
    with pytest.raises(CurriculumError, match="there already"):
        desk("export", "class.json")


def test_when_it_was_handed_in_comes_from_the_collection(desk, tmp_path):
    known = json.loads(desk("held", "ada"))["submission"][0]["sha256"]
    file = {"learner": "ada", "sha256": known, "handed_in": "2027-03-01T08:00:00Z", "aided": ["a1"], "attempt": 1}
    collected = {"schema": 1, "files": [file]}
    (tmp_path / "collected.json").write_text(json.dumps(collected), encoding="utf-8")
    desk("import", "results.json", "--collected", "collected.json", "--gradebook", "new.sqlite")
    held = json.loads(desk("held", "ada", "--gradebook", "new.sqlite"))
    assert held["submission"][0]["handed_in"] == "2027-03-01T08:00:00+00:00"
    assert [row["exercise"] for row in held["aid"]] == ["a1"]
    (tmp_path / "collected.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CurriculumError, match=r"is no collected\.json"):
        desk("import", "results.json", "--collected", "collected.json")


def test_a_copy_and_back(desk):
    before = desk("list", "--json")
    desk("backup", "copy.sqlite")
    desk("restore", "copy.sqlite", "--gradebook", "new.sqlite")
    assert desk("list", "--json", "--gradebook", "new.sqlite") == before
    with pytest.raises(GradebookError, match="is there already"):
        desk("backup", "copy.sqlite")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--gradebook", "none.sqlite"], "there is no gradebook"),
        (["due", "alpha", "soon"], "is no time"),
        (["due", "alhpa", "2027-03-01"], "no lesson is called"),
        (["credit", "ada", "0"], "other than 0"),
        (["credit", "ada", "1e308"], "1,000,000 at most"),
        (["due", "alpha", "0001-01-01"], "is no time"),
        (["due", "alpha", "9999-12-31"], "is no time"),
        (["policy", "--grace", "nan"], "--grace nan is no length of time"),
        (["policy", "--grace", "1e300"], "is no length of time"),
        (["policy", "--closes", "nan"], "--closes nan is no length of time"),
        (["appeal", "ada", "a1", "--attempt", "99999999999999999999"], "no number so large"),
        (["list", "--gradebook", ":memory:"], "in a file or a database"),
        (["import", "results.json", "--gradebook", ""], "in a file or a database"),
        (["policy", "--late", "101"], "between 0 and 100"),
        (["import", "nothing.json"], "cannot be read"),
        (["answer", "7", "x"], "no open appeal 7"),
    ],
)
def test_bad_input_is_one_line(desk, arguments, words):
    with pytest.raises(CurriculumError, match=words) as caught:
        desk(*arguments)
    assert "\n" not in str(caught.value)


def test_other_commands_load_nothing_of_it():
    code = "import sys, curriculum.cli; print([n for n in ('sqlalchemy', 'alembic', 'fastapi') if n in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=os.environ)
    assert ran.stdout == "[]\n"
