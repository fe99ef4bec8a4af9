"""The Parquet stand-in: a folder by year and month, typed, the same every time, and never anyone else's."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from curriculum import datasets
from curriculum.datasets.standins import _lake
from curriculum.datasets.standins._lake import lake
from curriculum.errors import DataError, UnknownNameError


@pytest.fixture(scope="module")
def tables():
    customers, _ = datasets.simulate("customers", n=40, seed=7)
    prices, _ = datasets.simulate("prices", n=10, seed=7, days=60)
    times = ["2024-01-31T23:59:59Z", "2024-02-01T00:00:00Z", "2023-12-31T23:30:00Z", "2024-01-05T10:00:00Z"]
    orders = pd.DataFrame(
        {
            "order_id": [1, 2, 3, 4],
            "ordered_at": pd.to_datetime(times).as_unit("us"),
            "tier": pd.Categorical(["gold", "none", None, "none"], ["none", "silver", "gold"], ordered=True),
            "note": pd.Series(["a", None, "ü", "d"], dtype="str"),
            "rating": pd.array([5, None, 3, 4], dtype="Int8"),
            "late": pd.array([True, None, False, True], dtype="boolean"),
        }
    )
    payments = orders[["order_id", "ordered_at"]].rename(columns={"ordered_at": "paid_at"})
    return {"customers": customers, "prices": prices, "orders": orders, "payments": payments}


@pytest.fixture(scope="module")
def folder(tables):
    return lake(tables=tables)


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_months_have_their_files_and_small_tables_one(folder):
    months = ("year=2023/month=12", "year=2024/month=01", "year=2024/month=02")
    partitioned = {f"{table}/{month}/part-0.parquet" for table in ("orders", "payments") for month in months}
    assert set(files(folder)) == partitioned | {"customers.parquet", "prices.parquet", "_fernway.json"}


def test_small_tables_come_back_as_they_were(folder, tables):
    for name in ("customers", "prices"):
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), tables[name])


def test_months_come_back_as_they_were(folder, tables):
    orders = tables["orders"]
    found = pd.read_parquet(folder / "orders").sort_values("order_id", ignore_index=True)
    pd.testing.assert_frame_equal(found.drop(columns=["year", "month"]), orders)
    assert found["month"].tolist() == [1, 2, 12, 1]
    january = pd.read_parquet(folder / "orders/year=2024/month=01/part-0.parquet", partitioning=None)
    pd.testing.assert_frame_equal(january, orders.iloc[[0, 3]].reset_index(drop=True))


def test_a_month_can_be_asked_for_alone(folder):
    asked = ds.dataset(folder / "orders", partitioning="hive").filter(
        (ds.field("year") == 2024) & (ds.field("month") == 2)
    )
    assert asked.to_table(columns=["order_id"]).to_pydict() == {"order_id": [2]}


def test_files_are_compressed_with_zstd(folder):
    for path in folder.rglob("*.parquet"):
        assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_equal_tables_give_equal_files(folder, tables, tmp_path):
    assert files(lake(tmp_path / "again", tables)) == files(folder)


def test_neither_a_thread_nor_the_default_folder_is_left_behind():
    script = """
import os, sys, pandas as pd
from curriculum.datasets.standins._lake import lake
import pyarrow.parquet
def threads():
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 0
times = pd.date_range("2024", periods=100_000, freq="5min", tz="UTC")
orders = pd.DataFrame({"order_id": range(100_000), "ordered_at": times})
before = threads()
folder = lake(tables={"orders": orders, "a": pd.DataFrame({"x": [1]})})
assert threads() <= before, (threads(), before)
assert (folder / "a.parquet").is_file()
print(folder)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()
    assert not os.path.exists(run.stdout.strip())  # noqa: PTH110 - text from another process


# --- whose folder it is ----------------------------------------------------------------------------------------------


def test_ours_is_replaced_and_so_is_an_empty_folder(tables, tmp_path):
    folder = tmp_path / "Grüße an alle"
    folder.mkdir()
    assert lake(folder, tables) == folder
    lake(str(folder), {"prices": tables["prices"]})
    assert set(files(folder)) == {"prices.parquet", "_fernway.json"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_with_anything_else_in_it_is_left_alone(tables, tmp_path):
    foreign, ours, file = tmp_path / "foreign", lake(tmp_path / "ours", tables), tmp_path / "file"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine", encoding="utf-8")
    (ours / "orders" / "result.parquet").write_bytes(b"mine")
    file.touch()
    for folder, named in ((foreign, "thesis.txt"), (ours, "orders/result.parquet"), (file, "is a file")):
        with pytest.raises(DataError, match="choose another folder") as caught:
            lake(folder, {"prices": tables["prices"]})
        assert named in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
    assert (foreign / "thesis.txt").read_text(encoding="utf-8") == "mine"
    assert (ours / "orders" / "result.parquet").read_bytes() == b"mine"
    assert (ours / "customers.parquet").is_file()


def test_an_interrupted_build_leaves_what_was_there(tables, tmp_path, monkeypatch):
    folder = lake(tmp_path / "lake", {"prices": tables["prices"]})
    before = files(folder)

    def interrupted(name, frame):
        raise KeyboardInterrupt

    monkeypatch.setattr(_lake, "_months", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lake(folder, tables)
    assert files(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_what_a_killed_process_of_the_same_number_left_is_no_hindrance(tables, tmp_path):
    folder = lake(tmp_path / "lake", {"prices": tables["prices"]})
    for left in ("part", "old"):
        lake(tmp_path / f".lake.{os.getpid()}.{left}", tables)
    lake(folder, {"customers": tables["customers"]})
    assert set(files(folder)) == {"customers.parquet", "_fernway.json"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_place_where_nothing_can_be_written(tables, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be written"):
        lake(tmp_path / "file" / "lake", tables)


# --- which tables ----------------------------------------------------------------------------------------------------


def test_by_default_the_shipped_samples():
    folder = lake()
    assert {path.name for path in folder.glob("*.parquet")} == {
        "customers.parquet",
        "products.parquet",
        "prices.parquet",
        "order_lines.parquet",
    }
    for name in ("orders", "payments"):
        assert ds.dataset(folder / name, partitioning="hive").count_rows() == len(datasets.load(name))
        assert len(list((folder / name).rglob("*.parquet"))) > 12


def test_samples_by_name(tmp_path):
    folder = lake(tmp_path / "lake", ["products"])
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "products.parquet"), datasets.load("products"))
    with pytest.raises(UnknownNameError, match="diabetes"):
        lake(tmp_path / "other", ["diabetis"])


def test_categories_of_numbers_become_numbers(tmp_path):
    codes = pd.DataFrame({"sex": pd.Categorical([2, 1, 2]), "city": pd.Categorical(["Dunmere", None, "Alderquay"])})
    found = pd.read_parquet(lake(tmp_path / "lake", {"people": codes}) / "people.parquet")
    pd.testing.assert_frame_equal(found, codes.astype({"sex": "int64"}))


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (pd.DataFrame({"order_id": [1]}), "instants"),
        (pd.DataFrame({"ordered_at": pd.to_datetime(["2024-01-01"], utc=True), "month": [1]}), "year or month"),
        (pd.DataFrame({"ordered_at": pd.to_datetime(["2024-01-01", None], utc=True)}), "missing in some rows"),
        (pd.DataFrame({"ordered_at": pd.to_datetime([], utc=True)}), "rows"),
        (pd.DataFrame({"ordered_at": pd.to_datetime(["2024-01-01"] * 2, utc=True), "x": [1, "a"]}), "as Parquet"),
    ],
)
def test_what_cannot_be_kept_by_month(frame, why, tmp_path):
    with pytest.raises(DataError, match=why) as caught:
        lake(tmp_path / "lake", {"orders": frame})
    assert len(str(caught.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())
