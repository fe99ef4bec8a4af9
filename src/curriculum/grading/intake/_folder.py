"""Submitted files in a folder: found without following a link, read without waiting or reading too much."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from curriculum.errors import SubmissionError
from curriculum.grading._submission import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

# What `curriculum collect` writes: beside the learners' folders stand earlier attempts and what nobody could place.
COLLECTED = "collected.json"
ATTEMPTS = "attempts"
UNMATCHED = "unmatched"
MAX_FILE = 64 << 20
MAX_DEPTH = 8
_IGNORED = {"__MACOSX"}
_SUFFIX = ".ipynb"
# Opening a pipe or a device would wait, and a link may have been put in place since the folder was looked through.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def is_notebook(name: str) -> bool:
    """Whether a file is called as a notebook."""
    return name.lower().endswith(_SUFFIX) and len(name) > len(_SUFFIX)


def is_zip(name: str) -> bool:
    """Whether a file is called as a zip."""
    return name.lower().endswith(".zip")


@dataclass(frozen=True)
class File:
    """A file among what was handed in.

    Attributes:
        parts: its path below what was given.
        modified: when it was changed last; in a zip, by the clock of whoever packed it. None where that is not known.
    """

    parts: tuple[str, ...]
    modified: datetime | None = field(default=None, compare=False)

    @property
    def shown(self) -> str:
        """The path for messages, in characters that can be shown."""
        return shown("/".join(self.parts))

    @property
    def stem(self) -> str:
        """A notebook's name without ``.ipynb``."""
        return self.parts[-1][: -len(_SUFFIX)]


@dataclass(frozen=True)
class Listing:
    """What was found: the notebooks, and what cannot be one, in order."""

    files: tuple[File, ...]
    refused: tuple[Refused, ...] = ()


class Store(Protocol):
    """Where submitted files are: a folder or a zip."""

    def listing(self) -> Listing:
        """Everything that is there; nothing is read yet."""

    def reading(self) -> AbstractContextManager[Callable[[File], bytes]]:
        """Open the store; what comes back reads one file, or raises SubmissionError with the problem alone."""


@dataclass(frozen=True)
class Folder:
    """A folder of submissions, or one file in it.

    Attributes:
        wanted: tells by a file's name whether it is looked for.
    """

    root: Path
    name: str = ""
    wanted: Callable[[str], bool] = is_notebook

    def listing(self) -> Listing:
        """Every notebook below the folder; hidden ones and Jupyter's checkpoints are left out."""
        return Listing((File((self.name,)),)) if self.name else _Walk(self.root, self.wanted).listing()

    @contextmanager
    def reading(self) -> Iterator[Callable[[File], bytes]]:
        """Read files of the folder."""
        yield lambda file: _read(self.root.joinpath(*file.parts))


class _Walk:
    def __init__(self, root: Path, wanted: Callable[[str], bool]) -> None:
        self.root = root
        self.wanted = wanted
        self.files: list[File] = []
        self.refused: list[Refused] = []
        self.waiting: list[tuple[str, ...]] = [()]

    def listing(self) -> Listing:
        aside = {ATTEMPTS, UNMATCHED} if (self.root / COLLECTED).is_file() else set()
        while self.waiting:
            parts = self.waiting.pop()
            if parts and parts[0] in aside:
                continue
            try:
                with os.scandir(self.root.joinpath(*parts)) as entries:
                    for entry in entries:
                        self._sort(entry, (*parts, entry.name))
            except OSError as error:
                self.refused.append(refusal(parts, f"cannot be looked into ({error.strerror or error})"))
        files = sorted(self.files, key=lambda file: file.parts)
        return Listing(tuple(files), tuple(sorted(self.refused, key=lambda item: item.file)))

    def _sort(self, entry: os.DirEntry[str], parts: tuple[str, ...]) -> None:
        if is_ignored(entry.name):
            return
        if entry.is_dir(follow_symlinks=False):
            if len(parts) < MAX_DEPTH:
                self.waiting.append(parts)
            else:
                self.refused.append(refusal(parts, f"stands more than {MAX_DEPTH} folders deep"))
        elif self.wanted(entry.name) or (entry.is_symlink() and _leads_to_folder(entry)):
            self._take(entry, parts)

    def _take(self, entry: os.DirEntry[str], parts: tuple[str, ...]) -> None:
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.refused.append(refusal(parts, f"cannot be read ({error.strerror or error})"))
            return
        problem = _problem(state, entry.name)
        if problem:
            self.refused.append(refusal(parts, problem))
        else:
            self.files.append(File(parts, datetime.fromtimestamp(state.st_mtime, UTC)))


def is_ignored(name: str) -> bool:
    """Whether a folder or file is none of a learner's: hidden, a checkpoint, what macOS adds to zips."""
    return name.startswith(".") or name in _IGNORED


def shown(name: str) -> str:
    """A name in characters that can be shown, whatever a file system or a zip holds."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)


def refusal(parts: tuple[str, ...], problem: str) -> Refused:
    """A file that cannot be taken; whose it is depends on how the folders are arranged."""
    return Refused(learner="", file=shown("/".join(parts)), problem=problem)


def size_problem(size: int) -> str:
    """What is wrong with a file's size; empty where it will do."""
    return f"is {size / (1 << 20):,.0f} MiB; {MAX_FILE >> 20} at most are read" if size > MAX_FILE else ""


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return True


def _problem(state: os.stat_result, name: str) -> str:
    if stat.S_ISLNK(state.st_mode):
        return "is a symbolic link, and links are not followed; hand in the file itself"
    if not stat.S_ISREG(state.st_mode):
        return "is not an ordinary file"
    if state.st_nlink > 1:
        return "is a hard link: the same file has another name, perhaps elsewhere; hand in a copy of its own"
    # A zip is not read as a whole: what is in it has limits of its own.
    return "" if is_zip(name) else size_problem(state.st_size)


def _read(path: Path) -> bytes:
    try:
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            state = os.fstat(file.fileno())
            problem = _problem(state, path.name)
            if problem:
                raise SubmissionError(problem)
            content = file.read(state.st_size + 1)
    except OSError as error:
        message = f"cannot be read ({error.strerror or error})"
        raise SubmissionError(message) from None
    if len(content) > state.st_size:
        message = "grows while it is read; hand it in again"
        raise SubmissionError(message)
    return content
