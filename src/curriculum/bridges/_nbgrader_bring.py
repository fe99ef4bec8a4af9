"""Bringing an nbgrader course into a gradebook; bringing it again adds what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.bridges._nbgrader_in import read_nbgrader
from curriculum.bridges._nbgrader_results import brought
from curriculum.gradebook import Given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curriculum.bridges._nbgrader_results import ByHand
    from curriculum.gradebook import Gradebook, Imported


@dataclass(frozen=True)
class Bringing:
    """What came of it.

    Attributes:
        enrolled: learners that were new.
        by_hand: scores and comments of people that were new.
        penalties: points that nbgrader takes off for lateness, by learner and assignment, which the gradebook
            does not: it has a rule of its own.
    """

    enrolled: int
    imported: Imported
    by_hand: int
    penalties: dict[tuple[str, str], float]


def bring_nbgrader(book: Gradebook, place: Path, author: str = "nbgrader") -> Bringing:
    """Bring in learners, scores, comments, deadlines and extensions; each notebook becomes a lesson.

    Args:
        book: where to.
        place: the course's folder, or its ``gradebook.db``.
        author: in whose name people's scores are kept.

    Raises:
        BridgeError: there is no gradebook of nbgrader's, or it cannot be read.
        GradebookError: it cannot be taken over.
    """
    found = brought(read_nbgrader(place))
    enrolled, _ = book.enrol(found.learners)
    imported = book.import_results(found.results)
    for lesson, due in found.due.items():
        book.set_due(lesson, due)
    held = {(row.learner.key, name): each for row in book.sheet().rows for name, each in row.standings.items()}
    for (learner, lesson), due in found.extended.items():
        if held[learner, lesson].due != due:
            book.extend(learner, lesson, due, "extension in nbgrader", author)
    for (learner, lesson, cell), points in found.extra.items():
        reason = f"extra credit in nbgrader: {cell}"
        if reason not in {credit.reason for credit in held[learner, lesson].extra}:
            book.credit(learner, points, reason, author, lesson=lesson)
    by_hand = book.give(_new(book, found.by_hand, author))
    return Bringing(enrolled, imported, by_hand, found.penalties)


def _new(book: Gradebook, by_hand: tuple[ByHand, ...], author: str) -> Iterator[Given]:
    latest = {
        (row.learner.key, name): standing.attempts[-1]
        for row in book.sheet().rows
        for name, standing in row.standings.items()
        if standing.attempts
    }
    for each in by_hand:
        attempt = latest[each.learner, each.lesson]
        mark = next(mark for mark in attempt.marks if mark.exercise == each.exercise)
        if not any(score.points == each.points and score.comment == each.comment for score in mark.scores):
            yield Given(attempt.id, each.exercise, each.points, each.comment, author, mark.revision)
