"""The picture of a table that is split into groups, each of which gives one value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from curriculum import plots

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

# A row of the table: the key of its group, None where that is missing, and a number.
Row = tuple[str | None, float]

_COLOURS = (plots.SKY, plots.ORANGE, plots.GREEN, plots.PURPLE, plots.YELLOW)
_KEY, _NUMBER = 1.0, 1.2
_APART = 2.2
_BETWEEN = 0.6


def split_apply_combine(
    axes: Axes, rows: Sequence[Row], function: Callable[[list[float]], float], *, name: str, every_row: bool = False
) -> None:
    """Draw a table, its groups, and what comes of them: one row a group, or the group's value for every row.

    Rows without a key belong to no group: they are pale with a dotted edge, and nothing leads on from them.

    Args:
        axes: where to draw; its ticks and frame are switched off.
        rows: the table: a key, or None where it is missing, and a number for each row.
        function: what is computed of the list of a group's numbers.
        name: what the function is called in the picture.
        every_row: whether the result has a row for each row of the table, as ``transform`` has, not one a group.

    Raises:
        ValueError: there is no row with a key, or there are more than five groups.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> from curriculum import diagrams
        >>> figure, axes = plt.subplots()
        >>> diagrams.split_apply_combine(axes, [("a", 1), ("b", 2), ("a", 5)], sum, name="sum")
    """
    keys = sorted({key for key, _ in rows if key is not None})
    if not 1 <= len(keys) <= len(_COLOURS):
        message = f"only one to {len(_COLOURS)} groups can be drawn, not {len(keys)}"
        raise ValueError(message)
    colours = dict(zip(keys, _COLOURS, strict=False))
    numbers = {key: [number for other, number in rows if other == key] for key in keys}
    values = {key: function(numbers[key]) for key in keys}
    combined: list[Row] = (
        [(key, math.nan if key is None else values[key]) for key, _ in rows] if every_row else list(values.items())
    )

    height = max(len(rows), sum(map(len, numbers.values())) + _BETWEEN * (len(keys) - 1))
    first, middle, last = (column * (_KEY + _NUMBER + _APART) for column in range(3))
    above = _draw_table(axes, first, rows, colours, height)
    tops = _draw_groups(axes, middle, numbers, colours, height)
    below = _draw_table(axes, last, combined, colours, height)
    _link_rows(axes, (first, above), rows, (middle, tops))
    for place, (key, _) in enumerate(combined):
        if key is not None:
            _line(axes, middle + _KEY + _NUMBER, tops[key] + len(numbers[key]) / 2, last, below + place + 0.5)
    words = "combine: a row for each row" if every_row else "combine: a row for each group"
    for left, title in ((first, "the table"), (middle, f"split, apply {name}"), (last, words)):
        axes.text(left + (_KEY + _NUMBER) / 2, -0.6, title, ha="center", va="center", fontsize=10)
    axes.set(xlim=(-0.9, last + _KEY + _NUMBER + 0.9), ylim=(height + 0.15, -1.0))
    axes.axis("off")


def _draw_table(axes: Axes, left: float, rows: Sequence[Row], colours: dict[str, str], height: float) -> float:
    """Draw rows below one another, in the middle of the picture's height; where they begin."""
    top = (height - len(rows)) / 2
    for place, row in enumerate(rows):
        _draw_row(axes, left, top + place, row, colours)
    return top


def _link_rows(
    axes: Axes, table: tuple[float, float], rows: Sequence[Row], groups: tuple[float, dict[str, float]]
) -> None:
    """Lead each row that has a key from the table to its place in its group."""
    (left, top), (middle, tops) = table, groups
    seen = dict.fromkeys(tops, 0)
    for place, (key, _) in enumerate(rows):
        if key is not None:
            _line(axes, left + _KEY + _NUMBER, top + place + 0.5, middle, tops[key] + seen[key] + 0.5)
            seen[key] += 1


def _draw_groups(
    axes: Axes, left: float, numbers: dict[str, list[float]], colours: dict[str, str], height: float
) -> dict[str, float]:
    """Draw the groups below one another; where each begins."""
    tops: dict[str, float] = {}
    below = (height - sum(map(len, numbers.values())) - _BETWEEN * (len(numbers) - 1)) / 2
    for key, group in numbers.items():
        tops[key] = below
        for number in group:
            _draw_row(axes, left, below, (key, number), colours)
            below += 1
        below += _BETWEEN
    return tops


def _draw_row(axes: Axes, left: float, top: float, row: Row, colours: dict[str, str]) -> None:
    from matplotlib.patches import Rectangle

    key, number = row
    colour = "white" if key is None else colours[key]
    line = ":" if key is None else "-"
    texts = ("none" if key is None else key, "none" if math.isnan(number) else f"{number:g}")
    for x, width, text in ((left, _KEY, texts[0]), (left + _KEY, _NUMBER, texts[1])):
        axes.add_patch(Rectangle((x, top), width, 1, facecolor=colour, edgecolor="none", alpha=0.55))
        axes.add_patch(Rectangle((x, top), width, 1, fill=False, edgecolor="0.25", linestyle=line))
        shade = "0.35" if key is None else "black"
        axes.text(x + width / 2, top + 0.52, text, ha="center", va="center", fontsize=10, color=shade)


def _line(axes: Axes, x: float, y: float, to_x: float, to_y: float) -> None:
    look = {"arrowstyle": "-|>", "color": "0.45", "linewidth": 1, "shrinkA": 2, "shrinkB": 2}
    axes.annotate("", xy=(to_x, to_y), xytext=(x, y), arrowprops=look)
