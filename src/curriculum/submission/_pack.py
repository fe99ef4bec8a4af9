"""One file out of a workspace: notebooks, manifest and seal; the same work at the same time makes the same bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from curriculum import files, journal
from curriculum.errors import SubmissionError
from curriculum.submission import _seal
from curriculum.submission._examine import Looked, look
from curriculum.submission._learner import default_name, remembered
from curriculum.submission._manifest import FILE, LessonNote, Manifest
from curriculum.submission._names import clean, safe
from curriculum.submission._read import MAX_FILE, MAX_MEMBERS
from curriculum.workspace import records, require_course

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from curriculum.course import Course, Lesson
    from curriculum.workspace import Workspace

_MODE = 0o100644 << 16
_UNIX = 3
# `curriculum grade` takes a member that unpacks to more than 200 times its size for a bomb.
_MAX_RATIO = 100


@dataclass(frozen=True)
class Packed:
    """A file to hand in.

    Attributes:
        seal: the hash of everything in it but the seal itself.
        lessons: what was packed, in the course's order.
    """

    path: Path
    size: int
    seal: str
    manifest: Manifest
    lessons: tuple[Looked, ...]

    @property
    def receipt(self) -> str:
        """The code for the learner to note: whoever has the file can make it again and compare."""
        return _seal.receipt(self.seal)


def pack(
    workspace: Workspace,
    course: Course,
    lessons: Sequence[Lesson] = (),
    to: Path | None = None,
    *,
    learner: str = "",
    now: datetime | None = None,
) -> Packed:
    """Pack notebooks of a workspace into one file.

    Args:
        workspace: the learner's folder.
        course: the course it was made from.
        lessons: which ones; by default all that were begun.
        to: the file to write, or a folder for it; the workspace by default. Never one that is there already.
        learner: who hands in; by default as the last time, else the folder's name.
        now: the time to write down (UTC).

    Raises:
        SubmissionError: nothing can be handed in, a notebook cannot be graded, the name says nothing, or the file
            cannot be written; no half of it stays behind.
        WorkspaceError: the workspace is another course's, or its journal cannot be read.
    """
    require_course(workspace, course)
    name = _name(workspace, learner)
    looked = _looked(workspace, course, lessons)
    time = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    path = _target(workspace, to, _file_name(name, course, looked, time))
    try:
        owner = remembered(workspace, name)
    except OSError as error:
        message = f"{workspace.folder} cannot be written: {error.strerror or error}"
        raise SubmissionError(message) from None
    notes = tuple(_note(item, name) for item in looked)
    manifest = Manifest(course.id, course.version, name, owner.workspace, time, notes)
    data = _seal.seal(_zip(manifest, looked))
    if len(data) > MAX_FILE:
        message = (
            f"the file would be {len(data) >> 20:,} MiB, {MAX_FILE >> 20} at most are taken: hand in fewer lessons"
        )
        raise SubmissionError(message)
    _write(path, data)
    return Packed(path, len(data), _seal.digest(data), manifest, looked)


def _name(workspace: Workspace, learner: str) -> str:
    name = learner or default_name(workspace)
    if not name:
        message = "whose work is it? Say so once with --learner NAME; the workspace remembers"
        raise SubmissionError(message)
    return clean(name)


def _looked(workspace: Workspace, course: Course, lessons: Sequence[Lesson]) -> tuple[Looked, ...]:
    known = records(journal.events(workspace.folder))
    chosen = set(lessons)
    if chosen:
        return tuple(look(workspace, course, lesson, known) for lesson in course.lessons if lesson in chosen)
    there = [lesson for lesson in course.lessons if workspace.path(lesson).is_file()]
    begun = tuple(item for item in (look(workspace, course, lesson, known) for lesson in there) if item.is_begun)
    if not begun:
        message = "nothing to hand in: no answer was written yet; name a lesson to hand it in all the same"
        raise SubmissionError(message)
    if len(begun) >= MAX_MEMBERS:
        message = f"{len(begun):,} lessons are too many for one file: name those to hand in"
        raise SubmissionError(message)
    return begun


def _file_name(name: str, course: Course, looked: tuple[Looked, ...], time: datetime) -> str:
    what = looked[0].lesson.id if len(looked) == 1 else course.id
    return f"{safe(name).replace(' ', '-')}-{safe(what)[:60]}-{time:%Y%m%dT%H%M%SZ}.zip"


def _target(workspace: Workspace, to: Path | None, file: str) -> Path:
    path = to or workspace.folder
    path = path / file if path.is_dir() else path
    if path.suffix.lower() != ".zip":
        message = f"{path}: call the file something.zip"
        raise SubmissionError(message)
    if path.exists():
        message = f"{path} is there already: move it away, or choose another name with --to"
        raise SubmissionError(message)
    return path


def _note(item: Looked, name: str) -> LessonNote:
    return LessonNote(
        lesson=item.lesson.id,
        file=f"{safe(name)}/{item.lesson.file}.ipynb",
        sha256=sha256(item.content).hexdigest(),
        size=len(item.content),
        version=item.version,
        exercises=item.notes,
    )


def _zip(manifest: Manifest, looked: tuple[Looked, ...]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = _seal.PLACEHOLDER
        _add(archive, FILE, manifest.dumps(), manifest.made_at)
        for note, item in zip(manifest.lessons, looked, strict=True):
            _add(archive, note.file, item.content, manifest.made_at)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, time: datetime) -> None:
    # Zips know no year before 1980, and no year after 2107.
    year = min(max(time.year, 1980), 2107)
    info = zipfile.ZipInfo(name, (year, time.month, time.day, time.hour, time.minute, time.second))
    info.create_system, info.external_attr = _UNIX, _MODE
    bomb = len(content) > _MAX_RATIO * len(zlib.compress(content, 6))
    info.compress_type = zipfile.ZIP_STORED if bomb else zipfile.ZIP_DEFLATED
    archive.writestr(info, content, compresslevel=None if bomb else 6)


def _write(path: Path, data: bytes) -> None:
    """Write a file in one step, and never over one that has come in the meantime."""
    try:
        with files.replacing(path, mode=0o644) as file:
            file.write(data)
            if path.exists():
                raise FileExistsError(17, "is there already", str(path))
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}"
        raise SubmissionError(message) from None
