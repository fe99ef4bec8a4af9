"""Real data that comes with scikit-learn and statsmodels, with names and types that say what the columns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


@dataclass(frozen=True)
class Source:
    """One data set: what it is called, where it comes from and how it is loaded."""

    name: str
    title: str
    rows: int
    source: str
    load: Callable[[], pd.DataFrame]


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


SOURCES = (
    Source(
        name="diabetes",
        title="442 patients: ten measurements, and the disease a year later",
        rows=442,
        source="scikit-learn, load_diabetes",
        load=_diabetes,
    ),
)
