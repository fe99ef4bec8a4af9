"""A real PostgreSQL, started once for each worker that asks for one, and a gradebook in either database."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy

from curriculum.gradebook import Gradebook

if TYPE_CHECKING:
    from collections.abc import Iterator


def _tool(name: str) -> str | None:
    found = shutil.which(name)
    packed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(packed[-1]) if packed else None)


class Server:
    """A PostgreSQL server of this session's own, which answers on a socket in its folder only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        # PostgreSQL refuses to run as root.
        self._user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        if self._user:
            shutil.chown(folder, "nobody", "nogroup")
        self._run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        self._run("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")

    def new(self) -> str:
        """The address of an empty database."""
        self._made += 1
        name = f"class{self._made}"
        engine = sqlalchemy.create_engine(self._url("postgres", "+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url(name)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", "immediate", "stop")

    def _url(self, name: str, driver: str = "") -> str:
        return f"postgresql{driver}://postgres:secret-word@/{name}?host={self._folder}"

    def _run(self, name: str, *arguments: str) -> None:
        tool = _tool(name)
        assert tool is not None
        command = [tool, *arguments]
        out = subprocess.DEVNULL  # a pipe would stay open as long as the server runs
        subprocess.run(command, check=True, stdout=out, stderr=out, cwd=self._folder, **self._user)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    if _tool("initdb") is None or _tool("pg_ctl") is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a gradebook can be made."""
    if request.param == "sqlite":
        return str(tmp_path / "class of 2027.sqlite")
    server: Server = request.getfixturevalue("postgres")
    return server.new()


@pytest.fixture
def book(url: str) -> Iterator[Gradebook]:
    with Gradebook.open(url, create=True) as opened:
        yield opened
