"""What the stand-ins for production systems share: which tables they hold, plain values, and places that go away."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def chosen(
    tables: Mapping[str, pd.DataFrame] | Iterable[str] | None, default: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """Give the tables by name: those handed in, or the shipped samples of the names (``default`` if there are none).

    Raises:
        UnknownNameError: there is no sample of a name.
        DataError: what was handed in is neither tables by name nor names.
    """
    import pandas as pd

    from curriculum.datasets._catalogue import load

    if isinstance(tables, Mapping):
        if all(isinstance(name, str) and isinstance(table, pd.DataFrame) for name, table in tables.items()):
            return dict(tables)
    elif tables is None or (isinstance(tables, Iterable) and not isinstance(tables, str | pd.DataFrame)):
        return {name: load(name) for name in (default if tables is None else tables)}
    message = 'tables must be frames by name, such as {"orders": orders}, or names, such as ("orders", "customers")'
    raise DataError(message)


def plain(column: pd.Series[Any]) -> list[Any]:
    """Give a column as values that any system can hold: None for missing, text for times, else Python's own types.

    Instants become ISO 8601 in UTC (``2024-01-31T18:05:00Z``), dates ``2024-01-31``. All texts of a column have the
    same form, so that they sort as the times do.
    """
    import pandas as pd

    values = _iso(column) if pd.api.types.is_datetime64_any_dtype(column.dtype) else column.astype(object).tolist()
    return [None if gone else value for value, gone in zip(values, column.isna().tolist(), strict=True)]


def _iso(column: pd.Series[Any]) -> list[str]:
    import numpy as np
    import pandas as pd

    zoned = isinstance(column.dtype, pd.DatetimeTZDtype)
    clock = column.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else column
    known = clock.dropna()
    unit = "us"
    if (known == known.dt.floor("s")).all():
        unit = "s"
    if not zoned and (known == known.dt.normalize()).all():
        unit = "D"
    texts: list[str] = np.datetime_as_string(clock.to_numpy(dtype=f"datetime64[{unit}]")).tolist()
    return [f"{text}Z" for text in texts] if zoned else texts


def temporary(name: str) -> Path:
    """Give a path for a file or folder of this process; what is there goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="fernway-"))
    atexit.register(_remove, folder, os.getpid())
    return folder / name


def _remove(folder: Path, process: int) -> None:
    # A forked child inherits the parent's farewell, but not its files.
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
