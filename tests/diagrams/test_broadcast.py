"""The picture of two shapes that meet says of each cell where it comes from."""

from __future__ import annotations

import numpy as np
import pytest

from curriculum import diagrams


def _texts(axes):
    return [text.get_text() for text in axes.texts]


def _dotted(axes):
    """How many cells are marked as read again."""
    return sum(patch.get_linestyle() in {":", "dotted"} for patch in axes.patches)


def test_a_column_and_a_row(axes):
    diagrams.broadcasting(axes, (3, 1), (4,))
    texts = _texts(axes)
    assert {"a: shape (3, 1)", "b: shape (4,)", "a + b: shape (3, 4)", "+", "="} <= set(texts)
    assert texts.count("a[1,0]") == 4
    assert texts.count("b[2]") == 3
    assert "a[2,0]\n+ b[3]" in texts
    assert _dotted(axes) == (12 - 3) + (12 - 4)


@pytest.mark.parametrize(
    ("left", "right", "again"),
    [((2, 3), (2, 3), 0), ((2, 3), (), 5), ((2, 3), (3,), 3), ((1, 1), (2, 2), 3), ((), (), 0), ((2, 1), (1, 2), 4)],
)
def test_a_cell_is_read_again_where_a_length_is_stretched_or_missing(axes, left, right, again):
    diagrams.broadcasting(axes, left, right)
    assert _dotted(axes) == again


def test_each_cell_of_the_result_names_what_numpy_adds(axes):
    diagrams.broadcasting(axes, (2, 1), (1, 3))
    a, b = np.array([[10], [20]]), np.array([[1, 2, 3]])
    named = [text for text in _texts(axes) if "\n" in text]
    values = [eval(text.replace("\n", ""), {"a": a, "b": b}) for text in named]
    assert values == (a + b).ravel().tolist()


def test_shapes_that_do_not_fit_are_refused(axes):
    with pytest.raises(ValueError, match="shape mismatch"):
        diagrams.broadcasting(axes, (3,), (4,))
    assert not axes.patches


def test_three_axes_are_refused(axes):
    with pytest.raises(ValueError, match="at most two axes"):
        diagrams.broadcasting(axes, (2, 2, 2), (2,))
