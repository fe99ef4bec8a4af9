"""Where randomness comes from: one stream of numbers for each column of each table.

A column that is added, removed or drawn differently leaves every other column as it was, and the first rows of a
column do not depend on how many follow.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np


@dataclass(frozen=True)
class Streams:
    """The streams of one table (and of one block of its rows) under one seed.

    With ``start``, the first day of a period, they are that period's own: what happens in a later month must not be
    a copy of what happened in an earlier one. What lasts, such as who people are, is drawn without it.

    Example:
        >>> streams = Streams(seed=7, table="customers")
        >>> streams("age").random() == streams("age").random() != streams("income").random()
        True
    """

    seed: int
    table: str
    block: int = 0
    start: str = ""

    def __call__(self, column: str) -> np.random.Generator:
        """Open a column's stream, always from its beginning."""
        day = _code(date.fromisoformat(self.start).isoformat()) if self.start else 0
        return np.random.default_rng([self.seed, _code(self.table), _code(column), self.block, day])


def _code(name: str) -> int:
    return zlib.crc32(name.encode())
