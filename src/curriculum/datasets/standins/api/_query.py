"""The parameters of a request for orders: read, checked, and said back in the address of the next page."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import numpy as np

from curriculum.datasets.standins.api._problems import Problem

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from curriculum.datasets.standins.api._orders import Orders

_AFTER = "after:"


@dataclass(frozen=True)
class Query:
    """A request for a page of orders."""

    limit: int
    after: int | None
    since: np.datetime64 | None
    until: np.datetime64 | None
    city: str | None


def read(parameters: QueryParams, orders: Orders, page_size: int) -> Query:
    """Read the parameters of a request.

    Raises:
        Problem: 400 for what cannot be read, 422 for what can be read but not be answered.
    """
    known = {"cursor", "limit", "since", "until", *(["city"] if orders.cities else [])}
    names = [name for name, _ in parameters.multi_items()]
    for name in names:
        if name not in known:
            raise _unreadable(f"there is no parameter {name!r}; there are {', '.join(sorted(known))}")
        if names.count(name) > 1:
            raise _unreadable(f"{name} is given more than once")
    since, until = _instant("since", parameters), _instant("until", parameters)
    if since is not None and until is not None and until < since:
        raise _unusable("until is before since")
    city = parameters.get("city")
    if city is not None and city not in orders.cities:
        raise _unusable(f"there are no orders from {city!r}; city is one of {', '.join(orders.cities)}")
    return Query(_limit(parameters, page_size), _position(parameters, orders), since, until, city)


def cursor(order_id: str) -> str:
    """Make the text that stands for the place after an order."""
    return base64.urlsafe_b64encode(f"{_AFTER}{order_id}".encode()).decode().rstrip("=")


def _position(parameters: QueryParams, orders: Orders) -> int | None:
    text = parameters.get("cursor")
    if text is None:
        return None
    try:
        place = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        place = ""
    position = orders.position(place.removeprefix(_AFTER)) if place.startswith(_AFTER) else None
    if position is None:
        raise _unreadable("cursor is none that this API gave: take next from the page before, as it is")
    return position


def _limit(parameters: QueryParams, page_size: int) -> int:
    text = parameters.get("limit", str(page_size))
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise _unreadable(f"limit must be a whole number, not {text!r}")
    if not 1 <= int(text) <= page_size:
        raise _unusable(f"limit must be from 1 to {page_size}, not {text}")
    return int(text)


def _instant(name: str, parameters: QueryParams) -> np.datetime64 | None:
    text = parameters.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None and len(text) <= 10:
            moment = moment.replace(tzinfo=UTC)
        if moment.tzinfo is not None:
            return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")
    except (ValueError, OverflowError):
        pass
    message = (
        f"{name} must be a date (2024-01-31, from midnight UTC) or an instant with its zone (2024-01-31T18:05:00Z)"
    )
    raise _unreadable(f"{message}, not {text!r}")


def _unreadable(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, detail)


def _unusable(detail: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
