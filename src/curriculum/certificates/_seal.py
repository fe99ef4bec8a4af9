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
_SIGNED = re.compile(rb"(?<![A-Za-z0-9_.-])[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}(?![A-Za-z0-9_.-])")


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
    found = list(_SIGNED.finditer(page))
    if len(found) != 2:
        message = "holds no certificate, or was changed"
        raise TokenError(message)
    token, seal = found
    certificate = open_certificate(token.group().decode(), public)
    claims = open_token(seal.group().decode(), public, TYP)
    blank = page[: seal.start()] + b"0" * len(seal.group()) + page[seal.end() :]
    if claims != {"sha256": hashlib.sha256(blank).hexdigest(), "credential": certificate.sha256}:
        message = "was changed: what the page shows is not what was sealed"
        raise TokenError(message)
    return certificate


def _sign(page: str, credential: str, signer: Signer) -> str:
    return sign({"sha256": page, "credential": credential}, signer, TYP)
