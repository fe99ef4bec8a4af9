"""The commands as instructors and verifiers give them: what they print, and how they end."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
from certificates.made import attempt, flipped, mark, sheet, standing

from curriculum import certificates, cli, gradebook
from curriculum.errors import GradebookError
from curriculum.gradebook import Learner, Row

pytestmark = pytest.mark.usefixtures("pages_alone")


class Book:
    """A gradebook's face: what ``issue`` asks of it, and nothing else."""

    sheet_: gradebook.Sheet
    asked: ClassVar[list[tuple[str, str]]] = []
    policy = gradebook.Policy()

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    def open(cls, url: str) -> Self:
        if not Path(url).name.endswith(".sqlite"):
            message = f"{url} is no gradebook"
            raise GradebookError(message)
        return cls(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def sheet(self, *, cohort: str) -> gradebook.Sheet:
        self.asked.append((self.url, cohort))
        return self.sheet_


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[Book]:
    monkeypatch.setattr(gradebook, "Gradebook", Book, raising=False)
    monkeypatch.delenv(certificates.PASSPHRASE_VARIABLE, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    people = sheet(Learner("ada", "Ada Lovelace", "ada@example.org"), Learner("bob"), Learner("=cmd|x", "[b]Eve[/b]"))
    poor = Row(people.rows[1].learner, {"lesson-1": standing(mark(8.0)), "lesson-2": standing(counted=attempt(
        mark(None), mark(10.0, appealed=True), sandboxed=False))}, 0, 0)  # fmt: skip
    Book.sheet_ = replace(people, rows=(people.rows[0], poor, people.rows[2]))
    Book.asked = []
    return Book


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs one command; returns exit code, output and errors."""

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["curriculum", "certificate", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        assert "Traceback" not in told.err + told.out
        assert "PRIVATE" not in told.err + told.out
        lines = [line for line in told.out.splitlines() if "/" not in line and "--json" not in arguments]
        assert max(map(len, lines), default=0) <= 80
        return int(ended.value.code or 0), told.out, told.err

    return command


def files(*, suffix: str = ".jwt") -> list[Path]:
    return sorted(Path("certificates/issued").glob(f"*{suffix}"))


def test_from_keys_to_a_revoked_certificate(run):
    assert run("keys")[0] == 0
    code, out, _ = run("issue", "ada")
    assert code == 0
    assert "16/20" in out
    assert "1 new, in certificates/issued" in out
    code, out, _ = run("verify", *files(), *files(suffix=".html"))
    assert code == 0
    assert out.count(": valid\n") == 2
    assert "Ada Lovelace: Machine Learning Engineer, version 2026.1" in out
    assert "16 of 20 points (80 %), 2 lessons, 3 hours" in out
    assert "not revoked, says the status list of" in out
    number = json.loads(run("list", "--json")[1])[0]["certificate"]
    code, out, _ = run("revoke", number[:8], "--reason", "copied")
    assert (code, f"revoked: {number} (Ada Lovelace)" in out) == (0, True)
    code, out, _ = run("verify", *files())
    assert (code, "NOT VALID: it was revoked" in out) == (1, True)
    assert "revoked: copied" in run("list")[1]
    assert "copied" not in Path("certificates/status.jwt").read_text()


def test_issue_makes_keys_where_there_are_none_and_says_so_apart(run):
    code, out, err = run("issue", "ada", "--json")
    assert code == 0
    assert json.loads(out)[0]["new"] is True
    assert "new keys in certificates/keys" in err


def test_everyone_who_has_earned_one_gets_one(run):
    code, out, _ = run("issue", "--all", "--cohort", "2026", "--gradebook", "class.sqlite")
    assert code == 0
    assert Book.asked == [("class.sqlite", "2026")]
    assert "2 new" in out
    assert "graded without the full sandbox" in out
    assert "waits for a person" in out
    assert "=cmd|x" in out
    assert len(files()) == 2


def test_a_learner_who_was_named_and_gets_none_is_a_finding(run):
    code, out, _ = run("issue", "bob")
    assert code == 1
    assert "lesson-2: 1 appeal open" in out
    code, out, _ = run("issue", "bob", "--json")
    assert [one["lesson"] for one in json.loads(out)[0]["reasons"]] == ["lesson-2", "lesson-2", "lesson-2"]
    run("issue", "ada")
    run("revoke", files()[0], "--reason", "copied")
    assert run("issue", "--all")[0] == 1  # has earned one, and has none


def test_issuing_again_keeps_what_is_there(run):
    run("issue", "ada")
    before = files()
    code, out, _ = run("issue", "ada")
    assert (code, "has it" in out, "new" in out) == (0, True, False)
    assert files() == before
    assert run("issue", "ada", "--again")[0] == 0
    assert len(files()) == 2


def test_a_dry_run_writes_nothing(run):
    code, out, _ = run("issue", "--all", "--dry-run")
    assert code == 0
    assert out.count("would get one") == 2
    assert run("issue", "ada", "--dry-run")[0] == 0
    assert run("issue", "bob", "--dry-run")[0] == 1
    assert not Path("certificates").exists()


def test_the_rule_is_the_instructor_s(run):
    assert run("issue", "ada", "--share", "0.81")[0] == 1
    assert run("issue", "ada", "--each", "0.81")[0] == 1
    assert run("issue", "bob", "--lesson", "lesson-1", "--days", "30", "--issuer", "Fernway Academy")[0] == 0
    told = json.loads(run("verify", *files(), "--json")[1])[0]["certificate"]
    assert (told["issuer"], told["points"], told["name"]) == ("Fernway Academy", 8.0, "bob")
    assert datetime.fromisoformat(told["valid_until"]) - datetime.now(UTC) > timedelta(days=29)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("issue",), "name learners, or say --all"),
        (("issue", "ada", "--all"), "name learners, or say --all"),
        (("issue", "adda"), "did you mean 'ada'"),
        (("issue", "ada", "--lesson", "leson-1"), "did you mean 'lesson-1'"),
        (("issue", "ada", "--gradebook", "x.txt"), "x.txt is no gradebook"),
        (("verify", "nowhere.jwt"), "certificates/public.jwk: the public key cannot be read"),
        (("revoke", "abcd", "--reason", "x"), "there is no private key; make one with: curriculum certificate keys"),
        (("status",), "there is no private key"),
    ],
)
def test_bad_input_is_one_line_and_2(run, arguments, words):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("curriculum: ")
    assert words in err
    assert err.count("\n") == 1


def test_verifying_names_every_file_and_ends_with_1_if_one_is_bad(run):
    run("issue", "--all")
    changed = Path("changed.pdf")
    changed.write_bytes(flipped(files()[0].read_bytes(), 500))
    code, out, _ = run("verify", files()[0], changed, files()[1])
    assert code == 1
    assert out.count(": valid\n") == 2
    assert "changed.pdf: NOT VALID: it was changed" in out
    states = [one["state"] for one in json.loads(run("verify", files()[0], changed, "--json")[1])]
    assert states == ["valid", "changed"]


def test_verifying_elsewhere_needs_two_files_and_says_what_it_could_not_check(run, tmp_path):
    run("issue", "ada")
    there = tmp_path / "verifier"
    there.mkdir()
    os.link("certificates/public.pem", there / "issuer.pem")
    code, out, _ = run("verify", files()[0], "--key", there / "issuer.pem")
    assert (code, "whether it was revoked is not known: no status list was given" in out) == (0, True)
    code, _, err = run("verify", files()[0], "--key", there / "issuer.pem", "--max-age", "30")
    assert (code, "--max-age needs the issuer's status list" in err) == (2, True)
    run("revoke", files()[0], "--reason", "copied")
    assert run("verify", files()[0], "--key", there / "issuer.pem")[0] == 0
    arguments = ("--key", there / "issuer.pem", "--status", "certificates/status.jwt", "--max-age", "1")
    assert run("verify", files()[0], *arguments)[0] == 1


def test_another_issuer_s_certificate_is_said_to_be_one(run):
    run("issue", "ada")
    run("keys", "--out", "other")
    code, out, _ = run("verify", files()[0], "--key", "other/public.jwk")
    assert (code, "was signed with another key than the one given" in out) == (1, True)
    assert "Ada" not in out


def test_an_address_is_compared(run):
    run("issue", "ada")
    code, out, _ = run("verify", files()[0], "--email", "ada@example.org")
    assert (code, "the certificate of ada@example.org" in out) == (0, True)
    code, out, _ = run("verify", files()[0], "--email", "eve@example.org")
    assert (code, "NOT the certificate of eve@example.org" in out) == (1, True)


def test_keys_are_shown_and_never_replaced(run):
    _, first, _ = run("keys")
    before = Path("certificates/keys/private.pem").read_bytes()
    Path("certificates/public.jwk").unlink()
    code, second, _ = run("keys")
    assert (code, second) == (0, first)
    assert Path("certificates/keys/private.pem").read_bytes() == before
    assert Path("certificates/public.jwk").exists()
    assert "PRIVATE" not in first
    code, _, err = run("keys", "--encrypt")
    assert (code, "--encrypt is for new keys" in err) == (2, True)


def test_a_passphrase_comes_from_the_environment_and_is_not_shown(run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    code, _, err = run("keys", "--encrypt")
    assert (code, "CURRICULUM_CERTIFICATE_PASSPHRASE" in err) == (2, True)
    monkeypatch.setenv(certificates.PASSPHRASE_VARIABLE, "correct horse")
    assert run("keys", "--encrypt")[0] == 0
    assert b"ENCRYPTED" in Path("certificates/keys/private.pem").read_bytes()
    assert run("issue", "ada")[0] == 0
    for wrong in ("wrong horse", ""):
        monkeypatch.setenv(certificates.PASSPHRASE_VARIABLE, wrong)
        code, out, err = run("status")
        assert (code, out) == (2, "")
        assert "horse" not in err
    # Verifying never needs it.
    assert run("verify", *files())[0] == 0


def test_a_private_key_that_others_can_read_ends_in_one_line(run):
    run("keys")
    Path("certificates/keys/private.pem").chmod(0o644)
    code, _, err = run("issue", "ada")
    assert (code, err.count("\n"), "chmod 600" in err) == (2, 1, True)


def test_help_and_the_package_load_none_of_the_desk_s_libraries(curriculum):
    assert curriculum("certificate", "--help").returncode == 0
    script = (
        "import sys, curriculum.cli, curriculum.certificates;"
        "print([name for name in ('joserfc', 'cryptography', 'fpdf', 'uharfbuzz') if name in sys.modules])"
    )
    import subprocess

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


@pytest.mark.parametrize(("missing", "command"), [("joserfc.jwk", ("keys",)), ("fpdf", ("issue", "ada"))])
def test_a_library_that_is_missing_is_said_with_what_to_install(run, monkeypatch, missing, command):
    from curriculum.certificates import _desk, _pdf

    _pdf._library.cache_clear()
    monkeypatch.setitem(_desk.FACES, ".pdf", _pdf.pdf)
    monkeypatch.setitem(sys.modules, missing, None)
    code, out, err = run(*command)
    assert (code, 'pip install "curriculum[desk]"' in out + err) == (2, True)
