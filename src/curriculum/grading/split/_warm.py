"""First uses, made once in the zygote: what a library builds when it is first used is then there in every fork."""

from __future__ import annotations

import contextlib
import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curriculum.grading.split._shell import CellShell

_PLAIN = "def first(x):\n    return [x]\nfirst(1)\nprint(first(2))\n[1.5, 'a', None]"
_NUMPY = """\
import numpy as np
np.allclose(np.arange(3.0).mean(), 1)
np.testing.assert_allclose([1.0], [1.0])
np.ones((2, 2))"""
_PANDAS = """\
import pandas as pd
first = pd.DataFrame({"a": ["x", "y", "x", None], "b": [1.0, None, 3.0, 4.0], "c": [1, 2, 3, 4]})
first["d"] = pd.to_datetime(["2024-01-01"] * 4)
first.groupby("a")["b"].mean().sort_values()
first.merge(first, on="c").assign(e=lambda t: t["b_x"].fillna(0)).drop_duplicates().reset_index(drop=True)
first["a"].str.strip().value_counts()
pd.testing.assert_frame_equal(first, first.copy())
pd.testing.assert_series_equal(first["b"], first["b"].copy())
first"""

_MODELS = """\
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rows, labels = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
parts = train_test_split(rows, labels, random_state=0, stratify=labels)
model = clone(make_pipeline(StandardScaler(), LogisticRegression())).fit(parts[0], parts[2])
model.score(parts[1], parts[3]), cross_val_score(model, rows, labels, cv=2)
model"""

_FIGURES = """\
import io
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 2], label="first")
axes.legend()
figure.savefig(io.BytesIO())
plt.close(figure)"""


def warm(shell: CellShell) -> None:
    """Use what is loaded; the shell's names and its count of cells are as before in the end."""
    cells = [_PLAIN]
    cells += [_NUMPY] if "numpy" in sys.modules else []
    cells += [_PANDAS] if "pandas" in sys.modules else []
    cells += [_MODELS] if {"sklearn.linear_model", "sklearn.model_selection"} <= set(sys.modules) else []
    cells += [_FIGURES] if "matplotlib.pyplot" in sys.modules else []
    controller = getattr(sys.modules.get("sklearn.utils.parallel"), "_get_threadpool_controller", None)
    if controller is not None:
        controller()  # it looks through all loaded libraries, and keeps what it has found
    with shell.as_before(), contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            shell.run(cell)
