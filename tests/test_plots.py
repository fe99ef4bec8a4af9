"""The course's figures: one look, and a description for whoever cannot see them."""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
import pytest
from PIL import Image

mpl.use("agg")

import matplotlib.pyplot as plt

from curriculum import plots


@pytest.fixture
def shown(monkeypatch):
    """What reaches the front end."""
    sent = []
    monkeypatch.setattr(
        "IPython.display.publish_display_data", lambda data, metadata=None: sent.append((data, metadata))
    )
    return sent


@pytest.fixture
def figure():
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4])
    yield figure
    plt.close("all")


def test_a_figure_is_shown_with_its_description_and_closed(figure, shown):
    plots.show(figure, alt='Line: orders "rise" from <3> to 4')
    [(data, metadata)] = shown
    assert 'alt="Line: orders &quot;rise&quot; from &lt;3&gt; to 4"' in data["text/html"]
    assert data["text/plain"] == 'Figure: Line: orders "rise" from <3> to 4'
    assert metadata["image/png"]["alt"].startswith("Line: orders")
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as picture:
        assert min(picture.size) > 100
    assert figure.number not in plt.get_fignums()


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_without_description_is_refused(figure, alt, shown):
    with pytest.raises(ValueError, match="needs a description"):
        plots.show(figure, alt=alt)
    assert not shown


def test_the_style_is_the_course_s_own():
    with mpl.rc_context():
        plots.use_style()
        colours = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert len(colours) == len(set(colours))
    palette = {plots.BLACK, plots.ORANGE, plots.SKY, plots.GREEN, plots.YELLOW, plots.BLUE, plots.VERMILION}
    palette |= {plots.PURPLE, plots.GREY}
    assert {f"#{colour.lstrip('#')}".upper() for colour in colours} <= {colour.upper() for colour in palette}
