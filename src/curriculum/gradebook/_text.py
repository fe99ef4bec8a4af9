"""What a database can hold of a text."""

from __future__ import annotations

import re

_SURROGATES = re.compile(r"[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with a mark in place of half characters and NUL, which no database holds."""
    return _SURROGATES.sub("\ufffd", text).replace("\0", "\ufffd")


def is_storable(text: str) -> bool:
    """Whether a database holds the text as it is."""
    return storable(text) == text
