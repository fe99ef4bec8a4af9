"""The file of a private key: made for its owner alone, refused where others can reach it."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from curriculum.errors import CertificateError

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(path: Path) -> None:
    """Make a folder that its owner alone may enter; one that is there must be so.

    Raises:
        CertificateError: it cannot be made, or is open to others.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        message = f"{path} cannot be made ({error.strerror or error})"
        raise CertificateError(message) from None
    if os.name == "posix" and mode & _OTHERS:
        message = f"{path} is open to others (mode {mode:04o}): chmod 700 it first"
        raise CertificateError(message)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there and that nobody else can open, not even meanwhile.

    Raises:
        CertificateError: it is there already, or cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        message = f"{path} is there already, and is never replaced: certificates signed with it would lose their issuer"
        raise CertificateError(message) from None
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error})"
        raise CertificateError(message) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            message = f"{path} cannot be written ({error.strerror or error})"
            raise CertificateError(message) from None
        raise


def read_private(path: Path) -> bytes:
    """Read a private key, through the same handle that its permissions are asked of: it cannot be swapped between.

    Raises:
        CertificateError: there is none, it cannot be read, or others can reach it.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        message = f"{path}: there is no private key; make one with: curriculum certificate keys"
        raise CertificateError(message) from None
    except OSError as error:
        message = f"{path}: the private key cannot be read ({error.strerror or error})"
        raise CertificateError(message) from None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            message = f"{path} is no file"
            raise CertificateError(message)
        mode = stat.S_IMODE(found.st_mode)
        if os.name == "posix" and mode & _OTHERS:
            message = (
                f"{path} can be read by others (mode {mode:04o}), so it may be known: chmod 600 it, or make new keys"
            )
            raise CertificateError(message)
        return file.read(1 << 16)
