"""Who has earned a certificate: the course's rule, and what it makes of a row of the gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from curriculum.errors import CertificateError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from curriculum.gradebook import Attempt, LessonColumn, Row, Sheet, Standing

# Points are sums of fractions: whoever is short of the bar by less than this has reached it.
_TOLERANCE = 1e-9


class Aided(StrEnum):
    """How much an exercise counts whose solution was looked up before it was first passed."""

    FULL = "full"
    HALF = "half"
    NONE = "none"

    @property
    def factor(self) -> float:
        """What its points are multiplied by."""
        return {Aided.FULL: 1.0, Aided.HALF: 0.5, Aided.NONE: 0.0}[self]


@dataclass(frozen=True)
class Rule:
    """What a certificate takes.

    Attributes:
        share: of the points of all its lessons together, between 0 and 1.
        each: of the points of every single lesson, between 0 and 1; None where only the whole counts.
        aided: how much exercises count whose solution was looked up.
        lessons: ids of the lessons it is about; None for every lesson that does not count on top.

    Raises:
        CertificateError: a share is not between 0 and 1, or no lesson is left.
    """

    share: float = 0.6
    each: float | None = None
    aided: Aided = Aided.NONE
    lessons: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for value in (self.share, self.each):
            if value is not None and not 0 <= value <= 1:
                message = f"the share of points for a certificate must be between 0 and 1, not {value:g}"
                raise CertificateError(message)
        if self.lessons is not None and not self.lessons:
            message = "a certificate needs at least one lesson"
            raise CertificateError(message)


@dataclass(frozen=True)
class LessonPoints:
    """What one lesson adds.

    Attributes:
        minutes: the course's measure of honest working time.
        earned: points of exercises under the rule, less penalty, never below 0.
        extra: points that people gave outside the exercises.
        on_top: whether the lesson adds nothing to what can be had.
        handed_in: when the attempt that counts was handed in (UTC).
    """

    lesson: str
    title: str
    place: str
    minutes: int
    earned: float
    max_points: float
    extra: float = 0.0
    on_top: bool = False
    handed_in: datetime | None = None

    @property
    def points(self) -> float:
        """Everything it adds."""
        return self.earned + self.extra


@dataclass(frozen=True)
class Reason:
    """Why there is no certificate yet: in this lesson, or in all together where ``lesson`` is empty."""

    lesson: str
    words: str

    def __str__(self) -> str:
        return f"{self.lesson}: {self.words}" if self.lesson else self.words


@dataclass(frozen=True)
class Verdict:
    """What the rule makes of one learner.

    Attributes:
        lessons: those that count, in the course's order.
        excused: titles of lessons that are left out.
        reasons: why not; none where the certificate is earned.
        notes: what counts nothing without standing in the way.
    """

    rule: Rule
    lessons: tuple[LessonPoints, ...]
    excused: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def is_eligible(self) -> bool:
        """Whether the certificate is earned."""
        return not self.reasons

    @property
    def points(self) -> float:
        """All points, extra credit and lessons on top included."""
        return sum(lesson.points for lesson in self.lessons)

    @property
    def max_points(self) -> float:
        """What could be had, without lessons on top."""
        return sum(lesson.max_points for lesson in self.lessons if not lesson.on_top)

    @property
    def share(self) -> float:
        """The points as a share of what could be had; 0 where nothing could."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def minutes(self) -> int:
        """Working time of all lessons that count."""
        return sum(lesson.minutes for lesson in self.lessons)


def eligible(row: Row, sheet: Sheet, rule: Rule | None = None) -> Verdict:
    """Whether a learner has earned a certificate, and if not, why.

    Args:
        row: the learner's row of the sheet.
        sheet: the class.
        rule: what it takes; the default rule where none is given.

    Raises:
        UnknownNameError: the rule names a lesson that the sheet does not have.
    """
    rule = rule or Rule()
    counted: list[LessonPoints] = []
    excused: list[str] = []
    reasons: list[Reason] = []
    notes: list[Reason] = []
    for column in _columns(sheet, rule):
        standing = row.standings.get(column.id)
        if standing is not None and standing.excused:
            excused.append(column.title)
            continue
        found = list(_obstacles(standing))
        if column.is_extra and found:
            notes += [Reason(column.id, f"counts nothing: {words}") for words in found]
            continue
        reasons += [Reason(column.id, words) for words in found]
        lesson = _points(column, standing, rule)
        counted.append(lesson)
        if not found and not column.is_extra:
            reasons += _short(lesson, rule)
    verdict = Verdict(rule, tuple(counted), tuple(excused), notes=tuple(notes))
    reasons += _short_in_all(verdict)
    return Verdict(rule, verdict.lessons, verdict.excused, tuple(reasons), verdict.notes)


def _columns(sheet: Sheet, rule: Rule) -> list[LessonColumn]:
    """The lessons that the rule is about; those on top always may add."""
    known = [column.id for column in sheet.lessons]
    for name in rule.lessons or ():
        if name not in known:
            raise UnknownNameError("lesson", name, known, "curriculum course")
    return [column for column in sheet.lessons if column.is_extra or rule.lessons is None or column.id in rule.lessons]


def _obstacles(standing: Standing | None) -> Iterator[str]:
    """What keeps a lesson's points from being certified, in words."""
    attempt = standing.counted if standing else None
    if attempt is None:
        yield "nothing handed in"
        return
    if attempt.problem:
        yield f"could not be graded: {attempt.problem}"
        return
    if not attempt.sandboxed:
        yield "graded without the full sandbox: grade it again with --sandbox strict"
    if attempt.waiting:
        yield f"{_count(attempt.waiting, 'exercise')} {_verb(attempt.waiting)} for a person to grade"
    appeals = sum(mark.appealed for mark in attempt.marks)
    if appeals:
        yield f"{_count(appeals, 'appeal')} open"


def _points(column: LessonColumn, standing: Standing | None, rule: Rule) -> LessonPoints:
    attempt = standing.counted if standing else None
    earned = max(_exercises(attempt, rule) - (standing.penalty if standing else 0.0), 0.0)
    return LessonPoints(
        lesson=column.id,
        title=column.title,
        place=column.place,
        minutes=column.minutes,
        earned=earned,
        max_points=standing.max_points if standing else column.max_points,
        extra=sum(credit.points for credit in standing.extra) if standing else 0.0,
        on_top=column.is_extra,
        handed_in=attempt.handed_in if attempt else None,
    )


def _exercises(attempt: Attempt | None, rule: Rule) -> float:
    if attempt is None or attempt.problem:
        return 0.0
    return sum((mark.points or 0.0) * (rule.aided.factor if mark.aided else 1.0) for mark in attempt.marks)


def _short(lesson: LessonPoints, rule: Rule) -> list[Reason]:
    if rule.each is None or lesson.points + _TOLERANCE >= rule.each * lesson.max_points:
        return []
    return [Reason(lesson.lesson, _too_few(lesson.points, lesson.max_points, rule.each))]


def _short_in_all(verdict: Verdict) -> list[Reason]:
    if verdict.max_points <= 0:
        return [Reason("", "no lesson is left that counts")]
    if verdict.points + _TOLERANCE >= verdict.rule.share * verdict.max_points:
        return []
    return [Reason("", _too_few(verdict.points, verdict.max_points, verdict.rule.share))]


def _too_few(points: float, of: float, share: float) -> str:
    return f"{number(points)} of {number(of)} points, {number(share * of)} are needed"


def number(value: float) -> str:
    """A number of points as people write it: at most two decimals."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _count(number_of: int, noun: str) -> str:
    return f"{number_of} {noun}" if number_of == 1 else f"{number_of} {noun}s"


def _verb(number_of: int) -> str:
    return "waits" if number_of == 1 else "wait"
