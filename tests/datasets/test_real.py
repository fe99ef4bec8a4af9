"""The real data sets: what the libraries have, unchanged in content, with the names and types that the sheets list."""

from __future__ import annotations

import hashlib
import importlib
import socket

import numpy as np
import pandas as pd
import pytest
import sheets
from sklearn import datasets as sklearn_datasets

from curriculum.datasets import _registry, real

# A change here is a change of the library's data or of how it is named and typed: look at what changed before you
# write down another value.
CONTENTS = {
    "anes96": "b4644c5e34e2347680cbc302bdef3fdebcb69dd9229a09b78e84fc8de857cc61",
    "breast_cancer": "0afbadcf5fce9ef95016deed7db564ad0bf09908154cfe5a4a43696094a2985b",
    "co2": "1f791cbbb56f93251f03b593d8889d26efd5a651d46af664b22a63813576e915",
    "danish_data": "e929f098bf15ffe1f12ce5380885ebf35f09614317f8c6a8d6e95a37d5343f54",
    "diabetes": "c4f27efb2043e6b1591bad74b5a6d72e61d3fcb4ef5a7a3dd9df46828940528c",
    "digits": "035b9ba857252a0c5f32907ea561a39271482ff7afc518c9976b9b0babcde42c",
    "elec_equip": "41ac92fc538c09b39f404d21bacb44e7dce6e8e42d959eb0a6306e97ea3dd8fe",
    "elnino": "53276c415b7e3bb7649df1097ffd786a5cae9b625cf3ac42ecfd31736b091a14",
    "engel": "823b9d21c87814956abc846217e71074082643409cd23205d84dcf0168610fa5",
    "fair": "90b755349c826c0e4a766d9ad2c02f5f3b4c8d821c1f08c4430e0e75cb526cbc",
    "grunfeld": "628b7ad5dac1a458cf985c46105e5417ba39948e2a29d65a87ead189f96f5c8f",
    "linnerud": "28b462ba195ca0e761190489309b3c6409a0678ae004cff09e98c4c329a813b2",
    "longley": "1a549b258fd933373b5abe499d11ed0bbaa7b213b1d35ba205ba99cb0fcb7fad",
    "macrodata": "18353343420d7d77da44be0447acd2e6ab563043c9c0426690921eb1a008eaf6",
    "modechoice": "2186c03af720fd806d421c582260921ed74a0ed7c0ccd3dfbd46ac0440dd931d",
    "nile": "ba7b0f7dfd64697a144a8e7a8d38db2c26d4dad44197f82c895647ad6c15ed8e",
    "randhie": "550d67a658e9e4fddae0c4a2443c427a56b1d35ff90ac5769253b37d7a976bdc",
    "scotland": "14a32c425caf2a025ce948321bc4a9f4c3f9a1e3b0217109bf18e447026d9e7a",
    "spector": "a6ae82cf445252c9fb0e5854caef6ac3ad43a1528be7b48e045e3a034a798769",
    "stackloss": "81bfb7e47cc8104c734b59c60700b0841fdc6405b8c16a35866761490edb2544",
    "star98": "4c2adcd96fcd5eb7de9100e33bec93f26c30563c4e8f10cf68ca7d96bdb13ae3",
    "statecrime": "6d7f2ec1041188c701c81b113d5c850c3fd185a381fccf6de8e361c8089c83de",
    "strikes": "00e21e9adbdc52f7f79e1e36a93d9423e1bdc10aef600ea29b34fa4019d0ddc6",
    "sunspots": "79e2fbfc092d7bddf1512d5ee38fd8bbe96deff6afa4153d30b32a413ac0c0a0",
    "wine": "2466f50bd6d9bafc30127c5a1ca3e4417cea277d96909b6796fd7a2279e685e0",
}
SOURCES = {source.name: source for source in real.SOURCES}


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a data set asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def digest(frame: pd.DataFrame) -> str:
    """A checksum of names, types, categories and values."""
    types = [(c, str(t), list(map(str, getattr(t, "categories", [])))) for c, t in frame.dtypes.items()]
    values = pd.util.hash_pandas_object(frame, index=True).to_numpy().astype("<u8").tobytes()
    return hashlib.sha256(repr(types).encode() + values).hexdigest()


def upstream(name: str) -> pd.DataFrame:
    return importlib.import_module(f"statsmodels.datasets.{name}").load_pandas().data


def test_the_sources_are_in_order_and_all_of_them_are_pinned():
    assert list(SOURCES) == sorted(SOURCES) == sorted(CONTENTS)
    assert {source.kind for source in real.SOURCES} == {"real"}


@pytest.mark.parametrize("name", SOURCES)
class TestEverySet:
    def test_its_content_is_the_one_that_lessons_know(self, name):
        assert digest(SOURCES[name].load()) == CONTENTS[name]

    def test_it_is_a_plain_typed_table(self, name):
        frame = SOURCES[name].load()
        assert frame.shape == (SOURCES[name].rows, SOURCES[name].columns)
        assert isinstance(frame.index, pd.RangeIndex)
        assert "object" not in set(map(str, frame.dtypes))
        assert all(column.isidentifier() and column.islower() for column in frame.columns)

    def test_changing_it_changes_nothing_for_the_next(self, name):
        frame, before = SOURCES[name].load(), digest(SOURCES[name].load())
        for column in frame.columns:
            frame[column] = frame[column].iloc[::-1].to_numpy()
        frame["more"] = 1
        assert digest(SOURCES[name].load()) == before

    def test_its_sheet_tells_columns_categories_and_gaps(self, name):
        frame = SOURCES[name].load()
        columns = sheets.columns_of(sheets.read(_registry.root() / name / "datasheet.md"))
        assert {column.name: column.dtype for column in columns} == {c: str(frame[c].dtype) for c in frame}
        for column in columns:
            values = frame[column.name]
            if isinstance(values.dtype, pd.CategoricalDtype):
                assert set(map(str, values.cat.categories)) == set(column.quoted)
                assert ("ordered" in column.meaning) == values.cat.ordered
                assert set(values.dropna()) == set(values.cat.categories)
            assert ("missing" in column.meaning) == values.isna().any()

    def test_its_sheet_tells_the_licence(self, name):
        sheet = " ".join(sheets.read(_registry.root() / name / "datasheet.md").split())
        if "statsmodels" in SOURCES[name].source:
            stated = importlib.import_module(f"statsmodels.datasets.{name}").COPYRIGHT
            assert " ".join(stated.split()) in sheet
            assert ("permission" in SOURCES[name].licence) == ("permission" in stated)
        else:
            assert "BSD" in SOURCES[name].licence
            assert "BSD" in sheet


class TestCodes:
    """Labels stand where the libraries' codes stood."""

    def test_voters(self):
        frame, codes = SOURCES["anes96"].load(), upstream("anes96")
        assert (frame["vote"] == "Dole").equals(codes["vote"] == 1)
        for name, code in {"party": "PID", "own_leaning": "selfLR", "education": "educ", "income": "income"}.items():
            assert (frame[name].cat.codes - codes[code]).nunique() == 1
        assert set(frame.loc[codes["income"] == 15, "income"]) == {"25-30"}
        assert set(frame.loc[codes["income"] == 24, "income"]) == {"105+"}

    def test_malignant_is_named_not_numbered(self):
        frame, codes = SOURCES["breast_cancer"].load(), sklearn_datasets.load_breast_cancer()
        assert frame["diagnosis"].value_counts().to_dict() == {"benign": 357, "malignant": 212}
        assert list(codes.target_names[codes.target]) == list(frame["diagnosis"])

    def test_marriages(self):
        frame, codes = SOURCES["fair"].load(), upstream("fair")
        assert set(frame.loc[codes["rate_marriage"] == 5, "marriage_rating"]) == {"very good"}
        assert set(frame.loc[codes["occupation_husb"] == 6, "husband_occupation"]) == {"professional"}
        assert frame["religious"].max() == "strongly"

    def test_travellers_choose_once(self):
        frame = SOURCES["modechoice"].load()
        assert (frame.groupby("traveller")["chosen"].sum() == 1).all()
        assert set(frame.loc[frame["mode"] == "car", "waiting_time"]) == {0}

    def test_health(self):
        frame, codes = SOURCES["randhie"].load(), upstream("randhie")
        for name, code in {"good": "hlthg", "fair": "hlthf", "poor": "hlthp"}.items():
            assert (frame["health"] == name).equals(codes[code] == 1)
        assert list(frame["health"].cat.categories) == ["poor", "fair", "good", "excellent"]

    def test_wines(self):
        assert SOURCES["wine"].load()["cultivator"].cat.codes.tolist() == list(sklearn_datasets.load_wine().target)


class TestTime:
    def test_weeks_of_carbon_dioxide(self):
        frame = SOURCES["co2"].load()
        assert set(frame["date"].diff().dropna()) == {pd.Timedelta(days=7)}
        assert frame["co2"].isna().sum() == 59

    def test_months_of_the_pacific(self):
        frame, wide = SOURCES["elnino"].load(), upstream("elnino").set_index("YEAR")
        assert frame["month"].is_monotonic_increasing
        march = frame.loc[frame["month"] == "1998-03-01", "temperature"]
        assert march.tolist() == [wide.loc[1998, "MAR"]]

    @pytest.mark.parametrize(
        ("name", "first", "last"), [("macrodata", "1959-01", "2009-07"), ("danish_data", "1974-01", "1987-07")]
    )
    def test_quarters(self, name, first, last):
        quarters = SOURCES[name].load()["quarter"]
        expected = pd.date_range(f"{first}-01", f"{last}-01", freq="QS")
        assert quarters.tolist() == expected.tolist()

    def test_the_first_inflation_is_no_measurement(self):
        frame = SOURCES["macrodata"].load()
        computed = 400 * np.log(frame["consumer_prices"]).diff()
        assert frame.loc[0, "inflation"] == 0
        np.testing.assert_allclose(frame["inflation"][1:], computed[1:], atol=0.006)


def test_digits_are_pictures():
    frame = SOURCES["digits"].load()
    picture = frame.iloc[7, :64].to_numpy().reshape(8, 8)
    np.testing.assert_array_equal(picture, sklearn_datasets.load_digits().images[7])
    assert set(map(str, frame.dtypes)) == {"int64"}
