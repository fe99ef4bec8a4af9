"""What ships is what the simulator makes, and what its datasheet says."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sheets
from packaging.requirements import Requirement
from pandas.testing import assert_frame_equal

from curriculum import datasets
from curriculum.datasets import _registry, _samples
from curriculum.datasets.fernway import SIMULATORS
from curriculum.errors import DataError

ROOT = Path(__file__).parents[2]
SHIPPED = _registry.shipped()
NAMES = sorted(SHIPPED)
SECTIONS = (
    "A row is",
    "Why it exists.",
    "How it came about.",
    "Preparation.",
    "Known defects.",
    "Licence.",
    "Fit for",
    "Not fit for",
    "Maintenance.",
)


def _is_locked() -> bool:
    """Whether these are the versions that wrote the files (another NumPy may draw other numbers)."""
    lines = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8").splitlines()
    pins = {Requirement(line.split(" \\")[0]).name: line.split(" \\")[0] for line in lines if "==" in line}
    installed = {"numpy": np.__version__, "pandas": pd.__version__, "pyarrow": pa.__version__}
    return all(version in Requirement(pins[name]).specifier for name, version in installed.items())


@pytest.mark.parametrize("sample", _samples.SAMPLES, ids=lambda sample: sample.table)
class TestEverySample:
    def test_it_is_made_anew_bit_for_bit(self, sample):
        if not (_is_locked() and platform.machine() in {"x86_64", "AMD64"}):
            pytest.skip("the files were written by the locked versions on x86-64; these are others")
        entry, content = _samples.make(sample)
        assert entry == SHIPPED[sample.table]
        assert content == (_registry.root() / sample.file).read_bytes()

    def test_it_loads_as_the_simulator_gave_it(self, sample):
        made = datasets.simulate(sample.table, sample.n, _samples.SEED, **sample.options).data
        # Other processors round a last bit differently; the locked ones give the very same numbers.
        assert_frame_equal(datasets.load(sample.table), made, check_exact=_is_locked())

    def test_the_registry_says_what_it_holds(self, sample):
        entry, frame = SHIPPED[sample.table], datasets.load(sample.table)
        assert frame.shape == (entry.rows, entry.columns)
        assert (entry.n, entry.seed, entry.options) == (sample.n, _samples.SEED, sample.options)


def test_every_simulated_table_ships_a_sample_and_nothing_else_does():
    assert {sample.table for sample in _samples.SAMPLES} == set(SIMULATORS) == set(SHIPPED)
    files = {path.relative_to(_registry.root()).as_posix() for path in _registry.root().rglob("*") if path.is_file()}
    sheets_ = {f"{name}/datasheet.md" for name in datasets.catalogue()["name"]}
    assert files == {"registry.json"} | {entry.file for entry in SHIPPED.values()} | sheets_


def test_all_of_it_is_less_than_25_megabytes():
    assert sum(path.stat().st_size for path in _registry.root().rglob("*") if path.is_file()) < 25e6


OFFLINE = list(datasets.catalogue().query("kind != 'download'")["name"])


@pytest.mark.parametrize("name", OFFLINE)
class TestEveryDatasheet:
    def test_its_columns_are_those_of_the_data(self, name):
        frame, columns = datasets.load(name), sheets.columns_of(datasets.describe(name))
        assert [column.name for column in columns] == list(frame.columns)
        assert {column.name: column.dtype for column in columns} == {c: str(frame[c].dtype) for c in frame}
        assert all(column.unit for column in columns)

    def test_it_names_categories_and_gaps(self, name):
        frame = datasets.load(name)
        for column in sheets.columns_of(datasets.describe(name)):
            values = frame[column.name]
            if isinstance(values.dtype, pd.CategoricalDtype):
                assert not [c for c in values.cat.categories if str(c) not in column.quoted], column.name
                assert ("ordered" in column.meaning) == values.cat.ordered, column.name
            assert ("missing" in column.meaning) == values.isna().any(), column.name

    def test_it_has_the_sections_of_a_datasheet(self, name):
        sheet = datasets.describe(name)
        assert sheet.splitlines()[0] == f"# {name}"
        places = [sheet.find(f"**{section}") for section in SECTIONS]
        assert -1 not in places, SECTIONS[places.index(-1)]
        assert places == sorted(places)
        assert max(map(len, sheet.splitlines())) <= 400


class TestDamage:
    @pytest.fixture
    def copy(self, tmp_path, monkeypatch):
        """A folder of data sets of its own, with two small ones."""
        chosen = tuple(sample for sample in _samples.SAMPLES if sample.table in {"products", "nutrition"})
        monkeypatch.setattr(_samples, "SAMPLES", chosen)
        monkeypatch.setattr(_registry, "root", lambda: tmp_path)
        list(_samples.build(tmp_path, chosen))
        return tmp_path

    def test_whole_files_load(self, copy):
        assert len(datasets.load("products")) == 400
        assert datasets.path("products") == copy / "products" / "products.parquet"
        assert _samples.differences(copy, _samples.chosen()) == []

    @pytest.mark.parametrize("call", [datasets.load, datasets.path])
    def test_a_changed_file_is_refused(self, copy, call):
        file = copy / "products" / "products.parquet"
        file.write_bytes(file.read_bytes()[:-1] + b"\0")
        with pytest.raises(DataError, match=r"'products'.*changed or damaged") as caught:
            call("products")
        assert len(str(caught.value).splitlines()) == 1
        assert len(datasets.load("nutrition")) == 400
        assert _samples.differences(copy, _samples.chosen()) == ["products/products.parquet: other content"]

    def test_a_missing_file_is_named(self, copy):
        (copy / "products" / "products.parquet").unlink()
        with pytest.raises(DataError, match=r"'products'.*is missing: install the package again"):
            datasets.load("products")
        assert _samples.differences(copy, _samples.chosen()) == ["products/products.parquet: missing"]

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"products": 3}', '{"products": {"file": "x"}}'])
    def test_a_damaged_registry_is_named(self, copy, content):
        (copy / "registry.json").write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match=r"registry\.json"):
            datasets.catalogue()

    def test_a_registry_that_knows_more_is_told(self, copy):
        entries = json.loads((copy / "registry.json").read_text(encoding="utf-8"))
        entries["orphan"] = {**entries["products"], "file": "orphan/orphan.parquet"}
        entries["nutrition"]["rows"] = 7
        (copy / "registry.json").write_text(json.dumps(entries), encoding="utf-8")
        assert _samples.differences(copy, _samples.chosen()) == [
            "nutrition/nutrition.parquet: another entry in the registry",
            "orphan/orphan.parquet: in the registry, but no sample",
        ]


def test_the_truth_of_a_sample_stands_beside_it():
    for name in ("customers", "demand"):
        truth = datasets.truth(name)
        assert len(truth.rows) == len(datasets.load(name))
    told = datasets.load("customers")["income"]
    assert (datasets.truth("customers").rows["true_income"] == told)[told.notna()].all()
    with pytest.raises(DataError, match="nobody knows its truth"):
        datasets.truth("diabetes")


def test_what_has_no_file_says_so():
    with pytest.raises(DataError, match=r"datasets\.load\(\"diabetes\"\)"):
        datasets.path("diabetes")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads through /proc, which Linux has")
def test_loading_starts_no_thread():
    """Whoever loads data may fork afterwards, as a grader does."""
    program = (
        "import os\nfrom curriculum import datasets\n"
        "for name in ('customers', 'prices', 'export'):\n    datasets.load(name)\n"
        "print(len(os.listdir('/proc/self/task')))"
    )
    # Linear algebra and Arrow's allocator have threads of their own, which these settings forbid.
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    done = subprocess.run([sys.executable, "-c", program], env=quiet, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
