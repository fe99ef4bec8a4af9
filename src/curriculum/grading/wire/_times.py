"""Python's own days, times and time zones."""

from __future__ import annotations

import datetime as dt
import functools
import re
import zoneinfo
from typing import TYPE_CHECKING, Any

from curriculum.grading.wire._codec import NotData, Reader, Writer, decodes, encodes, refuse, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATE, _TIME, _DATETIME, _TIMEDELTA, _ZONE = 25, 26, 27, 28, 33
_ZONE_KEY = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")


def fields(value: Any, *names: str) -> list[Any]:
    """Read attributes by the descriptors of ``datetime``'s own classes."""
    owner = next(base for base in (dt.datetime, dt.date, dt.time, dt.timedelta) if issubclass(type(value), base))
    return [getattr(owner, name).__get__(value) for name in names]


def zone_node(zone: Any) -> Any:
    """Return a time zone as plain fields: None, ``[seconds, microseconds, name]`` or a key of the zone database.

    Raises:
        NotData: it is of some other kind.
    """
    if zone is None:
        return None
    if type(zone) is dt.timezone:
        offset, *name = zone.__getinitargs__()  # type: ignore[attr-defined]
        return [offset.days * 86400 + offset.seconds, offset.microseconds, *(name or [None])]
    if type(zone) is zoneinfo.ZoneInfo and zone.key is not None and is_zone(zone.key):
        return zone.key
    raise NotData


def read_zone(node: Any) -> dt.tzinfo | None:
    """Return a time zone of plain fields.

    Raises:
        WireError: there is no such zone.
    """
    if node is None:
        return None
    if type(node) is str:
        return zoneinfo.ZoneInfo(node) if is_zone(node) else refuse("a time zone that is not known")
    seconds, microseconds, name = node
    offset = dt.timedelta(seconds=whole(seconds, -86400, 86400), microseconds=whole(microseconds, 0, 999_999))
    if name is not None:
        return dt.timezone(offset, text(name, 100))
    return dt.timezone(offset) if offset else dt.UTC


def is_zone(key: str) -> bool:
    """Whether a key is in the zone database, without looking for a file of that name."""
    return len(key) <= 64 and _ZONE_KEY.fullmatch(key) is not None and key in _zones()


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@encodes(dt.timezone, zoneinfo.ZoneInfo)
def _write_zone(_writer: Writer, value: dt.tzinfo) -> Any:
    return [_ZONE, zone_node(value)]


@decodes(_ZONE)
def _read_zone(_reader: Reader, node: tuple[Any, ...]) -> dt.tzinfo:
    _, zone = node
    return read_zone(zone) or refuse("a time zone that is none")


@encodes(dt.date)
def _write_date(_writer: Writer, value: dt.date) -> Any:
    return [_DATE, *fields(value, "year", "month", "day")]


@decodes(_DATE)
def _read_date(_reader: Reader, node: tuple[Any, ...]) -> dt.date:
    return dt.date(*_ints(node[1:], 3))


_CLOCK = ("hour", "minute", "second", "microsecond", "fold")


@encodes(dt.time)
def _write_time(_writer: Writer, value: dt.time) -> Any:
    return [_TIME, *fields(value, *_CLOCK), zone_node(*fields(value, "tzinfo"))]


@decodes(_TIME)
def _read_time(_reader: Reader, node: tuple[Any, ...]) -> dt.time:
    _, *clock, zone = node
    hour, minute, second, microsecond, fold = _ints(clock, 5)
    return dt.time(hour, minute, second, microsecond, read_zone(zone), fold=fold)


@encodes(dt.datetime)
def _write_datetime(_writer: Writer, value: dt.datetime) -> Any:
    return [_DATETIME, *fields(value, "year", "month", "day", *_CLOCK), zone_node(*fields(value, "tzinfo"))]


@decodes(_DATETIME)
def _read_datetime(_reader: Reader, node: tuple[Any, ...]) -> dt.datetime:
    _, *clock, zone = node
    year, month, day, hour, minute, second, microsecond, fold = _ints(clock, 8)
    return dt.datetime(year, month, day, hour, minute, second, microsecond, read_zone(zone), fold=fold)


@encodes(dt.timedelta)
def _write_timedelta(_writer: Writer, value: dt.timedelta) -> Any:
    return [_TIMEDELTA, *fields(value, "days", "seconds", "microseconds")]


@decodes(_TIMEDELTA)
def _read_timedelta(_reader: Reader, node: tuple[Any, ...]) -> dt.timedelta:
    return dt.timedelta(*_ints(node[1:], 3))


def _ints(parts: Iterable[Any], count: int) -> list[int]:
    found = [part if type(part) is int else refuse("an integer that is none") for part in parts]
    return found if len(found) == count else refuse("a time that is none")
