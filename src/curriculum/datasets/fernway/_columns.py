"""Columns of the types that the tables use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def categorical(codes: NDArray[Any], values: Sequence[str], *, ordered: bool = False) -> pd.Categorical[str]:
    """Make a categorical of positions in ``values`` (-1: missing); all values are categories, in that order."""
    dtype = pd.CategoricalDtype(pd.Index(list(values), dtype="str"), ordered=ordered)
    column: pd.Categorical[str] = pd.Categorical.from_codes(codes.astype(np.int64), dtype=dtype)  # type: ignore[arg-type, assignment]
    return column


def choose(rng: np.random.Generator, n: int, values: Sequence[str], shares: Sequence[float]) -> pd.Categorical[str]:
    """Draw ``n`` of ``values``, each with its share (they sum to 1), as a categorical."""
    return categorical(np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right"), values)


def ids(first: int, last: int) -> NDArray[np.int64]:
    """Number the units from ``first`` to before ``last`` (counted from 0) as 1, 2, 3, ..."""
    return np.arange(first + 1, last + 1, dtype=np.int64)


def dates(start: str, days: NDArray[Any]) -> pd.DatetimeIndex:
    """Turn whole days after ``start`` into dates without a zone."""
    return pd.DatetimeIndex(np.datetime64(start, "us") + days.astype(np.int64).astype("timedelta64[D]"))


def logistic(x: Floats) -> Floats:
    """Turn log odds into probabilities."""
    return np.asarray(1 / (1 + np.exp(-x)))


def log_odds(p: float) -> float:
    """Turn a probability between 0 and 1, neither of them included, into log odds."""
    return float(np.log(p / (1 - p)))
