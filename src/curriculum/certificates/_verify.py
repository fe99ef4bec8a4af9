"""Verifying: from a file, a public key and perhaps a status list to a verdict in words; needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from curriculum.certificates._certificate import open_certificate
from curriculum.certificates._dates import day, now_utc
from curriculum.certificates._files import read
from curriculum.certificates._seal import is_page, open_page
from curriculum.certificates._token import OtherKeyError, TokenError

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from curriculum.certificates._certificate import Certificate
    from curriculum.certificates._keys import PublicKey
    from curriculum.certificates._status import StatusList


class State(StrEnum):
    """How a certificate stands."""

    VALID = "valid"
    CHANGED = "changed"
    OTHER_KEY = "other_key"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    STALE = "stale"


@dataclass(frozen=True)
class Verified:
    """What verifying a file found.

    Attributes:
        words: why it is not valid; empty where it is.
        certificate: what it says; None where nothing it says can be believed.
        checked: until when revocations are known (UTC); None where no status list was given.
    """

    file: Path
    state: State
    words: str = ""
    certificate: Certificate | None = None
    checked: datetime | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it is valid."""
        return self.state is State.VALID


def verify(
    file: Path,
    public: PublicKey,
    status: StatusList | None = None,
    *,
    max_age: timedelta | None = None,
    now: datetime | None = None,
) -> Verified:
    """Verify a certificate: the signed text itself, or a page or document that shows it.

    Args:
        file: what somebody handed over.
        public: the issuer's key; it alone decides, whatever the file says of its issuer.
        status: the issuer's status list; without one, revocation is not checked.
        max_age: how old the status list may be; any age where none is given.
        now: when; this moment where none is given.

    Raises:
        CertificateError: the file cannot be read.
    """
    moment = now_utc(now)
    content = read(file, "the certificate")
    try:
        certificate = open_any(content, public)
    except OtherKeyError as error:
        return Verified(file, State.OTHER_KEY, str(error))
    except TokenError as error:
        return Verified(file, State.CHANGED, str(error))
    state, words = _standing(certificate, status, max_age, moment)
    return Verified(file, state, words, certificate, status.made_at if status else None)


def open_any(content: bytes, public: PublicKey) -> Certificate:
    """The certificate in a file of any of its three kinds.

    Raises:
        OtherKeyError: another key signed it.
        TokenError: a byte of it is not as it was issued.
    """
    if is_page(content):
        return open_page(content, public)
    try:
        token = content.decode("ascii")
    except UnicodeDecodeError:
        message = "holds no certificate, or was changed"
        raise TokenError(message) from None
    if token != token.strip():
        message = "was changed: there are spaces or line breaks around the signed text"
        raise TokenError(message)
    return open_certificate(token, public)


def _standing(
    certificate: Certificate, status: StatusList | None, max_age: timedelta | None, now: datetime
) -> tuple[State, str]:
    if status is not None and status.is_revoked(certificate.index):
        return State.REVOKED, f"was revoked, says the status list of {day(status.made_at)}"
    if certificate.valid_until is not None and now >= certificate.valid_until:
        return State.EXPIRED, f"expired on {day(certificate.valid_until)}"
    if now < certificate.valid_from:
        return State.NOT_YET, f"is not valid before {day(certificate.valid_from)}"
    if status is not None and status.made_at < certificate.valid_from:
        return State.STALE, f"is younger than the status list of {day(status.made_at)}, which cannot know it"
    if status is not None and max_age is not None and now - status.made_at > max_age:
        return State.STALE, f"may have been revoked since: the status list is of {day(status.made_at)}"
    return State.VALID, ""
