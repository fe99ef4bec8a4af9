"""What data there is and how a user gets it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.datasets import _registry, _samples, real
from curriculum.datasets._simulate import simulate
from curriculum.datasets._source import Source
from curriculum.errors import DataError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from curriculum.datasets.fernway import Truth


def load(name: str) -> pd.DataFrame:
    """Load a data set as a typed table.

    Args:
        name: a name in the catalogue.

    Returns:
        A new frame; changing it changes nothing for whoever loads it next.

    Raises:
        UnknownNameError: there is no such data set; the message suggests the nearest name.
        DataError: its file is missing or was changed, or it must be downloaded and there is no connection.

    Example:
        >>> from curriculum import datasets
        >>> datasets.load("diabetes").shape
        (442, 11)
    """
    return _source(name).load()


def path(name: str) -> Path:
    """Find the shipped file of one of Fernway's tables, for tools that read files themselves.

    Raises:
        UnknownNameError: there is no such data set.
        DataError: it has no file here (it is not Fernway's), or the file is missing or was changed.

    Example:
        >>> from curriculum import datasets
        >>> datasets.path("products").name
        'products.parquet'
    """
    _source(name)
    entry = _registry.shipped().get(name)
    if entry is None:
        message = f'{name!r} is not Fernway\'s and has no file here: use datasets.load("{name}")'
        raise DataError(message)
    _registry.content(entry)
    return _registry.root() / entry.file


def truth(name: str) -> Truth:
    """Give the truth behind the shipped sample of one of Fernway's tables, by simulating it again.

    Args:
        name: a name in the catalogue whose kind is "fernway".

    Returns:
        ``effects``, the planted constants, and ``rows``, what is hidden of each row of ``load(name)``.

    Raises:
        UnknownNameError: there is no such data set.
        DataError: it is not simulated, so that nobody knows its truth.

    Example:
        >>> from curriculum import datasets
        >>> datasets.truth("products").effects["organic_premium"]
        0.18
    """
    _source(name)
    entry = _registry.shipped().get(name)
    if entry is None:
        message = f"{name!r} is real: nobody knows its truth"
        raise DataError(message)
    return simulate(name, entry.n, entry.seed, **entry.options).truth


class Datasheet(str):
    """A datasheet's Markdown, which a notebook shows as a page."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)


def describe(name: str) -> Datasheet:
    """Give a data set's datasheet: Markdown, which a notebook shows as a page.

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
    sheet = _registry.root() / name / "datasheet.md"
    try:
        return Datasheet(sheet.read_text(encoding="utf-8"))
    except OSError:
        message = f"the datasheet of {name!r} is missing from this installation: install the package again"
        raise DataError(message) from None


def catalogue() -> pd.DataFrame:
    """List the data sets, one row each.

    Returns:
        name, title, kind (fernway: simulated, shipped and drawn afresh by ``simulate``; real: comes with a library;
        download: fetched once from its source), rows, columns, source and licence.

    Example:
        >>> from curriculum import datasets
        >>> datasets.catalogue().set_index("name").loc["products", "kind"]
        'fernway'
    """
    from curriculum.datasets._listing import Listing

    columns = ["name", "title", "kind", "rows", "columns", "source", "licence"]
    rows = [[getattr(source, column) for column in columns] for source in _sources()]
    return Listing(rows, columns=columns)


def _source(name: str) -> Source:
    sources = {source.name: source for source in _sources()}
    if not isinstance(name, str) or name not in sources:
        raise UnknownNameError("data set", name, sources, "datasets.catalogue()")
    return sources[name]


def _sources() -> list[Source]:
    return [*_fernway(), *real.SOURCES, *real.DOWNLOADS]


def _load(entry: _registry.Shipped) -> pd.DataFrame:
    return _samples.read(_registry.content(entry), Path(entry.file).suffix)


def _fernway() -> list[Source]:
    return [
        Source(
            name=name,
            title=entry.title,
            rows=entry.rows,
            columns=entry.columns,
            source="the Fernway simulator",
            licence="MIT",
            kind="fernway",
            load=partial(_load, entry),
        )
        for name, entry in _registry.shipped().items()
    ]
