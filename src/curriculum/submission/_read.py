"""Reading a handed-in file, which anybody may have changed or made: nothing of it is trusted before it is looked at."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from curriculum.errors import SubmissionError
from curriculum.submission import _seal
from curriculum.submission._manifest import FILE, LessonNote, Manifest, loads

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE = 64 << 20
MAX_MEMBERS = 1_001
MAX_UNPACKED = 1 << 30
_MAX_MANIFEST = 16 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (zipfile.BadZipFile, OSError, EOFError, zlib.error, struct.error, RuntimeError, ValueError, OverflowError)
_NOT_OURS = "is not a file of `curriculum submit`"


@dataclass(frozen=True)
class HandedLesson:
    """One notebook out of a handed-in file.

    Attributes:
        note: what the manifest says about it.
        content: the notebook's bytes; None where they are gone or cannot be unpacked.
        problem: why it is not what the manifest speaks of; empty where it is.
    """

    note: LessonNote
    content: bytes | None = field(repr=False)
    problem: str = ""


@dataclass(frozen=True)
class Handed:
    """A handed-in file, read.

    Attributes:
        lessons: in the manifest's order.
        seal: the hash of everything in the file but the seal itself, as it is now.
        problems: why the file is not what was packed, one line each; empty where its seal is intact.
        strangers: names of members that the manifest does not know.
    """

    manifest: Manifest
    lessons: tuple[HandedLesson, ...]
    seal: str
    problems: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()

    @property
    def receipt(self) -> str:
        """The code to compare with the one that the learner noted."""
        return _seal.receipt(self.seal)

    @property
    def is_intact(self) -> bool:
        """Whether every byte is as it was packed."""
        return not self.problems


def read(source: Path | bytes) -> Handed:
    """Read a file that ``curriculum submit`` made.

    Whatever was changed in it since is in ``problems``; the notebooks come all the same, for a person to decide.

    Args:
        source: the file, or what it holds.

    Raises:
        SubmissionError: it is not such a file, or too damaged to be unpacked.
    """
    data = source if isinstance(source, bytes) else _bytes(source)
    where = "" if isinstance(source, bytes) else f"{source}: "
    try:
        return _read(data)
    except SubmissionError as error:
        message = f"{where}{error}"
        raise SubmissionError(message) from None


def is_packed(names: list[str], tail: bytes) -> bool:
    """Whether a zip was made by ``curriculum submit``, whatever became of it since.

    Args:
        names: of its members.
        tail: its last bytes, a hundred or more.
    """
    return FILE in names or _seal.is_sealed(tail)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror or error})"
        raise SubmissionError(message) from None
    if len(data) > MAX_FILE:
        message = f"{path}: is larger than {MAX_FILE >> 20} MiB"
        raise SubmissionError(message)
    return data


def _read(data: bytes) -> Handed:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive)
            manifest = loads(_member(archive, members.get(FILE), _MAX_MANIFEST))
            lessons = tuple(_lesson(archive, members, note) for note in manifest.lessons)
    except _BROKEN:
        message = f"{_NOT_OURS}, or it is damaged"
        raise SubmissionError(message) from None
    strangers = tuple(sorted(set(members) - {FILE} - {note.file for note in manifest.lessons}))
    problems = tuple(_problems(data, lessons, strangers))
    return Handed(manifest, lessons, _seal.digest(data), problems, strangers)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        message = "holds far more than was ever packed"
        raise SubmissionError(message)
    members = {info.filename: info for info in infos}
    if FILE not in members:
        raise SubmissionError(_NOT_OURS)
    if len(members) < len(infos):
        message = "holds two members of one name"
        raise SubmissionError(message)
    return members


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo | None, most: int) -> bytes:
    """A member's bytes; ValueError where it is gone, too large, or nothing that was ever packed."""
    if info is None or info.file_size > most or info.compress_type not in _METHODS or info.flag_bits & 1:
        raise ValueError
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        raise ValueError
    with archive.open(info) as file:
        return file.read(info.file_size + 1)


def _lesson(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], note: LessonNote) -> HandedLesson:
    if note.file not in members:
        return HandedLesson(note, None, f"{note.file} is gone")
    try:
        content = _member(archive, members[note.file], MAX_FILE)
    except _BROKEN:
        return HandedLesson(note, None, f"{note.file} is damaged")
    same = len(content) == note.size and sha256(content).hexdigest() == note.sha256
    return HandedLesson(note, content, "" if same else f"{note.file} was changed after it was packed")


def _problems(data: bytes, lessons: tuple[HandedLesson, ...], strangers: tuple[str, ...]) -> list[str]:
    if _seal.holds(data):
        # Sealed, but not by `curriculum submit`, which packs what its manifest says.
        why = [lesson.problem for lesson in lessons if lesson.problem]
        return why + [f"{name} is not in the manifest" for name in strangers]
    found = [lesson.problem for lesson in lessons if lesson.problem]
    found += [f"{name} was added" for name in strangers]
    if found:
        return found
    if not _seal.is_sealed(data):
        return ["the seal is gone: another program packed it again; its notebooks are those the manifest speaks of"]
    return ["the seal does not fit, so something was changed; its notebooks are those the manifest speaks of"]
