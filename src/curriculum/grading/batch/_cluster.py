"""Grade on a Dask cluster: a worker stays with a lesson, and one that is lost costs no result."""

from __future__ import annotations

import contextlib
import logging
import pickle
import threading
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradingError, MissingToolError
from curriculum.grading.batch._grader import UNGRADED, Graded, Grader, Recipe, Task
from curriculum.grading.batch._window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from curriculum.grading._submission import Submission

LOCAL = "local"
_CHUNK = 4
_AHEAD = 2  # chunks a worker has at a time: one runs, one waits
_CONNECT_SECONDS = 20
_PATIENCE = 5.0  # seconds without a result before the workers are counted
_mine = threading.local()


class ClusterWorkers:
    """Grades on the workers of a cluster; they need this package in the same version, and the course at the same path.

    Args:
        address: of a Dask scheduler, or ``local`` for a cluster of this machine's own.
        workers: processes of a local cluster.
    """

    def __init__(self, address: str, workers: int) -> None:
        self.address = address
        self.workers = workers

    def run(
        self, recipe: Recipe, tasks: Iterator[Task], begin: Callable[[Submission], None], *, alone: bool = False
    ) -> Generator[tuple[Task, Graded], None, None]:
        """Grade tasks and yield each with its result, as they come; close the generator to stop.

        Args:
            recipe: what to grade with.
            tasks: read in the caller's thread, a few ahead.
            begin: called before a task is sent to the cluster.
            alone: have one task at a time on the cluster.

        Raises:
            GradingError: the cluster cannot be reached, or was lost.
            MissingToolError: Dask is not installed.
        """
        with _connected(self.address, self.workers) as client:
            batch = _Batch(client, recipe, Window(tasks), begin, alone=alone)
            try:
                yield from batch.results()
            finally:
                batch.stop()


class _Batch:
    def __init__(
        self, client: Any, recipe: Recipe, window: Window, begin: Callable[[Submission], None], *, alone: bool
    ) -> None:
        self.client = client
        self.window = window
        self.begin = begin
        self.alone = alone
        self.recipe = recipe
        # Sent with every task: what is kept on workers only is lost with them.
        self.packed = pickle.dumps(recipe)
        self.running: dict[Any, tuple[int, list[Task]]] = {}
        self.suspects: list[Task] = []
        self.is_last = False
        self.workers = self._alive()
        if not self.workers:
            message = "the cluster has no workers; start some with: dask worker ADDRESS"
            raise GradingError(message)

    def results(self) -> Iterator[tuple[Task, Graded]]:
        """Keep every worker busy; yield what comes back."""
        for lane in range(1 if self.alone else _AHEAD * len(self.workers)):
            self._refill(lane)
        yield from self._drained()
        # When a worker ends, all it had waiting is suspected; one at a time, it shows which of them ends workers.
        self.is_last = True
        for task in self.suspects:
            self._send([task])
            yield from self._drained()

    def _drained(self) -> Iterator[tuple[Task, Graded]]:
        """What comes back, until nothing runs."""
        while self.running:
            future = self._next()
            lane, tasks = self.running.pop(future)
            yield from self._finished(future, lane, tasks)
            if not self.is_last:
                self._refill(lane)

    def stop(self) -> None:
        """Take back what has not begun."""
        self.window.stop()
        with contextlib.suppress(Exception):  # the cluster may be gone
            self.client.cancel(list(self.running), force=True)

    def _alive(self) -> list[str]:
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])

    def _refill(self, lane: int) -> None:
        """Give a worker more of the lesson that it has."""
        worker = lane % len(self.workers)
        chunk = self.window.take(worker, 1 if self.alone else _CHUNK)
        if chunk:
            self._send(chunk, lane, self.workers[worker])

    def _send(self, tasks: list[Task], lane: int = 0, worker: str | None = None) -> None:
        for task in tasks:
            self.begin(task.submission)
        self._submit(tasks, lane, worker)

    def _submit(self, tasks: list[Task], lane: int, worker: str | None) -> None:
        # A task that prefers a worker waits for ever where that one is gone and no other was there.
        place = {"workers": [worker], "allow_other_workers": True} if worker in self._alive() else {}
        future = self.client.submit(_graded, self.packed, tasks, pure=False, **place)
        self.running[future] = (lane, tasks)

    def _next(self) -> Any:
        """A future that is done; what waits for a worker that is gone is sent again."""
        from distributed import wait

        while True:
            try:
                with self.client.as_current():
                    return wait(list(self.running), timeout=_PATIENCE, return_when="FIRST_COMPLETED").done.pop()
            except TimeoutError:
                self._look_after()

    def _look_after(self) -> None:
        """Send again what no worker has: the one it was meant for is gone, and it would wait for that one for ever."""
        had = {key for keys in self.client.processing().values() for key in keys}
        for future, (lane, tasks) in list(self.running.items()):
            # Not done is also what was done when its worker was lost before the result had been fetched.
            if not future.done() and future.key not in had:
                del self.running[future]
                future.cancel(force=True)
                self._submit(tasks, lane, None)
        self.workers = self._alive() or self.workers

    def _finished(self, future: Any, lane: int, tasks: list[Task]) -> Iterator[tuple[Task, Graded]]:
        from distributed import CancelledError, KilledWorker

        try:
            graded = future.result(timeout=_PATIENCE)
        except TimeoutError:
            # The worker that had the result is gone, and the task waits for it to come back.
            future.cancel(force=True)
            self._submit(tasks, lane, None)
            return
        except KilledWorker:
            if not self.is_last:
                self.suspects += tasks
                return
            reason = f"{UNGRADED}: grading it ended a worker of the cluster each time"
            graded = [Graded(self.recipe.unrun(task.submission, reason), broken=True) for task in tasks]
        except (CancelledError, OSError) as error:
            message = f"the cluster was lost ({error}); the same command goes on where it stopped"
            raise GradingError(message) from None
        yield from zip(tasks, graded, strict=True)


def _graded(packed: bytes, tasks: Sequence[Task]) -> list[Graded]:
    """In a worker: grade submissions with the runner that this worker already has."""
    if getattr(_mine, "packed", None) != packed:
        former = getattr(_mine, "grader", None)
        if former is not None:
            former.close()
        _mine.packed, _mine.grader = packed, Grader(pickle.loads(packed), lambda _submission: None)  # noqa: S301
    return [_mine.grader.grade(task) for task in tasks]


@contextlib.contextmanager
def _connected(address: str, workers: int) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        message = 'grading on a cluster needs Dask; install it with: pip install "curriculum[cluster]"'
        raise MissingToolError(message) from None
    with contextlib.ExitStack() as stack:
        if address == LOCAL:
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
            address = stack.enter_context(cluster)
        try:
            client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            message = f"no Dask scheduler answers at {address} ({error})"
            raise GradingError(message) from None
        yield stack.enter_context(client)
