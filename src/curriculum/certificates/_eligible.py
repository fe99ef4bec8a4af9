"""What the rule makes of a row of the gradebook: the arithmetic, and the words for what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.certificates._rule import LessonPoints, Reason, Rule, Verdict
from curriculum.certificates._text import number
from curriculum.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.gradebook import Attempt, LessonColumn, Row, Sheet, Standing

# Points are sums of fractions: whoever is short of the bar by less than this has reached it.
_TOLERANCE = 1e-9


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


def _count(number_of: int, noun: str) -> str:
    return f"{number_of} {noun}" if number_of == 1 else f"{number_of} {noun}s"


def _verb(number_of: int) -> str:
    return "waits" if number_of == 1 else "wait"
