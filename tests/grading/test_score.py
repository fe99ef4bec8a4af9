"""Points and outcomes of exercises, from what checks said and what became of answers."""

from __future__ import annotations

import json
import math

import pytest

from curriculum.course import Lesson
from curriculum.grading._result import CheckResult, Layer, Run, SubmissionResult
from curriculum.grading._score import SEVERITY, score
from curriculum.grading._steps import AnswerState, Assembled, Repair
from curriculum.grading._submission import Submission
from curriculum.outcome import Outcome

CONTENT = b"{}"


def cell(name, cell_type="code", exercise="", points=None, **flags):
    meta = {"nbgrader": {"grade_id": name, "schema_version": 3, "grade": False, "solution": False} | flags}
    if points is not None:
        meta["nbgrader"]["points"] = points
    if exercise:
        meta["curriculum"] = {"exercise": exercise}
    return {"id": f"id-{name}", "cell_type": cell_type, "source": f"# {name}", "metadata": meta}


def prompt(name, title):
    meta = {"curriculum": {"exercise": name}}
    return {"id": f"prompt-{name}", "cell_type": "markdown", "source": f"## {title}", "metadata": meta}


CELLS = [
    cell("early", grade=True, points=1),
    prompt("mean", "The mean"),
    cell("mean", exercise="mean", solution=True),
    cell("mean-check", exercise="mean", grade=True, points=2),
    cell("mean-more", exercise="mean", grade=True, points=0.1),
    cell("mean-most", exercise="mean", grade=True, points=0.2),
    prompt("essay", "In words"),
    cell("essay", "markdown", exercise="essay", grade=True, solution=True, points=5),
    prompt("free", "For practice"),
    cell("free", exercise="free", solution=True),
    cell("project", "markdown", exercise="project", task=True, points=4),
    cell("mixed", exercise="mixed", grade=True, solution=True, points=3),
    cell("mixed-check", exercise="mixed", grade=True, points=1),
]
CHECKS = {"early": 1, "mean-check": 2, "mean-more": 0.1, "mean-most": 0.2, "mixed-check": 1}
EXERCISES = ["mean", "essay", "free", "project", "mixed"]


@pytest.fixture
def lesson(tmp_path):
    (tmp_path / "m").mkdir()
    document = {"cells": CELLS, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "m" / "01-numbers.ipynb").write_text(json.dumps(document), encoding="utf-8")
    return Lesson(tmp_path, "m", "01-numbers", "Numbers", 5)


def said(name, outcome=Outcome.PASSED, points=None, **texts):
    most = CHECKS[name]
    given = points if points is not None else (most if outcome is Outcome.PASSED else 0.0)
    return CheckResult(f"id-{name}", "", outcome, given, 99.0, **texts)


@pytest.fixture
def scored(lesson):
    """Scores a run in which every check passes, but for those given; gives the results by exercise."""

    def call(*checks, states=None, texts=None, **run):
        answers = dict.fromkeys(EXERCISES, AnswerState.GIVEN) | (states or {})
        assembled = Assembled(lesson, (), answers, texts or {})
        all_checks = {f"id-{name}": said(name) for name in CHECKS} | {check.cell: check for check in checks}
        submission = Submission("ada", lesson, "ada/01-numbers.ipynb", CONTENT)
        result = score(submission, assembled, Run(tuple(all_checks.values()), **run), runner="kernel", version="3")
        return {exercise.exercise: exercise for exercise in result.exercises}

    return call


def test_everything_right(scored):
    results = scored()
    assert list(results) == ["early", "mean", "essay", "free", "project", "mixed", "mixed-check"]
    assert {name: each.max_points for name, each in results.items()} == {
        "early": 1,
        "mean": 2.3,
        "essay": 5,
        "free": 0,
        "project": 4,
        "mixed": 3,
        "mixed-check": 1,
    }
    points = {name: each.points for name, each in results.items()}
    assert points == {
        "early": 1,
        "mean": 2.3,
        "essay": None,
        "free": 0,
        "project": None,
        "mixed": None,
        "mixed-check": 1,
    }
    assert {each.outcome for each in results.values()} == {Outcome.PASSED}
    assert {name for name, each in results.items() if each.manual} == {"essay", "project", "mixed"}


def test_titles_are_the_prompts(scored):
    results = scored()
    assert (results["mean"].title, results["early"].title) == ("The mean", "early")


def test_checks_have_the_sources_names_and_points(scored):
    checks = scored()["mean"].checks
    assert [(check.cell, check.max_points) for check in checks] == [
        ("mean-check", 2),
        ("mean-more", 0.1),
        ("mean-most", 0.2),
    ]


def test_points_add_up_exactly(scored):
    assert scored(said("mean-check", Outcome.FAILED))["mean"].points == pytest.approx(0.3, abs=1e-12)
    assert scored(said("mean-check", Outcome.FAILED, 1.5))["mean"].points == pytest.approx(1.8, abs=1e-12)


def test_the_sum_never_exceeds_the_most(scored):
    for each in scored().values():
        assert (each.points or 0) <= each.max_points


@pytest.mark.parametrize("points", [math.nan, math.inf, -math.inf, -0.5, 2.5, 1e308])
def test_points_that_cannot_be_are_a_problem_and_no_points(points, scored):
    mean = scored(said("mean-check", points=points, detail="whole"))["mean"]
    assert mean.points == pytest.approx(0.3)
    assert mean.outcome is Outcome.FAILED
    assert "cannot be" in mean.checks[0].detail
    assert "whole" in mean.checks[0].detail
    assert math.isfinite(mean.checks[0].points)


@pytest.mark.parametrize(("points", "exact"), [(2 + 1e-12, 2.0), (2 - 1e-12, 2.0), (-1e-12, 0.0), (1.25, 1.25)])
def test_rounding_is_mended(points, exact, scored):
    assert scored(said("mean-check", points=points))["mean"].checks[0].points == exact


@pytest.mark.parametrize("worse", range(len(SEVERITY) - 1))
def test_the_worst_check_says_what_became_of_an_exercise(worse, scored):
    bad, less = SEVERITY[worse], SEVERITY[worse + 1]
    mean = scored(said("mean-check", less, message="less"), said("mean-most", bad, message="bad"))["mean"]
    assert (mean.outcome, mean.message) == (bad, "bad")


def test_of_two_equal_ones_the_first_speaks(scored):
    first, second = said("mean-check", Outcome.FAILED, message="1"), said("mean-more", Outcome.FAILED, message="2")
    assert scored(first, second)["mean"].message == "1"


def test_every_outcome_but_a_pass_has_its_severity():
    assert set(SEVERITY) == set(Outcome) - {Outcome.PASSED}


def all_failed(outcome=Outcome.RAISED):
    return [said(name, outcome, message="NameError") for name in ("mean-check", "mean-more", "mean-most")]


@pytest.mark.parametrize(
    ("state", "outcome"), [(AnswerState.UNTOUCHED, Outcome.NOT_ATTEMPTED), (AnswerState.MISSING, Outcome.MISSING)]
)
def test_an_answer_that_is_not_there_says_so(state, outcome, scored):
    mean = scored(*all_failed(), states={"mean": state})["mean"]
    assert (mean.outcome, mean.points) == (outcome, 0)
    assert "NameError" not in mean.message
    assert mean.message


def test_a_check_that_says_it_better_is_heard(scored):
    checks = all_failed(Outcome.NOT_ATTEMPTED)
    assert scored(*checks, states={"mean": AnswerState.UNTOUCHED})["mean"].message == "NameError"


def test_an_untouched_answer_that_passes_gets_its_points(scored):
    assert scored(states={"mean": AnswerState.UNTOUCHED})["mean"].outcome is Outcome.PASSED
    mean = scored(said("mean-check", Outcome.FAILED, message="no"), states={"mean": AnswerState.UNTOUCHED})["mean"]
    assert (mean.points, mean.outcome) == (pytest.approx(0.3), Outcome.FAILED)


@pytest.mark.parametrize("end", [Outcome.TIMED_OUT, Outcome.KILLED, Outcome.OUT_OF_MEMORY])
def test_an_answer_that_was_stopped_says_so(end, scored):
    mean = scored(*all_failed(), stopped={"id-mean": end, "id-free": Outcome.KILLED})["mean"]
    assert mean.outcome is end
    assert end.words in mean.message
    assert "NameError" in mean.message


def test_an_answer_that_was_stopped_but_passes_has_passed(scored):
    assert scored(stopped={"id-mean": Outcome.TIMED_OUT})["mean"].outcome is Outcome.PASSED


def test_an_error_of_the_answer_leaves_the_verdict_to_the_check(scored):
    mean = scored(said("mean-check", Outcome.FAILED), stopped={"id-mean": Outcome.RAISED})["mean"]
    assert mean.outcome is Outcome.FAILED


def test_an_exercise_without_checks(scored):
    assert scored()["free"].outcome is Outcome.PASSED
    assert scored(states={"free": AnswerState.UNTOUCHED})["free"].outcome is Outcome.NOT_ATTEMPTED
    assert scored(stopped={"id-free": Outcome.KILLED})["free"].outcome is Outcome.KILLED


def test_what_a_person_grades_waits_with_its_text(scored):
    essay = scored(texts={"essay": "Because."})["essay"]
    assert (essay.points, essay.manual, essay.text) == (None, True, "Because.")


@pytest.mark.parametrize(
    ("state", "outcome"), [(AnswerState.UNTOUCHED, Outcome.NOT_ATTEMPTED), (AnswerState.MISSING, Outcome.MISSING)]
)
def test_what_nobody_wrote_needs_no_person(state, outcome, scored):
    results = scored(states={"essay": state, "mixed": state})
    for name in ("essay", "mixed"):
        assert (results[name].points, results[name].outcome) == (0, outcome)
    assert results["mixed-check"].points == 1


def test_a_task_always_waits(scored):
    """As in nbgrader: it is answered in cells of the learner's own."""
    assert scored(states={"project": AnswerState.UNTOUCHED})["project"].points is None


def test_outputs_stand_with_their_exercise(scored):
    results = scored(outputs={"mean": "printed", "essay": "drawn"})
    assert (results["mean"].output, results["essay"].output, results["free"].output) == ("printed", "drawn", "")


def test_a_check_without_a_result_gives_nothing(lesson):
    submission = Submission("ada", lesson, "f", CONTENT)
    result = score(submission, Assembled(lesson, (), {}), Run(()), runner="kernel", version="3")
    assert result.points == 0
    assert {check.outcome for each in result.exercises for check in each.checks} == {Outcome.MISSING}


def whole(lesson, run, **more):
    repairs = (Repair("mean", "changed", "The cell was changed.", tampering=True),)
    assembled = Assembled(lesson, (), {}, repairs=repairs)
    submission = Submission("ada", lesson, "ada/01-numbers.ipynb", CONTENT)
    return score(submission, assembled, run, runner="kernel", version="3", **more)


def test_a_result_says_where_it_comes_from(lesson):
    run = Run((), layers=(Layer("sandbox", False, "none"),), seconds=1.5)
    result = whole(lesson, run)
    assert (result.learner, result.lesson, result.file) == ("ada", "numbers", "ada/01-numbers.ipynb")
    assert len(result.sha256) == 64
    assert (result.version, result.runner, result.seconds, result.layers) == ("3", "kernel", 1.5, run.layers)
    assert result.repairs[0]["tampering"] is True


def test_a_submission_that_could_not_be_run_has_a_problem_and_no_points(lesson):
    result = whole(lesson, None, problem="the lesson does not run")
    assert (result.problem, result.exercises, result.points) == ("the lesson does not run", (), 0)
    assert result.repairs


def test_a_result_survives_json(lesson, scored):
    result = whole(lesson, Run((said("mean-check"),)))
    assert SubmissionResult.from_data(json.loads(json.dumps(result.to_data()))) == result
