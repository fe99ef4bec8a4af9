"""What has been graded, kept in a file that survives a killed grader.

One SQLite file holds one row for each learner and lesson: what the verdict depends on, how far grading has come, and
the result. Every change is one statement, so a grader may be killed between any two and the next one goes on from
there. Only one grader at a time may hold a store.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout

from curriculum.errors import GradingError
from curriculum.grading._result import SubmissionResult
from curriculum.grading._submission import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from curriculum.grading._choices import Regrade
    from curriculum.grading.batch._fingerprint import Fingerprint

FILE = "grading.sqlite"
_LOCK = "grading.lock"
_VERSION = 1
_APPLICATION = 0x63757231  # marks the file as ours
_BUSY_SECONDS = 30.0
_TABLES = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    regrade TEXT NOT NULL,
    since INTEGER NOT NULL,
    started TEXT NOT NULL,
    finished TEXT
);
CREATE TABLE grading (
    learner TEXT NOT NULL,
    place TEXT NOT NULL,
    lesson_hash TEXT NOT NULL,
    submission_hash TEXT NOT NULL,
    grader_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done')),
    attempts INTEGER NOT NULL,
    seen INTEGER NOT NULL REFERENCES run (id),
    graded INTEGER REFERENCES run (id),
    finished TEXT,
    problem TEXT NOT NULL DEFAULT '',
    broken INTEGER NOT NULL DEFAULT 0,
    result TEXT,
    PRIMARY KEY (learner, place)
);
CREATE TABLE refused (data TEXT NOT NULL);
"""


class State(StrEnum):
    """How far a submission has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Entry:
    """What the store knows of one submission.

    Attributes:
        hashes: of lesson, submission and grader, as they were.
        attempts: how often grading it has begun.
        seen: the number of the run that last met it.
        graded: the number of the run that graded it; 0 where none has.
        problem: why it could not be graded; empty where it was.
        broken: whether it could not be graded for a reason that is not its own.
    """

    hashes: tuple[str, str, str]
    state: State
    attempts: int
    seen: int
    graded: int
    problem: str
    broken: bool


@dataclass(frozen=True)
class Stored:
    """A result as it is kept.

    Attributes:
        place: where the lesson's source stands in its course: ``module/NN-slug.ipynb``.
        finished: when grading ended (UTC, ISO 8601).
    """

    result: SubmissionResult
    place: str
    finished: str

    @property
    def lesson(self) -> str:
        """What people call the lesson: its id; for a notebook of no course its assignment too."""
        return self.result.lesson if self.result.version else self.place.removesuffix(".ipynb")


class Store:
    """The store in a folder; a context manager that holds it for one grader.

    Its methods may be called from any thread.

    Raises:
        GradingError: another grader holds it, the folder cannot be written, or the file is damaged, foreign or of
            another version; every method, whenever the disk fails it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.run = 0
        self.since = 0
        self._mutex = threading.RLock()
        self._lock = _held(folder)
        try:
            with self._mutex, _plainly(self.path):
                self._database = sqlite3.connect(
                    self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
                )
            self._open()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file and its lock go."""
        database = getattr(self, "_database", None)
        if database is not None:
            with contextlib.suppress(sqlite3.Error):
                database.close()
        self._lock.release()

    def begin_run(self, regrade: Regrade) -> None:
        """Start a batch; ``since`` is its number, or that of the stopped one of its kind that it goes on from."""
        last = self._one("SELECT regrade, since FROM run WHERE finished IS NULL AND id = (SELECT max(id) FROM run)")
        self.run = int(self._one("SELECT coalesce(max(id), 0) + 1 FROM run")[0])
        goes_on = last is not None and last[0] == regrade
        self.since = int(last[1]) if goes_on else self.run
        self._do("INSERT INTO run VALUES (?, ?, ?, ?, NULL)", self.run, regrade, self.since, _now())
        self._do("DELETE FROM refused")

    def end_run(self) -> None:
        """The batch is complete."""
        self._do("UPDATE run SET finished = ? WHERE id = ?", _now(), self.run)

    def entry(self, learner: str, place: str) -> Entry | None:
        """What is known of a learner's submission to a lesson."""
        columns = (
            "lesson_hash, submission_hash, grader_hash, state, attempts, seen, coalesce(graded, 0), problem, broken"
        )
        row = self._one(f"SELECT {columns} FROM grading WHERE learner = ? AND place = ?", learner, place)  # noqa: S608
        if row is None:
            return None
        return Entry((row[0], row[1], row[2]), State(row[3]), row[4], row[5], row[6], row[7], bool(row[8]))

    def keep(self, learner: str, place: str) -> None:
        """The result stays as it is and belongs to this run."""
        self._do("UPDATE grading SET seen = ? WHERE learner = ? AND place = ?", self.run, learner, place)

    def wait(self, learner: str, place: str, fingerprint: Fingerprint, attempts: int = 0) -> None:
        """The submission will be graded; a former result no longer counts."""
        self._do(
            "INSERT OR REPLACE INTO grading VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, NULL, NULL, '', 0, NULL)",
            learner,
            place,
            *fingerprint.hashes,
            attempts,
            self.run,
        )

    def start(self, learner: str, place: str) -> None:
        """An attempt at grading begins."""
        self._do(
            "UPDATE grading SET state = 'running', attempts = attempts + 1 WHERE learner = ? AND place = ?",
            learner,
            place,
        )

    def finish(self, place: str, result: SubmissionResult, *, broken: bool = False) -> None:
        """The submission has its result."""
        self._do(
            "UPDATE grading SET state = 'done', graded = ?, finished = ?, problem = ?, broken = ?, result = ? "
            "WHERE learner = ? AND place = ?",
            self.run,
            _now(),
            result.problem.encode(errors="replace").decode(),
            broken,
            json.dumps(result.to_data()),
            result.learner,
            place,
        )

    def refuse(self, refused: Refused) -> None:
        """A file among the submissions cannot be graded."""
        # As JSON, because the name of a refused file need not be text that SQLite can hold.
        self._do("INSERT INTO refused VALUES (?)", json.dumps(asdict(refused)))

    def release(self) -> None:
        """What this run has begun and not finished waits again, and the attempt does not count."""
        self._do(
            "UPDATE grading SET state = 'waiting', attempts = attempts - 1 WHERE state = 'running' AND seen = ?",
            self.run,
        )

    def results(self) -> Iterator[Stored]:
        """Every result of this run, by learner, then by lesson as the course's folders order them."""
        query = "SELECT result, place, finished FROM grading WHERE seen = ? AND state = 'done' ORDER BY learner, place"
        for text, place, finished in self._many(query, self.run):
            yield Stored(self._parsed(text), place, finished)

    def refused(self) -> Iterator[Refused]:
        """Every file that this run refused, in the order it met them."""
        for (text,) in self._many("SELECT data FROM refused ORDER BY rowid"):
            yield Refused(**json.loads(text))

    def _open(self) -> None:
        pragmas = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON")
        found = self._one("PRAGMA application_id")[0], self._one("PRAGMA user_version")[0]
        if found == (0, 0) and self._one("SELECT count(*) FROM sqlite_master")[0] == 0:
            marks = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
            with self._mutex, _plainly(self.path):
                self._database.executescript(f"BEGIN IMMEDIATE; {_TABLES} {marks} COMMIT;")
        elif found[0] != _APPLICATION:
            message = f"{self.path} is no store of grading results; choose another folder with --out"
            raise GradingError(message)
        elif found[1] != _VERSION:
            message = (
                f"{self.path} has version {found[1]}, this course reads {_VERSION}; choose another folder with --out"
            )
            raise GradingError(message)
        for pragma in pragmas:
            self._do(f"PRAGMA {pragma}")
        if self._one("PRAGMA quick_check(1)")[0] != "ok":
            raise GradingError(_damaged(self.path))

    def _do(self, statement: str, *values: object) -> None:
        with self._mutex, _plainly(self.path):
            self._database.execute(statement, values)

    def _one(self, query: str, *values: object) -> Any:
        with self._mutex, _plainly(self.path):
            return self._database.execute(query, values).fetchone()

    def _many(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with self._mutex, _plainly(self.path):
            cursor = self._database.execute(query, values)
        while True:
            with self._mutex, _plainly(self.path):
                row = cursor.fetchone()
            if row is None:
                return
            yield row

    def _parsed(self, text: str) -> SubmissionResult:
        try:
            return SubmissionResult.from_data(json.loads(text))
        except (ValueError, TypeError, KeyError):
            raise GradingError(_damaged(self.path)) from None


@contextlib.contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """SQLite's errors as one line that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise GradingError(_explained(error, path)) from None


def _held(folder: Path) -> FileLock:
    lock = FileLock(folder / _LOCK, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        message = f"another grading is writing to {folder}; wait for its end, or choose another folder with --out"
        raise GradingError(message) from None
    except OSError as error:
        message = f"{folder} cannot be written ({error.strerror or error}); choose another folder with --out"
        raise GradingError(message) from None
    return lock


def _explained(error: sqlite3.Error, path: Path) -> str:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return _damaged(path)
    if name == "SQLITE_FULL":
        return f"{path}: the disk is full; what is graded is kept: make room and give the same command again"
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"{path} cannot be written ({error}); choose another folder with --out"
    return f"{path} cannot be used ({error}); what is graded is kept: give the same command again"


def _damaged(path: Path) -> str:
    return f"{path} is damaged; move it away to grade afresh, or bring back a copy"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
