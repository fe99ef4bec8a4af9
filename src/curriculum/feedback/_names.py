"""Folders called after learners, on any disk and for any key."""

from __future__ import annotations

import re
from hashlib import sha256

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])?")
_HASHED = re.compile(r".*-[0-9a-f]{10}")
_OTHER = re.compile(r"[^a-z0-9._-]+")
# Windows opens a device where a file is called so, whatever its ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


def safe_name(key: str) -> str:
    """A file name for a text: itself where that is plain lower-case ASCII, else what is plain of it and a hash.

    Two texts never share a name, not even where large and small letters are the same.
    """
    if _PLAIN.fullmatch(key) and not _HASHED.fullmatch(key) and not _DEVICES.fullmatch(key):
        return key
    digest = sha256(key.encode("utf-8", errors="surrogatepass")).hexdigest()[:10]
    plain = _OTHER.sub("-", key.lower())[:40].strip("-._")
    return f"{plain or 'learner'}-{digest}"
