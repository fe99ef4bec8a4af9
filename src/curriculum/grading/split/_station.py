"""A process that has a lesson's state and forks others from it: one learner's, one examiner's, or another station."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from curriculum.grading._files import list_files, read_files, restore_files, write_files
from curriculum.grading.split import _examiner, _owner
from curriculum.grading.split._channel import Channel, ChannelError
from curriculum.grading.split._recorded import Recorded, record
from curriculum.grading.split._steady import Steady
from curriculum.grading.split._teacher import LessonBroken, run_teacher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from curriculum.grading._limits import Limits
    from curriculum.grading.sandbox import Enclosure
    from curriculum.grading.split._shell import CellShell


class Station:
    """Answers one grader until it is gone."""

    def __init__(
        self, channel: Channel, shell: CellShell, enclosure: Enclosure, limits: Limits, files: dict[str, bytes]
    ) -> None:
        self.channel = channel
        self.shell = shell
        self.enclosure = enclosure
        self.limits = limits
        self.files = files
        self.is_first = True
        self.recorded = Recorded()
        self.steady: Steady | None = None
        self.examiners: set[int] = set()
        self.listed: frozenset[str] = frozenset()

    def serve(self) -> NoReturn:
        """Answer requests, one after the other; the process ends when the grader is gone."""
        self.settle()
        self.listed = list_files(self.enclosure.box)
        try:
            while True:
                self._answer(self.channel.receive())
        except ChannelError:
            if self.is_first:
                self.enclosure.close()
            os._exit(0)

    def settle(self) -> None:
        """Move what is there out of the garbage collector's sight: a walk through it would copy it in every fork."""
        gc.collect()
        gc.freeze()

    def _answer(self, request: dict[str, Any]) -> None:
        try:
            match request["do"]:
                case "learner":
                    self._fork(self._be_learner, confined=True)
                case "examiner":
                    self.examiners.add(self._fork(self._be_examiner))
                case "station":
                    self._fork(self._be_station, request)
                case "know":
                    self._know(request["checks"], request["steady"])
                    self.channel.send({"known": True})
                case "end":
                    self.channel.send(self._end(request["pid"]))
        except OSError as error:
            self.channel.send({"failed": f"{type(error).__name__}: {error}"})

    def _fork(self, become: Any, *args: Any, confined: bool = False) -> int:
        ours, theirs = socket.socketpair()
        pid = self.enclosure.fork() if confined else os.fork()
        if pid == 0:
            code = 1
            try:
                ours.close()
                self.channel.close()
                become(theirs, *args)
                code = 0
            finally:
                os._exit(code)
        theirs.close()
        self.channel.send({"pid": pid}, fds=(ours.fileno(),))
        ours.close()
        return pid

    def _be_learner(self, sock: socket.socket) -> None:
        self.enclosure.confine([sock.fileno()])
        write_files(self.files, self.enclosure.box)
        channel = Channel(sock, self.limits.message)
        channel.send({"ready": True})
        _owner.serve(channel, self.shell, self.recorded, self.limits.output)

    def _be_examiner(self, sock: socket.socket) -> None:
        self.enclosure.shield()
        _examiner.serve(Channel(sock), self.shell, self.recorded, self.limits, self.steady)

    def _be_station(self, sock: socket.socket, request: dict[str, Any]) -> None:
        self.enclosure.shield()
        station = Station(Channel(sock), self.shell, self.enclosure, self.limits, self.files)
        station.is_first = False
        try:
            gc.unfreeze()
            if request.get("record"):
                cells, watched, seconds = request["cells"], request["watched"], self.limits.cell_seconds
                station.recorded = record(self.shell, cells, watched, seconds, seeds=request["seeds"])
            else:
                station.recorded = self.recorded
                for cell in request["cells"]:
                    run_teacher(self.shell, cell, self.limits.cell_seconds)
        except LessonBroken as error:
            station.channel.send({"broken": str(error)})
            return
        for source in request.get("compiled", ()):
            self.shell.prepare(source)
        # What the lesson has written, each learner's process has in its own folder.
        station.files = read_files(self.enclosure.box)
        recorded = station.recorded
        taken = {cell: list(taken.values) for cell, taken in recorded.taken.items()}
        about = {"whole": recorded.whole, "traces": recorded.traces, "taken": taken}
        station.channel.send({"ready": True, **about})
        station.serve()

    def _know(self, checks: Iterable[str], steady: tuple[list[str], list[str]] | None) -> None:
        """Compile the check cells, and look at what they can reach, for all examiners to come."""
        for source in checks:
            self.shell.prepare(source)
        if steady is not None:
            looked = Steady(self.shell.user_ns, self.recorded, *steady)
            self.steady = looked if looked.can_be_told else None
        self.settle()

    def _end(self, pid: int) -> dict[str, Any]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        try:
            _, status, usage = os.wait4(pid, 0)
        except ChildProcessError:
            return {"code": None, "cpu": 0.0}
        self.enclosure.clean(pid)
        if pid in self.examiners:
            # It has worked in this very folder; what a check cell has written there is not for the next one.
            self.examiners.remove(pid)
            restore_files(self.files, self.listed, self.enclosure.box)
        return {"code": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime}


def quiet() -> None:
    """Let nothing that a lesson prints go anywhere."""
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
