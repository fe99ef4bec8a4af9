"""Whole submissions: what each comes to, and that one learner's trouble stays with the exercise at hand."""

from __future__ import annotations

import pytest
from grading.split.lessons import (
    DRAWING,
    Submitted,
    exercise,
    graded,
    hidden,
    lesson_of,
    outcomes,
    results,
    solved,
    submission,
    teacher,
)

from curriculum.errors import GradingError
from curriculum.grading._limits import Limits
from curriculum.grading.split import SplitRunner
from curriculum.outcome import Outcome

PASSED, FAILED, RAISED = Outcome.PASSED, Outcome.FAILED, Outcome.RAISED
MIB = 1 << 20


@pytest.fixture(scope="module")
def runner():
    limits = Limits(cell_seconds=2.0, submission_seconds=30.0, memory=400 * MIB)
    runner = SplitRunner(limits=limits)
    yield runner
    runner.close()


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """Three exercises around a teacher's cell that depends on the first."""
    return lesson_of(
        tmp_path_factory.mktemp("lesson"),
        teacher("start", "import math\nscale = 10"),
        exercise(
            "first",
            "def double(x):\n    return 2 * x",
            "check.equal(double(3), 6)\n" + hidden("check.equal(double(7), 14)"),
        ),
        teacher("between", "quadruple = double(double(1))"),
        exercise("second", "total = quadruple + scale", "check.equal(total, 14)", "total / 14 * 0.5"),
        exercise("third", "third = 'x'", "check.equal(third, 'x')"),
    )


def test_the_authors_answers_pass(runner, lesson):
    run = runner.run(solved(lesson), DRAWING)
    assert outcomes(run) == {
        "first-check-1": PASSED,
        "second-check-1": PASSED,
        "second-check-2": FAILED,  # half of the points
        "third-check-1": PASSED,
    }
    assert [result.points for result in run.checks] == [1.0, 1.0, 0.5, 1.0]
    assert [result.exercise for result in run.checks] == ["first", "second", "second", "third"]
    assert run.stopped == {}
    assert run.seconds > 0
    assert run.layers


def test_the_same_submission_comes_to_the_same(runner, lesson):
    assembled = solved(lesson, first="def double(x):\n    return x + 3")
    assert runner.run(assembled, DRAWING).checks == runner.run(assembled, DRAWING).checks


def test_a_wrong_answer_fails_alone_and_what_follows_from_it(runner, lesson):
    run = runner.run(solved(lesson, first="def double(x):\n    return 3 * x"), DRAWING)
    found = outcomes(run)
    assert found["first-check-1"] is FAILED
    assert found["second-check-1"] is FAILED  # 9 + 10
    assert found["third-check-1"] is PASSED


def test_an_answer_that_only_hidden_tests_find_out_does_not_tell(runner, lesson):
    result = graded(runner, solved(lesson, first="def double(x):\n    return 6"))["first-check-1"]
    assert (result.outcome, result.hidden) == (FAILED, True)
    assert "14" not in result.message
    assert "14" in result.detail


def test_untouched_and_missing_answers_were_not_attempted(runner, lesson):
    untouched = graded(runner, submission(lesson, first="def double(x):\n    return 2 * x"))
    assert untouched["first-check-1"].outcome is PASSED
    assert untouched["second-check-1"].outcome is Outcome.NOT_ATTEMPTED
    missing = Submitted(lesson).write("first", "def double(x):\n    return 2 * x").remove("third").assembled()
    assert graded(runner, missing)["third-check-1"].outcome is Outcome.NOT_ATTEMPTED


TROUBLE = {
    "hangs in the cell": ("while True: pass", Outcome.TIMED_OUT),
    "hangs in a call": ("def double(x):\n    while True: pass", Outcome.TIMED_OUT),
    "dies in the cell": ("import os\nos._exit(3)", Outcome.KILLED),
    "dies in a call": ("def double(x):\n    import os\n    os._exit(3)", Outcome.KILLED),
    "segfaults in a call": ("def double(x):\n    import ctypes\n    ctypes.string_at(0)", Outcome.KILLED),
    "needs too much memory": ("x = bytearray(900 << 20)", Outcome.OUT_OF_MEMORY),
    "needs too much memory in a call": ("def double(x):\n    bytearray(900 << 20)", Outcome.OUT_OF_MEMORY),
    "raises": ("1 / 0", RAISED),
    "raises in a call": ("def double(x):\n    return [][x]", RAISED),
    "leaves": ("exit()", RAISED),
    "leaves by SystemExit": ("raise SystemExit", RAISED),
    "leaves in a call": ("def double(x):\n    raise SystemExit", RAISED),
    "interrupts": ("raise KeyboardInterrupt", RAISED),
    "is no Python": ("def double(x) return 2", RAISED),
    "has not begun": ("def double(x):\n    raise NotImplementedError", Outcome.NOT_ATTEMPTED),
    "forgets the name": ("def triple(x):\n    return 3 * x", RAISED),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_stays_with_the_exercise(name, runner, lesson):
    source, wanted = TROUBLE[name]
    found = outcomes(runner.run(solved(lesson, first=source), DRAWING))
    assert found["first-check-1"] is wanted
    assert found["second-check-1"] is not PASSED
    assert found["third-check-1"] is PASSED


def test_a_stopped_cell_is_named(runner, lesson):
    run = runner.run(solved(lesson, third="while True: pass"), DRAWING)
    assert run.stopped == {"third": Outcome.TIMED_OUT}
    result = results(run)["third-check-1"]
    assert result.outcome is Outcome.TIMED_OUT
    assert "2 s" in result.message
    assert outcomes(run)["second-check-1"] is PASSED


def test_after_a_dead_process_the_state_is_built_again(runner, lesson):
    answer = "import os\ndef double(x):\n    return 2 * x if x != 7 else os._exit(1)"
    found = outcomes(runner.run(solved(lesson, first=answer), DRAWING))
    assert found["first-check-1"] is Outcome.KILLED
    assert found["second-check-1"] is PASSED


def test_what_an_answer_prints_is_kept_and_clipped(runner, lesson):
    run = runner.run(solved(lesson, third="third = 'x'\nprint('seen', 'é')\nprint('y' * 50_000)"), DRAWING)
    assert run.outputs["third"].startswith("seen é\nyyy")
    assert len(run.outputs["third"].encode()) <= Limits().output
    assert outcomes(run)["third-check-1"] is PASSED


def test_a_learners_own_cells_run_in_their_place(runner, lesson):
    top = Submitted(lesson).insert("", "mine", "own = 7")
    for name, source in {
        "first": "def double(x):\n    return 2 * x + own - 7",
        "second": "total = 14",
        "third": "third = 'x'",
    }.items():
        top.write(name, source)
    assert set(outcomes(runner.run(top.assembled(), DRAWING)).values()) == {PASSED, FAILED}
    assert outcomes(runner.run(top.assembled(), DRAWING))["first-check-1"] is PASSED


def test_a_learners_own_cell_in_the_opening_may_change_what_follows_in_their_process_only(runner, lesson):
    own = Submitted(lesson).insert("start", "mine", "scale = 1\nimport math\nmath.pi = 3")
    own.write("first", "def double(x):\n    return 2 * x").write("second", "total = quadruple + scale")
    found = outcomes(runner.run(own.assembled(), DRAWING))
    assert found["second-check-1"] is FAILED
    after = outcomes(runner.run(solved(lesson), DRAWING))
    assert after["second-check-1"] is PASSED


def test_a_learners_version_of_a_teachers_cell_runs_after_the_teachers(runner, tmp_path):
    made = lesson_of(
        tmp_path,
        teacher("open", "rate = 2\nkept = 5", locked=False),
        exercise("uses", "answer = rate * kept", "check.equal(answer, 10)", "check.equal(rate, 2)"),
    )
    changed = Submitted(made).write("open", "rate = 3").write("uses", "answer = rate * kept").assembled()
    found = graded(runner, changed)
    assert found["uses-check-1"].outcome is FAILED  # 15: their rate, the teacher's kept
    assert found["uses-check-2"].outcome is PASSED  # the check sees the teacher's own


def test_partial_credit(runner, tmp_path):
    values = {
        "half": "2 * 0.25",
        "all": "1.0",
        "whole": "1",
        "true": "True",
        "text": "'0.5'",
        "none": "0",
        "above": "1.5",
        "below": "-1.0",
        "nan": "float('nan')",
        "numpy": "__import__('numpy').float64(0.25)",
        "quiet": "0.5;",
        "learner": "made",
    }
    checks = [f"assert made\n{value}" for value in values.values()]
    made = lesson_of(tmp_path, exercise("parts", "class Made:\n    pass\nmade = Made()", *checks))
    found = graded(runner, solved(made))
    points = {name: found[f"parts-check-{n}"].points for n, name in enumerate(values, start=1)}
    assert points == {
        "half": 0.5, "all": 1.0, "whole": 1.0, "true": 1.0, "text": 1.0, "none": 0.0, "above": 0.0, "below": 0.0,
        "nan": 0.0, "numpy": 0.25, "quiet": 1.0, "learner": 1.0,
    }  # fmt: skip


def test_names_that_a_check_cell_defines_serve_the_cells_after_it(runner, tmp_path):
    made = lesson_of(
        tmp_path,
        exercise("one", "a = 1", "limit = a + 4\nassert a == 1\n" + hidden("secret = 9")),
        teacher("uses", "doubled = limit * 2"),
        exercise("two", "b = doubled", "check.equal(b, 10)", "assert 'secret' not in dir(b)"),
        exercise("three", "try:\n    c = secret\nexcept NameError:\n    c = 'hidden'", "check.equal(c, 'hidden')"),
    )
    found = graded(runner, solved(made))
    assert {result.outcome for result in found.values()} == {PASSED}


def test_magics_display_and_await_work_in_answers(runner, tmp_path):
    source = "%matplotlib inline\nimport asyncio\nawait asyncio.sleep(0)\nnumber = 3\n%time number += 1\nnumber"
    made = lesson_of(tmp_path, exercise("cells", source, "check.equal(number, 4)"))
    assert graded(runner, solved(made))["cells-check-1"].outcome is PASSED


def test_draws_are_the_learners_own_and_the_same_again(runner, tmp_path):
    source = "drawn = float(check.rng().normal())\nassert f(drawn) == drawn, repr(drawn)"
    made = lesson_of(tmp_path, exercise("draw", "def f(x):\n    return x", source))
    wrong = solved(made, draw="def f(x):\n    return x + 1")
    one, again = (graded(runner, wrong)["draw-check-1"].detail for _ in range(2))
    assert one == again
    other = type(DRAWING)(key=DRAWING.key, course="tiny", lesson="lesson", learner="grace")
    assert results(runner.run(wrong, other))["draw-check-1"].detail != one


def test_a_broken_opening_is_the_lessons_fault(runner, tmp_path):
    made = lesson_of(tmp_path, teacher("bad", "1 / 0"), exercise("e", "x = 1", "assert x == 1"))
    for _ in range(2):
        with pytest.raises(GradingError, match="cell 'bad' raises ZeroDivisionError"):
            runner.run(solved(made), DRAWING)


def test_a_broken_later_cell_is_the_lessons_fault_too(runner, tmp_path):
    made = lesson_of(tmp_path, exercise("e", "x = 1", "assert x == 1"), teacher("bad", "y = {}['k']"))
    with pytest.raises(GradingError, match="cell 'bad' raises KeyError"):
        runner.run(solved(made), DRAWING)


def test_a_cell_that_is_meant_to_raise_may(runner, tmp_path):
    made = lesson_of(
        tmp_path,
        teacher("shows", "early = 1\n1 / 0", may_raise=True),
        exercise("e", "x = early", "check.equal(x, early)"),
        teacher("more", "late = 2\n{}['k']", may_raise=True),
        exercise("f", "y = late", "check.equal(y, late)"),
    )
    assert {result.outcome for result in graded(runner, solved(made)).values()} == {PASSED}


def test_a_missing_module_is_the_lessons_fault(runner, tmp_path):
    made = lesson_of(tmp_path, teacher("needs", "import no_such_module_here"), exercise("e", "x = 1", "assert x == 1"))
    with pytest.raises(GradingError, match="ModuleNotFoundError"):
        runner.run(solved(made), DRAWING)


def test_a_dead_zygote_costs_one_submission(tmp_path):
    runner = SplitRunner()
    made = lesson_of(tmp_path, exercise("e", "x = 1", "assert x == 1"))
    try:
        assert graded(runner, solved(made))["e-check-1"].outcome is PASSED
        (prepared,) = runner._lessons.values()
        prepared.process.kill()
        prepared.process.wait()
        with pytest.raises(GradingError, match=r"died|not started"):
            graded(runner, solved(made))
        assert graded(runner, solved(made))["e-check-1"].outcome is PASSED
    finally:
        runner.close()


def test_closing_ends_every_process_and_the_runner_can_go_on(tmp_path):
    runner = SplitRunner()
    made = lesson_of(tmp_path, exercise("e", "x = 1", "assert x == 1"))
    assert graded(runner, solved(made))["e-check-1"].outcome is PASSED
    (prepared,) = runner._lessons.values()
    runner.close()
    assert prepared.process.returncode is not None
    assert graded(runner, solved(made))["e-check-1"].outcome is PASSED
    runner.close()
    runner.close()


def test_a_lesson_whose_source_has_changed_is_prepared_anew(runner, tmp_path):
    one = lesson_of(tmp_path, exercise("e", "x = 1", "assert x == 1"))
    assert graded(runner, solved(one))["e-check-1"].outcome is PASSED
    text = one.path.read_text(encoding="utf-8").replace("assert x == 1", "assert x == 2")
    one.path.write_text(text, encoding="utf-8")
    again = type(one)(root=one.root, module=one.module, file=one.file, title=one.title, minutes=one.minutes)
    assert graded(runner, solved(again))["e-check-1"].outcome is FAILED
