"""Data sets that come with scikit-learn, with names and types that say what the columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.datasets._source import Source
from curriculum.datasets.real._columns import labelled, named, whole

if TYPE_CHECKING:
    import pandas as pd

_BSD = "BSD 3-clause, with scikit-learn"


def _breast_cancer() -> pd.DataFrame:
    from sklearn.datasets import load_breast_cancer

    frame: pd.DataFrame = load_breast_cancer(as_frame=True).frame
    diagnosis = labelled(frame.pop("target"), {1: "benign", 0: "malignant"})
    return frame.rename(columns=lambda name: name.replace(" ", "_")).assign(diagnosis=diagnosis)


def _diabetes() -> pd.DataFrame:
    from sklearn.datasets import load_diabetes

    names = {
        "bp": "blood_pressure",
        "s1": "cholesterol",
        "s2": "ldl",
        "s3": "hdl",
        "s4": "cholesterol_ratio",
        "s5": "log_triglycerides",
        "s6": "glucose",
        "target": "progression",
    }
    frame: pd.DataFrame = load_diabetes(as_frame=True, scaled=False).frame.rename(columns=names)
    codes = frame["sex"].astype("int64").astype("category")
    return frame.assign(sex=codes)


def _digits() -> pd.DataFrame:
    from sklearn.datasets import load_digits

    frame: pd.DataFrame = load_digits(as_frame=True).frame.rename(columns={"target": "digit"}).astype("int64")
    return frame


def _linnerud() -> pd.DataFrame:
    from sklearn.datasets import load_linnerud

    names = {
        "Chins": "chin_ups",
        "Situps": "sit_ups",
        "Jumps": "jumps",
        "Weight": "weight",
        "Waist": "waist",
        "Pulse": "pulse",
    }
    return named(load_linnerud(as_frame=True).frame, names).astype("int64")


def _wine() -> pd.DataFrame:
    from sklearn.datasets import load_wine

    names = {"od280/od315_of_diluted_wines": "od280_od315_ratio", "target": "cultivator"}
    frame: pd.DataFrame = load_wine(as_frame=True).frame.rename(columns=names)
    cultivator = labelled(frame["cultivator"], {0: "class_0", 1: "class_1", 2: "class_2"})
    return whole(frame, "magnesium", "proline").assign(cultivator=cultivator)


SOURCES = (
    Source(
        name="breast_cancer",
        title="Cell nuclei in images of breast masses, benign or malignant",
        kind="real",
        rows=569,
        columns=31,
        source="Wolberg, Street and Mangasarian (UCI), through scikit-learn",
        licence=_BSD,
        load=_breast_cancer,
    ),
    Source(
        name="diabetes",
        title="442 patients: ten measurements, and the disease a year later",
        kind="real",
        rows=442,
        columns=11,
        source="Efron, Hastie, Johnstone and Tibshirani (2004), through scikit-learn",
        licence=_BSD,
        load=_diabetes,
    ),
    Source(
        name="digits",
        title="Handwritten digits as 8 by 8 pictures",
        kind="real",
        rows=1_797,
        columns=65,
        source="Alpaydin and Kaynak (UCI), through scikit-learn",
        licence=_BSD,
        load=_digits,
    ),
    Source(
        name="linnerud",
        title="Exercise and bodies of 20 men in a fitness club",
        kind="real",
        rows=20,
        columns=6,
        source="Tenenhaus (1998), through scikit-learn",
        licence=_BSD,
        load=_linnerud,
    ),
    Source(
        name="wine",
        title="Chemistry of 178 wines from three growers",
        kind="real",
        rows=178,
        columns=14,
        source="Forina and others (UCI), through scikit-learn",
        licence=_BSD,
        load=_wine,
    ),
)
