"""Grading at a desk: a queue that is read afresh each time, drafts that become scores, and a way to take them back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum.errors import GradebookError
from curriculum.gradebook import Given
from curriculum.marking._material import Material, material
from curriculum.marking._points import as_shown, points_of
from curriculum.marking._queue import Answer, Group, Pile, Queue, queue

if TYPE_CHECKING:
    from curriculum.course import Course
    from curriculum.marking._rubric import Rubric
    from curriculum.marking._scores import Scores


@dataclass(frozen=True)
class Draft:
    """What a person filled in for a group, as it was typed.

    Attributes:
        points: as typed; empty where the ticks say it.
        was: the points that stood in the form before anything was typed.
        ticks: the share of an item that was given, by the item's index.
        seen: how many scores each answer to be scored had, by attempt.
        closes_appeal: whether the comment answers the appeal.
    """

    points: str = ""
    was: str = ""
    comment: str = ""
    ticks: dict[int, float] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)
    closes_appeal: bool = False


@dataclass(frozen=True)
class Batch:
    """What one draft gave.

    Attributes:
        number: 1 for the first of this desk.
        group: the group that it was given to.
    """

    number: int
    group: str
    given: tuple[Given, ...]


class Desk:
    """One person who grades.

    Args:
        scores: the gradebook.
        course: where prompts and mark schemes come from.
        author: whoever grades.
        cohort: the class; empty for everyone.
        exercise: only this one.
        counted_only: leave out attempts that do not count now.
    """

    def __init__(
        self,
        scores: Scores,
        course: Course,
        author: str,
        *,
        cohort: str = "",
        exercise: str = "",
        counted_only: bool = False,
    ) -> None:
        self.course = course
        self.author = author
        self.cohort = cohort
        self._scores = scores
        self._exercise = exercise
        self._counted_only = counted_only
        self._materials: dict[tuple[str, str], Material | None] = {}
        self._batches: list[Batch] = []
        self._made = 0
        self._one_at_a_time = threading.RLock()

    def queue(self) -> Queue:
        """What there is to grade now."""
        with self._one_at_a_time:
            sheet = self._scores.sheet(self.cohort)
        return queue(sheet, exercise=self._exercise, author=self.author, counted_only=self._counted_only)

    def material(self, pile: Pile) -> Material | None:
        """What the course says about the exercise."""
        key = (pile.lesson, pile.exercise)
        if key not in self._materials:
            self._materials[key] = material(self.course, *key)
        return self._materials[key]

    @property
    def last(self) -> Batch | None:
        """What was given last and can be taken back."""
        return self._batches[-1] if self._batches else None

    def save(self, pile: Pile, group: Group, draft: Draft) -> Batch | None:
        """Give what the draft says to the answers it names; None where nothing is new, as when a form is sent twice.

        Raises:
            GradebookError: the draft makes no sense, or somebody was faster; nothing is given then.
        """
        with self._one_at_a_time:
            given = self._given(pile, group, draft)
            if not given:
                return None
            self._scores.give(given)
            self._made += 1
            batch = Batch(self._made, group.key, given)
            self._batches.append(batch)
            return batch

    def take_back(self, number: int) -> Batch:
        """Take back what was given last.

        Args:
            number: of the batch that is meant, so that a request sent twice takes back one.

        Raises:
            GradebookError: it was taken back before, or somebody has graded since.
        """
        with self._one_at_a_time:
            batch = self.last
            if batch is None or batch.number != number:
                message = "nothing was taken back: that is not what you gave last"
                raise GradebookError(message)
            self._batches.pop()  # also where it fails: then it can never be taken back
            self._scores.take_back(batch.given)
            return batch

    def _given(self, pile: Pile, group: Group, draft: Draft) -> tuple[Given, ...]:
        found = self.material(pile)
        points = _points(draft, found.rubric if found else None, group.mark.max_points)
        comment = clean(draft.comment)
        if points is None and not comment:
            message = "there is nothing to save: give points or write a comment"
            raise GradebookError(message)
        if draft.closes_appeal and group.appealed and not comment:
            message = "an appeal is answered with a comment: write one, or leave the appeal open"
            raise GradebookError(message)
        answers = {answer.attempt.id: answer for answer in group.answers}
        named = [answers[attempt] for attempt in draft.seen if attempt in answers]
        if not named or len(named) < len(draft.seen):
            message = (
                "choose at least one answer" if not draft.seen else "the answers have changed meanwhile: look again"
            )
            raise GradebookError(message)
        given = (given_for(answer, points, comment, self.author, closes=draft.closes_appeal) for answer in named)
        new = [one for one in given if one is not None]
        if any(draft.seen[one.attempt] != one.expected for one in new):
            raise GradebookError(meanwhile([answers[one.attempt] for one in new], draft.seen))
        return tuple(new)


def given_for(answer: Answer, points: float | None, comment: str, author: str, *, closes: bool) -> Given | None:
    """What is new for an answer; None where nothing is.

    Points and words that stand already are not given again: all comments are kept, and a learner reads each once.
    """
    mark = answer.mark
    closes = closes and mark.appealed
    changed = points is not None and (mark.points is None or as_shown(points) != as_shown(mark.points))
    said = comment if comment != clean(answer.comment) or closes else ""
    if not (changed or said):
        return None
    return Given(
        attempt=answer.attempt.id,
        exercise=mark.exercise,
        points=points if changed else None,
        comment=said,
        author=author,
        expected=mark.revision,
        closes_appeal=closes,
    )


def meanwhile(answers: list[Answer], seen: dict[int, int]) -> str:
    """What happened to answers since they were seen."""
    for answer in answers:
        newest = answer.newest
        if newest is not None and answer.mark.revision > seen[answer.attempt.id]:
            given = "a comment" if newest.points is None else f"{newest.points:g} points"
            return f"graded meanwhile by {newest.author} ({given}): look again"
    return "a score was taken back meanwhile: look again"


def clean(text: str) -> str:
    """A comment as it is kept: unix line ends, no space around it, nothing that no database holds."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return lines.encode("utf-8", "replace").decode("utf-8").strip()


def _points(draft: Draft, rubric: Rubric | None, most: float) -> float | None:
    """What was typed wins, but for what stood there before: then the ticks do."""
    typed = points_of(draft.points, most)
    if rubric is None or not draft.ticks or (draft.points.strip() and draft.points.strip() != draft.was.strip()):
        return typed
    return rubric.total(draft.ticks, most)
