"""Keys: made with safe permissions, refused without them, and shown nowhere."""

from __future__ import annotations

import json
import os
import stat
import traceback
from typing import TYPE_CHECKING

import pytest
from certificates.made import NOW, make_issuer, sheet
from joserfc.jwk import OKPKey

from curriculum import certificates
from curriculum.errors import CertificateError

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def secrets_of(folder: certificates.Folder) -> list[bytes]:
    """Every spelling of the private key that could turn up somewhere: PEM, raw, hexadecimal, JWK."""
    pem = folder.private_key.read_bytes()
    key = OKPKey.import_key(pem)
    secret = key.as_dict(private=True)["d"].encode()
    raw = key.private_key.private_bytes_raw()
    return [pem.split(b"\n")[1], raw, raw.hex().encode(), secret]


@posix
@pytest.mark.parametrize("mask", [0, 0o022, 0o077, 0o027])
def test_whatever_the_umask_only_the_owner_can_reach_the_private_key(tmp_path, mask):
    folder = certificates.Folder(tmp_path / "certificates")
    before = os.umask(mask)
    try:
        certificates.make_keys(folder)
    finally:
        os.umask(before)
    assert mode(folder.private_key) == 0o600
    assert mode(folder.keys) == 0o700
    assert sorted(path.name for path in folder.keys.iterdir()) == ["private.pem"]


@posix
@pytest.mark.parametrize("bits", [0o640, 0o604, 0o644, 0o620, 0o602, 0o610, 0o660, 0o777])
def test_a_private_key_that_others_can_reach_is_refused(tmp_path, bits):
    folder = make_issuer(tmp_path).folder
    folder.private_key.chmod(bits)
    with pytest.raises(CertificateError, match=f"mode {bits:04o}.*chmod 600") as caught:
        certificates.load_signer(folder, lambda: "")
    assert "\n" not in str(caught.value)


@posix
def test_keys_are_not_made_in_a_folder_that_is_open_to_others(tmp_path):
    folder = certificates.Folder(tmp_path)
    folder.keys.mkdir(mode=0o755)
    with pytest.raises(CertificateError, match=r"open to others \(mode 0755\): chmod 700"):
        certificates.make_keys(folder)
    assert list(folder.keys.iterdir()) == []


@posix
def test_a_link_is_no_private_key(tmp_path):
    folder = make_issuer(tmp_path).folder
    elsewhere = tmp_path / "elsewhere.pem"
    folder.private_key.rename(elsewhere)
    folder.private_key.symlink_to(elsewhere)
    with pytest.raises(CertificateError, match="the private key cannot be read"):
        certificates.load_signer(folder, lambda: "")


@posix
def test_a_link_is_not_followed_when_keys_are_made(tmp_path):
    folder = certificates.Folder(tmp_path / "certificates")
    folder.keys.mkdir(parents=True, mode=0o700)
    folder.private_key.symlink_to(tmp_path / "elsewhere.pem")
    with pytest.raises(CertificateError, match="is there already"):
        certificates.make_keys(folder)
    assert not (tmp_path / "elsewhere.pem").exists()


def test_keys_are_never_replaced(tmp_path):
    folder = make_issuer(tmp_path).folder
    before = folder.private_key.read_bytes()
    with pytest.raises(CertificateError, match="is there already, and is never replaced"):
        certificates.make_keys(folder)
    assert folder.private_key.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CertificateError, match="cannot be made"):
        certificates.make_keys(certificates.Folder(tmp_path / "file"))


def test_what_is_no_key_is_refused(tmp_path):
    folder = make_issuer(tmp_path).folder
    with pytest.raises(CertificateError, match="make one with: curriculum certificate keys"):
        certificates.load_signer(certificates.Folder(tmp_path / "empty"), lambda: "")
    public = folder.public_pem.read_bytes()
    for content in (b"", b"hello", public, OKPKey.generate_key("Ed448").as_pem(private=True), b"\xff" * 100):
        folder.private_key.write_bytes(content)
        with pytest.raises(CertificateError, match="no private key for Ed25519"):
            certificates.load_signer(folder, lambda: "")


def test_an_encrypted_key_opens_with_its_passphrase_alone(tmp_path):
    folder = certificates.Folder(tmp_path)
    public = certificates.make_keys(folder, "correct horse")
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in folder.private_key.read_bytes()
    assert certificates.load_signer(folder, lambda: "correct horse").public.did == public.did
    with pytest.raises(CertificateError, match="does not open with this passphrase") as caught:
        certificates.load_signer(folder, lambda: "wrong horse")
    assert "horse" not in str(caught.value)
    with pytest.raises(CertificateError, match="CURRICULUM_CERTIFICATE_PASSPHRASE"):
        certificates.load_signer(folder, lambda: "")


def test_the_passphrase_is_asked_only_where_it_is_needed(tmp_path):
    folder = make_issuer(tmp_path).folder

    def never() -> str:
        raise AssertionError

    assert certificates.load_signer(folder, never)


def test_the_public_files_hold_the_public_half_alone(tmp_path):
    folder = make_issuer(tmp_path).folder
    jwk = json.loads(folder.public_jwk.read_text())
    assert set(jwk) == {"alg", "crv", "kid", "kty", "use", "x"}
    assert jwk["kid"] == certificates.load_public(folder.public_pem).fingerprint
    assert b"PRIVATE" not in folder.public_pem.read_bytes()


def test_no_private_key_reaches_any_file_or_text(tmp_path):
    issuer = make_issuer(tmp_path / "certificates")
    done = issuer.issue()
    certificates.revoke(done.entry.number, "copied", issuer.office, now=NOW)
    secrets = secrets_of(issuer.folder)
    files = [path for path in issuer.folder.root.rglob("*") if path.is_file() and path != issuer.folder.private_key]
    assert len(files) >= 7
    for path in files:
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path
    shown = [issuer.office, issuer.office.signer, issuer.public, issuer.office.signer.key, done]
    for text in [repr(one) for one in shown] + [str(one) for one in shown]:
        assert not any(secret.decode("latin-1") in text for secret in secrets)


def test_no_private_key_is_in_an_error(tmp_path):
    issuer = make_issuer(tmp_path)
    secrets = [secret.decode("latin-1") for secret in secrets_of(issuer.folder)]
    pem = issuer.folder.private_key.read_bytes()
    for damaged in (pem[:-30], pem[28:90], pem[:60] + pem[68:], pem.replace(b"MC4C", b"MFFF")):
        issuer.folder.private_key.write_bytes(damaged)
        with pytest.raises(CertificateError) as caught:
            certificates.load_signer(issuer.folder, lambda: "")
        told = "".join(traceback.format_exception(caught.value, chain=False))
        assert not any(secret in told for secret in secrets)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


@pytest.mark.usefixtures("pages_alone")
def test_two_issuers_have_different_keys_and_the_same_key_the_same_names(tmp_path):
    one, other = make_issuer(tmp_path / "one"), make_issuer(tmp_path / "other")
    assert one.public.did != other.public.did
    assert one.public.did == certificates.load_public(one.folder.public_pem).did
    assert one.public.kid == f"{one.public.did}#0"
    assert one.issue(sheet()).files[0].read_bytes() != other.issue(sheet()).files[0].read_bytes()
