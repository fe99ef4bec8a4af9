"""Issuing and revoking: under the folder's lock, and the status list is signed anew at the end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.certificates._dates import day, now_utc
from curriculum.certificates._desk import Desk
from curriculum.certificates._eligible import eligible
from curriculum.certificates._files import Folder, read, write
from curriculum.certificates._records import Issued, Offer, Office
from curriculum.certificates._register import Entry, note_revoked, read_register
from curriculum.certificates._status import make_status
from curriculum.certificates._text import plain
from curriculum.certificates._token import TokenError
from curriculum.certificates._verify import open_any
from curriculum.errors import CertificateError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from curriculum.certificates._rule import Rule
    from curriculum.gradebook import Row, Sheet


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
        desk = Desk(sheet, offer, office, moment, entries)
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
            _write_status(office, entries, moment)  # the first time, writing it may have failed
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


def _write_status(office: Office, entries: dict[str, Entry], now: datetime) -> None:
    revoked = [entry.index for entry in entries.values() if entry.revoked_at is not None]
    write(office.folder.status, make_status(revoked, office.signer, now).encode("ascii"))
