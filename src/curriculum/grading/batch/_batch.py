"""Grade a batch of submissions so that it can be killed at any moment and goes on where it stopped."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from curriculum.errors import GradingError
from curriculum.grading._choices import Regrade
from curriculum.grading._submission import Refused, Submission
from curriculum.grading.batch._fingerprint import Fingerprint, grader_hash, lesson_hash
from curriculum.grading.batch._grader import ATTEMPTS, UNGRADED, Graded, Recipe, Task
from curriculum.grading.batch._key import own_key, read_key
from curriculum.grading.batch._local import LocalWorkers
from curriculum.grading.batch._store import State, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from curriculum.course import Course
    from curriculum.grading._runner import Runner
    from curriculum.grading._runners import Setup
    from curriculum.grading.batch._store import Entry

_BROKEN_BEFORE = f"{UNGRADED} before"
_ASKED = "as asked"


class Collected(Protocol):
    """Submissions, read one at a time; those of a lesson need not stand together."""

    def __len__(self) -> int:
        """How many there are, refused files included."""

    def __iter__(self) -> Iterator[Submission | Refused]:
        """Read them."""


class Executor(Protocol):
    """What grades tasks somewhere: threads on this machine, or the workers of a cluster.

    It decides how tasks are grouped (``Window`` keeps those of a lesson together) and where a ``Grader`` is made from
    the recipe.
    """

    def run(
        self, recipe: Recipe, tasks: Iterator[Task], begin: Callable[[Submission], None], *, alone: bool = False
    ) -> Generator[tuple[Task, Graded], None, None]:
        """Yield each task with its result as they come, each once; closing the generator stops the work.

        Args:
            recipe: what to grade with.
            tasks: may be read from any thread, one at a time.
            begin: to be called before each attempt; may be called from any thread.
            alone: run one task at a time, the next when the result of the one before has been taken.
        """


class How(StrEnum):
    """What a batch did with an item."""

    GRADED = "graded"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True)
class Item:
    """One submission or refused file that the batch is done with."""

    learner: str
    file: str
    how: How
    problem: str = ""


@dataclass(frozen=True)
class Summary:
    """What a batch did.

    Attributes:
        total: submissions and refused files.
        new: graded for the first time, or taken up again after a stop.
        kept: graded before, and nothing has changed.
        again: graded again, by reason.
        refused: files that are no submission.
        ungraded: submissions with a problem in place of a verdict, kept ones included.
        seconds: wall-clock time.
    """

    total: int = 0
    new: int = 0
    kept: int = 0
    again: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    ungraded: int = 0
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether every file has a verdict."""
        return not (self.refused or self.ungraded)

    @property
    def words(self) -> str:
        """The summary as one line."""
        again = "; ".join(f"{number} again: {reason}" for reason, number in sorted(self.again.items()))
        parts = (
            f"{self.new} new" if self.new else "",
            f"{self.kept} kept" if self.kept else "",
            again,
            f"{self.refused} refused" if self.refused else "",
            f"{self.ungraded} could not be graded" if self.ungraded else "",
        )
        files = f"{self.total} submission{'' if self.total == 1 else 's'}"
        said = ", ".join(part for part in parts if part)
        return f"{files}: {said}" if said else files


def grade(
    collected: Collected,
    make_runner: Callable[[], Runner],
    store: Store,
    *,
    setup: Setup,
    course: Course | None = None,
    key: Path | None = None,
    regrade: Regrade = Regrade.CHANGED,
    workers: int | None = None,
    executor: Executor | None = None,
    on_item: Callable[[Item], None] | None = None,
) -> Summary:
    """Grade submissions into a store.

    What the store already holds is kept where neither lesson, submission nor grader has changed. When this function is
    interrupted or its process killed, the same call goes on where it stopped.

    Args:
        collected: what to grade.
        make_runner: makes a runner; called once for each worker, and again when one broke.
        store: where results go.
        setup: how the runner is set up; part of what verdicts depend on.
        course: the course that lessons may belong to.
        key: a file with the course's secret key; one made in the store's folder by default.
        regrade: what to grade again.
        workers: how many submissions to run at a time on this machine; as many as there are processors by default.
        executor: runs them elsewhere in place of local workers.
        on_item: called for each item done with, from any thread, one at a time.

    Raises:
        GradingError: the store, the key or a lesson cannot be used, or the sandbox cannot be had.
        MissingToolError: the runner needs something that is not installed.
    """
    secret = read_key(key) if key is not None else own_key(store.path.parent)
    recipe = Recipe(make_runner, secret, setup.runner.value, course)
    batch = _Batch(store, recipe, setup, regrade, on_item)
    return batch.run(collected, executor or LocalWorkers(workers or os.cpu_count() or 1))


class _Batch:
    """One run over a collection."""

    def __init__(
        self, store: Store, recipe: Recipe, setup: Setup, regrade: Regrade, on_item: Callable[[Item], None] | None
    ) -> None:
        self._store = store
        self._recipe = recipe
        self._setup = setup
        self._regrade = regrade
        self._on_item = on_item
        self._mutex = threading.Lock()
        self._counts: Counter[How] = Counter()
        self._again: Counter[str] = Counter()
        self._ungraded = 0
        # What was running when a grader was killed: any of them may have killed it.
        self._suspects: list[Task] = []
        self._lesson_hashes: dict[Path, str] = {}
        self._grader_hashes: dict[str, str] = {}

    def run(self, collected: Collected, executor: Executor) -> Summary:
        start = perf_counter()
        self._store.begin_run(self._regrade)
        try:
            self._execute(executor, self._tasks(collected))
            # Last and one at a time, so that one that kills the grader costs no other its attempts.
            suspects = sorted(self._suspects, key=lambda task: task.attempts)
            if suspects:
                self._execute(executor, iter(suspects), alone=True)
        except BaseException:
            # The error at hand says what is wrong; a store that cannot even be written now says nothing new.
            with contextlib.suppress(GradingError):
                self._store.release()
            raise
        self._store.end_run()
        again = dict(self._again)
        return Summary(
            total=self._counts.total(),
            new=self._counts[How.GRADED] - sum(again.values()),
            kept=self._counts[How.KEPT],
            again=again,
            refused=self._counts[How.REFUSED],
            ungraded=self._ungraded,
            seconds=perf_counter() - start,
        )

    def _execute(self, executor: Executor, tasks: Iterator[Task], *, alone: bool = False) -> None:
        with contextlib.closing(executor.run(self._recipe, tasks, self._begin, alone=alone)) as results:
            for task, graded in results:
                self._finish(task.submission, graded)

    def _begin(self, submission: Submission) -> None:
        self._store.start(submission.learner, submission.lesson.name)

    def _tasks(self, collected: Collected) -> Iterator[Task]:
        """What is to be graded now; everything else is dealt with on the way."""
        for item in collected:
            if isinstance(item, Refused):
                self._refuse(item)
                continue
            task = self._task(item)
            if task is not None and task.attempts:
                self._suspects.append(task)
            elif task is not None:
                yield task

    def _task(self, submission: Submission) -> Task | None:
        """What is to be done about a submission; none where nothing is, or no more."""
        learner, place = submission.learner, submission.lesson.name
        if not _is_text(learner + place):
            self._refuse(Refused(learner, submission.file, "the name of its folder is not text"))
            return None
        entry = self._store.entry(learner, place)
        if entry is None:
            return self._take(submission, self._fingerprint(submission))
        if entry.seen == self._store.run:
            problem = f"{learner} handed in {submission.lesson.id} twice; keep one of the files"
            self._refuse(Refused(learner, submission.file, problem))
            return None
        fingerprint = self._fingerprint(submission)
        changes = fingerprint.changes(entry.hashes)
        if entry.state is not State.DONE:
            return self._take(submission, fingerprint, 0 if changes else entry.attempts)
        reason = self._reason(entry, changes)
        if reason:
            with self._mutex:
                self._again[reason] += 1
            return self._take(submission, fingerprint)
        self._store.keep(learner, place)
        self._done(Item(learner, submission.file, How.KEPT, entry.problem))
        return None

    def _reason(self, entry: Entry, changes: str) -> str:
        """Why a submission that has a result is graded again; empty where it is not."""
        if self._regrade is Regrade.NONE:
            return ""
        if changes or entry.graded >= self._store.since:
            return changes
        if self._regrade is Regrade.ALL:
            return _ASKED
        return _BROKEN_BEFORE if entry.broken else ""

    def _take(self, submission: Submission, fingerprint: Fingerprint, attempts: int = 0) -> Task | None:
        self._store.wait(submission.learner, submission.lesson.name, fingerprint, attempts)
        if attempts < ATTEMPTS:
            return Task(submission, attempts)
        problem = f"{UNGRADED}: grading it ended the grader itself; given up after {ATTEMPTS} attempts"
        self._finish(submission, Graded(self._recipe.unrun(submission, problem)))
        return None

    def _finish(self, submission: Submission, graded: Graded) -> None:
        self._store.finish(submission.lesson.name, graded.result, broken=graded.broken)
        self._done(Item(submission.learner, submission.file, How.GRADED, graded.result.problem))

    def _refuse(self, refused: Refused) -> None:
        self._store.refuse(refused)
        self._done(Item(refused.learner, refused.file, How.REFUSED, refused.problem))

    def _done(self, item: Item) -> None:
        with self._mutex:
            self._counts[item.how] += 1
            self._ungraded += bool(item.problem) and item.how is not How.REFUSED
            if self._on_item is not None:
                self._on_item(item)

    def _fingerprint(self, submission: Submission) -> Fingerprint:
        path = submission.lesson.path
        if path not in self._lesson_hashes:
            self._lesson_hashes[path] = lesson_hash(path)
        version = self._recipe.version(submission.lesson)
        if version not in self._grader_hashes:
            self._grader_hashes[version] = grader_hash(self._setup, version, self._recipe.key)
        return Fingerprint(self._lesson_hashes[path], submission.sha256, self._grader_hashes[version])


def _is_text(name: str) -> bool:
    """Whether a name can be kept; file names may hold bytes that are no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
