"""A workspace as a folder: where it is, what it was made from, and where each lesson's files lie."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum import journal
from curriculum.errors import WorkspaceError
from curriculum.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.course import Course, Lesson

SCHEMA = 1


@dataclass(frozen=True)
class Workspace:
    """A learner's folder.

    Attributes:
        course: the id of the course it was made from.
        version: the course's version at the last update.
        files: each lesson's id with the place it was given in, ``module/NN-slug.ipynb``.
    """

    folder: Path
    course: str
    version: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def own(self) -> Path:
        """The folder with what the course keeps about the workspace."""
        return self.folder / journal.FOLDER

    @property
    def backups(self) -> Path:
        """The folder with a learner's notebooks as they were before an update or a reset."""
        return self.own / "backups"

    def path(self, lesson: Lesson) -> Path:
        """The learner's notebook of a lesson."""
        return self.folder / lesson.name

    def base(self, lesson: Lesson) -> Path:
        """The lesson as it was given."""
        return self.own / "base" / lesson.name

    def back_up(self, path: Path, stamp: str) -> Path:
        """Copy a file of the workspace byte for byte; return the folder of all copies of that stamp.

        Raises:
            OSError: the copy cannot be written; no half of it stays behind.
        """
        target = self.backups / stamp / path.relative_to(self.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, target)
        except OSError:
            with contextlib.suppress(OSError):
                target.unlink()
            raise
        return self.backups / stamp

    def new_stamp(self) -> str:
        """A name for a folder of backups that is not taken: the time in UTC."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        name, number = now, 1
        while (self.backups / name).exists():
            number += 1
            name = f"{now}-{number}"
        return name

    def save(self) -> None:
        """Write down what the workspace was made from; a file that already says so stays untouched."""
        data = {"schema": SCHEMA, "course": self.course, "version": self.version, "lessons": self.files}
        text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        write_if_new(_marker(self.folder), text)


def find(start: Path | None = None) -> Workspace:
    """The workspace that a folder lies in; the current folder where none is given.

    Raises:
        WorkspaceError: there is none, or its description is damaged.
    """
    folder = journal.find_workspace(start or Path.cwd())
    if folder is None:
        message = "no workspace here: make one with `curriculum learn`, or change into its folder"
        raise WorkspaceError(message)
    return load(folder)


def find_for(course: Course, start: Path | None = None) -> Workspace:
    """The workspace that a folder lies in, which must be of this course.

    Raises:
        WorkspaceError: there is none, it is damaged, or it was made from another course.
    """
    workspace = find(start)
    require_course(workspace, course)
    return workspace


def require_course(workspace: Workspace, course: Course) -> None:
    """Raise WorkspaceError if the workspace was made from another course."""
    if workspace.course != course.id:
        message = f"{workspace.folder} is a workspace of the course {workspace.course!r}, not of {course.id!r}"
        raise WorkspaceError(message)


def load(folder: Path) -> Workspace:
    """Read a workspace's description.

    Raises:
        WorkspaceError: it is missing, damaged, or written by a newer version of the package.
    """
    workspace = read(folder)
    if workspace is None:
        message = f"{_marker(folder)} is damaged: run `curriculum learn` on the folder, which makes it anew"
        raise WorkspaceError(message)
    return workspace


def read(folder: Path) -> Workspace | None:
    """Read a workspace's description; None where it is missing or damaged.

    Raises:
        WorkspaceError: it was written by a newer version of the package.
    """
    try:
        data: Any = json.loads(_marker(folder).read_text(encoding="utf-8"))
        schema, files = data["schema"], dict(data["lessons"])
        workspace = Workspace(folder, str(data["course"]), str(data["version"]), files)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if schema != SCHEMA:
        message = f"{_marker(folder)} has schema {schema!r}, this version knows {SCHEMA}: update the package"
        raise WorkspaceError(message)
    return workspace


def _marker(folder: Path) -> Path:
    return folder / journal.FOLDER / journal.MARKER


def write_if_new(path: Path, text: str) -> bool:
    """Write a text file unless it already holds the text; say whether it was written."""
    try:
        if path.read_bytes() == text.encode("utf-8"):
            return False
    except OSError:
        pass
    write_text(path, text)
    return True


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn whatever stops a write into one line.

    Raises:
        WorkspaceError: the folder is read-only or not a folder, the disk is full, ...
    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename and str(error.filename) != str(folder) else ""
        message = f"{folder} cannot be written: {error.strerror or error}{where}"
        raise WorkspaceError(message) from None
