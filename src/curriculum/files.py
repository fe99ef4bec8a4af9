"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED = 0o644


@contextlib.contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``path`` in one step when the block ends well; else nothing has changed.

    Args:
        path: where it goes; its folder is made.
        mode: its permissions; by default those of the file that it replaces, or readable by everyone.

    Raises:
        OSError: the folder is read-only, the disk is full, ...
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; the one it replaces may have been shared.
        Path(name).chmod(_mode_of(path) if mode is None else mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def write_bytes(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replace a file in one step; see ``replacing``.

    Raises:
        OSError: as there.
    """
    with replacing(path, mode=mode) as file:
        file.write(content)


def write_text(path: Path, text: str) -> None:
    """Replace a text file in one step (UTF-8, the text's own line ends).

    Raises:
        OSError: as ``replacing``.
    """
    write_bytes(path, text.encode("utf-8"))


def _mode_of(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return _SHARED
