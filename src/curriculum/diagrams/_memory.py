"""The picture of one block of memory and the arrays that read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum import plots

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_GAP = 1.3
_TOP = 2.9
_MOST_AXES = 2


def memory(axes: Axes, block: NDArray[Any], readings: Mapping[str, NDArray[Any]]) -> None:
    """Draw a block of memory, and below it the arrays that read it, each cell with the byte it is read from.

    Args:
        axes: where to draw; its ticks and frame are switched off.
        block: the array that owns the memory, in C order.
        readings: arrays of one or two axes that share this memory, under the code that makes them.

    Raises:
        ValueError: the block is not in C order, or a reading is a copy, is empty or has more than two axes.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> import numpy as np
        >>> from curriculum import diagrams
        >>> figure, axes = plt.subplots()
        >>> numbers = np.arange(6, dtype=np.int16).reshape(2, 3)
        >>> diagrams.memory(axes, numbers, {"numbers": numbers, "numbers.T": numbers.T})
    """
    import numpy as np

    if not block.flags.c_contiguous:
        message = "the block must be in C order"
        raise ValueError(message)
    for name, reading in readings.items():
        if reading.ndim not in (1, _MOST_AXES) or not np.shares_memory(block, reading):
            message = f"{name} is not an array of one or two axes that reads this block"
            raise ValueError(message)
    grids = {name: np.atleast_2d(_offsets(block, reading)) for name, reading in readings.items()}
    widths = [grid.shape[1] for grid in grids.values()]
    width = max(sum(widths) + _GAP * (len(widths) - 1), block.size)
    _draw_block(axes, block, (width - block.size) / 2)
    start = (width - sum(widths) - _GAP * (len(widths) - 1)) / 2
    for (name, offsets), reading in zip(grids.items(), readings.values(), strict=True):
        _draw_reading(axes, start, offsets, np.atleast_2d(reading))
        middle = start + offsets.shape[1] / 2
        axes.text(middle, _TOP - 0.72, name, ha="center", va="center", fontsize=10, family="monospace")
        strides = ", ".join(map(str, reading.strides)) + ("," if reading.ndim == 1 else "")
        axes.text(middle, _TOP - 0.3, f"strides ({strides})", ha="center", va="center", fontsize=9)
        start += offsets.shape[1] + _GAP
    deepest = max(grid.shape[0] for grid in grids.values())
    axes.set(xlim=(-0.2, width + 0.2), ylim=(_TOP + deepest + 0.1, -0.9), aspect="equal")
    axes.axis("off")


def _offsets(block: NDArray[Any], reading: NDArray[Any]) -> NDArray[np.int64]:
    """From which byte of the block each cell of a reading comes."""
    import numpy as np

    first = reading.__array_interface__["data"][0] - block.__array_interface__["data"][0]
    steps = [np.arange(n) * step for n, step in zip(reading.shape, reading.strides, strict=True)]
    offsets: NDArray[np.int64] = first + sum(np.ix_(*steps))
    return offsets


def _draw_block(axes: Axes, block: NDArray[Any], start: float) -> None:
    for place, value in enumerate(block.ravel()):
        _cell(axes, start + place, 0.0, f"{value}", plots.ORANGE)
        axes.text(start + place + 0.06, -0.2, f"{place * block.itemsize}", ha="left", va="center", fontsize=8)
    words = f"the block: {block.nbytes} bytes, {block.dtype} (small numbers: byte where a cell begins)"
    axes.text(start + block.size / 2, -0.65, words, ha="center", va="center", fontsize=9)


def _draw_reading(axes: Axes, start: float, offsets: NDArray[np.int64], values: NDArray[Any]) -> None:
    import numpy as np

    for (i, j), value in np.ndenumerate(values):
        _cell(axes, start + j, _TOP + i, f"{value}", plots.SKY)
        axes.text(start + j + 0.06, _TOP + i + 0.17, f"{offsets[i, j]}", ha="left", va="center", fontsize=8)


def _cell(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="none", alpha=0.55))
    axes.add_patch(Rectangle((x, y), 1, 1, fill=False, edgecolor="0.25"))
    axes.text(x + 0.5, y + 0.56, text, ha="center", va="center", fontsize=12)
