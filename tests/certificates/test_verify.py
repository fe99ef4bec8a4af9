"""Verifying: what is valid is, and whatever was changed, forged, expired or revoked says so."""

from __future__ import annotations

import base64
import json
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from certificates.made import LATER, NOW, flipped, make_issuer, sheet
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, OKPKey

from curriculum import certificates
from curriculum.certificates import State
from curriculum.certificates._token import TokenError, sign
from curriculum.certificates._verify import open_any
from curriculum.errors import CertificateError


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def parts(token: str) -> tuple[dict, dict, str]:
    header, claims, signature = token.split(".")
    read = [json.loads(base64.urlsafe_b64decode(text + "==")) for text in (header, claims)]
    return read[0], read[1], signature


def signed(issuer, header: dict, claims: dict | str) -> str:
    """Signed with the issuer's own key, whatever the header says."""
    content = f"{part(header)}.{part(claims)}"
    signature = issuer.office.signer.key.private_key.sign(content.encode())
    return f"{content}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.fixture
def token(issued) -> str:
    return issued.files[0].read_text(encoding="ascii")


@pytest.fixture
def judge(shared, tmp_path):
    """What verifying says of a text or bytes."""

    def found(content: str | bytes, **more) -> certificates.Verified:
        file = tmp_path / "given"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return shared.verify(file, **more)

    return found


# --- valid -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_each_of_the_three_files_is_valid(shared, issued, kind):
    found = shared.verify(issued.files[kind], status=True)
    assert (found.state, found.words) == (State.VALID, "")
    told = found.certificate
    assert (told.name, told.course, told.version, told.share) == (
        "Ada Lovelace",
        "Machine Learning Engineer",
        "2026.1",
        "80",
    )
    assert (told.points, told.max_points, told.hours) == (16.0, 20.0, 3.0)
    assert [line.title for line in told.lines] == ["Lesson 1: what the data say", "Lesson 2: what the data say"]
    assert told.number == issued.entry.number
    assert found.checked == NOW


@pytest.mark.parametrize("form", ["public_jwk", "public_pem"])
def test_the_public_key_is_all_that_a_verifier_needs(shared, issued, tmp_path, form):
    key = tmp_path / "key"
    key.write_bytes(getattr(shared.folder, form).read_bytes())
    public = certificates.load_public(key)
    assert certificates.verify(issued.files[2], public, now=NOW).is_valid
    assert public.did == shared.public.did


def test_it_is_known_whose_certificate_it_is(shared, issued):
    told = shared.verify(issued.files[0]).certificate
    assert told.belongs_to("ada@example.org")
    assert told.belongs_to(" ada@example.org ")
    assert not told.belongs_to("eve@example.org")
    assert not told.belongs_to("")
    assert b"ada@example.org" not in base64.urlsafe_b64decode(issued.files[0].read_text().split(".")[1] + "==")


# --- changed ---------------------------------------------------------------------------------------------------------


def test_any_changed_byte_of_the_signed_text_says_so(shared, token, judge):
    content = token.encode()
    for place in range(len(content)):
        with pytest.raises(TokenError):
            open_any(flipped(content, place, place % 8), shared.public)
    found = judge(flipped(content, len(content) // 2))
    assert (found.state, found.certificate) == (State.CHANGED, None)


def test_no_character_but_the_right_one_is_taken_at_the_ends_of_the_parts(token, judge):
    """Where base64 leaves bits unused, other characters decode to the same bytes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n"
    header, claims, _ = token.split(".")
    for place in (len(header) - 1, len(header) + len(claims), len(token) - 1):
        for char in alphabet.replace(token[place], ""):
            assert not judge(token[:place] + char + token[place + 1 :]).is_valid, (place, char)


@pytest.mark.parametrize("around", ["{}\n", " {}", "{}=", "{}.", "\ufeff{}", "{}{}", "{}.{}", "", "{}\0"])
def test_nothing_may_stand_around_the_signed_text(token, judge, around):
    assert judge(around.replace("{}", token)).state is State.CHANGED


def test_an_editor_s_line_break_at_the_end_is_told_as_what_it_is(token, judge):
    assert judge(f"{token}\n").words == "was changed: there are spaces or line breaks around the signed text"


def test_any_changed_byte_of_a_page_says_so(issued, shared):
    content = issued.files[1].read_bytes()
    for place in range(len(content)):
        with pytest.raises(TokenError):
            open_any(flipped(content, place, place % 8), shared.public)


def test_any_changed_byte_of_a_document_says_so(issued, shared):
    """All of the credential and the seal, of its start and its end; of fonts, which are most of it, every eleventh."""
    content = issued.files[2].read_bytes()
    signed_parts = range(content.index(b"stream\neyJ") - 300, content.rindex(b"stream\neyJ") + 1000)
    ends = {*range(300), *range(len(content) - 300, len(content))}
    assert len(signed_parts) < len(content) // 2
    for place in sorted({*signed_parts, *ends, *range(0, len(content), 11)}):
        with pytest.raises(TokenError):
            open_any(flipped(content, place, place % 8), shared.public)


@pytest.mark.parametrize("kind", [1, 2])
def test_a_page_that_lost_or_got_something_says_so(issued, judge, token, kind):
    content = issued.files[kind].read_bytes()
    seal = content[content.rindex(b"eyJ") :].split(b"<")[0].split(b"\n")[0]
    assert judge(content).is_valid
    for changed in (
        content + b"\n",
        content[:-1],
        content[1:],
        content.replace(seal, b""),
        content.replace(seal, b"0" * len(seal)),
        content.replace(seal, token.encode()),
        content.replace(token.encode(), seal),
        content.replace(b"Ada Lovelace", b"Eve Lovelace") + b" ",
        content + content,
        content[:200],
    ):
        assert judge(changed).state is State.CHANGED


@pytest.mark.usefixtures("pages_alone")
def test_the_seal_of_one_page_does_not_fit_another(shared, judge):
    one, other = (shared.issue(again=True).files[1].read_text() for _ in range(2))
    seals = [text[text.rindex("eyJ") :].split("<")[0] for text in (one, other)]
    assert judge(one).is_valid
    assert judge(one.replace(*seals)).state is State.CHANGED


@pytest.mark.usefixtures("pages_alone")
def test_a_page_with_another_valid_credential_in_it_is_changed(shared, issued, judge):
    other = shared.issue(again=True).files[0].read_text()
    page, own = issued.files[1].read_text(), issued.files[0].read_text()
    assert judge(page.replace(own, other)).state is State.CHANGED


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_no_other_file_is_a_certificate(shared, content):
    for start in (b"", b"%PDF-1.7\n", b"<!doctype html>"):
        with pytest.raises(TokenError):
            open_any(start + content, shared.public)


# --- forged ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"alg": "none"}, "'none'"),
        ({"alg": "HS256"}, "'HS256'"),
        ({"alg": "Ed25519"}, "'Ed25519'"),
        ({"alg": None}, "None"),
        ({"alg": ["EdDSA"]}, "EdDSA"),
        ({"crit": ["b64"], "b64": False}, "'b64'"),
        ({"crit": []}, "'crit'"),
        ({"jwk": {"kty": "OKP"}}, "'jwk'"),
        ({"kid": "did:jwk:e30#0"}, "another key"),
        ({"kid": None}, "another key"),
        ({"typ": "vc+jwt"}, "another kind"),
    ],
)
def test_a_header_that_is_not_ours_is_refused_though_our_key_signed_it(shared, token, judge, more, words):
    header, claims, _ = parts(token)
    assert judge(signed(shared, header, claims)).is_valid
    found = judge(signed(shared, header | more, claims))
    assert not found.is_valid
    assert words in found.words


def test_the_public_key_is_no_secret_to_sign_with(shared, token, judge):
    header, claims, _ = parts(token)
    for known in (base64.urlsafe_b64decode(shared.public.jwk["x"] + "="), shared.folder.public_jwk.read_bytes()):
        key = OctKey.import_key(known)
        assert judge(jws.serialize_compact(header | {"alg": "HS256"}, json.dumps(claims), key, ["HS256"])).words == (
            "says it is signed by 'HS256'; only EdDSA (Ed25519) is accepted"
        )


def test_no_signature_is_none(token, judge):
    header, claims, signature = token.split(".")
    for text in (f"{header}.{claims}.", f"{header}.{claims}", f"{header}..{signature}", "A" * 86, f"a.b.{'A' * 86}"):
        assert judge(text).state is State.CHANGED


def test_another_issuer_s_certificate_is_not_ours_even_where_it_says_so(tmp_path, shared, token, judge):
    other = make_issuer(tmp_path / "other")
    foreign = other.issue().files
    for file in foreign:
        found = judge(file.read_bytes())
        assert (found.state, found.certificate) == (State.OTHER_KEY, None)
    # The names of our key, the signature of theirs.
    header, claims, _ = parts(token)
    assert judge(signed(other, header, claims)).state is State.CHANGED
    # The key that a credential brings along decides nothing.
    assert judge(signed(other, header | {"jwk": other.public.jwk}, claims)).state is State.CHANGED


def test_what_is_said_twice_must_agree(shared, token, judge):
    header, claims, _ = parts(token)
    for key, value in (("iss", "did:jwk:e30"), ("jti", "urn:uuid:0"), ("sub", "urn:uuid:0"), ("nbf", 1), ("exp", 9**9)):
        assert judge(signed(shared, header, claims | {key: value})).words == "contradicts itself"
    without = {key: value for key, value in claims.items() if key != "exp"}
    assert judge(signed(shared, header, without)).words == "contradicts itself"
    for key in ("iss", "nbf", "credentialSubject", "issuer", "credentialStatus", "validFrom", "type"):
        less = {name: value for name, value in claims.items() if name != key}
        assert judge(signed(shared, header, less)).state is State.CHANGED
        assert judge(signed(shared, header, claims | {key: []})).state is State.CHANGED


def test_a_key_that_stands_twice_is_refused(shared, token, judge):
    header, claims, _ = parts(token)
    text = json.dumps(claims)
    assert judge(signed(shared, header, text)).is_valid
    assert "stands twice" in judge(signed(shared, header, '{"sub":"urn:uuid:0",' + text[1:])).words
    assert "NaN" in judge(signed(shared, header, text.replace(str(claims["nbf"]), "NaN"))).words
    assert judge(signed(shared, header, "[" * 100_000)).state is State.CHANGED
    assert judge(signed(shared, header, "[]")).state is State.CHANGED


def test_what_the_key_signs_for_other_ends_is_no_certificate(shared, issued, judge):
    assert judge(shared.folder.status.read_bytes()).state is State.CHANGED
    page = issued.files[1].read_text()
    assert judge(page[page.rindex("eyJ") :].split("<")[0]).state is State.CHANGED
    odd = sign({"iss": shared.public.did}, shared.office.signer, "JWT")
    assert judge(odd).words == "is signed with the key given, but is no certificate of a course"


def test_an_independent_library_call_agrees_that_the_signature_is_good(shared, token):
    """Straight from the JSON Web Key in the file for verifiers."""
    key = OKPKey.import_key(json.loads(shared.folder.public_jwk.read_text()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        opened = jws.deserialize_compact(token, key, ["EdDSA"])
    assert json.loads(opened.payload)["name"] == "Machine Learning Engineer"


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_certificate_is_valid_from_its_first_second_to_its_last(shared, issued):
    file, end = issued.files[0], NOW + timedelta(days=365)
    before = shared.verify(file, now=NOW - timedelta(seconds=1))
    assert (before.state, before.words) == (State.NOT_YET, "is not valid before 27 November 2026")
    assert shared.verify(file, now=NOW).is_valid
    assert shared.verify(file, now=end - timedelta(seconds=1)).is_valid
    after = shared.verify(file, now=end)
    assert (after.state, after.words) == (State.EXPIRED, "expired on 27 November 2027")
    assert after.certificate.name == "Ada Lovelace"


def test_the_zone_of_the_clock_does_not_matter_but_it_needs_one(shared, issued):
    east = NOW.astimezone(datetime.now(UTC).astimezone().tzinfo)
    assert shared.verify(issued.files[0], now=east).is_valid
    with pytest.raises(CertificateError, match="has no time zone"):
        shared.verify(issued.files[0], now=NOW.replace(tzinfo=None))


@pytest.mark.usefixtures("pages_alone")
def test_without_an_end_it_does_not_expire(shared):
    file = shared.issue(again=True).files[1]
    assert shared.verify(file, now=NOW.replace(year=2126)).is_valid


# --- revocation ------------------------------------------------------------------------------------------------------


def test_a_revoked_certificate_says_so_in_all_its_files(issuer):
    done = issuer.issue(days=10)
    old = issuer.status()
    certificates.revoke(done.entry.number, "copied", issuer.office, now=NOW + timedelta(days=1))
    for file in done.files:
        found = issuer.verify(file, status=True, now=NOW + timedelta(days=2))
        assert (found.state, found.words) == (State.REVOKED, "was revoked, says the status list of 28 November 2026")
        assert found.certificate.name == "Ada Lovelace"
        # Revoked is the worse news, and who has an old list or none cannot know.
        assert issuer.verify(file, status=True, now=NOW + LATER).state is State.REVOKED
        assert issuer.verify(file, now=NOW).checked is None
        assert certificates.verify(file, issuer.public, old, now=NOW).is_valid


@pytest.mark.usefixtures("pages_alone")
def test_only_the_revoked_one_is_revoked(issuer):
    first, second = issuer.issue(), issuer.issue(again=True)
    certificates.revoke(str(first.files[1]), "copied", issuer.office, now=NOW)
    assert issuer.verify(first.files[0], status=True).state is State.REVOKED
    assert issuer.verify(second.files[0], status=True).is_valid


def test_a_list_older_than_wanted_says_so(shared, issued):
    later = NOW + timedelta(days=31)
    assert shared.verify(issued.files[0], status=True, now=later).is_valid
    found = shared.verify(issued.files[0], status=True, now=later, max_age=timedelta(days=30))
    assert found.state is State.STALE
    assert found.words == "may have been revoked since: the status list is of 27 November 2026"
    assert shared.verify(issued.files[0], status=True, now=later, max_age=timedelta(days=31)).is_valid


@pytest.mark.usefixtures("pages_alone")
def test_a_list_older_than_the_certificate_knows_nothing_of_it(issuer):
    issuer.issue()
    old = issuer.status()
    late = NOW + timedelta(days=2)
    file = issuer.issue(again=True, now=late).files[0]
    found = certificates.verify(file, issuer.public, old, now=late)
    assert (found.state, "cannot know it" in found.words) == (State.STALE, True)


@pytest.mark.usefixtures("pages_alone")
def test_a_damaged_list_or_another_issuer_s_is_refused(shared, issued, tmp_path):
    file = tmp_path / "status.jwt"
    content = shared.folder.status.read_bytes()
    for place in range(0, len(content), 3):
        file.write_bytes(flipped(content, place, place % 8))
        with pytest.raises(CertificateError):
            certificates.read_status(file, shared.public)
    other = make_issuer(tmp_path / "other")
    other.issue()
    with pytest.raises(CertificateError, match="signed with another key"):
        certificates.read_status(other.folder.status, shared.public)
    for strange in (b"", b"\xff\xfe", issued.files[0].read_bytes(), issued.files[2].read_bytes()):
        file.write_bytes(strange)
        with pytest.raises(CertificateError, match=r"status\.jwt"):
            certificates.read_status(file, shared.public)
    with pytest.raises(CertificateError, match="cannot be read"):
        certificates.read_status(tmp_path / "nowhere", shared.public)


@pytest.mark.parametrize("packed", ["", "u", "uAAAA", "z123", "bomb", "short"])
def test_a_list_that_unpacks_to_something_else_is_refused(shared, tmp_path, packed):
    import gzip

    header, claims, _ = parts(shared.folder.status.read_text())
    size = {"bomb": 50_000_000, "short": 5}.get(packed)
    if size:
        packed = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(size), mtime=0)).rstrip(b"=").decode()
    claims["credentialSubject"]["encodedList"] = packed
    file = tmp_path / "status.jwt"
    file.write_text(signed(shared, header, claims))
    with pytest.raises(CertificateError, match="status"):
        certificates.read_status(file, shared.public)


@given(st.sets(st.integers(0, 131_071), max_size=30))
@settings(max_examples=20, deadline=None)
def test_the_list_holds_exactly_what_is_revoked(shared, tmp_path_factory, places):
    from curriculum.certificates._status import make_status

    file = tmp_path_factory.mktemp("list") / "status.jwt"
    file.write_text(make_status(places, shared.office.signer, NOW))
    found = certificates.read_status(file, shared.public)
    assert {place for place in range(131_072) if found.is_revoked(place)} == places


def test_the_list_is_a_bitstring_status_list_with_the_first_place_leftmost(shared):
    import gzip

    from curriculum.certificates._status import make_status

    header, claims, _ = parts(make_status({0, 15}, shared.office.signer, NOW))
    assert header["typ"] == "vc+jwt"
    assert claims["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    subject = claims["credentialSubject"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    bits = gzip.decompress(base64.urlsafe_b64decode(subject["encodedList"][1:] + "=="))
    assert (bits[:2], len(bits)) == (b"\x80\x01", 16_384)


# --- files that cannot be used ---------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_bad_input(shared, tmp_path):
    for place in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(CertificateError, match="the certificate cannot be read"):
            shared.verify(place)
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate((16 << 20) + 1)
    with pytest.raises(CertificateError, match="too large"):
        shared.verify(large)


def test_a_public_key_must_be_one(shared, tmp_path):
    file = tmp_path / "key"
    private = shared.folder.private_key
    with pytest.raises(CertificateError, match="is a private key") as caught:
        certificates.load_public(private)
    assert private.read_text().split("\n")[1] not in str(caught.value)
    raw = shared.office.signer.key.private_key
    der = raw.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    for content, words in [
        (der, "is a private key"),
        (json.dumps(shared.office.signer.key.as_dict(private=True)).encode(), "is a private key"),
        (b"", "is no public key"),
        (b"{}", "is no public key"),
        (b'{"kty":"oct","k":"AAAA"}', "is no public key"),
        (b'{"crv":"Ed25519","kty":"OKP","x":"AAAA"}', "is no public key"),
        (b'{"crv":"Ed25519","kty":"OKP","x":"A","x":"B"}', "is no public key"),
        (json.dumps(OKPKey.generate_key("X25519").as_dict(private=False)).encode(), "X25519"),
        (shared.folder.public_pem.read_bytes()[:60], "is no public key"),
    ]:
        file.write_bytes(content)
        with pytest.raises(CertificateError, match=words):
            certificates.load_public(file)


def test_a_course_of_a_hundred_lessons_fits(issuer):
    done = issuer.issue(sheet(lessons=100))
    assert not done.problem
    assert all(issuer.verify(file, status=True).is_valid for file in done.files)
