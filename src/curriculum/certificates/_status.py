"""The status list: which certificates are revoked, as a W3C Bitstring Status List signed by the issuer."""

from __future__ import annotations

import gzip
import secrets
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curriculum.certificates._credential import status_list_id
from curriculum.certificates._dates import parse, stamp
from curriculum.certificates._files import read
from curriculum.certificates._strict import from_base64, to_base64
from curriculum.certificates._token import TokenError, open_token, sign
from curriculum.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from curriculum.certificates._keys import PublicKey, Signer

# The standard's least: so many certificates share a list that asking for it tells nothing about one of them.
PLACES = 131_072
TYP = "vc+jwt"
_TYPE = "BitstringStatusListCredential"


@dataclass(frozen=True)
class StatusList:
    """A status list whose signature has been found good.

    Attributes:
        made_at: when it was signed (UTC).
    """

    made_at: datetime
    bits: bytes

    def is_revoked(self, index: int) -> bool:
        """Whether the certificate of that place is revoked; the first place is the leftmost bit."""
        return bool(self.bits[index // 8] >> (7 - index % 8) & 1)


def make_status(revoked: Collection[int], signer: Signer, now: datetime) -> str:
    """The signed text of a status list.

    Args:
        revoked: places of what is revoked.
        signer: the issuer's key.
        now: when it is signed.
    """
    bits = bytearray(PLACES // 8)
    for index in revoked:
        bits[index // 8] |= 1 << (7 - index % 8)
    own = status_list_id(signer.public)
    claims: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": own,
        "type": ["VerifiableCredential", _TYPE],
        "issuer": signer.public.did,
        "validFrom": stamp(now),
        "credentialSubject": {
            "id": f"{own}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": "u" + to_base64(gzip.compress(bytes(bits), mtime=0)),
        },
    }
    return sign(claims, signer, TYP)


def read_status(path: Path, public: PublicKey) -> StatusList:
    """Open a status list.

    Raises:
        CertificateError: it cannot be read, was changed, or is another issuer's.
    """
    content = read(path, "the status list")
    try:
        return _open(content.decode("ascii"), public)
    except TokenError as error:
        message = f"{path} cannot be used as status list: it {error}"
    except (ValueError, KeyError, TypeError, zlib.error):
        message = f"{path} is no status list"
    raise CertificateError(message) from None


def free_place(taken: Collection[int]) -> int:
    """A place that no certificate has; drawn, so that places tell nothing about who came when.

    Raises:
        CertificateError: all are taken.
    """
    if len(taken) >= PLACES:
        message = (
            f"this key has issued {PLACES:,} certificates, as many as its status list holds: make new keys elsewhere"
        )
        raise CertificateError(message)
    used = set(taken)
    while True:
        place = secrets.randbelow(PLACES)
        if place not in used:
            return place


def _open(token: str, public: PublicKey) -> StatusList:
    claims = open_token(token, public, TYP)
    subject = claims["credentialSubject"]
    fits = claims["issuer"] == public.did and claims["id"] == status_list_id(public) and _TYPE in claims["type"]
    if not fits or subject["statusPurpose"] != "revocation" or not subject["encodedList"].startswith("u"):
        message = "is signed with the key given, but is no status list"
        raise TokenError(message)
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    bits = unpacker.decompress(from_base64(subject["encodedList"][1:]), PLACES // 8 + 1)
    if len(bits) != PLACES // 8:
        message = "holds another number of places"
        raise TokenError(message)
    return StatusList(parse(claims["validFrom"]), bits)
