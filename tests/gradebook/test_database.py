"""What is behind a gradebook: files and databases that are none, two writers at once, a writer that is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from gradebook.material import code, graded, write

from curriculum.errors import GradebookError
from curriculum.gradebook import Gradebook, Learner
from curriculum.gradebook._tables import metadata


def engine(url):
    address = url.replace("postgresql://", "postgresql+psycopg://") if "://" in url else f"sqlite:///{url}"
    return sqlalchemy.create_engine(address)


def test_migrations_make_the_tables_that_the_code_knows(book, url):
    opened = engine(url)
    with opened.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    opened.dispose()


def test_opening_again_changes_nothing(book, url):
    book.enrol([Learner("ada")])
    with Gradebook.open(url) as again:
        assert [learner.key for learner in again.learners()] == ["ada"]


def test_none_is_made_unasked(tmp_path, postgres):
    path = tmp_path / "none.sqlite"
    with pytest.raises(GradebookError, match="there is no gradebook at"):
        Gradebook.open(path)
    assert not path.exists()
    with pytest.raises(GradebookError, match="holds no gradebook"):
        Gradebook.open(postgres.new())


def test_what_belongs_to_something_else_is_left_alone(url):
    opened = engine(url)
    with opened.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE mine (id INTEGER)"))
    with pytest.raises(GradebookError, match="is no gradebook: it holds other tables"):
        Gradebook.open(url, create=True)
    with opened.connect() as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == ["mine"]
    opened.dispose()


def test_one_of_a_newer_course_is_left_alone(book, url):
    opened = engine(url)
    with opened.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '9999'"))
    opened.dispose()
    with pytest.raises(GradebookError, match="newer version of the course"):
        Gradebook.open(url)


@pytest.mark.parametrize("content", [b"", b"not a database, just some words" * 50])
def test_a_file_that_is_no_database(tmp_path, content):
    path = tmp_path / "g.sqlite"
    path.write_bytes(content)
    if content:
        with pytest.raises(GradebookError, match="damaged or no gradebook"):
            Gradebook.open(path, create=True)
        assert path.read_bytes() == content
    else:
        with Gradebook.open(path, create=True) as book:
            assert book.learners() == ()


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://[", "nonsense://"])
def test_addresses_that_lead_nowhere(url):
    with pytest.raises(GradebookError) as caught:
        Gradebook.open(url)
    assert "\n" not in str(caught.value)


def test_no_password_is_shown(postgres):
    url = postgres.new()
    with Gradebook.open(url, create=True) as book:
        assert "secret-word" not in book.shown
    broken = url.replace("/class", "/no-such-class")
    with pytest.raises(GradebookError) as caught:
        Gradebook.open(broken)
    assert "secret-word" not in str(caught.value)


def test_two_who_open_at_once_make_one_gradebook(url):
    def enrol(name):
        with Gradebook.open(url, create=True) as book:
            book.enrol([Learner(name)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(enrol, ["ada", "bo", "cy", "di"]))
    with Gradebook.open(url) as book:
        assert [learner.key for learner in book.learners()] == ["ada", "bo", "cy", "di"]


def test_two_graders_who_import_at_once_lose_and_double_nothing(url, tmp_path):
    everybody = [f"learner-{number:02d}" for number in range(20)]
    paths = []
    for part in range(4):
        # Neighbours overlap, so that the same submission arrives twice.
        keys = everybody[part * 4 : part * 4 + 8]
        results = [graded(key, lesson, code("a1", 1.0)) for key in keys for lesson in ("alpha", "beta")]
        paths.append(write(tmp_path / f"{part}.json", *results))
    Gradebook.open(url, create=True).close()

    def load(path):
        with Gradebook.open(url) as book:
            return book.import_results(path)

    with ThreadPoolExecutor(4) as pool:
        imported = list(pool.map(load, paths))
    assert sum(each.submissions for each in imported) == 40
    assert sum(each.known for each in imported) == 24
    with Gradebook.open(url) as book:
        assert [row.points for row in book.sheet().rows] == [2.0] * 20


def test_a_writer_who_waited_sees_what_was_written_before(postgres):
    url = postgres.new()
    opened = engine(url)
    with opened.begin() as connection:
        name = opened.url.database
        connection.execute(sqlalchemy.text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"))
    opened.dispose()
    Gradebook.open(url, create=True).close()

    def enrol(number):
        with Gradebook.open(url) as book:
            return book.enrol([Learner("ada"), Learner(f"learner-{number}")])

    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(enrol, range(8)))
    assert sum(new for new, _ in added) == 9


KILLED = """
import os, signal, sys
from sqlalchemy import event
from curriculum.gradebook import Gradebook
from pathlib import Path

book = Gradebook.open(sys.argv[1])
left = int(sys.argv[3])

@event.listens_for(book._database.engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

book.import_results(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("statements", [3, 11, 24])
def test_an_importer_that_is_killed_leaves_nothing_half_done(book, url, tmp_path, statements):
    book.import_results(write(tmp_path / "a.json", graded("ada", "alpha", code("a1", 2.0))))
    more = [graded(key, "beta", code("b1", 1.0)) for key in ("ada", "bo", "cy")]
    path = write(tmp_path / "b.json", *more)
    command = [sys.executable, "-c", KILLED, url, str(path), str(statements)]
    ended = subprocess.run(command, check=False, env=os.environ | {"PYTHONPATH": ""}, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    assert [row.points for row in book.sheet().rows] == [2.0]
    assert book.import_results(path).submissions == 3
    assert [row.points for row in book.sheet().rows] == [3.0, 1.0, 1.0]


def test_a_reader_sees_one_moment_while_others_write(tmp_path):
    path = tmp_path / "g.sqlite"
    with Gradebook.open(path, create=True) as book:
        book.enrol([Learner("ada")])
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        holder.execute("DELETE FROM learner")
        assert [learner.key for learner in book.learners()] == ["ada"]
        holder.execute("ROLLBACK")
        holder.close()
