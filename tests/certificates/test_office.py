"""Issuing and revoking: the same certificate twice, the register, what a crash leaves, who cannot have one."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta

import pytest
from certificates.made import NOW, attempt, mark, sheet, standing, with_standings

from curriculum import certificates
from curriculum.certificates import Offer, Rule, State, _desk
from curriculum.errors import CertificateError, UnknownNameError
from curriculum.gradebook import Learner

pytestmark = pytest.mark.usefixtures("pages_alone")


def test_issuing_twice_gives_the_same_certificate(issuer):
    first = issuer.issue()
    before = [file.read_bytes() for file in first.files]
    again = issuer.issue(now=NOW + timedelta(days=5), issuer="Someone else")
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.entry, again.files) == (first.entry, first.files)
    assert [file.read_bytes() for file in again.files] == before
    assert len(certificates.list_issued(issuer.folder)) == 1


def test_another_one_is_another_and_leaves_the_first_valid(issuer):
    first = issuer.issue()
    second = issuer.issue(again=True)
    assert second.is_new
    assert not set(first.files) & set(second.files)
    assert all(issuer.verify(file, status=True).is_valid for file in (*first.files, *second.files))
    assert issuer.issue().entry == second.entry


def test_another_version_of_the_course_has_a_certificate_of_its_own(issuer):
    from dataclasses import replace

    first = issuer.issue()
    second = issuer.issue(replace(sheet(), version="2027.1"))
    assert second.is_new
    assert issuer.issue().entry == first.entry


def test_who_keeps_theirs_keeps_it_whatever_became_of_their_points(issuer):
    first = issuer.issue()
    _, poor = with_standings(sheet(), standing(mark(0.0)), standing(counted=None))
    assert issuer.issue(poor).entry == first.entry
    refused = issuer.issue(poor, again=True)
    assert (refused.entry, refused.verdict.is_eligible) == (None, False)


def test_a_lost_page_is_made_again_and_a_lost_credential_is_said(issuer):
    done = issuer.issue()
    before = done.files[1].read_bytes()
    done.files[1].unlink()
    assert issuer.issue().files[1].read_bytes() == before
    done.files[0].write_bytes(done.files[0].read_bytes() + b"\n")
    assert "--again issues another" in issuer.issue().problem
    other = issuer.issue(again=True)
    done.files[0].write_bytes(other.files[0].read_bytes())
    done.files[0].unlink()
    assert issuer.issue().entry == other.entry
    other.files[0].unlink()
    assert "is missing; --again issues another" in issuer.issue().problem


def test_who_has_a_revoked_or_expired_one_gets_another_only_where_that_is_said(issuer):
    done = issuer.issue(days=10)
    assert "has expired; --again issues another" in issuer.issue(now=NOW + timedelta(days=10)).problem
    certificates.revoke(done.entry.number, "copied from a neighbour", issuer.office, now=NOW)
    assert issuer.issue().problem == (
        "has one that was revoked on 27 November 2026 (copied from a neighbour); --again issues another"
    )
    assert issuer.issue(again=True).is_new


def test_only_who_has_earned_one_gets_one(issuer):
    _, poor = with_standings(sheet(), standing(mark(8.0)), standing(counted=attempt(mark(8.0), sandboxed=False)))
    done = issuer.issue(poor)
    assert (done.entry, done.files, done.is_new, done.problem) == (None, (), False, "")
    assert [reason.lesson for reason in done.verdict.reasons] == ["lesson-2"]
    assert not issuer.folder.issued.exists()
    assert certificates.list_issued(issuer.folder) == []


def test_one_learner_s_name_stops_nobody_else(issuer):
    people = sheet(Learner("long", "x" * 5000), Learner("ada", "Ada"), Learner("nothing", "\u202e\u2066"))
    found = {one.learner.key: one for one in certificates.issue(people, None, Offer(Rule()), issuer.office, now=NOW)}
    assert (
        found["long"].problem == "the name of 'long' is too long for a certificate: 5,000 characters, 300 are the most"
    )
    assert found["nothing"].problem == "the name of 'nothing' has no character that can be shown"
    assert found["ada"].is_new


def test_learners_are_taken_by_their_keys_and_each_once(issuer):
    people = sheet(Learner("ada", "Ada"), Learner("bob", "Bob"))
    seen = []
    found = certificates.issue(people, ["bob", "bob"], Offer(Rule()), issuer.office, now=NOW, step=seen.append)
    assert [one.learner.key for one in found] == ["bob"]
    assert seen == found
    with pytest.raises(UnknownNameError, match="did you mean 'ada'"):
        certificates.issue(people, ["bob", "adda"], Offer(Rule()), issuer.office, now=NOW)


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "a/b", "C:\\x", "con", "-rf", ".", "", "a\nb", "\ud800", "שרה", "x" * 500, "~", "a b"]
)
def test_no_learner_s_key_leads_out_of_the_folder(issuer, key):
    done = issuer.issue(sheet(Learner(key, "Ada")))
    assert not done.problem
    for file in done.files:
        assert file.resolve().parent == issuer.folder.issued.resolve()
        assert len(file.name) < 80
        assert file.name.isascii()
    assert certificates.list_issued(issuer.folder)[0].learner == key
    assert issuer.issue(sheet(Learner(key, "Ada"))).entry == done.entry


def test_judging_issues_nothing(issuer):
    found = certificates.judge(sheet(), None, Rule())
    assert found[0].verdict.is_eligible
    assert certificates.list_issued(issuer.folder) == []


# --- revoking --------------------------------------------------------------------------------------------------------


def test_a_certificate_is_revoked_by_its_id_its_beginning_or_its_files(issuer):
    for pick in (lambda one: one.entry.number, lambda one: one.entry.number[:8].upper(),
                 lambda one: f"urn:uuid:{one.entry.number}", lambda one: str(one.files[0]),
                 lambda one: str(one.files[1])):  # fmt: skip
        done = issuer.issue(again=True)
        entry = certificates.revoke(pick(done), "copied", issuer.office, now=NOW)
        assert (entry.number, entry.revoked_why, entry.revoked_at) == (done.entry.number, "copied", NOW)
        assert issuer.verify(done.files[0], status=True).state is State.REVOKED


def test_a_revocation_that_cannot_be_is_one_line(issuer, tmp_path):
    done = issuer.issue()
    strange = tmp_path / "strange.pdf"
    strange.write_bytes(b"%PDF-1.7 strange")
    for wanted, words in [
        ("no-such-file", "no certificate 'no-such-file' is in the register"),
        ("0000", "no certificate '0000'"),
        ("", "no certificate ''"),
        (str(strange), "holds no certificate"),
        (str(tmp_path), "no certificate"),
    ]:
        with pytest.raises(CertificateError, match=words):
            certificates.revoke(wanted, "copied", issuer.office, now=NOW)
    for why in ("", " \n"):
        with pytest.raises(CertificateError, match="say why"):
            certificates.revoke(done.entry.number, why, issuer.office, now=NOW)
    certificates.revoke(done.entry.number, "copied", issuer.office, now=NOW)
    with pytest.raises(CertificateError, match="was revoked on 27 November 2026 already: copied"):
        certificates.revoke(done.entry.number, "again", issuer.office, now=NOW)


def test_an_ambiguous_beginning_revokes_nothing(issuer, monkeypatch):
    import uuid

    numbers = iter(f"abcd{n:04d}-0000-4000-8000-000000000000" for n in range(9))
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(next(numbers)))
    issuer.issue()
    issuer.issue(again=True)
    with pytest.raises(CertificateError, match="2 certificates begin with 'abcd'"):
        certificates.revoke("abcd", "copied", issuer.office, now=NOW)
    assert all(entry.revoked_at is None for entry in certificates.list_issued(issuer.folder))


def test_the_status_list_does_not_tell_the_reason_or_the_learner(issuer):
    import base64

    done = issuer.issue()
    certificates.revoke(done.entry.number, "copied from a neighbour", issuer.office, now=NOW)
    _, claims, _ = issuer.folder.status.read_text().split(".")
    told = base64.urlsafe_b64decode(claims + "==").decode()
    assert not any(text in told for text in ("copied", "ada", "Ada", done.entry.number))


def test_a_refreshed_list_is_of_today_and_keeps_what_is_revoked(issuer):
    done = issuer.issue()
    certificates.revoke(done.entry.number, "copied", issuer.office, now=NOW)
    later = NOW + timedelta(days=30)
    certificates.refresh_status(issuer.office, now=later)
    assert issuer.status().made_at == later
    assert issuer.verify(done.files[0], status=True, now=later).state is State.REVOKED


def test_a_revocation_whose_list_could_not_be_written_gets_there_when_it_is_given_again(issuer):
    done = issuer.issue()
    issuer.folder.status.unlink()
    issuer.folder.status.mkdir()
    with pytest.raises(CertificateError, match="cannot be written"):
        certificates.revoke(done.entry.number, "copied", issuer.office, now=NOW)
    issuer.folder.status.rmdir()
    with pytest.raises(CertificateError, match="already: copied"):
        certificates.revoke(done.entry.number, "copied", issuer.office, now=NOW)
    assert issuer.verify(done.files[0], status=True).state is State.REVOKED


# --- the register ----------------------------------------------------------------------------------------------------


def test_the_register_is_only_appended_to_and_is_its_owner_s_alone(issuer):
    done = issuer.issue()
    before = issuer.folder.register.read_bytes()
    certificates.revoke(done.entry.number, "copied", issuer.office, now=NOW)
    after = issuer.folder.register.read_bytes()
    assert after.startswith(before)
    assert [max(json.loads(line)) for line in after.splitlines()] == ["version", "why"]
    if os.name == "posix":
        assert stat.S_IMODE(issuer.folder.register.stat().st_mode) == 0o600


def test_a_line_that_a_crash_cut_belongs_to_nothing_and_is_written_over(issuer):
    first = issuer.issue()
    whole = issuer.folder.register.read_bytes()
    for cut in (b'{"issued": "2026-11-27T', b'{"issued": "2026-11-27T09:30:00Z"}', b"\0" * 50):
        issuer.folder.register.write_bytes(whole + cut)
        assert [entry.number for entry in certificates.list_issued(issuer.folder)] == [first.entry.number]
    second = issuer.issue(again=True)
    entries = certificates.list_issued(issuer.folder)
    assert [entry.number for entry in entries] == [first.entry.number, second.entry.number]


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"revoked": "2026-11-27T09:30:00Z", "number": "?", "why": ""}', "{"])
def test_a_damaged_register_is_said_and_not_gone_on_with(issuer, line):
    issuer.issue()
    whole = issuer.folder.register.read_text()
    issuer.folder.register.write_text(f"{line}\n{whole}")
    with pytest.raises(CertificateError, match=r"register\.jsonl, line 1: the register is damaged"):
        issuer.issue(again=True)
    assert issuer.folder.register.read_text() == f"{line}\n{whole}"


def test_what_a_crash_left_unwritten_can_still_be_revoked(issuer, monkeypatch):
    """The register comes first: a certificate that got out is always known."""

    def full(path, content):
        message = f"{path} cannot be written (No space left on device)"
        raise CertificateError(message)

    with monkeypatch.context() as patch:
        patch.setattr(_desk, "write", full)
        assert "No space left" in issuer.issue().problem
    entry = certificates.list_issued(issuer.folder)[0]
    assert "is missing; --again issues another" in issuer.issue().problem
    assert certificates.revoke(entry.number, "never handed out", issuer.office, now=NOW).revoked_at == NOW


def test_a_certificate_is_known_to_the_status_list_from_its_first_second(issuer):
    done = issuer.issue()
    assert issuer.status().made_at == done.entry.issued_at
    assert issuer.verify(done.files[0], status=True).is_valid


def test_places_in_the_status_list_are_used_once_and_run_out_in_one_line(issuer, monkeypatch):
    from curriculum.certificates import _status

    monkeypatch.setattr(_status, "PLACES", 3)
    places = {_status.free_place(taken) for taken in (set(), {0, 1}, {0, 2}, {1, 2})}
    assert places <= {0, 1, 2}
    assert _status.free_place({0, 2}) == 1
    with pytest.raises(CertificateError, match="as many as its status list holds"):
        _status.free_place({0, 1, 2})


def test_a_folder_that_cannot_be_written_is_one_line(issuer, tmp_path):
    (tmp_path / "file").write_text("")
    office = certificates.Office(certificates.Folder(tmp_path / "file"), issuer.office.signer)
    with pytest.raises(CertificateError, match="cannot be used as a folder of certificates"):
        certificates.issue(sheet(), None, Offer(Rule()), office, now=NOW)
