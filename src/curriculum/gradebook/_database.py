"""A database behind a gradebook: connecting, transactions that do not meet, migrations, errors in plain words."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import URL, Engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from curriculum.errors import GradebookError, MissingToolError
from curriculum.gradebook import _tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_BUSY_SECONDS = 60.0
_WRITER = 0x6375_7272  # the advisory lock that one writer at a time holds
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One gradebook's database.

    Raises:
        GradebookError: it cannot be opened, belongs to something else, or was made by a newer course.
        MissingToolError: PostgreSQL's driver is not installed.
    """

    def __init__(self, url: str | Path, *, create: bool = True) -> None:
        self.url = _url(url)
        self.shown = str(self.url.database) if self._is_file else self.url.render_as_string(hide_password=True)
        if self._is_file and not create and not Path(self.shown).is_file():
            message = f"there is no gradebook at {self.shown}; `curriculum gradebook import` makes one"
            raise GradebookError(message)
        self.engine = _engine(self.url)
        try:
            self._migrate(create=create)
        except BaseException:
            self.engine.dispose()
            raise

    @property
    def _is_file(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Let the connections go."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of everything, while others may write."""
        with self._plainly(), self.engine.connect() as connection:
            if not self._is_file:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds entirely or not at all; one at a time, others wait for its end."""
        with self._plainly(), self.engine.connect() as connection:
            if self._is_file:
                connection.execution_options(sqlite_begin="IMMEDIATE")
            else:
                # Whatever the server's default is: a view taken while it waits for its turn would be an old one.
                connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                if not self._is_file:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})
                yield connection

    def forget(self) -> None:
        """Have what was deleted leave the disk, where that is up to us: SQLite keeps it in its log until then."""
        with self._plainly(), self.engine.connect() as connection:
            if self._is_file:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")

    def _migrate(self, *, create: bool) -> None:
        from alembic.config import Config
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        script = ScriptDirectory.from_config(config)
        head = script.get_current_head()
        with self.reading() as connection:
            if MigrationContext.configure(connection).get_current_revision() == head:
                return
        with self.writing() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
            self._check(connection, found, {each.revision for each in script.walk_revisions()}, create=create)
            if found != head:
                _upgrade(connection, config)

    def _check(self, connection: Connection, found: str | None, known: set[str], *, create: bool) -> None:
        if found is not None and found not in known:
            message = f"{self.shown} was written by a newer version of the course; install that one"
            raise GradebookError(message)
        if found is None and sqlalchemy.inspect(connection).get_table_names():
            message = f"{self.shown} is no gradebook: it holds other tables; name another file or database"
            raise GradebookError(message)
        if found is None and not create:
            message = f"{self.shown} holds no gradebook; `curriculum gradebook import` makes one"
            raise GradebookError(message)

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except OverflowError:
            message = f"{self.shown} holds no number so large; nothing of this was written"
            raise GradebookError(message) from None
        except DBAPIError as error:
            raise GradebookError(self._explained(error)) from None
        except SQLAlchemyError as error:
            message = f"{self.shown} cannot be used: {_first_line(error)}"
            raise GradebookError(message) from None

    def _explained(self, error: DBAPIError) -> str:
        said = _first_line(error.orig or error)
        if "malformed" in said or "not a database" in said:
            return f"{self.shown} is damaged or no gradebook; bring back a backup, or name another file"
        if "locked" in said:
            return f"{self.shown} is held by another program for too long; give the command again"
        if "full" in said:
            return f"{self.shown}: the disk is full; nothing of this was written: make room and give the command again"
        if "readonly" in said or "unable to open" in said:
            return f"{self.shown} cannot be written ({said}); name another file or folder"
        return f"{self.shown} cannot be used ({said}); nothing of this was written"


def _url(given: str | Path) -> URL:
    words = str(given)
    if words in {"", ":memory:"}:
        message = f"a gradebook is kept in a file or a database, and {words!r} is neither"
        raise GradebookError(message)
    if "://" not in words:
        return URL.create("sqlite+pysqlite", database=words)
    try:
        url = make_url(words)
    except ArgumentError:
        message = "the gradebook's address cannot be read; it is a file, or postgresql://USER:PASSWORD@HOST/DATABASE"
        raise GradebookError(message) from None
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database:
        return _url(url.database)
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    message = f"a gradebook is kept in SQLite or PostgreSQL, not in {backend!r}"
    raise GradebookError(message)


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return sqlalchemy.create_engine(url, pool_pre_ping=True)
        engine = sqlalchemy.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    except (ImportError, NoSuchModuleError):
        message = 'a gradebook in PostgreSQL needs its driver: pip install "curriculum[desk,postgres]"'
        raise MissingToolError(message) from None
    event.listen(engine, "connect", _own_transactions)
    event.listen(engine, "begin", _begin)
    return engine


def _own_transactions(connection: Any, _record: Any) -> None:
    """Take the beginning of transactions from Python's driver, which begins too late and without a lock."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _upgrade(connection: Connection, config: Any) -> None:
    from alembic import command

    config.attributes["connection"] = connection
    config.attributes["metadata"] = _tables.metadata
    command.upgrade(config, "head")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
