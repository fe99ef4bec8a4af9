"""The picture of split, apply, combine shows what pandas computes, and what it leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from curriculum import diagrams

ROWS = [("b", 4.0), ("a", 1.0), (None, 9.0), ("b", 6.0), ("a", 2.0), ("a", 5.0)]


def _rows(axes, left):
    """The rows that are drawn from a place on, from above."""
    cells = [text for text in axes.texts if left < text.get_position()[0] < left + 2.2 and text.get_position()[1] > 0]
    cells.sort(key=lambda text: (text.get_position()[1], text.get_position()[0]))
    texts = [text.get_text() for text in cells if text.get_text()]
    return list(zip(texts[::2], texts[1::2], strict=True))


def _arrows(axes):
    return sum(text.arrow_patch is not None for text in axes.texts if hasattr(text, "arrow_patch"))


def test_one_row_a_group_as_pandas_has_it(axes):
    diagrams.split_apply_combine(axes, ROWS, sum, name="sum")
    sums = pd.DataFrame(ROWS, columns=["key", "x"]).groupby("key")["x"].sum()
    assert _rows(axes, 8.8) == [(key, f"{value:g}") for key, value in sums.items()] == [("a", "8"), ("b", "10")]
    assert _rows(axes, 0) == [("none" if key is None else key, f"{value:g}") for key, value in ROWS]
    assert [row for row in _rows(axes, 4.4) if row[0] == "none"] == []
    assert _arrows(axes) == 5 + 2


def test_a_row_for_every_row_as_transform_has_it(axes):
    diagrams.split_apply_combine(axes, ROWS, max, name="max", every_row=True)
    largest = pd.DataFrame(ROWS, columns=["key", "x"]).groupby("key")["x"].transform("max")
    drawn = [value for _, value in _rows(axes, 8.8)]
    assert drawn == ["none" if np.isnan(value) else f"{value:g}" for value in largest]
    assert drawn.count("none") == 1
    assert _arrows(axes) == 5 + 5


def test_rows_without_a_key_are_dotted(axes):
    diagrams.split_apply_combine(axes, ROWS, sum, name="sum")
    assert sum(patch.get_linestyle() in {":", "dotted"} for patch in axes.patches) == 2
    assert "split, apply sum" in [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("rows", [[], [(None, 1.0)], [(letter, 1.0) for letter in "abcdef"]])
def test_no_group_and_too_many_are_refused(axes, rows):
    with pytest.raises(ValueError, match="one to 5 groups"):
        diagrams.split_apply_combine(axes, rows, sum, name="sum")
    assert not axes.patches
