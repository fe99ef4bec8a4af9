"""The catalogue: what it lists can be loaded and is described."""

from __future__ import annotations

import html
import socket

import pytest
from IPython.core.formatters import DisplayFormatter

from curriculum import datasets
from curriculum.datasets import _registry
from curriculum.errors import DataError, UnknownNameError

CATALOGUE = datasets.catalogue().set_index("name")
OFFLINE = list(CATALOGUE.query("kind != 'download'").index)


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a data set asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_the_catalogue():
    catalogue = datasets.catalogue()
    assert list(catalogue.columns) == ["name", "title", "kind", "rows", "columns", "source", "licence"]
    assert catalogue["name"].is_unique
    assert catalogue.notna().all(axis=None)
    assert (catalogue.select_dtypes("str") != "").all(axis=None)
    assert set(catalogue["kind"]) == {"fernway", "real", "download"}


@pytest.mark.parametrize("listing", [datasets.catalogue(), datasets.options("payments").head(6)])
def test_a_notebook_shows_listings_whole(listing):
    shown = DisplayFormatter().format(listing)[0]["text/html"]
    assert not [text for text in listing.iloc[:, -1].astype(str) if html.escape(text, quote=False) not in shown]
    assert "..." not in shown


@pytest.mark.parametrize("name", OFFLINE)
class TestEveryOfflineSet:
    def test_it_is_what_the_catalogue_says(self, name):
        frame = datasets.load(name)
        assert frame.shape == (CATALOGUE.loc[name, "rows"], CATALOGUE.loc[name, "columns"])
        assert "object" not in set(map(str, frame.dtypes))

    def test_what_is_done_to_it_stays_with_it(self, name):
        frame = datasets.load(name)
        pristine = frame.copy()
        for column in list(frame.columns):
            frame.loc[0, column] = frame.loc[len(frame) - 1, column]
        assert datasets.load(name).equals(pristine)


@pytest.mark.parametrize("name", list(CATALOGUE.index))
def test_every_set_has_a_datasheet(name):
    sheet = datasets.describe(name)
    assert sheet.startswith(f"# {name}\n")
    assert DisplayFormatter().format(sheet)[0]["text/markdown"] == sheet


@pytest.mark.parametrize("bad", [5, None, ["orders"], {}])
@pytest.mark.parametrize("call", [datasets.load, datasets.describe, datasets.path, datasets.truth])
def test_a_set_is_called_by_a_name(call, bad):
    with pytest.raises(UnknownNameError, match="no data set is called"):
        call(bad)


@pytest.mark.parametrize("bad", [5, "orders", [1, 2]])
def test_the_api_is_made_of_frames(bad):
    with pytest.raises(DataError, match="must be frames"):
        datasets.orders_client(bad)


@pytest.mark.parametrize("call", [datasets.database, datasets.lake])
def test_stand_ins_hold_tables_by_name(call):
    for bad in (5, "orders", {"orders": 1}):
        with pytest.raises(DataError, match="tables must be frames by name"):
            call(tables=bad)


@pytest.mark.parametrize("call", [datasets.load, datasets.describe, datasets.path])
def test_an_unknown_name_suggests_the_nearest(call):
    with pytest.raises(UnknownNameError, match="did you mean 'diabetes'") as caught:
        call("diabtes")
    assert caught.value.suggestion == "diabetes"
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(UnknownNameError, match=r"datasets\.catalogue\(\)"):
        call("xyzzy")


def test_a_missing_datasheet_says_what_to_do(monkeypatch, tmp_path):
    known = _registry.shipped()
    monkeypatch.setattr(_registry, "root", lambda: tmp_path)
    monkeypatch.setattr(_registry, "shipped", lambda: known)
    with pytest.raises(DataError, match="install the package again"):
        datasets.describe("diabetes")
