"""One learner's certificate: the one they have, or a new one, in the register before it is in their hands."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from curriculum.certificates._certificate import TYP, open_certificate
from curriculum.certificates._credential import Terms, claims
from curriculum.certificates._dates import day
from curriculum.certificates._files import read, write
from curriculum.certificates._html import html
from curriculum.certificates._pdf import pdf
from curriculum.certificates._records import Issued, Offer, Office
from curriculum.certificates._register import Entry, note_issued
from curriculum.certificates._seal import sealed
from curriculum.certificates._status import free_place
from curriculum.certificates._token import TokenError, sign
from curriculum.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from curriculum.certificates._certificate import Certificate
    from curriculum.certificates._rule import Verdict
    from curriculum.gradebook import Learner, Row, Sheet

FACES = {".html": html, ".pdf": pdf}


class Desk:
    """Serves one learner after another of the same sheet."""

    def __init__(self, sheet: Sheet, offer: Offer, office: Office, now: datetime, entries: dict[str, Entry]) -> None:
        self.sheet, self.offer, self.office, self.now, self.entries = sheet, offer, office, now, entries
        self.has_issued = False
        self._places = {entry.index for entry in entries.values()}
        self._latest = {(entry.learner, entry.course, entry.version): entry for entry in entries.values()}

    def serve(self, row: Row, verdict: Verdict) -> Issued:
        """Give a learner the certificate they have or have earned."""
        try:
            kept = self._kept(row, verdict)
            if kept is not None or not verdict.is_eligible:
                return kept or Issued(row.learner, verdict)
            return self._new(row, verdict)
        except CertificateError as error:
            return Issued(row.learner, verdict, problem=str(error))

    def _kept(self, row: Row, verdict: Verdict) -> Issued | None:
        entry = self._latest.get((row.learner.key, self.sheet.course, self.sheet.version))
        if entry is None or self.offer.again:
            return None
        state = entry.state(self.now)
        if entry.revoked_at is not None:
            message = (
                f"has one that was revoked on {day(entry.revoked_at)} ({entry.revoked_why}); --again issues another"
            )
            raise CertificateError(message)
        if state == "expired":
            message = "has one that has expired; --again issues another"
            raise CertificateError(message)
        return Issued(row.learner, verdict, entry, tuple(self._complete(entry)))

    def _complete(self, entry: Entry) -> Iterator[Path]:
        """The files of a certificate that was issued before; a face that is missing is made again."""
        place = self.office.folder.issued / f"{entry.stem}.jwt"
        if not place.exists():
            message = f"{place}, which was issued before, is missing; --again issues another"
            raise CertificateError(message)
        token = read(place, "the certificate issued before").decode("ascii", "replace")
        try:
            certificate = open_certificate(token, self.office.signer.public)
        except TokenError as error:
            message = f"{place} {error}; --again issues another"
            raise CertificateError(message) from None
        if certificate.sha256 != entry.sha256:
            message = f"{place} is not what the register says; --again issues another"
            raise CertificateError(message)
        yield place
        for suffix in FACES:
            if not place.with_suffix(suffix).exists():
                self._write_face(place, suffix, certificate, token)
            yield place.with_suffix(suffix)

    def _new(self, row: Row, verdict: Verdict) -> Issued:
        until = None if self.offer.days is None else self.now + timedelta(days=self.offer.days)
        issuer = self.offer.issuer or self.sheet.title
        terms = Terms(issuer, free_place(self._places), self.now, until)
        said = claims(row.learner, self.sheet, verdict, terms, self.office.signer.public)
        token = sign(said, self.office.signer, TYP)
        certificate = open_certificate(token, self.office.signer.public)
        entry = self._entry(row.learner, certificate)
        place = self.office.folder.issued / f"{entry.stem}.jwt"
        # The register comes first: whatever happens now, what gets out can be revoked.
        note_issued(self.office.folder.register, entry)
        self.entries[entry.number] = entry
        self._places.add(entry.index)
        self.has_issued = True
        write(place, token.encode("ascii"))
        for suffix in FACES:
            self._write_face(place, suffix, certificate, token)
        files = (place, *(place.with_suffix(suffix) for suffix in FACES))
        return Issued(row.learner, verdict, entry, files, is_new=True)

    def _write_face(self, place: Path, suffix: str, certificate: Certificate, token: str) -> None:
        face = FACES[suffix]
        page = sealed(lambda seal: face(certificate, token, seal), token, self.office.signer)
        write(place.with_suffix(suffix), page)

    def _entry(self, learner: Learner, certificate: Certificate) -> Entry:
        return Entry(
            number=certificate.number,
            learner=learner.key,
            name=certificate.name,
            course=self.sheet.course,
            version=self.sheet.version,
            issued_at=certificate.valid_from,
            valid_until=certificate.valid_until,
            index=certificate.index,
            sha256=certificate.sha256,
            stem=f"{_slug(learner.key)}-{certificate.number[:13]}",
        )


def _slug(key: str) -> str:
    """A file name's beginning: what any system can store, whatever the learner is called."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", key).strip("-")[:40] or "learner"
