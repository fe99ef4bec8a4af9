"""Causal graphs: what was drawn, where it ends, and what is refused."""

from __future__ import annotations

import warnings

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt
from matplotlib.colors import same_color
from matplotlib.patches import FancyArrowPatch

from curriculum import diagrams, plots

CONFOUNDER = {"weather": (1, 1), "footfall": (0, 0), "sales": (2, 0)}
ARROWS = [("weather", "footfall"), ("weather", "sales"), ("footfall", "sales")]


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def draw(places=CONFOUNDER, arrows=ARROWS, size=(7.2, 2.8), **options):
    figure, axes = plt.subplots(figsize=size)
    assert diagrams.causal_graph(axes, places, arrows, **options) is None
    figure.canvas.draw()
    return axes


def parts(axes):
    return [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]


def border(axes, name):
    [node] = [text for text in axes.texts if text.get_text() == name]
    return node.get_bbox_patch()


def points_of(part):
    """The corners of an arrow in pixels, its beginning first."""
    path = part.get_transform().transform_path(part.get_path())
    return path.vertices[path.codes != path.CLOSEPOLY]


def gap(box, points):
    """How far the nearest of some points lies outside a box, in pixels; negative inside."""
    points = np.atleast_2d(points)
    outside = np.maximum([box.x0, box.y0] - points, points - [box.x1, box.y1])
    return outside.max(axis=1).min()


class TestNodes:
    def test_each_has_its_name_where_it_was_placed(self):
        axes = draw()
        assert {text.get_text(): text.get_position() for text in axes.texts} == CONFOUNDER
        assert len(parts(axes)) == 3

    def test_hidden_ones_have_a_dotted_border(self):
        axes = draw(hidden=["weather"])
        assert border(axes, "weather").get_linestyle() not in {"-", "solid"}
        assert border(axes, "sales").get_linestyle() in {"-", "solid"}
        assert same_color(border(axes, "sales").get_edgecolor(), plots.BLUE)
        assert not same_color(border(axes, "weather").get_edgecolor(), plots.BLUE)

    @pytest.mark.parametrize("size", [(7.2, 2.8), (3.2, 2.2), (4, 7)])
    def test_lie_inside_the_picture_and_apart(self, size):
        axes = draw({**CONFOUNDER, "a long name\nin two lines": (1, -1)}, ARROWS, size)
        axes.set_title("A title")
        axes.figure.canvas.draw()
        frame = axes.figure.bbox
        boxes = [text.get_bbox_patch().get_window_extent() for text in axes.texts]
        for place, box in enumerate(boxes):
            assert frame.x0 <= box.x0 <= box.x1 <= frame.x1
            assert frame.y0 <= box.y0 <= box.y1 <= frame.y1
            assert not any(box.overlaps(other) for other in boxes[:place])

    def test_stay_apart_where_there_is_too_little_room(self):
        axes = draw({"one": (0, 0), "a very long name of a node": (1, 0)}, [], (3, 1.2))
        one, other = (text.get_bbox_patch().get_window_extent() for text in axes.texts)
        assert not one.overlaps(other)

    def test_text_is_inside_its_border_and_readable(self):
        axes = draw()
        for text in axes.texts:
            inner, outer = text.get_window_extent(), text.get_bbox_patch().get_window_extent()
            assert outer.x0 < inner.x0 < inner.x1 < outer.x1
            assert outer.y0 < inner.y0 < inner.y1 < outer.y1
            assert text.get_fontsize() >= 10

    @pytest.mark.parametrize("places", [{"alone": (3, 3)}, {"a": (0, 0), "b": (1, 0)}, {"a": (0, 0), "b": (0, 5)}])
    def test_a_graph_may_be_a_point_or_a_line(self, places):
        axes = draw(places, [])
        middle = axes.transAxes.transform((0.5, 0.5))
        boxes = [text.get_bbox_patch().get_window_extent() for text in axes.texts]
        ours = [min(box.x0 for box in boxes), max(box.x1 for box in boxes)]
        assert np.mean(ours) == pytest.approx(middle[0], abs=2)

    def test_ticks_and_frame_are_put_away(self):
        assert not draw().axison


class TestArrows:
    @pytest.mark.parametrize("highlight", [[], ARROWS])
    @pytest.mark.parametrize("size", [(7.2, 2.8), (4, 6)])
    def test_run_from_border_to_border(self, highlight, size):
        axes = draw(size=size, highlight=highlight)
        # a highlighted arrow is a shaft and a head
        per_arrow = len(parts(axes)) // 3
        for place, part in enumerate(parts(axes)):
            cause, effect = ARROWS[place // per_arrow]
            points = points_of(part)
            from_box, to_box = (border(axes, name).get_window_extent() for name in (cause, effect))
            assert -1 < gap(from_box, points[0]) < 4
            if highlight and place % per_arrow == 0:
                assert 6 < gap(to_box, points) < 24
            else:
                assert -1 < gap(to_box, points) < 5

    def test_start_at_the_cause(self):
        axes = draw({"price": (0, 0), "sales": (1, 0)}, [("sales", "price")])
        [arrow] = parts(axes)
        assert points_of(arrow)[0, 0] > axes.transData.transform((0.5, 0))[0]

    def test_highlighted_ones_differ_in_width_colour_and_style(self):
        axes = draw(highlight=[("footfall", "sales")])
        plain, shaft = parts(axes)[0], parts(axes)[2]
        assert shaft.get_linewidth() > 1.5 * plain.get_linewidth()
        assert not same_color(shaft.get_edgecolor(), plain.get_edgecolor())
        assert shaft.get_linestyle() != plain.get_linestyle()
        assert same_color(shaft.get_edgecolor(), plots.VERMILION)
        assert len(parts(axes)) == 4

    def test_two_against_each_other_are_bent_apart(self):
        axes = draw({"price": (0, 0), "sales": (1, 0)}, [("price", "sales"), ("sales", "price")])
        there, back = (points_of(part) for part in parts(axes))
        assert abs(there[:, 1].mean() - back[:, 1].mean()) > 5

    def test_one_named_twice_is_drawn_once(self):
        assert len(parts(draw(arrows=[*ARROWS, ARROWS[0]]))) == 3

    def test_lists_and_iterators_will_do(self):
        axes = draw(arrows=iter([list(arrow) for arrow in ARROWS]), hidden=iter(["sales"]), highlight=[list(ARROWS[0])])
        assert len(parts(axes)) == 4


def test_it_is_shown_like_any_figure(monkeypatch):
    sent = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda data, metadata=None: sent.append(data))
    figure, panels = plt.subplots(1, 2, figsize=(9, 3))
    for axes in panels:
        diagrams.causal_graph(axes, CONFOUNDER, ARROWS, highlight=ARROWS[:1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.show(figure, alt="Two graphs in which weather acts on footfall and sales, and footfall on sales.")
    assert "image/png" in sent[0]


def test_nothing_is_changed():
    places, arrows, hidden = dict(CONFOUNDER), list(ARROWS), ["weather"]
    draw(places, arrows, hidden=hidden)
    assert (places, arrows, hidden) == (CONFOUNDER, ARROWS, ["weather"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"places": {}, "arrows": []}, "needs nodes"),
        ({"arrows": [("weather", "sale")]}, "no node is called 'sale'; there are 'weather', 'footfall', 'sales'"),
        ({"arrows": [("rain", "sales")]}, "no node is called 'rain'"),
        ({"hidden": ["mood"]}, "no node is called 'mood'"),
        ({"hidden": "weather"}, "no node is called"),
        ({"highlight": [("sales", "weather")]}, "no arrow goes from 'sales' to 'weather'"),
        ({"highlight": [("sales", "rain")]}, "no arrow goes from 'sales' to 'rain'"),
        ({"arrows": [("sales", "sales")]}, "from one node to another"),
        ({"arrows": ("weather", "sales")}, "from one node to another"),
        ({"arrows": [("weather", "footfall", "sales")]}, "from one node to another"),
        ({"places": {"a": (0, np.nan)}, "arrows": []}, "place of 'a' must be two finite numbers"),
        ({"places": {"a": (0, 1, 2)}, "arrows": []}, "two finite numbers"),
        ({"places": {"a": 3}, "arrows": []}, "two finite numbers"),
        ({"places": {"a": ("x", "y")}, "arrows": []}, "two finite numbers"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes, says):
    _, axes = plt.subplots()
    arguments = {"places": CONFOUNDER, "arrows": ARROWS, **changes}
    with pytest.raises(ValueError, match=says) as error:
        diagrams.causal_graph(axes, **arguments)
    assert "\n" not in str(error.value)
    assert not axes.texts
    assert not axes.patches
