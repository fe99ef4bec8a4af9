"""What both faces of a certificate show beside its lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.certificates._dates import day
from curriculum.certificates._text import number

if TYPE_CHECKING:
    from curriculum.certificates._certificate import Certificate

CHECK = "curriculum certificate verify FILE --key public.jwk --status status.jwt"
HOW = (
    "The file that you are reading is signed, and so is the credential in it (Open Badges 3.0). Get the issuer's "
    "public key and status list from the issuer, not from whoever sent you the certificate, and give them to:"
)
AFTER = (
    "It works without a network, and says so if a single byte was changed, or if the certificate has expired or "
    "was revoked."
)


def facts(certificate: Certificate) -> list[tuple[str, str]]:
    """Labels and values, in the order in which they are shown."""
    rows = [
        ("Points", f"{certificate.share} %"),
        ("Hours", number(certificate.hours)),
        ("Issued by", certificate.issuer),
        ("Issued on", day(certificate.valid_from)),
    ]
    if certificate.valid_until is not None:
        rows.append(("Valid until", day(certificate.valid_until)))
    return [*rows, ("Course version", certificate.version)]


def rows(certificate: Certificate) -> list[tuple[str, str, str]]:
    """The table: lesson, points, hours; extra credit and the sum at its end."""
    made = [
        (line.title, f"+{line.points}" if line.on_top else f"{line.points} of {line.max_points}", line.hours)
        for line in certificate.lines
    ]
    if float(certificate.extra):
        made.append(("Extra credit", f"{float(certificate.extra):+g}", ""))
    total = f"{number(certificate.points)} of {number(certificate.max_points)}"
    return [*made, ("In all", total, number(certificate.hours))]


def on_top(certificate: Certificate) -> str:
    """What a plus sign means; empty where there is none."""
    if not any(line.on_top for line in certificate.lines):
        return ""
    return "Points with a plus count on top: they add nothing to what could be had."
