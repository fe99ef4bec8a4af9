"""What a simulation gives: the data, and beside it the truth that made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Truth:
    """What nobody at Fernway can see.

    Attributes:
        effects: the planted constants by name, for example a treatment's lift; ``docs/fernway`` explains each.
        rows: what is hidden of each row, for example its probability of default; aligned with the data, row by row.
        seed: the draw's seed, for other tables of the same world; set by ``simulate`` and ``stream``.
    """

    effects: Mapping[str, float]
    rows: pd.DataFrame
    seed: int | None = None


class Draw(NamedTuple):
    """A simulated table and its truth: ``data, truth = datasets.simulate(...)``."""

    data: pd.DataFrame
    truth: Truth


def together(draws: Iterable[Draw]) -> Draw:
    """Put the consecutive pieces of a table together."""
    pieces = list(draws)
    data = pd.concat([piece.data for piece in pieces], ignore_index=True)
    rows = pd.concat([piece.truth.rows for piece in pieces], ignore_index=True)
    return Draw(data, Truth(pieces[0].truth.effects, rows, pieces[0].truth.seed))
