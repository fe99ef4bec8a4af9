"""What a check costs over the comparison it makes, and what a whole check cell costs in IPython.

Each check is timed beside the bare comparison on the same values in the same run; the fastest round of each counts.
The cell runs in an IPython shell inside a workspace, so recording progress is part of it. Exit code 1 if anything is
over the budget.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import inspect
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer

from curriculum import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

BUDGET_MS = 5.0


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30, help="rounds of each measurement (30)")
    rounds = parser.parse_args().rounds
    print(f"{'check':<34} {'bare ms':>9} {'check ms':>9} {'ratio':>7} {'over ms':>8}")
    most = 0.0
    for name, (bare, checked) in _pairs().items():
        seconds = _fastest(bare, rounds), _fastest(checked, rounds)
        most = max(most, _print(name, *seconds))
    cell = _cell_costs(rounds)
    most = max(most, _print("a passing check cell in IPython", *cell))
    print(f"\nmost: {most:.2f} ms over the comparison, budget {BUDGET_MS:.0f} ms")
    return 0 if most <= BUDGET_MS else 1


def _pairs() -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Each check beside the comparison it stands for."""
    small, array = [float(n) for n in range(20)], np.linspace(0, 1, 100_000)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"key": rng.integers(0, 9, 1000), "x": rng.normal(size=1000), "name": ["a", "b"] * 500})
    shuffled = frame.sample(frac=1, random_state=1)
    data, target = frame[["x"]].to_numpy(), (frame["key"] > 4).to_numpy()
    model = LogisticRegression().fit(data, target)
    scorer = get_scorer("roc_auc")
    figure, axes = plt.subplots()
    axes.bar(range(20), range(20))
    axes.plot(range(1000), range(1000))
    nested = {f"k{n}": [n, float(n), str(n)] for n in range(50)}
    twin = {key: list(value) for key, value in nested.items()}
    key, six = check.choice_key("", "a"), 6

    def double(number: int) -> int:
        return 2 * number

    def refuse() -> None:
        raise ValueError

    def refused() -> bool:
        try:
            refuse()
        except ValueError:
            return True
        return False

    def lent() -> None:
        with check.unchanged(values=array):
            pass

    return {
        "equal, a number": (lambda: double(3) == six, lambda: check.equal(double(3), 6)),
        "equal, a nested dict of 150": (lambda: nested == twin, lambda: check.equal(nested, twin)),
        "equal, an array of 100,000": (
            lambda: np.testing.assert_array_equal(array, array.copy()),
            lambda: check.equal(array, array.copy()),
        ),
        "close, a number": (lambda: abs(0.1 + 0.2 - 0.3) < 1e-9, lambda: check.close(0.1 + 0.2, 0.3)),
        "close, a list of 20": (
            lambda: np.testing.assert_allclose(small, small),
            lambda: check.close(small, tuple(small)),
        ),
        "close, an array of 100,000": (
            lambda: np.testing.assert_allclose(array, array + 1e-12, atol=1e-9),
            lambda: check.close(array, array + 1e-12, atol=1e-9),
        ),
        "frame, 1,000 rows": (
            lambda: pd.testing.assert_frame_equal(frame, frame.copy()),
            lambda: check.frame(frame, frame.copy()),
        ),
        "frame, 1,000 rows in any order": (
            lambda: pd.testing.assert_frame_equal(shuffled.sort_index(), frame),
            lambda: check.frame(shuffled, frame, ordered=False),
        ),
        "that": (lambda: bool(small), lambda: check.that(small, "It holds something.")),
        "type": (lambda: isinstance(six, float), lambda: check.type(1.5, float)),
        "function": (lambda: inspect.signature(double).parameters, lambda: check.function(double, "number")),
        "raises": (refused, lambda: check.raises(ValueError, refuse)),
        "unchanged, an array of 100,000": (lambda: bool((array == array.copy()).all()), lent),
        "score, 1,000 rows": (
            lambda: scorer(model, data, target),
            lambda: check.score(model, data, target, metric="roc_auc", at_least=0.4),
        ),
        "figure, 20 bars and a line": (lambda: figure.axes, lambda: check.figure(figure, kind="bar", zero_based=True)),
        "choice": (
            lambda: check.choice_key("", "a") == key,
            lambda: check.choice("a", key=key, options={"a": "yes", "b": "no"}),
        ),
        "rng": (lambda: np.random.default_rng(1), check.rng),
    }


def _fastest(call: Callable[[], object], rounds: int) -> float:
    """Seconds of one call: the fastest round, each long enough for the clock."""
    call()
    begin = time.perf_counter()
    call()
    repeat = max(1, min(1000, int(0.002 / max(time.perf_counter() - begin, 1e-9))))
    best = float("inf")
    gc.disable()
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(repeat):
            call()
        best = min(best, (time.perf_counter() - begin) / repeat)
    gc.enable()
    return best


def _print(name: str, bare: float, checked: float) -> float:
    over = (checked - bare) * 1e3
    print(f"{name:<34} {bare * 1e3:9.4f} {checked * 1e3:9.4f} {checked / bare:7.1f} {over:8.3f}")
    return over


def _cell_costs(rounds: int) -> tuple[float, float]:
    """Seconds of a bare assertion's cell and of a whole passing check cell, in a shell inside a workspace."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        workspace = Path(folder) / ".curriculum"
        workspace.mkdir()
        (workspace / "workspace.json").write_text("{}", encoding="utf-8")
        _write_course(Path(folder) / "course")
        os.environ["CURRICULUM_COURSE"] = str(Path(folder) / "course")
        os.environ["IPYTHONDIR"] = str(Path(folder) / "ipython")
        from curriculum import journal

        journal._START = Path(folder)  # a kernel starts in the notebook's folder
        shell = _shell()
        _run(shell, "from curriculum import check\ndef double(number):\n    return 2 * number")
        bare = min(_run(shell, "assert double(3) == 6") for _ in range(rounds))
        cell = 'check.exercise("double")\ncheck.function(double, "number")\ncheck.equal(double(3), 6)'
        checked = min(_run(shell, cell) for _ in range(rounds))
        recorded = len((workspace / "progress.jsonl").read_text(encoding="utf-8").splitlines())
    if recorded != rounds:
        message = f"{recorded} of {rounds} check cells were recorded: this measures something else"
        raise SystemExit(message)
    return bare, checked


def _write_course(root: Path) -> None:
    """A course of one module with 30 lessons of 20 cells, so that looking an exercise up costs what it really does."""
    folder = root / "00-start"
    folder.mkdir(parents=True)
    toml = ['id = "big"', 'title = "Big"', 'version = "1"', "[[module]]", 'folder = "00-start"', 'title = "Start"']
    for number in range(30):
        name = "double" if number == 29 else f"other-{number}"
        prose = [{"cell_type": "markdown", "id": f"p{n}", "metadata": {}, "source": "Words. " * 200} for n in range(18)]
        meta = {"grade": False, "grade_id": name, "locked": False, "schema_version": 3, "solution": True, "task": False}
        source = "def double(number):\n    ### BEGIN SOLUTION\n    return 2 * number\n    ### END SOLUTION"
        answer = {"cell_type": "code", "id": name, "metadata": {"nbgrader": meta}, "source": source}
        cells = [*prose, answer | {"execution_count": None, "outputs": []}]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"{number:02}-lesson-{number}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        toml += ["[[module.lesson]]", f'file = "{number:02}-lesson-{number}"', f'title = "L{number}"', "minutes = 5"]
    (root / "course.toml").write_text("\n".join(toml), encoding="utf-8")


def _shell() -> InteractiveShell:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    return InteractiveShell.instance(config=config)


def _run(shell: InteractiveShell, source: str) -> float:
    with contextlib.redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        result = shell.run_cell(source, store_history=True)
        seconds = time.perf_counter() - begin
    result.raise_error()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
