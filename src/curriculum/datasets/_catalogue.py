"""What data there is and how a user gets it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.datasets import _real
from curriculum.errors import DataError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd


def load(name: str) -> pd.DataFrame:
    """Load a data set as a typed table.

    Args:
        name: a name in the catalogue.

    Returns:
        A new frame; changing it changes nothing for whoever loads it next.

    Raises:
        UnknownNameError: there is no such data set; the message suggests the nearest name.

    Example:
        >>> from curriculum import datasets
        >>> datasets.load("diabetes").shape
        (442, 11)
    """
    return _source(name).load()


def describe(name: str) -> str:
    """Give a data set's datasheet, as Markdown.

    Args:
        name: a name in the catalogue.

    Raises:
        UnknownNameError: there is no such data set.
        DataError: its datasheet is missing from the installation.

    Example:
        >>> from curriculum import datasets
        >>> print(datasets.describe("diabetes").splitlines()[0])
        # diabetes
    """
    _source(name)
    path = _root() / name / "datasheet.md"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        message = f"the datasheet of {name!r} is missing from this installation: install the package again"
        raise DataError(message) from None


def catalogue() -> pd.DataFrame:
    """List the data sets: one row each, with name, title, number of rows and source.

    Example:
        >>> from curriculum import datasets
        >>> "diabetes" in set(datasets.catalogue()["name"])
        True
    """
    import pandas as pd

    rows = [(s.name, s.title, s.rows, s.source) for s in _real.SOURCES]
    return pd.DataFrame(rows, columns=["name", "title", "rows", "source"])


def _source(name: str) -> _real.Source:
    for source in _real.SOURCES:
        if source.name == name:
            return source
    raise UnknownNameError("data set", name, [s.name for s in _real.SOURCES], "datasets.catalogue()")


def _root() -> Path:
    package = Path(__file__).resolve().parents[1]
    packed = package / "_course" / "datasets"
    return packed if packed.is_dir() else package.parents[1] / "datasets"
