"""The picture of four joins of two tables: which rows of which table are in the result, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum import plots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

# One row of a result: the places of its rows in the left and in the right table, None where there is no partner.
Pair = tuple[int | None, int | None]

_KINDS = ("inner", "left", "right", "outer")
_CELL = 1.25
_LINKS = 2.0
_GAP = 1.1
_MOST_ROWS = 12


def join_kinds(
    axes: Axes, left: Sequence[str | None], right: Sequence[str | None], *, missing_match: bool = True
) -> None:
    """Draw two tables, the rows that match, and the rows of the inner, left, right and outer join.

    Each row is named by its key and its table: ``a1`` is the first row with key a. Rows of the left table are on blue
    ground, those of the right table on orange ground with hatching, and a place without partner is empty and dotted.
    The order of the rows is the picture's: that of the right table for the right join, else that of the left one.

    Args:
        axes: where to draw; its ticks and frame are switched off.
        left: the keys of the left table's rows, None where a key is missing.
        right: the keys of the right table's rows.
        missing_match: whether missing keys match each other, as they do in pandas; in SQL they match nothing.

    Raises:
        ValueError: a table has no rows, or the outer join more than twelve.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> from curriculum import diagrams
        >>> figure, axes = plt.subplots()
        >>> diagrams.join_kinds(axes, ["a", "a", "b"], ["a", "c"])
    """
    matched = [
        (i, j) for i, j in _product(left, right) if left[i] == right[j] and (missing_match or left[i] is not None)
    ]
    results = {kind: _rows(kind, matched, len(left), len(right)) for kind in _KINDS}
    if not left or not right or len(results["outer"]) > _MOST_ROWS:
        message = f"only tables with rows can be drawn, and at most {_MOST_ROWS} rows of their outer join"
        raise ValueError(message)
    names = _names(left), _names(right)
    x = _draw_tables(axes, names, matched) + 2 * _GAP
    for kind, rows in results.items():
        x = _draw_result(axes, x, kind, rows, names) + _GAP
    height = max(len(rows) for rows in results.values())
    axes.set(xlim=(-0.2, x - _GAP + 0.2), ylim=(height + 0.15, -1.3))
    axes.axis("off")


def _draw_tables(axes: Axes, names: tuple[list[str], list[str]], matched: list[tuple[int, int]]) -> float:
    """The two tables and what links them; where they end."""
    start = _CELL + _LINKS
    for x, title, rows, draw in ((0.0, "left", names[0], _left), (start, "right", names[1], _right)):
        for place, name in enumerate(rows):
            draw(axes, x, place, name)
        _title(axes, x + _CELL / 2, title, len(rows))
    ends = [_CELL + 0.08, start - 0.08]
    for i, j in matched:
        axes.plot(ends, [i + 0.5, j + 0.5], color="0.35", marker="o", markersize=3, linewidth=1.2)
    return start + _CELL


def _draw_result(axes: Axes, x: float, kind: str, rows: list[Pair], names: tuple[list[str], list[str]]) -> float:
    """The rows of one join; where they end."""
    for place, (i, j) in enumerate(rows):
        _left(axes, x, place, None if i is None else names[0][i])
        _right(axes, x + _CELL, place, None if j is None else names[1][j])
    _title(axes, x + _CELL, kind, len(rows))
    return x + 2 * _CELL


def _product(left: Sequence[str | None], right: Sequence[str | None]) -> list[tuple[int, int]]:
    return [(i, j) for i in range(len(left)) for j in range(len(right))]


def _rows(kind: str, matched: list[tuple[int, int]], left: int, right: int) -> list[Pair]:
    """The rows of one join: in the order of the right table for the right join, else in that of the left table."""
    if kind == "right":
        turned = [(j, i) for i, j in matched]
        return [(i, j) for j, i in _rows("left", turned, right, left)]
    rows: list[Pair] = []
    for place in range(left):
        found: list[Pair] = [pair for pair in matched if pair[0] == place]
        rows += found if found or kind == "inner" else [(place, None)]
    met = {j for _, j in matched}
    return rows + [(None, j) for j in range(right) if j not in met] if kind == "outer" else rows


def _names(keys: Sequence[str | None]) -> list[str]:
    """Each row by its key, numbered where the key comes more than once."""
    names = []
    for place, key in enumerate(keys):
        number = f"{list(keys[: place + 1]).count(key)}" if list(keys).count(key) > 1 else ""
        names.append(f"{'none' if key is None else key}{number}")
    return names


def _title(axes: Axes, x: float, text: str, rows: int) -> None:
    counted = "1 row" if rows == 1 else f"{rows} rows"
    axes.text(x, -0.65, f"{text}\n{counted}", ha="center", va="center", fontsize=10)


def _left(axes: Axes, x: float, y: float, name: str | None) -> None:
    _cell(axes, x, y, name, plots.SKY, hatch="")


def _right(axes: Axes, x: float, y: float, name: str | None) -> None:
    _cell(axes, x, y, name, plots.ORANGE, hatch="//")


def _cell(axes: Axes, x: float, y: float, name: str | None, colour: str, hatch: str) -> None:
    """A row's place; empty and dotted without a name."""
    from matplotlib.patches import Rectangle

    if name is not None:
        ground = Rectangle((x, y), _CELL, 1, hatch=hatch, facecolor=colour, edgecolor="white", linewidth=0, alpha=0.5)
        axes.add_patch(ground)
    axes.text(x + _CELL / 2, y + 0.52, name or "", ha="center", va="center", fontsize=10)
    line = ":" if name is None else "-"
    axes.add_patch(Rectangle((x, y), _CELL, 1, fill=False, edgecolor="0.25", linestyle=line))
