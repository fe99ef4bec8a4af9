"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_SHARED = 0o666  # less what the process's mask takes away, as for any file
_PRIVATE = 0o600


@contextlib.contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``path`` in one step when the block ends well; else nothing has changed.

    Args:
        path: where it goes; its folder is made.
        mode: its permissions; by default those of the file that it replaces, or what the system gives to a new one.

    Raises:
        OSError: the folder is read-only, the disk is full, ...
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    wanted = _mode_of(path) if mode is None else mode
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, _FLAGS, _SHARED if wanted is None else _PRIVATE)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if wanted is not None:
            part.chmod(wanted)
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
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


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return None
