"""Signing and opening compact JWS: one algorithm, one key, one header, one spelling."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

from curriculum.certificates._strict import decode_json, encode_json, from_base64

if TYPE_CHECKING:
    from collections.abc import Mapping

    from curriculum.certificates._keys import PublicKey, Signer

ALGORITHM = "EdDSA"
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")


class TokenError(ValueError):
    """A signed text is not what it should be; the message goes on after "it"."""


class OtherKeyError(TokenError):
    """It was signed with another key, or says so."""


def sign(claims: Mapping[str, Any], signer: Signer, typ: str) -> str:
    """A compact JWS over claims."""
    from joserfc import jws

    header = {"alg": ALGORITHM, "kid": signer.public.kid, "typ": typ}
    with warnings.catch_warnings():
        _as_everyone_calls_it()
        return jws.serialize_compact(header, encode_json(claims), signer.key, registry=_registry())


def open_token(token: str, public: PublicKey, typ: str) -> dict[str, Any]:
    """The claims of a compact JWS that this key has signed.

    Raises:
        OtherKeyError: the key is another one.
        TokenError: anything else about it is not as ``sign`` makes it.
    """
    parts = _COMPACT.fullmatch(token)
    if parts is None:
        message = "is not a signed text of three parts"
        raise TokenError(message)
    header, claims, signature = parts.groups()
    _check_header(_object(header, "header"), public, typ)
    _decoded(signature, "signature")
    if not _is_signed(token, public):
        message = "was changed: its signature does not fit"
        raise TokenError(message)
    return _object(claims, "content")


def _check_header(header: dict[str, Any], public: PublicKey, typ: str) -> None:
    if header.get("alg") != ALGORITHM:
        message = f"says it is signed by {header.get('alg')!r}; only {ALGORITHM} (Ed25519) is accepted"
        raise TokenError(message)
    odd = sorted(set(header) - {"alg", "kid", "typ"})
    if odd:
        message = f"has {odd[0]!r} in its header, which has no place there"
        raise TokenError(message)
    if header.get("kid") != public.kid:
        message = "was signed with another key than the one given"
        raise OtherKeyError(message)
    if header.get("typ") != typ:
        message = f"is a signed text of another kind ({header.get('typ')!r})"
        raise TokenError(message)


def _is_signed(token: str, public: PublicKey) -> bool:
    from joserfc import jws
    from joserfc.errors import JoseError

    with warnings.catch_warnings():
        _as_everyone_calls_it()
        try:
            jws.deserialize_compact(token, public.key, registry=_registry())
        except (JoseError, ValueError, TypeError):
            return False
    return True


def _registry() -> Any:
    from joserfc import jws

    made = jws.JWSRegistry(algorithms=[ALGORITHM])
    made.max_payload_length = 8 << 20  # the library's 128 kB are too few for a course of a hundred lessons
    return made


def _as_everyone_calls_it() -> None:
    """Stay with "EdDSA": RFC 9864 prefers "Ed25519", which few verifiers of badges know yet; the curve is the key's."""
    from joserfc.errors import SecurityWarning

    warnings.simplefilter("ignore", SecurityWarning)


def _object(part: str, what: str) -> dict[str, Any]:
    content = _decoded(part, what)
    try:
        value = decode_json(content)
    except ValueError as error:
        message = f"was changed: its {what} is no proper JSON ({error})"
        raise TokenError(message) from None
    if not isinstance(value, dict):
        message = f"was changed: its {what} is no JSON object"
        raise TokenError(message)
    return value


def _decoded(part: str, what: str) -> bytes:
    try:
        return from_base64(part)
    except ValueError as error:
        message = f"was changed: its {what} is {error}"
        raise TokenError(message) from None
