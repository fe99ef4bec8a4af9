"""Where randomness comes from: one stream of numbers for each column of each table.

A column that is added, removed or drawn differently leaves every other column as it was, and the first rows of a
column do not depend on how many follow.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """The streams of one table (and of one block of its rows) under one seed.

    Example:
        >>> streams = Streams(seed=7, table="customers")
        >>> streams("age").random() == streams("age").random() != streams("income").random()
        True
    """

    seed: int
    table: str
    block: int = 0

    def __call__(self, column: str) -> np.random.Generator:
        """Open a column's stream, always from its beginning."""
        return np.random.default_rng([self.seed, _code(self.table), _code(column), self.block])


def _code(name: str) -> int:
    return zlib.crc32(name.encode())
