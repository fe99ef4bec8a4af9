"""Check cells in IPython: cards in place of tracebacks, progress kept, and the shell handed back as it was."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from curriculum import journal
from curriculum.outcome import Outcome

COURSE = "CURRICULUM_COURSE"
STARTER = 'def double(number):\n    """Twice the number."""\n    ...'
SOLUTION = STARTER.replace("...", "### BEGIN SOLUTION\n    return TWO * number\n\n\nTWO = 2\n### END SOLUTION")
CHECK = """\
check.exercise("double")
check.function(double, "number")
check.equal(
    double(3),
    6,
    hint="think of 2 * 3",
    mistakes=[check.Mistake("squared", 9, "That is <b>squared</b>.", section="Twice")],
)
check.equal(double(-1), -2)
"""


def answer(body: str) -> str:
    return STARTER.replace("...", body)


# What runs in one kernel, in this order. Check cells are graded cells in nbgrader's eyes.
CELLS = {
    "setup": "from curriculum import check",
    "never-run-check": CHECK,
    "stopped": "1 / 0\n" + answer("return 2 * number"),
    "stopped-check": CHECK,
    "starter": STARTER,
    "starter-check": CHECK,
    "comments-only": "# my thoughts\n" + STARTER.replace('"""', "'''"),
    "comments-only-check": CHECK,
    "wrong": answer("return number ** 2"),
    "wrong-check": CHECK,
    "zero": answer("share = 1 / 0\n    return share"),
    "zero-check": CHECK,
    "ordinary-error": "1 / 0",
    "todo": answer("raise NotImplementedError"),
    "todo-check": CHECK,
    "shouting": answer("raise ValueError('one\\ntwo <script>')"),
    "shouting-check": CHECK,
    "interrupted-check": 'check.exercise("double")\nraise KeyboardInterrupt',
    "right": answer("return 2 * number"),
    "right-check": CHECK,
    "right-again-check": CHECK,
    "talking-check": 'check.exercise("double")\nprint("before")\ncheck.equal(double(1), 3)',
    "timed": "%%time\ntotal = double(4)",
    "timed-check": f"%%time\n{CHECK}",
    "timed-wrong": "%%time\n" + answer("return number ** 2"),
    "timed-wrong-check": f"%%time\n{CHECK}",
    "no-exercise": "check.equal(1, 2)",
    "unknown-check": 'check.exercise("no-such-exercise")\ncheck.equal(1, 1)',
    "comprehension": "numbers = [double(i) for i in range(3)]",
    "last-error": "missing_name",
}


@dataclass
class Seen:
    """What one cell put out."""

    cards: list[dict[str, str]] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""
    order: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        [card] = self.cards
        return card["text/plain"]


def _cell(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    plain = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    meta = {"curriculum": {"exercise": "double"}, "nbgrader": plain | {"grade_id": cell_id} | nbgrader}
    empty = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": cell_id, "metadata": meta, "source": source, **empty}


def _write_course(root):
    folder = root / "00-start"
    folder.mkdir(parents=True)
    cells = [_cell("double", SOLUTION, solution=True), _cell("double-check", CHECK, grade=True, locked=True, points=2)]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "01-twice.ipynb").write_text(json.dumps(document), encoding="utf-8")
    (root / "course.toml").write_text(
        'id = "tiny"\ntitle = "Tiny"\nversion = "1"\n[[module]]\nfolder = "00-start"\ntitle = "Start"\n'
        '[[module.lesson]]\nfile = "01-twice"\ntitle = "Twice"\nminutes = 5\n',
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A course of one exercise, and a workspace with a space in its name."""
    base = tmp_path_factory.mktemp("kernel")
    _write_course(base / "course")
    workspace = base / "my läptop"
    (workspace / journal.FOLDER).mkdir(parents=True)
    (workspace / journal.FOLDER / journal.MARKER).write_text("{}")
    return base


@pytest.fixture(scope="module")
def executed(place):
    """The notebook of ``CELLS`` after a real kernel has run it."""
    cells = []
    for name, source in CELLS.items():
        cell = nbformat.v4.new_code_cell(source, id=name)
        if name.endswith("-check"):
            cell.metadata["nbgrader"] = _cell(name, "", grade=True, locked=True, points=2)["metadata"]["nbgrader"]
        cells.append(cell)
    notebook = nbformat.v4.new_notebook(cells=cells)
    resources = {"metadata": {"path": str(place / "my läptop")}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(COURSE, str(place / "course"))
        NotebookClient(notebook, allow_errors=True, timeout=60, resources=resources).execute()
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def seen(executed):
    def read(name: str) -> Seen:
        result = Seen()
        for output in executed[name].outputs:
            result.order.append(output.output_type)
            if output.output_type == "stream":
                setattr(result, output.name, getattr(result, output.name) + output.text)
            elif output.output_type == "error":
                result.errors.append(output)
            elif "curriculum-card" in output.get("data", {}).get("text/html", ""):
                result.cards.append(output.data)
        return result

    return read


FAILING = {
    "never-run-check": (Outcome.NOT_ATTEMPTED, "double is not defined yet: write your answer in the cell above"),
    "stopped-check": (Outcome.RAISED, "The cell above stopped with an error before it defined double."),
    "starter-check": (Outcome.NOT_ATTEMPTED, "The cell above is still as it was given."),
    "comments-only-check": (Outcome.NOT_ATTEMPTED, "The cell above is still as it was given."),
    "wrong-check": (Outcome.FAILED, "looks like  That is <b>squared</b>. (see the section “Twice”)"),
    "zero-check": (Outcome.RAISED, "ZeroDivisionError: division by zero"),
    "todo-check": (Outcome.NOT_ATTEMPTED, "NotImplementedError"),
    "shouting-check": (Outcome.RAISED, "ValueError: one"),
    "talking-check": (Outcome.FAILED, "expected 3, got 2"),
    "timed-wrong-check": (Outcome.FAILED, "expected 6, got 9"),
}
PASSING = ["right-check", "right-again-check", "timed-check", "unknown-check"]


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_check_is_a_card_and_one_line(name, seen):
    cell = seen(name)
    assert FAILING[name][1] in cell.text
    assert cell.order[-2:] == ["display_data", "error"]
    [error] = cell.errors
    assert len(error.traceback) == 1
    assert "\n" not in error.traceback[0] + error.evalue
    assert "Traceback" not in error.traceback[0]
    assert "double: " in error.evalue


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_check_is_a_card_and_no_error(name, seen):
    cell = seen(name)
    assert "Right" in cell.text
    assert not cell.errors


@pytest.mark.parametrize("name", CELLS)
def test_nothing_is_written_to_stderr(name, seen):
    assert seen(name).stderr == ""


@pytest.mark.parametrize("name", [name for name in CELLS if name.endswith("-check")])
def test_nbgrader_gives_the_same_verdict(name, executed):
    points, most = determine_grade(executed[name])
    assert (points, most) == ((2 if name in PASSING else 0), 2)


def test_the_wrong_value_is_shown(seen):
    lines = [line.strip() for line in seen("wrong-check").text.splitlines()]
    assert "called      double(3)" in lines
    assert "expected    6" in lines
    assert "got         9" in lines
    assert "hint        think of 2 * 3" in lines
    assert "<b>squared" not in seen("wrong-check").cards[0]["text/html"]


def test_the_learner_s_line_is_shown(seen):
    assert "line 3 of double(): share = 1 / 0" in seen("zero-check").text
    assert "called  double(3)" in seen("zero-check").text


def test_a_script_in_an_error_stays_text(seen):
    assert "<script" not in seen("shouting-check").cards[0]["text/html"]


@pytest.mark.parametrize(("name", "kind"), [("ordinary-error", "ZeroDivisionError"), ("last-error", "NameError")])
def test_errors_elsewhere_look_as_always(name, kind, seen):
    cell = seen(name)
    [error] = cell.errors
    assert error.ename == kind
    assert "Traceback (most recent call last)" in "\n".join(error.traceback)
    assert not cell.cards


def test_an_interruption_is_left_alone(seen):
    cell = seen("interrupted-check")
    assert [error.ename for error in cell.errors] == ["KeyboardInterrupt"]
    assert len(cell.errors[0].traceback) > 1
    assert not cell.cards


def test_a_check_without_an_exercise_is_plain_text(seen):
    cell = seen("no-exercise")
    [error] = cell.errors
    assert error.ename == "CheckFailed"
    assert "expected 2, got 1" in "\n".join(error.traceback)
    assert "Traceback" not in "\n".join(error.traceback)


def test_what_a_cell_prints_stands_before_its_card(seen):
    cell = seen("talking-check")
    assert cell.stdout == "before\n"
    assert cell.order == ["stream", "display_data", "error"]


def test_progress_is_kept_in_order(executed, place):
    events = [event for event in journal.events(place / "my läptop") if event.exercise == "double"]
    checks = [name for name in CELLS if name in FAILING or (name in PASSING and name != "unknown-check")]
    expected = [FAILING[name][0] if name in FAILING else Outcome.PASSED for name in checks]
    assert [event.outcome for event in events] == expected
    assert [event.mistake for event in events if event.mistake] == ["squared", "squared"]


# --- one shell, looked at from inside --------------------------------------------------------------------------------

INSIDE = """
import contextlib, io, json, sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

config = Config()
config.HistoryManager.enabled = False
config.InteractiveShell.colors = "nocolor"
shell = InteractiveShell.instance(config=config)
facts = {}

def run(source):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = shell.run_cell(source, store_history=True)
    assert not err.getvalue(), err.getvalue()
    return result, out.getvalue()

def state():
    own = [str(f) for name in shell.events.callbacks for f in shell.events.callbacks[name]]
    return [str(shell.custom_exceptions), str(shell.CustomTB), own]

%s
print(json.dumps(facts))
"""


@pytest.fixture
def inside(place, tmp_path):
    """Runs statements beside an InteractiveShell in a process of their own; gives ``facts``."""

    def run(statements: str, folder=tmp_path) -> dict[str, Any]:
        environment = {COURSE: str(place / "course"), "IPYTHONDIR": str(tmp_path / "ipython")}
        process = subprocess.run(
            [sys.executable, "-c", INSIDE % textwrap.dedent(statements)],
            capture_output=True,
            text=True,
            cwd=folder,
            env=dict(__import__("os").environ) | environment,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        assert not process.stderr
        return json.loads(process.stdout)

    return run


def test_the_shell_is_handed_back_as_it_was(inside):
    facts = inside(f"""
        run("from curriculum import check")
        before = state()
        for name, answer in [("wrong", {answer("return 3")!r}), ("right", {answer("return 2 * number")!r})]:
            run(answer)
            result, out = run({CHECK!r})
            facts[name] = [result.success, state() == before]
        facts["twice"] = [run('check.exercise("double")\\ncheck.exercise("double")')[0].success, state() == before]
        facts["broken"] = [run('check.exercise("double")\\n1 / 0')[0].success, state() == before]
        facts["interrupt"] = [run('check.exercise("double")\\nraise KeyboardInterrupt')[0].success, state() == before]
    """)
    assert facts == {
        "wrong": [False, True],
        "right": [True, True],
        "twice": [True, True],
        "broken": [False, True],
        "interrupt": [False, True],
    }


def test_a_handler_of_the_learner_s_own_survives(inside):
    facts = inside(f"""
        caught = []
        def own(shell, kind, error, trace, tb_offset=None):
            caught.append(kind.__name__)
            return ["mine"]
        shell.set_custom_exc((KeyError,), own)
        run("from curriculum import check")
        run({answer("return {}[1]")!r})
        run({CHECK!r})
        facts["in check"] = list(caught)
        run("{{}}[1]")
        facts["after"] = caught
    """)
    assert facts == {"in check": [], "after": ["KeyError"]}


def test_the_whole_traceback_can_still_be_had(inside):
    facts = inside(f"""
        run("from curriculum import check")
        run({answer("return 1 / 0")!r})
        run({CHECK!r})
        facts["tb"] = run("%tb")[1]
    """)
    assert "return 1 / 0" in facts["tb"]


def test_errors_of_every_sort_become_a_card(inside):
    facts = inside(f"""
        run("from curriculum import check")
        run("class Rude(Exception):\\n    def __str__(self):\\n        raise RuntimeError")
        for body in ["raise Rude", "return number +", "exec('a = = 1')", "return double(number)", "raise StopIteration",
                     "raise AssertionError", "raise Exception('x' * 10**6)", "raise ExceptionGroup('g', [KeyError()])"]:
            run({STARTER!r})
            run({STARTER!r}.replace("...", body))
            result, out = run({CHECK!r})
            facts[body] = [result.success, out]
    """)
    assert "The cell above is not Python yet" in facts["return number +"][1]
    for body, (success, out) in facts.items():
        assert not success
        assert out.startswith("! double: Your code raised an error")
        # IPython itself stumbles over an error without a text, after the card.
        assert "Traceback" not in out or body == "raise Rude"
        assert len(out) < 1500


def test_a_cell_that_is_no_python_does_not_pass_for_what_it_was(inside):
    facts = inside(f"""
        run("from curriculum import check")
        run({answer("return 2 * number")!r})
        facts["before"] = run({CHECK!r})[0].success
        run({answer("return 2 * number )")!r})
        result, facts["after"] = run({CHECK!r})
        facts["success"] = result.success
    """)
    assert facts["before"]
    assert not facts["success"]
    assert "The cell above is not Python yet" in facts["after"]


def test_helpers_of_the_solution_are_not_asked_of_the_learner(inside):
    facts = inside(f"""
        run("from curriculum import check")
        run({STARTER!r})
        run({answer("return number + number")!r})
        facts["success"] = run({CHECK!r})[0].success
    """)
    assert facts["success"]


def test_progress_that_cannot_be_kept_is_said_and_costs_nothing_else(inside, tmp_path):
    folder = tmp_path / journal.FOLDER
    (folder / journal.FILE).mkdir(parents=True)
    (folder / journal.MARKER).write_text("{}")
    facts = inside(f"""
        run("from curriculum import check")
        run({answer("return 2 * number")!r})
        result, out = run({CHECK!r})
        facts["right"] = [result.success, out]
        run({answer("return 3")!r})
        result, out = run({CHECK!r})
        facts["wrong"] = [result.success, out]
    """)
    assert facts["right"][0]
    assert facts["right"][1].startswith("✓ double: Right")
    assert not facts["wrong"][0]
    assert facts["wrong"][1].startswith("✗ double: Not yet")
    assert all("progress was not saved" in out for _, out in facts.values())


def test_a_course_that_cannot_be_read_does_not_stop_a_check(inside, tmp_path):
    facts = inside(f"""
        import os
        os.environ[{COURSE!r}] = {str(tmp_path / "nowhere")!r}
        run("from curriculum import check")
        run({answer("return 2 * number")!r})
        facts["success"] = run({CHECK!r})[0].success
    """)
    assert facts == {"success": True}
