"""``curriculum data``, as its own process."""

from __future__ import annotations

import json
import shutil

import pytest

from curriculum import datasets
from curriculum.datasets import _registry, _samples

NAMES = list(datasets.catalogue()["name"])


def test_the_list_fits_the_screen(curriculum):
    done = curriculum("data", "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 80
    assert not [name for name in NAMES if name not in done.stdout]


def test_the_list_as_data(curriculum):
    listed = json.loads(curriculum("data", "list", "--json").stdout)
    assert [entry["name"] for entry in listed] == NAMES
    assert set(listed[0]) == set(datasets.catalogue().columns)


def test_a_datasheet_is_shown(curriculum):
    done = curriculum("data", "describe", "customers")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 80
    assert "signed_up" in done.stdout


def test_a_wrong_name_is_one_line(curriculum):
    done = curriculum("data", "describe", "custmers")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "curriculum: no data set is called 'custmers'; did you mean 'customers'?\n"


class TestBuild:
    @pytest.fixture
    def folder(self, tmp_path):
        """A folder of data sets of its own."""
        folder = tmp_path / "data sets"
        shutil.copytree(_registry.root(), folder)
        return folder

    def test_what_ships_is_found_equal(self, folder, curriculum):
        done = curriculum("data", "build", "products", "nutrition", "--check", "--out", folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "2 samples checked; 0 found to differ from what the simulator makes\n"

    def test_a_difference_is_a_finding_and_building_mends_it(self, folder, curriculum):
        (folder / "products" / "products.parquet").write_bytes(b"?")
        (folder / "nutrition" / "nutrition.parquet").unlink()
        done = curriculum("data", "build", "products", "nutrition", "--check", "--out", folder)
        assert done.returncode == 1
        findings = ["products/products.parquet: other content", "nutrition/nutrition.parquet: missing"]
        assert done.stdout.splitlines()[:2] == findings
        done = curriculum("data", "build", "products", "nutrition", "--out", folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert "MB in all" in done.stdout
        assert max(len(line.rstrip()) for line in done.stdout.splitlines()[:-1]) <= 80
        assert _samples.differences(folder, _samples.chosen(["products", "nutrition"])) == []
        assert _registry.shipped(folder) == _registry.shipped()

    def test_all_of_it_is_built_into_an_empty_folder(self, tmp_path, monkeypatch):
        monkeypatch.setattr(_samples, "SAMPLES", _samples.chosen(["products", "nutrition"]))
        entries = list(_samples.build(tmp_path / "new", _samples.chosen()))
        assert _registry.shipped(tmp_path / "new") == {entry.name: entry for entry in entries}
        for entry in entries:
            assert _registry.digest((tmp_path / "new" / entry.file).read_bytes()) == entry.sha256

    def test_an_unknown_table_is_one_line(self, curriculum):
        done = curriculum("data", "build", "produkts", "--check")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "curriculum: no sample is called 'produkts'; did you mean 'products'?\n"

    def test_a_part_needs_the_registry_of_the_rest(self, curriculum, tmp_path):
        done = curriculum("data", "build", "products", "--out", tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "registry.json" in done.stderr

    def test_a_place_that_cannot_be_written_is_one_line(self, folder, curriculum):
        shutil.rmtree(folder / "products")
        (folder / "products").write_text("in the way", encoding="utf-8")
        done = curriculum("data", "build", "products", "--out", folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("curriculum: ")
        assert "cannot be written" in done.stderr
        assert done.stderr.count("\n") == 1
