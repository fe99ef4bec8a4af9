"""The seal of a page that shows a certificate: the issuer's signature over every byte of the page but its own.

A page cannot hold the hash of itself. So it is made with a stretch of zeros, hashed, and the signed hash, which has
always the same length, takes the place of the zeros. Nothing has to be rendered again to check it: pages made with
other versions of fonts and libraries stay good.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from curriculum.certificates._certificate import open_certificate
from curriculum.certificates._token import TokenError, open_token, sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.certificates._certificate import Certificate
    from curriculum.certificates._keys import PublicKey, Signer

TYP = "certificate-page+jws"
_TEXT = rb"([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86})"
# Where a shown text cannot stand: markup is escaped in a page, and no shown text of a document breaks a line.
_SIGNED = {
    b"<!doctype": re.compile(rb">" + _TEXT + rb"(?=</pre>)"),
    b"%PDF-": re.compile(rb"stream\n" + _TEXT + rb"(?=\nendstream)"),
}


def is_page(content: bytes) -> bool:
    """Whether it begins as a page does, or a document."""
    return content.startswith(tuple(_SIGNED))


def sealed(render: Callable[[str], bytes], token: str, signer: Signer) -> bytes:
    """A page with its seal.

    Args:
        render: makes the page around the text that stands where the seal will; the page must hold ``token`` before it.
        token: the credential that the page shows.
        signer: the issuer's key.
    """
    credential = hashlib.sha256(token.encode()).hexdigest()
    blank = "0" * len(_sign("0" * 64, credential, signer))
    page = render(blank)
    if page.count(blank.encode()) != 1 or page.count(token.encode()) != 1:
        message = "a page must hold its credential and its seal once"
        raise AssertionError(message)
    seal = _sign(hashlib.sha256(page).hexdigest(), credential, signer)
    return page.replace(blank.encode(), seal.encode())


def open_page(page: bytes, public: PublicKey) -> Certificate:
    """The certificate that a page holds and shows.

    Raises:
        OtherKeyError: another key signed it.
        TokenError: any byte of it is not as it was sealed.
    """
    found = [match for start, signed in _SIGNED.items() if page.startswith(start) for match in signed.finditer(page)]
    if len(found) != 2:
        message = "holds no certificate, or was changed"
        raise TokenError(message)
    token, seal = found
    claims = open_token(seal.group(1).decode(), public, TYP)
    blank = page[: seal.start(1)] + b"0" * len(seal.group(1)) + page[seal.end(1) :]
    said = {"sha256": hashlib.sha256(blank).hexdigest(), "credential": hashlib.sha256(token.group(1)).hexdigest()}
    if claims != said:
        message = "was changed: what the page shows is not what was sealed"
        raise TokenError(message)
    return open_certificate(token.group(1).decode(), public)


def _sign(page: str, credential: str, signer: Signer) -> str:
    return sign({"sha256": page, "credential": credential}, signer, TYP)
