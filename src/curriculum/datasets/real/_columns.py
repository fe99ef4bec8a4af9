"""Names and types for tables that come without good ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def named(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Give the columns that are named, in that order, under their new names."""
    return frame[list(names)].rename(columns=dict(names))


def whole(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Give a frame whose columns of whole numbers are stored as such."""
    return frame.astype(dict.fromkeys(columns, "int64"))


def labelled(codes: pd.Series, labels: Mapping[int, str], *, ordered: bool = False) -> pd.Series:
    """Give what codes stand for; the labels are the categories, in their order."""
    import pandas as pd

    kinds = pd.CategoricalDtype(list(labels.values()), ordered=ordered)
    return codes.astype("int64").map(dict(labels)).astype(kinds)


def dated(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give a frame with its dates as a first column instead of the index."""
    return frame.rename_axis(name).reset_index().astype({name: "datetime64[us]"})
