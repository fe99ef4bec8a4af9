"""figure: what a chart shows, however it was drawn."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt

from curriculum import check

# --- what is drawn ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "kind"),
    [
        (lambda a: a.plot([1, 2], [3, 4]), "line"),
        (lambda a: a.step([1, 2, 3], [3, 4, 5]), "line"),
        (lambda a: a.bar(["A", "B"], [3, 4]), "bar"),
        (lambda a: a.barh(["A", "B"], [3, 4]), "barh"),
        (lambda a: a.hist([1, 2, 2, 3]), "bar"),
        (lambda a: a.hist([1, 2, 2, 3], histtype="step"), "bar"),
        (lambda a: a.hist([1, 2, 2, 3], histtype="stepfilled"), "bar"),
        (lambda a: a.stairs([1, 2, 1]), "bar"),
        (lambda a: a.scatter([1, 2], [3, 4]), "scatter"),
        (lambda a: a.plot([1, 2], [3, 4], "o"), "scatter"),
        (lambda a: a.imshow(np.eye(3)), "image"),
        (lambda a: a.pcolormesh(np.eye(3)), "image"),
        (lambda a: a.contourf(np.eye(3)), "image"),
        (lambda a: a.hexbin([1, 2, 3], [1, 2, 3]), "image"),
        (lambda a: a.boxplot([[1, 2, 3]]), "line"),
        (lambda a: pd.Series([1, 2]).plot(ax=a), "line"),
        (lambda a: pd.Series([1, 2]).plot.bar(ax=a), "bar"),
    ],
)
def test_the_kind_of_chart(axes, draw, kind, fails):
    draw(axes)
    assert kind in check.figure(axes.figure, kind=kind).kinds
    check.figure(axes, kind=f"{kind}|no such kind")
    finding = fails(check.figure, axes, kind="something else", hint="h")
    assert finding.message == "Another kind of chart was asked for."
    assert (finding.expected, finding.hint) == ("something else", "h")
    assert kind in finding.got


def test_marks_in_data_units(axes):
    axes.bar([0, 1], [3, 4], bottom=[0, 1], width=0.1)
    axes.plot([1, 2], [3, np.nan])
    axes.scatter([1, 2], [3, 4])
    axes.annotate("peak", (1, 3))
    drawn = check.figure(axes)
    assert drawn.bars == [(0.0, 0.0, 3.0), (1.0, 1.0, 4.0)]
    assert drawn.points == [(1.0, 3.0), (2.0, 4.0)]
    assert drawn.lines[0][0] == [1.0, 2.0]
    assert np.isnan(drawn.lines[0][1][1])
    assert drawn.texts == ["peak"]


@pytest.mark.parametrize("histtype", ["bar", "step", "stepfilled"])
def test_the_bins_of_a_histogram(axes, histtype):
    axes.hist([0, 1, 1, 2, 2, 2], bins=[-0.5, 0.5, 1.5, 2.5], histtype=histtype)
    assert check.figure(axes, kind="bar").bars == [(0.0, 0.0, 1.0), (1.0, 0.0, 2.0), (2.0, 0.0, 3.0)]


def test_sideways_bars(axes):
    axes.barh([0, 1], [3, 4], left=1)
    assert check.figure(axes, kind="barh").barh == [(0.0, 1.0, 3.0), (1.0, 1.0, 4.0)]


def test_dates_and_categories_on_the_axis(axes):
    axes.plot(pd.date_range("1970-01-02", periods=2), [1, 2])
    assert check.figure(axes, kind="line").lines == [([1.0, 2.0], [1.0, 2.0])]
    _, other = plt.subplots()
    other.plot(["low", "high", "low"], [1, 2, 3])
    other.scatter(["low", "high"], [1, 2])
    drawn = check.figure(other)
    assert drawn.lines == [([0.0, 1.0, 0.0], [1.0, 2.0, 3.0])]
    assert drawn.points == [(0.0, 1.0), (1.0, 2.0)]
    _, third = plt.subplots()
    third.bar(pd.date_range("1970-01-02", periods=2), [1, 2])
    assert [bar[0] for bar in check.figure(third, kind="bar").bars] == [1.0, 2.0]
    _, fourth = plt.subplots()
    fourth.plot(["10", "20"], [1, 2])
    assert check.figure(fourth).lines[0][0] == [0.0, 1.0]


@pytest.mark.parametrize(
    "draw",
    [
        lambda a: a.errorbar([1, 2], [1, 2], yerr=0.1, fmt="o", capsize=4),
        lambda a: a.bar([1, 2], [1, 2], yerr=0.1, capsize=4),
        lambda a: a.fill_between([1, 2], [0, 1], [2, 3]),
        lambda a: a.fill_betweenx([1, 2], [0, 1], [2, 3]),
        lambda a: a.axvspan(1, 2),
    ],
)
def test_uncertainty(axes, draw, fails):
    axes.plot([1, 2], [1, 2])
    assert fails(check.figure, axes, interval=True).message == "The uncertainty is not drawn."
    draw(axes)
    check.figure(axes, interval=True)


def test_the_caps_of_error_bars_are_no_points(axes):
    axes.errorbar([1, 2], [1, 2], yerr=0.1, capsize=4)
    drawn = check.figure(axes, kind="line", interval=True)
    assert (drawn.points, drawn.errorbars) == ([], 1)


@pytest.mark.parametrize(
    "draw", [lambda a: a.hexbin([1, 2], [1, 2]), lambda a: a.hist([1, 2]), lambda a: a.imshow([[1]])]
)
def test_what_is_no_uncertainty(axes, draw, fails):
    draw(axes)
    fails(check.figure, axes, interval=True)


def test_empty_axes(axes, fails):
    axes.set(title="Title", xlabel="x", ylabel="y")
    assert fails(check.figure, axes).message == "The axes are empty: nothing is drawn."
    assert fails(check.figure, plt.figure()).message == "A matplotlib figure or axes was asked for."


@pytest.mark.parametrize(
    "draw", [lambda a: a.vlines([1], 0, 1), lambda a: a.pie([1, 2]), lambda a: a.fill([0, 1, 1], [0, 0, 1])]
)
def test_other_marks_are_marks(axes, draw):
    draw(axes)
    check.figure(axes)


# --- words and scales ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [("title", "title"), ("xlabel", "label of the horizontal axis"), ("ylabel", "label of the vertical axis")],
)
def test_texts(axes, name, words, fails):
    axes.plot([1, 2], [3, 4])
    finding = fails(check.figure, axes, **{name: "orders"})
    assert (finding.message, finding.expected) == (f"The {words} is missing.", "orders")
    axes.set(**{name: " "})
    assert fails(check.figure, axes, **{name: True}).message == f"The {words} is missing."
    axes.set(**{name: "Revenue in EUR"})
    check.figure(axes, **{name: True})
    check.figure(axes, **{name: "revenue.*eur"})
    finding = fails(check.figure, axes, **{name: "orders"})
    assert (finding.expected, finding.got) == ("a text with: orders", "Revenue in EUR")
    axes.set(**{name: "long " * 10_000})
    fails(check.figure, axes, **{name: "orders"})


def test_texts_of_the_whole_figure_count():
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4], label="A")
    figure.suptitle("Orders")
    figure.supxlabel("day")
    figure.supylabel("orders")
    figure.legend()
    check.figure(figure, title="orders", xlabel="day", ylabel="orders", legend=["A"])


def test_a_text_below_the_figure_is_one_of_its_texts():
    figure, panels = plt.subplots(2)
    panels[0].text(1, 2, "peak")
    figure.text(0.01, 0.01, "95% intervals")
    first, second = check.drawn(figure)
    assert (first.texts, second.texts) == (["peak", "95% intervals"], ["95% intervals"])


def test_a_title_at_the_left(axes):
    axes.plot([1, 2], [3, 4])
    axes.set_title("Orders", loc="left")
    assert check.figure(axes, title="orders").title == "Orders"


def test_legends(axes, fails):
    axes.plot([1, 2], [3, 4], label="model")
    assert fails(check.figure, axes, legend=True).message == "The legend is missing."
    axes.legend()
    check.figure(axes, legend=True)
    check.figure(axes, legend=["model"])
    finding = fails(check.figure, axes, legend=["model", "chance"])
    assert (finding.message, finding.expected, finding.got) == ("The legend lacks an entry.", "chance", "['model']")


def test_bars_must_start_at_zero(axes, fails):
    axes.bar([1, 2], [98, 99])
    check.figure(axes, zero_based=True)
    axes.set_ylim(97, 100)
    finding = fails(check.figure, axes, zero_based=True)
    assert "must include zero" in finding.message
    assert finding.got == "97 to 100"
    _, sideways = plt.subplots()
    sideways.barh([1, 2], [98, 99])
    check.figure(sideways, zero_based=True)
    sideways.set_xlim(100, 97)
    assert fails(check.figure, sideways, zero_based=True).got == "100 to 97"


def test_a_logarithmic_axis(axes, fails):
    axes.bar([1, 2], [10, 1000])
    axes.set_yscale("log")
    assert check.figure(axes).yscale == "log"
    fails(check.figure, axes, zero_based=True)


# --- panels ----------------------------------------------------------------------------------------------------------


def test_panels(fails):
    figure, both = plt.subplots(1, 2)
    for axes in both:
        axes.plot([1, 2], [3, 4])
        axes.set_xlabel("day")
    finding = fails(check.figure, figure, hint="one chart")
    assert (finding.expected, finding.got, finding.hint) == ("1", "2", "one chart")
    assert len(check.figure(figure, panels=2, xlabel="day")) == 2
    both[1].set_xlabel("")
    assert fails(check.figure, figure, panels=2, xlabel="day").message.endswith("is missing.")
    both[1].set_visible(False)
    check.figure(figure, xlabel="day")


def test_twin_axes_are_two(axes):
    axes.plot([1, 2], [3, 4])
    axes.twinx().plot([1, 2], [30, 40])
    assert len(check.figure(axes.figure, panels=2)) == 2
    check.figure(axes)


@pytest.mark.parametrize("own_axes", [False, True])
def test_a_colour_bar_is_no_panel(own_axes):
    figure, both = plt.subplots(1, 2) if own_axes else plt.subplots(1, 1, squeeze=False)
    first = both.flat[0]
    image = first.imshow(np.eye(3))
    figure.colorbar(image, cax=both.flat[1] if own_axes else None, ax=None if own_axes else first)
    assert check.figure(figure, kind="image").images == 1


def test_insets_belong_to_their_axes(axes):
    axes.plot([1, 2], [3, 4])
    axes.inset_axes([0.5, 0.5, 0.3, 0.3]).plot([1], [2])
    axes.secondary_yaxis("right")
    check.figure(axes.figure, kind="line")


# --- what is no figure -----------------------------------------------------------------------------------------------


def test_anything_with_a_figure(axes):
    axes.plot([1, 2], [3, 4])
    check.figure(SimpleNamespace(figure=axes.figure), kind="line")


@pytest.mark.parametrize("value", [None, ...])
def test_nothing_returned(value, fails):
    finding = fails(check.figure, value)
    assert (finding.message, finding.hint) == ("A figure was asked for.", "does your function return it?")


@pytest.mark.parametrize(
    "value", [3, "chart", [1, 2], plt.plot, np.zeros(3), SimpleNamespace(figure=3), type("G", (), {})]
)
def test_no_figure(value, fails):
    assert fails(check.figure, value).message == "A matplotlib figure or axes was asked for."


def test_mistakes_are_tests_of_the_description(axes, fails):
    axes.plot([1, 2], [3, 4])
    wrong = [check.Mistake("joined", lambda drawn: drawn.lines, "Categories are not joined by a line.")]
    assert fails(check.figure, axes, kind="bar", mistakes=wrong).mistake.id == "joined"
