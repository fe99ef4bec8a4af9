"""The picture of windows fills the days that pandas takes in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from curriculum import diagrams


def _filled(axes):
    """For each window its label and the days that are drawn as lying in it."""
    labels = [label.get_text() for label in axes.get_yticklabels()]
    days = {label: [] for label in labels}
    for line in axes.lines:
        if line.get_marker() == "o" and line.get_markerfacecolor() != "white":
            for day, row in zip(line.get_xdata(), line.get_ydata(), strict=True):
                days[labels[int(row)]].append(int(day))
    return days


def _by_pandas(label, days, at):
    """The days in the window, read off a sum of powers of two."""
    series = pd.Series(2.0 ** np.arange(len(days)), index=pd.Timestamp("2025-01-01") + pd.to_timedelta(days, unit="D"))
    rolled = eval(f"series.{label}", {"series": series})
    if label[8:-1].isdigit():  # as many rows as there are, where there are fewer
        rolled = series.rolling(int(label[8:-1]), min_periods=1)
    total = rolled.sum().iloc[list(days).index(at)]
    bits = 0 if np.isnan(total) else int(total)
    return [day for place, day in enumerate(days) if bits >> place & 1]


@pytest.mark.parametrize("seed", range(12))
def test_the_days_are_those_of_pandas(axes, seed):
    fresh = np.random.default_rng(seed)
    days = np.sort(fresh.choice(14, fresh.integers(1, 12), replace=False)).tolist()
    at, length = int(fresh.choice(days)), int(fresh.integers(1, 6))
    diagrams.windows(axes, days, at, length)
    assert _filled(axes) == {label: _by_pandas(label, days, at) for label in _filled(axes)}


def test_seven_kinds_and_the_gaps(axes):
    diagrams.windows(axes, [1, 2, 3, 6, 7, 9], at=7, length=3)
    filled = _filled(axes)
    assert len(filled) == 7
    assert filled["rolling(3)"] == [3, 6, 7]
    assert filled['rolling("3D")'] == [6, 7]
    assert filled['rolling("3D", closed="left")'] == [6]
    crosses = [line.get_xdata() for line in axes.lines if line.get_marker() == "x"]
    assert [list(days) for days in crosses] == [[4, 5, 8]] * 7


@pytest.mark.parametrize(("days", "at", "length"), [([1, 2], 3, 2), ([2, 1], 2, 2), ([1, 1], 1, 2), ([1, 2], 2, 0)])
def test_what_cannot_be_drawn_is_refused(axes, days, at, length):
    with pytest.raises(ValueError, match="days must rise"):
        diagrams.windows(axes, days, at, length)
    assert not axes.patches
