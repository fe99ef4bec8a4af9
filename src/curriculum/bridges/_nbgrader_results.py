"""An nbgrader course as a gradebook takes it: results, what people gave, deadlines."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from curriculum.gradebook import Learner
from curriculum.grading import SCHEMA
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.bridges._nbgrader_records import NbCourse, NbScore, NbSubmission


@dataclass(frozen=True)
class ByHand:
    """What a person gave for one cell, or wrote to it."""

    learner: str
    lesson: str
    exercise: str
    points: float | None
    comment: str


@dataclass(frozen=True)
class Brought:
    """What an nbgrader course brings into a gradebook; each of its notebooks is a lesson.

    Attributes:
        results: in the format of ``results.json``.
        by_hand: in the order to give it in.
        extra: extra credit, by learner, lesson and cell.
        due: by lesson.
        extended: learners' own deadlines, by learner and lesson.
        penalties: what nbgrader took off for lateness, by learner and assignment; a gradebook has its own rule.
    """

    learners: tuple[Learner, ...]
    results: dict[str, Any]
    by_hand: tuple[ByHand, ...]
    extra: dict[tuple[str, str, str], float]
    due: dict[str, datetime]
    extended: dict[tuple[str, str], datetime]
    penalties: dict[tuple[str, str], float]


def brought(course: NbCourse, now: datetime | None = None) -> Brought:
    """Turn an nbgrader course into what a gradebook takes.

    Args:
        course: as ``read_nbgrader`` gives it.
        now: when submissions that bear no time count as handed in.
    """
    at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    notebooks = _notebooks(course)
    submissions = [each for given in course.submissions for each in _submissions(given, at)]
    return Brought(
        learners=tuple(Learner(each.id, each.name, each.email) for each in course.learners),
        results=_results(submissions, at),
        by_hand=tuple(each for given in course.submissions for each in _by_hand(given)),
        extra={
            (given.learner, f"{given.assignment}/{score.notebook}", score.cell): score.extra
            for given in course.submissions
            for score in given.scores
            if score.extra
        },
        due={
            f"{name}/{notebook}": due
            for name, due in course.assignments.items()
            if due is not None
            for notebook in notebooks[name]
        },
        extended={
            (given.learner, f"{given.assignment}/{notebook}"): given.due
            for given in course.submissions
            if given.due is not None and given.extension
            for notebook in notebooks[given.assignment]
        },
        penalties={(given.learner, given.assignment): given.penalty for given in course.submissions if given.penalty},
    )


def _notebooks(course: NbCourse) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for given in course.submissions:
        for score in given.scores:
            if score.notebook not in found[given.assignment]:
                found[given.assignment].append(score.notebook)
    return found


def _results(submissions: list[dict[str, Any]], at: str) -> dict[str, Any]:
    learners = len({each["learner"] for each in submissions})
    counts = {"submissions": len(submissions), "graded": len(submissions), "learners": learners}
    return {
        "schema": SCHEMA,
        "course": None,
        "graded_at": at,
        "runner": "kernel",
        "sandbox": {"mode": "off", "layers": []},
        "summary": counts | {"ungraded": 0, "refused": 0, "tampered": 0, "waiting": 0},
        "lessons": [],
        "submissions": submissions,
        "refused": [],
    }


def _submissions(given: NbSubmission, at: str) -> list[dict[str, Any]]:
    cells: defaultdict[str, list[NbScore]] = defaultdict(list)
    for score in given.scores:
        cells[score.notebook].append(score)
    handed_in = given.handed_in.isoformat() if given.handed_in is not None else at
    return [_submission(given, notebook, scores, handed_in) for notebook, scores in cells.items()]


def _submission(given: NbSubmission, notebook: str, scores: list[NbScore], at: str) -> dict[str, Any]:
    place = f"{given.assignment}/{notebook}"
    exercises = [_exercise(score) for score in scores]
    return {
        "learner": given.learner,
        "lesson": place,
        "place": place,
        "file": f"{given.learner}/{place}.ipynb",
        # nbgrader keeps no bytes: what was handed in is told by whose it is and when it came.
        "sha256": hashlib.sha256(f"{given.learner}\n{place}\n{given.handed_in}".encode()).hexdigest(),
        "version": "",
        "graded_at": at,
        "runner": "kernel",
        "missing_layers": [],
        "seconds": 0.0,
        "problem": "",
        "points": sum(each["points"] or 0.0 for each in exercises),
        "max_points": sum(each["max_points"] for each in exercises),
        "exercises": exercises,
        "repairs": [],
    }


def _exercise(score: NbScore) -> dict[str, Any]:
    points = score.automatic
    full = points is not None and points >= score.max_points
    outcome = None if points is None else (Outcome.PASSED if full else Outcome.FAILED).value
    return {
        "exercise": score.cell,
        "title": score.cell,
        "outcome": outcome,
        "points": points,
        "max_points": score.max_points,
        "message": "",
        "manual": points is None,
        "text": "",
        "output": "",
        "checks": [],
    }


def _by_hand(given: NbSubmission) -> list[ByHand]:
    def lesson(notebook: str) -> str:
        return f"{given.assignment}/{notebook}"

    scored = {(score.notebook, score.cell) for score in given.scores}
    points = [
        ByHand(given.learner, lesson(score.notebook), score.cell, score.manual, "")
        for score in given.scores
        if score.manual is not None
    ]
    said = [
        ByHand(given.learner, lesson(comment.notebook), comment.cell, None, comment.text)
        for comment in given.comments
        if (comment.notebook, comment.cell) in scored
    ]
    return points + said
