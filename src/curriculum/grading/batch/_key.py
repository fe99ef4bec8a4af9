"""The course's secret key, which the draws of graded checks depend on."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from curriculum.errors import GradingError

FILE = "course.key"
_BYTES = 32


def read_key(path: Path) -> bytes:
    """Read a key.

    Raises:
        GradingError: there is none, or it is shorter than 32 bytes.
    """
    try:
        key = path.read_bytes()
    except OSError as error:
        message = f"{path}: the course key cannot be read ({error.strerror or error})"
        raise GradingError(message) from None
    if len(key) < _BYTES:
        message = f"{path} is no course key: it holds {len(key)} bytes, and needs {_BYTES} random ones"
        raise GradingError(message)
    return key


def own_key(folder: Path) -> bytes:
    """The key kept in a folder of results; made where there is none yet.

    Raises:
        GradingError: it cannot be read or written, or is damaged.
    """
    path = folder / FILE
    if not path.exists():
        try:
            _make(path)
        except OSError as error:
            message = f"{path}: the course key cannot be written ({error.strerror or error})"
            raise GradingError(message) from None
    return read_key(path)


def _make(path: Path) -> None:
    """A whole key or none, whatever happens meanwhile."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # which makes it private: mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
