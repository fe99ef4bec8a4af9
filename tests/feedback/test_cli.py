"""The commands `feedback` and `report`, from notebooks that were handed in to pages."""

from __future__ import annotations

import json
import shutil

import pytest
from classes import results_file

from curriculum.release import learner_edition


def test_from_submissions_to_pages_copies_and_reports(curriculum, make_course, tmp_path):
    course, here, handed_in = make_course(), tmp_path / "here", tmp_path / "submissions"
    right = learner_edition(course.lesson("first"), course).dumps().replace("...", "42")
    for key, text in {"ada": right, "Bo's": right.replace("42", "41"), "cleo": '{"cells": ['}.items():
        (handed_in / key).mkdir(parents=True)
        (handed_in / key / "01-first.ipynb").write_text(text, encoding="utf-8")
    assert curriculum("grade", handed_in, "--course", course.root).returncode in {0, 1}
    options = ("--results", "grading/results.json", "--course", course.root)

    done = curriculum("feedback", *options, "--submissions", handed_in)
    assert done.returncode == 1, done.stderr
    assert "3 pages, 2 notebooks written to feedback" in done.stdout
    assert "no copy: cleo, " in done.stdout
    assert "not a complete notebook" in (here / "feedback/cleo/feedback.html").read_text(encoding="utf-8")
    assert "4 of 4 points" in (here / "feedback/ada/feedback.html").read_text(encoding="utf-8")
    cells = json.loads((here / "feedback/ada/01-first.ipynb").read_text(encoding="utf-8"))["cells"]
    assert sum(cell["id"].startswith("feedback") for cell in cells) == 3

    done = curriculum("report", *options, "--names", "mine.html")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "written to class.html: numbers in place of names",
        "written to mine.html: with names, for you alone",
    ]
    shown, mine = ((here / name).read_text(encoding="utf-8") for name in ("class.html", "mine.html"))
    assert "cleo" not in shown
    assert "cleo" in mine


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "--out", "mine.txt"], "is no class report"),
        (["report", "--names", "x.html", "--out", "./x.html"], "same file"),
        (["feedback", "--learner", "adda"], "did you mean 'ada'?"),
        (["feedback", "--lesson", "frist"], "did you mean 'first'?"),
        (["feedback", "--cohort", "x"], "--results knows no cohorts"),
    ],
)
def test_bad_input_is_one_line_and_2(curriculum, tmp_path, arguments, said):
    (tmp_path / "here" / "mine.txt").write_text("mine")
    shutil.copy(results_file(tmp_path / "results.json"), tmp_path / "here")
    done = curriculum(*arguments, "--results", "results.json")
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert (tmp_path / "here" / "mine.txt").read_text() == "mine"


def test_one_learner_and_lesson(curriculum, tmp_path):
    done = curriculum(
        "feedback", "--results", results_file(tmp_path / "r.json"), "--learner", "ada", "--lesson", "first"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 page written to feedback\n", "")
