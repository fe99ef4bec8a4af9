"""Fernway's tables as an SQLite database, as a shop's own would be."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum.datasets.standins._tables import chosen, plain, temporary
from curriculum.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

TABLES = ("customers", "products", "orders", "order_lines", "prices")
# SQLite keeps this number at byte 68 of a file, so that it can be told whose it is: "FWAY".
_OURS = int.from_bytes(b"FWAY", "big")


def database(
    path: str | os.PathLike[str] | None = None, tables: Mapping[str, pd.DataFrame] | Iterable[str] | None = None
) -> Path:
    """Write Fernway's tables into an SQLite database.

    Primary keys, foreign keys and indices are declared. Instants are ISO 8601 text in UTC (``2024-01-31T18:05:00Z``),
    dates are text (``2024-01-31``), truth values 0 or 1, categories their text, missing values NULL.

    Args:
        path: the file; a database that this function wrote before is replaced, anything else is left alone. By default
            a new temporary file, which goes when the process ends (where it is killed, the system cleans up some day).
        tables: frames by name, or the names of shipped samples; by default customers, products, orders, order_lines
            and prices.

    Returns:
        The file's path, for ``sqlite3.connect``.

    Raises:
        DataError: the file is someone else's, in use, or cannot be written; or the tables do not belong together.
        UnknownNameError: there is no sample of a name.

    Example:
        >>> import sqlite3
        >>> from curriculum import datasets
        >>> customers, _ = datasets.simulate("customers", n=3, seed=7)
        >>> connection = sqlite3.connect(datasets.database(tables={"customers": customers}))
        >>> connection.execute("SELECT count(*) FROM customers").fetchone()
        (3,)
        >>> connection.close()
    """
    frames = chosen(tables, TABLES)
    target = temporary("fernway.db") if path is None else Path(path)
    # Beside the target, so that moving it there is one step: whoever interrupts leaves the old file or the new one.
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _check_free(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A process that was killed may have left one, and had the same number: in containers they repeat.
        draft.unlink(missing_ok=True)
        _write(draft, frames)
        draft.replace(target)
    except OSError as error:
        message = f"{target}: cannot be written ({error.strerror or error}): close what uses it or choose another path"
        raise DataError(message) from None
    except sqlite3.Error as error:
        message = f"{target}: the tables cannot be stored in SQLite ({error})"
        raise DataError(message) from None
    finally:
        with suppress(OSError):
            draft.unlink()
    return target


def _check_free(target: Path) -> None:
    """Refuse to overwrite what is not ours, and what a connection still writes to."""
    if not target.exists():
        return
    if not target.is_file() or not _is_ours(target):
        message = f"{target} exists and is no database of Fernway's: choose another path or move it away"
        raise DataError(message)
    if any(Path(f"{target}{suffix}").exists() for suffix in ("-wal", "-journal")):
        message = f"{target} is in use: close the connections to it first"
        raise DataError(message)


def _is_ours(file: Path) -> bool:
    with file.open("rb") as stream:
        header = stream.read(72)
    # sqlite3.connect leaves an empty file for a database that was not there.
    return not header or (header.startswith(b"SQLite format 3\0") and header[68:72] == _OURS.to_bytes(4, "big"))


def _write(draft: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    keys = {name: _primary_key(name, frame) for name, frame in frames.items()}
    # A draft is thrown away when anything fails: it needs no journal.
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {_OURS}")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for name, frame in frames.items():
            _add(connection, name, frame, keys)
        wrong = connection.execute("PRAGMA foreign_key_check").fetchone()
        if wrong:
            message = f"{wrong[0]} refers to {wrong[2]} that are not there: draw both with one seed, or leave one out"
            raise DataError(message)
        connection.execute("COMMIT")


def _add(connection: sqlite3.Connection, name: str, frame: pd.DataFrame, keys: Mapping[str, tuple[str, ...]]) -> None:
    columns = [str(column) for column in frame]
    references = {column: parent for column in columns if (parent := _parent(column, name, keys))}
    parts = [_column(frame[column]) for column in frame]
    if keys[name]:
        parts.append(f"PRIMARY KEY ({', '.join(_quoted(column) for column in keys[name])})")
    parts += [
        f"FOREIGN KEY ({_quoted(column)}) REFERENCES {_quoted(parent)} ({_quoted(column)})"
        for column, parent in references.items()
    ]
    definition = ",\n    ".join(parts)
    connection.execute(f"CREATE TABLE {_quoted(name)} (\n    {definition}\n)")
    rows = zip(*(plain(frame[column]) for column in frame), strict=True)
    places = ", ".join("?" * frame.shape[1])
    connection.executemany(f"INSERT INTO {_quoted(name)} VALUES ({places})", rows)  # noqa: S608 - names are quoted
    for column in columns:
        if (column in references or _is_instant(frame[column])) and column not in keys[name][:1]:
            index = _quoted(f"{name}_{column}")
            connection.execute(f"CREATE INDEX {index} ON {_quoted(name)} ({_quoted(column)})")


def _primary_key(name: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """Find what tells all rows apart: the table's own id, else the fewest of its first columns, at most three."""
    columns = [str(column) for column in frame]
    own = [(column,) for column in columns if name in _tables_of(column)]
    for key in [*own, *(tuple(columns[:width]) for width in (1, 2, 3))]:
        values = frame[list(key)]
        if not values.isna().any(axis=None) and not values.duplicated().any():
            return key
    return ()


def _parent(column: str, name: str, keys: Mapping[str, tuple[str, ...]]) -> str | None:
    """Name the table that a column refers to: ``customer_id`` to customers, if they are there and keyed by it."""
    return next((table for table in _tables_of(column) if table != name and keys.get(table) == (column,)), None)


def _tables_of(column: str) -> tuple[str, ...]:
    stem = column.removesuffix("_id")
    return () if stem == column else (f"{stem}s", f"{stem.removesuffix('y')}ies")


def _column(column: pd.Series[Any]) -> str:
    import pandas as pd

    dtype = column.dtype
    kind = dtype.categories.dtype if isinstance(dtype, pd.CategoricalDtype) else dtype
    name = _quoted(str(column.name))
    if pd.api.types.is_bool_dtype(kind):
        return f"{name} INTEGER CHECK ({name} IN (0, 1))"
    if pd.api.types.is_integer_dtype(kind):
        return f"{name} INTEGER"
    return f"{name} REAL" if pd.api.types.is_float_dtype(kind) else f"{name} TEXT"


def _is_instant(column: pd.Series[Any]) -> bool:
    import pandas as pd

    return isinstance(column.dtype, pd.DatetimeTZDtype)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
