"""Files for other systems: written whole or not at all, and over what is there already only where that is asked for."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def written(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """A file that takes its place when the block ends well; else nothing has changed.

    Raises:
        BridgeError: there is such a file already, or it cannot be written.
    """
    if path.exists() and not overwrite:
        message = f"{path} is there already: choose another name, or say --force"
        raise BridgeError(message)
    name = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o600)  # grades are nobody else's
        Path(name).replace(path)
    except BaseException as error:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            message = f"{path}: cannot be written ({error.strerror or error})"
            raise BridgeError(message) from None
        raise


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
