"""Figures as plain descriptions: what each pair of axes shows, in data units."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_Span = tuple[float, float, float]


@dataclass(frozen=True)
class Series:
    """One set of marks that belong together: a line, the bars of one call, points of one look.

    Attributes:
        kind: ``line``, ``bar`` or ``points``.
        label: what the legend calls it; empty where it has no name.
        colour: as seen on white, as ``#rrggbb``.
        style: all of its look but colour: line style, marker, hatch.
    """

    kind: str
    label: str
    colour: str
    style: str

    @property
    def lightness(self) -> float:
        """How light it is, from 0 (black) to 100 (white): L* of CIE 1976, all that is left of a colour in grey."""
        return lightness(self.colour)


def lightness(colour: str) -> float:
    """L* of a colour written as ``#rrggbb``.

    Example:
        >>> from curriculum.check._drawn import lightness
        >>> round(lightness("#000000")), round(lightness("#ffffff")), round(lightness("#E69F00"))
        (0, 100, 71)
    """
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return float(116 * luminance ** (1 / 3) - 16 if luminance > 216 / 24389 else luminance * 24389 / 27)


@dataclass(frozen=True)
class Drawn:
    """What one pair of axes shows, in data units.

    Attributes:
        lines: x and y of each line of two or more points.
        bars: x (centre), bottom and height of each vertical bar; a histogram's bins are bars too, outlined or filled.
        barh: y (centre), left and width of each horizontal bar.
        points: x and y of every scattered point.
        bands: how many filled areas there are (intervals, shaded tails).
        edges: each area between two curves as x, lower and upper edge.
        spans: x, lower and upper end of each upright stroke: error bars, ``vlines``, a box plot's whiskers.
        spansh: y, left and right end of each level stroke.
        errorbars: how many series carry error bars.
        images: how many pictures, heat maps or contour maps there are.
        others: how many marks of other sorts (strokes, wedges, ...) there are.
        legend: the legend's entries.
        texts: annotations inside the axes, and the texts of the whole figure.
        xticks: place and text of each tick on the horizontal axis, where there is a text.
        yticks: the same for the vertical axis.
        series: the lines, groups of bars and heaps of points that a reader may have to tell apart.
        twin: whether other axes lie exactly over these, as ``twinx`` puts them.
    """

    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    xlim: tuple[float, float] = (0.0, 1.0)
    ylim: tuple[float, float] = (0.0, 1.0)
    xscale: str = "linear"
    yscale: str = "linear"
    lines: list[tuple[list[float], list[float]]] = field(default_factory=list)
    bars: list[tuple[float, float, float]] = field(default_factory=list)
    barh: list[tuple[float, float, float]] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)
    bands: int = 0
    errorbars: int = 0
    images: int = 0
    others: int = 0
    legend: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    edges: list[list[_Span]] = field(default_factory=list)
    spans: list[_Span] = field(default_factory=list)
    spansh: list[_Span] = field(default_factory=list)
    xticks: list[tuple[float, str]] = field(default_factory=list)
    yticks: list[tuple[float, str]] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    twin: bool = False

    @property
    def kinds(self) -> set[str]:
        """What sorts of marks are drawn: line, bar, barh, scatter, image."""
        found = {
            "line": self.lines,
            "bar": self.bars,
            "barh": self.barh,
            "scatter": self.points,
            "image": self.images,
        }
        return {name for name, marks in found.items() if marks}

    @property
    def sideways(self) -> bool:
        """Whether categories stand on the vertical axis: bars lie, or the words are there."""
        if self.bars or self.barh:
            return not self.bars
        return _words(self.yticks) > _words(self.xticks)

    @property
    def named(self) -> dict[str, float]:
        """Where the bar ends or the point lies at each tick that has a name, upright or lying, in the axis's order.

        Points count where each bar has one, which then is an interval; else bars, else points, else corners of lines.
        """
        ticks = self.yticks if self.sideways else self.xticks
        ends = self._ends()
        return {name: ends[near] for place, name in ticks for near in _near(place, ends)}

    @property
    def named_spans(self) -> dict[str, list[tuple[float, float]]]:
        """The lower and upper ends of all strokes, floating bars and areas at each tick that has a name."""
        ticks = self.yticks if self.sideways else self.xticks
        bars = self.barh if self.sideways else self.bars
        floating = [(place, base, base + length) for place, base, length in bars] if any(bar[1] for bar in bars) else []
        if not self.sideways:
            floating += itertools.chain.from_iterable(self.edges)
        strokes = [*(self.spansh if self.sideways else self.spans), *floating]
        return {
            name: [(min(ends), max(ends)) for at, *ends in strokes if abs(at - place) <= _NEAR] for place, name in ticks
        }

    def _ends(self) -> dict[float, float]:
        bars = {place: base + length for place, base, length in (self.barh if self.sideways else self.bars)}
        pairs = itertools.chain.from_iterable(zip(xs, ys, strict=True) for xs, ys in self.lines)
        points, corners = (
            {y: x for x, y in marks} if self.sideways else dict(marks) for marks in (self.points, list(pairs))
        )
        if len(points) == len(bars):
            return points or corners
        return bars or points or corners


_NEAR = 0.05  # of the distance between two categories, which is 1: what a tick and its mark may differ by


def _near(place: float, ends: dict[float, float]) -> list[float]:
    return [other for other in ends if abs(other - place) <= _NEAR][:1]


def _words(ticks: list[tuple[float, str]]) -> int:
    """How many ticks say a word and no number."""
    return sum(any(letter.isalpha() for letter in text) and "mathdefault" not in text for _, text in ticks)


def drawn(value: Any) -> list[Drawn]:
    """Describe every pair of axes of a figure (colour bars left out); an empty list if it is no figure.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> from curriculum import check
        >>> figure, axes = plt.subplots()
        >>> line = axes.plot([0, 1], [2, 4])
        >>> check.drawn(figure)[0].lines
        [([0.0, 1.0], [2.0, 4.0])]
        >>> plt.close(figure)
    """
    if hasattr(type(value), "__curriculum_drawn__"):
        # A stand-in for a figure in another process, which has been described there.
        return [_received(axes) for axes in value.__curriculum_drawn__()]
    axes = _axes_of(value)
    return [_describe_axes(one) for one in axes]


def _received(axes: dict[str, Any]) -> Drawn:
    names = {field.name for field in fields(Drawn)}
    kept = {name: value for name, value in axes.items() if name in names}
    kept["series"] = [Series(**one) for one in kept.get("series", [])]
    return Drawn(**kept)


def _axes_of(value: Any) -> list[Axes]:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    if isinstance(value, Axes):
        return [value]
    found = value if isinstance(value, Figure | SubFigure) else getattr(value, "figure", None)
    if not isinstance(found, Figure | SubFigure):
        return []
    return [axes for axes in found.axes if axes.get_visible() and not _is_colour_bar(axes)]


def _is_colour_bar(axes: Axes) -> bool:
    return axes.get_label() == "<colorbar>" or hasattr(axes, "_colorbar")


def _describe_axes(axes: Axes) -> Drawn:
    import matplotlib.collections as mc
    from matplotlib.container import ErrorbarContainer
    from matplotlib.contour import ContourSet

    figure: Any = axes.get_figure()
    bars, barh = _bars(axes)
    outlined, bands, others = _patches(axes)
    points = [pair for c in axes.collections if isinstance(c, mc.PathCollection) for pair in _offsets(c)]
    errors = [c for c in axes.containers if isinstance(c, ErrorbarContainer)]
    caps = {id(cap) for c in errors for cap in c.lines[1]}
    lines = []
    for line in axes.lines:
        xs, ys = _floats(line.get_xdata(orig=False)), _floats(line.get_ydata(orig=False))
        if line.get_linestyle() in {"None", "none"}:
            points += [] if id(line) in caps else list(zip(xs, ys, strict=True))
        elif len(xs) > 1:
            lines.append((xs, ys))
    polygons = [c for c in axes.collections if isinstance(c, mc.PolyCollection)]
    filled = [c for c in polygons if c.get_array() is None]
    maps = len(polygons) - len(filled) + sum(isinstance(c, mc.QuadMesh | ContourSet) for c in axes.collections)
    legend = axes.get_legend() or next(iter(figure.legends), None)
    return Drawn(
        title=_first(axes.get_title(), axes.get_title("left"), axes.get_title("right"), figure.get_suptitle()),
        xlabel=_first(axes.get_xlabel(), figure.get_supxlabel()),
        ylabel=_first(axes.get_ylabel(), figure.get_supylabel()),
        xlim=_limits(axes.get_xlim()),
        ylim=_limits(axes.get_ylim()),
        xscale=axes.get_xscale(),
        yscale=axes.get_yscale(),
        lines=lines,
        bars=bars + outlined,
        barh=barh,
        points=points,
        bands=len(filled) + bands,
        errorbars=len(errors),
        images=len(axes.images) + maps,
        others=others + sum(isinstance(c, mc.LineCollection) for c in axes.collections),
        legend=[text.get_text() for text in legend.get_texts()] if legend else [],
        texts=[text.get_text() for text in (*axes.texts, *figure.texts)],
        edges=[_edges(c) for c in filled],
        spans=_strokes(axes, along=1),
        spansh=_strokes(axes, along=0),
        xticks=_ticks(axes.xaxis),
        yticks=_ticks(axes.yaxis),
        series=_series(axes, caps),
        twin=_is_overlaid(axes, figure),
    )


def _ticks(axis: Any) -> list[tuple[float, str]]:
    low, high = sorted(axis.get_view_interval())
    places = [float(place) for place in axis.get_majorticklocs()]
    texts = [text.get_text().strip() for text in axis.get_ticklabels()]
    if not any(texts) and _is_shared(axis):
        # The inner panels of a grid leave their texts to the outer ones.
        texts = [text.strip() for text in axis.get_major_formatter().format_ticks(places)]
    return [(place, text) for place, text in zip(places, texts, strict=False) if text and low <= place <= high]


def _is_shared(axis: Any) -> bool:
    grids = (axis.axes.get_shared_x_axes(), axis.axes.get_shared_y_axes())
    return any(len(grid.get_siblings(axis.axes)) > 1 for grid in grids)


def _is_overlaid(axes: Axes, figure: Any) -> bool:
    here = [round(float(side), 6) for side in axes.get_position(original=True).bounds]
    others = [other for other in figure.axes if other is not axes and other.get_visible() and not _is_colour_bar(other)]
    return any([round(float(side), 6) for side in other.get_position(original=True).bounds] == here for other in others)


def _strokes(axes: Any, along: int) -> list[_Span]:
    """Straight strokes in data units along one of the axes (0: level, 1: upright)."""
    import matplotlib.collections as mc

    collections = [c for c in axes.collections if isinstance(c, mc.LineCollection)]
    segments = [segment for c in collections if c.get_transform() == axes.transData for segment in c.get_segments()]
    lines = [line for line in axes.lines if line.get_transform() == axes.transData]
    segments += [line.get_xydata() for line in lines if line.get_linestyle() not in {"None", "none"}]
    return [_stroke(segment, along) for segment in segments if _runs(segment, along)]


def _runs(segment: Any, along: int) -> bool:
    if len(segment) != 2:
        return False
    first, last = segment
    return bool(first[1 - along] == last[1 - along] and first[along] != last[along])


def _stroke(segment: Any, along: int) -> _Span:
    low, high = sorted(float(end[along]) for end in segment)
    return (float(segment[0][1 - along]), low, high)


def _edges(area: Any) -> list[_Span]:
    """The lower and upper edge of an area between two curves, at each x where it has corners."""
    heights: dict[float, list[float]] = {}
    for path in area.get_paths():
        for x, y in path.vertices:
            heights.setdefault(float(x), []).append(float(y))
    return [(x, min(ys), max(ys)) for x, ys in sorted(heights.items())]


def _series(axes: Any, caps: set[int]) -> list[Series]:
    import matplotlib.collections as mc
    import numpy as np
    from matplotlib.container import BarContainer, ErrorbarContainer

    errors = [c for c in axes.containers if isinstance(c, ErrorbarContainer) and c.lines[0]]
    named = {id(c.lines[0]): str(c.get_label()) for c in errors}
    found = []
    for line in axes.lines:
        if id(line) not in caps and len(line.get_xdata()):
            kind = "points" if line.get_linestyle() in {"None", "none"} else "line"
            label = named.get(id(line)) or str(line.get_label())
            style = f"{line.get_linestyle()} {line.get_marker()}"
            found.append(Series(kind, _public(label), _seen(line.get_color(), line.get_alpha()), style))
    for bars in (c for c in axes.containers if isinstance(c, BarContainer) and c.patches):
        first = bars.patches[0]
        label = _public(str(bars.get_label()))
        found.append(Series("bar", label, _seen(first.get_facecolor()), f"hatch {first.get_hatch()}"))
    for heap in (c for c in axes.collections if isinstance(c, mc.PathCollection)):
        shapes = {str(np.round(np.asarray(path.vertices), 3).tolist()) for path in heap.get_paths()}
        label, style = _public(str(heap.get_label())), f"marker {sorted(shapes)}"
        found += [Series("points", label, colour, style) for colour in sorted({_seen(c) for c in _fills(heap)})]
    return found


def _fills(heap: Any) -> Any:
    """The colours of scattered points, of their rims where they are hollow."""
    filled = heap.get_facecolor()
    return filled if len(filled) else heap.get_edgecolor()


def _public(label: str) -> str:
    return "" if label.startswith("_") else label


def _seen(colour: Any, alpha: float | None = None) -> str:
    """A colour as it looks on white, where it is half transparent."""
    from matplotlib.colors import to_hex, to_rgba

    *parts, opaque = to_rgba(colour, alpha)
    red, green, blue = (1 - opaque + opaque * part for part in parts)
    return to_hex((red, green, blue))


def _limits(pair: tuple[float, float]) -> tuple[float, float]:
    low, high = pair
    return (float(low), float(high))


def _first(*texts: str) -> str:
    return next((text for text in texts if text.strip()), "")


_Bar = tuple[float, float, float]


def _bars(axes: Axes) -> tuple[list[_Bar], list[_Bar]]:
    from matplotlib.container import BarContainer

    bars: list[_Bar] = []
    barh: list[_Bar] = []
    for container in axes.containers:
        if not isinstance(container, BarContainer):
            continue
        for patch in container.patches:
            if container.orientation == "horizontal":
                barh.append(_rounded(patch.get_y() + patch.get_height() / 2, patch.get_x(), patch.get_width()))
            else:
                bars.append(_rounded(patch.get_x() + patch.get_width() / 2, patch.get_y(), patch.get_height()))
    return bars, barh


def _patches(axes: Axes) -> tuple[list[_Bar], int, int]:
    """Patches that are no bars of their own: the bins of outlined histograms, how many bands, how many others."""
    from matplotlib.container import BarContainer
    from matplotlib.patches import Polygon, Rectangle, StepPatch

    known = {id(patch) for c in axes.containers if isinstance(c, BarContainer) for patch in c.patches}
    bins: list[_Bar] = []
    bands = others = 0
    for patch in axes.patches:
        if id(patch) in known:
            continue
        if isinstance(patch, StepPatch):
            heights, edges, _ = patch.get_data()
            sides = zip(edges[:-1], edges[1:], heights, strict=True)
            bins += [_rounded((left + right) / 2, 0.0, height) for left, right, height in sides]
        elif isinstance(patch, Polygon) and _is_outline(patch.get_xy()):
            corners = list(map(tuple, patch.get_xy()))
            bins += [_rounded((x + to) / 2, 0.0, y) for (x, y), (to, _) in itertools.pairwise(corners) if to > x]
        elif isinstance(patch, Polygon | Rectangle):
            bands += 1
        else:
            others += 1
    return bins, bands, others


def _is_outline(corners: Any) -> bool:
    """Whether a polygon is the outline of a histogram: more than one step, each side along an axis."""
    straight = (one[0] == other[0] or one[1] == other[1] for one, other in itertools.pairwise(corners))
    return len(corners) > 5 and all(straight)


def _rounded(centre: float, base: float, length: float) -> _Bar:
    # A bar's centre is computed from its edge and width; this takes the last bits of that away.
    return (round(float(centre), 12), float(base), float(length))


def _offsets(collection: Any) -> list[tuple[float, float]]:
    return list(zip(_floats(collection.get_offsets()[:, 0]), _floats(collection.get_offsets()[:, 1]), strict=True))


def _floats(values: Any) -> list[float]:
    import numpy as np

    return [float(value) for value in np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)]
