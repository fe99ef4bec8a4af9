"""The picture of two shapes that meet: which cells are there, and which are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum import plots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_GAP = 1.4
_MOST_AXES = 2


def broadcasting(axes: Axes, left_shape: Sequence[int], right_shape: Sequence[int]) -> None:
    """Draw ``a + b`` for arrays of two shapes, each stretched to the shape of the result.

    Cells that an array holds have a solid edge; those that broadcasting reads again, because a length of 1 is stretched
    or an axis is missing, are pale with a dotted edge.

    Args:
        axes: where to draw; its ticks and frame are switched off.
        left_shape: shape of ``a``, of at most two axes.
        right_shape: shape of ``b``, of at most two axes.

    Raises:
        ValueError: a shape has more than two axes, or the shapes do not fit.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> from curriculum import diagrams
        >>> figure, axes = plt.subplots()
        >>> diagrams.broadcasting(axes, (3, 1), (4,))
    """
    import numpy as np

    if max(len(left_shape), len(right_shape)) > _MOST_AXES:
        message = "only shapes of at most two axes can be drawn"
        raise ValueError(message)
    result_shape = np.broadcast_shapes(tuple(left_shape), tuple(right_shape))
    rows, columns = _padded(result_shape)
    left, right = (_cells_read(shape, result_shape) for shape in (left_shape, right_shape))
    panels = [
        (f"a: {_words(left_shape)}", left, [[f"a{_index(cell)}" for cell in row] for row in left], plots.SKY),
        (f"b: {_words(right_shape)}", right, [[f"b{_index(cell)}" for cell in row] for row in right], plots.ORANGE),
        (
            f"a + b: {_words(result_shape)}",
            None,
            [[f"a{_index(left[i][j])}\n+ b{_index(right[i][j])}" for j in range(columns)] for i in range(rows)],
            plots.GREEN,
        ),
    ]
    for number, (title, read, texts, colour) in enumerate(panels):
        start = number * (columns + _GAP)
        _draw_grid(axes, start, read, texts, colour)
        axes.text(start + columns / 2, -0.35, title, ha="center", va="center", fontsize=11)
        if number:
            sign = "+" if number == 1 else "="
            axes.text(start - _GAP / 2, rows / 2, sign, ha="center", va="center", fontsize=18)
    axes.set(xlim=(-0.1, 3 * columns + 2 * _GAP + 0.1), ylim=(rows + 0.1, -0.7), aspect="equal")
    axes.axis("off")


def _draw_grid(
    axes: Axes, start: float, read: list[list[tuple[int, ...]]] | None, texts: list[list[str]], colour: str
) -> None:
    """Draw one array; a cell of which the same was already drawn is marked as read again."""
    from matplotlib.patches import Rectangle

    seen: set[tuple[int, ...]] = set()
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            again = read is not None and read[i][j] in seen
            if read is not None:
                seen.add(read[i][j])
            alpha = 0.18 if again else 0.65
            axes.add_patch(Rectangle((start + j, i), 1, 1, facecolor=colour, edgecolor="none", alpha=alpha))
            dotted = ":" if again else "-"
            axes.add_patch(Rectangle((start + j, i), 1, 1, fill=False, edgecolor="0.25", linestyle=dotted))
            shade = "0.45" if again else "black"
            axes.text(start + j + 0.5, i + 0.5, text, ha="center", va="center", fontsize=9, color=shade)


def _cells_read(shape: Sequence[int], result_shape: Sequence[int]) -> list[list[tuple[int, ...]]]:
    """For each cell of the result, the index of the array's cell that is read there."""
    rows, columns = _padded(result_shape)
    kept = tuple(shape)
    grid = []
    for i in range(rows):
        aligned = [(i, j)[2 - len(kept) :] for j in range(columns)]
        grid.append([tuple(0 if kept[k] == 1 else cell[k] for k in range(len(kept))) for cell in aligned])
    return grid


def _padded(shape: Sequence[int]) -> tuple[int, int]:
    lengths = (1, 1, *shape)[-_MOST_AXES:]
    return lengths[0], lengths[1]


def _words(shape: Sequence[int]) -> str:
    return f"shape {tuple(int(length) for length in shape)}"


def _index(cell: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, cell))}]" if cell else ""
