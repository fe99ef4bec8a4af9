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


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """What ``build`` writes, made once in this process."""
    folder = tmp_path_factory.mktemp("built")
    return folder, list(_samples.build(folder))


class TestBuild:
    def test_it_writes_every_sample_and_the_registry(self, built):
        folder, entries = built
        assert [entry.name for entry in entries] == [sample.table for sample in _samples.SAMPLES]
        assert _registry.shipped(folder) == {entry.name: entry for entry in entries}
        for entry in entries:
            assert _registry.digest((folder / entry.file).read_bytes()) == entry.sha256

    def test_what_was_built_is_found_equal(self, built, curriculum):
        done = curriculum("data", "build", "--check", "--out", built[0])
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{len(_samples.SAMPLES)} samples, 0 differ from what the simulator makes\n"

    def test_a_difference_is_a_finding_and_building_mends_it(self, built, curriculum, tmp_path):
        folder = tmp_path / "data sets"
        shutil.copytree(built[0], folder)
        (folder / "products" / "products.parquet").write_bytes(b"?")
        (folder / "nutrition" / "nutrition.parquet").unlink()
        done = curriculum("data", "build", "--check", "--out", folder)
        assert done.returncode == 1
        assert "products/products.parquet: other content\nnutrition/nutrition.parquet: missing\n" in done.stdout
        done = curriculum("data", "build", "--out", folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert "MB in all" in done.stdout
        assert max(len(line.rstrip()) for line in done.stdout.splitlines()[:-1]) <= 80
        assert _samples.differences(folder) == []

    def test_a_place_that_cannot_be_written_is_one_line(self, curriculum, tmp_path):
        (tmp_path / "file").write_text("in the way", encoding="utf-8")
        done = curriculum("data", "build", "--out", tmp_path / "file")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("curriculum: ")
        assert done.stderr.count("\n") == 1
