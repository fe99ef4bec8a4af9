"""Drawn: marks by the names on their axis, intervals, looks; and the checks that rest on them."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.ticker import PercentFormatter

mpl.use("agg")

import matplotlib.pyplot as plt

from curriculum import check, plots
from curriculum.check._drawn import lightness

NAMES = ["low", "mid", "high"]
VALUES = [1.0, 2.0, 4.0]
EXPECTED = {"low": 1.0, "mid": 2.0, "high": 4.0}
INTERVALS = {"low": (0.5, 1.25), "mid": (1.0, 3.0), "high": (3.5, 6.0)}
LOW, HIGH = np.array(list(INTERVALS.values())).T
ARMS = [np.array(VALUES) - LOW, HIGH - np.array(VALUES)]


# --- values by name --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "draw",
    [
        lambda a: a.bar(NAMES, VALUES),
        lambda a: a.barh(NAMES, VALUES),
        lambda a: a.bar(NAMES, [0.5, 1, 2], bottom=[0.5, 1, 2]),
        lambda a: (a.bar([5, 6, 7], VALUES), a.set_xticks([5, 6, 7], NAMES)),
        lambda a: pd.Series(VALUES, NAMES).plot.bar(ax=a),
        lambda a: pd.Series(VALUES, NAMES).plot.barh(ax=a),
        lambda a: a.scatter(NAMES, VALUES),
        lambda a: a.scatter(VALUES, NAMES),
        lambda a: a.plot(VALUES, NAMES, "o"),
        lambda a: (a.hlines(NAMES, 0, VALUES), a.plot(VALUES, NAMES, "o")),
        lambda a: a.stem(VALUES) and a.set_xticks(range(3), NAMES),
        lambda a: a.errorbar(NAMES, VALUES, yerr=ARMS, fmt="o", capsize=3),
        lambda a: a.errorbar(VALUES, NAMES, xerr=ARMS, fmt="o", capsize=3),
        lambda a: a.plot(NAMES, VALUES),
        lambda a: (a.bar(NAMES, HIGH - LOW, bottom=LOW), a.plot(NAMES, VALUES, "o")),
        lambda a: (a.scatter(VALUES, NAMES), a.barh(NAMES, [1.0, 3.0, 5.0], left=[0, 1, 2])),
    ],
)
def test_values_by_name(axes, draw):
    draw(axes)
    assert check.drawn(axes)[0].named == EXPECTED


def test_no_names_no_values(axes):
    axes.bar([0, 5], [3, 4])
    axes.set_xticks([])
    assert check.drawn(axes)[0].named == {}


def test_ticks_out_of_sight_do_not_count(axes):
    axes.bar(NAMES, VALUES)
    axes.set_xlim(-0.5, 1.5)
    assert check.drawn(axes)[0].named == {"low": 1.0, "mid": 2.0}


def test_the_order_of_the_axis(axes):
    axes.barh(NAMES, VALUES)
    axes.invert_yaxis()
    assert [text for _, text in check.drawn(axes)[0].yticks] == NAMES


def test_numbers_that_name_bars(axes):
    axes.bar(["2024", "2025"], [3, 4])
    assert check.drawn(axes)[0].named == {"2024": 3.0, "2025": 4.0}
    assert not check.drawn(axes)[0].sideways


def test_names_on_shared_axes_are_there_in_each_panel():
    figure, panels = plt.subplots(1, 2, sharey=True, layout="constrained")
    for axes in panels:
        axes.barh(NAMES, VALUES)
    figure.canvas.draw()
    assert [axes.named for axes in check.drawn(figure)] == [EXPECTED, EXPECTED]


# --- intervals by name -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "draw",
    [
        lambda a: a.errorbar(NAMES, VALUES, yerr=ARMS, fmt="o", capsize=3),
        lambda a: a.errorbar(NAMES, VALUES, yerr=ARMS, fmt="none"),
        lambda a: a.bar(NAMES, VALUES, yerr=ARMS),
        lambda a: a.barh(NAMES, VALUES, xerr=ARMS, capsize=3),
        lambda a: a.errorbar(VALUES, NAMES, xerr=ARMS, fmt="D"),
        lambda a: (a.scatter(NAMES, VALUES), a.vlines(NAMES, LOW, HIGH)),
        lambda a: (a.scatter(VALUES, NAMES), a.hlines(NAMES, LOW, HIGH)),
        lambda a: (a.scatter(VALUES, NAMES), a.barh(NAMES, HIGH - LOW, left=LOW)),
        lambda a: (a.scatter(NAMES, VALUES), a.bar(NAMES, HIGH - LOW, bottom=LOW)),
        lambda a: [a.plot([x, x], ends) for x, ends in zip(NAMES, zip(LOW, HIGH, strict=True), strict=True)],
        lambda a: (a.plot(NAMES, VALUES), a.fill_between(NAMES, LOW, HIGH)),
    ],
)
def test_intervals_by_name(axes, draw):
    draw(axes)
    found = check.drawn(axes)[0].named_spans
    assert list(found) == NAMES
    for name, expected in INTERVALS.items():
        assert found[name] == [pytest.approx(expected)]


def test_bars_from_zero_are_no_intervals(axes):
    axes.bar(NAMES, VALUES)
    axes.plot(NAMES, VALUES, "o")
    assert check.drawn(axes)[0].named_spans == {"low": [], "mid": [], "high": []}


def test_one_of_the_floating_bars_begins_at_zero(axes):
    axes.bar(NAMES, [1, 2, 3], bottom=[0, 1, 1])
    assert check.drawn(axes)[0].named_spans == {"low": [(0.0, 1.0)], "mid": [(1.0, 3.0)], "high": [(1.0, 4.0)]}


def test_lines_across_the_axes_are_no_intervals(axes):
    axes.bar(NAMES, VALUES)
    axes.axvline(0)
    axes.axhline(1)
    drawn = check.drawn(axes)[0]
    assert (drawn.spans, drawn.spansh) == ([], [])
    assert drawn.named_spans == {"low": [], "mid": [], "high": []}


def test_an_interval_without_a_value(axes):
    axes.errorbar(NAMES, VALUES, yerr=[[0.5, np.nan, 0.5]] * 2, fmt="o")
    found = check.drawn(axes)[0].named_spans
    assert found["low"] == [(0.5, 1.5)]
    assert found["mid"] == [] or np.isnan(found["mid"][0][0])


def test_the_edges_of_a_band(axes):
    axes.fill_between([0, 1, 2], [0, 1, 0], [3, 4, 5])
    assert check.drawn(axes)[0].edges == [[(0.0, 0.0, 3.0), (1.0, 1.0, 4.0), (2.0, 0.0, 5.0)]]


# --- the zero of bars ------------------------------------------------------------------------------------------------


def test_bars_on_a_logarithmic_axis_are_refused_for_that(axes, fails):
    axes.bar(NAMES, VALUES)
    axes.set_yscale("log")
    assert "logarithmic" in fails(check.figure, axes, zero_based=True).message
    _, lying = plt.subplots()
    lying.barh(NAMES, VALUES)
    lying.set_xscale("log")
    assert "logarithmic" in fails(check.figure, lying, zero_based=True).message


# --- two scales and several panels -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["twinx", "twiny"])
def test_twin_axes_are_refused(axes, how, fails):
    axes.plot([1, 2], [3, 4])
    check.figure(axes.figure, twins=False)
    getattr(axes, how)().plot([1, 2], [30, 40])
    check.figure(axes.figure, panels=2)
    finding = fails(check.figure, axes.figure, twins=False)
    assert finding.message.startswith("Two scales lie over each other")


def test_what_is_no_twin(axes):
    image = axes.imshow(np.eye(2))
    axes.figure.colorbar(image)
    axes.secondary_yaxis("right")
    axes.inset_axes([0.5, 0.5, 0.3, 0.3])
    check.figure(axes.figure, twins=False)
    figure, panels = plt.subplots(2, 2)
    for panel in panels.flat:
        panel.plot([1, 2], [3, 4])
    check.figure(figure, panels=4, twins=False)


def test_panels_of_one_scale(fails):
    figure, panels = plt.subplots(1, 2)
    for panel, top in zip(panels, (10, 20), strict=True):
        panel.plot([1, 2], [0, top])
        panel.set_ylim(0, top)
    check.figure(figure, panels=2, same="x")
    finding = fails(check.figure, figure, panels=2, same="xy")
    assert "different y axes" in finding.message
    assert finding.got == "0 to 10; 0 to 20"
    panels[0].set_ylim(20, 0)
    check.figure(figure, panels=2, same="xy")
    panels[0].set_xlim(0, 3)
    assert "different x axes" in fails(check.figure, figure, panels=2, same="xy").message


# --- what is left without colour -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "expected"), [("#000000", 0), ("#ffffff", 100), ("#777777", 50.03), ("#010101", 0.27)]
)
def test_lightness(colour, expected):
    assert lightness(colour) == pytest.approx(expected, abs=0.01)


def two(axes, kind, first, second):
    if kind == "bar":
        axes.bar([0, 1], [1, 2], label="A", **first)
        axes.bar([0.4, 1.4], [1, 2], label="B", **second)
    else:
        getattr(axes, kind)([0, 1], [1, 2], label="A", **first)
        getattr(axes, kind)([0, 1], [2, 1], label="B", **second)
    axes.legend()


ALIKE = [{"color": plots.ORANGE}, {"color": plots.SKY}]


@pytest.mark.parametrize("kind", ["plot", "scatter", "bar", "errorbar"])
def test_colours_of_one_lightness(axes, kind, fails):
    two(axes, kind, *ALIKE)
    check.figure(axes)
    finding = fails(check.figure, axes, told_apart=20)
    assert finding.message == "Without colour, 'A' and 'B' look the same."
    assert finding.got == "the same style, 1 of lightness apart"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("plot", {"linestyle": "--"}),
        ("plot", {"marker": "o"}),
        ("plot", {"color": plots.BLACK}),
        ("plot", {"alpha": 0.2}),
        ("scatter", {"marker": "D"}),
        ("scatter", {"color": plots.BLUE}),
        ("bar", {"hatch": "//"}),
        ("bar", {"color": plots.BLUE}),
        ("errorbar", {"linestyle": ":"}),
    ],
)
def test_told_apart_without_colour(axes, kind, more):
    first, second = ALIKE
    two(axes, kind, first, {**second, **more})
    check.figure(axes, told_apart=20)


def test_what_need_not_be_told_apart(axes):
    for place in range(3):
        axes.plot([0, 1], [place, place], color=plots.GREY)
    axes.plot([0, 1], [0, 5], color=plots.BLUE, label="one with a name")
    axes.fill_between([0, 1], [0, 1], [1, 2], color=plots.BLUE, alpha=0.2)
    axes.boxplot([[1, 2, 3], [2, 3, 4]], positions=[2, 3])
    check.figure(axes, told_apart=0)
    _, grey = plt.subplots()
    for place in range(3):
        grey.plot([0, 1], [place, place], color=plots.GREY)
    check.figure(grey, told_apart=20)
    _, bars = plt.subplots()
    bars.bar(NAMES, VALUES, color=[plots.ORANGE, plots.SKY, plots.GREEN])
    check.figure(bars, told_apart=20)


def test_points_coloured_by_group_without_names(axes, fails):
    axes.scatter([1, 2], [3, 4], c=[plots.ORANGE, plots.SKY])
    assert "look the same" in fails(check.figure, axes, told_apart=20).message


# --- as data ---------------------------------------------------------------------------------------------------------


def test_a_description_survives_being_sent(axes):
    """What the grader does: the description crosses as plain dicts and lists."""
    from dataclasses import asdict

    axes.errorbar(NAMES, VALUES, yerr=ARMS, fmt="o", label="share")
    axes.yaxis.set_major_formatter(PercentFormatter())
    axes.legend()
    here = check.drawn(axes)[0]

    class Far:
        def __curriculum_drawn__(self):
            return [asdict(here) | {"unknown": 1}]

    (there,) = check.drawn(Far())
    assert there == here
    assert there.named_spans == here.named_spans
    assert there.series[0].lightness == here.series[0].lightness
