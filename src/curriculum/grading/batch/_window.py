"""Hand out submissions so that a worker stays with a lesson, while few of them are held in memory."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curriculum.grading.batch._grader import Task

_TASKS = 64
_BYTES = 32 << 20


class Window:
    """The next submissions of a stream, grouped by lesson.

    Holds at most 64 submissions, or as many as make 32 MiB. Workers take from it from their own threads; the stream is
    read in whichever thread finds the window short, one at a time.
    """

    def __init__(self, stream: Iterator[Task]) -> None:
        self._stream: Iterator[Task] | None = stream
        self._stopped = False
        self._groups: dict[Path, list[Task]] = {}
        self._bytes = 0
        self._tasks = 0
        self._taken: dict[int, Path] = {}
        self._lock = threading.Lock()

    def take(self, worker: int, most: int = 1) -> list[Task]:
        """The next submissions for a worker, all of one lesson: the one it had before where there are more of it.

        Returns:
            Up to ``most`` submissions; none when all have been handed out or ``stop`` was called.
        """
        with self._lock:
            self._fill()
            if self._stopped or not self._groups:
                return []
            lesson = self._choose(worker)
            self._taken[worker] = lesson
            group = self._groups[lesson]
            chunk, rest = group[:most], group[most:]
            if rest:
                self._groups[lesson] = rest
            else:
                del self._groups[lesson]
            self._tasks -= len(chunk)
            self._bytes -= sum(len(task.submission.content) for task in chunk)
            return chunk

    def stop(self) -> None:
        """Hand out nothing more; does not wait for a thread that reads the stream."""
        self._stopped = True

    def _choose(self, worker: int) -> Path:
        own = self._taken.get(worker)
        if own in self._groups:
            return own
        others = {lesson for number, lesson in self._taken.items() if number != worker}
        free = [lesson for lesson in self._groups if lesson not in others]
        return max(free or self._groups, key=lambda lesson: len(self._groups[lesson]))

    def _fill(self) -> None:
        while self._stream is not None and not self._stopped and self._tasks < _TASKS and self._bytes < _BYTES:
            task = next(self._stream, None)
            if task is None:
                self._stream = None
                return
            self._groups.setdefault(task.submission.lesson.path, []).append(task)
            self._tasks += 1
            self._bytes += len(task.submission.content)
