"""What marking asks of a gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.gradebook import Sheet


@dataclass(frozen=True)
class Given:
    """What a person gives for one exercise of one attempt.

    Attributes:
        attempt: the attempt's number in the gradebook.
        points: None where only a comment is given.
        comment: may be empty.
        author: who gives it.
        expected: how many scores the author has seen on that mark.
        closes_appeal: whether the comment answers the appeal that is open about it.
    """

    attempt: int
    exercise: str
    points: float | None
    comment: str
    author: str
    expected: int
    closes_appeal: bool = False


class Scores(Protocol):
    """A gradebook, as far as marking needs it. One call comes at a time, but not always from the same thread."""

    def sheet(self, cohort: str = "") -> Sheet:
        """Everything the gradebook knows about a class."""
        ...

    def give_all(self, given: Sequence[Given]) -> None:
        """Add these scores in one transaction: all of them or none.

        Raises:
            GradebookError: a mark has another number of scores than expected ("graded meanwhile by X: look again"),
                does not exist, or has no open appeal to close.
        """
        ...

    def take_back(self, given: Sequence[Given]) -> None:
        """Withdraw what ``give_all`` added, in one transaction; appeals that it closed are open again.

        Raises:
            GradebookError: one of them is not the newest score of its mark any more.
        """
        ...
