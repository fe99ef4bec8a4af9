"""Numbers, times and other people's words as a page shows them."""

from __future__ import annotations

import re
from datetime import UTC
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from curriculum.course import subject

if TYPE_CHECKING:
    from datetime import datetime, timedelta

# Control characters that no HTML may hold; tab and new line are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_HUNDREDTH = Decimal("0.01")


def printable(text: str) -> str:
    """A text that UTF-8 can hold and a page can show; marks of the reading direction stay, since names use them."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _CONTROL.sub("", plain))


def number(value: float) -> str:
    """A number of points: at most two decimals, halves up as in exported grades, none where there are none to show."""
    text = f"{Decimal(str(value)).quantize(_HUNDREDTH, ROUND_HALF_UP):f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def points(value: float) -> str:
    """A number of points, with the word."""
    text = number(value)
    return f"{text} point" if text in {"1", "-1"} else f"{text} points"


def share(value: float) -> str:
    """A share as a whole percentage; only nothing is 0% and only all is 100%."""
    percent = round(100 * value)
    if percent == 0 and value > 0:
        return "under 1%"
    return "99%" if percent == 100 and value < 1 else f"{percent}%"


def named(title: str) -> str:
    """What an exercise is called, as a line begins with it."""
    name = subject(title)
    return name[:1].upper() + name[1:]


def stamp(moment: datetime) -> str:
    """A moment, in UTC: the page does not know where it is read."""
    at = moment.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def span(time: timedelta) -> str:
    """A stretch of time in its two largest units."""
    minutes = max(round(time.total_seconds() / 60), 0)
    days, hours = divmod(minutes // 60, 24)
    units = [(days, "day"), (hours, "hour"), (minutes % 60, "minute")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in units if count]
    return " ".join(said[:2]) or "less than a minute"
