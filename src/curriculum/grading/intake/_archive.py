"""Submitted files in a zip, which is read member by member and never unpacked to disk."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from curriculum.errors import SubmissionError
from curriculum.grading.intake._folder import (
    File,
    Listing,
    is_ignored,
    is_notebook,
    is_zip,
    refusal,
    shown,
    size_problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from curriculum.grading._submission import Refused

MAX_MEMBERS = 100_000
MAX_UNPACKED = 16 << 30
# Notebooks pack to a fifth or a twentieth; a thousandth is a bomb. Small files are let be.
MAX_RATIO = 200
_SMALL = 1 << 20
_ENCRYPTED = 0x1
_UTF8 = 0x800
_TIMESTAMP = 0x5455
# The others' dictionaries can ask for gigabytes of memory, and nobody's tools write them unasked.
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# Joiners and marks of direction belong to names in Persian, Hindi, Arabic or Hebrew.
_OF_NAMES = str.maketrans("", "", "\u200c\u200d\u200e\u200f")
_DRIVE = re.compile(r"^[a-zA-Z]:")
_BROKEN = (zipfile.BadZipFile, OSError, EOFError, zlib.error, UnicodeDecodeError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Archive:
    """A zip of submissions.

    Attributes:
        path: where it is; where it is in memory, what to call it in messages.
        content: its bytes, where it is in memory.
        wanted: tells by a file's name whether it is looked for.
    """

    path: Path
    content: bytes | None = field(default=None, repr=False)
    wanted: Callable[[str], bool] = is_notebook

    def listing(self) -> Listing:
        """Every notebook in the zip, by its directory.

        Raises:
            SubmissionError: it is no zip that can be read, or far too much for one.
        """
        with self._opened() as archive:
            members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS:
            message = f"{self.path}: holds {len(members):,} files; {MAX_MEMBERS:,} at most are read"
            raise SubmissionError(message)
        if unpacked > MAX_UNPACKED:
            message = f"{self.path}: unpacks to {unpacked >> 30:,} GiB; {MAX_UNPACKED >> 30} at most are read"
            raise SubmissionError(message)
        return _listing(members, self.wanted)

    @contextmanager
    def reading(self) -> Iterator[Callable[[File], bytes]]:
        """Read members of the zip.

        Raises:
            SubmissionError: it can no longer be opened.
        """
        with self._opened() as archive:
            members = {_parts(member): member for member in archive.infolist()}
            yield lambda file: _read(archive, members.get(file.parts))

    def _opened(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path if self.content is None else io.BytesIO(self.content))
        except _BROKEN as error:
            message = f"{self.path}: is not a zip that can be read ({shown(str(error))})"
            raise SubmissionError(message) from None


def _listing(members: list[zipfile.ZipInfo], wanted: Callable[[str], bool]) -> Listing:
    times = Counter("/".join(_parts(member)) for member in members)
    files: list[File] = []
    refused: dict[str, Refused] = {}
    for member in members:
        parts = _parts(member)
        problem = _name_problem(member)
        if not problem:
            if any(is_ignored(part) for part in parts) or member.is_dir():
                continue
            if not wanted(parts[-1]):
                if not is_zip(parts[-1]):
                    continue
                problem = _kind_problem(member) or "is a zip inside the zip; unpack it first"
            else:
                problem = _problem(member)
        if not problem and times["/".join(parts)] > 1:
            problem = f"is in the zip {times['/'.join(parts)]} times"
        if problem:
            item = refusal(parts, problem)
            refused.setdefault(item.file, item)
        else:
            files.append(File(parts, _modified(member)))
    by_file = sorted(refused.values(), key=lambda item: item.file)
    return Listing(tuple(sorted(files, key=lambda file: file.parts)), tuple(by_file))


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    return tuple(part for part in _name(member).split("/") if part not in {"", "."}) or ("",)


def _name(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 and do not say so."""
    name = member.orig_filename
    if member.flag_bits & _UTF8 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _name_problem(member: zipfile.ZipInfo) -> str:
    name = _name(member)
    leads_out = name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name)
    if leads_out or "\\" in name or not name.strip("/"):
        return "has a name that leads out of the zip"
    if not member.flag_bits & _UTF8 and not name.isascii() and name == member.orig_filename:
        return "has a name that is not UTF-8; pack it again with a program that writes UTF-8 names"
    return "" if name.translate(_OF_NAMES).isprintable() else "has a name with characters that cannot be shown"


def _kind_problem(member: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a symbolic link, and links are not followed; hand in the file itself"
    return "" if kind in {0, stat.S_IFREG} else "is not an ordinary file"


def _problem(member: zipfile.ZipInfo) -> str:
    problem = _kind_problem(member)
    if problem:
        return problem
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; pack it again without a password"
    if member.compress_type not in _METHODS:
        return "is packed in an uncommon way; pack it again as an ordinary zip"
    return size_problem(member.file_size) or _ratio_problem(member)


def _modified(member: zipfile.ZipInfo) -> datetime | None:
    """When a member was changed last: in UTC where the zip says so, else taken for it."""
    stamp = _unix_time(member.extra)
    try:
        return datetime.fromtimestamp(stamp, UTC) if stamp is not None else datetime(*member.date_time, tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _unix_time(extra: bytes) -> int | None:
    """The time of modification in the extended timestamp of a member, if it has one."""
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        body = extra[place + 4 : place + 4 + size]
        if kind == _TIMESTAMP and len(body) >= 5 and body[0] & 1:
            return int(struct.unpack_from("<i", body, 1)[0])
        place += 4 + size
    return None


def _ratio_problem(member: zipfile.ZipInfo) -> str:
    if member.file_size <= max(_SMALL, MAX_RATIO * member.compress_size):
        return ""
    return f"unpacks to more than {MAX_RATIO} times its size, as no notebook does"


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo | None) -> bytes:
    if member is None:
        message = "is no longer in the zip"
        raise SubmissionError(message)
    try:
        # The directory may lie about the size: the reader stops at what it says, and the checksum tells.
        with archive.open(member) as file:
            return file.read(member.file_size + 1)
    except (*_BROKEN, RuntimeError) as error:
        message = f"cannot be unpacked ({shown(str(error))})"
        raise SubmissionError(message) from None
