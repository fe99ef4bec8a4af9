"""What a credential says, held to the names that Open Badges 3.0 and W3C's data model give it."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from certificates.made import NOW, mark, sheet, standing, with_standings

from curriculum.certificates import Rule
from curriculum.gradebook import Aided, Learner

pytestmark = pytest.mark.usefixtures("pages_alone")

# Class: what its JSON Schema requires, and what it allows beside it (of what is used here).
REQUIRED = {
    "OpenBadgeCredential": {"@context", "id", "type", "credentialSubject", "issuer", "validFrom", "name"},
    "AchievementSubject": {"type", "achievement", "id"},
    "Achievement": {"id", "type", "criteria", "description", "name"},
    "IdentityObject": {"type", "hashed", "identityHash", "identityType"},
    "Result": {"type", "resultDescription", "value"},
    "ResultDescription": {"id", "type", "name", "resultType"},
    "Evidence": {"type", "name", "narrative"},
    "Profile": {"id", "type", "name"},
}
ALLOWED = {
    "OpenBadgeCredential": {
        "validUntil", "evidence", "credentialStatus", "credentialSchema", "iss", "jti", "sub", "nbf", "exp",
    },
    "AchievementSubject": {"identifier", "result"},
    "Achievement": {"achievementType", "version", "resultDescription"},
    "IdentityObject": {"salt"},
    "Result": set(),
    "ResultDescription": {"valueMin", "valueMax", "requiredValue"},
    "Evidence": {"description", "genre"},
    "Profile": set(),
}  # fmt: skip


def read(done) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _ = done.files[0].read_text().split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(text + "==")) for text in (header, claims))


def objects(value: Any):
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(one)


@pytest.fixture(scope="module")
def both(issued):
    return read(issued)


def test_the_header_is_open_badges_s_and_nothing_else(both, shared):
    header, claims = both
    assert header == {"alg": "EdDSA", "kid": f"{claims['issuer']['id']}#0", "typ": "JWT"}
    method, key = claims["issuer"]["id"].rsplit(":", 1)
    assert method == "did:jwk"
    assert json.loads(base64.urlsafe_b64decode(key + "==")) == shared.public.jwk
    assert set(shared.public.jwk) == {"crv", "kty", "x"}


def test_registered_claims_repeat_the_credential_at_the_payload_s_root(both):
    _, claims = both
    assert "vc" not in claims
    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert (claims["iss"], claims["jti"]) == (claims["issuer"]["id"], claims["id"])
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert (claims["validFrom"], claims["nbf"]) == ("2026-11-27T09:30:00Z", int(NOW.timestamp()))
    assert (claims["validUntil"], claims["exp"]) == ("2027-11-27T09:30:00Z", int(NOW.timestamp()) + 365 * 86_400)


def test_every_object_has_what_its_class_requires_and_nothing_that_it_does_not_know(both):
    _, claims = both
    seen = set()
    for one in objects(claims):
        kinds = one.get("type", [])
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            if kind in REQUIRED:
                seen.add(kind)
                assert REQUIRED[kind] <= set(one), kind
                assert set(one) <= REQUIRED[kind] | ALLOWED[kind], kind
    assert seen == set(REQUIRED)


def test_texts_are_texts_and_numbers_of_results_are_texts(both):
    _, claims = both
    badge = claims["credentialSubject"]["achievement"]
    for one in badge["resultDescription"]:
        assert all(isinstance(value, str) for name, value in one.items() if name != "type")
        assert one["resultType"] in {"RawScore", "Percent", "ext:hours"}
    for one in claims["credentialSubject"]["result"]:
        assert isinstance(one["value"], str)
        float(one["value"])


def test_results_belong_to_descriptions_of_the_same_achievement(both):
    _, claims = both
    subject = claims["credentialSubject"]
    described = {one["id"]: one for one in subject["achievement"]["resultDescription"]}
    assert [one["resultDescription"] for one in subject["result"]] == list(described)
    for one in subject["result"]:
        top = described[one["resultDescription"]].get("valueMax")
        assert top is None or float(one["value"]) <= float(top)


def test_evidence_names_lessons_points_and_hours(both):
    _, claims = both
    assert claims["evidence"][0] == {
        "type": ["Evidence"],
        "name": "Lesson 1: what the data say",
        "narrative": "8 of 10 points; 1.5 hours; handed in on 3 November 2026",
        "description": "00-start/01-lesson-1.ipynb",
        "genre": "Jupyter notebook",
    }


def test_the_address_is_hashed_with_a_salt_of_its_own(issuer):
    hashes = set()
    for _ in range(2):
        _, claims = read(issuer.issue(again=True))
        name, mail = claims["credentialSubject"]["identifier"]
        assert (name["identityHash"], name["identityType"], name["hashed"]) == ("Ada Lovelace", "name", False)
        assert (mail["identityType"], mail["hashed"]) == ("emailAddress", True)
        expected = hashlib.sha256(f"ada@example.org{mail['salt']}".encode()).hexdigest()
        assert mail["identityHash"] == f"sha256${expected}"
        hashes.add(mail["identityHash"])
    assert len(hashes) == 2


def test_without_an_address_the_key_of_the_gradebook_is_hashed_and_belongs_to_no_address(issuer):
    done = issuer.issue(sheet(Learner("ada-1815", "Ada")))
    _, claims = read(done)
    entry = claims["credentialSubject"]["identifier"][1]
    assert entry["identityType"] == "identifier"
    assert entry["identityHash"].startswith("sha256$")
    assert "ada-1815" not in json.dumps(claims)
    assert not issuer.verify(done.files[0]).certificate.belongs_to("ada-1815")


def test_two_learners_share_an_achievement_but_no_other_id(issuer):
    people = sheet(Learner("a", "A"), Learner("b", "B"))
    from curriculum import certificates

    one, other = certificates.issue(people, None, certificates.Offer(Rule()), issuer.office, now=NOW)
    first, second = read(one)[1], read(other)[1]
    assert first["credentialSubject"]["achievement"] == second["credentialSubject"]["achievement"]
    for name in ("id", "sub"):
        assert first[name] != second[name]
    assert first["credentialStatus"]["id"] != second["credentialStatus"]["id"]


def test_another_rule_is_another_achievement(issuer):
    ids = {
        read(issuer.issue(again=True, rule=rule))[1]["credentialSubject"]["achievement"]["id"]
        for rule in (Rule(), Rule(share=0.5), Rule(aided=Aided.FULL), Rule(each=0.1))
    }
    assert len(ids) == 4


def test_the_rule_is_told_in_words(issuer):
    rule = Rule(share=0.55, each=0.5, aided=Aided.HALF)
    row, made = with_standings(sheet(), standing(mark(8.0)), standing(excused=True))
    words = read(issuer.issue(made, rule=rule))[1]["credentialSubject"]["achievement"]["criteria"]["narrative"]
    assert row.learner.key == "ada"
    for part in ("At least 55 % of", "At least 50 % of the points of each", "counts half", "graded in a sandbox"):
        assert part in words
    assert "excused from: Lesson 2: what the data say." in words


def test_extra_credit_stands_by_itself_so_that_no_result_passes_its_most(issuer):
    _, made = with_standings(sheet(extras=1), standing(mark(10.0), extra=3.0), standing(mark(9.0)), standing(mark(4.0)))
    done = issuer.issue(made)
    _, claims = read(done)
    values = [one["value"] for one in claims["credentialSubject"]["result"]]
    assert values == ["10", "1.5", "9", "1.5", "4", "1.5", "3", "130"]
    told = issuer.verify(done.files[0]).certificate
    assert (told.points, told.max_points, told.extra) == (26.0, 20.0, "3")
    assert [line.on_top for line in told.lines] == [False, False, True]
