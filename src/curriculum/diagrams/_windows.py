"""The picture of the windows that look at a series of days from one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from curriculum import plots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_HALF = 0.16


class _Window(NamedTuple):
    """A stretch of days, its ends in or out, and how it is asked for."""

    label: str
    start: float
    end: float
    closed: str  # both, left, right or neither


def windows(axes: Axes, days: Sequence[int], at: int, length: int) -> None:
    """Draw which days each kind of window takes in when it looks from one day of a series with gaps.

    From above: so many rows, so many days with the four ways to treat the ends, as many days around the day, and all
    days so far. A filled dot is a day in the window, an empty one a day outside; a day without a row has a small cross.

    Args:
        axes: where to draw; its y axis is switched off.
        days: the days that have a row, rising whole numbers.
        at: the day, one of them, from which the windows look.
        length: how many rows, or days, a window is long.

    Raises:
        ValueError: the days do not rise, ``at`` is not one of them, or the length is below 1.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> from curriculum import diagrams
        >>> figure, axes = plt.subplots()
        >>> diagrams.windows(axes, [1, 2, 3, 6, 7, 9], at=7, length=3)
    """
    if at not in days or length < 1 or list(days) != sorted(set(days)):
        message = "days must rise, 'at' must be one of them, and a window is at least 1 long"
        raise ValueError(message)
    shown = _windows(days, at, length)
    for row, window in enumerate(shown):
        _draw_band(axes, row, window)
        _draw_days(axes, row, window, days)
    axes.axvline(at, color="0.35", linestyle="--", linewidth=1, zorder=0)
    axes.text(at, -0.75, "today", ha="center", va="center", fontsize=10, backgroundcolor="white")
    axes.set(xlim=(days[0] - 0.8, days[-1] + 0.8), ylim=(len(shown) - 0.4, -1.1), xlabel="day")
    axes.set_xticks(range(days[0], days[-1] + 1))
    axes.set_yticks(range(len(shown)), [window.label for window in shown], family="monospace", fontsize=9)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)


def _windows(days: Sequence[int], at: int, length: int) -> list[_Window]:
    place = list(days).index(at)
    first = days[max(place - length + 1, 0)]
    by_time = f'rolling("{length}D"'
    ends = [
        _Window(f'{by_time}, closed="{closed}")', at - length, at, closed) for closed in ("left", "both", "neither")
    ]
    return [
        _Window(f"rolling({length})", first, at, "both"),
        _Window(f"{by_time})", at - length, at, "right"),
        *ends,
        _Window(f"{by_time}, center=True)", at - length / 2, at + length / 2, "right"),
        _Window("expanding()", days[0], at, "both"),
    ]


def _takes(window: _Window, day: int) -> bool:
    """Whether a day lies in a window."""
    after = day >= window.start if window.closed in {"left", "both"} else day > window.start
    before = day <= window.end if window.closed in {"right", "both"} else day < window.end
    return after and before


def _draw_band(axes: Axes, row: int, window: _Window) -> None:
    """A band from end to end, with brackets that face inwards where the end belongs to it, and outwards where not."""
    from matplotlib.patches import Rectangle

    width = window.end - window.start
    band: dict[str, Any] = {"facecolor": plots.SKY, "edgecolor": "none", "alpha": 0.35, "zorder": 1}
    axes.add_patch(Rectangle((window.start, row - 2 * _HALF), width, 4 * _HALF, **band))
    for x, closed, inwards in (
        (window.start, window.closed in {"left", "both"}, 1),
        (window.end, window.closed in {"right", "both"}, -1),
    ):
        lip = x + (inwards if closed else -inwards) * _HALF
        tall = [row - 2 * _HALF, row - 2 * _HALF, row + 2 * _HALF, row + 2 * _HALF]
        axes.plot([lip, x, x, lip], tall, color=plots.BLUE, linewidth=1.4, zorder=2)


def _draw_days(axes: Axes, row: int, window: _Window, days: Sequence[int]) -> None:
    inside = [day for day in days if _takes(window, day)]
    outside = [day for day in days if not _takes(window, day)]
    gaps = [day for day in range(days[0], days[-1] + 1) if day not in days]
    look: dict[str, Any] = {"linestyle": "none", "markersize": 8, "zorder": 3}
    axes.plot(inside, [row] * len(inside), marker="o", color=plots.BLUE, **look)
    axes.plot(outside, [row] * len(outside), marker="o", markerfacecolor="white", markeredgecolor="0.4", **look)
    axes.plot(gaps, [row] * len(gaps), marker="x", color="0.6", linestyle="none", markersize=5, zorder=3)
