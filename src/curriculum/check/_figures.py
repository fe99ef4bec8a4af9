"""Figures as plain descriptions, and checks of what they show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curriculum.check._describe import kind, short
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
        bars: x (centre), bottom and height of each vertical bar; a histogram's bins are bars too.
        barh: y (centre), left and width of each horizontal bar.
        points: x and y of every scattered point.
        bands: how many filled areas there are (intervals, shaded tails).
        errorbars: how many series carry error bars.
        images: how many pictures or heat maps there are.
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
        value: a Figure, an Axes, or anything with a ``figure`` (a seaborn grid).
        kind: what must be drawn: ``line``, ``bar`` (a histogram too), ``barh``, ``scatter``, ``image``, or several
            joined by ``|`` where any will do.
        title: True for any title, or a regular expression it must contain.
        xlabel: the same for the horizontal axis.
        ylabel: the same for the vertical axis.
        legend: True for any legend, or the entries it must have.
        zero_based: whether the axis that bars grow along must include zero.
        interval: whether uncertainty must be drawn: a band or error bars.
        panels: how many axes there must be.
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
    drawn = _describe_all(value, called)
    if len(drawn) != panels:
        fail("The figure has another number of panels.", called=called, expected=str(panels), got=str(len(drawn)))
    for axes in drawn:
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
            fail(message, called=called, expected=expected, got=got, hint=hint, mistake=mistake)
    return drawn[0] if panels == 1 else drawn


def describe(value: Any) -> list[Drawn]:
    """Describe every pair of axes of a figure (colour bars left out); an empty list if it is no figure."""
    axes = _axes_of(value)
    return [_describe_axes(one) for one in axes]


_Problem = tuple[str, str, str]


def _describe_all(value: Any, called: str) -> list[Drawn]:
    if value is None or value is ...:
        fail("A figure was asked for.", called=called, got=kind(value), hint="does your function return it?")
    drawn = describe(value)
    if not drawn:
        fail("A matplotlib figure or axes was asked for.", called=called, got=kind(value))
    return drawn


def _problem(
    axes: Drawn,
    *,
    kind: str,
    texts: dict[str, str | bool],
    legend: Sequence[str] | bool,
    zero_based: bool,
    interval: bool,
) -> _Problem | None:
    if not axes.kinds and not axes.bands:
        return "The axes are empty: nothing is drawn.", "", ""
    if kind and not axes.kinds & set(kind.split("|")):
        return "Another kind of chart was asked for.", kind.replace("|", " or "), ", ".join(sorted(axes.kinds))
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
    return [axes for axes in found.axes if axes.get_label() != "<colorbar>"]


def _describe_axes(axes: Axes) -> Drawn:
    import matplotlib.collections as mc
    import numpy as np

    bars, barh = _bars(axes)
    scattered = [c for c in axes.collections if isinstance(c, mc.PathCollection)]
    points = [(float(x), float(y)) for c in scattered for x, y in np.asarray(c.get_offsets())]
    lines = [(_floats(line.get_xdata()), _floats(line.get_ydata())) for line in axes.lines]
    markers = [pair for pair, line in zip(lines, axes.lines, strict=True) if line.get_linestyle() in {"None", "none"}]
    points += [(x, y) for xs, ys in markers for x, y in zip(xs, ys, strict=True)]
    legend = axes.get_legend()
    return Drawn(
        title=axes.get_title() or axes.get_title("left") or axes.get_title("right"),
        xlabel=axes.get_xlabel(),
        ylabel=axes.get_ylabel(),
        xlim=axes.get_xlim(),
        ylim=axes.get_ylim(),
        xscale=axes.get_xscale(),
        yscale=axes.get_yscale(),
        lines=[pair for pair in lines if len(pair[0]) > 1 and pair not in markers],
        bars=bars,
        barh=barh,
        points=points,
        bands=sum(type(c) in {mc.PolyCollection, mc.FillBetweenPolyCollection} for c in axes.collections),
        errorbars=sum(type(c).__name__ == "ErrorbarContainer" for c in axes.containers),
        images=len(axes.images) + sum(isinstance(c, mc.QuadMesh) for c in axes.collections),
        legend=[text.get_text() for text in legend.get_texts()] if legend else [],
        texts=[text.get_text() for text in axes.texts],
    )


def _bars(axes: Axes) -> tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]:
    from matplotlib.container import BarContainer

    bars: list[tuple[float, float, float]] = []
    barh: list[tuple[float, float, float]] = []
    for container in axes.containers:
        if not isinstance(container, BarContainer):
            continue
        for patch in container.patches:
            if container.orientation == "horizontal":
                barh.append((patch.get_y() + patch.get_height() / 2, patch.get_x(), patch.get_width()))
            else:
                bars.append((patch.get_x() + patch.get_width() / 2, patch.get_y(), patch.get_height()))
    return [_rounded(bar) for bar in bars], [_rounded(bar) for bar in barh]


def _rounded(bar: tuple[float, float, float]) -> tuple[float, float, float]:
    # A bar's centre is computed from its edge and width; this takes the last bits of that away.
    return (round(float(bar[0]), 12), float(bar[1]), float(bar[2]))


def _floats(values: Any) -> list[float]:
    import numpy as np

    try:
        return [float(value) for value in np.asarray(values)]
    except (TypeError, ValueError):
        from matplotlib.dates import date2num

        return [float(value) for value in np.atleast_1d(date2num(values))]
