"""A certificate as people read it, taken from claims whose signature has been found good."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curriculum.certificates._credential import TYPE, hashed, status_list_id
from curriculum.certificates._dates import parse
from curriculum.certificates._token import TokenError, open_token

if TYPE_CHECKING:
    from datetime import datetime

    from curriculum.certificates._keys import PublicKey

TYP = "JWT"


@dataclass(frozen=True)
class Line:
    """One lesson of a certificate; numbers as they are written there."""

    title: str
    points: str
    max_points: str
    hours: str
    on_top: bool


@dataclass(frozen=True)
class Certificate:
    """What a certificate says.

    Attributes:
        id: a URN, unique.
        name: the learner's.
        email_hash: what ``belongs_to`` compares with; empty where the gradebook had no address.
        course: the course's title.
        share: points in per cent, as they are written there.
        index: the place in the status list.
        fingerprint: of the key that signed it.
        sha256: of the credential as it is signed.
    """

    id: str
    name: str
    email_hash: str
    salt: str
    course: str
    version: str
    issuer: str
    criteria: str
    lines: tuple[Line, ...]
    extra: str
    share: str
    valid_from: datetime
    valid_until: datetime | None
    index: int
    fingerprint: str
    sha256: str

    @property
    def number(self) -> str:
        """The id without its prefix: what people type."""
        return self.id.removeprefix("urn:uuid:")

    @property
    def points(self) -> float:
        """Points of all lessons, extra credit included."""
        return sum(float(line.points) for line in self.lines) + float(self.extra)

    @property
    def max_points(self) -> float:
        """What could be had, without lessons on top."""
        return sum(float(line.max_points) for line in self.lines if not line.on_top)

    @property
    def hours(self) -> float:
        """What the course allows for these lessons."""
        return sum(float(line.hours) for line in self.lines)

    def belongs_to(self, email: str) -> bool:
        """Whether it was issued to whoever has this e-mail address, as the gradebook spells it."""
        return bool(self.email_hash) and hmac.compare_digest(self.email_hash, hashed(email.strip(), self.salt))


def open_certificate(token: str, public: PublicKey) -> Certificate:
    """Open the signed text of a certificate.

    Raises:
        OtherKeyError: another key signed it.
        TokenError: it was changed, or this key signed something else.
    """
    claims = open_token(token, public, TYP)
    try:
        _agree(claims, public)
        return _read(claims, token, public)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration) as error:
        if isinstance(error, TokenError):
            raise
        message = "is signed with the key given, but is no certificate of a course"
        raise TokenError(message) from None


def _agree(claims: dict[str, Any], public: PublicKey) -> None:
    """Open Badges says some things twice; both must say the same."""
    until = claims.get("validUntil")
    twice = [
        (claims["iss"], claims["issuer"]["id"]),
        (claims["iss"], public.did),
        (claims["jti"], claims["id"]),
        (claims["sub"], claims["credentialSubject"]["id"]),
        (claims["nbf"], int(parse(claims["validFrom"]).timestamp())),
        (claims.get("exp"), None if until is None else int(parse(until).timestamp())),
        (claims["credentialStatus"]["statusListCredential"], status_list_id(public)),
    ]
    if TYPE not in claims["type"] or any(one != other for one, other in twice):
        message = "contradicts itself"
        raise TokenError(message)


def _read(claims: dict[str, Any], token: str, public: PublicKey) -> Certificate:
    subject = claims["credentialSubject"]
    badge = subject["achievement"]
    values = {entry["resultDescription"]: entry["value"] for entry in subject["result"]}
    entries = {entry["identityType"]: entry for entry in subject["identifier"]}
    mail = entries.get("emailAddress", {})
    until = claims.get("validUntil")
    return Certificate(
        id=claims["id"],
        name=entries["name"]["identityHash"],
        email_hash=mail.get("identityHash", ""),
        salt=mail.get("salt", ""),
        course=badge["name"],
        version=badge["version"],
        issuer=claims["issuer"]["name"],
        criteria=badge["criteria"]["narrative"],
        lines=_lines(badge["id"], badge["resultDescription"], values),
        extra=values[f"{badge['id']}#extra"],
        share=values[f"{badge['id']}#share"],
        valid_from=parse(claims["validFrom"]),
        valid_until=None if until is None else parse(until),
        index=int(claims["credentialStatus"]["statusListIndex"]),
        fingerprint=public.fingerprint,
        sha256=hashlib.sha256(token.encode()).hexdigest(),
    )


def _lines(achievement: str, descriptions: list[dict[str, Any]], values: dict[str, str]) -> tuple[Line, ...]:
    made = []
    for entry in descriptions:
        kind, _, lesson = entry["id"].removeprefix(f"{achievement}#").partition("/")
        if kind in {"points", "on-top"}:
            hours = values[f"{achievement}#hours/{lesson}"]
            made.append(Line(entry["name"], values[entry["id"]], entry["valueMax"], hours, kind == "on-top"))
    return tuple(made)
