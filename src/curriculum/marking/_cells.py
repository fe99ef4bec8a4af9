"""Texts in a table that spreadsheets open: nothing in them becomes a formula, and they come back as they were."""

from __future__ import annotations

import re

_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20"  # and their full-width forms
# A spreadsheet that takes another delimiter than the comma sees cells begin inside our quotes, and lines too.
_RISKY = re.compile(rf"(^|[;\t\r\n])(?='* *[{_FORMULA}])")
_MADE_SAFE = re.compile(rf"(^|[;\t\r\n])'(?='* *[{_FORMULA}])")
_LONGEST = 32_000  # a spreadsheet's cell holds 32,767 characters


def safe(text: str) -> str:
    """The text with an apostrophe before everything that a spreadsheet could take for a formula."""
    return _RISKY.sub(r"\1'", text)


def unsafe(cell: str) -> str:
    """What ``safe`` was given."""
    return _MADE_SAFE.sub(r"\1", cell)


def shortened(text: str) -> str:
    """The text as far as a cell holds it, without halves of characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    return whole if len(whole) <= _LONGEST else whole[:_LONGEST] + " […]"
