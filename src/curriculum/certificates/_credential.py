"""What a certificate says, as an Open Badges 3.0 credential: claims of a JWT, names as the two standards have them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from curriculum.certificates._dates import day, stamp
from curriculum.certificates._strict import encode_json
from curriculum.certificates._text import name as fit_name
from curriculum.certificates._text import number, plain
from curriculum.certificates._text import title as fit_title
from curriculum.gradebook import Aided

if TYPE_CHECKING:
    from datetime import datetime

    from curriculum.certificates._keys import PublicKey
    from curriculum.certificates._rule import LessonPoints, Rule, Verdict
    from curriculum.gradebook import Learner, Sheet

TYPE = "OpenBadgeCredential"
_CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
_SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
_AIDED = {
    Aided.FULL: "An exercise whose solution was looked up before it was passed counts in full.",
    Aided.HALF: "An exercise whose solution was looked up before it was passed counts half.",
    Aided.NONE: "An exercise whose solution was looked up before it was passed counts nothing.",
}


@dataclass(frozen=True)
class Terms:
    """What one certificate is issued with.

    Attributes:
        issuer: who stands behind it, as people call them.
        index: its place in the status list.
        valid_from: from when it is valid (UTC, whole seconds).
        valid_until: when it expires; None where it never does.
    """

    issuer: str
    index: int
    valid_from: datetime
    valid_until: datetime | None = None


def status_list_id(public: PublicKey) -> str:
    """What the status list of a key is called."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{public.did}/status')}"


def claims(learner: Learner, sheet: Sheet, verdict: Verdict, terms: Terms, public: PublicKey) -> dict[str, Any]:
    """The claims of one certificate.

    Raises:
        CertificateError: a name cannot stand on a certificate.
    """
    made, subject = uuid.uuid4().urn, uuid.uuid4().urn
    badge = _achievement(sheet, verdict, public)
    credential: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": made,
        "type": ["VerifiableCredential", TYPE],
        "name": badge["name"],
        "issuer": {
            "id": public.did,
            "type": ["Profile"],
            "name": fit_name(terms.issuer, "the issuer's name"),
        },
        "validFrom": stamp(terms.valid_from),
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": _identifiers(learner),
            "achievement": badge,
            "result": _results(badge["id"], verdict),
        },
        "evidence": [_evidence(lesson) for lesson in verdict.lessons],
        "credentialStatus": {
            "id": f"{status_list_id(public)}#{terms.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(terms.index),
            "statusListCredential": status_list_id(public),
        },
        "credentialSchema": [{"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    registered: dict[str, Any] = {"iss": public.did, "jti": made, "sub": subject}
    registered["nbf"] = int(terms.valid_from.timestamp())
    if terms.valid_until is not None:
        credential["validUntil"] = stamp(terms.valid_until)
        registered["exp"] = int(terms.valid_until.timestamp())
    return credential | registered


def hashed(identity: str, salt: str) -> str:
    """An identity as Open Badges hashes it: the salt is appended to it."""
    return f"sha256${hashlib.sha256(f'{identity}{salt}'.encode('utf-8', 'replace')).hexdigest()}"


def _identifiers(learner: Learner) -> list[dict[str, Any]]:
    """The name as people read it, and the e-mail address so that only who knows it can compare it."""
    shown = fit_name(learner.shown, f"the name of {plain(learner.key)[:60]!r}")
    entries: list[dict[str, Any]] = [
        {"type": "IdentityObject", "hashed": False, "identityHash": shown, "identityType": "name"}
    ]
    kind, identity = ("emailAddress", plain(learner.email)) if plain(learner.email) else ("identifier", learner.key)
    salt = secrets.token_hex(16)
    entry = {"type": "IdentityObject", "hashed": True, "identityHash": hashed(identity, salt)}
    return [*entries, {**entry, "identityType": kind, "salt": salt}]


def _achievement(sheet: Sheet, verdict: Verdict, public: PublicKey) -> dict[str, Any]:
    title = fit_name(sheet.title, "the course's title")
    names: dict[str, Any] = {
        "name": title,
        "description": f"{title}, version {plain(sheet.version)}: a course of {_lessons(len(verdict.lessons))}.",
        "achievementType": "Course",
        "version": plain(sheet.version),
        "criteria": {"narrative": criteria(verdict.rule, verdict.excused)},
    }
    parts = [(lesson.lesson, lesson.max_points, lesson.minutes, lesson.on_top) for lesson in verdict.lessons]
    same = encode_json([public.did, sheet.course, names, parts])  # whoever earns the same earns it under the same id
    made = uuid.uuid5(uuid.NAMESPACE_URL, same.decode()).urn
    return {"id": made, "type": ["Achievement"], **names, "resultDescription": _descriptions(made, verdict)}


def criteria(rule: Rule, excused: tuple[str, ...] = ()) -> str:
    """The rule in words."""
    words = [f"At least {number(100 * rule.share)} % of the points of all lessons listed here together."]
    if rule.each is not None:
        words.append(f"At least {number(100 * rule.each)} % of the points of each of them.")
    words.append(_AIDED[rule.aided])
    words.append("Every answer was graded in a sandbox, by checks that it could not reach, or by a person.")
    if excused:
        words.append(f"The learner was excused from: {', '.join(fit_title(one, '?') for one in excused)}.")
    words.append("Hours are what the course allows for honest work; they were not measured.")
    return " ".join(words)


def _descriptions(achievement: str, verdict: Verdict) -> list[dict[str, Any]]:
    made = []
    for lesson in verdict.lessons:
        title, own = fit_title(lesson.title, lesson.lesson), result_id(achievement, lesson)
        points = _description(own, title, "RawScore", valueMin="0", valueMax=number(lesson.max_points))
        if verdict.rule.each is not None and not lesson.on_top:
            points["requiredValue"] = number(verdict.rule.each * lesson.max_points)
        hours = f"{achievement}#hours/{quote(lesson.lesson, safe='')}"
        made += [points, _description(hours, f"Hours for: {title}", "ext:hours")]
    extra = _description(f"{achievement}#extra", "Extra credit", "RawScore")
    needed = number(100 * verdict.rule.share)
    share = _description(f"{achievement}#share", "Points in per cent", "Percent", requiredValue=needed)
    return [*made, extra, share]


def _description(name: str, title: str, kind: str, **values: str) -> dict[str, Any]:
    return {"id": name, "type": ["ResultDescription"], "name": title, "resultType": kind, **values}


def result_id(achievement: str, lesson: LessonPoints) -> str:
    """What the description of a lesson's points is called."""
    return f"{achievement}#{'on-top' if lesson.on_top else 'points'}/{quote(lesson.lesson, safe='')}"


def _results(achievement: str, verdict: Verdict) -> list[dict[str, Any]]:
    made = []
    for lesson in verdict.lessons:
        hours = f"{achievement}#hours/{quote(lesson.lesson, safe='')}"
        made += [_result(result_id(achievement, lesson), number(lesson.earned))]
        made += [_result(hours, number(lesson.minutes / 60))]
    extra = sum(lesson.extra for lesson in verdict.lessons)
    share = _result(f"{achievement}#share", number(100 * verdict.share))
    return [*made, _result(f"{achievement}#extra", number(extra)), share]


def _result(description: str, value: str) -> dict[str, Any]:
    return {"type": ["Result"], "resultDescription": description, "value": value}


def _evidence(lesson: LessonPoints) -> dict[str, Any]:
    words = [f"{number(lesson.earned)} of {number(lesson.max_points)} points"]
    if lesson.extra:
        words.append(f"{number(lesson.extra)} points of extra credit")
    words.append(f"{number(lesson.minutes / 60)} hours")
    if lesson.handed_in is not None:
        words.append(f"handed in on {day(lesson.handed_in)}")
    made: dict[str, Any] = {"type": ["Evidence"], "name": fit_title(lesson.title, lesson.lesson)}
    return {**made, "narrative": "; ".join(words), "description": plain(lesson.place), "genre": "Jupyter notebook"}


def _lessons(count: int) -> str:
    return f"{count} lesson" if count == 1 else f"{count} lessons"
