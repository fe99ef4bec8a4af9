"""Files of a folder of certificates: bounded reading, writing in one step."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum import files
from curriculum.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LARGEST = 16 << 20


@dataclass(frozen=True)
class Folder:
    """Where an issuer keeps keys, the register, the status list and what was issued."""

    root: Path

    @property
    def keys(self) -> Path:
        """The folder of the keys; nobody else may enter it."""
        return self.root / "keys"

    @property
    def private_key(self) -> Path:
        """The key that signs (PEM, PKCS #8)."""
        return self.keys / "private.pem"

    @property
    def public_jwk(self) -> Path:
        """The key to give to verifiers, as a JSON Web Key."""
        return self.root / "public.jwk"

    @property
    def public_pem(self) -> Path:
        """The same key as PEM."""
        return self.root / "public.pem"

    @property
    def register(self) -> Path:
        """What was issued and revoked: one JSON object a line, only ever appended to."""
        return self.root / "register.jsonl"

    @property
    def status(self) -> Path:
        """The signed list of what is revoked, to give to verifiers."""
        return self.root / "status.jwt"

    @property
    def issued(self) -> Path:
        """The certificates."""
        return self.root / "issued"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other issuer out of this folder for the length of the block.

        Raises:
            CertificateError: the folder cannot be made or written.
        """
        from filelock import FileLock

        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / ".lock")
            lock.acquire()
        except OSError as error:
            message = f"{self.root} cannot be used as a folder of certificates ({error.strerror or error})"
            raise CertificateError(message) from None
        try:
            yield
        finally:
            lock.release()


def read(path: Path, what: str, most: int = _LARGEST) -> bytes:
    """A file's bytes.

    Args:
        path: where it is.
        what: what the message calls it.
        most: bytes that it may have.

    Raises:
        CertificateError: it cannot be read, or is larger than anything of this kind.
    """
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        message = f"{path}: {what} cannot be read ({error.strerror or error})"
        raise CertificateError(message) from None
    if len(content) > most:
        message = f"{path} is too large for {what}: {most >> 20} MiB are the most"
        raise CertificateError(message)
    return content


def write(path: Path, content: bytes) -> None:
    """Put a file in its place in one step, readable by everyone.

    Raises:
        CertificateError: it cannot be written; what was there is untouched.
    """
    try:
        files.write_bytes(path, content, mode=0o644)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or error})"
        raise CertificateError(message) from None
