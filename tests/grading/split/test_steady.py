"""An examiner judges one submission after another: none may meet what an earlier one has left behind."""

from __future__ import annotations

import os
import re
import signal

import psutil
import pytest
from grading.split.lessons import exercise, graded, lesson_of, submission, teacher

from curriculum.grading._limits import Limits
from curriculum.grading.split import SplitRunner
from curriculum.outcome import Outcome

PID = 'import os\nraise AssertionError(f"examiner {os.getpid()}")'


def _is_ours(process):
    """Whether a process is one of a runner's; one that has just ended, whoever started it, is none."""
    try:
        return "_zygote" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def runner():
    runner = SplitRunner(limits=Limits(cell_seconds=10.0))
    yield runner
    runner.close()


def examiner(runner, assembled):
    """Who has judged a submission to a lesson whose last check tells it."""
    return re.search(r"examiner (\d+)", graded(runner, assembled)["who-check-1"].detail)[1]


def who():
    return exercise("who", "me = 1", PID)


def test_an_examiner_that_nothing_has_happened_to_stays(runner, tmp_path):
    lesson = lesson_of(
        tmp_path, teacher("data", "base = [1, 2]"), exercise("one", "x = 3", "check.equal(x, sum(base))"), who()
    )
    assert len({examiner(runner, submission(lesson, one=f"x = {n}", who="me = 1")) for n in range(3)}) == 1


# What the opening defines, and what a check cell does that the next submission must not meet. The check passes only
# where everything is as the lesson's source makes it.
TRACES = {
    "a list": ("base = [1]", "assert base == [1]\nbase.append(2)"),
    "a list in a list": ("base = [[1]]", "assert base == [[1]]\nbase[0].append(2)"),
    "an array": ("import numpy as np\nbase = np.zeros(3)", "assert base.sum() == 0\nbase[0] = 1"),
    "a frame": (
        "import pandas as pd\nbase = pd.DataFrame({'a': [1]})",
        "assert list(base) == ['a']\nbase['b'] = 2",
    ),
    "an attribute of a class": ("class Kept:\n    n = 0", "assert Kept.n == 0\nKept.n = 1"),
    "a default": ("def seen(x, all=[]):\n    all.append(x)\n    return all", "assert seen(1) == [1]"),
    "a closure": (
        "def counter():\n    n = [0]\n    def up():\n        n[0] += 1\n        return n[0]\n    return up\n"
        "up = counter()",
        "assert up() == 1",
    ),
    "a method that names its class": (
        "class Base:\n    pass\nclass Kept(Base):\n    all = []\n    def __init__(self):\n        super().__init__()",
        "assert Kept.all == [] and isinstance(Kept(), Kept)\nKept.all.append(1)",
    ),
    "a generator's state": (
        "import numpy as np\nrng = np.random.default_rng(3)",
        "assert rng.integers(1000) == np.random.default_rng(3).integers(1000)",
    ),
    "an iterator": ("steps = iter([1, 2, 3])", "assert next(steps) == 1"),
    "the library's own random numbers": (
        "import random\nrandom.seed(3)\nfirst = random.random()\nrandom.seed(3)",
        "import random\nassert 0 <= random.random() <= 1\nrandom.seed(4)",
    ),
    "a setting": (
        "import pandas as pd",
        "assert pd.get_option('display.max_rows') == 60\npd.set_option('display.max_rows', 5)",
    ),
    "the environment": ("import os", "assert 'LATER' not in os.environ\nos.environ['LATER'] = 'yes'"),
    "an attribute of a module": ("import math", "assert not hasattr(math, 'golden')\nmath.golden = 1.6"),
    "a builtin": ("import builtins", "assert not hasattr(builtins, 'mine')\nbuiltins.mine = 3"),
    "a file": ("from pathlib import Path", "assert not Path('left').exists()\nPath('left').write_text('x')"),
    "the folder": (
        "import os",
        "assert os.path.basename(os.getcwd()) != 'sub'\nos.makedirs('sub', exist_ok=True)\nos.chdir('sub')",
    ),
    "a name": ("base = 1", "assert 'later' not in globals()\nlater = 1"),
    "what was shown": ("base = 1", "assert 'Out' not in globals() or 'shown' not in Out.values()\n'shown'"),
    "the count of cells": ("base = 1", "assert len(In) < 12"),
    "a name of the teacher's": ("base = 1", "assert base == 1\nbase = 2"),
}


@pytest.mark.parametrize("trace", TRACES)
def test_nobody_meets_what_another_submission_has_left(trace, runner, tmp_path):
    opening, check = TRACES[trace]
    lesson = lesson_of(tmp_path, teacher("data", opening), exercise("one", "x = 3", f"check.equal(x, 3)\n{check}"))
    for _ in range(3):
        result = graded(runner, submission(lesson, one="x = 3"))["one-check-1"]
        assert result.outcome is Outcome.PASSED, result.detail


def test_what_a_learner_changes_in_the_teachers_data_is_theirs_alone(runner, tmp_path):
    check = "import pandas as pd\nassert list(base.columns) == ['a']\ntop(base)\ncheck.equal(list(base.columns), ['a'])"
    opening = "import pandas as pd\nbase = pd.DataFrame({'a': [1]})"
    lesson = lesson_of(tmp_path, teacher("data", opening), exercise("one", "def top(t): ...", check))
    bad = submission(lesson, one="def top(t):\n    t['b'] = 1")
    good = submission(lesson, one="def top(t):\n    return t")
    outcomes = [graded(runner, each)["one-check-1"].outcome for each in (good, bad, good, bad, good)]
    assert outcomes == [Outcome.PASSED, Outcome.FAILED] * 2 + [Outcome.PASSED]


def test_an_examiner_that_was_broken_off_does_not_stay(runner, tmp_path):
    lesson = lesson_of(tmp_path, exercise("one", "def f(): ...", "check.equal(f(), 1)"), who())
    first = examiner(runner, submission(lesson, one="def f(): return 1", who="me = 1"))
    second = examiner(runner, submission(lesson, one="import os\ndef f(): os._exit(1)", who="me = 1"))
    third = examiner(runner, submission(lesson, one="def f(): return 1", who="me = 1"))
    assert first == second != third


def test_an_examiner_that_has_died_meanwhile_is_replaced(runner, tmp_path):
    lesson = lesson_of(tmp_path, exercise("one", "x = 1", "check.equal(x, 1)"))
    answer = submission(lesson, one="x = 1")
    graded(runner, answer)
    # In the namespaces of the sandbox its number is another one; here it is found among our descendants.
    waiting = [one for one in psutil.Process().children(recursive=True) if _is_ours(one)]
    youngest = max(waiting, key=lambda one: one.create_time())
    os.kill(youngest.pid, signal.SIGKILL)
    psutil.wait_procs([youngest], timeout=5)
    assert graded(runner, answer)["one-check-1"].outcome is Outcome.PASSED
