"""Fernway's tables as a folder of Parquet files, as a data lake keeps them: what grows, by year and month."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.datasets.standins._tables import chosen, temporary
from curriculum.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd
    import pyarrow as pa

TABLES = ("customers", "products", "prices", "orders", "order_lines", "payments")
BY_MONTH = ("orders", "payments")
# Which files are ours, so that no other is ever deleted. Readers of Parquet folders pass over names with an underscore.
_LIST = "_fernway.json"


def lake(
    folder: str | os.PathLike[str] | None = None, tables: Mapping[str, pd.DataFrame] | Iterable[str] | None = None
) -> Path:
    """Write Fernway's tables as Parquet: orders and payments by month, the others one file each.

    ``orders/year=2024/month=01/part-0.parquet`` holds the orders of January 2024 by the first of the table's instants,
    in UTC; ``customers.parquet`` all customers. Types are kept (but categories of numbers become numbers), the
    compression is zstd, and equal tables give equal files.

    Args:
        folder: where; a lake that this function wrote before is replaced, any other folder with something in it is left
            alone. By default a new temporary folder, which goes when the process ends (where it is killed, the system
            cleans up some day).
        tables: frames by name, or the names of shipped samples; by default customers, products, prices, orders,
            order_lines and payments.

    Returns:
        The folder.

    Raises:
        DataError: the folder holds something else or cannot be written; or a table cannot be stored.
        UnknownNameError: there is no sample of a name.

    Example:
        >>> import pandas as pd
        >>> from curriculum import datasets
        >>> customers, _ = datasets.simulate("customers", n=3, seed=7)
        >>> folder = datasets.lake(tables={"customers": customers})
        >>> pd.read_parquet(folder / "customers.parquet").equals(customers)
        True
    """
    frames = chosen(tables, TABLES)
    target = temporary("lake") if folder is None else Path(folder)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _check_free(target)
        # A process that was killed may have left one, and had the same number: in containers they repeat.
        shutil.rmtree(draft, ignore_errors=True)
        _write(draft, frames)
        _put(draft, target)
    except OSError as error:
        message = f"{target}: cannot be written ({error.strerror or error}): close what uses it or choose another path"
        raise DataError(message) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _check_free(target: Path) -> None:
    """Refuse to replace a folder in which anything is not ours."""
    if not target.exists():
        return
    if not target.is_dir():
        message = f"{target} is a file: choose another folder"
        raise DataError(message)
    strange = sorted(_files(target) - _listed(target))
    if strange:
        message = f"{target} holds {strange[0]}, which is not of Fernway's lake: choose another folder or move it away"
        raise DataError(message)


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def _listed(folder: Path) -> set[str]:
    try:
        listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, LookupError, TypeError):
        return set()
    return {_LIST, *listed}


def _write(draft: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    draft.mkdir(parents=True)
    for name, frame in frames.items():
        try:
            table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            message = f"the table {name!r} cannot be stored as Parquet: {str(error).splitlines()[0]}"
            raise DataError(message) from None
        # Not pyarrow.dataset.write_dataset: it leaves threads behind, and a process that grades by forking has none.
        for file, part in _parts(name, frame, table):
            (draft / file).parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(part, draft / file, compression="zstd")
    content = {"files": sorted(_files(draft)), "rows": {name: len(frame) for name, frame in frames.items()}}
    (draft / _LIST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _parts(name: str, frame: pd.DataFrame, table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    if name not in BY_MONTH:
        yield f"{name}.parquet", table
        return
    months = _months(name, frame)
    for month, rows in months.groupby(months).indices.items():
        yield f"{name}/{month}/part-0.parquet", table.take(rows)


def _months(name: str, frame: pd.DataFrame) -> pd.Series[str]:
    """Give each row's folder: the year and month in UTC of the first column that holds instants."""
    import pandas as pd

    instants = frame.select_dtypes("datetimetz")
    if instants.empty or {"year", "month"} & set(frame):
        message = f"{name} needs rows, a column of instants, and none called year or month, to be kept by month"
        raise DataError(message)
    at = instants.iloc[:, 0].dt.tz_convert("UTC")
    if at.isna().any():
        message = f"{name} cannot be kept by month: {at.name} is missing in some rows"
        raise DataError(message)
    folders = [f"year={year}/month={month:02}" for year, month in zip(at.dt.year, at.dt.month, strict=True)]
    return pd.Series(folders, dtype="str")


def _put(draft: Path, target: Path) -> None:
    """Move the draft to its place; what was there steps aside first, so that there is always one whole lake."""
    if not target.exists():
        draft.rename(target)
        return
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    try:
        draft.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
