"""What every way of running a submission offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from curriculum.check import Drawing
    from curriculum.grading._result import Run
    from curriculum.grading._steps import Assembled


class Runner(Protocol):
    """Runs submissions one after the other; keeps what it has prepared for a lesson until it is closed.

    A runner is used from one thread at a time.
    """

    name: str

    def run(self, assembled: Assembled, drawing: Drawing) -> Run:
        """Run one submission.

        Raises:
            GradingError: the lesson itself does not run, or the runner broke; the submission is not to blame.
        """

    def close(self) -> None:
        """End every process."""
