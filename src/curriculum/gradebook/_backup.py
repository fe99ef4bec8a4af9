"""Copies of a whole gradebook: from any database into a file, and from such a file into an empty database."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, text

from curriculum.errors import GradebookError
from curriculum.gradebook import _tables as t
from curriculum.gradebook._database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ROWS = 500


def backup(database: Database, path: Path) -> int:
    """Write a gradebook into a new SQLite file, which is a gradebook itself.

    Returns:
        How many rows it holds.

    Raises:
        GradebookError: there is such a file, or it cannot be written.
    """
    if path.exists():
        message = f"{path} is there already; name another file"
        raise GradebookError(message)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            part = Path(folder) / path.name
            rows = _copied(database, part)
            _move_to_new(part, path)
    except FileExistsError:
        message = f"{path} is there already; name another file"
        raise GradebookError(message) from None
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error})"
        raise GradebookError(message) from None
    return rows


def restore(database: Database, path: Path) -> int:
    """Bring a backup back into a gradebook that holds nothing.

    Returns:
        How many rows it holds.

    Raises:
        GradebookError: the file is no gradebook, or the gradebook is not empty.
    """
    source = Database(path, create=False)
    try:
        with source.reading() as before, database.writing() as after:
            filled = [table.name for table in t.metadata.sorted_tables if _count(after, table.name)]
            if filled:
                message = f"{database.shown} is not empty; restore into a new file or database"
                raise GradebookError(message)
            rows = _copy(before, after)
            _go_on_counting(after)
    finally:
        source.close()
    return rows


def _move_to_new(part: Path, path: Path) -> None:
    """Unlike a plain move, this does not take the place of a file that somebody made meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # memory sticks know no links
        path.touch(exist_ok=False)
        part.replace(path)


def _copied(database: Database, part: Path) -> int:
    copy = Database(part)
    try:
        with database.reading() as before, copy.writing() as after:
            return _copy(before, after)
    finally:
        copy.close()


def _copy(before: Connection, after: Connection) -> int:
    rows = 0
    for table in t.metadata.sorted_tables:
        for part in before.execute(select(table)).mappings().partitions(_ROWS):
            values = [dict(row) for row in part]
            after.execute(insert(table), values)
            rows += len(values)
    return rows


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL counts ids apart from the rows: it goes on behind the last one."""
    if connection.dialect.name != "postgresql":
        return
    for table in t.metadata.sorted_tables:
        if "id" in table.c and table.c.id.type.python_type is int:
            last = connection.execute(select(func.max(table.c.id))).scalar()
            if last is not None:
                query = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")
                connection.execute(query, {"table": table.name, "last": last})


def _count(connection: Connection, name: str) -> int:
    table = t.metadata.tables[name]
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
