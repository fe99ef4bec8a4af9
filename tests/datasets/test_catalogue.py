"""The catalogue: what it lists can be loaded and is described."""

from __future__ import annotations

import socket

import pytest

from curriculum import datasets
from curriculum.datasets import _catalogue
from curriculum.errors import DataError, UnknownNameError

NAMES = list(datasets.catalogue()["name"])


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a data set asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_the_catalogue():
    catalogue = datasets.catalogue()
    assert list(catalogue.columns) == ["name", "title", "rows", "source"]
    assert catalogue["name"].is_unique
    assert catalogue.notna().all(axis=None)


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_is_what_the_catalogue_says(name):
    frame = datasets.load(name)
    assert len(frame) == datasets.catalogue().set_index("name").loc[name, "rows"]
    assert "object" not in set(map(str, frame.dtypes))
    frame.iloc[0, 0] = frame.iloc[1, 0] + 1
    frame["more"] = 1
    again = datasets.load(name)
    assert "more" not in again.columns
    assert not again.equals(frame)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_described(name):
    sheet = datasets.describe(name)
    assert sheet.startswith(f"# {name}")
    assert not [column for column in datasets.load(name).columns if column not in sheet]


@pytest.mark.parametrize("call", [datasets.load, datasets.describe])
def test_an_unknown_name_suggests_the_nearest(call):
    with pytest.raises(UnknownNameError, match="did you mean 'diabetes'") as caught:
        call("diabtes")
    assert caught.value.suggestion == "diabetes"
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(UnknownNameError, match=r"datasets\.catalogue\(\)"):
        call("xyzzy")


def test_a_missing_datasheet_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(_catalogue, "_root", lambda: tmp_path)
    with pytest.raises(DataError, match="install the package again"):
        datasets.describe("diabetes")
