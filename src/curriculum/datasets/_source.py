"""What the catalogue knows of a data set, wherever it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

Kind = Literal["fernway", "real", "download"]


@dataclass(frozen=True)
class Source:
    """One data set.

    Attributes:
        kind: fernway (simulated, shipped), real (comes with a library) or download (fetched once).
        rows, columns: the size of its table.
        source: where it comes from.
        licence: on which terms, in a few words; the datasheet has the whole story.
        load: gives a new frame.
    """

    name: str
    title: str
    kind: Kind
    rows: int
    columns: int
    source: str
    licence: str
    load: Callable[[], pd.DataFrame]
