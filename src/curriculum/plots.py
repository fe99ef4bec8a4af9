"""The course's one look for figures, and the one way to show them: with a description."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's palette, which stays apart with any colour vision.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#8C8C8C"

STYLE = Path(__file__).with_name("curriculum.mplstyle")


def use_style() -> None:
    """Make every figure drawn after this call look like the course's others."""
    import matplotlib.pyplot as plt

    plt.style.use(STYLE)


def show(figure: Figure, alt: str) -> None:
    """Show a figure below the cell with a description, and close it.

    Args:
        figure: a matplotlib figure.
        alt: what the figure shows, in a sentence or two, for whoever cannot see it: the kind of chart, what is on
            its axes, and what a reader should see. It stands in for the picture wherever that cannot be drawn.

    Raises:
        ValueError: the description is empty.
    """
    import matplotlib.pyplot as plt
    from IPython.display import publish_display_data

    if not alt.strip():
        message = "a figure needs a description: plots.show(figure, alt='…')"
        raise ValueError(message)
    picture = base64.b64encode(_png(figure)).decode("ascii")
    plt.close(figure)
    # JupyterLab gives a bare image/png no description, so the HTML stands beside it and is what Lab shows;
    # whatever cannot show HTML takes the picture or the text.
    publish_display_data(
        {
            "text/html": f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{picture}">',
            "image/png": picture,
            "text/plain": f"Figure: {alt}",
        },
        metadata={"image/png": {"alt": alt}},
    )


def _png(figure: Figure) -> bytes:
    """The figure as a PNG of 64 colours: a third of the size, which a stored notebook feels."""
    from PIL import Image

    drawn, packed = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight")
    with Image.open(drawn) as image:
        image.convert("RGB").quantize(64).save(packed, format="PNG", optimize=True)
    return packed.getvalue()
