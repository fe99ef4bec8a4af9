"""What certificate commands say, as text of 80 columns and as JSON."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from curriculum.certificates import day, plain
from curriculum.cli._tables import console, number, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from curriculum.certificates import Entry, Issued, Verified

# A list in the terminal ends here; --json has all of it.
_REASONS = 4


@contextmanager
def meter(total: int) -> Iterator[Callable[[Issued], None]]:
    """A bar on a terminal, nothing elsewhere: documents take half a second each."""
    out = Console(stderr=True)
    columns = (TextColumn("issuing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("issuing", total=total)
        yield lambda _: bar.advance(task)


def print_issued(found: Sequence[Issued], *, dry_run: bool) -> None:
    """A row a learner: their points, and their certificate or why they have none."""
    made = table("Certificates", "learner", "points", "what", right=("points",))
    for one in found:
        points = f"{_points(one.verdict.points)}/{_points(one.verdict.max_points)}"
        made.add_row(escape(plain(one.learner.key)), points, escape(_what(one, dry_run=dry_run)))
    console().print(made)
    new = [one for one in found if one.is_new]
    if new:
        folder = new[0].files[0].parent
        console().print(f"{len(new)} new, in {folder}", markup=False, soft_wrap=True)


def _what(one: Issued, *, dry_run: bool) -> str:
    if one.problem:
        return one.problem
    if one.entry is not None:
        return f"{'new' if one.is_new else 'has it'}: {one.files[0].stem}"
    if one.verdict.is_eligible:
        return "would get one" if dry_run else ""
    reasons = [plain(str(reason)) for reason in one.verdict.reasons]
    more = [f"and {len(reasons) - _REASONS} more reasons"] if len(reasons) > _REASONS else []
    return "\n".join([*reasons[:_REASONS], *more])


def records(found: Sequence[Issued]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "learner": one.learner.key,
            "certificate": one.entry.number if one.entry else None,
            "new": one.is_new,
            "files": [str(file) for file in one.files],
            "eligible": one.verdict.is_eligible,
            "points": one.verdict.points,
            "max_points": one.verdict.max_points,
            "reasons": [{"lesson": reason.lesson, "words": reason.words} for reason in one.verdict.reasons],
            "notes": [{"lesson": reason.lesson, "words": reason.words} for reason in one.verdict.notes],
            "problem": one.problem,
        }
        for one in found
    ]


def print_verified(found: Sequence[Verified], email: str) -> None:
    """A few lines a file."""
    out = console()
    for one in found:
        verdict = "valid" if one.is_valid else f"NOT VALID: it {one.words}"
        out.print(f"{one.file}: {verdict}", markup=False, soft_wrap=True)
        for line in _said(one, email):
            out.print(f"  {line}", markup=False, soft_wrap=True)


def _said(one: Verified, email: str) -> list[str]:
    known = one.certificate
    if known is None:
        return []
    until = f", valid until {day(known.valid_until)}" if known.valid_until else ""
    lines = [
        f"{plain(known.name)}: {plain(known.course)}, version {plain(known.version)}",
        f"{_points(known.points)} of {_points(known.max_points)} points ({known.share} %), "
        f"{len(known.lines)} lessons, {_points(known.hours)} hours",
        f"issued by {plain(known.issuer)} on {day(known.valid_from)}{until}",
        f"certificate {known.number}",
        f"key {known.fingerprint}",
    ]
    if one.checked is None:
        lines.append("whether it was revoked is not known: no status list was given")
    elif one.is_valid:
        lines.append(f"not revoked, says the status list of {day(one.checked)}")
    if email:
        whose = "the certificate of" if known.belongs_to(email) else "NOT the certificate of"
        lines.append(f"{whose} {plain(email)}")
    return lines


def verified_record(one: Verified, email: str) -> dict[str, Any]:
    """The same for programs."""
    known = one.certificate
    said: dict[str, Any] = {"file": str(one.file), "state": one.state.value, "words": one.words}
    said["status_list"] = _stamp(one.checked) if one.checked else None
    if known is None:
        return {**said, "certificate": None}
    told: dict[str, Any] = {
        "id": known.id,
        "name": known.name,
        "course": known.course,
        "version": known.version,
        "issuer": known.issuer,
        "issued": _stamp(known.valid_from),
        "valid_until": _stamp(known.valid_until) if known.valid_until else None,
        "points": known.points,
        "max_points": known.max_points,
        "hours": known.hours,
        "lessons": [
            {"title": line.title, "points": float(line.points), "max_points": float(line.max_points),
             "hours": float(line.hours), "on_top": line.on_top}
            for line in known.lines
        ],
        "key": known.fingerprint,
    }  # fmt: skip
    if email:
        told["belongs_to_email"] = known.belongs_to(email)
    return {**said, "certificate": told}


def print_entries(entries: Sequence[Entry]) -> None:
    """A row a certificate."""
    now = datetime.now(UTC)
    made = table("Issued", "certificate", "learner", "issued", "state", whole=("certificate", "issued"))
    for entry in entries:
        state = entry.state(now)
        why = f"revoked: {entry.revoked_why}" if state == "revoked" else state
        made.add_row(entry.number[:13], escape(plain(entry.learner)), entry.issued_at.date().isoformat(), escape(why))
    console().print(made)


def entry_record(entry: Entry) -> dict[str, Any]:
    """The same for programs."""
    return {
        "certificate": entry.number,
        "learner": entry.learner,
        "name": entry.name,
        "course": entry.course,
        "version": entry.version,
        "issued": _stamp(entry.issued_at),
        "valid_until": _stamp(entry.valid_until) if entry.valid_until else None,
        "state": entry.state(datetime.now(UTC)),
        "revoked": _stamp(entry.revoked_at) if entry.revoked_at else None,
        "why": entry.revoked_why,
        "sha256": entry.sha256,
        "files": entry.stem,
    }


def _points(value: float) -> str:
    return str(number(round(value, 2)))


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
