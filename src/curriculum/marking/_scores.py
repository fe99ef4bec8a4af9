"""What marking asks of a gradebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.gradebook import Given, Sheet


class Scores(Protocol):
    """A gradebook, as far as marking needs it. One call comes at a time, but not always from the same thread."""

    def sheet(self, cohort: str = "") -> Sheet:
        """Everything the gradebook knows about a class."""
        ...

    def give(self, given: Sequence[Given]) -> int:
        """Add these scores in one transaction, all of them or none; says how many.

        Raises:
            GradebookError: a mark has another revision than expected ("graded meanwhile by X: look again"),
                does not exist, or has no open appeal to close.
        """
        ...

    def take_back(self, given: Sequence[Given]) -> None:
        """Withdraw what ``give`` added, in one transaction; appeals that it closed are open again.

        Raises:
            GradebookError: one of them is not the newest score of its mark any more.
        """
        ...
