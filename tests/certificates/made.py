"""Sheets made by hand, and an issuer with everything that tests ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from curriculum import certificates
from curriculum.gradebook import Attempt, ExtraCredit, Learner, LessonColumn, Mark, Row, Sheet, Standing
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
HANDED_IN = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)


def mark(points: float | None, of: float = 10.0, **more: Any) -> Mark:
    """An exercise; without points it waits for a person."""
    outcome = None if points is None else Outcome.PASSED if points else Outcome.FAILED
    return Mark("exercise", "Exercise", outcome, points, of, **more)


def attempt(*marks: Mark, sandboxed: bool = True, **more: Any) -> Attempt:
    return Attempt(
        id=1, learner="ada", lesson="first", place="00-start/01-first.ipynb", number=1, handed_in=HANDED_IN,
        graded_at=HANDED_IN, file="ada/01-first.ipynb", sha256="0" * 64, version="2026.1", sandboxed=sandboxed,
        marks=marks, **more,
    )  # fmt: skip


def standing(*marks: Mark, of: float = 10.0, extra: float = 0.0, **more: Any) -> Standing:
    counted = more.pop("counted", attempt(*marks))
    given = (ExtraCredit(extra, "helped others", "tutor", HANDED_IN),) if extra else ()
    return Standing("ada", "first", of, (counted,) if counted else (), counted, extra=given, **more)


def sheet(*learners: Learner, lessons: int = 2, extras: int = 0, title: str = "Machine Learning Engineer") -> Sheet:
    """A class in which everyone has 8 of 10 points in every lesson."""
    columns = tuple(
        LessonColumn(f"lesson-{n}", f"Lesson {n}: what the data say", f"00-start/0{n}-lesson-{n}.ipynb", 90, 10.0,
                     is_extra=n > lessons)
        for n in range(1, lessons + extras + 1)
    )  # fmt: skip
    people = learners or (Learner("ada", "Ada Lovelace", "ada@example.org"),)
    rows = tuple(
        Row(one, {column.id: standing(mark(8.0)) for column in columns}, 8.0 * lessons, 10.0 * lessons)
        for one in people
    )
    return Sheet("mle", title, "2026.1", columns, rows, NOW)


def with_standings(made: Sheet, *standings: Standing) -> tuple[Row, Sheet]:
    """The sheet's first learner with other standings, in the order of the lessons."""
    given = dict(zip((column.id for column in made.lessons), standings, strict=True))
    row = Row(made.rows[0].learner, given, 0.0, 0.0)
    return row, Sheet(made.course, made.title, made.version, made.lessons, (row,), made.made_at)


@dataclass
class Issuer:
    """An office with everything a test asks of it."""

    office: certificates.Office
    public: certificates.PublicKey = field(init=False)

    def __post_init__(self) -> None:
        self.public = self.office.signer.public

    @property
    def folder(self) -> certificates.Folder:
        return self.office.folder

    def issue(self, made: Sheet | None = None, now: datetime = NOW, **offer: Any) -> certificates.Issued:
        """The first learner's certificate."""
        rule = offer.pop("rule", certificates.Rule())
        return certificates.issue(made or sheet(), None, certificates.Offer(rule, **offer), self.office, now=now)[0]

    def status(self) -> certificates.StatusList:
        return certificates.read_status(self.folder.status, self.public)

    def verify(self, file: Path, *, status: bool = False, now: datetime = NOW, **more: Any) -> certificates.Verified:
        return certificates.verify(file, self.public, self.status() if status else None, now=now, **more)


def make_issuer(root: Path) -> Issuer:
    folder = certificates.Folder(root)
    certificates.make_keys(folder)
    return Issuer(certificates.Office(folder, certificates.load_signer(folder, lambda: "")))


def flipped(content: bytes, place: int, bit: int = 0) -> bytes:
    """The same bytes but for one bit."""
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


LATER = timedelta(days=366)
