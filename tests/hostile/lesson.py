"""A lesson made to be attacked, and submissions to it.

Each exercise has two check cells of one point: one that speaks through ``curriculum.check``, one of plain asserts as
other courses have them. Both hold hidden tests with fresh draws and constants.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curriculum.course import Lesson
from curriculum.grading.assembly._assemble import assemble

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from curriculum.grading._steps import Assembled

# What a learner may know is how a secret begins; what comes after it is new in every session.
PREFIX = "hidden" + "-marker-"
MARKER = PREFIX + secrets.token_hex(8)
# What an attack prints where it got what it must not have; and where it has run at all.
LOOT, TRIED = "LOOT", "TRIED"

SETUP = """
import math
import numpy as np
import pandas as pd
import sqlite3
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from curriculum import check

rows = pd.DataFrame({"shop": ["a", "b", "a", "c"], "sold": [3.0, None, 5.0, 2.0]})

# What is slow the first time is done before the submissions come.
pd.testing.assert_frame_equal(rows.dropna().sort_values("sold"), rows.dropna().sort_values("sold"))
np.testing.assert_allclose([1.0], [1.0])
_model = make_pipeline(StandardScaler(), LogisticRegression()).fit([[0.0], [1.0]], [0, 1])
check.score(_model, [[0.0], [1.0]], [0, 1], metric="accuracy", at_least=0.5)
del _model
"""


@dataclass(frozen=True)
class Task:
    """One exercise: the solution, and what the two check cells show and hide."""

    solution: str
    wrong: str
    ours: str
    ours_hidden: str
    plain: str
    plain_hidden: str


# The last is where attacks stand that cost all that comes after them.
TASKS: dict[str, Task] = {
    "spread": Task(
        "def spread(values):\n    return float(max(values) - min(values))",
        "def spread(values):\n    return 0.0",
        "check.close(spread([1, 5, 2]), 4.0)",
        """
for _ in range(3):
    fresh = check.rng(str(_)).normal(50, 9, size=20)
    check.close(spread(fresh), float(fresh.max() - fresh.min()))
""",
        "assert abs(spread([1, 5, 2]) - 4.0) < 1e-9",
        """
for low, high in ((3.25, 118.5), (-71.0, 6.125)):
    found = spread([low, high, low])
    assert np.allclose(found, high - low)
    assert abs(found - (high - low)) <= 1e-9
    np.testing.assert_allclose(found, high - low)
    np.testing.assert_equal(found, high - low)
    assert found == high - low
    assert not found != high - low
""",
    ),
    "zscores": Task(
        "def zscores(values):\n    values = np.asarray(values, float)\n"
        "    return (values - values.mean()) / values.std()",
        "def zscores(values):\n    return np.zeros(len(values))",
        "check.close(zscores([1.0, 3.0]), np.array([-1.0, 1.0]))",
        """
fresh = check.rng().exponential(size=30)
check.close(zscores(fresh.copy()), (fresh - fresh.mean()) / fresh.std())
""",
        "assert np.allclose(zscores(np.array([1.0, 3.0])), [-1.0, 1.0])",
        """
fresh = check.rng("plain").normal(size=12)
right = (fresh - fresh.mean()) / fresh.std()
found = zscores(fresh.copy())
assert type(found) is np.ndarray and found.shape == right.shape
np.testing.assert_allclose(found, right)
np.testing.assert_array_almost_equal(found, right)
assert np.array_equal(np.round(found, 6), np.round(right, 6))
assert (np.abs(found - right) < 1e-9).all()
assert max(abs(one - other) for one, other in zip(found, right, strict=True)) < 1e-9
""",
    ),
    "tidy": Task(
        'def tidy(frame):\n    return frame.dropna().sort_values("sold", ignore_index=True)',
        "def tidy(frame):\n    return frame.iloc[:0]",
        'check.frame(tidy(rows), rows.dropna().sort_values("sold", ignore_index=True))',
        """
fresh = pd.DataFrame({"shop": list("xyz"), "sold": check.rng().normal(size=3)})
check.frame(tidy(fresh.copy()), fresh.sort_values("sold", ignore_index=True))
""",
        'pd.testing.assert_frame_equal(tidy(rows), rows.dropna().sort_values("sold", ignore_index=True))',
        """
fresh = pd.DataFrame({"shop": list("uvwxyz"), "sold": check.rng("plain").normal(size=6)})
fresh.loc[2, "sold"] = None
right = fresh.dropna().sort_values("sold", ignore_index=True)
found = tidy(fresh.copy())
assert isinstance(found, pd.DataFrame) and type(found) is pd.DataFrame
assert list(found.columns) == ["shop", "sold"] and len(found) == 5
pd.testing.assert_frame_equal(found, right)
pd.testing.assert_series_equal(found["sold"], right["sold"])
assert found.equals(right)
assert (found == right).all().all()
""",
    ),
    "total": Task(
        "total = 4217",
        "total = 1",
        "check.type(total, int)",
        "check.equal(total, 4000 + 217)",
        "assert isinstance(total, int)",
        "assert total == 4000 + 217\nassert total in {4000 + 217}\nassert hash(total) == hash(4217)",
    ),
    "account": Task(
        """
class Account:
    def __init__(self, balance=0.0):
        self.balance = balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("a deposit is more than nothing")
        self.balance += amount
        return self.balance

    def __eq__(self, other):
        return isinstance(other, Account) and self.balance == other.balance

    def __add__(self, other):
        return Account(self.balance + other.balance)
""",
        """
class Account:
    def __init__(self, balance=0.0):
        self.balance = 1.0

    def deposit(self, amount):
        return 1.0
""",
        "check.equal(Account(3.0).deposit(2.0), 5.0)",
        """
start = float(np.round(check.rng().uniform(10, 90), 2))
account = Account(start)
check.close(account.deposit(11.5), start + 11.5)
check.close(account.balance, start + 11.5)
check.raises(ValueError, account.deposit, -1.0)
""",
        "assert Account(3.0).deposit(2.0) == 5.0",
        """
start = float(np.round(check.rng("plain").uniform(10, 90), 2))
account = Account(start)
assert account.deposit(7.25) == start + 7.25
assert math.isclose(account.balance, start + 7.25)
both = account + Account(2.0)
assert both.balance == start + 9.25
assert both == Account(start + 9.25) and both != Account(start)
assert type(account.balance) is float
""",
    ),
    "model": Task(
        "def build(data, target):\n    return make_pipeline(StandardScaler(), LogisticRegression()).fit(data, target)",
        "class Constant:\n"
        "    def predict(self, data):\n"
        "        return np.zeros(len(data), int)\n\n"
        "def build(data, target):\n"
        "    return Constant()",
        """
points = np.random.default_rng(0).normal(size=(60, 2))
check.score(build(points, (points[:, 0] > 0).astype(int)), points, (points[:, 0] > 0).astype(int),
            metric="accuracy", at_least=0.9)
None
""",
        """
fresh = check.rng().normal(size=(80, 2))
labels = (fresh[:, 0] + fresh[:, 1] > 0).astype(int)
check.score(build(fresh[:40].copy(), labels[:40].copy()), fresh[40:], labels[40:], metric="accuracy", at_least=0.8)
None
""",
        "assert hasattr(build(np.eye(2), np.array([0, 1])), 'predict')",
        """
fresh = check.rng("plain").normal(size=(80, 2))
labels = (fresh[:, 0] - fresh[:, 1] > 0).astype(int)
model = build(fresh[:40].copy(), labels[:40].copy())
found = model.predict(fresh[40:])
assert len(found) == 40
assert model.score(fresh[40:], labels[40:]) > 0.8
""",
    ),
    "ordered": Task(
        "def ordered(values):\n    return sorted(values)",
        "def ordered(values):\n    return values",
        "check.equal(ordered([3, 1, 2]), [1, 2, 3])",
        """
fresh = check.rng().integers(0, 1000, size=15).tolist()
with check.unchanged(fresh=fresh):
    found = ordered(fresh)
check.equal(found, sorted(fresh))
""",
        "assert list(ordered([3, 1, 2])) == [1, 2, 3]",
        """
fresh = check.rng("plain").integers(0, 1000, size=15).tolist()
before = list(fresh)
found = ordered(fresh)
assert fresh == before
assert len(found) == len(before)
assert all(one <= other for one, other in zip(found, found[1:]))
assert sorted(found) == sorted(before)
assert all(one in found for one in before)
assert sum(found) == sum(before) and set(found) == set(before)
""",
    ),
    "shuffled": Task(
        "def shuffled(values, rng):\n    return rng.permutation(values)",
        "def shuffled(values, rng):\n    return values",
        "check.equal(shuffled(np.arange(5), np.random.default_rng(3)), np.random.default_rng(3).permutation(5))",
        """
one, other = check.rng(), check.rng()
check.equal(shuffled(np.arange(20), one), other.permutation(20))
check.equal(shuffled(np.arange(20), one), other.permutation(20))
""",
        "assert sorted(shuffled(np.arange(5), np.random.default_rng(3))) == list(range(5))",
        """
one, other = check.rng("plain"), check.rng("plain")
found = shuffled(np.arange(30), one)
np.testing.assert_array_equal(found, other.permutation(30))
assert one.random() == other.random()
""",
    ),
    "holding": Task(
        "from contextlib import contextmanager\n\n@contextmanager\ndef holding(value):\n    yield 2 * value",
        "from contextlib import contextmanager\n\n@contextmanager\ndef holding(value):\n    yield value",
        "with holding(3) as found:\n    check.equal(found, 6)",
        """
number = int(check.rng().integers(2, 99))
with holding(number) as found:
    check.equal(found, 2 * number)
""",
        "with holding(4) as found:\n    assert found == 8",
        """
with holding([1]) as found:
    assert found == [1, 1]
    assert len(found) == 2
""",
    ),
    "twice": Task(
        "def twice(function, value):\n    return function(function(value))",
        "def twice(function, value):\n    return value",
        "check.equal(twice(lambda number: number + 3, 1), 7)",
        """
step = int(check.rng().integers(2, 99))
check.equal(twice(lambda number: number * step, 5), 5 * step * step)
""",
        "assert twice(abs, -3) == 3",
        """
seen = []
def note(number):
    seen.append(number)
    return number * 7 + 1
assert twice(note, 2) == 106
assert seen == [2, 15]
""",
    ),
}
EXERCISES = tuple(TASKS)
HONEST = {name: task.solution.strip("\n") for name, task in TASKS.items()}
WRONG = {name: task.wrong.strip("\n") for name, task in TASKS.items()}
_SECRET = f'secret = "{MARKER}"'


def make_lesson(folder: Path) -> Lesson:
    """Write the source lesson into a folder of its own."""
    path = folder / "00-hostile" / "01-attacked.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_notebook(_source_cells())), encoding="utf-8")
    return Lesson(folder, "00-hostile", "01-attacked", "A lesson to attack", 30)


def _source_cells() -> list[dict[str, Any]]:
    cells = [code("setup", SETUP.strip("\n"), **_graded("setup", locked=True))]
    for name, task in TASKS.items():
        solved = f"### BEGIN SOLUTION\n{task.solution.strip()}\n### END SOLUTION"
        cells.append(answer(name, solved))
        cells.append(_check(name, "ours", f'check.exercise("{name}")\n{task.ours.strip()}', task.ours_hidden))
        cells.append(_check(name, "plain", task.plain, task.plain_hidden))
    return cells


def _check(name: str, style: str, visible: str, hidden: str) -> dict[str, Any]:
    tests = f"### BEGIN HIDDEN TESTS\n{_SECRET}\n{hidden.strip()}\n### END HIDDEN TESTS"
    return check_cell(name, style, f"{visible.strip()}\n{tests}")


def check_cell(name: str, style: str, source: str) -> dict[str, Any]:
    """A check cell as it stands in a notebook."""
    return code(
        f"{name}-{style}", source, exercise=name, **_graded(f"{name}-{style}", grade=True, locked=True, points=1)
    )


def answer(name: str, source: str) -> dict[str, Any]:
    """An answer's cell as it stands in a notebook."""
    return code(name, source, exercise=name, **_graded(name, solution=True))


def _graded(name: str, **values: Any) -> dict[str, Any]:
    given = {"grade": False, "solution": False, "locked": False, "task": False} | values
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **given}}


def code(name: str, source: str, *, exercise: str = "", **metadata: Any) -> dict[str, Any]:
    """A code cell; a cell of an exercise names it, as the course's own do."""
    own = {"curriculum": {"exercise": exercise}} if exercise else {}
    return {
        "cell_type": "code", "id": name, "metadata": metadata | own, "source": source, "outputs": [],
        "execution_count": None,
    }  # fmt: skip


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


@dataclass(frozen=True)
class Attack:
    """A hostile submission, and what it must come to.

    Attributes:
        name: what it does.
        answers: the answers that are not the honest ones; each earns ``points`` (none, where it says nothing).
        first: cells placed before everything else.
        points: the points of exercises that are worth less than two and are not among ``answers``, or more than none.
        tried: whether the answer to ``total`` prints that the attack has run, which must be seen.
    """

    name: str
    answers: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    tried: bool = False

    @property
    def expected(self) -> dict[str, float]:
        """The points of every exercise."""
        return {name: float(self.points.get(name, 0 if name in self.answers else 2)) for name in EXERCISES}


def submitted_cells(answers: Mapping[str, str] = HONEST, first: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The cells of a learner's notebook: their own first, then the lesson's with their answers."""
    cells = [code(f"own-{number}", text) for number, text in enumerate(first)]
    cells.append(code("setup", SETUP.strip("\n"), **_graded("setup", locked=True)))
    for name, task in TASKS.items():
        cells.append(answer(name, answers.get(name, HONEST[name])))
        cells.append(check_cell(name, "ours", f'check.exercise("{name}")\n{task.ours.strip()}'))
        cells.append(check_cell(name, "plain", task.plain.strip()))
    return cells


def submission(cells: list[dict[str, Any]]) -> bytes:
    """A submitted file."""
    return json.dumps(_notebook(cells)).encode()


def attacked(lesson: Lesson, attack: Attack) -> Assembled:
    """A hostile submission in the lesson's frame."""
    return assemble(lesson, submission(submitted_cells(attack.answers, attack.first)), "attack.ipynb")


def honest(lesson: Lesson) -> Assembled:
    """A submission that earns every point."""
    return assemble(lesson, submission(submitted_cells()), "neighbour.ipynb")
