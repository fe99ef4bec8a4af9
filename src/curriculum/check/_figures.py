"""Figures as plain descriptions, and checks of what they show."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from curriculum.check._describe import clip, kind, short
from curriculum.check._fail import fail, recognise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from curriculum.check._finding import Mistake


@dataclass(frozen=True)
class Drawn:
    """What one pair of axes shows, in data units.

    Attributes:
        lines: x and y of each line of two or more points.
        bars: x (centre), bottom and height of each vertical bar; a histogram's bins are bars too, outlined or filled.
        barh: y (centre), left and width of each horizontal bar.
        points: x and y of every scattered point.
        bands: how many filled areas there are (intervals, shaded tails).
        errorbars: how many series carry error bars.
        images: how many pictures, heat maps or contour maps there are.
        others: how many marks of other sorts (strokes, wedges, ...) there are.
        legend: the legend's entries.
        texts: annotations inside the axes.
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


def figure(
    value: Any,
    *,
    kind: str = "",
    title: str | bool = False,
    xlabel: str | bool = False,
    ylabel: str | bool = False,
    legend: Sequence[str] | bool = False,
    zero_based: bool = False,
    interval: bool = False,
    panels: int = 1,
    called: str = "",
    hint: str = "",
    mistakes: Sequence[Mistake] = (),
) -> Drawn | list[Drawn]:
    """Pass if a matplotlib figure or axes shows what is asked; returns its description for further checks.

    Args:
        value: a Figure, an Axes, or anything with a ``figure`` (a seaborn grid). The text over or beside a whole
            figure counts for axes that have none of their own; hidden axes and colour bars do not count.
        kind: what must be drawn: ``line``, ``bar`` (a histogram too), ``barh``, ``scatter``, ``image``, or several
            joined by ``|`` where any will do.
        title: True for any title, or a regular expression it must contain.
        xlabel: the same for the horizontal axis.
        ylabel: the same for the vertical axis.
        legend: True for any legend, or the entries it must have.
        zero_based: whether the axis that bars grow along must include zero.
        interval: whether uncertainty must be drawn: a band or error bars.
        panels: how many axes there must be; twin axes are two.
        called: what to show as called; the source of the first argument where it is left out.
        hint: shown with a failure.
        mistakes: recognised by the description: ``wrong_value`` is a function of ``Drawn``.

    Returns:
        The description of the axes; a list of them where ``panels`` is above 1.

    Raises:
        CheckFailed: it is no figure, is empty, or lacks something asked for.

    Example:
        >>> import matplotlib.pyplot as plt
        >>> from curriculum import check
        >>> figure, axes = plt.subplots()
        >>> bars = axes.bar(["A", "B"], [3, 4])
        >>> label = axes.set_ylabel("orders")
        >>> check.figure(figure, kind="bar", ylabel="orders", zero_based=True).bars[0]
        (0.0, 0.0, 3.0)
        >>> plt.close(figure)
    """
    described = _describe_all(value, called)
    if len(described) != panels:
        message = "The figure has another number of panels."
        fail(message, called=called, expected=str(panels), got=str(len(described)), hint=hint)
    for axes in described:
        problem = _problem(
            axes,
            kind=kind,
            texts={"title": title, "xlabel": xlabel, "ylabel": ylabel},
            legend=legend,
            zero_based=zero_based,
            interval=interval,
        )
        if problem is not None:
            message, expected, got = problem
            mistake = recognise(axes, mistakes, lambda _one, _other: "differs")
            fail(message, called=called, expected=clip(expected), got=clip(got), hint=hint, mistake=mistake)
    return described[0] if panels == 1 else described


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
    return Drawn(**{name: value for name, value in axes.items() if name in names})


_Problem = tuple[str, str, str]


def _describe_all(value: Any, called: str) -> list[Drawn]:
    if value is None or value is ...:
        fail("A figure was asked for.", called=called, got=kind(value), hint="does your function return it?")
    found = drawn(value)
    if not found:
        fail("A matplotlib figure or axes was asked for.", called=called, got=kind(value))
    return found


def _problem(
    axes: Drawn,
    *,
    kind: str,
    texts: dict[str, str | bool],
    legend: Sequence[str] | bool,
    zero_based: bool,
    interval: bool,
) -> _Problem | None:
    if not (axes.kinds or axes.bands or axes.errorbars or axes.others):
        return "The axes are empty: nothing is drawn.", "", ""
    if kind and not axes.kinds & set(kind.split("|")):
        return (
            "Another kind of chart was asked for.",
            kind.replace("|", " or "),
            ", ".join(sorted(axes.kinds)) or "neither",
        )
    for name, wanted in texts.items():
        found = _text_problem(name, wanted, getattr(axes, name))
        if found:
            return found
    found = _legend_problem(axes, legend)
    if found:
        return found
    if zero_based and not _includes_zero(axes):
        low, high = axes.xlim if axes.barh and not axes.bars else axes.ylim
        message = "The axis that the bars grow along must include zero, or their lengths mislead."
        return message, "0 within the axis", f"{low:g} to {high:g}"
    if interval and not (axes.bands or axes.errorbars):
        return "The uncertainty is not drawn.", "a band or error bars", "neither"
    return None


def _text_problem(name: str, wanted: str | bool, found: str) -> _Problem | None:
    if wanted is False or (found and wanted is True):
        return None
    words = {"title": "title", "xlabel": "label of the horizontal axis", "ylabel": "label of the vertical axis"}[name]
    if not found:
        return f"The {words} is missing.", "" if wanted is True else str(wanted), ""
    if isinstance(wanted, str) and not re.search(wanted, found, re.IGNORECASE):
        return f"The {words} does not say what is shown.", f"a text with: {wanted}", found
    return None


def _legend_problem(axes: Drawn, legend: Sequence[str] | bool) -> _Problem | None:
    if legend is False:
        return None
    if not axes.legend:
        return "The legend is missing.", "" if legend is True else ", ".join(legend), ""
    missing = [] if legend is True else [entry for entry in legend if entry not in axes.legend]
    return ("The legend lacks an entry.", missing[0], short(axes.legend)) if missing else None


def _includes_zero(axes: Drawn) -> bool:
    low, high = sorted(axes.xlim if axes.barh and not axes.bars else axes.ylim)
    return low <= 0 <= high


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
    caps = {id(cap) for c in axes.containers if isinstance(c, ErrorbarContainer) for cap in c.lines[1]}
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
        xlim=axes.get_xlim(),
        ylim=axes.get_ylim(),
        xscale=axes.get_xscale(),
        yscale=axes.get_yscale(),
        lines=lines,
        bars=bars + outlined,
        barh=barh,
        points=points,
        bands=len(filled) + bands,
        errorbars=sum(isinstance(c, ErrorbarContainer) for c in axes.containers),
        images=len(axes.images) + maps,
        others=others + sum(isinstance(c, mc.LineCollection) for c in axes.collections),
        legend=[text.get_text() for text in legend.get_texts()] if legend else [],
        texts=[text.get_text() for text in axes.texts],
    )


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
