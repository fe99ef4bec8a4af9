"""Base64url and JSON with one way to write each thing, so that no byte of a signed file can change unseen."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NoReturn


def to_base64(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def from_base64(text: str) -> bytes:
    """Decode base64url.

    Raises:
        ValueError: it is not how an encoder would have written it, unused last bits included.
    """
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        message = "not base64url"
        raise ValueError(message) from None
    if to_base64(content) != text:
        message = "not canonical base64url"
        raise ValueError(message)
    return content


def encode_json(value: Any) -> bytes:
    """JSON without spaces, in ASCII, with keys in the order that they have."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def decode_json(content: bytes) -> Any:
    """Read JSON.

    Raises:
        ValueError: it is none, has a key twice, a number that is none, or is too deep.
    """
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        message = "too deep"
        raise ValueError(message) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return made


def _no_number(name: str) -> NoReturn:
    message = f"{name} is no number"
    raise ValueError(message)
