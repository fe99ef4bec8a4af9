"""The register of what was issued and revoked: one JSON object a line, only ever appended to."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from curriculum.certificates._dates import parse, stamp
from curriculum.certificates._files import read
from curriculum.errors import CertificateError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_LARGEST = 512 << 20
_LONGEST_LINE = 1 << 16


@dataclass(frozen=True)
class Entry:
    """One certificate of the register.

    Attributes:
        number: the certificate's id without its prefix.
        learner: the gradebook's key.
        course: the course's id.
        sha256: of the signed credential.
        stem: its files' name without extension.
        revoked_at: None while it stands.
    """

    number: str
    learner: str
    name: str
    course: str
    version: str
    issued_at: datetime
    valid_until: datetime | None
    index: int
    sha256: str
    stem: str
    revoked_at: datetime | None = None
    revoked_why: str = ""

    def state(self, now: datetime) -> str:
        """How it stands, in one word."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.valid_until is not None and now >= self.valid_until else "valid"


def read_register(path: Path) -> dict[str, Entry]:
    """Every certificate by its number, in the order in which they were issued.

    Raises:
        CertificateError: the register cannot be read, or is damaged.
    """
    if not path.exists():
        return {}
    entries: dict[str, Entry] = {}
    lines = read(path, "the register", _LARGEST).split(b"\n")
    for count, line in enumerate(lines[:-1], start=1):  # behind the last line's end stands nothing, or what a crash cut
        try:
            _take(json.loads(line), entries)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = f"{path}, line {count}: the register is damaged; restore it from a copy before going on"
            raise CertificateError(message) from None
    return entries


def note_issued(path: Path, entry: Entry) -> None:
    """Append a certificate.

    Raises:
        CertificateError: the register cannot be written.
    """
    until = None if entry.valid_until is None else stamp(entry.valid_until)
    fields = {"number": entry.number, "learner": entry.learner, "name": entry.name, "course": entry.course}
    fields |= {"version": entry.version, "sha256": entry.sha256, "stem": entry.stem}
    _append(path, {"issued": stamp(entry.issued_at), **fields, "index": entry.index, "valid_until": until})


def note_revoked(path: Path, number: str, now: datetime, why: str) -> None:
    """Append a revocation.

    Raises:
        CertificateError: the register cannot be written.
    """
    _append(path, {"revoked": stamp(now), "number": number, "why": why})


def _take(line: dict[str, Any], entries: dict[str, Entry]) -> None:
    if "revoked" in line:
        old = entries[line["number"]]
        entries[old.number] = replace(old, revoked_at=parse(line["revoked"]), revoked_why=str(line["why"]))
        return
    until = line["valid_until"]
    entry = Entry(
        number=str(line["number"]),
        learner=str(line["learner"]),
        name=str(line["name"]),
        course=str(line["course"]),
        version=str(line["version"]),
        issued_at=parse(line["issued"]),
        valid_until=None if until is None else parse(until),
        index=int(line["index"]),
        sha256=str(line["sha256"]),
        stem=str(line["stem"]),
    )
    entries[entry.number] = entry


def _append(path: Path, line: dict[str, Any]) -> None:
    """Add one line for good, or none: whoever calls holds the folder's lock."""
    text = json.dumps(line).encode("ascii") + b"\n"
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags, 0o600), "r+b") as file:  # it holds names
            end = _whole(file)
            try:
                file.seek(end)
                file.write(text)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), end)
                raise
    except OSError as error:
        message = f"{path}: the register cannot be written ({error.strerror or error})"
        raise CertificateError(message) from None


def _whole(file: BinaryIO) -> int:
    """Where the last whole line ends: what a crash cut stands behind it, and belongs to nothing that was handed out."""
    end = file.seek(0, os.SEEK_END)
    start = max(end - _LONGEST_LINE, 0)
    file.seek(start)
    return start + file.read().rfind(b"\n") + 1
