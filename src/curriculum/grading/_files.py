"""The data files of an assignment from another course, which lie beside its source."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from curriculum.errors import GradingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from curriculum.course import Lesson

_MOST = 64 << 20
_NOT_DATA = {"__pycache__", "source", "release", "submitted", "autograded", "feedback"}


def files_of(lesson: Lesson) -> dict[str, bytes]:
    """The files beside a source notebook, by their path with slashes; this course's own lessons have none.

    Raises:
        GradingError: they are too large to be given to every submission, or cannot be read.
    """
    if (lesson.root / "course.toml").is_file():
        return {}
    folder = lesson.path.parent
    found: dict[str, bytes] = {}
    try:
        for path in _walk(folder):
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
            if sum(map(len, found.values())) > _MOST:
                message = f"{folder}: the files beside {lesson.path.name} are larger than {_MOST >> 20} MiB together"
                raise GradingError(message)
    except OSError as error:
        message = f"{error.filename}: a file beside {lesson.path.name} cannot be read ({error.strerror})"
        raise GradingError(message) from None
    return found


def read_files(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by their path with slashes; as many as every learner's process can be given."""
    found: dict[str, bytes] = {}
    for path in _walk(folder):
        content = path.read_bytes()
        if sum(map(len, found.values())) + len(content) <= _MOST:
            found[path.relative_to(folder).as_posix()] = content
    return found


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files below a folder."""
    for name, content in files.items():
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def list_files(folder: Path) -> frozenset[str]:
    """The paths of the files below a folder, with slashes."""
    return frozenset(path.relative_to(folder).as_posix() for path in _walk(folder))


def restore_files(files: Mapping[str, bytes], listed: frozenset[str], folder: Path) -> None:
    """Bring these files of a folder back, and remove those that were not listed; what is hidden stays."""
    for name in list_files(folder) - listed:
        (folder / name).unlink()
    for path in [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]:
        if not any(name.startswith(f"{path.name}/") for name in listed):
            shutil.rmtree(path, ignore_errors=True)
    write_files({name: content for name, content in files.items() if not _holds(folder / name, content)}, folder)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if (
            path.name.startswith(".")
            or path.name in _NOT_DATA
            or path.suffix == ".ipynb"
            or path.name == "gradebook.db"
        ):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        elif path.is_file():
            yield path
