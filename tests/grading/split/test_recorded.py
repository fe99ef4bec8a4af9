"""The teacher's later cells are run once for a lesson: no submission may be able to tell."""

from __future__ import annotations

import pytest
from grading.split.lessons import Submitted, exercise, graded, in_one_process, lesson_of, solved, teacher

from curriculum.grading import Limits
from curriculum.grading.split import SplitRunner
from curriculum.grading.split._prepared import Prepared
from curriculum.outcome import Outcome


@pytest.fixture(scope="module")
def runner():
    runner = SplitRunner()
    yield runner
    runner.close()


FIRST = exercise("first", "one = 1", "check.equal(one, 1)")

# The teacher's cells after the first exercise, an answer after them, and its check.
LATER = {
    "a value": (["base = [1, 2]"], "two = sum(base)", "check.equal(two, sum(base))"),
    "a chain": (["base = 2", "more = base * 3"], "two = more", "check.equal(two, more)"),
    "a rebound name": (["base = 2", "base = 5"], "two = base", "check.equal(two, 5)\ncheck.equal(base, 5)"),
    "a changed list": (
        ["base = [1]", "base.append(2)"],
        "two = list(base)",
        "check.equal(two, [1, 2])\nassert base == [1, 2]",
    ),
    "a function": (["def scaled(x):\n    return x * 3"], "two = scaled(2)", "check.equal(two, scaled(2))"),
    "a function that the check hands over": (
        ["k = 3", "def scaled(x):\n    return x * k"],
        "def two(f):\n    return f(2)",
        "check.equal(two(scaled), 6)",
    ),
    "an object that the check hands over": (
        ["class Kept:\n    n = 4", "kept = Kept()"],
        "def two(k):\n    return k.n",
        "check.equal(two(kept), 4)",
    ),
    "a class": (["class Kept:\n    n = 4"], "two = Kept().n", "check.equal(two, Kept.n)"),
    "a generator's state": (
        ["import random\nrandom.seed(3)", "drawn = random.random()"],
        "import random\ntwo = random.random()",
        "import random\nrandom.seed(3)\nrandom.random()\ncheck.equal(two, random.random())",
    ),
    "an iterator": (["steps = iter([1, 2, 3])", "next(steps)\nx = 0"], "two = next(steps)", "check.equal(two, 2)"),
    "a setting of a library": (
        ["import decimal\ndecimal.getcontext().prec = 5"],
        "import decimal\ntwo = str(decimal.Decimal(1) / 3)",
        "check.equal(two, '0.33333')",
    ),
    "the environment": (
        ["import os\nos.environ['LATER'] = 'yes'"],
        "import os\ntwo = os.environ.get('LATER')",
        "check.equal(two, 'yes')",
    ),
    "a file": (
        ["from pathlib import Path\nPath('later.txt').write_text('hello')\nwritten = True"],
        "two = open('later.txt').read()",
        "check.equal(two, 'hello')",
    ),
    "an attribute of a module": (
        ["import math\nmath.golden = 1.6"],
        "import math\ntwo = math.golden",
        "check.equal(two, 1.6)",
    ),
    "an object behind two names": (
        ["left = [1]\nright = left", "right.append(2)"],
        "left.append(3)\ntwo = list(right)",
        "check.equal(two, [1, 2, 3])",
    ),
    "a closure's state": (
        [
            "def counter():\n    n = [0]\n    def up():\n        n[0] += 1\n        return n[0]\n    return up\nup = counter()",  # noqa: E501
            "up()\nx = 1",
        ],
        "two = up()",
        "check.equal(two, 2)",
    ),
    "a name that a function of its own cell reads": (
        ["rate = 3\ndef scaled(x):\n    return x * rate"],
        "two = scaled(2)",
        "check.equal(two, scaled(2))",
    ),
    "what a function changes in its own cell": (
        ["kept = []\ndef note(x):\n    kept.append(x)\n    return len(kept)", "first = note(1)"],
        "two = note(5)",
        "check.equal(two, 2)",
    ),
    "a draw from a generator that nobody has set": (
        ["import random\nnoise = random.random()\nsize = 3"],
        "two = size",
        "check.equal(two, 3)",
    ),
    "a name read by its text": (["base = 7"], "two = globals()['base']", "check.equal(two, 7)"),
    "what was shown": (["40 + 2"], "two = _", "assert two == 42"),
    "warnings' filters": (
        ["import warnings\nwarnings.filterwarnings('error', message='special')"],
        "import warnings\ntry:\n    warnings.warn('special')\n    two = 0\nexcept UserWarning:\n    two = 1",
        "check.equal(two, 1)",
    ),
}
# A plain exec has no "_" and the process's own files; the expectation stands in the check itself.
NOT_TOGETHER = {"what was shown", "a file"}


def parts_of(name):
    cells, answer, source = LATER[name]
    return [FIRST, *(teacher(f"later-{n}", cell) for n, cell in enumerate(cells)), exercise("second", answer, source)]


@pytest.mark.parametrize("name", LATER)
def test_a_later_cell_works_as_if_it_had_run(name, runner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assembled = solved(lesson_of(tmp_path, *parts_of(name)))
    for _ in range(2):
        found = {cell: result.outcome for cell, result in graded(runner, assembled).items()}
        assert found == {"first-check-1": Outcome.PASSED, "second-check-1": Outcome.PASSED}


@pytest.mark.parametrize(
    ("later", "look"),
    [
        ("import decimal\ndecimal.getcontext().prec = 5", "import decimal\none = decimal.getcontext().prec == 5"),
        ("import os\nos.environ['LATER'] = 'yes'", "import os\none = 'LATER' in os.environ"),
        ("import math\nmath.golden = 1.6", "import math\none = hasattr(math, 'golden')"),
        ("import random\nrandom.seed(3)", "import random\none = random.random() == random.Random(3).random()"),
        ("import os\nos.chdir('/')", "import os\none = os.getcwd() == '/'"),
        ("from pathlib import Path\nPath('later.txt').write_text('x')", "import os\none = os.path.exists('later.txt')"),
        ("import warnings\nwarnings.simplefilter('error')", "import warnings\none = warnings.filters[0][2] is Warning"),
        ("setup_list.append(1)", "one = bool(setup_list)"),
    ],
)
def test_what_comes_later_is_not_seen_before(later, look, runner, tmp_path):
    made = lesson_of(
        tmp_path,
        teacher("start", "setup_list = []"),
        exercise("first", look, "check.equal(one, False)"),
        teacher("later", f"{later}\nseen = 1"),
        exercise("second", "two = seen", "check.equal(two, seen)"),
    )
    found = graded(runner, solved(made))
    assert {cell: result.outcome for cell, result in found.items()} == {
        "first-check-1": Outcome.PASSED,
        "second-check-1": Outcome.PASSED,
    }


def test_a_learner_who_changes_what_a_later_cell_uses_gets_what_it_then_gives(runner, tmp_path):
    made = lesson_of(
        tmp_path,
        teacher("start", "base = [1, 2]\ndef weight(x):\n    return x"),
        exercise("first", "one = 1", "check.equal(one, 1)"),
        teacher("later", "total = sum(map(weight, base))"),
        exercise("second", "two = total", "check.equal(two, 3)"),
    )
    for own in (
        "base.append(3)",
        "base = [5]",
        "def weight(x):\n    return 2 * x",
        "weight.__code__ = (lambda x: 2).__code__",
    ):
        changed = Submitted(made).write("first", "one = 1").insert("start", "own", own).write("second", "two = total")
        found = graded(runner, changed.assembled())
        assert found["second-check-1"].outcome is Outcome.FAILED
        assert in_one_process(changed.assembled())["second-check-1"] is Outcome.FAILED
    assert graded(runner, solved(made))["second-check-1"].outcome is Outcome.PASSED


def test_a_learner_who_rebinds_a_later_cells_name_afterwards_keeps_it(runner, tmp_path):
    made = lesson_of(
        tmp_path,
        exercise("first", "one = 1", "check.equal(one, 1)"),
        teacher("later", "limit = 3"),
        exercise("second", "two = limit", "check.equal(two, limit)"),
    )
    found = graded(runner, solved(made, second="limit = 9\ntwo = limit"))
    assert found["second-check-1"].outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("own", "later", "got"),
    [
        ("Kept.n = 9", "total = Kept.n", 9),
        ("import math\nmath.pi = 3", "import math\ntotal = math.pi", 3),
        ("import os\nos.environ['OWN'] = 'x'", "import os\ntotal = os.environ.get('OWN', '')", "x"),
        (
            "import decimal\ndecimal.getcontext().prec = 3",
            "import decimal\ntotal = str(1 / decimal.Decimal(3))",
            "0.333",
        ),
    ],
)
def test_what_an_answer_does_outside_its_names_is_seen_by_a_later_cell(own, later, got, runner, tmp_path):
    made = lesson_of(
        tmp_path,
        teacher("start", "class Kept:\n    n = 4"),
        exercise("first", f"{own}\none = 1", "check.equal(one, 1)"),
        teacher("later", later),
        exercise("second", "two = total", f"check.equal(two, {got!r})"),
    )
    assert graded(runner, solved(made))["second-check-1"].outcome is Outcome.PASSED


@pytest.mark.parametrize("name", [name for name in LATER if name not in NOT_TOGETHER])
def test_each_case_is_right_in_one_process(name, tmp_path, monkeypatch):
    import decimal
    import math
    import random
    import warnings

    monkeypatch.chdir(tmp_path)
    monkeypatch.delattr(math, "golden", raising=False)
    monkeypatch.setenv("LATER", "")
    state = random.getstate()
    assembled = solved(lesson_of(tmp_path, *parts_of(name)))
    with warnings.catch_warnings(), decimal.localcontext():
        warnings.simplefilter("ignore")
        found = in_one_process(assembled)
    random.setstate(state)
    math.__dict__.pop("golden", None)
    assert set(found.values()) == {Outcome.PASSED}


# Teacher's cells of which the last changes nothing that another can see.
TRACELESS = {
    "a table looked at by row, which makes its types keep something": (
        "import pandas as pd\ntable = pd.DataFrame({'a': pd.array([1, None], dtype='Int64'), 'b': [1.5, 2.5]})",
        "row = table.loc[0]",
    ),
    "a fit that draws from NumPy's global generator, which nobody has set": (
        "import numpy as np\nfrom sklearn.linear_model import Lasso\nX = np.arange(12.0).reshape(6, 2)",
        "found = Lasso(alpha=0.1).fit(X, X[:, 0]).coef_",
    ),
    "the first figure": ("import matplotlib.pyplot as plt", "figure, axes = plt.subplots()\nplt.close(figure)"),
    "a function's own names": ("def area(a):\n    sides = [a, a]\n    return sides[0] * sides[1]", "found = area(3)"),
}
TRACES = {
    "a draw from a generator that is set": ("import random\nrandom.seed(3)", "drawn = random.random()", None),
    "a list that a function changes": ("kept = []\ndef note(x):\n    kept.append(x)", "note(1)", ["kept"]),
    "a list by another name": ("left = [1]\nright = left", "right.append(2)", ["left", "right"]),
    "a list that a model holds": ("rows = [1]\nheld = {'rows': rows}", "rows.append(2)\nx = 1", ["held", "rows"]),
    "a categorical's new category": (
        "import pandas as pd\ntable = pd.DataFrame({'a': pd.Categorical(['x'])})",
        "table['a'] = table['a'].cat.add_categories('y')",
        ["table"],
    ),
}


def traces(tmp_path, start, later):
    """The names whose values the last cell changes; None where it changes more."""
    made = lesson_of(tmp_path, FIRST, teacher("start", start), teacher("later", later))
    prepared = Prepared(made, "available", Limits())
    prepared.close()
    return prepared.traces.get("later")


@pytest.mark.parametrize("name", TRACELESS)
def test_a_cell_that_changes_nothing_leaves_no_trace(name, tmp_path):
    assert traces(tmp_path, *TRACELESS[name]) == []


@pytest.mark.parametrize("name", TRACES)
def test_a_cell_that_changes_something_leaves_a_trace(name, tmp_path):
    *cells, changed = TRACES[name]
    assert traces(tmp_path, *cells) == changed


def test_an_answer_that_sets_a_global_generator_is_followed_to_the_letter(runner, tmp_path):
    own = "import random\nrandom.seed(3)\none = 1"
    expected = "import random as r\nr = r.Random(3)\nr.random()"
    made = lesson_of(
        tmp_path,
        FIRST,
        teacher("later", "import random\nnoise = random.random()"),
        exercise("second", "two = random.random()", f"{expected}\ncheck.equal(two, r.random())"),
    )
    assert graded(runner, solved(made, first=own))["second-check-1"].outcome is Outcome.PASSED
