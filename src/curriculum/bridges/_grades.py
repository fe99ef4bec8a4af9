"""What goes into a cell of another system's gradebook: points of two decimals, excused, or nothing and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto
from typing import TYPE_CHECKING

from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from curriculum.gradebook import LessonColumn, Standing

_HUNDREDTH = Decimal("0.01")


class Kind(Enum):
    """What a learner's standing in a lesson is to another system."""

    GRADED = auto()
    EXCUSED = auto()
    WAITING = auto()
    MISSING = auto()


@dataclass(frozen=True)
class Grade:
    """What can be written for a learner and a lesson.

    Attributes:
        points: to two decimals; None where there are none to write.
        why: why there are none, where they were to be expected.
    """

    kind: Kind
    points: Decimal | None = None
    why: str = ""


@dataclass(frozen=True)
class Choices:
    """What is written where there is no final grade.

    Attributes:
        incomplete: write the points so far where a person has yet to grade a part.
        zeros: write 0 where nothing was handed in.
        scale: convert points to the other system's maximum where that is another one.
    """

    incomplete: bool = False
    zeros: bool = False
    scale: bool = False


def grade_of(standing: Standing, choices: Choices) -> Grade:
    """What is to be written for a standing."""
    if standing.excused:
        return Grade(Kind.EXCUSED)
    if standing.waiting and not choices.incomplete:
        what = "1 exercise waits" if standing.waiting == 1 else f"{standing.waiting} exercises wait"
        return Grade(Kind.WAITING, why=f"{what} for a person")
    if standing.counted is not None or standing.extra:
        return Grade(Kind.GRADED, rounded(standing.points))
    if standing.attempts:
        return Grade(Kind.WAITING, why="handed in, and has no grade")
    return Grade(Kind.MISSING, Decimal(0) if choices.zeros else None)


def rounded(points: float | Decimal) -> Decimal:
    """Points to two decimals, halves up, as people round; by the decimal number that is shown, not its binary form."""
    return Decimal(str(points)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def number(points: Decimal, *, comma: bool = False) -> str:
    """Points as text, without needless zeros."""
    text = f"{points:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if comma else text


def parsed(text: str) -> Decimal | None:
    """The number that another system wrote, with a point or a comma; None where it is none."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


def factor(lesson: LessonColumn, possible: Decimal | None, system: str, choices: Choices) -> Decimal:
    """What points are multiplied with on their way to a system that has its own maximum.

    Raises:
        BridgeError: the maximum is another one, and nobody said what to do about it.
    """
    if possible is None or possible == rounded(lesson.max_points):
        return Decimal(1)
    if choices.scale and lesson.max_points > 0:
        return possible / Decimal(str(lesson.max_points))
    ours = number(rounded(lesson.max_points))
    message = (
        f"{system} has {lesson.title!r} out of {number(possible)} points, the gradebook out of {ours}: "
        f"set it to {ours} there, or say --scale"
    )
    raise BridgeError(message)
