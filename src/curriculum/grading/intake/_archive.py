"""Submitted files in a zip, which is read member by member and never unpacked to disk."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.errors import SubmissionError
from curriculum.grading.intake._folder import File, Listing, is_ignored, is_notebook, refusal, shown, size_problem

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
# The others' dictionaries can ask for gigabytes of memory, and nobody's tools write them unasked.
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DRIVE = re.compile(r"^[a-zA-Z]:")
_BROKEN = (zipfile.BadZipFile, OSError, EOFError, zlib.error, UnicodeDecodeError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Archive:
    """A zip of submissions."""

    path: Path

    def listing(self) -> Listing:
        """Every notebook in the zip, by its directory.

        Raises:
            SubmissionError: it is no zip that can be read, or far too much for one.
        """
        with _opened(self.path) as archive:
            members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS:
            message = f"{self.path}: holds {len(members):,} files; {MAX_MEMBERS:,} at most are read"
            raise SubmissionError(message)
        if unpacked > MAX_UNPACKED:
            message = f"{self.path}: unpacks to {unpacked >> 30:,} GiB; {MAX_UNPACKED >> 30} at most are read"
            raise SubmissionError(message)
        return _listing(members)

    @contextmanager
    def reading(self) -> Iterator[Callable[[File], bytes]]:
        """Read members of the zip.

        Raises:
            SubmissionError: it can no longer be opened.
        """
        with _opened(self.path) as archive:
            members = {_parts(member): member for member in archive.infolist()}
            yield lambda file: _read(archive, members.get(file.parts))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _BROKEN as error:
        message = f"{path}: is not a zip that can be read ({shown(str(error))})"
        raise SubmissionError(message) from None


def _listing(members: list[zipfile.ZipInfo]) -> Listing:
    times = Counter("/".join(_parts(member)) for member in members)
    files: list[File] = []
    refused: dict[str, Refused] = {}
    for member in members:
        parts = _parts(member)
        problem = _name_problem(member)
        if not problem:
            if any(is_ignored(part) for part in parts) or member.is_dir():
                continue
            if not is_notebook(parts[-1]) and not parts[-1].lower().endswith(".zip"):
                continue
            problem = _problem(member)
        if not problem and times["/".join(parts)] > 1:
            problem = f"is in the zip {times['/'.join(parts)]} times"
        if problem:
            item = refusal(parts, problem)
            refused.setdefault(item.file, item)
        else:
            files.append(File(parts))
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
    return "" if name.isprintable() else "has a name with characters that cannot be shown"


def _problem(member: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a symbolic link, and links are not followed; hand in the file itself"
    if kind not in {0, stat.S_IFREG}:
        return "is not an ordinary file"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; pack it again without a password"
    if not is_notebook(member.filename):
        return "is a zip inside the zip; unpack it first"
    if member.compress_type not in _METHODS:
        return "is packed in an uncommon way; pack it again as an ordinary zip"
    return size_problem(member.file_size) or _ratio_problem(member)


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
