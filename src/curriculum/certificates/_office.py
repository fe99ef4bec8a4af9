"""Issuing and revoking: the register first, then what is handed out, then the status list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.certificates._certificate import TYP, open_certificate
from curriculum.certificates._credential import Terms, claims
from curriculum.certificates._dates import day, now_utc
from curriculum.certificates._files import Folder, read, write
from curriculum.certificates._html import html
from curriculum.certificates._pdf import pdf
from curriculum.certificates._register import Entry, note_issued, note_revoked, read_register
from curriculum.certificates._rule import Rule, Verdict, eligible
from curriculum.certificates._seal import sealed
from curriculum.certificates._status import free_place, make_status
from curriculum.certificates._text import plain
from curriculum.certificates._token import TokenError, sign
from curriculum.certificates._verify import open_any
from curriculum.errors import CertificateError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from curriculum.certificates._certificate import Certificate
    from curriculum.certificates._keys import Signer
    from curriculum.gradebook import Learner, Row, Sheet

_FACES = {".html": html, ".pdf": pdf}


@dataclass(frozen=True)
class Office:
    """Where and with what an issuer works."""

    folder: Folder
    signer: Signer


@dataclass(frozen=True)
class Offer:
    """What certificates are issued on.

    Attributes:
        issuer: who stands behind them; the course's title where it is empty.
        days: how long they are valid; None for ever.
        again: whether who has one gets another.
    """

    rule: Rule
    issuer: str = ""
    days: int | None = None
    again: bool = False


@dataclass(frozen=True)
class Issued:
    """What became of one learner.

    Attributes:
        verdict: what the rule made of their row.
        entry: their certificate in the register; None where they have none.
        files: the certificate as JWT, HTML and PDF.
        is_new: whether it was made now.
        problem: why there is none although it was earned.
    """

    learner: Learner
    verdict: Verdict
    entry: Entry | None = None
    files: tuple[Path, ...] = ()
    is_new: bool = False
    problem: str = ""


def issue(
    sheet: Sheet,
    learners: Sequence[str] | None,
    offer: Offer,
    office: Office,
    *,
    now: datetime | None = None,
    step: Callable[[Issued], None] | None = None,
) -> list[Issued]:
    """Issue certificates to those who have earned one.

    Who has a certificate of this course's version keeps it, unless ``offer.again``. A learner's problem stops no other.

    Args:
        sheet: the class.
        learners: keys; None for everyone.
        offer: what they are issued on.
        office: where and with what.
        now: when; this moment where none is given.
        step: called after each learner.

    Raises:
        UnknownNameError: a learner or a lesson is not in the sheet.
        CertificateError: the folder cannot be used.
    """
    moment = now_utc(now)
    rows = _rows(sheet, learners)
    verdicts = [eligible(row, sheet, offer.rule) for row in rows]
    made = []
    with office.folder.locked():
        entries = read_register(office.folder.register)
        desk = _Desk(sheet, offer, office, moment, entries)
        try:
            for row, verdict in zip(rows, verdicts, strict=True):
                done = desk.serve(row, verdict)
                made.append(done)
                if step is not None:
                    step(done)
        finally:
            # A list older than a certificate knows nothing of it.
            if desk.has_issued or not office.folder.status.exists():
                _write_status(office, entries, moment)
    return made


def revoke(wanted: str, why: str, office: Office, *, now: datetime | None = None) -> Entry:
    """Revoke a certificate and sign the status list anew.

    Args:
        wanted: its id, the beginning of it, or one of its files.
        why: stays in the register; the status list does not tell it.
        office: where and with what.
        now: when; this moment where none is given.

    Raises:
        CertificateError: there is no such certificate, more than one, or it is revoked already; or no reason is given.
    """
    moment = now_utc(now)
    if not plain(why):
        message = "say why it is revoked: the register keeps the reason"
        raise CertificateError(message)
    with office.folder.locked():
        entries = read_register(office.folder.register)
        entry = _find(wanted, entries, office)
        if entry.revoked_at is not None:
            message = f"{entry.number} was revoked on {day(entry.revoked_at)} already: {entry.revoked_why}"
            raise CertificateError(message)
        note_revoked(office.folder.register, entry.number, moment, plain(why))
        entries = read_register(office.folder.register)
        _write_status(office, entries, moment)
    return entries[entry.number]


def refresh_status(office: Office, *, now: datetime | None = None) -> Path:
    """Sign the status list anew, so that verifiers see that it is of today.

    Raises:
        CertificateError: the folder cannot be used.
    """
    with office.folder.locked():
        _write_status(office, read_register(office.folder.register), now_utc(now))
    return office.folder.status


def judge(sheet: Sheet, learners: Sequence[str] | None, rule: Rule) -> list[Issued]:
    """What issuing would look at, with nothing issued.

    Raises:
        UnknownNameError: a learner or a lesson is not in the sheet.
    """
    return [Issued(row.learner, eligible(row, sheet, rule)) for row in _rows(sheet, learners)]


def list_issued(folder: Folder) -> list[Entry]:
    """Every certificate of the register, oldest first.

    Raises:
        CertificateError: the register cannot be read.
    """
    return list(read_register(folder.register).values())


class _Desk:
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
        token = read(place, "the certificate issued before").decode("ascii", "replace")
        try:
            certificate = open_certificate(token, self.office.signer.public)
        except TokenError as error:
            message = f"{place} {error}; --again issues another certificate"
            raise CertificateError(message) from None
        if certificate.sha256 != entry.sha256:
            message = f"{place} is not what the register says; --again issues another certificate"
            raise CertificateError(message)
        yield place
        for suffix in _FACES:
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
        for suffix in _FACES:
            self._write_face(place, suffix, certificate, token)
        files = (place, *(place.with_suffix(suffix) for suffix in _FACES))
        return Issued(row.learner, verdict, entry, files, is_new=True)

    def _write_face(self, place: Path, suffix: str, certificate: Certificate, token: str) -> None:
        face = _FACES[suffix]
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


def _rows(sheet: Sheet, learners: Sequence[str] | None) -> list[Row]:
    if learners is None:
        return list(sheet.rows)
    known = {row.learner.key: row for row in sheet.rows}
    for key in learners:
        if key not in known:
            raise UnknownNameError("learner", key, known, "curriculum gradebook show")
    return [known[key] for key in dict.fromkeys(learners)]


def _find(wanted: str, entries: dict[str, Entry], office: Office) -> Entry:
    number = _number(wanted, office)
    found = [entry for entry in entries.values() if number and entry.number.startswith(number)]
    if not found:
        message = f"no certificate {wanted!r} is in the register; see all with: curriculum certificate list"
        raise CertificateError(message)
    if len(found) > 1:
        message = f"{len(found)} certificates begin with {wanted!r}: give more of the id"
        raise CertificateError(message)
    return found[0]


def _number(wanted: str, office: Office) -> str:
    """The id that somebody typed, or that of the file whose path they typed."""
    typed = wanted.strip().lower().removeprefix("urn:uuid:")
    if re.fullmatch(r"[0-9a-f-]{4,36}", typed):
        return typed
    path = Path(wanted)
    if not path.is_file():
        return ""
    try:
        return open_any(read(path, "the certificate"), office.signer.public).number
    except TokenError as error:
        message = f"{path} {error}; give the id, as in: curriculum certificate list"
        raise CertificateError(message) from None


def _slug(key: str) -> str:
    """A file name's beginning: what any system can store, whatever the learner is called."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", key).strip("-")[:40] or "learner"


def _write_status(office: Office, entries: dict[str, Entry], now: datetime) -> None:
    revoked = [entry.index for entry in entries.values() if entry.revoked_at is not None]
    write(office.folder.status, make_status(revoked, office.signer, now).encode("ascii"))
