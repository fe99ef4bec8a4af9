"""Grade one submission after another with one runner, whatever they hold."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.check import Drawing
from curriculum.errors import CurriculumError, MissingToolError, NotebookError, SandboxError, SubmissionError
from curriculum.grading._parsing import PARSING
from curriculum.grading._result import SubmissionResult
from curriculum.grading._score import score
from curriculum.grading.assembly._assemble import assemble

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.course import Course, Lesson
    from curriculum.grading._result import Run
    from curriculum.grading._runner import Runner
    from curriculum.grading._steps import Assembled
    from curriculum.grading._submission import Submission

ATTEMPTS = 3
# How a problem begins that the submission's file is not to blame for.
UNGRADED = "could not be graded"
# After so many submissions of a lesson that broke the runner, and none that did not, it is the lesson that is broken.
_GIVE_UP = 3


class StoppedError(Exception):
    """Grading was stopped from outside while a submission ran."""


@dataclass(frozen=True)
class Task:
    """A submission to grade.

    Attributes:
        attempts: how often grading it has begun before.
    """

    submission: Submission
    attempts: int = 0


@dataclass(frozen=True)
class Graded:
    """What came of a task.

    Attributes:
        broken: whether the submission has no verdict although it is not to blame; worth another try some day.
    """

    result: SubmissionResult
    broken: bool = False


@dataclass(frozen=True)
class Recipe:
    """Everything a worker needs to grade; can be pickled where ``make_runner`` can.

    Attributes:
        key: the course's secret key.
        runner: the runner's name, for results without a run.
        course: None where submissions answer notebooks of no course.
    """

    make_runner: Callable[[], Runner]
    key: bytes
    runner: str
    course: Course | None = None

    def version(self, lesson: Lesson) -> str:
        """The course's version that a lesson belongs to; empty for a notebook of no course."""
        return self.course.version if self.course is not None and lesson.root == self.course.root else ""

    def drawing(self, submission: Submission) -> Drawing:
        """What the draws of a submission's checks depend on."""
        lesson = submission.lesson
        name = self.course.id if self.course is not None and lesson.root == self.course.root else ""
        return Drawing(self.key, name, lesson.id, submission.learner)

    def unrun(self, submission: Submission, problem: str) -> SubmissionResult:
        """The result of a submission that could not be graded."""
        return SubmissionResult(
            learner=submission.learner,
            lesson=submission.lesson.id,
            file=submission.file,
            sha256=submission.sha256,
            version=self.version(submission.lesson),
            problem=problem,
            runner=self.runner,
        )


class Grader:
    """One worker's: makes its runner when it is first needed, and a new one whenever it broke.

    Args:
        recipe: what to grade with.
        begin: called before each attempt, so that it can be put on record.
    """

    def __init__(self, recipe: Recipe, begin: Callable[[Submission], None]) -> None:
        self._recipe = recipe
        self._begin = begin
        self._runner: Runner | None = None
        self._stopped = False
        # By the path of a lesson: submissions in a row that broke the runner; a lesson that ran is never given up.
        self._broken: Counter[str] = Counter()
        self._ran: set[str] = set()

    def grade(self, task: Task) -> Graded:
        """Grade a submission; every way it can go wrong ends in a result.

        Raises:
            SandboxError: the sandbox that was asked for cannot be had.
            MissingToolError: the runner needs something that is not installed.
            StoppedError: ``stop`` was called meanwhile.
        """
        submission = task.submission
        try:
            _ = submission.lesson.notebook
        except NotebookError as error:  # told from a submission that cannot be read
            return self._failed(submission, _words(error))
        try:
            with PARSING:
                assembled = assemble(submission.lesson, submission.content, submission.file)
        except (NotebookError, SubmissionError) as error:
            return Graded(self._recipe.unrun(submission, str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it holds, the others go on
            return self._failed(submission, _words(error))
        return self._attempt(task, assembled)

    def stop(self) -> None:
        """End what runs now; may be called from another thread."""
        self._stopped = True
        self.close()

    def close(self) -> None:
        """End the runner's processes."""
        runner, self._runner = self._runner, None
        if runner is not None:
            # One that broke may not close either, which must not cost what has been graded.
            with contextlib.suppress(Exception):
                runner.close()

    def _attempt(self, task: Task, assembled: Assembled) -> Graded:
        submission, lesson = task.submission, str(task.submission.lesson.path)
        if self._broken[lesson] >= _GIVE_UP:
            reason = f"{submission.lesson.name} broke the runner {_GIVE_UP} times in a row; not tried"
            return self._failed(submission, reason, assembled)
        reason = ""
        for _attempt in range(task.attempts, ATTEMPTS):
            self._begin(submission)
            try:
                result = self._scored(submission, assembled, self._run(submission, assembled))
            except (SandboxError, MissingToolError, StoppedError):
                raise
            except Exception as error:  # noqa: BLE001 - whatever breaks, the others go on
                reason = _words(error)
                self.close()
            else:
                self._ran.add(lesson)
                self._broken[lesson] = 0
                return Graded(result)
        self._broken[lesson] += lesson not in self._ran
        return self._failed(submission, f"{reason}; given up after {ATTEMPTS} attempts", assembled)

    def _run(self, submission: Submission, assembled: Assembled) -> Run:
        if self._runner is None:
            self._runner = self._recipe.make_runner()
        runner = self._runner
        if self._stopped:
            raise StoppedError
        try:
            return runner.run(assembled, self._recipe.drawing(submission))
        except Exception:
            if self._stopped:
                raise StoppedError from None
            raise

    def _scored(self, submission: Submission, assembled: Assembled, run: Run) -> SubmissionResult:
        version = self._recipe.version(submission.lesson)
        return score(submission, assembled, run, runner=self._recipe.runner, version=version)

    def _failed(self, submission: Submission, reason: str, assembled: Assembled | None = None) -> Graded:
        problem = f"{UNGRADED}: {reason}"
        if assembled is None:
            return Graded(self._recipe.unrun(submission, problem), broken=True)
        runner, version = self._recipe.runner, self._recipe.version(submission.lesson)
        result = score(submission, assembled, None, runner=runner, version=version, problem=problem)
        return Graded(result, broken=True)


def _words(error: Exception) -> str:
    """An error as one line; those raised on purpose speak for themselves."""
    text = " ".join(str(error).split())
    return text if isinstance(error, CurriculumError) and text else f"{type(error).__name__}: {text}".rstrip(": ")
