"""The picture of a block of memory says of each cell which byte it is read from."""

from __future__ import annotations

import numpy as np
import pytest

from curriculum import diagrams


@pytest.fixture
def block():
    return np.array([[27, 47, 49], [53, 70, 56]], dtype=np.int16)


def _texts(axes):
    return [text.get_text() for text in axes.texts]


def _reading(axes, block):
    """The values and bytes of the one reading, in the order in which they are drawn."""
    shown = [text.get_text() for text in axes.texts if text.get_position()[1] > 2.9]
    return shown[0::2], shown[1::2]


@pytest.mark.parametrize(
    ("read", "values", "at", "strides"),
    [
        (lambda b: b, [27, 47, 49, 53, 70, 56], [0, 2, 4, 6, 8, 10], "strides (6, 2)"),
        (lambda b: b.T, [27, 53, 47, 70, 49, 56], [0, 6, 2, 8, 4, 10], "strides (2, 6)"),
        (lambda b: b[:, ::-1], [49, 47, 27, 56, 70, 53], [4, 2, 0, 10, 8, 6], "strides (6, -2)"),
        (lambda b: b[:, 1], [47, 70], [2, 8], "strides (6,)"),
        (lambda b: np.broadcast_to(b[0, 1:], (2, 2)), [47, 49, 47, 49], [2, 4, 2, 4], "strides (0, 2)"),
    ],
)
def test_each_cell_shows_the_byte_it_comes_from(axes, block, read, values, at, strides):
    diagrams.memory(axes, block, {"it": read(block)})
    assert _reading(axes, block) == ([str(value) for value in values], [str(byte) for byte in at])
    assert {"it", strides} <= set(_texts(axes))


def test_the_block_is_shown_once_above_all_readings(axes, block):
    diagrams.memory(axes, block, {"block": block, "block.T": block.T})
    assert sum(text.startswith("the block: 12 bytes, int16") for text in _texts(axes)) == 1
    assert _texts(axes).count("70") == 3


def test_a_copy_is_refused(axes, block):
    with pytest.raises(ValueError, match="copy is not an array"):
        diagrams.memory(axes, block, {"copy": block.copy()})


def test_three_axes_and_empty_readings_are_refused(axes, block):
    for reading in (block.reshape(1, 2, 3), block[:0]):
        with pytest.raises(ValueError, match="one or two axes"):
            diagrams.memory(axes, block, {"it": reading})


def test_a_block_out_of_order_is_refused(axes, block):
    with pytest.raises(ValueError, match="C order"):
        diagrams.memory(axes, block.T, {"it": block})
