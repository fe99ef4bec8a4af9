"""The gradebook as plain CSV and as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from bridge_records import SECRET, commented, credit, graded, mark, missing, read_csv, row, sheet
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import rows_below

import curriculum.bridges
from curriculum.bridges import Choices, original, write_csv, write_json
from curriculum.errors import BridgeError
from curriculum.gradebook import Learner

SCHEMA = json.loads((Path(curriculum.bridges.__file__).parent / "gradebook.schema.json").read_text(encoding="utf-8"))
PAGE = (Path(__file__).parents[2] / "docs" / "bridges.md").read_text(encoding="utf-8")
EVIL = Learner(
    "=cmd|' /C calc'!A0", 'Smith, "Bo"\n=1+1', "+bo@example.org", "@cohort", ("-a", "b"), ids={"canvas": "=1"}
)
NAMES = ["مريم", "שרה, \u200fכהן", "😀", "half \ud800", "x" * 5_000, "<script>alert(1)</script>", "", "\tTab"]  # noqa: RUF001


def class_of_all():
    scores = (commented(3.0, "<b>Look</b>"), commented(None, "again"))
    standing = graded("ada", "sampling", mark(2.5, scores=scores), penalty=0.5, extra=(credit(1.0, "help"),))
    rows = [row(Learner("ada", "Ada", "ada@example.org"), standing, missing("ada", "estimation", excused=True))]
    rows += [row(EVIL, graded(EVIL.key, "sampling", mark(None), mark(1.0)))]
    rows += [row(Learner(f"l{number}", name)) for number, name in enumerate(NAMES)]
    return sheet(*rows)


def test_csv_is_one_row_a_learner_and_one_column_a_lesson(tmp_path):
    write_csv(class_of_all(), tmp_path / "grades.csv")
    lines = read_csv((tmp_path / "grades.csv").read_bytes())
    assert len(lines) == 2 + len(NAMES)
    ada = lines[0]
    about = ["learner", "name", "email", "cohort", "groups"]
    assert list(ada) == [*about, "sampling", "estimation", "extra", "points", "max_points", "waiting"]
    assert (ada["sampling"], ada["estimation"], ada["points"], ada["max_points"]) == ("3.5", "EX", "3.5", "10")
    assert (lines[1]["sampling"], lines[1]["points"], lines[1]["waiting"]) == ("", "0", "1")
    assert (lines[2]["sampling"], lines[2]["waiting"]) == ("", "0")


def test_csv_is_safe_to_open_and_every_text_comes_back(tmp_path):
    write_csv(class_of_all(), tmp_path / "grades.csv")
    lines = read_csv((tmp_path / "grades.csv").read_bytes())
    texts = [line[name] for line in lines for name in ("learner", "name", "email", "cohort", "groups")]
    assert not [text for text in texts if text.lstrip(" ")[:1] in tuple("=+-@\t\r\n") and text]
    evil = lines[1]
    assert [original(evil[name]) for name in ("learner", "name", "email", "cohort", "groups")] == [
        EVIL.key,
        EVIL.name,
        EVIL.email,
        EVIL.cohort,
        "-a; b",
    ]
    assert [original(line["name"]) for line in lines[2:]] == [name.replace("\ud800", "\ufffd") for name in NAMES]


def test_csv_has_the_choices_of_the_bridges(tmp_path):
    write_csv(class_of_all(), tmp_path / "grades.csv", choices=Choices(incomplete=True, zeros=True))
    lines = read_csv((tmp_path / "grades.csv").read_bytes())
    assert (lines[1]["sampling"], lines[1]["estimation"], lines[1]["points"]) == ("1", "0", "1")


@settings(max_examples=50)
@given(st.floats(0, 10), st.floats(0, 6))
def test_csv_points_are_the_sum_of_what_is_shown_and_agree_to_the_point(tmp_path_factory, first, second):
    path = tmp_path_factory.mktemp("csv") / "grades.csv"
    line = row(Learner("a"), graded("a", "sampling", mark(first)), graded("a", "estimation", mark(second)))
    write_csv(sheet(line), path)
    [written] = read_csv(path.read_bytes())
    assert Decimal(written["points"]) == Decimal(written["sampling"]) + Decimal(written["estimation"])
    assert abs(float(written["points"]) - line.points) <= 0.011


@pytest.mark.parametrize("details", [False, True])
def test_json_follows_its_schema_and_holds_everything(tmp_path, details):
    write_json(class_of_all(), tmp_path / "grades.json", details=details)
    text = (tmp_path / "grades.json").read_text(encoding="utf-8")
    data = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(data)
    assert (SECRET in text) == details
    assert [who["name"] for who in data["learners"][2:]] == NAMES, "half characters, too"
    ada, evil = data["learners"][:2]
    sampling, estimation = ada["standings"]
    assert (sampling["points"], sampling["penalty"], sampling["counted"]) == (3.5, 0.5, 1)
    assert sampling["extra"][0]["reason"] == "help"
    assert [score["comment"] for score in sampling["attempts"][0]["marks"][0]["scores"]] == ["<b>Look</b>", "again"]
    assert sampling["attempts"][0]["marks"][0]["automatic"] == 2.5
    assert (estimation["excused"], estimation["attempts"], estimation["counted"]) == (True, [], None)
    assert (evil["learner"], evil["ids"], evil["groups"]) == (EVIL.key, {"canvas": "=1"}, ["-a", "b"])
    assert evil["standings"][0]["attempts"][0]["marks"][0]["points"] is None


def test_json_of_nobody(tmp_path):
    write_json(sheet(), tmp_path / "grades.json")
    data = json.loads((tmp_path / "grades.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, SCHEMA)
    assert data["learners"] == []


def test_the_page_names_every_key_of_the_schema():
    named = {key.strip("` ") for line in rows_below(PAGE, "key", "value") for key in line[0].split(",")}
    assert named == set(SCHEMA["properties"])
    for part in ("learner", "standing", "attempt", "mark"):
        for key in SCHEMA["$defs"][part]["properties"]:
            assert f"`{key}`" in PAGE, f"{part}: {key}"


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_a_file_that_is_there_stays_unless_asked_and_others_cannot_read_it(tmp_path, write):
    path = tmp_path / "new folder" / "grades"
    write(class_of_all(), path)
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(BridgeError, match="is there already"):
        write(class_of_all(), path)
    assert path.read_text(encoding="utf-8") == "mine"
    write(class_of_all(), path, overwrite=True)
    assert path.read_text(encoding="utf-8-sig") != "mine"


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_a_place_that_cannot_be_written_is_one_line(tmp_path, write):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BridgeError, match="cannot be written"):
        write(class_of_all(), tmp_path / "file" / "grades")
