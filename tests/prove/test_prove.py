"""Proofs of small lessons: what a sound one looks like, and that no kind of unsoundness gets through."""

from __future__ import annotations

import base64
import io
import json
import os
from pathlib import Path

import pytest

from curriculum import check
from curriculum.errors import AnswersError, NotebookError, ProveError
from curriculum.outcome import Outcome
from curriculum.prove import Kind, prove, prove_all

PLAIN = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
MEAN_CHECK = """\
check.exercise("mean")
check.close(
    mean([1, 2, 6]),
    3,
    mistakes=[
        check.Mistake("median", 2, "That is the value in the middle."),
        check.Mistake("total", 9, "That is the sum; divide it by how many there are."),
    ],
)
### BEGIN HIDDEN TESTS
values = check.rng().normal(size=5).tolist()
check.close(mean(values), sum(values) / 5)
### END HIDDEN TESTS"""
MEAN = "def mean(values):\n    ### BEGIN SOLUTION\n    return sum(values) / len(values)\n    ### END SOLUTION"


def exercise(maker, name, source, checks, points=1):
    own = {"exercise": name}
    return [
        maker.code(name, source, curriculum=own, nbgrader=PLAIN | {"grade_id": name, "solution": True}),
        maker.code(
            f"{name}-check",
            checks,
            curriculum=own,
            nbgrader=PLAIN | {"grade_id": f"{name}-check", "grade": True, "locked": True, "points": points},
        ),
    ]


def lesson_of(maker, *cells, checks=MEAN_CHECK, source=MEAN):
    """A lesson of one exercise, after the given cells."""
    setup = maker.code("setup", "from curriculum import check")
    course = maker({"00-m/01-one": [setup, *cells, *exercise(maker, "mean", source, checks)]})
    return course.lesson("one")


def write_answers(lesson, entries, path=None):
    lines = [f'lesson = "{lesson.id}"']
    for entry in entries:
        lines.append("[[answer]]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in ({"exercise": "mean"} | entry).items()]
    path = path or lesson.root.parent / "tests" / "answers" / f"{lesson.id}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def mean(body):
    return f"import os, sys\ndef mean(values):\n    {body}"


def wrong(body, says="", **more):
    return {"kind": "mistake", "code": mean(body), "says": says} | more


def right(body, note=""):
    return {"kind": "right", "code": mean(body), "note": note}


CORRECT = "return sum(values) / len(values)"
TOTAL = wrong("return sum(values)", "divide it", mistake="total")
MEDIAN = wrong("return sorted(values)[len(values) // 2]", "in the middle", mistake="median")
GOOD = [TOTAL, MEDIAN, right(CORRECT)]


def problems(proof):
    return [verdict.problem for verdict in proof.verdicts if verdict.problem]


# --- one lesson, many answers ----------------------------------------------------------------------------------------

# What each answer is recorded as, what it comes to, and the problem that must be found.
CASES = {
    "recognised": (TOTAL, "failed", ""),
    "other-recognised": (MEDIAN, "failed", ""),
    "only-hidden": (wrong("return 3", "not what was asked for", hidden=True), "failed", ""),
    "says-over-lines": (wrong("return None", "IS   not\nwhat"), "failed", ""),
    "raises": (wrong("return values[99]", "IndexError", outcome="raised"), "raised", ""),
    "syntax": ({"kind": "mistake", "code": "def mean(", "says": "SyntaxError", "outcome": "raised"}, "raised", ""),
    "magic": ({"kind": "right", "code": "%matplotlib inline\n" + mean(CORRECT)}, "passed", ""),
    "other-name": ({"kind": "mistake", "code": "average = 1", "says": "not defined"}, "not_attempted", "came to not"),
    "not-implemented": (wrong("raise NotImplementedError", "x"), "not_attempted", "must come to failed"),
    "sys-exit": (wrong("sys.exit(0)", "SystemExit", outcome="raised"), "raised", ""),
    "exit-at-once": (
        {"kind": "mistake", "code": "import sys; sys.exit()", "says": "x"},
        "raised",
        "must come to failed",
    ),
    "interrupt": (wrong("raise KeyboardInterrupt", "KeyboardInterrupt", outcome="raised"), "raised", ""),
    "os-exit": (wrong("os._exit(0)", "without a word", outcome="killed"), "killed", ""),
    "kills-itself": (wrong("os.kill(os.getpid(), 9)", "without a word", outcome="killed"), "killed", ""),
    "closes-everything": (wrong("os.closerange(3, 4096)", "without", outcome="killed"), "killed", ""),
    "recursion": (wrong("return mean(values)", "RecursionError", outcome="raised"), "raised", ""),
    "prints-much": (right("print('x' * 1_000_000); os.write(1, b'y' * 100_000); " + CORRECT), "passed", ""),
    "starts-processes": (
        right("import subprocess; subprocess.Popen([sys.executable, '-c', 'while True: pass']); " + CORRECT),
        "passed",
        "",
    ),
    "stderr": (right("sys.stderr.write('oops\\n'); " + CORRECT), "passed", "writes to stderr"),
    "warns-once": (right("import warnings; warnings.warn('old'); " + CORRECT), "passed", "writes to stderr"),
    "empties-builtins": (right("import builtins; builtins.sum = None; return 3"), "raised", "came to raised"),
    "disarms-the-check": (
        {"kind": "mistake", "code": "check.close = lambda *a, **k: None\n" + mean("return 7"), "says": "x"},
        "passed",
        "came to passed",
    ),
    "after-those": (wrong("return -sum(values)", "not what was asked for"), "failed", ""),
    "shadows": (right("return check.rng", "x"), "failed", "came to failed, must come to passed"),
}
UNSOUND = {
    "accepted": (wrong(CORRECT, "anything"), "passed", "came to passed, must come to failed"),
    "rejected": (right("return 4.5"), "failed", "came to failed, must come to passed"),
    "wrong-id": (
        wrong("return 9", "divide it", mistake="median"),
        "failed",
        "is not recognised as 'median', but as 'total'",
    ),
    "no-id": (wrong("return 8", "asked", mistake="median"), "failed", "is not recognised as 'median'"),
    "no-words": (wrong("return 2.0", "elephants"), "failed", "the message does not say 'elephants'"),
    "visible-accept": (wrong("return 3.0", "asked"), "failed", "the visible checks accept it"),
    "visible-reject": (wrong("return 5", "asked", hidden=True), "failed", "is said to be for the hidden tests, but"),
    "raises-not": (wrong("return 6", "asked", outcome="raised"), "failed", "came to failed, must come to raised"),
    "hangs-not": (wrong("return 6.25", "asked", outcome="timed_out"), "failed", "must come to timed out"),
}


ALL = CASES | UNSOUND


@pytest.fixture(scope="module")
def many(make_module_course):
    """All the cases, in two proofs: messages that two of them share would be a problem of their own."""
    seen = {}
    for cases in (CASES, UNSOUND):
        lesson = lesson_of(make_module_course)
        path = write_answers(lesson, [entry for entry, _, _ in cases.values()], lesson.root / "cases.toml")
        seen |= zip(cases, prove(lesson, answers=path, nbval=False).verdicts[3:], strict=True)
    return seen


@pytest.mark.parametrize("case", ALL)
def test_each_answer_comes_to_what_it_is(many, case):
    _, outcome, problem = ALL[case]
    verdict = many[case]
    assert verdict.seen.outcome == outcome, verdict.seen.message
    assert (problem in verdict.problem) if problem else (verdict.problem == "")
    assert "\n" not in verdict.problem


def test_messages_are_what_learners_read(many):
    assert "That is the sum; divide it by how many there are." in many["recognised"].seen.message
    assert many["recognised"].seen.mistake == "total"
    # An answer that fails before its check cell is not laid at the door of another exercise.
    assert many["syntax"].seen.summary.startswith("mean: SyntaxError")
    assert many["recognised"].seen.hidden is False
    assert many["only-hidden"].seen.hidden is True
    assert many["stderr"].seen.stderr == "oops\n"
    assert "UserWarning: old" in many["warns-once"].seen.stderr


def test_order_and_numbers_are_the_files(many):
    numbers = [*range(1, len(CASES) + 1), *range(1, len(UNSOUND) + 1)]
    assert [verdict.answer.number for verdict in many.values()] == numbers


# --- sound and unsound lessons ---------------------------------------------------------------------------------------


def test_a_sound_lesson(make_course):
    lesson = lesson_of(make_course)
    write_answers(lesson, GOOD)
    proof = prove(lesson, nbval=False)
    assert problems(proof) == []
    assert proof.is_sound
    assert [verdict.answer.kind for verdict in proof.verdicts[:3]] == [Kind.STARTER, Kind.EMPTY, Kind.SOLUTION]
    assert [verdict.seen.outcome for verdict in proof.verdicts[:3]] == [
        Outcome.NOT_ATTEMPTED,
        Outcome.NOT_ATTEMPTED,
        Outcome.PASSED,
    ]
    assert (proof.has_nbval, proof.nbval, proof.problems) == (False, "", ())
    assert 0 < proof.seconds < 600


def test_two_mistakes_with_one_message(make_course):
    lesson = lesson_of(make_course)
    twin = wrong("return values[0] + sum(values[1:])", "divide it", mistake="total")
    write_answers(lesson, [*GOOD, twin])
    proof = prove(lesson, nbval=False)
    assert problems(proof) == ["another mistake gets the very same message"] * 2
    assert not proof.is_sound


def test_too_few_answers_are_a_problem_of_the_lesson(make_course):
    lesson = lesson_of(make_course)
    other = write_answers(lesson, [TOTAL], lesson.root / "other.toml")
    assert prove(lesson, answers=other, nbval=False).is_sound
    write_answers(lesson, [TOTAL])
    proof = prove(lesson, nbval=False)
    assert proof.problems == (
        "mean: 1 recorded mistakes, at least 2",
        "mean: no other right answer is recorded",
    )
    assert not proof.is_sound


def test_a_question_needs_no_other_right_answer(make_course):
    key = check.choice_key("mean", "a")
    checks = f'check.exercise("mean")\ncheck.choice(letter, key="{key}", options={{"a": "yes", "b": "no", "c": "nor"}})'
    lesson = lesson_of(
        make_course, checks=checks, source="letter = (\n    ### BEGIN SOLUTION\n    'a'\n    ### END SOLUTION\n)"
    )
    write_answers(
        lesson, [{"kind": "mistake", "code": f"letter = '{x}'", "says": w} for x, w in (("b", "no"), ("c", "nor"))]
    )
    proof = prove(lesson, nbval=False)
    assert proof.is_sound, [*proof.problems, *problems(proof)]


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ("check.close(mean([1, 2, 6]), 3)", ["must come to not attempted", "must come to not attempted"]),
        ("pass", ["came to passed, must come to not attempted"] * 2 + ["came to passed, must come to failed"] * 2),
        (MEAN_CHECK.replace("/ 5", "/ 4"), ["came to failed, must come to passed"] * 2),
        (MEAN_CHECK.replace("### BEGIN HIDDEN TESTS", "undefined_name"), ["must come to passed"] * 2),
        (
            MEAN_CHECK + "\nimport sys; sys.stderr.write('x')",
            ["writes to stderr, which nbgrader counts as failed: x"] * 2,
        ),
    ],
    ids=["starter-is-an-attempt", "accepts-all", "hidden-rejects-solution", "raises", "stderr"],
)
def test_checks_that_are_wrong_themselves(make_course, checks, expected):
    if "END HIDDEN" in checks and "BEGIN HIDDEN" not in checks:
        checks = checks.replace("### END HIDDEN TESTS", "")
    lesson = lesson_of(make_course, checks=checks)
    write_answers(lesson, GOOD)
    proof = prove(lesson, nbval=False)
    assert not proof.is_sound
    found = problems(proof)
    for part in expected:
        match = next((problem for problem in found if part in problem), None)
        assert match, (part, found)
        found.remove(match)


def test_an_answer_meets_the_solutions_above_it_and_the_cells_between(make_course):
    second_check = 'check.exercise("double")\ncheck.equal(double([1, 2, 6]), factor * 3.0)'
    second = exercise(make_course, "double", "def double(v):\n    return 2 * mean(v)", second_check)
    between = make_course.code("between", "factor = 2\nassert mean([1, 3]) == 2")
    first = exercise(make_course, "mean", MEAN, MEAN_CHECK)
    cells = [make_course.code("setup", "from curriculum import check"), *first, between, second[0], second[1]]
    lesson = make_course({"00-m/01-one": cells}).lesson("one")
    more = [
        {"exercise": "double", "kind": "right", "code": "def double(v):\n    return mean(v) + mean(v)"},
        {"exercise": "double", "kind": "mistake", "code": "def double(v):\n    return mean(v)", "says": "asked"},
        {"exercise": "double", "kind": "mistake", "code": "def double(v):\n    return 1", "says": "asked"},
    ]
    write_answers(lesson, [more[0], *GOOD, *more[1:]])
    proof = prove(lesson, nbval=False)
    assert proof.is_sound, problems(proof)
    assert [verdict.answer.exercise for verdict in proof.verdicts] == ["mean"] * 6 + ["double"] * 6


def test_an_answer_that_hangs_is_timed_out_and_the_rest_goes_on(make_course):
    lesson = lesson_of(make_course)
    hangs = [
        wrong(body, "longer than 2 s", outcome="timed_out") for body in ("while True: pass", "os.read(os.pipe()[0], 1)")
    ]
    write_answers(lesson, [hangs[0], *GOOD, hangs[1]])
    proof = prove(lesson, nbval=False, seconds=2)
    assert proof.is_sound, problems(proof)
    assert [verdict.seen.outcome for verdict in proof.verdicts].count(Outcome.TIMED_OUT) == 2


def test_more_draws_find_an_answer_that_fits_only_one(make_course):
    checks = """\
check.exercise("mean")
slips = [check.Mistake("total", 9, "divide it"), check.Mistake("median", 2, "in the middle")]
check.close(mean([1, 2, 6]), 3, mistakes=slips)
### BEGIN HIDDEN TESTS
first = int(check.rng().integers(0, 10**6))
check.close(mean([first, 0]), first / 2)
### END HIDDEN TESTS"""
    check.exercise("mean")
    drawn = int(check.rng().integers(0, 10**6))
    lesson = lesson_of(make_course, checks=checks)
    fitted = right(f"return {{1: 3, {drawn}: {drawn / 2}}}.get(values[0], 0)")
    write_answers(lesson, [TOTAL, MEDIAN, fitted])
    once = prove(lesson, nbval=False)
    assert once.is_sound, problems(once)
    often = prove(lesson, nbval=False, draws=3)
    assert problems(often) == ["came to failed, must come to passed (draw 2 of 3)"]
    assert {verdict.draws for verdict in often.verdicts} == {3}


def test_other_draws_tell_what_the_visible_checks_reject_from_what_the_hidden_tests_do(make_course):
    checks = """\
check.exercise("mean")
shown = int(check.rng("shown").integers(0, 10**6))
check.close(mean([shown, 0]), shown / 2, mistakes=[check.Mistake("total", shown, "divide it")])
### BEGIN HIDDEN TESTS
kept = int(check.rng("kept").integers(0, 10**6))
check.close(mean([kept, 1, 1]), (kept + 2) / 3, mistakes=[check.Mistake("of-two", (kept + 2) / 2, "divide by three")])
### END HIDDEN TESTS"""
    lesson = lesson_of(make_course, checks=checks)
    of_two = wrong("return sum(values) / 2", "divide by three", mistake="of-two", hidden=True)
    write_answers(lesson, [TOTAL, of_two, right(CORRECT)])
    proof = prove(lesson, nbval=False, draws=3)
    assert proof.is_sound, problems(proof)


def test_another_file_of_answers_is_about_the_exercises_that_it_names(make_course, tmp_path):
    setup = make_course.code("setup", "from curriculum import check")
    other = exercise(make_course, "other", "two = 2", "check.exercise('other')\ncheck.equal(two, 2)")
    course = make_course({"00-m/01-one": [setup, *exercise(make_course, "mean", MEAN, MEAN_CHECK), *other]})
    lesson = course.lesson("one")
    own = tmp_path / "own.toml"
    write_answers(lesson, [TOTAL], own)
    proof = prove(lesson, nbval=False, graded=False, answers=own)
    assert {verdict.answer.exercise for verdict in proof.verdicts} == {"mean"}
    assert len(proof.verdicts) == 4


def test_processes_that_an_answer_leaves_behind_are_ended(make_course, tmp_path):
    note = tmp_path / "pid"
    leaves = "import subprocess, pathlib\n    child = subprocess.Popen([sys.executable, '-c', 'while True: pass'])\n"
    leaves += f"    pathlib.Path({str(note)!r}).write_text(str(child.pid)); {CORRECT}"
    lesson = lesson_of(make_course)
    write_answers(lesson, [TOTAL, MEDIAN, right(leaves)])
    proof = prove(lesson, nbval=False)
    assert not problems(proof)
    assert "when graded it comes out as raised" in proof.graded[0]  # where no other program may be started
    state = Path(f"/proc/{note.read_text(encoding='utf-8')}/stat")
    assert not state.exists() or state.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z"


# --- the same answers, graded ---------------------------------------------------------------------------------------


def test_answers_are_graded_as_if_they_had_been_handed_in(make_course):
    lesson = lesson_of(make_course)
    write_answers(lesson, GOOD)
    proof = prove(lesson, nbval=False)
    assert proof.has_graded
    assert proof.graded == ()
    assert not prove(lesson, nbval=False, graded=False).has_graded


def test_a_check_that_works_in_one_process_only_is_found(make_course):
    shares = "check.exercise('mean')\nseen = []\nmean.log = seen\ncheck.that(mean.log is seen, 'the same list')\n"
    lesson = lesson_of(make_course, checks=shares + MEAN_CHECK.partition("\n")[2])
    write_answers(lesson, GOOD)
    proof = prove(lesson, nbval=False)
    assert not problems(proof)
    assert not proof.is_sound
    assert any("solution: when graded it comes out as failed" in line for line in proof.graded)


def test_what_cannot_be_handed_to_another_process_is_said_to_the_author(make_course):
    hands = MEAN_CHECK.replace(
        "### BEGIN", "class Odd(float):\n    pass\n\n\ncheck.equal(mean([Odd(2)]), 2)\n### BEGIN", 1
    )
    lesson = lesson_of(make_course, checks=hands)
    write_answers(lesson, GOOD)
    (said,) = prove(lesson, nbval=False).graded
    assert "check cell 'mean-check'" in said
    assert "define it in a teacher's cell" in said


# --- what cannot be proved -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("1 / 0", "cell 'broken' raises ZeroDivisionError: division by zero"),
        ("raise ValueError('first\\nsecond')", "cell 'broken' raises ValueError: first"),
        ("raise ValueError", "cell 'broken' raises ValueError: "),
        ("import not_there_at_all", "cell 'broken' raises ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("def f(", "cell 'broken' raises SyntaxError: "),
        ("import sys; sys.exit('bye')", "cell 'broken' raises SystemExit: bye"),
        ("import os; os._exit(0)", "could not be run (exit code 0)"),
        ("import os; os.kill(os.getpid(), 9)", "could not be run (exit code -9)"),
    ],
)
def test_a_lesson_that_fails_itself_is_one_line(make_course, source, says):
    lesson = lesson_of(make_course, make_course.code("broken", source))
    write_answers(lesson, GOOD)
    with pytest.raises(ProveError) as caught:
        prove(lesson, nbval=False)
    assert says in str(caught.value)
    assert str(caught.value).startswith((f"{lesson.path}: ", f"{lesson.id}: "))
    assert "\n" not in str(caught.value)


def test_a_lesson_that_hangs_is_one_line(make_course):
    lesson = lesson_of(make_course, make_course.code("endless", "while True:\n    pass"))
    write_answers(lesson, GOOD)
    with pytest.raises(ProveError, match=r"cell 'endless' raises TimeoutError: ran longer than 0\.5 s$"):
        prove(lesson, nbval=False, seconds=0.5)


def test_a_cell_that_is_to_fail_may(make_course):
    expected = make_course.code("shows-an-error", "1 / 0", tags=["raises-exception"])
    no_tags = make_course.code("odd", "pass", tags=None)
    lesson = lesson_of(make_course, expected, no_tags)
    write_answers(lesson, GOOD)
    assert prove(lesson, nbval=False).is_sound


def test_a_solution_that_fails_names_its_cell(make_course):
    lesson = lesson_of(make_course, source="mean = 1 / 0")
    write_answers(lesson, [])
    with pytest.raises(ProveError, match=r"cell 'mean' raises ZeroDivisionError: division by zero$"):
        prove(lesson, nbval=False)


def test_markers_that_do_not_pair_name_the_cell(make_course):
    lesson = lesson_of(make_course, checks=MEAN_CHECK.replace("### END HIDDEN TESTS", ""))
    write_answers(lesson, GOOD)
    with pytest.raises(NotebookError, match=r"01-one\.ipynb: cell 'mean-check': '### BEGIN HIDDEN TESTS' without"):
        prove(lesson, nbval=False)


def test_missing_answers_are_one_line(make_course):
    lesson = lesson_of(make_course)
    with pytest.raises(AnswersError, match=r"one\.toml: No such file or directory$"):
        prove(lesson, nbval=False)


def test_a_system_that_cannot_fork_is_told_so(make_course, monkeypatch):
    monkeypatch.delattr(os, "fork")
    with pytest.raises(ProveError, match="prove needs a system that can fork"):
        prove(lesson_of(make_course))


def test_the_first_trouble_of_several_lessons_is_told(make_course):
    course = make_course()
    with pytest.raises(AnswersError, match=r"first\.toml: No such file"):
        prove_all(course.lessons, nbval=False)


# --- nbval -----------------------------------------------------------------------------------------------------------


def stream(text):
    return {"name": "stdout", "output_type": "stream", "text": text}


def picture(colour):
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (3, 3), colour).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


DRAW = """\
import base64, io
from PIL import Image
from IPython.display import HTML, display
file = io.BytesIO()
Image.new("RGB", (3, 3), "red").save(file, "png")
display({"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "a figure"}, raw=True)
HTML(f'<img alt="x" src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}">')"""


def with_outputs(cell, *outputs):
    return cell | {"execution_count": 1, "outputs": list(outputs)}


def test_nbval_takes_equal_outputs_and_other_pictures(make_course):
    blue = {"image/png": picture("blue"), "text/plain": "a figure"}
    html = f'<img alt="x" src="data:image/png;base64,{picture("blue")}">'
    shown = {"data": blue, "metadata": {}, "output_type": "display_data"}
    data = {"text/html": [html], "text/plain": ["<IPython.core.display.HTML object>"]}
    result = {"data": data, "metadata": {}, "execution_count": 1, "output_type": "execute_result"}
    told = make_course.code(
        "told", "import os; from pathlib import Path\nprint(Path(os.environ['CURRICULUM_COURSE']).name)"
    )
    lesson = lesson_of(
        make_course,
        with_outputs(make_course.code("draw", DRAW), shown, result),
        # The kernel knows which course it belongs to.
        with_outputs(told, stream("course-1\n")),
        checks="check.equal(mean([1]), 1)",
    )
    path = write_answers(lesson, [], lesson.root / "none.toml")
    proof = prove(lesson, answers=path)
    assert proof.has_nbval
    assert proof.nbval == ""


def test_nbval_finds_a_changed_output(make_course):
    lesson = lesson_of(make_course, with_outputs(make_course.code("told", "print(2)"), stream("1\n")))
    write_answers(lesson, GOOD)
    proof = prove(lesson)
    assert not problems(proof)
    assert not proof.is_sound
    assert "print(2)" in proof.nbval
    assert "\x1b" not in proof.nbval


def test_a_lesson_without_code_has_nothing_to_compare(make_course):
    lesson = make_course({"00-m/01-one": [make_course.text("a", "# Only words")]}).lesson("one")
    write_answers(lesson, [])
    assert prove(lesson).is_sound


# --- as data ---------------------------------------------------------------------------------------------------------

KEYS = {
    "answer": int,
    "exercise": str,
    "kind": str,
    "note": str,
    "expected": str,
    "expected_mistake": str,
    "outcome": str,
    "mistake": str,
    "found_by": str,
    "message": str,
    "draws": int,
    "problem": str,
}


def test_a_proof_as_json_has_the_documented_keys(make_course):
    lesson = lesson_of(make_course)
    hidden = CASES["only-hidden"][0]
    write_answers(lesson, [*GOOD, hidden, CASES["os-exit"][0]])
    (data,) = json.loads(json.dumps([proof.to_data() for proof in prove_all([lesson], nbval=False)]))
    assert set(data) == {"lesson", "sound", "problems", "graded", "nbval", "answers"}
    assert (data["lesson"], data["sound"], data["problems"], data["nbval"]) == ("one", True, [], "")
    for entry in data["answers"]:
        assert {key: type(value) for key, value in entry.items()} == KEYS
    assert [entry["answer"] for entry in data["answers"]] == [0, 0, 0, 1, 2, 3, 4, 5]
    assert [entry["found_by"] for entry in data["answers"]] == [
        "",
        "",
        "",
        "visible checks",
        "visible checks",
        "",
        "hidden tests",
        "",
    ]
    text = (Path(__file__).parents[2] / "docs" / "answers.md").read_text(encoding="utf-8")
    assert all(f"| `{key}` |" in text for key in [*data, *KEYS])


def test_proofs_do_not_meet_each_other(make_course):
    """Lessons proved at the same time keep their answers apart."""
    cells = {}
    for name in ("first", "second", "third"):
        cells[f"00-m/01-{name}"] = make_course.lesson(name, f"{name}-sum")
    course = make_course(cells)
    for lesson in course.lessons:
        entry = {"exercise": f"{lesson.id}-sum", "kind": "mistake", "says": lesson.id}
        code = f"{lesson.id}_sum = '{lesson.id}'"
        write_answers(lesson, [entry | {"code": code}], lesson.root.parent / "tests" / "answers" / f"{lesson.id}.toml")
    proofs = prove_all(course.lessons, nbval=False)
    assert [proof.lesson for proof in proofs] == ["first", "second", "third"]
    assert [problems(proof) for proof in proofs] == [[], [], []]
