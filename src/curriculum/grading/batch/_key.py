"""The course's secret key, which the draws of graded checks depend on."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from curriculum import files
from curriculum.errors import GradingError

if TYPE_CHECKING:
    from pathlib import Path

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
            files.write_bytes(path, secrets.token_bytes(_BYTES), mode=0o600)
        except OSError as error:
            message = f"{path}: the course key cannot be written ({error.strerror or error})"
            raise GradingError(message) from None
    return read_key(path)
