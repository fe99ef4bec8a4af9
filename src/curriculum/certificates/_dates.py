"""Times as credentials write them and as people read them; always UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from curriculum.errors import CertificateError

_FORM = "%Y-%m-%dT%H:%M:%SZ"
# Not strftime's: the names of months must not depend on where a certificate is made.
_MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip


def now_utc(now: datetime | None) -> datetime:
    """The moment to go by, in UTC and whole seconds.

    Raises:
        CertificateError: the moment has no time zone.
    """
    moment = now or datetime.now(UTC)
    if moment.tzinfo is None:
        message = f"{moment.isoformat()} has no time zone"
        raise CertificateError(message)
    return moment.astimezone(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    """A time as a credential writes it: ``2026-11-27T09:30:00Z``."""
    return moment.astimezone(UTC).strftime(_FORM)


def parse(text: str) -> datetime:
    """Read what ``stamp`` wrote.

    Raises:
        ValueError: it is not written so.
    """
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)


def day(moment: datetime) -> str:
    """A day as people read it: ``27 November 2026``."""
    here = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{here.day} {_MONTHS[here.month - 1]} {here.year}"
