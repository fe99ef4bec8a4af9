"""The issuer's keys: made once, the private one readable by its owner only and never shown."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from curriculum.certificates._files import read, write
from curriculum.certificates._private import make_private_folder, read_private, write_new
from curriculum.certificates._strict import decode_json, encode_json, to_base64
from curriculum.errors import CertificateError, MissingToolError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from joserfc.jwk import OKPKey

    from curriculum.certificates._files import Folder

PASSPHRASE_VARIABLE = "CURRICULUM_CERTIFICATE_PASSPHRASE"  # noqa: S105 - where it is looked for, not what it is


@dataclass(frozen=True)
class PublicKey:
    """The key that decides whose certificates are believed."""

    key: OKPKey = field(repr=False)

    @cached_property
    def jwk(self) -> dict[str, str]:
        """The members that make up the key: nothing else enters its names."""
        members = self.key.as_dict(private=False)
        return {name: str(members[name]) for name in ("crv", "kty", "x")}

    @cached_property
    def did(self) -> str:
        """The issuer's identifier: the key itself, as the method did:jwk writes it."""
        return f"did:jwk:{to_base64(encode_json(self.jwk))}"

    @property
    def kid(self) -> str:
        """What a signature calls the key: a URI that leads to its JSON Web Key, as Open Badges asks."""
        return f"{self.did}#0"

    @cached_property
    def fingerprint(self) -> str:
        """The key's JWK thumbprint (RFC 7638, SHA-256): short enough to compare by eye."""
        return self.key.thumbprint()

    def __str__(self) -> str:
        return self.fingerprint


@dataclass(frozen=True)
class Signer:
    """The private key and its public half; shows neither when printed."""

    key: OKPKey = field(repr=False)

    @cached_property
    def public(self) -> PublicKey:
        """The half that may be shown."""
        from joserfc.jwk import OKPKey

        return PublicKey(OKPKey.import_key(self.key.as_dict(private=False)))


def make_keys(folder: Folder, passphrase: str = "") -> PublicKey:
    """Make the issuer's keys; a private key that is there is never replaced.

    Args:
        folder: where certificates are kept.
        passphrase: encrypts the private key, where it is not empty.

    Raises:
        CertificateError: there is a private key, or the folder cannot be written or is open to others.
    """
    okp = _library()
    make_private_folder(folder.keys)
    pem = okp.generate_key("Ed25519").as_pem(private=True, password=passphrase or None)
    write_new(folder.private_key, pem)
    return write_public(folder, load_signer(folder, lambda: passphrase))


def write_public(folder: Folder, signer: Signer) -> PublicKey:
    """Write the public key beside the private one, in both of its forms."""
    public = signer.public
    jwk = {**public.jwk, "alg": "EdDSA", "kid": public.fingerprint, "use": "sig"}
    write(folder.public_jwk, json.dumps(jwk, indent=2).encode() + b"\n")
    write(folder.public_pem, public.key.as_pem())
    return public


def load_signer(folder: Folder, passphrase: Callable[[], str]) -> Signer:
    """The private key.

    Args:
        folder: where certificates are kept.
        passphrase: asked only where the key is encrypted.

    Raises:
        CertificateError: there is none, others can read it, the passphrase is wrong, or it is no Ed25519 key.
    """
    okp = _library()
    pem = read_private(folder.private_key)
    secret = passphrase() if b"ENCRYPTED" in pem else ""
    if b"ENCRYPTED" in pem and not secret:
        message = f"{folder.private_key} is encrypted: give its passphrase in {PASSPHRASE_VARIABLE}"
        raise CertificateError(message)
    # What the library says of a key it cannot read might hold parts of it.
    key: OKPKey | None = None
    try:
        key = okp.import_key(pem, password=secret or None)
    except Exception:  # noqa: BLE001 - a dozen kinds, and none may be shown
        key = None
    if key is None and secret:
        message = f"{folder.private_key} does not open with this passphrase"
        raise CertificateError(message)
    if key is None or not key.is_private or key.curve_name != "Ed25519":
        message = f"{folder.private_key} is no private key for Ed25519 (PEM)"
        raise CertificateError(message)
    return Signer(key)


def load_public(path: Path) -> PublicKey:
    """A public key, as a JSON Web Key or as PEM.

    Raises:
        CertificateError: it cannot be read, is no Ed25519 key, or is a private one.
    """
    okp = _library()
    content = read(path, "the public key")
    try:
        value: Any = decode_json(content) if content.lstrip()[:1] == b"{" else content
        key = okp.import_key(value)
        fits = key.curve_name == "Ed25519"
    except Exception:  # noqa: BLE001 - a dozen kinds
        message = f"{path} is no public key: a JSON Web Key or PEM file of an Ed25519 key is needed"
        raise CertificateError(message) from None
    if key.is_private:
        message = f"{path} is a private key: verifying needs the public one, and nobody else may have this"
        raise CertificateError(message)
    if not fits:
        message = f"{path} is a key for {key.curve_name}; certificates are signed with Ed25519"
        raise CertificateError(message)
    return PublicKey(key)


def _library() -> type[OKPKey]:
    try:
        from joserfc.jwk import OKPKey
    except ImportError:
        message = 'certificates need libraries that are not installed: pip install "curriculum[desk]"'
        raise MissingToolError(message) from None
    return OKPKey
