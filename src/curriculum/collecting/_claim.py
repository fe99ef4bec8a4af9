"""Whose a downloaded file is, as the platform that it comes from names its files and folders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Platform(StrEnum):
    """What a file was handed in through."""

    NONE = ""
    CANVAS = "canvas"
    MOODLE = "moodle"
    NBGRADER = "nbgrader"


# Canvas: the sortable name in small letters without anything but letters, LATE, the user's number, the upload's number.
# Its numbers have 64 bits; in the name of a file that a learner made up, a "number" can have thousands of digits.
_CANVAS = re.compile(r"^(?P<name>\w+?)(?:_(?P<late>LATE))?_(?P<id>\d{1,19})_(?P<upload>\d{1,19})_(?P<file>.+)$")
_ANONYMOUS = re.compile(r"^(?:(?P<late>LATE)_)?(?P<id>anon_[0-9A-Za-z]+)_(?P<upload>\d{1,19})_(?P<file>.+)$")
_NUMBER_FIRST = re.compile(r"^\d+_.")
# Moodle: folders by default; without them everything stands in the file's name. A team without a number is possible.
_MOODLE = re.compile(r"^(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?$", re.DOTALL)
# nbgrader's exchange. Windows writes no colons.
_NBGRADER = re.compile(
    r"^(?P<name>.+)\+(?P<assignment>[^+]+)"
    r"\+(?P<time>\d{4}-\d\d-\d\d \d\d[:_]\d\d[:_]\d\d[^+]*(?:\+\d{4})?)(?:\+[^+]*)?$"
)
_TIME = re.compile(r"^(\d{4}-\d\d-\d\d) (\d\d)[:_](\d\d)[:_](\d\d)(?:\.\d+)? *(\S*)$")
_OFFSET = re.compile(r"^[+-]\d{4}$")


@dataclass(frozen=True)
class Claim:
    """What a platform says of a file.

    Attributes:
        name: the learner, as the platform writes them.
        id: their number there; empty where the platform gives none.
        file: what the learner called the file; empty where only a folder is the platform's.
        is_late: whether the platform marked it as late.
        upload: Canvas's number of the upload, which only grows; 0 where there is none.
        time: when it was handed in, where the platform says so.
        problem: why it cannot be told whose it is; empty where it can.
        is_work: whether it is a file handed in, not a text typed into the platform.
    """

    platform: Platform
    name: str
    id: str = ""
    file: str = ""
    is_late: bool = False
    upload: int = 0
    time: datetime | None = None
    problem: str = ""
    is_work: bool = True


def claim_of(parts: tuple[str, ...]) -> tuple[Claim, tuple[str, ...]] | None:
    """The claim of a file by its path, and what of the path is the learner's own; None where no platform named it."""
    for place, folder in enumerate(parts[:-1]):
        found = _moodle(folder) or _nbgrader(folder)
        if found is not None:
            return found, parts[place + 1 :]
    found = _moodle(parts[-1]) or _canvas(parts[-1])
    return (found, (found.file,)) if found is not None and found.file else None


def parse_time(text: str) -> datetime | None:
    """A time as nbgrader writes it, in UTC; None where it cannot be read or its zone is not known."""
    found = _TIME.match(text.strip())
    if found is None:
        return None
    day, hour, minute, second, zone = found.groups()
    try:
        if _OFFSET.match(zone):
            return datetime.strptime(f"{day} {hour}:{minute}:{second} {zone}", "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
        naive = datetime.strptime(f"{day} {hour}:{minute}:{second}", "%Y-%m-%d %H:%M:%S")
        return naive.replace(tzinfo=UTC if zone in {"", "UTC", "GMT", "Z"} else ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OSError, OverflowError, KeyError):
        return None


def _canvas(name: str) -> Claim | None:
    found = _ANONYMOUS.match(name) or _CANVAS.match(name)
    if found is None:
        return None
    groups = found.groupdict()
    who = groups.get("name") or groups["id"]
    is_name = who == who.lower() and any(char.isalpha() for char in who)
    if not is_name and not groups["id"].startswith("anon_"):
        return None
    # "smith_1_2_3_x" can be Smith's "3_x" or the "x" of somebody called "smith_1".
    twofold = _NUMBER_FIRST.match(groups["file"])
    return Claim(
        Platform.CANVAS,
        who,
        id=groups["id"],
        file=groups["file"],
        is_late=groups["late"] is not None,
        upload=int(groups["upload"]),
        problem="has a name from Canvas that can be read in two ways" if twofold else "",
    )


def _moodle(name: str) -> Claim | None:
    found = _MOODLE.match(name)
    if found is None:
        return None
    return Claim(
        Platform.MOODLE,
        found["name"],
        id=found["id"] or "",
        file=found["file"] or "",
        is_work=found["kind"] == "file",
    )


def _nbgrader(folder: str) -> Claim | None:
    found = _NBGRADER.match(folder)
    return Claim(Platform.NBGRADER, found["name"], time=parse_time(found["time"])) if found else None
