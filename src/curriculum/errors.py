"""Every error the course raises on purpose: one tree, each message one line that says what to do.

``CheckFailed`` is what a check cell raises. Everything else is bad input or a broken environment, which the
command line prints as one line and turns into exit code 2.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class CurriculumError(Exception):
    """The root: anything a user of the course can do something about."""


class CheckFailed(CurriculumError, AssertionError):  # noqa: N818 - what it means to whoever reads it
    """A check did not pass; ``finding`` says why (see ``curriculum.check``)."""

    def __init__(self, finding: Any) -> None:
        super().__init__(finding.summary)
        self.finding = finding

    def __str__(self) -> str:
        """Show the whole finding as plain text."""
        return str(self.finding)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback, where no check cell is open to show a card."""
        return str(self.finding).split("\n")


class NotebookError(CurriculumError):
    """A file that should be a notebook of the course cannot be used as one."""

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


class CourseError(CurriculumError):
    """The course folder is missing, incomplete or contradicts itself."""


class UnknownNameError(CurriculumError):
    """A name that is not in the course; the message suggests the nearest one that is."""

    def __init__(self, kind: str, name: object, known: Iterable[str], listing: str) -> None:
        names = sorted(known)
        nearest = difflib.get_close_matches(str(name).lower(), [n.lower() for n in names], n=1, cutoff=0.5)
        suggestion = next((n for n in names if nearest and n.lower() == nearest[0]), None)
        advice = f"did you mean {suggestion!r}?" if suggestion else f"see all with: {listing}"
        super().__init__(f"no {kind} is called {name!r}; {advice}")
        self.suggestion = suggestion


class WrongKindError(CurriculumError):
    """A name of the course in a place for another kind of name."""

    def __init__(self, name: str, found: str, wanted: str) -> None:
        super().__init__(f"{name!r} is {found}, not {wanted}")


class WorkspaceError(CurriculumError):
    """A learner's folder cannot be read or written."""


class DataError(CurriculumError):
    """A data set is damaged or cannot be had."""


class ScenarioError(CurriculumError):
    """A simulation was asked for something it cannot do."""


class ReleaseError(CurriculumError):
    """A release cannot be made or written."""


class AnswersError(CurriculumError):
    """A file of answers does not follow its format."""


class ProveError(CurriculumError):
    """A lesson cannot be proved here at all (its verdicts are a different thing)."""


class SubmissionError(CurriculumError):
    """A file cannot be taken as a submission."""


class GradingError(CurriculumError):
    """Grading cannot go on, and no submission is to blame: a lesson does not run, a store is damaged, ..."""


class SandboxError(GradingError):
    """The sandbox that was asked for cannot be had on this system."""


class TableError(CurriculumError):
    """A file that should be a table (CSV) cannot be read as one."""


class GradebookError(CurriculumError):
    """The gradebook cannot be opened, read or written, or does not hold what was asked for."""


class BridgeError(CurriculumError):
    """Another system's file cannot be read or written, or does not fit what is to go into it."""


class CertificateError(CurriculumError):
    """A certificate cannot be issued, or a file is none."""


class MissingToolError(CurriculumError):
    """A command needs a program or package that is not installed."""


class SlidesError(CurriculumError):
    """Slides cannot be made or written."""


class PlanError(CurriculumError):
    """No schedule fits what was asked for, or what was asked for makes none."""
