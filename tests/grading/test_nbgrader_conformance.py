"""nbgrader's own notebooks, graded to nbgrader's own scores.

The notebooks ship with nbgrader; the scores are those its tests expect (``test_nbgrader_autograde.py``). Where grading
differs on purpose, ``docs/nbgrader.md`` says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbgrader
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from curriculum.check import Drawing
from curriculum.course import Lesson
from curriculum.errors import GradingError, SubmissionError
from curriculum.grading._findings import credited
from curriculum.grading._limits import Limits
from curriculum.grading._score import score
from curriculum.grading._steps import Step, StepKind
from curriculum.grading._submission import Submission
from curriculum.grading.assembly._assemble import assemble
from curriculum.grading.kernel import KernelRunner
from curriculum.grading.split import SplitRunner
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.grading._result import ExerciseResult, SubmissionResult

FILES = Path(nbgrader.__file__).parent / "tests" / "apps" / "files"
RUNNERS = {"kernel": KernelRunner, "split": lambda limits: SplitRunner("available", limits)}
AUTOTESTS = ["autotest-simple", "autotest-hashed", "autotest-multi", "autotest-hidden"]


@dataclass(frozen=True)
class Case:
    """A submission and what nbgrader gives it.

    Attributes:
        waits: whether a person has yet to grade a part.
        data_only: whether the checks look at values alone; others change names, or need the process they run in.
    """

    source: str
    submitted: str
    points: float
    most: float
    waits: bool = False
    seconds: float = 30.0
    data_only: bool = True


CASES = {
    "unchanged": Case("submitted-unchanged", "submitted-unchanged", 1, 7),
    "changed": Case("submitted-unchanged", "submitted-changed", 2, 7, waits=True),
    "cheat": Case("submitted-unchanged", "submitted-cheat-attempt", 1, 7, waits=True),
    "cheat-alternative": Case("submitted-unchanged", "submitted-cheat-attempt-alternative", 1, 7, waits=True),
    "grade-cell-changed": Case("submitted-unchanged", "submitted-grade-cell-changed", 1, 7),
    "locked-cell-changed": Case("submitted-unchanged", "submitted-locked-cell-changed", 1, 7),
    "autotest-simple-unchanged": Case("autotest-simple", "autotest-simple-unchanged", 0, 1),
    "autotest-simple-changed": Case("autotest-simple", "autotest-simple-changed", 1, 1),
    "autotest-hashed-unchanged": Case("autotest-hashed", "autotest-hashed-unchanged", 0, 1),
    "autotest-hashed-changed": Case("autotest-hashed", "autotest-hashed-changed", 1, 1),
    "autotest-multi-unchanged": Case("autotest-multi", "autotest-multi-unchanged", 0, 4),
    "autotest-multi-changed": Case("autotest-multi", "autotest-multi-changed", 3, 4),
    "autotest-hidden-unchanged": Case("autotest-hidden", "autotest-hidden-unchanged", 0, 1),
    "autotest-hidden-wrong": Case("autotest-hidden", "autotest-hidden-changed-wrong", 0, 1),
    "autotest-hidden-right": Case("autotest-hidden", "autotest-hidden-changed-right", 1, 1),
    "hidden-tests": Case("test-hidden-tests", "test-hidden-tests", 1.5, 3, data_only=False),
    "in-time": Case("timeout", "timeout", 1, 1),
    "too-slow": Case("timeout", "timeout", 0, 1, seconds=2.0),
    "infinite-loop": Case("infinite-loop", "infinite-loop", 0, 0, seconds=1.0, data_only=False),
    "infinite-loop-with-output": Case(
        "infinite-loop-with-output", "infinite-loop-with-output", 0, 0, seconds=1.0, data_only=False
    ),
    "environment": Case("validating-environment-variable", "validating-environment-variable", 0, 1, data_only=False),
    "zero-points": Case("validation-zero-points", "validation-zero-points", 0, 0),
    "relative-file": Case("open_relative_file", "open_relative_file", 10, 10),
    "side-effects": Case("side-effects", "side-effects", 0, 0),
    "version-0": Case("test-v0", "test-v0", 3, 6, waits=True, data_only=False),
    "version-1": Case("test-v1", "test-v1", 3, 6, waits=True, data_only=False),
    "version-2": Case("test-v2", "test-v2", 3, 6, waits=True, data_only=False),
    "version-3": Case("test", "test", 3, 6, waits=True, data_only=False),
    "version-2-of-a-version-3": Case("test", "test-v2", 3, 6, waits=True, data_only=False),
}
# The runner that grades in separate processes takes the cases that are about data.
RUNS = [(runner, case) for runner in RUNNERS for case in CASES if runner == "kernel" or CASES[case].data_only]

# nbgrader's own preprocessor runs the solutions in a kernel; in a process of its own, its open sockets go with it.
INSTANTIATE = """
import sys
import nbformat
from nbgrader.preprocessors import InstantiateTests

folder, names = sys.argv[1], sys.argv[2:]
for name in names:
    path = f"{folder}/{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook, _ = InstantiateTests().preprocess(notebook, {"metadata": {"path": folder}})
    nbformat.write(notebook, path)
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The fixtures as sources: each in a folder of its own, ``### AUTOTEST`` lines made into tests."""
    base = tmp_path_factory.mktemp("sources")
    for name in sorted({case.source for case in CASES.values()} | {"too-new"}):
        folder = base / name
        folder.mkdir()
        shutil.copy(FILES / f"{name}.ipynb", folder)
    (base / "open_relative_file" / "data.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    shutil.copy(FILES / "submitted-changed.ipynb", base / "open_relative_file" / "other.ipynb")
    auto = base / "auto"
    auto.mkdir()
    for name in [*(f"{name}.ipynb" for name in AUTOTESTS), "autotests.yml"]:
        shutil.copy(FILES / name, auto)
    subprocess.run([sys.executable, "-c", INSTANTIATE, auto, *AUTOTESTS], check=True, capture_output=True)
    for name in AUTOTESTS:
        shutil.copy(auto / f"{name}.ipynb", base / name)
    return base


def lesson_of(sources: Path, name: str) -> Lesson:
    return Lesson(root=sources, module=name, file=name, title=name, minutes=1)


def submission_of(lesson: Lesson, name: str) -> Submission:
    content = (FILES / f"{name}.ipynb").read_bytes()
    return Submission("ada", lesson, f"submitted/ada/ps1/{name}.ipynb", content)


@pytest.fixture(scope="module")
def graded(sources) -> Callable[[str, str], SubmissionResult]:
    """Grades a case with a runner, once."""
    done: dict[tuple[str, str], SubmissionResult] = {}

    def grade(runner: str, name: str) -> SubmissionResult:
        if (runner, name) not in done:
            case = CASES[name]
            submission = submission_of(lesson_of(sources, case.source), case.submitted)
            assembled = assemble(submission.lesson, submission.content, submission.file)
            running = RUNNERS[runner](Limits(cell_seconds=case.seconds))
            try:
                run = running.run(assembled, Drawing(b"key"))
            finally:
                running.close()
            done[runner, name] = score(submission, assembled, run, runner=runner, version="1")
        return done[runner, name]

    return grade


def by_name(result: SubmissionResult) -> dict[str, ExerciseResult]:
    return {exercise.exercise: exercise for exercise in result.exercises}


@pytest.mark.parametrize(("runner", "name"), RUNS)
def test_the_score_is_nbgraders(runner, name, graded):
    case, result = CASES[name], graded(runner, name)
    assert (result.points, result.max_points) == (case.points, case.most)
    assert any(exercise.points is None for exercise in result.exercises) == case.waits
    assert result.problem == ""


@pytest.mark.parametrize("name", ["unchanged", "changed", "cheat"])
def test_only_manual_answers_wait(name, graded):
    for exercise in graded("kernel", name).exercises:
        assert exercise.manual == (exercise.exercise in {"baz", "quux"})
        assert (exercise.points is None) == (exercise.manual and name != "unchanged")


def test_an_untouched_answer_whose_check_passes_gets_its_points(graded):
    exercise = by_name(graded("kernel", "unchanged"))["set_a"]
    assert [check.points for check in exercise.checks] == [1, 0]
    assert exercise.points == 1


def test_no_response_is_said_where_nbgrader_comments_it(graded):
    exercises = by_name(graded("kernel", "unchanged"))
    assert {exercises[name].outcome for name in ("baz", "quux")} == {Outcome.NOT_ATTEMPTED}
    assert {exercises[name].points for name in ("baz", "quux")} == {0}


def test_what_a_person_grades_is_kept(graded):
    exercises = by_name(graded("kernel", "changed"))
    assert exercises["baz"].text == "An answer!"
    assert exercises["quux"].text == "# YOUR CODE HERE\nb = 2"


@pytest.mark.parametrize(("name", "cells"), [("grade-cell-changed", {"bar"}), ("locked-cell-changed", {"ro1", "ro2"})])
def test_changed_cells_are_replaced_and_reported(name, cells, graded):
    """As nbgrader's validator says it: the contents of 1 or 2 cells have changed."""
    changed = [repair for repair in graded("kernel", name).repairs if repair["tampering"]]
    assert {repair["what"] for repair in changed} == {"changed"}
    assert len(changed) == len(cells)
    assert [repair for repair in graded("kernel", "changed").repairs if repair["tampering"]] == []


def test_a_hidden_test_that_fails_is_said_to_be_hidden(graded):
    checks = {check.cell: check for result in graded("kernel", "hidden-tests").exercises for check in result.checks}
    squares = checks["correct_squares"]
    assert (squares.points, squares.outcome, squares.hidden) == (0, Outcome.FAILED, True)
    assert "AssertionError" in squares.message
    assert checks["squares_invalid_input"].outcome is Outcome.PASSED


def test_a_check_that_takes_too_long_is_timed_out(graded):
    [exercise] = graded("kernel", "too-slow").exercises
    assert exercise.outcome is Outcome.TIMED_OUT
    assert "2 s" in exercise.message


def test_a_failed_check_of_no_points_has_failed(graded):
    [exercise] = graded("kernel", "zero-points").exercises
    assert exercise.outcome is Outcome.FAILED


def test_nothing_is_left_beside_the_source(graded, sources):
    graded("kernel", "side-effects")
    assert [path.name for path in (sources / "side-effects").iterdir()] == ["side-effects.ipynb"]


def test_a_newer_schema_is_refused(sources):
    """nbgrader's words: the notebook's metadata is too new, update nbgrader."""
    lesson = lesson_of(sources, "submitted-unchanged")
    submission = submission_of(lesson, "too-new")
    with pytest.raises(SubmissionError, match="schema 10"):
        assemble(lesson, submission.content, submission.file)
    with pytest.raises(GradingError, match="schema 10"):
        assemble(lesson_of(sources, "too-new"), submission.content, submission.file)


# --- the number a check cell ends in ---------------------------------------------------------------------------------

NUMBERS = {"0.5": 0.5, "0": 0.0, "2": 2.0, "2.0": 2.0, "True": 2.0, "'1'": 2.0, "None": 2.0, "[1]": 2.0, "1e-3": 0.001}
# What it ends in, what nbgrader gives of 2 points (an error where None), and what is given here.
OTHER_NUMBERS = {
    "-1": (2.0, 0.0),
    "nan": (2.0, 0.0),
    "-inf": (2.0, 0.0),
    "np.float64(0.5)": (2.0, 0.5),
    "3": (None, 0.0),
    "inf": (None, 0.0),
}


def by_nbgrader(value: str) -> float | None:
    output = new_output("execute_result", {"text/plain": value})
    cell = new_code_cell("x", outputs=[output])
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "points": 2, "grade_id": "c"}
    try:
        return determine_grade(cell)[0]
    except ValueError:
        return None


@pytest.mark.parametrize("value", NUMBERS)
def test_a_number_counts_as_in_nbgrader(value):
    assert credited(Step(StepKind.CHECK, "c", "x", points=2.0), value).points == by_nbgrader(value) == NUMBERS[value]


@pytest.mark.parametrize("value", OTHER_NUMBERS)
def test_a_number_that_counts_otherwise_on_purpose(value):
    theirs, ours = OTHER_NUMBERS[value]
    assert by_nbgrader(value) == theirs
    assert credited(Step(StepKind.CHECK, "c", "x", points=2.0), value).points == ours


# --- the validator's notebooks ---------------------------------------------------------------------------------------

VALIDATOR = Path(nbgrader.__file__).parent / "tests" / "preprocessors" / "files"
TYPE_CHANGED = {"submitted-answer-cell-type-changed": "set_a", "submitted-grade-cell-type-changed": "bar"}


@pytest.fixture(scope="module")
def validated(sources) -> Callable[[str], SubmissionResult]:
    """Grades one of the validator's notebooks, once."""
    done: dict[str, SubmissionResult] = {}

    def grade(name: str) -> SubmissionResult:
        if name not in done:
            lesson = lesson_of(sources, "submitted-unchanged")
            submission = Submission("ada", lesson, name, (VALIDATOR / f"{name}.ipynb").read_bytes())
            assembled = assemble(lesson, submission.content, name)
            run = KernelRunner().run(assembled, Drawing(b"key"))
            done[name] = score(submission, assembled, run, runner="kernel", version="1")
        return done[name]

    return grade


def failed(result: SubmissionResult) -> list[str]:
    """What nbgrader's validator calls failed: checks that do not pass, and answers without a response."""
    checks = [check.cell for each in result.exercises for check in each.checks if check.outcome is not Outcome.PASSED]
    return checks + [each.exercise for each in result.exercises if each.manual and each.points == 0]


def test_validator_an_unchanged_notebook_fails_on_three_cells(validated):
    assert sorted(failed(validated("submitted-unchanged"))) == ["bar", "baz", "quux"]
    assert by_name(validated("submitted-unchanged"))["baz"].message == "The answer is still as it was handed out."


def test_validator_a_changed_notebook_passes(validated):
    assert failed(validated("submitted-changed")) == []


@pytest.mark.parametrize(
    ("name", "number"), [("submitted-grade-cell-changed", 1), ("submitted-locked-cell-changed", 2)]
)
def test_validator_changed_cells(name, number, validated):
    assert sum(repair["tampering"] for repair in validated(name).repairs) == number


@pytest.mark.parametrize("name", TYPE_CHANGED)
def test_validator_changed_types(name, validated):
    """Types are mended, as nbgrader does when it grades, and reported, as its validator does."""
    result = validated(name)
    assert [repair["what"] for repair in result.repairs if repair["what"] == "retyped"] == ["retyped"]
    assert result.points == 1


def test_every_fixture_that_is_graded_is_in_the_table():
    """A new notebook in nbgrader's wheel is noticed."""
    used = {name for case in CASES.values() for name in (case.source, case.submitted)} | {"too-new"}
    # Inputs of other commands: generate, validate (with stored output), quickstart.
    others = {"test-no-metadata", "test-no-metadata-autotest", "test-with-output", "test-v0-invalid"}
    assert {path.stem for path in FILES.glob("*.ipynb")} == used | others
