"""The kernel runner: outcomes, bounds, what it leaves behind. A kernel takes a second, so cells share one."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from curriculum import check
from curriculum.course import Lesson
from curriculum.errors import GradingError
from curriculum.grading._limits import Limits
from curriculum.grading._steps import AnswerState, Assembled, Step, StepKind
from curriculum.grading.kernel import KernelRunner
from curriculum.outcome import Outcome

DRAWING = check.Drawing(b"secret", course="tiny", lesson="twice", learner="ada")
KINDS = {"teacher": StepKind.TEACHER, "learner": StepKind.LEARNER, "check": StepKind.CHECK}


def step(kind: str, cell: str, source: str, exercise: str = "", points: float = 1.0) -> Step:
    return Step(KINDS[kind], cell, source, exercise, points if kind == "check" else 0.0)


def foreign(folder: Path, *steps: Step, **metadata) -> Assembled:
    """Steps of a notebook that no course knows."""
    path = folder / "ps1" / "p1.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
    return Assembled(Lesson(folder, "ps1", "p1", "P1", 1), tuple(steps), {})


def run(assembled: Assembled, *, shows_hidden: bool = False, **limits):
    runner = KernelRunner(Limits(**({"cell_seconds": 20.0} | limits)), shows_hidden=shows_hidden)
    try:
        return runner.run(assembled, DRAWING)
    finally:
        runner.close()


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


# --- nbgrader's semantics --------------------------------------------------------------------------------------------

NBGRADER = {
    "true": ("assert a == 1", Outcome.PASSED, 1.0),
    "words": ("'done'", Outcome.PASSED, 1.0),
    "boolean": ("a == 2", Outcome.PASSED, 1.0),
    "empty": ("", Outcome.PASSED, 1.0),
    "printed": ("print(0.5)", Outcome.PASSED, 1.0),
    "part": ("0.25", Outcome.FAILED, 0.25),
    "numpy": ("import numpy\nnumpy.float64(0.5)", Outcome.FAILED, 0.5),
    "none": ("0", Outcome.FAILED, 0.0),
    "most": ("1.0", Outcome.PASSED, 1.0),
    "above": ("1.5", Outcome.FAILED, 0.0),
    "negative": ("-1", Outcome.FAILED, 0.0),
    "infinite": ("float('inf')", Outcome.FAILED, 0.0),
    "nan": ("float('nan')", Outcome.FAILED, 0.0),
    "assert": ("assert a == 2, 'a is two'", Outcome.FAILED, 0.0),
    "error": ("a.b.c", Outcome.RAISED, 0.0),
    "missing": ("assert undefined == 1", Outcome.RAISED, 0.0),
    "syntax": ("assert a ==", Outcome.RAISED, 0.0),
    "todo": ("raise NotImplementedError", Outcome.NOT_ATTEMPTED, 0.0),
    "memory": ("raise MemoryError", Outcome.OUT_OF_MEMORY, 0.0),
    "interrupt": ("raise KeyboardInterrupt", Outcome.RAISED, 0.0),
    "system-exit": ("import sys\nsys.exit(0)", Outcome.RAISED, 0.0),
    "input": ("input()", Outcome.RAISED, 0.0),
    "stderr": ("import sys\nprint('careful', file=sys.stderr)", Outcome.FAILED, 0.0),
    "warning": ("import warnings\nwarnings.warn('careful')", Outcome.FAILED, 0.0),
    "stderr-and-number": ("import sys\nprint('careful', file=sys.stderr)\n1.0", Outcome.FAILED, 0.0),
    "hidden": (
        "assert a == 1\n### BEGIN HIDDEN TESTS\nassert a == 41 + 1, 'secret'\n### END HIDDEN TESTS",
        "failed",
        0,
    ),
    "visible": ("assert a == 2, 'seen'\n### BEGIN HIDDEN TESTS\nassert a == 42\n### END HIDDEN TESTS", "failed", 0.0),
}
LEARNER = "a = 1\nprint('\\x1b[31mred\\x1b[0m', 'x' * 50_000)\na"


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    checks = [step("check", name, source) for name, (source, _, _) in NBGRADER.items()]
    first = [step("learner", "answer", LEARNER, "a"), step("learner", "broken", "1 / 0"), step("teacher", "t", "b = c")]
    return run(foreign(tmp_path_factory.mktemp("nbgrader"), *first, *checks))


@pytest.mark.parametrize("name", NBGRADER)
def test_a_check_cell_is_judged_as_nbgrader_does(name, nbgrader):
    [result] = [result for result in nbgrader.checks if result.cell == name]
    _, outcome, points = NBGRADER[name]
    assert (result.outcome, result.points, result.max_points) == (outcome, points, 1.0)


def test_there_is_one_result_for_each_check_in_order(nbgrader):
    assert [result.cell for result in nbgrader.checks] == list(NBGRADER)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("assert", "a is two"),
        ("error", "AttributeError: 'int' object has no attribute 'b'"),
        ("stderr", "careful"),
        ("above", "1.5 of at most 1 points"),
        ("visible", "seen"),
    ],
)
def test_the_learner_is_told_what_is_visible(name, said, nbgrader):
    [result] = [result for result in nbgrader.checks if result.cell == name]
    assert said in result.message
    assert said in result.detail
    assert not result.hidden


def test_the_learner_is_not_told_what_is_hidden(nbgrader):
    [result] = [result for result in nbgrader.checks if result.cell == "hidden"]
    assert result.hidden
    assert "secret" in result.detail
    assert "secret" not in result.message


def test_what_an_answer_showed_is_kept_clean_and_short(nbgrader):
    text = nbgrader.outputs["a"]
    assert text.startswith("red xxx")
    assert text.endswith("\n1\n")
    assert "\x1b" not in text
    assert len(text.encode()) <= Limits().output


def test_cells_that_fail_are_on_record(nbgrader):
    assert nbgrader.stopped == {"broken": Outcome.RAISED, "t": Outcome.RAISED}


def test_it_says_that_there_is_no_sandbox(nbgrader):
    [layer] = nbgrader.layers
    assert not layer.achieved
    assert layer.reason


# --- cells that do not end well --------------------------------------------------------------------------------------

BAD = {
    "endless": ("while True: pass", Outcome.TIMED_OUT),
    "deaf": ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", Outcome.TIMED_OUT),
    "exit": ("import os\nos._exit(0)", Outcome.KILLED),
    "quit": ("quit()", Outcome.KILLED),
    "crash": ("import ctypes\nctypes.string_at(0)", Outcome.KILLED),
}


@pytest.fixture(scope="module")
def survived(tmp_path_factory):
    """Every bad cell, once as an answer and once called by a check, with good cells between them."""
    cells = [step("learner", "before", "kept = 1")]
    for name, (source, _) in BAD.items():
        cells += [step("learner", name, source, name), step("check", f"{name}-after", "assert kept == 1", name)]
    cells += [step("check", "exit-check", BAD["exit"][0]), step("check", "endless-check", BAD["endless"][0])]
    cells += [step("check", "last", "assert kept == 1")]
    return run(foreign(tmp_path_factory.mktemp("bad"), *cells), cell_seconds=1.0)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_cell_costs_only_itself(name, survived):
    assert survived.stopped[name] is BAD[name][1]
    [after] = [each for each in survived.checks if each.cell == f"{name}-after"]
    assert after.outcome is Outcome.PASSED


def test_bad_checks_cost_only_themselves(survived):
    outcomes = {result.cell: result.outcome for result in survived.checks}
    assert outcomes["exit-check"] is Outcome.KILLED
    assert outcomes["endless-check"] is Outcome.TIMED_OUT
    assert outcomes["last"] is Outcome.PASSED


def test_a_flood_of_output_does_not_grow_the_grader(tmp_path):
    endless, large = "while True: print('x' * 1_000_000)", "print('x' * 60_000_000)"
    many = "for _ in range(9000): print('y' * 1000)"
    cells = [step("learner", "before", "kept = 1"), step("learner", "large", large)]
    cells += [step("learner", "many", many, "many"), step("check", "c", endless)]
    cells += [step("check", "after", "assert kept == 1")]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = run(foreign(tmp_path, *cells), cell_seconds=60.0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250 * 1024, "kilobytes"
    assert result.stopped == {"large": Outcome.KILLED}
    assert [each.outcome for each in result.checks] == [Outcome.KILLED, Outcome.PASSED]
    assert "put out more" in result.checks[0].message
    assert result.outputs["many"].startswith("yyy")
    assert len(result.outputs["many"].encode()) <= Limits().output


def test_a_submission_has_only_so_much_time(tmp_path):
    cells = [step("check", "first", "1.0"), step("learner", "slow", "import time\ntime.sleep(30)")]
    cells += [step("learner", "never", "print(1)"), step("check", "late", "1.0")]
    started = time.monotonic()
    result = run(foreign(tmp_path, *cells), submission_seconds=1.5)
    assert time.monotonic() - started < 20
    assert [each.outcome for each in result.checks] == [Outcome.PASSED, Outcome.TIMED_OUT]
    assert result.stopped == {"slow": Outcome.TIMED_OUT, "never": Outcome.TIMED_OUT}


def test_a_kernel_that_speaks_nonsense_costs_only_points(tmp_path):
    forged = (
        "kernel = get_ipython().kernel\n"
        "for content in [{}, {'name': 3, 'text': None}, {'data': [], 'metadata': 'x'}]:\n"
        "    for kind in ['stream', 'display_data', 'error', 'execute_result', 'clear_output', 'comm_open', 'odd']:\n"
        "        kernel.session.send(kernel.iopub_socket, kind, content=content, parent=kernel.get_parent())\n"
    )
    card = "from IPython.display import publish_display_data as show\n"
    card += "show({'text/plain': 'x'}, {'curriculum': {'exercise': 'e', 'outcome': 'splendid'}})\n"
    cells = [step("learner", "forged", forged), step("check", "still", "assert True"), step("check", "card", card)]
    cells += [step("check", "fake", card.replace("splendid", "passed") + "assert False")]
    result = run(foreign(tmp_path, *cells))
    assert [each.outcome for each in result.checks] == [Outcome.PASSED, Outcome.PASSED, Outcome.FAILED]
    assert [each.points for each in result.checks] == [1, 1, 0]


# --- a lesson of this course -----------------------------------------------------------------------------------------

SHOWN = "print(double(21))"
STARTER = "def double(number):\n    ..."
CHECK = """\
check.exercise("double")
check.equal(double(3), 6, mistakes=[check.Mistake("squared", 9, "That is squared.", section="Twice")])
### BEGIN HIDDEN TESTS
check.equal(double(1234), 2468, hint="think of large numbers")
### END HIDDEN TESTS
"""
ANSWERS = {
    "right": "def double(number):\n    return 2 * number",
    "squared": "def double(number):\n    return number ** 2",
    "small": "def double(number):\n    return 2 * number if number < 9 else number",
    "raises-hidden": "def double(number):\n    return {3: 6}[number]",
    "raises": "def double(number):\n    raise ValueError('no')",
    "todo": "def double(number):\n    raise NotImplementedError",
    "starter": STARTER,
    "no-python": "def double(number)\n    return 3",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one exercise."""
    root = tmp_path_factory.mktemp("course")
    (root / "course.toml").write_text(
        'id = "tiny"\ntitle = "Tiny"\nversion = "1"\n[[module]]\nfolder = "00-start"\ntitle = "Start"\n'
        '[[module.lesson]]\nfile = "01-twice"\ntitle = "Twice"\nminutes = 5\n',
        encoding="utf-8",
    )
    flags = {"schema_version": 3, "grade": False, "solution": False, "locked": False}
    solution = STARTER.replace("...", "### BEGIN SOLUTION\n    return 2 * number\n    ### END SOLUTION")
    roles = {"double": (solution, {"solution": True}), "double-check": (CHECK, {"grade": True, "points": 1})}
    cells = [{"id": "setup", "cell_type": "code", "source": "from curriculum import check", "metadata": {}}]
    for name, (source, role) in roles.items():
        meta = {"nbgrader": flags | {"grade_id": name} | role, "curriculum": {"exercise": "double"}}
        cells.append({"id": name, "cell_type": "code", "source": source, "metadata": meta})
    cells.append({"id": "shown", "cell_type": "code", "source": SHOWN, "metadata": {}})
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "00-start").mkdir()
    (root / "00-start" / "01-twice.ipynb").write_text(json.dumps(document), encoding="utf-8")
    return Lesson(root, "00-start", "01-twice", "Twice", 5)


def own(lesson: Lesson, *steps: Step) -> Assembled:
    setup = step("teacher", "setup", "from curriculum import check")
    return Assembled(lesson, (setup, *steps), {"double": AnswerState.GIVEN})


@pytest.fixture(scope="module")
def findings(course):
    steps = []
    for name, answer in ANSWERS.items():
        steps += [step("learner", name, answer, "double"), step("check", f"{name}-check", CHECK, "double")]
    steps.append(step("learner", "again", ANSWERS["right"], "double"))
    draws = 'check.exercise("double")\nprint(*check.rng("x").integers(0, 2**62, 4))\n'
    place = "import os\nprint(os.getcwd(), os.listdir(), [n for n in os.environ if n.startswith('CURRICULUM_')])"
    steps += [step("learner", "draws", draws, "draws"), step("learner", "place", place, "place")]
    steps += [step("check", "part", 'check.exercise("double")\n0.5', "double")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CURRICULUM_SECRET", "of the grader")
        return run(own(course, *steps))


def finding(findings, name):
    [result] = [result for result in findings.checks if result.cell == f"{name}-check"]
    return result


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("right", Outcome.PASSED),
        ("squared", Outcome.FAILED),
        ("small", Outcome.FAILED),
        ("raises-hidden", Outcome.RAISED),
        ("raises", Outcome.RAISED),
        ("todo", Outcome.NOT_ATTEMPTED),
        ("starter", Outcome.NOT_ATTEMPTED),
        ("no-python", Outcome.RAISED),
    ],
)
def test_a_check_of_this_course_has_its_own_outcome(name, outcome, findings):
    result = finding(findings, name)
    assert (result.outcome, result.points) == (outcome, 1.0 if outcome is Outcome.PASSED else 0.0)
    assert result.hidden == (name in {"small", "raises-hidden"})


def test_a_visible_finding_is_told_whole(findings):
    result = finding(findings, "squared")
    assert result.mistake == "squared"
    assert result.message == result.detail
    for text in ("double(3)", "expected    6", "got         9", "That is squared. (see the section “Twice”)"):
        assert text in result.message


def test_a_hidden_finding_is_told_in_the_authors_words(findings):
    result = finding(findings, "small")
    assert "think of large numbers" in result.message
    assert "double(1234)" in result.detail
    assert not [text for text in ("1234", "2468", "expected", "got ") if text in result.message]
    error = finding(findings, "raises-hidden")
    assert "KeyError" in error.message
    assert "1234" in error.detail
    assert "1234" not in error.message


def test_a_check_may_give_a_part(findings):
    assert (findings.checks[-1].points, findings.checks[-1].outcome) == (0.5, Outcome.FAILED)


def test_draws_are_those_of_every_runner(findings):
    check.exercise("double")
    with check.drawing(DRAWING):
        expected = check.rng("x").integers(0, 2**62, 4)
    check.exercise("")
    printed = findings.outputs["draws"].splitlines()[0]
    assert np.array_equal(np.array(printed.split(), dtype=np.int64), expected)


def test_the_kernel_gets_a_folder_of_its_own_and_no_secrets(findings, course):
    text = findings.outputs["place"]
    assert not Path(text.split()[0]).exists()
    assert "[] ['CURRICULUM_COURSE', 'CURRICULUM_DRAWS']" in " ".join(sorted_names(text))
    assert DRAWING.key.hex() not in DRAWING.variables.values()


def sorted_names(text: str) -> list[str]:
    _, folder, names = text.strip().replace("] [", "]\x00[").replace(" []", "\x00[]").split("\x00")
    return [folder, str(sorted(json.loads(names.replace("'", '"'))))]


def test_hidden_findings_are_told_where_the_course_allows_it(course):
    steps = [step("learner", "double", ANSWERS["small"], "double"), step("check", "double-check", CHECK, "double")]
    [result] = run(own(course, *steps), shows_hidden=True).checks
    assert result.hidden
    assert "2468" in result.message


def test_a_lesson_that_does_not_run_is_no_learners_fault(course):
    setup = step("teacher", "setup", "import no_such_module_at_all")
    with pytest.raises(GradingError, match=r"01-twice.*'setup'.*no_such_module_at_all"):
        run(Assembled(course, (setup, step("learner", "a", "1"), step("check", "c", "1")), {}))


def test_a_cell_that_needs_an_answer_which_was_left_out_costs_only_itself(course):
    result = run(own(course, step("teacher", "shown", SHOWN), step("check", "double-check", CHECK, "double")))
    assert result.stopped == {"shown": Outcome.RAISED}
    assert [check.outcome for check in result.checks] == [Outcome.NOT_ATTEMPTED]


# --- kernels, files and processes ------------------------------------------------------------------------------------


def test_a_kernel_that_is_not_installed_is_an_error_of_one_line(tmp_path):
    assembled = foreign(tmp_path, step("check", "c", "1"), kernelspec={"name": "no-such-kernel", "language": "x"})
    with pytest.raises(GradingError, match="no kernel called 'no-such-kernel'") as caught:
        run(assembled)
    assert "\n" not in str(caught.value)


def test_another_kernel_gets_nothing_of_python(tmp_path, monkeypatch):
    folder = tmp_path / "share" / "kernels" / "odd"
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Odd", "language": "odd"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    source = "import os\nassert 'CURRICULUM_DRAWS' not in os.environ"
    cells = [step("learner", "a", "x = 1", "a"), step("check", "c", source), step("check", "d", "assert x == 1")]
    metadata = {"kernelspec": {"name": "odd", "language": "odd", "display_name": "Odd"}}
    result = run(foreign(tmp_path, *cells, **metadata))
    assert [each.outcome for each in result.checks] == [Outcome.PASSED, Outcome.PASSED]


def test_data_files_come_along_and_nothing_else(tmp_path):
    beside = tmp_path / "ps1"
    (beside / "data").mkdir(parents=True)
    (beside / "data" / "points.csv").write_text("1\n2\n", encoding="utf-8")
    (beside / "words.txt").write_text("hi", encoding="utf-8")
    (beside / "other.ipynb").write_text("{}", encoding="utf-8")
    (beside / "gradebook.db").write_text("grades", encoding="utf-8")
    (beside / ".secret").write_text("x", encoding="utf-8")
    (beside / "gone").symlink_to(tmp_path / "nowhere")
    source = "import os\nassert sorted(os.listdir()) == ['data', 'words.txt'], os.listdir()\nopen('new', 'w').close()"
    cells = [step("check", "c", source), step("check", "d", "assert open('data/points.csv').read() == '1\\n2\\n'")]
    result = run(foreign(tmp_path, *cells))
    assert [each.message for each in result.checks if each.outcome is not Outcome.PASSED] == []
    assert not (beside / "new").exists()


def test_processes_end_with_the_submission(tmp_path):
    source = "import os, subprocess\nchild = subprocess.Popen(['sleep', '600'])\nprint(os.getpid(), child.pid)"
    result = run(foreign(tmp_path, step("learner", "a", source, "a")))
    pids = [int(word) for word in result.outputs["a"].split()[:2]]
    assert len(pids) == 2
    assert not [pid for pid in pids if is_running(pid)]


def test_threads_each_with_a_runner_do_not_disturb_each_other(tmp_path):
    done: dict[int, list[Outcome]] = {}

    def work(number: int) -> None:
        cells = [step("learner", "a", f"a = {number}"), step("check", "c", f"assert a == {number}")]
        done[number] = [each.outcome for each in run(foreign(tmp_path / str(number), *cells)).checks]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == {number: [Outcome.PASSED] for number in range(3)}


def test_it_can_be_called_while_an_event_loop_runs(tmp_path):
    async def main():
        return run(foreign(tmp_path, step("check", "c", "1.0")))

    assert [each.outcome for each in asyncio.run(main()).checks] == [Outcome.PASSED]


def test_closing_it_ends_the_submission_that_runs(tmp_path):
    began = tmp_path / "began"
    source = f"import pathlib, time\npathlib.Path({str(began)!r}).touch()\ntime.sleep(60)"
    assembled = foreign(tmp_path, step("learner", "a", source), step("check", "c", "1.0"))
    runner, errors = KernelRunner(), []

    def work() -> None:
        try:
            runner.run(assembled, DRAWING)
        except GradingError as error:
            errors.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 30
    while not began.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    runner.close()
    thread.join(20)
    assert not thread.is_alive()
    assert errors == ["the runner was closed while a submission ran"]


def test_a_keyboard_interrupt_ends_it(tmp_path):
    began = tmp_path / "began"
    source = f"import os, pathlib, time\npathlib.Path({str(began)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    done = threading.Event()

    def interrupt() -> None:
        while not (began.exists() and began.read_text()) and not done.wait(0.02):
            pass
        if not done.is_set():
            signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run(foreign(tmp_path, step("learner", "a", source), step("check", "c", "1.0")))
    finally:
        done.set()
        thread.join()
    assert not is_running(int(began.read_text()))


def test_the_graders_environment_is_left_alone(tmp_path):
    before = dict(os.environ)
    run(foreign(tmp_path, step("learner", "a", "import os\nos.environ['NEW'] = '1'")))
    assert dict(os.environ) == before
