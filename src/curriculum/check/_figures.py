"""Checks of what a figure shows."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from curriculum.check._describe import clip, kind, short
from curriculum.check._drawn import Drawn, drawn
from curriculum.check._fail import fail, recognise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.check._finding import Mistake


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
    same: str = "",
    twins: bool = True,
    told_apart: float = 0,
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
        same: ``x``, ``y`` or ``xy``: which limits all panels must share, up to a thousandth of the range.
        twins: False refuses axes that lie over each other, whose scales make curves meet wherever one likes.
        told_apart: by how much lightness (L*, 0 to 100) two series of one panel must differ that differ in nothing but
            colour: not in line style, marker or hatch. Series without a name in a legend that has others are left out.
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
    if not twins and any(axes.twin for axes in described):
        message = "Two scales lie over each other: where the curves meet is the drawer's choice, and says nothing."
        fail(message, called=called, expected="one scale a panel", got="twin axes", hint=hint)
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
            told_apart=told_apart,
        )
        if problem is not None:
            message, expected, got = problem
            mistake = recognise(axes, mistakes, lambda _one, _other: "differs")
            fail(message, called=called, expected=clip(expected), got=clip(got), hint=hint, mistake=mistake)
    for name in same:
        limits = [tuple(sorted(getattr(axes, f"{name}lim"))) for axes in described]
        if not all(_alike(limits[0], other) for other in limits):
            message = f"The panels have different {name} axes, so the same height means different things."
            if name == "x":
                message = "The panels have different x axes, so the same place means different things."
            expected = "the same limits in all"
            got = clip("; ".join(f"{low:g} to {high:g}" for low, high in limits))
            fail(message, called=called, expected=expected, got=got, hint=hint)
    return described[0] if panels == 1 else described


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
    told_apart: float,
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
    if zero_based and "log" in (axes.xscale if axes.sideways else axes.yscale):
        message = "A logarithmic axis has no zero, so the bars' lengths mean nothing."
        return message, "0 within the axis", "a logarithmic axis"
    if zero_based and not _includes_zero(axes):
        low, high = axes.xlim if axes.barh and not axes.bars else axes.ylim
        message = "The axis that the bars grow along must include zero, or their lengths mislead."
        return message, "0 within the axis", f"{low:g} to {high:g}"
    if interval and not (axes.bands or axes.errorbars):
        return "The uncertainty is not drawn.", "a band or error bars", "neither"
    return _alike_series_problem(axes, told_apart)


def _alike_series_problem(axes: Drawn, told_apart: float) -> _Problem | None:
    named = [one for one in axes.series if one.label]
    for one, other in itertools.combinations(named if len(named) > 1 else axes.series, 2):
        same_look = (one.kind, one.style) == (other.kind, other.style)
        one_thing = one.label == other.label if one.label else one.colour == other.colour
        apart = abs(one.lightness - other.lightness)
        if same_look and not one_thing and apart < told_apart:
            names = " and ".join(repr(series.label or series.colour) for series in (one, other))
            return (
                f"Without colour, {names} look the same.",
                f"another line style, marker or hatch, or {told_apart:g} of lightness between them",
                f"the same style, {apart:.0f} of lightness apart",
            )
    return None


def _alike(limits: tuple[float, ...], others: tuple[float, ...]) -> bool:
    slack = (limits[1] - limits[0]) / 1000
    return all(abs(one - other) <= slack for one, other in zip(limits, others, strict=True))


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
