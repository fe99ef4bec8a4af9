"""A lesson's zygote and the stations behind it, kept for all submissions of the lesson."""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradingError, SandboxError
from curriculum.grading._files import files_of
from curriculum.grading._parsing import PARSING
from curriculum.grading._result import Layer
from curriculum.grading.sandbox import Mode, default_policy
from curriculum.grading.split._channel import Channel, ChannelError, pair
from curriculum.grading.split._names import names_of
from curriculum.grading.split._plan import Plan, plan_of

if TYPE_CHECKING:
    from curriculum.course import Lesson
    from curriculum.grading._limits import Limits

START_SECONDS = 120.0
_END_SECONDS = 1.0
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


class Prepared:
    """A lesson's zygote and the stations behind it."""

    def __init__(self, lesson: Lesson, mode: str, limits: Limits) -> None:
        self.lesson = lesson
        self.limits = limits
        with PARSING:
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
        self._free: tuple[Channel, int] | None = None
        try:
            self.layers = self._start(mode)
            opening = [asdict(cell) for cell in self.plan.opening]
            self.opened, _ = self._station({"cells": opening, "compiled": self.plan.sources})
            self._record()
            self._hire()
        except ChannelError as error:
            self.close()
            message = f"{lesson.id}: the lesson's process has not started ({error})"
            raise GradingError(message) from None
        except BaseException:
            self.close()
            raise

    def examiner(self) -> tuple[Channel, int]:
        """An examiner's process, and its number: the one that is free, or a new one."""
        if self._free is not None:
            found, self._free = self._free, None
            if not select.select([found[0]], [], [], 0)[0]:  # it has nothing to say, unless it is gone
                return found
            self.free(*found, stays=False)
        pid, fd = fork(self.examiners, "examiner")
        return Channel(socket.socket(fileno=fd)), pid

    def free(self, channel: Channel, pid: int, *, stays: bool) -> None:
        """Take an examiner's process back: for the next submission, or to end it."""
        if stays and self._free is None:
            self._free = channel, pid
            return
        channel.close()
        end(self.examiners, pid)

    def close(self) -> None:
        """End the zygote, and with it everything that was forked from it."""
        if self._free is not None:
            self._free[0].close()
        for channel in reversed(self.stations):
            channel.close()
        try:
            self.process.wait(_END_SECONDS)  # it removes what it has on disk
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self, mode: str) -> tuple[Layer, ...]:
        policy = default_policy(Mode(mode), self.limits)
        self.channel.send(
            {
                "mode": mode,
                "readable": [str(path) for path in policy.readable],
                "hidden": [str(path) for path in policy.hidden],
                "limits": asdict(self.limits),
                "modules": self.plan.modules,
                "files": files_of(self.lesson),
            }
        )
        reply = self.channel.receive(START_SECONDS)
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

    def _record(self) -> None:
        """Find out once what the teacher's later cells define, and what need not run for each submission.

        Sets where learners and examiners are forked from, and whether examiners must run the teacher's later cells.
        """
        self.learners = self.examiners = self.opened
        self.rerun = self.plan.watched_later
        self.traces: dict[str, list[str]] = {}
        self.taken: dict[str, list[str]] = {}
        if not self.plan.trusted:
            return
        cells = [asdict(cell) for cell in self.plan.trusted]
        request = {"cells": cells, "watched": sorted(self.plan.watched), "record": True, "seeds": self.plan.seeds}
        recorded, reply = self._station(request, self.opened)
        self.traces, self.taken = reply["traces"], reply["taken"]
        if self.taken:
            self.learners = recorded
        if self.rerun and reply["whole"]:
            self.examiners, self.rerun = recorded, False

    def _hire(self) -> None:
        """Set up the station that examiners, and nobody else, are forked from."""
        self.examiners, _ = self._station({"cells": []}, self.examiners)
        # Told to that station alone: learners' processes are forked from its parent and find what that has ever held.
        modules = {name for source in self.plan.checks for name in names_of(source).modules}
        steady = None if self.rerun else (sorted(self.plan.watched), sorted(modules))
        self.examiners.send({"do": "know", "checks": self.plan.checks, "steady": steady})
        self.examiners.receive(START_SECONDS)


def end(station: Channel, pid: int) -> None:
    """Have a station end one of its processes, whatever that one is doing."""
    with contextlib.suppress(ChannelError):
        station.send({"do": "end", "pid": pid})
        station.receive(START_SECONDS)


def fork(channel: Channel, kind: str, **request: Any) -> tuple[int, int]:
    """Have a station fork a process; its number there, and the socket that leads to it."""
    channel.send({"do": kind, **request})
    reply, fds = channel.receive_with_fds(1, START_SECONDS)
    if "failed" in reply or not fds:
        message = f"no process could be started: {reply.get('failed', 'no socket came')}"
        raise GradingError(message)
    return reply["pid"], fds[0]
