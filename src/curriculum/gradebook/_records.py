"""What a gradebook tells: plain records without a database behind them; pages, exports and certificates read these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from curriculum.outcome import Outcome


@dataclass(frozen=True)
class Learner:
    """A person who hands in.

    Attributes:
        key: what their submissions are filed under, ``<learner>/<lesson>.ipynb``; unique.
        name: as people call them; may be empty.
        email: may be empty.
        cohort: the class they belong to; may be empty.
        groups: sections or teams inside it, in alphabetical order.
        ids: what other systems call them, by system: ``{"canvas": "1045", "moodle": "77"}``.
    """

    key: str
    name: str = ""
    email: str = ""
    cohort: str = ""
    groups: tuple[str, ...] = ()
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The name, or the key where there is none."""
        return self.name or self.key


@dataclass(frozen=True)
class ManualScore:
    """What a person gave for one exercise of one attempt; later ones replace earlier ones, all are kept.

    Attributes:
        points: None where the person only wrote a comment.
        author: who gave it.
        at: when (UTC).
    """

    points: float | None
    comment: str
    author: str
    at: datetime


def revision_of(standing: int, taken_back: int) -> int:
    """How often something happened to a mark: what was taken back had been given before."""
    return standing + 2 * taken_back


@dataclass(frozen=True)
class Given:
    """What a person gives for one exercise of one attempt.

    Attributes:
        attempt: the attempt's number in the gradebook.
        points: None where only a comment is given.
        comment: may be empty.
        author: who gives it.
        expected: the mark's ``revision`` that the author has seen.
        closes_appeal: whether the comment answers the appeal that is open about it.
    """

    attempt: int
    exercise: str
    points: float | None
    comment: str
    author: str
    expected: int
    closes_appeal: bool = False


@dataclass(frozen=True)
class Mark:
    """What came of one exercise in one attempt.

    Attributes:
        outcome: None while a person has yet to grade it.
        automatic: the points that grading gave; None where only a person can give them.
        message: for the learner; says nothing about hidden inputs.
        detail: for the instructor; may hold hidden inputs.
        manual: whether a person grades it.
        text: what the learner wrote, where a person grades it.
        output: what the learner's cell printed; their words.
        mistakes: the ids of the recognised mistakes.
        aided: whether the solution had been looked up before the exercise was first passed.
        scores: what people gave, oldest first.
        taken_back: how many scores were given and withdrawn.
        appeal: why the learner asks about it, while an appeal is open; empty otherwise.
        appealed: whether an appeal about it is open.
    """

    exercise: str
    title: str
    outcome: Outcome | None
    automatic: float | None
    max_points: float
    message: str = ""
    detail: str = ""
    manual: bool = False
    text: str = ""
    output: str = ""
    mistakes: tuple[str, ...] = ()
    aided: bool = False
    scores: tuple[ManualScore, ...] = ()
    taken_back: int = 0
    appealed: bool = False
    appeal: str = ""

    @property
    def points(self) -> float | None:
        """The points that count: the latest a person gave, else grading's; None while it waits for a person."""
        given = [score.points for score in self.scores if score.points is not None]
        return given[-1] if given else self.automatic

    @property
    def revision(self) -> int:
        """Grows with every score that is given and with every one that is taken back."""
        return revision_of(len(self.scores), self.taken_back)

    @property
    def waits(self) -> bool:
        """Whether a person has yet to grade it."""
        return self.points is None

    @property
    def comments(self) -> tuple[ManualScore, ...]:
        """What people wrote, oldest first."""
        return tuple(score for score in self.scores if score.comment)


@dataclass(frozen=True)
class Attempt:
    """One submission of one learner to one lesson, as it was last graded.

    Attributes:
        id: its number in the gradebook.
        number: 1 for the learner's first to this lesson, in the order they were handed in.
        place: where the lesson's source stands: ``module/NN-slug.ipynb``.
        handed_in: when (UTC); when it was graded, where nobody knows.
        late: how long after the learner's own deadline, extension included; zero where there was none.
        sandboxed: whether it was graded under the full sandbox.
        problem: why it could not be graded; empty where it was.
        tampered: ids of cells that the learner must not have changed.
    """

    id: int
    learner: str
    lesson: str
    place: str
    number: int
    handed_in: datetime
    graded_at: datetime
    file: str
    sha256: str
    version: str
    late: timedelta = timedelta()
    sandboxed: bool = False
    problem: str = ""
    tampered: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def points(self) -> float:
        """The points of its exercises, before any penalty; what waits for a person counts 0."""
        return sum(mark.points or 0.0 for mark in self.marks)

    @property
    def max_points(self) -> float:
        """The points that could be had."""
        return sum(mark.max_points for mark in self.marks)

    @property
    def waiting(self) -> int:
        """How many exercises a person has yet to grade."""
        return sum(mark.waits for mark in self.marks)


@dataclass(frozen=True)
class Arrival:
    """How a submission came in: what its grading does not know.

    Attributes:
        handed_in: when (UTC); None where nobody knows, which counts as when it was graded.
        by: who handed it in, where that is not the learner: a team's member, an instructor.
        aided: ids of exercises whose solution had been looked up before they were first passed.
    """

    handed_in: datetime | None
    by: str = ""
    aided: tuple[str, ...] = ()


@dataclass(frozen=True)
class LessonColumn:
    """A lesson as a gradebook lists it.

    Attributes:
        id: what people call it; unique in the course.
        place: ``module/NN-slug.ipynb``; sorts in the course's order.
        minutes: honest working time.
        max_points: what one submission can have.
        due: the deadline for everyone without one of their own; None where there is none.
        is_extra: whether its points count on top: it adds nothing to what can be had.
    """

    id: str
    title: str
    place: str
    minutes: int
    max_points: float
    due: datetime | None = None
    is_extra: bool = False


@dataclass(frozen=True)
class ExtraCredit:
    """Points that somebody gave outside any exercise."""

    points: float
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """A learner in a lesson.

    Attributes:
        attempts: every one, oldest first.
        counted: the one that counts by the course's policy; None where nothing was graded.
        due: the learner's own deadline, extension included.
        excused: the lesson is left out of what the learner has and could have.
        penalty: points taken off for lateness.
        extra: points given outside the exercises.
    """

    learner: str
    lesson: str
    max_points: float
    attempts: tuple[Attempt, ...] = ()
    counted: Attempt | None = None
    due: datetime | None = None
    excused: bool = False
    penalty: float = 0.0
    extra: tuple[ExtraCredit, ...] = ()

    @property
    def points(self) -> float:
        """What counts: exercises less penalty, never below 0, and extra credit; 0 where nothing was handed in."""
        earned = max((self.counted.points if self.counted else 0.0) - self.penalty, 0.0)
        return earned + sum(credit.points for credit in self.extra)

    @property
    def waiting(self) -> int:
        """How many exercises of the counted attempt a person has yet to grade."""
        return self.counted.waiting if self.counted else 0


@dataclass(frozen=True)
class Row:
    """A learner and all their lessons.

    Attributes:
        standings: by the lesson's id, one for every column of the sheet.
        extra: points given for no lesson in particular; part of ``points``.
        points: over all lessons, without excused ones.
        max_points: what could be had, without excused lessons and those that count on top.
    """

    learner: Learner
    standings: dict[str, Standing]
    points: float
    max_points: float
    extra: tuple[ExtraCredit, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A class: lessons across, learners down.

    Attributes:
        course: the course's id.
        title: the course's title.
        version: the course's version.
        lessons: in the course's order.
        rows: by name, then key.
        made_at: when it was read from the gradebook (UTC).
    """

    course: str
    title: str
    version: str
    lessons: tuple[LessonColumn, ...]
    rows: tuple[Row, ...]
    made_at: datetime
    cohort: str = ""

    def lesson(self, name: str) -> LessonColumn:
        """The column of that id.

        Raises:
            KeyError: there is none.
        """
        return {column.id: column for column in self.lessons}[name]


@dataclass(frozen=True)
class Appeal:
    """A learner's question about one exercise of one attempt.

    Attributes:
        id: its number in the gradebook.
        opened_at: when (UTC).
        opened_by: who wrote it down.
        answer: what was answered; empty while it is open.
        closed_by: who closed it; empty while it is open.
    """

    id: int
    learner: str
    lesson: str
    attempt: int
    exercise: str
    reason: str
    opened_at: datetime
    opened_by: str
    answer: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it."""
        return self.closed_at is None


@dataclass(frozen=True)
class Imported:
    """What an import added.

    Attributes:
        submissions: new ones.
        gradings: new results, of new submissions and of ones that were there.
        known: results that were there already, to the letter.
        learners: keys of learners that nobody had enrolled, in order.
        lessons: ids of lessons that were not there.
    """

    submissions: int = 0
    gradings: int = 0
    known: int = 0
    learners: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
