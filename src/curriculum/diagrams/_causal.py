"""Causal graphs: what acts on what."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from curriculum import plots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    Arrow = tuple[str, str]
    Place = tuple[float, float]

_SEEN: dict[str, Any] = {"facecolor": "#E8F3FB", "edgecolor": plots.BLUE, "linewidth": 1.6}
_HIDDEN: dict[str, Any] = {"facecolor": "white", "edgecolor": "#555555", "linewidth": 1.6, "linestyle": (0, (1, 1.6))}
_PLAIN: dict[str, Any] = {"color": "#444444", "arrowstyle": "-|>", "linewidth": 1.6, "mutation_scale": 16}
# a dashed shaft, and a head of its own that is not dashed
_MARKED: tuple[dict[str, Any], ...] = (
    {"color": plots.VERMILION, "arrowstyle": "-", "linewidth": 3.2, "linestyle": (0, (2, 0.7)), "shrinkB": 10},
    {"color": plots.VERMILION, "arrowstyle": "-|>,head_width=0.28", "linewidth": 0, "mutation_scale": 30},
)
# how far the border lies from the text, in font sizes, and what stays free around the whole, in pixels
_PAD, _AROUND = 0.6, 6


def causal_graph(
    axes: Axes,
    places: Mapping[str, Place],
    arrows: Iterable[Arrow],
    *,
    hidden: Iterable[str] = (),
    highlight: Iterable[Arrow] = (),
) -> None:
    """Draw a causal graph: named nodes, and an arrow from each cause to what it acts on.

    The graph fills the axes, whose ticks and frame are put away: only how the places lie to each other counts.

    Args:
        axes: where to draw; nothing else should be on it.
        places: for each node its name, as shown, and where its middle lies: ``{"price": (0, 0), "sales": (1, 0)}``.
        arrows: pairs of names, cause first. Two that run against each other are bent apart.
        hidden: nodes that nobody measured: their border is dotted.
        highlight: those of the arrows to point out: thicker, dashed and in another colour.

    Raises:
        ValueError: no nodes, a place that is not two finite numbers, an arrow or a hidden name without its node, an
            arrow from a node to itself, or a highlighted arrow that is not among the arrows.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> figure, axes = plt.subplots()
        >>> places = {"weather": (1, 1), "footfall": (0, 0), "sales": (2, 0)}
        >>> causal_graph(axes, places, [("weather", "footfall"), ("weather", "sales")], hidden=["weather"])
        >>> plt.close(figure)
    """
    names, drawn, marked = set(hidden), list(dict.fromkeys(map(tuple, arrows))), set(map(tuple, highlight))
    _refuse(places, drawn, names, marked)
    axes.set_axis_off()
    nodes = {name: _node(axes, name, place, dotted=name in names) for name, place in places.items()}
    for cause, effect in drawn:
        _arrow(axes, nodes[cause], nodes[effect], marked=(cause, effect) in marked, bent=(effect, cause) in drawn)
    _fit(axes, list(nodes.values()))


def _refuse(
    places: Mapping[str, Place], arrows: list[tuple[str, ...]], hidden: set[str], marked: set[tuple[str, ...]]
) -> None:
    """Say in one line what cannot be drawn."""
    if not places:
        message = "a causal graph needs nodes: places={'price': (0, 0), 'sales': (1, 0)}"
        raise ValueError(message)
    for name, place in places.items():
        if not _is_place(place):
            message = f"the place of {name!r} must be two finite numbers (x, y), not {place!r}"
            raise ValueError(message)
    for arrow in chain(arrows, marked):
        if len(arrow) != 2 or arrow[0] == arrow[1]:
            message = f"an arrow goes from one node to another: ('price', 'sales'), not {arrow!r}"
            raise ValueError(message)
    unknown = [name for name in chain(chain.from_iterable(arrows), sorted(hidden)) if name not in places]
    if unknown:
        message = f"no node is called {unknown[0]!r}; there are {', '.join(map(repr, places))}"
        raise ValueError(message)
    if missing := sorted(marked - set(arrows)):
        message = f"no arrow goes from {missing[0][0]!r} to {missing[0][1]!r}, so it cannot be highlighted"
        raise ValueError(message)


def _is_place(place: Place) -> bool:
    import numpy as np

    try:
        return np.shape(place) == (2,) and bool(np.isfinite(np.asarray(place, dtype=float)).all())
    except (TypeError, ValueError):
        return False


def _node(axes: Axes, name: str, place: Place, *, dotted: bool) -> Text:
    """A name in a box that is as large as the name needs."""
    box = {"boxstyle": f"round,pad={_PAD},rounding_size=0.6", **(_HIDDEN if dotted else _SEEN)}
    return axes.text(*place, name, ha="center", va="center", color="black", bbox=box, zorder=2)


def _arrow(axes: Axes, cause: Text, effect: Text, *, marked: bool, bent: bool) -> None:
    """An arrow from border to border. Nodes are drawn first (zorder), so that their borders are known by then."""
    from matplotlib.patches import FancyArrowPatch

    for look in _MARKED if marked else (_PLAIN,):
        part = FancyArrowPatch(
            cause.get_position(),
            effect.get_position(),
            connectionstyle=f"arc3,rad={0.2 if bent else 0}",
            patchA=cause.get_bbox_patch(),
            patchB=effect.get_bbox_patch(),
            **{"shrinkA": 1, "shrinkB": 1, "capstyle": "butt", "joinstyle": "miter", "zorder": 3, **look},
        )
        # before the first drawing the borders are not known yet, so neither is how long the arrow is
        part.set_in_layout(False)
        axes.add_patch(part)


def _fit(axes: Axes, nodes: list[Text]) -> None:
    """Choose the limits so that the graph fills the axes and every border lies inside."""
    frame = axes.get_window_extent()
    boxes = [node.get_window_extent() for node in nodes]
    pixel = axes.figure.dpi / 72
    pads = [_PAD * float(node.get_fontsize()) * pixel + _AROUND for node in nodes]
    middles = list(zip(*(node.get_position() for node in nodes), strict=True))
    wide = [box.width / 2 + pad for box, pad in zip(boxes, pads, strict=True)]
    high = [box.height / 2 + pad for box, pad in zip(boxes, pads, strict=True)]
    axes.set_xlim(_limits(middles[0], wide, frame.width))
    axes.set_ylim(_limits(middles[1], high, frame.height))


def _limits(middles: Sequence[float], halves: Sequence[float], pixels: float) -> tuple[float, float]:
    """The narrowest limits that leave each node its room; where there is too little, half of it for the middles."""
    nodes = list(zip(middles, halves, strict=True))
    scales = [(pixels - left - right) / (end - start) for start, left in nodes for end, right in nodes if end > start]
    scale = max(min(scales, default=1.0), pixels / 2 / (max(middles) - min(middles) or pixels))
    low = min(middle - half / scale for middle, half in nodes)
    high = max(middle + half / scale for middle, half in nodes)
    slack = (pixels / scale - (high - low)) / 2
    return low - slack, high + slack
