"""Data sets that come with statsmodels, with names and types that say what the columns are."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

from curriculum.datasets._source import Source
from curriculum.datasets.real._columns import dated, labelled, named, whole

if TYPE_CHECKING:
    import pandas as pd

_PUBLIC = "public domain, says statsmodels"
_PERMISSION = "with the author's permission, in statsmodels"


def _anes96() -> pd.DataFrame:
    names = {
        "popul": "place_population",
        "TVnews": "tv_news_days",
        "selfLR": "own_leaning",
        "ClinLR": "clinton_leaning",
        "DoleLR": "dole_leaning",
        "PID": "party",
        "age": "age",
        "educ": "education",
        "income": "income",
        "vote": "vote",
    }
    frame = whole(named(_statsmodels("anes96"), names), "place_population", "tv_news_days", "age")
    return frame.assign(
        own_leaning=labelled(frame["own_leaning"], _LEANINGS, ordered=True),
        clinton_leaning=labelled(frame["clinton_leaning"], _LEANINGS, ordered=True),
        dole_leaning=labelled(frame["dole_leaning"], _LEANINGS, ordered=True),
        party=labelled(frame["party"], _PARTIES, ordered=True),
        education=labelled(frame["education"], _DEGREES, ordered=True),
        income=labelled(frame["income"], _INCOMES, ordered=True),
        vote=labelled(frame["vote"], {0: "Clinton", 1: "Dole"}),
    )


_LEANINGS = {
    1: "extremely liberal",
    2: "liberal",
    3: "slightly liberal",
    4: "moderate",
    5: "slightly conservative",
    6: "conservative",
    7: "extremely conservative",
}


_PARTIES = {
    0: "strong Democrat",
    1: "weak Democrat",
    2: "independent Democrat",
    3: "independent",
    4: "independent Republican",
    5: "weak Republican",
    6: "strong Republican",
}


# The study's own labels; from 5 up those in statsmodels are a step too high (see the datasheet).
_DEGREES = {
    1: "8 grades or less",
    2: "some high school",
    3: "high school",
    4: "some college",
    5: "community college",
    6: "bachelor",
    7: "advanced degree",
}


# In thousands of dollars; "3-5" is 3,000 to 4,999.
_BOUNDS = (0, 3, 5, 7, 9, 10, 11, 12, 13, 14, 15, 17, 20, 22, 25, 30, 35, 40, 45, 50, 60, 75, 90, 105)


_INCOMES = {
    **{code: f"{low}-{high}" for code, (low, high) in enumerate(pairwise(_BOUNDS), start=1)},
    24: "105+",
}


def _co2() -> pd.DataFrame:
    return dated(_statsmodels("co2"), "date")


def _danish_data() -> pd.DataFrame:
    names = {
        "lrm": "log_real_money",
        "lry": "log_real_income",
        "lpy": "log_prices",
        "ibo": "bond_rate",
        "ide": "deposit_rate",
    }
    return dated(named(_statsmodels("danish_data"), names), "quarter")


def _elec_equip() -> pd.DataFrame:
    frame = _statsmodels("elec_equip")
    return dated(frame.set_axis(["turnover"], axis="columns"), "month")


def _elnino() -> pd.DataFrame:
    import pandas as pd

    wide = _statsmodels("elnino").set_index("YEAR")
    months = pd.date_range(f"{wide.index[0]:.0f}-01-01", periods=wide.size, freq="MS", unit="us")
    return pd.DataFrame({"month": months, "temperature": wide.to_numpy().ravel()})


def _engel() -> pd.DataFrame:
    return _statsmodels("engel").rename(columns={"foodexp": "food_expenditure"})


def _fair() -> pd.DataFrame:
    names = {
        "rate_marriage": "marriage_rating",
        "age": "age",
        "yrs_married": "years_married",
        "children": "children",
        "religious": "religious",
        "educ": "education",
        "occupation": "occupation",
        "occupation_husb": "husband_occupation",
        "affairs": "affairs",
    }
    frame = whole(named(_statsmodels("fair"), names), "education")
    ratings = {1: "very poor", 2: "poor", 3: "fair", 4: "good", 5: "very good"}
    devotion = {1: "not", 2: "mildly", 3: "fairly", 4: "strongly"}
    return frame.assign(
        marriage_rating=labelled(frame["marriage_rating"], ratings, ordered=True),
        religious=labelled(frame["religious"], devotion, ordered=True),
        occupation=labelled(frame["occupation"], _OCCUPATIONS),
        husband_occupation=labelled(frame["husband_occupation"], _OCCUPATIONS),
    )


_OCCUPATIONS = {
    1: "student",
    2: "farming or unskilled",
    3: "white-collar",
    4: "teaching, caring, arts or skilled",
    5: "managerial",
    6: "professional",
}


def _grunfeld() -> pd.DataFrame:
    names = {
        "firm": "firm",
        "year": "year",
        "invest": "investment",
        "value": "market_value",
        "capital": "capital",
    }
    return whole(named(_statsmodels("grunfeld"), names), "year").astype({"firm": "category"})


def _longley() -> pd.DataFrame:
    names = {
        "YEAR": "year",
        "GNPDEFL": "gnp_deflator",
        "GNP": "gnp",
        "UNEMP": "unemployed",
        "ARMED": "armed_forces",
        "POP": "population",
        "TOTEMP": "employed",
    }
    frame = named(_statsmodels("longley"), names)
    return whole(frame, *frame.columns.drop("gnp_deflator"))


def _macrodata() -> pd.DataFrame:
    import pandas as pd

    names = {
        "realgdp": "real_gdp",
        "realcons": "real_consumption",
        "realinv": "real_investment",
        "realgovt": "real_government_spending",
        "realdpi": "real_disposable_income",
        "cpi": "consumer_prices",
        "m1": "money",
        "tbilrate": "treasury_bill_rate",
        "unemp": "unemployment",
        "pop": "population",
        "infl": "inflation",
        "realint": "real_interest_rate",
    }
    frame = _statsmodels("macrodata")
    parts = pd.DataFrame({"year": frame["year"], "month": 3 * frame["quarter"] - 2, "day": 1})
    return dated(named(frame, names).set_index(pd.Index(pd.to_datetime(parts))), "quarter")


def _modechoice() -> pd.DataFrame:
    names = {
        "individual": "traveller",
        "mode": "mode",
        "choice": "chosen",
        "ttme": "waiting_time",
        "invt": "travel_time",
        "invc": "cost",
        "gc": "generalised_cost",
        "hinc": "household_income",
        "psize": "party_size",
    }
    frame = named(_statsmodels("modechoice"), names).astype("int64")
    modes = labelled(frame["mode"], {1: "air", 2: "train", 3: "bus", 4: "car"})
    return frame.assign(mode=modes, chosen=frame["chosen"].astype("bool"))


def _nile() -> pd.DataFrame:
    return _statsmodels("nile").astype("int64")


def _randhie() -> pd.DataFrame:
    frame = _statsmodels("randhie")
    grades = frame["hlthp"] + 2 * frame["hlthf"] + 3 * frame["hlthg"]
    names = {
        "mdvis": "visits",
        "lncoins": "log_coinsurance",
        "idp": "individual_deductible",
        "lpi": "log_participation_incentive",
        "fmde": "log_maximum_expenditure",
        "physlm": "physical_limitation",
        "disea": "chronic_diseases",
    }
    health = labelled(grades, {1: "poor", 2: "fair", 3: "good", 0: "excellent"})
    ladder = ["poor", "fair", "good", "excellent"]
    return (
        named(frame, names)
        .astype({"individual_deductible": "bool"})
        .assign(health=health.cat.set_categories(ladder, ordered=True))
    )


def _scotland() -> pd.DataFrame:
    names = {
        "YES": "yes_vote",
        "COUTAX": "council_tax",
        "UNEMPF": "female_unemployment",
        "MOR": "mortality",
        "ACT": "labour_participation",
        "GDP": "gdp",
        "AGE": "children",
    }
    return whole(named(_statsmodels("scotland"), names), "council_tax", "mortality", "gdp")


def _spector() -> pd.DataFrame:
    names = {"GPA": "grade_average", "TUCE": "economics_test", "PSI": "personalised", "GRADE": "improved"}
    frame = named(_statsmodels("spector"), names)
    return frame.astype({"economics_test": "int64", "personalised": "bool", "improved": "bool"})


def _stackloss() -> pd.DataFrame:
    names = {
        "AIRFLOW": "air_flow",
        "WATERTEMP": "water_temperature",
        "ACIDCONC": "acid_concentration",
        "STACKLOSS": "stack_loss",
    }
    return named(_statsmodels("stackloss"), names).astype("int64")


def _star98() -> pd.DataFrame:
    names = {
        "NABOVE": "above_median",
        "NBELOW": "below_median",
        "LOWINC": "low_income",
        "PERASIAN": "asian",
        "PERBLACK": "black",
        "PERHISP": "hispanic",
        "PERMINTE": "minority_teachers",
        "AVYRSEXP": "teacher_experience",
        "AVSALK": "teacher_salary",
        "PERSPENK": "spending_per_pupil",
        "PTRATIO": "pupils_per_teacher",
        "PCTAF": "preparation_courses",
        "PCTCHRT": "charter_schools",
        "PCTYRRND": "year_round_schools",
    }
    return whole(named(_statsmodels("star98"), names), "above_median", "below_median")


def _statecrime() -> pd.DataFrame:
    names = {
        "state": "state",
        "violent": "violent_crime",
        "murder": "murder",
        "hs_grad": "high_school",
        "poverty": "poverty",
        "single": "single_householder",
        "white": "white",
        "urban": "urban",
    }
    return named(_statsmodels("statecrime").reset_index(), names).astype({"state": "str"})


def _strikes() -> pd.DataFrame:
    return whole(_statsmodels("strikes").rename(columns={"iprod": "unanticipated_production"}), "duration")


def _sunspots() -> pd.DataFrame:
    return whole(_statsmodels("sunspots").rename(columns={"YEAR": "year", "SUNACTIVITY": "sunspots"}), "year")


def _statsmodels(name: str) -> pd.DataFrame:
    """Give a data set of statsmodels as the library does."""
    frame: pd.DataFrame = import_module(f"statsmodels.datasets.{name}").load_pandas().data
    return frame


SOURCES = (
    Source(
        name="anes96",
        title="Voters in the US election of 1996: opinions, party, income and vote",
        kind="real",
        rows=944,
        columns=10,
        source="American National Election Studies, through statsmodels",
        licence=_PUBLIC,
        load=_anes96,
    ),
    Source(
        name="co2",
        title="Carbon dioxide in the air at Mauna Loa, weekly, 1958 to 2001",
        kind="real",
        rows=2_284,
        columns=2,
        source="Keeling and Whorf, Scripps Institution of Oceanography, through statsmodels",
        licence=_PUBLIC,
        load=_co2,
    ),
    Source(
        name="danish_data",
        title="Money, income, prices and interest in Denmark, quarterly, 1974 to 1987",
        kind="real",
        rows=55,
        columns=6,
        source="Johansen and Juselius (1990), through statsmodels",
        licence=_PUBLIC,
        load=_danish_data,
    ),
    Source(
        name="elec_equip",
        title="Turnover of electrical-equipment makers in the euro area, monthly, 1995 to 2016",
        kind="real",
        rows=257,
        columns=2,
        source="Eurostat, through statsmodels",
        licence=_PUBLIC,
        load=_elec_equip,
    ),
    Source(
        name="elnino",
        title="Surface temperature of the Pacific off South America, monthly, 1950 to 2010",
        kind="real",
        rows=732,
        columns=2,
        source="US National Oceanic and Atmospheric Administration, through statsmodels",
        licence=_PUBLIC,
        load=_elnino,
    ),
    Source(
        name="engel",
        title="Income and food expenditure of 235 Belgian households in 1857",
        kind="real",
        rows=235,
        columns=2,
        source="Koenker and Bassett (1982), R package quantreg, through statsmodels",
        licence=_PUBLIC,
        load=_engel,
    ),
    Source(
        name="fair",
        title="A magazine's survey of 1974: marriages and affairs",
        kind="real",
        rows=6_366,
        columns=9,
        source="Fair (1978), through statsmodels",
        licence=_PERMISSION,
        load=_fair,
    ),
    Source(
        name="grunfeld",
        title="Investment of 11 US firms, yearly, 1935 to 1954",
        kind="real",
        rows=220,
        columns=5,
        source="Grunfeld (1958) after Kleiber and Zeileis (2008), through statsmodels",
        licence=_PUBLIC,
        load=_grunfeld,
    ),
    Source(
        name="longley",
        title="US employment and economy, yearly, 1947 to 1962",
        kind="real",
        rows=16,
        columns=7,
        source="Longley (1967), through statsmodels",
        licence=_PUBLIC,
        load=_longley,
    ),
    Source(
        name="macrodata",
        title="The US economy, quarterly, 1959 to 2009",
        kind="real",
        rows=203,
        columns=13,
        source="Federal Reserve Bank of St. Louis and Bureau of Labor Statistics, through statsmodels",
        licence=_PUBLIC,
        load=_macrodata,
    ),
    Source(
        name="modechoice",
        title="How 210 travellers went between Australian cities: air, train, bus or car",
        kind="real",
        rows=840,
        columns=9,
        source="Greene and Hensher (1997), through statsmodels",
        licence=_PUBLIC,
        load=_modechoice,
    ),
    Source(
        name="nile",
        title="Flow of the Nile at Aswan, yearly, 1871 to 1970",
        kind="real",
        rows=100,
        columns=2,
        source="Cobb (1978), through statsmodels",
        licence=_PUBLIC,
        load=_nile,
    ),
    Source(
        name="randhie",
        title="The RAND health insurance experiment: insurance plans and visits to doctors",
        kind="real",
        rows=20_190,
        columns=8,
        source="RAND Corporation, after Cameron and Trivedi (2005), through statsmodels",
        licence=_PUBLIC,
        load=_randhie,
    ),
    Source(
        name="scotland",
        title="The Scottish vote of 1997 on taxing powers, by council district",
        kind="real",
        rows=32,
        columns=7,
        source="Gill, Generalized Linear Models, through statsmodels",
        licence=_PERMISSION,
        load=_scotland,
    ),
    Source(
        name="spector",
        title="32 students of economics, some of them taught in a new way",
        kind="real",
        rows=32,
        columns=4,
        source="Spector and Mazzeo (1980), through statsmodels",
        licence=_PERMISSION,
        load=_spector,
    ),
    Source(
        name="stackloss",
        title="21 days of a plant that oxidises ammonia",
        kind="real",
        rows=21,
        columns=4,
        source="Brownlee (1965), through statsmodels",
        licence=_PUBLIC,
        load=_stackloss,
    ),
    Source(
        name="star98",
        title="Mathematics tests in 303 Californian school districts, 1998",
        kind="real",
        rows=303,
        columns=14,
        source="Gill, Generalized Linear Models, through statsmodels",
        licence=_PERMISSION,
        load=_star98,
    ),
    Source(
        name="statecrime",
        title="Crime and living conditions in the US states, 2009",
        kind="real",
        rows=51,
        columns=8,
        source="American Statistical Abstracts and US Census, through statsmodels",
        licence=_PUBLIC,
        load=_statecrime,
    ),
    Source(
        name="strikes",
        title="How long 62 strikes in US manufacturing lasted",
        kind="real",
        rows=62,
        columns=2,
        source="Kennan (1985), through statsmodels",
        licence=_PUBLIC,
        load=_strikes,
    ),
    Source(
        name="sunspots",
        title="Sunspots, yearly, 1700 to 2008",
        kind="real",
        rows=309,
        columns=2,
        source="US National Geophysical Data Center, through statsmodels",
        licence=_PUBLIC,
        load=_sunspots,
    ),
)
