"""Downloads: fetched once, read from the folder afterwards, and one clear line for whatever can go wrong.

The network is played by OpenML's own kind of answers, a few rows long; nothing here leaves the machine.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import socket
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlparse

import pandas as pd
import pytest
import sheets
from pandas.testing import assert_frame_equal
from sklearn.datasets import _base, _california_housing, _openml

from curriculum.datasets import _registry
from curriculum.datasets.real import _downloads, _fetch
from curriculum.errors import DataError

ADULT = """\
25, Private, 226802, 11th, 7, Never-married, Machine-op-inspct, Own-child, Black, Male, 0, 0, 40, United-States, <=50K
18, ?, 103497, Some-college, 10, Never-married, ?, Own-child, White, Female, 0, 0, 30, ?, <=50K
40, Private, 85019, Doctorate, 16, Married-civ-spouse, Prof-specialty, Husband, Other, Male, 9, 0, 45, India, >50K
"""
ADULT_COLUMNS = (
    "age workclass* fnlwgt education* education-num marital-status* occupation* relationship* race* sex* "
    "capital-gain capital-loss hours-per-week native-country* class*"
)
BIKES = """\
spring,0,1,0,False,6,False,clear,9.84,14.395,0.81,0,16
winter,1,12,23,True,1,False,heavy_rain,10.66,13.635,0.65,8.9981,49
"""
BIKES_COLUMNS = "season* year month hour holiday* weekday workingday* weather* temp feel_temp humidity windspeed count"
GERMAN = """\
'<0',6,'critical/other existing credit',radio/tv,1169,'no known savings','>=7',4,'male single',none,4,'real estate',\
67,none,own,2,skilled,1,yes,yes,good
'0<=X<200',48,'existing paid',radio/tv,5951,'<100','1<=X<4',2,'female div/dep/mar',none,2,'real estate',\
22,none,own,1,skilled,1,none,yes,bad
"""
GERMAN_COLUMNS = (
    "checking_status* duration credit_history* purpose* credit_amount savings_status* employment* "
    "installment_commitment personal_status* other_parties* residence_since property_magnitude* age "
    "other_payment_plans* housing* existing_credits job* num_dependents own_telephone* foreign_worker* class*"
)
FRAUD = "".join(f"{time},{'-1.5,' * 28}{amount},'{kind}'\n" for time, amount, kind in [(0, 9.5, 0), (1, 0, 1)])
FRAUD_COLUMNS = f"Time! {' '.join(f'V{i}' for i in range(1, 29))} Amount Class*"
CALIFORNIA = "-122.23,37.88,41.0,880.0,129.0,322.0,126.0,8.3252,452600.0\n" * 2

OPENML = {
    "adult": (_downloads.ADULT, ADULT_COLUMNS, ADULT),
    "bike_sharing_demand": (_downloads.BIKES, BIKES_COLUMNS, BIKES),
    "credit-g": (_downloads.GERMAN, GERMAN_COLUMNS, GERMAN),
    "creditcard": (_downloads.FRAUD, FRAUD_COLUMNS, FRAUD),
}


class Answers:
    """A server of OpenML's: what it is asked for, and what goes wrong on the way."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.trouble: Exception | None = None
        self.sent = {name: data for name, (_, _, data) in OPENML.items()}

    def urlopen(self, request):
        path = urlparse(request.full_url).path
        self.asked.append(path)
        if self.trouble is not None:
            raise self.trouble
        content = self._arff(path) if path.startswith("/data/") else json.dumps(self._json(path)).encode()
        answer = io.BytesIO(content)
        answer.info = dict
        return answer

    def _json(self, path: str) -> dict:
        if "/list/data_name/" in path:
            name = path.split("/data_name/")[1].split("/", maxsplit=1)[0]
            return {"data": {"dataset": [{"did": list(OPENML).index(name), "name": name}]}}
        name = list(OPENML)[int(path.rsplit("/", 1)[1])]
        _, columns, data = OPENML[name]
        if "/features/" in path:
            return {"data_features": {"feature": [self._feature(i, c) for i, c in enumerate(columns.split())]}}
        if "/qualities/" in path:
            return {
                "data_qualities": {
                    "quality": [{"name": "NumberOfInstances", "value": str(float(len(data.splitlines())))}]
                }
            }
        description = {
            "id": path.rsplit("/", 1)[1],
            "name": name,
            "version": "1",
            "description": name,
            "format": "ARFF",
            "status": "active",
            "url": f"https://www.openml.org/data/v1/download/{name}.arff",
            "md5_checksum": hashlib.md5(self._whole(columns, data)).hexdigest(),
        }
        return {"data_set_description": description}

    def _feature(self, index: int, column: str) -> dict:
        return {
            "index": str(index),
            "name": column.rstrip("*!"),
            "data_type": "nominal" if column.endswith("*") else "numeric",
            "is_target": str(column.rstrip("*") in {"class", "Class", "count"}).lower(),
            "is_ignore": "false",
            "is_row_identifier": str(column.endswith("!")).lower(),
            "number_of_missing_values": "0",
        }

    def _arff(self, path: str) -> bytes:
        name = Path(path).stem
        return self._whole(OPENML[name][1], self.sent[name])

    def _whole(self, columns: str, data: str) -> bytes:
        """An ARFF file; texts are declared with the values that occur."""
        rows = [line.split(",") for line in data.splitlines()]
        head = ""
        for i, column in enumerate(columns.split()):
            values = dict.fromkeys(row[i].strip() for row in rows if i < len(row) and row[i].strip() != "?")
            kind = f"{{{','.join(values)}}}" if column.endswith("*") else "numeric"
            head += f"@attribute '{column.rstrip('*!')}' {kind}\n"
        return f"@relation it\n{head}@data\n{data}".encode()


@pytest.fixture
def server(monkeypatch, tmp_path):
    answers = Answers()
    monkeypatch.setattr(_openml, "urlopen", answers.urlopen)
    monkeypatch.setattr(_openml.time, "sleep", lambda _seconds: None)
    monkeypatch.setenv("CURRICULUM_DATA", str(tmp_path / "dönnés kept"))
    return answers


@pytest.fixture
def california(monkeypatch, tmp_path):
    """The archive of California's data, shortened, in place of the one that is far away."""
    archive = tmp_path / "houses.tgz"
    with tarfile.open(archive, "w:gz") as file:
        member = tarfile.TarInfo("CaliforniaHousing/cal_housing.data")
        member.size = len(CALIFORNIA)
        file.addfile(member, io.BytesIO(CALIFORNIA.encode()))
    monkeypatch.setenv("CURRICULUM_DATA", str(tmp_path / "kept"))
    known = _california_housing.ARCHIVE._replace(checksum=hashlib.sha256(archive.read_bytes()).hexdigest())
    monkeypatch.setattr(_california_housing, "ARCHIVE", known)
    monkeypatch.setattr(_base, "urlretrieve", lambda _url, path: Path(path).write_bytes(archive.read_bytes()))
    return archive


def short(download, rows=2):
    return replace(download, rows=rows)


def refusal(download) -> str:
    with pytest.raises(DataError) as caught:
        _fetch.load(download)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return message


def sheet(name: str) -> list[sheets.Column]:
    return sheets.columns_of(sheets.read(_registry.root() / name / "datasheet.md"))


def loaded(name: str) -> pd.DataFrame:
    download, _, data = OPENML[name]
    return _fetch.load(short(download, rows=len(data.splitlines())))


class TestTables:
    @pytest.mark.parametrize("name", OPENML)
    def test_it_is_what_its_datasheet_says(self, server, name):
        frame, columns = loaded(name), sheet(OPENML[name][0].name)
        assert [column.name for column in columns] == list(frame.columns)
        assert {column.name: column.dtype for column in columns} == {c: str(frame[c].dtype) for c in frame}
        for column in columns:
            values = frame[column.name]
            if isinstance(values.dtype, pd.CategoricalDtype):
                assert column.quoted == list(values.cat.categories)
                assert ("ordered" in column.meaning) == values.cat.ordered
            if values.isna().any():
                assert "missing" in column.meaning

    def test_adult(self, server):
        frame = loaded("adult")
        assert frame.loc[0, ["age", "final_weight", "education", "income"]].tolist() == [25, 226802, "11th", "<=50K"]
        assert frame["education"].max() == "Doctorate"
        assert frame.columns[frame.isna().any()].tolist() == ["work_class", "occupation", "native_country"]

    def test_bikes(self, server):
        frame = loaded("bike_sharing_demand")
        assert frame["year"].tolist() == [2011, 2012]
        assert frame["holiday"].tolist() == [False, True]
        assert frame["weather"].min() == "clear"
        assert frame["rentals"].tolist() == [16, 49]

    def test_german_credit(self, server):
        frame = loaded("credit-g")
        assert frame["checking_account"].tolist() == ["<0", "0<=X<200"]
        assert frame["telephone"].tolist() == [True, False]
        assert frame["employment"].max() == ">=7"

    def test_fraud_has_no_time_column(self, server):
        frame = loaded("creditcard")
        assert frame.shape == (2, 30)
        assert frame["fraud"].tolist() == [False, True]

    def test_california(self, california):
        frame = _fetch.load(short(_downloads.CALIFORNIA))
        columns = sheet("california_housing")
        assert {column.name: column.dtype for column in columns} == {c: str(frame[c].dtype) for c in frame}
        assert frame["house_value"].tolist() == [4.526, 4.526]
        assert frame.loc[0, "rooms_per_household"] == pytest.approx(880 / 126)

    def test_the_catalogue_knows_them(self):
        assert [source.name for source in _downloads.DOWNLOADS] == sorted(
            source.name for source in _downloads.DOWNLOADS
        )
        for source in _downloads.DOWNLOADS:
            assert source.kind == "download"
            assert len(sheet(source.name)) == source.columns
            assert f"{source.rows:,}" in sheets.read(_registry.root() / source.name / "datasheet.md")


class TestTheFolder:
    def test_the_second_use_needs_no_network(self, server):
        first = loaded("adult")
        server.trouble = AssertionError("a second use asked for the network")
        asked = list(server.asked)
        second = loaded("adult")
        assert_frame_equal(first, second)
        assert server.asked == asked
        second.loc[0, "age"] = -1
        assert loaded("adult").loc[0, "age"] == 25

    def test_nothing_but_the_table_and_its_checksum_is_kept(self, server):
        loaded("adult")
        assert sorted(path.name for path in _fetch.folder().iterdir()) == ["adult.parquet", "adult.sha256"]

    def test_without_the_variable_it_is_the_platforms(self, monkeypatch):
        monkeypatch.delenv("CURRICULUM_DATA", raising=False)
        assert _fetch.folder().is_absolute()
        assert "curriculum" in _fetch.folder().parts

    @pytest.mark.parametrize("place", ["adult.parquet", "adult.sha256"])
    @pytest.mark.parametrize("harm", ["cut", "changed", "empty", "gone"])
    def test_a_damaged_copy_is_fetched_again(self, server, place, harm):
        first = loaded("adult")
        file = _fetch.folder() / place
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        harmed = {"cut": content[: len(content) // 2], "changed": content, "empty": b""}
        file.unlink() if harm == "gone" else file.write_bytes(harmed[harm])
        server.asked.clear()
        assert_frame_equal(loaded("adult"), first)
        assert server.asked
        server.asked.clear()
        assert_frame_equal(loaded("adult"), first)
        assert not server.asked

    def test_a_damaged_copy_without_connection_says_both(self, server):
        loaded("adult")
        (_fetch.folder() / "adult.parquet").write_bytes(b"PAR1")
        server.trouble = URLError("no route")
        message = refusal(short(_downloads.ADULT, 3))
        assert message.startswith("adult must be downloaded again, since its copy here is damaged (about 6 MB)")
        assert "there is no connection" in message

    def test_a_copy_of_another_version_of_the_course_is_fetched_again(self, server):
        loaded("adult")
        kept = _fetch.folder() / "adult.parquet"
        pd.DataFrame({"age": [1, 2]}).to_parquet(kept)
        kept.with_suffix(".sha256").write_text(_registry.digest(kept.read_bytes()), encoding="utf-8")
        assert len(loaded("adult")) == 3

    @pytest.mark.skipif(sys.platform == "win32", reason="a file in place of a folder is another error there")
    def test_a_folder_that_cannot_be_written_is_named(self, server, monkeypatch, tmp_path):
        (tmp_path / "file").write_text("not a folder", encoding="utf-8")
        monkeypatch.setenv("CURRICULUM_DATA", str(tmp_path / "file"))
        message = refusal(short(_downloads.ADULT, 3))
        assert "file" in message
        assert "CURRICULUM_DATA" in message


class TestTrouble:
    @pytest.mark.parametrize(
        "trouble",
        [URLError("no route"), TimeoutError("slow"), ConnectionResetError("reset"), socket.gaierror("no name")],
        ids=lambda trouble: type(trouble).__name__,
    )
    def test_offline(self, server, trouble):
        server.trouble = URLError(trouble) if isinstance(trouble, socket.gaierror) else trouble
        assert refusal(_downloads.ADULT) == (
            "adult must be downloaded once (about 6 MB) and there is no connection to its source: "
            "try again online; datasets.catalogue() lists what works offline"
        )
        assert len(server.asked) <= 4
        assert list(_fetch.folder().iterdir()) == []
        server.trouble = None
        assert len(loaded("adult")) == 3

    def test_offline_in_california(self, california, monkeypatch):
        def refuse(*_args):
            raise URLError("no route")

        monkeypatch.setattr(_base, "urlretrieve", refuse)
        monkeypatch.setattr(_base.time, "sleep", lambda _seconds: None)
        assert "there is no connection" in refusal(_downloads.CALIFORNIA)

    @pytest.mark.parametrize("code", [412, 429, 500, 503])
    def test_a_failing_server(self, server, code):
        server.trouble = HTTPError("https://www.openml.org", code, "busy", {}, io.BytesIO(b""))
        message = refusal(_downloads.ADULT)
        assert "adult must be downloaded once (about 6 MB)" in message
        assert "datasets.catalogue()" in message
        assert code == 412 or f"error {code}" in message

    def test_data_that_was_changed_on_the_way(self, server):
        server.sent["adult"] = ADULT.replace("226802", "226803")
        assert "what its source sent is damaged" in refusal(short(_downloads.ADULT, 3))
        assert list(_fetch.folder().iterdir()) == []

    def test_an_archive_that_was_changed_on_the_way(self, california):
        california.write_bytes(gzip.compress(b"something else"))
        assert "what its source sent is damaged" in refusal(short(_downloads.CALIFORNIA))

    def test_another_number_of_rows(self, server):
        message = refusal(_downloads.ADULT)
        assert "has 3 rows and 15 columns" in message
        assert "48,842 and 15" in message
        assert list(_fetch.folder().iterdir()) == []

    @pytest.mark.parametrize(
        ("old", "new"), [("Private", "Secret"), ("25,", "?,"), ("<=50K", "?")], ids=["value", "gap", "target"]
    )
    def test_values_that_the_course_does_not_know(self, server, monkeypatch, old, new):
        changed = ADULT.replace(old, new)
        monkeypatch.setitem(OPENML, "adult", (_downloads.ADULT, ADULT_COLUMNS, changed))
        server.sent["adult"] = changed
        assert "other columns or values" in refusal(short(_downloads.ADULT, 3))

    def test_columns_that_the_course_does_not_know(self, server, monkeypatch):
        monkeypatch.setitem(OPENML, "adult", (_downloads.ADULT, ADULT_COLUMNS.replace("race", "origin"), ADULT))
        assert "other columns or values" in refusal(short(_downloads.ADULT, 3))

    def test_waiting_has_an_end_and_is_as_before_afterwards(self, server, monkeypatch):
        waits = []
        answer = server.urlopen
        monkeypatch.setattr(_openml, "urlopen", lambda r: waits.append(socket.getdefaulttimeout()) or answer(r))
        before = socket.getdefaulttimeout()
        loaded("adult")
        assert all(waits)
        assert socket.getdefaulttimeout() == before
