"""Files for other systems: written whole or not at all, and over what is there already only where that is asked for."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING

from curriculum import files
from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def written(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """A file that takes its place when the block ends well; else nothing has changed.

    Raises:
        BridgeError: there is such a file already, or it cannot be written.
    """
    if path.exists() and not overwrite:
        message = f"{path} is there already: choose another name, or say --force"
        raise BridgeError(message)
    try:
        with files.replacing(path, mode=0o600) as file:  # grades are nobody else's
            yield file
    except OSError as error:
        message = f"{path}: cannot be written ({error.strerror or error})"
        raise BridgeError(message) from None


def write(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write a whole file.

    Raises:
        BridgeError: as for ``written``.
    """
    with written(path, overwrite=overwrite) as file:
        file.write(content)


def read(path: Path) -> bytes:
    """What is in a file.

    Raises:
        BridgeError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror or error})"
        raise BridgeError(message) from None
