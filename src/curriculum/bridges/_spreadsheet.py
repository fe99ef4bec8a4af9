"""Text that a spreadsheet must not take for a formula.

A name like ``=HYPERLINK(...)`` is run by the spreadsheet that opens the file. ``neutral`` puts an apostrophe before it,
and before a text that already looks like that, so ``original`` gives every text back as it was.
"""

from __future__ import annotations

import re

# The full-width forms are formulas to spreadsheets in East Asian settings; blanks before are skipped by some.
_ACTIVE = re.compile(r"'*\s*[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20]")
_NEUTRAL = re.compile(r"'+\s*[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20]")


def neutral(text: str) -> str:
    """The text as it is safe in a spreadsheet."""
    return f"'{text}" if _ACTIVE.match(text) else text


def original(text: str) -> str:
    """What ``neutral`` was given."""
    return text[1:] if _NEUTRAL.match(text) else text
