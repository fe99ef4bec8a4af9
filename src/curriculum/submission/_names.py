"""Names of learners: as they write them, and as a folder or file can be called on any system."""

from __future__ import annotations

import unicodedata

from curriculum.errors import SubmissionError

MAX_NAME = 128
# A file system counts bytes, most of them 255 for a name; what is added to a name needs room too.
_MAX_BYTES = 120
_FORBIDDEN = set('<>:"/\\|?*')
# Windows keeps these for devices, whatever follows a dot; the last ones mean something where submissions are collected.
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"}
_RESERVED |= {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}
_RESERVED |= {"__macosx", "submitted", "unmatched", "attempts"}
_NO_TEXT = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(name: str) -> str:
    """A learner's name as it is kept: composed characters, single spaces.

    Raises:
        SubmissionError: nothing is left of it, it is too long, or it has characters that belong to no name.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if any(unicodedata.category(char) in _NO_TEXT for char in text):
        message = "the learner's name has characters that cannot be shown"
        raise SubmissionError(message)
    if not any(char.isprintable() and not char.isspace() for char in text):
        message = "the learner's name is empty"
        raise SubmissionError(message)
    if len(text) > MAX_NAME:
        message = f"the learner's name has {len(text):,} characters; {MAX_NAME} at most"
        raise SubmissionError(message)
    return text


def safe(name: str) -> str:
    """A name for a folder, made of any text: on Linux, macOS and Windows, in a zip, and for ``curriculum grade``.

    Two names can become the same: whoever files by it has to look.
    """
    text = "".join(char for char in unicodedata.normalize("NFC", name) if char.isprintable())
    text = "".join("-" if char in _FORBIDDEN else char for char in text)
    text = _within(" ".join(text.split()).strip(". -")).strip(". -")
    if not text:
        return "learner"
    stem, dot, rest = text.partition(".")
    return f"{stem.rstrip()}-{dot}{rest}" if stem.rstrip().casefold() in _RESERVED else text


def _within(text: str) -> str:
    """As much of a text as has room, never half a character."""
    return text.encode("utf-8", "ignore")[:_MAX_BYTES].decode("utf-8", "ignore")
