"""Texts of a gradebook, made fit for a document that people and programs read for years."""

from __future__ import annotations

import re
import unicodedata

from curriculum.errors import CertificateError

LONGEST_NAME = 300
_LONGEST_TITLE = 200
# Marks that override the reading direction, and invisible "tags": with them a name can look like another.
_DECEIVING = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\U000e0000-\U000e007f]")
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """One line of text without control characters, half characters and marks that deceive."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    shown = "".join(" " if unicodedata.category(char) == "Cc" else char for char in whole)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _DECEIVING.sub("", shown)).strip())


def title(text: str, otherwise: str) -> str:
    """A lesson's title: cut where it is too long, since the lesson's place says which one is meant."""
    made = plain(text) or otherwise
    return made if len(made) <= _LONGEST_TITLE else f"{made[: _LONGEST_TITLE - 1]}…"


def name(text: str, whose: str) -> str:
    """A name as a certificate can bear it.

    Args:
        text: the name as the gradebook has it.
        whose: what the message calls it.

    Raises:
        CertificateError: nothing of it can be shown, or it is too long: half a name would be another's.
    """
    made = plain(text)
    if not any(unicodedata.category(char)[0] in "LNSP" for char in made):
        message = f"{whose} has no character that can be shown"
        raise CertificateError(message)
    if len(made) > LONGEST_NAME:
        message = f"{whose} is too long for a certificate: {len(made):,} characters, {LONGEST_NAME} are the most"
        raise CertificateError(message)
    return made


def number(value: float) -> str:
    """A number of points as people write it: at most two decimals."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
