"""Frequencies by name: only names pandas itself gives one, of a kind that its name says all about."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from pandas.tseries.frequencies import to_offset

from curriculum.grading.wire._codec import NotData, refuse
from curriculum.grading.wire._records import WireError

_MONTH = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_DAY = "MON|TUE|WED|THU|FRI|SAT|SUN"
_TICKS = "D|h|min|s|ms|us|ns"
_OFFSET = re.compile(
    rf"(?:-?[1-9]\d{{0,8}})?(?:{_TICKS}|B|B?M[ES]|SM[ES]-\d{{1,2}}|B?[QY][ES]-(?:{_MONTH})|W-(?:{_DAY})|WOM-[1-4](?:{_DAY})"
    rf"|LWOM-(?:{_DAY}))"
)
_PERIOD = re.compile(rf"(?:[1-9]\d{{0,8}})?(?:{_TICKS}|M|[QY]-(?:{_MONTH})|W-(?:{_DAY}))")


def offset_name(offset: Any) -> str | None:
    """Return the name that stands for an offset; None where there is no offset, or its name does not say all of it."""
    if offset is None:
        return None
    name = str(offset.freqstr)
    return name if _OFFSET.fullmatch(name) and to_offset(name) == offset else None


def read_offset(name: Any) -> Any:
    """Return the offset of a name.

    Raises:
        WireError: there is none, or pandas would call it by another name.
    """
    if type(name) is not str or not _OFFSET.fullmatch(name):
        raise WireError("a frequency that is not known")
    found = to_offset(name)
    return found if found is not None and found.freqstr == name else refuse("a frequency that is not known")


def period_name(name: str) -> str:
    """Return the name of a period's length, as it may cross.

    Raises:
        NotData: its name would not bring it back.
    """
    if not _PERIOD.fullmatch(name):
        raise NotData
    return name


def read_period_dtype(name: Any) -> pd.PeriodDtype:
    """Return the dtype of a period's length.

    Raises:
        WireError: there is none, or pandas would call it by another name.
    """
    if type(name) is not str or not _PERIOD.fullmatch(name):
        raise WireError("a period that is not known")
    found = pd.PeriodDtype(name)
    return found if found.name == f"period[{name}]" else refuse("a period that is not known")
