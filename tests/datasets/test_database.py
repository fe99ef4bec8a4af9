"""The SQLite stand-in: types, keys, and files that are never overwritten or left half."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pandas as pd
import pytest

from curriculum import datasets
from curriculum.datasets.standins import _database
from curriculum.datasets.standins._database import database
from curriculum.errors import DataError, UnknownNameError


@pytest.fixture(scope="module")
def tables():
    customers, _ = datasets.simulate("customers", n=40, seed=7)
    products, _ = datasets.simulate("products", n=10, seed=7)
    prices, _ = datasets.simulate("prices", n=10, seed=7, days=60)
    orders = pd.DataFrame(
        {
            "order_id": [1, 2, 3],
            "customer_id": [17, 4, 17],
            "ordered_at": pd.to_datetime(["2024-01-31T18:05:00Z", None, "2024-02-01T00:00:00Z"]).as_unit("us"),
            "city": pd.Categorical(["Dunmere", None, "Alderquay"]),
            "total": [20.5, float("nan"), 3.0],
            "late": pd.array([True, None, False], dtype="boolean"),
        }
    )
    lines = pd.DataFrame({"order_id": [1, 1, 2], "line": [1, 2, 1], "product_id": [9, 3, 9], "quantity": [2, 1, 1]})
    return {"customers": customers, "products": products, "prices": prices, "orders": orders, "order_lines": lines}


@pytest.fixture(scope="module")
def path(tables):
    return database(tables=tables)


@pytest.fixture
def connection(path):
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def columns(connection, table):
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}


def parents(connection, table):
    return {(row[3], row[2], row[4]) for row in connection.execute(f"PRAGMA foreign_key_list({table})")}


def test_every_row_is_there(connection, tables):
    for name, frame in tables.items():
        assert connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (len(frame),)
        assert list(columns(connection, name)) == list(frame)


def test_values_are_what_sql_can_hold(connection):
    rows = connection.execute("SELECT * FROM orders ORDER BY order_id").fetchall()
    assert rows == [
        (1, 17, "2024-01-31T18:05:00Z", "Dunmere", 20.5, 1),
        (2, 4, None, None, None, None),
        (3, 17, "2024-02-01T00:00:00Z", "Alderquay", 3.0, 0),
    ]
    signed_up, newsletter = connection.execute("SELECT signed_up, newsletter FROM customers").fetchone()
    assert pd.Timestamp(signed_up).strftime("%Y-%m-%d") == signed_up
    assert newsletter in {0, 1}


def test_types_are_declared(connection):
    declared = columns(connection, "customers")
    assert declared["customer_id"] == declared["newsletter"] == declared["income"] == "INTEGER"
    assert declared["signed_up"] == declared["city"] == "TEXT"
    assert columns(connection, "prices")["price"] == "REAL"
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute("UPDATE customers SET newsletter = 2")


def test_times_are_known_to_sqlite_and_pandas(connection):
    query = "SELECT strftime('%Y-%m', ordered_at) FROM orders WHERE date(ordered_at) < '2024-02-01'"
    assert connection.execute(query).fetchall() == [("2024-01",)]
    frame = pd.read_sql("SELECT * FROM orders", connection, parse_dates=["ordered_at"])
    assert str(frame["ordered_at"].dt.tz) == "UTC"
    assert frame["ordered_at"][0] == pd.Timestamp("2024-01-31T18:05:00Z")


def test_keys_say_how_tables_belong_together(connection):
    assert parents(connection, "orders") == {("customer_id", "customers", "customer_id")}
    lines = {("order_id", "orders", "order_id"), ("product_id", "products", "product_id")}
    assert parents(connection, "order_lines") == lines
    assert parents(connection, "prices") == {("product_id", "products", "product_id")}
    connection.execute("PRAGMA foreign_keys = ON")
    for wrong in (
        "INSERT INTO order_lines VALUES (99, 1, 3, 1)",
        "INSERT INTO order_lines VALUES (1, 2, 3, 1)",
        "INSERT INTO customers (customer_id) VALUES (17)",
        "INSERT INTO prices SELECT * FROM prices",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(wrong)


def test_indices_serve_joins_and_times(connection):
    for where, index in (("customer_id = 17", "orders_customer_id"), ("ordered_at >= '2024'", "orders_ordered_at")):
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM orders WHERE {where}").fetchall()
        assert index in plan[0][3]


def test_a_table_alone_refers_to_nothing(tables, tmp_path):
    with closing(sqlite3.connect(database(tmp_path / "x.db", {"orders": tables["orders"]}))) as connection:
        assert parents(connection, "orders") == set()


def test_a_table_whose_rows_cannot_be_told_apart_has_no_key(tmp_path):
    twice = pd.DataFrame({"city": ["Dunmere", "Dunmere"], "temperature": [1.5, 1.5]})
    with closing(sqlite3.connect(database(tmp_path / "x.db", {"weather": twice}))) as connection:
        assert connection.execute("SELECT count(*) FROM weather").fetchone() == (2,)


def test_fractions_of_seconds_and_times_without_zone_are_kept(tmp_path):
    frame = pd.DataFrame(
        {
            "moment": pd.to_datetime(["2024-01-01T00:00:00.5Z", "2024-01-01T00:00:00Z"], format="ISO8601"),
            "local": pd.to_datetime(["2024-01-01 10:30", "2024-01-01"], format="ISO8601"),
            "abroad": pd.to_datetime(["2024-01-01", "2024-07-01"]).tz_localize("Europe/Brussels"),
        }
    )
    with closing(sqlite3.connect(database(tmp_path / "x.db", {"times": frame}))) as connection:
        rows = connection.execute("SELECT * FROM times ORDER BY moment").fetchall()
    assert rows == [
        ("2024-01-01T00:00:00.000000Z", "2024-01-01T00:00:00", "2024-06-30T22:00:00Z"),
        ("2024-01-01T00:00:00.500000Z", "2024-01-01T10:30:00", "2023-12-31T23:00:00Z"),
    ]


def test_names_may_be_any_text(tmp_path):
    frame = pd.DataFrame({"größe in cm": [1.5], 'so "called"': ["x"], "order": [1]})
    path = database(tmp_path / "Grüße an alle" / "läden.db", {"select": frame})
    with closing(sqlite3.connect(path)) as connection:
        pd.testing.assert_frame_equal(pd.read_sql('SELECT * FROM "select"', connection), frame)


def test_the_frames_stay_as_they_were(tables, tmp_path):
    before = {name: frame.copy(deep=True) for name, frame in tables.items()}
    database(tmp_path / "x.db", tables)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


# --- whose file it is ------------------------------------------------------------------------------------------------


def test_ours_is_replaced_and_so_is_an_empty_file(tables, tmp_path):
    path = tmp_path / "x.db"
    path.touch()
    assert database(path, {"orders": tables["orders"]}) == path
    database(str(path), {"products": tables["products"]})
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("products",)]
    assert [file.name for file in tmp_path.iterdir()] == ["x.db"]


def test_a_foreign_file_or_folder_is_left_alone(tables, tmp_path):
    text, foreign, folder = tmp_path / "notes.txt", tmp_path / "foreign.db", tmp_path / "folder"
    text.write_text("mine", encoding="utf-8")
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    folder.mkdir()
    before = foreign.read_bytes()
    for path in (text, foreign, folder):
        with pytest.raises(DataError, match="choose another path") as caught:
            database(path, {"orders": tables["orders"]})
        assert str(path) in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
    assert text.read_text(encoding="utf-8") == "mine"
    assert foreign.read_bytes() == before


def test_a_database_in_use_is_left_alone(tables, tmp_path):
    path = database(tmp_path / "x.db", {"orders": tables["orders"]})
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("DELETE FROM orders")
        connection.commit()
        with pytest.raises(DataError, match="in use"):
            database(path, {"orders": tables["orders"]})


def test_an_interrupted_build_leaves_nothing(tables, tmp_path, monkeypatch):
    def interrupted(column):
        raise KeyboardInterrupt

    monkeypatch.setattr(_database, "plain", interrupted)
    with pytest.raises(KeyboardInterrupt):
        database(tmp_path / "x.db", tables)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_of_the_same_number_left_is_no_hindrance(tables, tmp_path):
    path = tmp_path / "x.db"
    draft = database(tmp_path / f".x.db.{os.getpid()}.part", {"orders": tables["orders"]})
    assert draft.is_file()
    database(path, {"orders": tables["orders"]})
    assert [file.name for file in tmp_path.iterdir()] == ["x.db"]


def test_a_place_where_nothing_can_be_written(tables, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be written") as caught:
        database(tmp_path / "file" / "x.db", {"orders": tables["orders"]})
    assert len(str(caught.value).splitlines()) == 1


def test_the_default_file_goes_with_the_process():
    script = """
import os, pandas as pd
from curriculum.datasets.standins._database import database
paths = [database(tables={"a": pd.DataFrame({"x": [1]})}) for _ in range(2)]
if os.name == "posix" and os.fork() == 0:
    raise SystemExit
elif os.name == "posix":
    os.wait()
assert paths[0] != paths[1] and all(path.is_file() for path in paths)
print(*paths, sep="\\n")
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    first, second = run.stdout.split("\n")[:2]
    assert not os.path.exists(first) and not os.path.exists(second)  # noqa: PT018, PTH110 - text from another process


# --- which tables ----------------------------------------------------------------------------------------------------


def test_by_default_the_shipped_samples():
    with closing(sqlite3.connect(database())) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert names == {"customers", "products", "orders", "order_lines", "prices"}
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (len(datasets.load("orders")),)
        assert parents(connection, "orders") == {("customer_id", "customers", "customer_id")}


def test_samples_by_name(tmp_path):
    with closing(sqlite3.connect(database(tmp_path / "x.db", ["products"]))) as connection:
        assert connection.execute("SELECT count(*) FROM products").fetchone() == (len(datasets.load("products")),)
    with pytest.raises(UnknownNameError, match="diabetes"):
        database(tmp_path / "y.db", ["diabetis"])


@pytest.mark.parametrize("tables", ["orders", pd.DataFrame({"x": [1]}), {"orders": [1, 2]}, {1: pd.DataFrame()}])
def test_what_are_no_tables(tables):
    with pytest.raises(DataError, match="frames by name"):
        database(tables=tables)


def test_tables_that_do_not_belong_together(tables, tmp_path):
    few = {"customers": tables["customers"].head(5), "orders": tables["orders"]}
    with pytest.raises(DataError, match="orders refers to customers that are not there"):
        database(tmp_path / "x.db", few)
    assert not list(tmp_path.iterdir())


def test_what_sqlite_cannot_hold(tmp_path):
    with pytest.raises(DataError, match="cannot be stored in SQLite") as caught:
        database(tmp_path / "x.db", {"odd": pd.DataFrame({"x": [{"a": 1}, None]})})
    assert len(str(caught.value).splitlines()) == 1
