"""Tables that are made to be read: a notebook shows their texts whole, where pandas cuts them at 50 characters."""

from __future__ import annotations

import pandas as pd


class Listing(pd.DataFrame):
    """A frame like any other, but for how a notebook shows it."""

    @property
    def _constructor(self) -> type[Listing]:
        return Listing

    def _repr_html_(self) -> str | None:
        with pd.option_context("display.max_colwidth", None):
            html: str | None = super()._repr_html_()  # type: ignore[misc]
        return html
