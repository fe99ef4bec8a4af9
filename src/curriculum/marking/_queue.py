"""What a person has to grade or may look at again: piles of exercises, and in them groups of identical answers."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.gradebook import Attempt, Learner, ManualScore, Mark, Sheet

_DIGITS = 16
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # a spreadsheet changes 00123456 and 123456e7


@dataclass(frozen=True)
class Answer:
    """One learner's answer to one exercise.

    Attributes:
        counts: whether the attempt is the one that counts now.
        alias: what stands for the learner where names are hidden; another one for every exercise.
    """

    learner: Learner
    attempt: Attempt
    mark: Mark
    counts: bool
    alias: str

    @property
    def is_open(self) -> bool:
        """Whether a person has to act: it waits for points, or an appeal is open."""
        return self.mark.waits or self.mark.appealed

    @property
    def newest(self) -> ManualScore | None:
        """What a person gave last."""
        return self.mark.scores[-1] if self.mark.scores else None

    @property
    def comment(self) -> str:
        """The comment that was written last."""
        return self.mark.comments[-1].comment if self.mark.comments else ""


@dataclass(frozen=True)
class Group:
    """Answers to one exercise that are the same, so that one score and one comment can serve them all.

    Attributes:
        key: names the group as long as its answers are what they are.
        answers: by attempt.
    """

    key: str
    lesson: str
    answers: tuple[Answer, ...]

    @property
    def mark(self) -> Mark:
        """The mark of its first answer: what they answered is the same in all."""
        return self.answers[0].mark

    @property
    def waiting(self) -> int:
        """How many of them wait for points."""
        return sum(answer.mark.waits for answer in self.answers)

    @property
    def points(self) -> tuple[float, ...]:
        """The points that its answers have, each once, in order."""
        return tuple(sorted({answer.mark.points for answer in self.answers if answer.mark.points is not None}))

    @property
    def appealed(self) -> bool:
        """Whether it is one answer with an open appeal; those stand alone."""
        return self.mark.appealed

    @property
    def is_open(self) -> bool:
        """Whether a person has to act on any of them."""
        return any(answer.is_open for answer in self.answers)


@dataclass(frozen=True)
class Pile:
    """An exercise and everything that people handed in for it.

    Attributes:
        key: names the pile in addresses.
        groups: in an order that has nothing to do with names, and stays as it is while the pile is graded.
    """

    key: str
    lesson: str
    exercise: str
    title: str
    max_points: float
    groups: tuple[Group, ...]

    @property
    def answers(self) -> int:
        """How many there are."""
        return sum(len(group.answers) for group in self.groups)

    @property
    def waiting(self) -> int:
        """How many answers wait for points."""
        return sum(group.waiting for group in self.groups)

    @property
    def appeals(self) -> int:
        """How many appeals are open."""
        return sum(group.appealed for group in self.groups)

    @property
    def open(self) -> tuple[Group, ...]:
        """The groups on which a person has to act."""
        return tuple(group for group in self.groups if group.is_open)


@dataclass(frozen=True)
class Queue:
    """Everything of a class that a person grades, in the course's order."""

    piles: tuple[Pile, ...]

    @property
    def waiting(self) -> int:
        """How many answers wait for points."""
        return sum(pile.waiting for pile in self.piles)

    @property
    def answers(self) -> int:
        """How many there are."""
        return sum(pile.answers for pile in self.piles)

    def pile(self, key: str) -> Pile | None:
        """The pile of that key."""
        return next((pile for pile in self.piles if pile.key == key), None)

    def group(self, key: str) -> tuple[Pile, Group] | None:
        """The group of that key, and its pile."""
        return next(((pile, group) for pile in self.piles for group in pile.groups if group.key == key), None)


def queue(sheet: Sheet, *, exercise: str = "", author: str = "", counted_only: bool = False) -> Queue:
    """Find what people grade: what waits for points, what they have graded, and what was appealed against.

    Answers are the same if nothing differs but line ends, spaces at the ends of lines, empty lines at the ends and the
    way in which characters are composed (Unicode's NFC); what code printed counts too. Comments and layout are part of
    an answer. An appeal is about one learner, so it stands alone.

    Args:
        sheet: the class.
        exercise: only this one.
        author: whoever grades; everyone has another order, so that two seldom meet.
        counted_only: leave out attempts that do not count now. An attempt that waits may count once it is graded.

    Raises:
        UnknownNameError: nothing in the class has to do with that exercise.
    """
    found: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    known: set[str] = set()
    for answer, lesson in _answers(sheet, counted_only=counted_only):
        known.add(answer.mark.exercise)
        if exercise in {"", answer.mark.exercise}:
            found[lesson, answer.mark.exercise].append(answer)
    if exercise and not found:
        raise UnknownNameError("exercise for a person", exercise, known, "curriculum mark")
    order = {column.id: column.place for column in sheet.lessons}
    piles = [_pile(sheet.course, lesson, answers, author) for (lesson, _), answers in found.items()]
    return Queue(tuple(sorted(piles, key=lambda pile: order.get(pile.lesson, pile.lesson))))


def normal(text: str) -> str:
    """The text without what makes no difference to whoever reads it."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def digest(*parts: str) -> str:
    """A short name that these texts alone have."""
    whole = "\0".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _answers(sheet: Sheet, *, counted_only: bool) -> Iterator[tuple[Answer, str]]:
    for row in sheet.rows:
        for lesson, standing in row.standings.items():
            if standing.excused:
                continue
            for attempt in standing.attempts:
                counts = standing.counted is not None and standing.counted.id == attempt.id
                if counted_only and not counts:
                    continue
                for mark in attempt.marks:
                    if mark.manual or mark.waits or mark.appealed or mark.scores:
                        alias = digest(sheet.course, lesson, mark.exercise, row.learner.key)[:8]
                        yield Answer(row.learner, attempt, mark, counts, alias.translate(_LETTERS)), lesson


def _pile(course: str, lesson: str, answers: list[Answer], author: str) -> Pile:
    first = answers[0].mark
    grouped: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        grouped[_identity(lesson, answer)].append(answer)
    groups = [Group(key, lesson, tuple(sorted(same, key=_attempt))) for key, same in grouped.items()]
    return Pile(
        key=digest(lesson, first.exercise),
        lesson=lesson,
        exercise=first.exercise,
        title=first.title,
        max_points=max(answer.mark.max_points for answer in answers),
        groups=tuple(_shuffled(groups, course, author)),
    )


def _identity(lesson: str, answer: Answer) -> str:
    mark = answer.mark
    alone = str(answer.attempt.id) if mark.appealed or not mark.manual else ""
    same = (normal(mark.text), normal(mark.output), repr(float(mark.max_points)))
    return digest(lesson, mark.exercise, *same, alone)


def _shuffled(groups: Iterable[Group], course: str, author: str) -> list[Group]:
    """What may count before what cannot count now; inside, an order that only the answers and the grader decide."""
    return sorted(groups, key=lambda group: (not _counts(group), digest(course, author, group.key)))


def _counts(group: Group) -> bool:
    return any(answer.counts for answer in group.answers)


def _attempt(answer: Answer) -> int:
    return answer.attempt.id
