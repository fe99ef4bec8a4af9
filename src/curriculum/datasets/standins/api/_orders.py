"""The orders as the API gives them: in the order of time, chosen by time and city, each a nested record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from curriculum.datasets.standins._tables import plain
from curriculum.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

NEST = {"customer": ("customer_id",)}


class Orders:
    """Fernway's orders, ready to be asked for.

    Attributes:
        cities: where they came from, sorted; empty if they do not say.
    """

    def __init__(
        self, orders: pd.DataFrame, lines: pd.DataFrame | None, nest: Mapping[str, Sequence[str]] | None
    ) -> None:
        _check(orders, lines, nest)
        ordered = orders.sort_values(["ordered_at", "order_id"], kind="stable", ignore_index=True)
        self._columns = {str(column): plain(ordered[column]) for column in ordered}
        self._ids = [str(value) for value in self._columns["order_id"]]
        self._position = {value: position for position, value in enumerate(self._ids)}
        self._times = ordered["ordered_at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
        self._city = np.array(self._columns.get("city", []), dtype=object)
        self.cities: list[str] = sorted({city for city in self._city if city is not None})
        self._lines = None if lines is None else _Lines(lines)
        groups = NEST if nest is None else nest
        self._group = {column: group for group, columns in groups.items() for column in columns}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ids)

    def select(self, since: np.datetime64 | None, until: np.datetime64 | None, city: str | None) -> NDArray[np.intp]:
        """Give the positions of the orders from ``since`` to before ``until`` in a city."""
        first = 0 if since is None else int(np.searchsorted(self._times, since))
        last = len(self) if until is None else int(np.searchsorted(self._times, until))
        positions = np.arange(first, max(first, last))
        return positions if city is None else positions[self._city[positions] == city]

    def position(self, order_id: str) -> int | None:
        """Say where an order stands, if there is one of that id."""
        return self._position.get(order_id)

    def name(self, position: int) -> str:
        """Give the id of the order at a position, as text."""
        return self._ids[position]

    def record(self, position: int, version: int) -> dict[str, Any]:
        """Give one order in a version of the schema."""
        record: dict[str, Any] = {}
        for column, values in self._columns.items():
            name, value = _changed(column, values[position]) if version == 2 else (column, values[position])
            group = self._group.get(column)
            if group is None:
                record[name] = value
            else:
                record.setdefault(group, {})[name.removeprefix(f"{group}_")] = value
        if self._lines is not None:
            record["lines"] = self._lines.of(self._columns["order_id"][position])
        return record


def _changed(column: str, value: Any) -> tuple[str, Any]:
    """What the second version of the schema makes of a column: the total in cents, the city an object."""
    if column == "total":
        return "amount", None if value is None else round(value * 100)
    return column, {"name": value} if column == "city" else value


class _Lines:
    """The lines of each order."""

    def __init__(self, lines: pd.DataFrame) -> None:
        self._rows = lines.groupby("order_id", sort=False).indices
        self._columns = {str(column): plain(lines[column]) for column in lines if column != "order_id"}

    def of(self, order_id: Any) -> list[dict[str, Any]]:
        rows = self._rows.get(order_id, [])
        return [{column: values[row] for column, values in self._columns.items()} for row in rows]


def _check(orders: pd.DataFrame, lines: pd.DataFrame | None, nest: Mapping[str, Sequence[str]] | None) -> None:
    if not all(isinstance(table, pd.DataFrame) for table in (orders, lines) if table is not None):
        message = "the orders, and the lines where they are given, must be frames"
        raise DataError(message)
    columns = {str(column) for column in orders}
    if not {"order_id", "ordered_at"} <= columns:
        message = "the orders need the columns order_id and ordered_at"
        raise DataError(message)
    times, ids = orders["ordered_at"], orders["order_id"]
    if not isinstance(times.dtype, pd.DatetimeTZDtype) or times.isna().any():
        message = "the orders' ordered_at must be instants with a time zone, none of them missing"
        raise DataError(message)
    if ids.isna().any() or ids.duplicated().any():
        message = "the orders' order_id must tell them apart: it is missing or repeated in some rows"
        raise DataError(message)
    if lines is not None and "order_id" not in lines:
        message = "the lines need the column order_id"
        raise DataError(message)
    moved = [column for group in (nest or {}).values() for column in group]
    strange = next((column for column in moved if column not in columns), None)
    if strange is not None:
        message = f"nest names the column {strange!r}, which the orders do not have"
        raise DataError(message)
    taken = sorted(set(nest or {}) & (columns - set(moved)))
    if taken:
        message = f"nest cannot make an object called {taken[0]!r}: the orders have a column of that name"
        raise DataError(message)
