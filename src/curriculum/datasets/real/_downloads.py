"""Data sets that are fetched once, by scikit-learn, with names and types that say what the columns are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from curriculum.datasets._source import Source
from curriculum.datasets.real._fetch import Download, load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd


def _openml(name: str, version: int, parser: str = "pandas") -> Callable[[Path], pd.DataFrame]:
    def fetch(scratch: Path) -> pd.DataFrame:
        from sklearn.datasets import fetch_openml

        # One repetition, at once, is the least that it can be told.
        bunch = fetch_openml(
            name, version=version, data_home=scratch, as_frame=True, parser=parser, n_retries=1, delay=1e-9
        )
        frame: pd.DataFrame = bunch.frame
        return frame

    return fetch


def _california(scratch: Path) -> pd.DataFrame:
    from sklearn.datasets import fetch_california_housing

    frame: pd.DataFrame = fetch_california_housing(data_home=scratch, as_frame=True, n_retries=1, delay=1e-9).frame
    return frame


def _prepare_adult(raw: pd.DataFrame) -> pd.DataFrame:
    names = {
        "age": "age",
        "workclass": "work_class",
        "fnlwgt": "final_weight",
        "education": "education",
        "education-num": "education_number",
        "marital-status": "marital_status",
        "occupation": "occupation",
        "relationship": "relationship",
        "race": "race",
        "sex": "sex",
        "capital-gain": "capital_gain",
        "capital-loss": "capital_loss",
        "hours-per-week": "hours_per_week",
        "native-country": "native_country",
        "class": "income",
    }
    whole = ["age", "final_weight", "education_number", "capital_gain", "capital_loss", "hours_per_week"]
    frame = raw[list(names)].rename(columns=names).astype(dict.fromkeys(whole, "int64"))
    return frame.assign(
        native_country=frame["native_country"].astype("str"),
        education=_categories(frame["education"], _EDUCATION, ordered=True),
        income=_categories(frame["income"], ["<=50K", ">50K"], ordered=True),
        **{name: _categories(frame[name], values, gaps=name in _UNKNOWN) for name, values in _ADULT.items()},
    )


_UNKNOWN = {"work_class", "occupation"}
_EDUCATION = (
    *("Preschool", "1st-4th", "5th-6th", "7th-8th", "9th", "10th", "11th", "12th"),
    *("HS-grad", "Some-college", "Assoc-voc", "Assoc-acdm"),
    *("Bachelors", "Masters", "Prof-school", "Doctorate"),
)
_ADULT: Mapping[str, Sequence[str]] = {
    "work_class": (
        *("Federal-gov", "Local-gov", "Never-worked", "Private"),
        *("Self-emp-inc", "Self-emp-not-inc", "State-gov", "Without-pay"),
    ),
    "marital_status": (
        *("Divorced", "Married-AF-spouse", "Married-civ-spouse", "Married-spouse-absent"),
        *("Never-married", "Separated", "Widowed"),
    ),
    "occupation": (
        *("Adm-clerical", "Armed-Forces", "Craft-repair", "Exec-managerial", "Farming-fishing"),
        *("Handlers-cleaners", "Machine-op-inspct", "Other-service", "Priv-house-serv", "Prof-specialty"),
        *("Protective-serv", "Sales", "Tech-support", "Transport-moving"),
    ),
    "relationship": ("Husband", "Not-in-family", "Other-relative", "Own-child", "Unmarried", "Wife"),
    "race": ("Amer-Indian-Eskimo", "Asian-Pac-Islander", "Black", "Other", "White"),
    "sex": ("Female", "Male"),
}


def _prepare_bikes(raw: pd.DataFrame) -> pd.DataFrame:
    names = {
        "season": "season",
        "year": "year",
        "month": "month",
        "hour": "hour",
        "holiday": "holiday",
        "weekday": "weekday",
        "workingday": "working_day",
        "weather": "weather",
        "temp": "temperature",
        "feel_temp": "felt_temperature",
        "humidity": "humidity",
        "windspeed": "wind_speed",
        "count": "rentals",
    }
    whole = dict.fromkeys(["year", "month", "hour", "weekday", "rentals"], "int64")
    measured = dict.fromkeys(["temperature", "felt_temperature", "humidity", "wind_speed"], "float64")
    frame = raw[list(names)].rename(columns=names).astype(whole | measured)
    return frame.assign(
        year=2011 + frame["year"],
        season=_categories(frame["season"], ["spring", "summer", "fall", "winter"]),
        holiday=_flags(frame["holiday"], "True", "False"),
        working_day=_flags(frame["working_day"], "True", "False"),
        weather=_categories(frame["weather"], ["clear", "misty", "rain", "heavy_rain"], ordered=True),
    )


def _prepare_california(raw: pd.DataFrame) -> pd.DataFrame:
    names = {
        "MedInc": "median_income",
        "HouseAge": "house_age",
        "AveRooms": "rooms_per_household",
        "AveBedrms": "bedrooms_per_household",
        "Population": "population",
        "AveOccup": "people_per_household",
        "Latitude": "latitude",
        "Longitude": "longitude",
        "MedHouseVal": "house_value",
    }
    types = dict.fromkeys(names.values(), "float64") | {"house_age": "int64", "population": "int64"}
    return raw[list(names)].rename(columns=names).astype(types)


def _prepare_fraud(raw: pd.DataFrame) -> pd.DataFrame:
    names = {f"V{i}": f"component_{i}" for i in range(1, 29)} | {"Amount": "amount", "Class": "fraud"}
    measured = dict.fromkeys([*names.values()][:-1], "float64")
    frame = raw[list(names)].rename(columns=names).astype(measured)
    return frame.assign(fraud=_flags(frame["fraud"], "1", "0"))


def _prepare_german(raw: pd.DataFrame) -> pd.DataFrame:
    names = {
        "checking_status": "checking_account",
        "duration": "duration",
        "credit_history": "credit_history",
        "purpose": "purpose",
        "credit_amount": "amount",
        "savings_status": "savings",
        "employment": "employment",
        "installment_commitment": "instalment_rate",
        "personal_status": "personal_status",
        "other_parties": "other_parties",
        "residence_since": "residence",
        "property_magnitude": "property",
        "age": "age",
        "other_payment_plans": "other_instalments",
        "housing": "housing",
        "existing_credits": "credits",
        "job": "job",
        "num_dependents": "dependents",
        "own_telephone": "telephone",
        "foreign_worker": "foreign_worker",
        "class": "risk",
    }
    whole = ["duration", "amount", "instalment_rate", "residence", "age", "credits", "dependents"]
    frame = raw[list(names)].rename(columns=names).astype(dict.fromkeys(whole, "int64"))
    return frame.assign(
        employment=_categories(frame["employment"], ["unemployed", "<1", "1<=X<4", "4<=X<7", ">=7"], ordered=True),
        telephone=_flags(frame["telephone"], "yes", "none"),
        foreign_worker=_flags(frame["foreign_worker"], "yes", "no"),
        **{name: _categories(frame[name], values) for name, values in _GERMAN.items()},
    )


_GERMAN: Mapping[str, Sequence[str]] = {
    "checking_account": ("<0", "0<=X<200", ">=200", "no checking"),
    "credit_history": (
        *("no credits/all paid", "all paid", "existing paid"),
        *("delayed previously", "critical/other existing credit"),
    ),
    "purpose": (
        *("new car", "used car", "furniture/equipment", "radio/tv", "domestic appliance", "repairs"),
        *("education", "vacation", "retraining", "business", "other"),
    ),
    "savings": ("<100", "100<=X<500", "500<=X<1000", ">=1000", "no known savings"),
    "personal_status": ("male div/sep", "female div/dep/mar", "male single", "male mar/wid", "female single"),
    "other_parties": ("none", "co applicant", "guarantor"),
    "property": ("real estate", "life insurance", "car", "no known property"),
    "other_instalments": ("bank", "stores", "none"),
    "housing": ("rent", "own", "for free"),
    "job": ("unemp/unskilled non res", "unskilled resident", "skilled", "high qualif/self emp/mgmt"),
    "risk": ("good", "bad"),
}


def _categories(values: pd.Series, known: Sequence[str], *, ordered: bool = False, gaps: bool = False) -> pd.Series:
    """Give texts as categories; others than those that are known are refused, and gaps unless they are allowed."""
    import pandas as pd

    texts = values.astype("str")
    if not (texts.isin(known) | (texts.isna() & gaps)).all():
        message = f"{values.name}: other values than {', '.join(known)}"
        raise ValueError(message)
    return texts.astype(pd.CategoricalDtype(list(known), ordered=ordered))


def _flags(values: pd.Series, yes: str, no: str) -> pd.Series:
    """Give texts of two kinds as true and false; a gap or another text is refused."""
    texts = values.astype("str")
    if not texts.isin([yes, no]).all():
        message = f"{values.name}: other values than {yes} and {no}"
        raise ValueError(message)
    return texts == yes


ADULT = Download("adult", 6, 48_842, 15, _openml("adult", 2), _prepare_adult)
# scikit-learn's other parser stumbles over nominal values that pandas takes for true and false.
_BIKES = _openml("Bike_Sharing_Demand", 2, parser="liac-arff")
BIKES = Download("bike_sharing", 2, 17_379, 13, _BIKES, _prepare_bikes)
CALIFORNIA = Download("california_housing", 1, 20_640, 9, _california, _prepare_california)
FRAUD = Download("credit_card_fraud", 150, 284_807, 30, _openml("creditcard", 1), _prepare_fraud)
GERMAN = Download("german_credit", 1, 1_000, 21, _openml("credit-g", 1), _prepare_german)


def _entry(download: Download, title: str, source: str, licence: str) -> Source:
    return Source(
        name=download.name,
        title=title,
        kind="download",
        rows=download.rows,
        columns=download.columns,
        source=source,
        licence=licence,
        load=partial(load, download),
    )


DOWNLOADS = (
    _entry(
        ADULT,
        title="US census of 1994: who earns more than 50,000 dollars a year",
        source="Kohavi and Becker (UCI), fetched from OpenML",
        licence="public, says OpenML",
    ),
    _entry(
        BIKES,
        title="Bicycles rented in Washington, hour by hour, 2011 and 2012",
        source="Fanaee-T and Gama (UCI), Capital Bikeshare, fetched from OpenML",
        licence="see its source",
    ),
    _entry(
        CALIFORNIA,
        title="House values in California's census districts of 1990",
        source="Pace and Barry (StatLib), fetched by scikit-learn",
        licence="see its source",
    ),
    _entry(
        FRAUD,
        title="Card payments of two days in 2013, a few of them fraud",
        source="Worldline and Université Libre de Bruxelles, fetched from OpenML",
        licence="see its source",
    ),
    _entry(
        GERMAN,
        title="1,000 loans of a German bank in the 1970s, good and bad",
        source="Hofmann (UCI, Statlog), fetched from OpenML",
        licence="see its source",
    ),
)
