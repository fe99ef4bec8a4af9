"""Grade on this machine: a thread for each worker, which waits for the processes of its own runner."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TYPE_CHECKING

from curriculum.grading.batch._grader import Grader, StoppedError
from curriculum.grading.batch._window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from concurrent.futures import Future

    from curriculum.grading._submission import Submission
    from curriculum.grading.batch._grader import Graded, Recipe, Task

# How long what runs may take to end by itself after Ctrl-C.
_GRACE_SECONDS = 2.0

_Results = SimpleQueue["tuple[Task, Graded] | BaseException | None"]


class LocalWorkers:
    """Grades with a number of workers.

    A runner is made, used and closed in its own worker's thread; only when grading is stopped and a submission does not
    end by itself, its runner is closed from outside.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(
        self, recipe: Recipe, tasks: Iterator[Task], begin: Callable[[Submission], None], *, alone: bool = False
    ) -> Generator[tuple[Task, Graded], None, None]:
        """Grade tasks and yield each with its result, as they come; close the generator to stop.

        Args:
            recipe: what to grade with.
            tasks: read in workers' threads, one at a time and a few ahead.
            begin: called in a worker's thread before each attempt.
            alone: run one task at a time, the next when the result of the one before has been taken.

        Raises:
            GradingError: grading cannot go on: the sandbox cannot be had, the store cannot be written, ...
        """
        return _alone(recipe, tasks, begin) if alone else self._together(recipe, tasks, begin)

    def _together(
        self, recipe: Recipe, tasks: Iterator[Task], begin: Callable[[Submission], None]
    ) -> Generator[tuple[Task, Graded], None, None]:
        window = Window(tasks)
        results: _Results = SimpleQueue()
        graders = [Grader(recipe, begin) for _ in range(self.workers)]
        with (
            _interrupts_as_items(results, window),
            ThreadPoolExecutor(self.workers, thread_name_prefix="grading") as pool,
        ):
            places = _places(self.workers)
            futures = [
                pool.submit(_work, grader, window, number, results, places[number])
                for number, grader in enumerate(graders)
            ]
            try:
                yield from _as_they_come(results, self.workers)
            finally:
                window.stop()
                _end(graders, futures)


def _alone(
    recipe: Recipe, tasks: Iterator[Task], begin: Callable[[Submission], None]
) -> Generator[tuple[Task, Graded], None, None]:
    grader = Grader(recipe, begin)
    try:
        for task in tasks:
            yield task, grader.grade(task)
    finally:
        grader.close()


def _places(workers: int) -> list[set[int]]:
    """For each worker the one processor that it keeps to; all of them where they cannot be shared out evenly.

    The processes of one submission take turns, so two processors are of no use to them; moving from one to the other
    costs each of them what the first one's caches held.
    """
    if not hasattr(os, "sched_getaffinity"):
        return [set()] * workers
    usable = sorted(os.sched_getaffinity(0))
    return [set(usable) if workers % len(usable) else {usable[number % len(usable)]} for number in range(workers)]


def _keep_to(place: set[int]) -> None:
    """Keep the calling thread, and the processes that it starts, to some processors; where that is refused, to all."""
    if place:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, place)


def _work(grader: Grader, window: Window, number: int, results: _Results, place: set[int]) -> None:
    ending: BaseException | None = None
    _keep_to(place)
    try:
        try:
            while chunk := window.take(number):
                for task in chunk:
                    results.put((task, grader.grade(task)))
        finally:
            grader.close()
    except StoppedError:
        pass
    except BaseException as error:  # noqa: BLE001 - raised again where results are awaited
        ending = error
    results.put(ending)


@contextlib.contextmanager
def _interrupts_as_items(results: _Results, window: Window) -> Iterator[None]:
    """Ctrl-C waits in line with the results, while nothing new is handed out.

    Raised anywhere else it could leave a lock behind that workers wait for. A second one is raised where it strikes.
    """
    former = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or former is not signal.default_int_handler:
        yield  # whoever handles it otherwise knows why
        return
    struck: list[KeyboardInterrupt] = []

    def strike(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, former)
        window.stop()
        struck.append(KeyboardInterrupt())
        results.put(struck[0])

    signal.signal(signal.SIGINT, strike)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
    if struck:  # behind the last result, where nobody looks
        raise struck[0]


def _as_they_come(results: _Results, workers: int) -> Iterator[tuple[Task, Graded]]:
    while workers:
        item = results.get()
        if item is None:
            workers -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item


def _end(graders: list[Grader], futures: list[Future[None]]) -> None:
    """Give what still runs a moment, then end it; an impatient second Ctrl-C ends it at once."""
    try:
        wait(futures, timeout=_GRACE_SECONDS)
    finally:
        for grader, future in zip(graders, futures, strict=True):
            if not future.done():
                grader.stop()
