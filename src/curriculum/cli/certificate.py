"""Commands for certificates: keys, issue, verify, revoke."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curriculum.cli._options import GRADEBOOK, AsJson, GradebookUrl
from curriculum.errors import CertificateError

if TYPE_CHECKING:
    from curriculum.certificates import Office

_FOLDER = Path("certificates")

app = typer.Typer(help="Certificates: issue, verify without a network, revoke.", no_args_is_help=True)

FolderOption = Annotated[Path, typer.Option("--folder", "--out", help="Folder of keys, register and certificates.")]


def register(main: typer.Typer) -> None:
    """Add the commands of this file."""
    main.add_typer(app, name="certificate", rich_help_panel="Teach and write")


@app.command()
def keys(
    *,
    folder: FolderOption = _FOLDER,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Ask for a passphrase that the private key is encrypted with.")
    ] = False,
) -> None:
    """Make the keys that certificates are signed with; keys that are there are shown, never replaced.

    Give public.jwk and status.jwt to whoever verifies. Nobody else may ever have the folder keys.
    """
    from curriculum.certificates import Folder, load_public, make_keys, refresh_status, write_public

    place = Folder(folder)
    if not place.private_key.exists():
        make_keys(place, _new_passphrase() if encrypt else "")
        refresh_status(_office(folder))
    elif not place.public_jwk.exists() or encrypt:
        if encrypt:
            message = f"{place.private_key} is there already: --encrypt is for new keys"
            raise CertificateError(message)
        write_public(place, _office(folder).signer)
    public = load_public(place.public_jwk)
    typer.echo(f"          key: {public.fingerprint}")
    typer.echo(f"for verifiers: {place.public_jwk}\n           or: {place.public_pem}\n          and: {place.status}")
    typer.echo(f"   for nobody: {place.private_key} (keep a copy in a safe place)")


@app.command()
def issue(
    learners: Annotated[
        list[str] | None, typer.Argument(help="Learners, as the gradebook calls them.", show_default=False)
    ] = None,
    *,
    everyone: Annotated[bool, typer.Option("--all", help="Everyone who has earned one.")] = False,
    url: GradebookUrl = GRADEBOOK,
    cohort: Annotated[str, typer.Option(help="Only this class.", show_default="everyone")] = "",
    share: Annotated[float, typer.Option(min=0, max=1, help="Share of all points that it takes.")] = 0.6,
    each: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of each lesson's points.", show_default="any")
    ] = None,
    lesson: Annotated[
        list[str] | None, typer.Option(help="Only this lesson counts; may be repeated.", show_default="all")
    ] = None,
    issuer: Annotated[str, typer.Option(help="Who stands behind it.", show_default="the course's title")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires.", show_default="never")] = None,
    again: Annotated[bool, typer.Option("--again", help="Another one for who has one.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Issue nothing; say who would get one.")] = False,
    folder: FolderOption = _FOLDER,
    as_json: AsJson = False,
) -> None:
    """Issue certificates from a gradebook: signed (JWT), as a page (HTML) and to print (PDF).

    Only points graded under the full sandbox count. Who has one keeps it. Ends with 1 if a learner that you
    named gets none.
    """
    from curriculum.certificates import Offer, Rule, judge
    from curriculum.certificates import issue as issue_all
    from curriculum.cli._certificates import meter, print_issued, records
    from curriculum.gradebook import Gradebook

    if bool(learners) == everyone:
        message = "name learners, or say --all"
        raise CertificateError(message)
    with Gradebook.open(url) as book:
        sheet, policy = book.sheet(cohort=cohort), book.policy
    rule = Rule(share, each, policy.aided, tuple(lesson) if lesson else None)
    chosen = None if everyone else learners
    found = judge(sheet, chosen, rule)  # also finds what was misspelt, before keys are made for it
    if not dry_run:
        office = _office(folder, make=True)
        with meter(len(found)) as step:
            found = issue_all(sheet, chosen, Offer(rule, issuer, days, again), office, step=step)
    if as_json:
        typer.echo(json.dumps(records(found), indent=2))
    else:
        print_issued(found, dry_run=dry_run)
    missing = [one for one in found if one.problem or (one.entry is None and not (dry_run and one.verdict.is_eligible))]
    if any(one.problem or not everyone for one in missing):
        raise typer.Exit(1)


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(help="Certificates: JWT, HTML or PDF.", show_default=False)],
    *,
    key: Annotated[Path, typer.Option(help="The issuer's public key: public.jwk or public.pem.")] = (
        _FOLDER / "public.jwk"
    ),
    status: Annotated[
        Path | None,
        typer.Option(help="The issuer's status list.", show_default="status.jwt beside the key, if there is one"),
    ] = None,
    max_age: Annotated[
        int | None, typer.Option(min=0, help="Days that the status list may be old.", show_default="any")
    ] = None,
    email: Annotated[str, typer.Option(help="Say whether it is the certificate of whoever has this address.")] = "",
    as_json: AsJson = False,
) -> None:
    """Verify certificates without a network. Ends with 1 if one is not valid.

    The key that you give decides: get it from the issuer, not from whoever sent you the certificate.
    """
    from curriculum.certificates import load_public, read_status
    from curriculum.certificates import verify as verify_one
    from curriculum.cli._certificates import print_verified, verified_record

    public = load_public(key)
    beside = key.with_name("status.jwt")
    place = status or (beside if beside.exists() else None)
    if place is None and max_age is not None:
        message = "--max-age needs the issuer's status list: --status FILE"
        raise CertificateError(message)
    listed = None if place is None else read_status(place, public)
    age = None if max_age is None else timedelta(days=max_age)
    found = [verify_one(file, public, listed, max_age=age) for file in files]
    if as_json:
        typer.echo(json.dumps([verified_record(one, email) for one in found], indent=2))
    else:
        print_verified(found, email)
    strangers = email and any(one.certificate and not one.certificate.belongs_to(email) for one in found)
    if strangers or not all(one.is_valid for one in found):
        raise typer.Exit(1)


@app.command()
def revoke(
    certificate: Annotated[str, typer.Argument(help="Its id or the beginning of it, or its file.", show_default=False)],
    *,
    reason: Annotated[str, typer.Option(help="Why; kept in the register, not told to others.", show_default=False)],
    folder: FolderOption = _FOLDER,
) -> None:
    """Revoke a certificate, and sign the status list anew."""
    from curriculum.certificates import revoke as revoke_one

    office = _office(folder)
    entry = revoke_one(certificate, reason, office)
    typer.echo(f"revoked: {entry.number} ({entry.name})")
    typer.echo(f"give verifiers the new status list: {office.folder.status}")


@app.command()
def status(*, folder: FolderOption = _FOLDER) -> None:
    """Sign the status list anew, so that verifiers see that it is of today."""
    from curriculum.certificates import refresh_status

    typer.echo(f"give verifiers the new status list: {refresh_status(_office(folder))}")


@app.command("list")
def list_(*, folder: FolderOption = _FOLDER, as_json: AsJson = False) -> None:
    """List the certificates that were issued."""
    from curriculum.certificates import Folder, list_issued
    from curriculum.cli._certificates import entry_record, print_entries

    entries = list_issued(Folder(folder))
    if as_json:
        typer.echo(json.dumps([entry_record(entry) for entry in entries], indent=2))
    else:
        print_entries(entries)


def _office(folder: Path, *, make: bool = False) -> Office:
    """The issuer's office; its keys are made where there are none yet, if that is wanted."""
    from curriculum.certificates import Folder, Office, load_signer, make_keys

    place = Folder(folder)
    if make and not place.private_key.exists():
        make_keys(place)
        typer.echo(f"new keys in {place.keys}: keep a copy in a safe place", err=True)
    return Office(place, load_signer(place, _passphrase))


def _passphrase() -> str:
    import os

    from curriculum.certificates import PASSPHRASE_VARIABLE

    given = os.environ.get(PASSPHRASE_VARIABLE, "")
    if given or not sys.stdin.isatty():
        return given
    return str(typer.prompt("passphrase of the private key", hide_input=True, err=True))


def _new_passphrase() -> str:
    import os

    from curriculum.certificates import PASSPHRASE_VARIABLE

    given = os.environ.get(PASSPHRASE_VARIABLE, "")
    if given:
        return given
    if not sys.stdin.isatty():
        message = f"--encrypt needs a passphrase: give it in {PASSPHRASE_VARIABLE}"
        raise CertificateError(message)
    return str(typer.prompt("passphrase for the private key", hide_input=True, confirmation_prompt=True, err=True))
