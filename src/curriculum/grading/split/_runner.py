"""Runner A, as the grader sees it: one zygote per lesson, two new processes per submission."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections import OrderedDict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradingError, SandboxError
from curriculum.grading._limits import Limits
from curriculum.grading._result import CheckResult, Layer, Run
from curriculum.grading._steps import AnswerState, Assembled, StepKind
from curriculum.grading.split._channel import Channel, ChannelError, Late, pair
from curriculum.grading.split._plan import Plan, plan_of
from curriculum.grading.split._skipped import skipped
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.check import Drawing
    from curriculum.course import Lesson
    from curriculum.grading.sandbox import Mode

_START_SECONDS = 120.0
_GRACE_SECONDS = 30.0
_MOST_LESSONS = 2
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    # One numerical thread: what makes a fork safe, and what a sandbox needs to be entered.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Then n_jobs=2 runs in one process, where no other may be started.
    "JOBLIB_MULTIPROCESSING": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}


class SplitRunner:
    """Runs each submission in two processes of its own, the learner's half in a sandbox.

    Args:
        mode: how much of the sandbox there must be.
        limits: what one submission may use.
        shows_hidden: whether learners may read what hidden tests say.

    Raises:
        SandboxError: (by ``run``) the sandbox that was asked for cannot be had.
    """

    name = "split"

    def __init__(
        self, mode: Mode | str = "available", limits: Limits | None = None, *, shows_hidden: bool = False
    ) -> None:
        self.mode = str(mode)
        self.limits = limits or Limits()
        self.shows_hidden = shows_hidden
        self._lessons: OrderedDict[Any, _Prepared] = OrderedDict()

    def run(self, assembled: Assembled, drawing: Drawing) -> Run:
        """Run one submission.

        Raises:
            GradingError: the lesson itself does not run, or its zygote has died.
        """
        start = time.perf_counter()
        prepared = self._prepared(assembled.lesson)
        try:
            with contextlib.closing(_Session(prepared, assembled, drawing, shows_hidden=self.shows_hidden)) as session:
                return session.run(start)
        except ChannelError as error:
            self._forget(assembled.lesson)
            message = f"{assembled.lesson.id}: a process of the grader has died ({error})"
            raise GradingError(message) from None

    def close(self) -> None:
        """End every process."""
        while self._lessons:
            self._lessons.popitem()[1].close()

    def _prepared(self, lesson: Lesson) -> _Prepared:
        key = _key(lesson)
        if key in self._lessons:
            self._lessons.move_to_end(key)
            return self._lessons[key]
        while len(self._lessons) >= _MOST_LESSONS:
            self._lessons.popitem(last=False)[1].close()
        self._lessons[key] = _Prepared(lesson, self.mode, self.limits)
        return self._lessons[key]

    def _forget(self, lesson: Lesson) -> None:
        found = self._lessons.pop(_key(lesson), None)
        if found is not None:
            found.close()


def _key(lesson: Lesson) -> Any:
    return str(lesson.path), hash(lesson.notebook.cells and tuple(cell.source for cell in lesson.notebook.cells))


class _Prepared:
    """A lesson's zygote and the stations behind it."""

    def __init__(self, lesson: Lesson, mode: str, limits: Limits) -> None:
        self.lesson = lesson
        self.limits = limits
        self.plan: Plan = plan_of(lesson)
        self.channel, theirs = pair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-I", "-m", "curriculum.grading.split._zygote", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.stations: list[Channel] = [self.channel]
        try:
            self.layers = self._start(mode)
            self.opened, _ = self._station({"cells": [asdict(cell) for cell in self.plan.opening]})
            self.examiners, self.rerun, self.traceless = self._examiners()
        except ChannelError as error:
            self.close()
            message = f"{lesson.id}: the lesson's process has not started ({error})"
            raise GradingError(message) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the zygote, and with it everything that was forked from it."""
        for channel in self.stations:
            channel.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    def _start(self, mode: str) -> tuple[Layer, ...]:
        from curriculum.grading.sandbox import Mode, default_policy

        policy = default_policy(Mode(mode), self.limits)
        self.channel.send(
            {
                "mode": mode,
                "readable": [str(path) for path in policy.readable],
                "hidden": [str(path) for path in policy.hidden],
                "limits": asdict(self.limits),
                "modules": self.plan.modules,
            }
        )
        reply = self.channel.receive(_START_SECONDS)
        if "sandbox" in reply:
            raise SandboxError(reply["sandbox"])
        return tuple(Layer(*item) for item in reply["layers"])

    def _station(self, request: dict[str, Any], parent: Channel | None = None) -> tuple[Channel, dict[str, Any]]:
        """A new station, and what it has to say; the time it may take is that of the lesson's own cells."""
        _, fd = fork(parent or self.channel, "station", **request)
        channel = Channel(socket.socket(fileno=fd))
        self.stations.append(channel)
        reply = channel.receive(self.limits.submission_seconds)
        if "broken" in reply:
            message = f"{self.lesson.path}: {reply['broken']}"
            raise GradingError(message)
        return channel, reply

    def _examiners(self) -> tuple[Channel, bool, list[str]]:
        """Where examiners are forked from, whether they must run the teacher's later cells, and which leave no trace."""
        if not self.plan.trusted:
            return self.opened, False, []
        cells = [asdict(cell) for cell in self.plan.trusted]
        request = {"cells": cells, "watched": sorted(self.plan.watched), "record": True}
        recorded, reply = self._station(request, self.opened)
        if self.plan.watched_later and reply["whole"]:
            return recorded, False, reply["traceless"]
        self.stations.remove(recorded)
        recorded.close()
        return self.opened, self.plan.watched_later, reply["traceless"]


def fork(channel: Channel, kind: str, **request: Any) -> tuple[int, int]:
    """Have a station fork a process; its number there, and the socket that leads to it."""
    channel.send({"do": kind, **request})
    reply, fds = channel.receive_with_fds(1, _START_SECONDS)
    if "failed" in reply or not fds:
        message = f"no process could be started: {reply.get('failed', 'no socket came')}"
        raise GradingError(message)
    return reply["pid"], fds[0]


class _Session:
    """One submission's two processes."""

    def __init__(self, prepared: _Prepared, assembled: Assembled, drawing: Drawing, *, shows_hidden: bool) -> None:
        self.prepared = prepared
        self.assembled = assembled
        self.drawing = drawing
        self.shows_hidden = shows_hidden
        self.until = time.monotonic() + prepared.limits.submission_seconds + _GRACE_SECONDS
        self.children: list[tuple[Channel, int]] = []
        # Where a learner's own cells stand among the opening ones, the opening is run again, in their order.
        opening = [cell.id for cell in prepared.plan.opening]
        self.is_shared = [step.cell for step in assembled.steps[: len(opening)]] == opening
        self.home = prepared.opened if self.is_shared else prepared.channel

    def run(self, start: float) -> Run:
        """Have the submission run and judged."""
        learner = self._fork(self.home, "learner")
        examiner = Channel(socket.socket(fileno=self._fork(self.prepared.examiners, "examiner")))
        with contextlib.closing(examiner):
            examiner.send(self._job(), fds=(learner,))
            os.close(learner)
            return self._collected(examiner, start)

    def close(self) -> None:
        """End both processes, whatever they are doing."""
        for station, pid in self.children:
            with contextlib.suppress(ChannelError):
                station.send({"do": "end", "pid": pid})
                station.receive(_START_SECONDS)
        self.children = []

    def _fork(self, station: Channel, kind: str) -> int:
        pid, fd = fork(station, kind)
        self.children.append((station, pid))
        return fd

    def _collected(self, examiner: Channel, start: float) -> Run:
        results: list[CheckResult] = []
        try:
            for message in self._messages(examiner):
                if "result" in message:
                    data = message["result"]
                    results.append(CheckResult(**(data | {"outcome": Outcome(data["outcome"])})))
                elif "broken" in message:
                    problem = f"{self.assembled.lesson.path}: {message['broken']}"
                    raise GradingError(problem)
                elif "again" in message:
                    self._replace(examiner)
                else:
                    stopped = {cell: Outcome(name) for cell, name in message["stopped"].items()}
                    return self._finished(results, start, stopped, message["outputs"])
        except Late:
            pass
        return self._finished([*results, *self._unreached(len(results))], start, {}, {})

    def _messages(self, examiner: Channel) -> Iterator[dict[str, Any]]:
        while True:
            yield examiner.receive(max(self.until - time.monotonic(), 1e-3))

    def _replace(self, examiner: Channel) -> None:
        """Put a new learner's process in the place of the one that was lost."""
        station, pid = self.children.pop(0)
        station.send({"do": "end", "pid": pid})
        station.receive(_START_SECONDS)
        pid, fd = fork(self.home, "learner")
        self.children.insert(0, (self.home, pid))
        examiner.send({}, fds=(fd,))
        os.close(fd)

    def _unreached(self, count: int) -> list[CheckResult]:
        from curriculum.grading._findings import ended

        steps = [step for step in self.assembled.steps if step.kind is StepKind.CHECK][count:]
        return [ended(step, Outcome.TIMED_OUT, "The submission has used up its time.") for step in steps]

    def _finished(
        self, results: list[CheckResult], start: float, stopped: dict[str, Outcome], outputs: dict[str, str]
    ) -> Run:
        return Run(
            checks=tuple(results),
            stopped=stopped,
            outputs=outputs,
            layers=self.prepared.layers,
            seconds=time.perf_counter() - start,
        )

    def _job(self) -> dict[str, Any]:
        plan, answers = self.prepared.plan, self.assembled.answers
        trusted = [cell.id for cell in plan.trusted]
        steps = self.assembled.steps
        untouched = [name for name, state in answers.items() if state is not AnswerState.GIVEN]
        return {
            "steps": [asdict(step) for step in steps],
            "skipped": sorted(skipped(steps, trusted, self.prepared.traceless)),
            "done": len(plan.opening) if self.is_shared else 0,
            "trusted": trusted,
            "rerun": self.prepared.rerun,
            "needs": plan.needs,
            "given": plan.given,
            "classes": sorted(plan.classes),
            "drawing": asdict(self.drawing),
            "untouched": untouched,
            "shows_hidden": self.shows_hidden,
        }
