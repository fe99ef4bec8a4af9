"""The sandbox as its user sees it: entered once by a zygote, which then forks children and confines them."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from curriculum.errors import SandboxError
from curriculum.grading.sandbox import (
    _landlock,
    _layers,
    _libc,
    _namespaces,
    _privileges,
    _rlimits,
    _root,
    _seccomp,
    _surroundings,
)
from curriculum.grading.sandbox._boxes import Boxes, remove
from curriculum.grading.sandbox._landlock import CHANGE, DEVICE, LOOK, Access
from curriculum.grading.sandbox._policy import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from curriculum.grading._result import Layer
    from curriculum.grading.sandbox._policy import Policy

_DEVICES = {"null": DEVICE, "zero": DEVICE, "full": DEVICE, "random": int(Access.READ), "urandom": int(Access.READ)}
_HOST_PROC = ("self", "cpuinfo", "meminfo", "stat", "loadavg", "uptime")
_OFF = [name for name in _layers.NAMES if name != _layers.LIMITS]
_EAGER_TO_DIE = b"1000"
# steps of a child that are not layers of their own
_SESSION, _SURROUNDINGS, _COUNT = "session", "surroundings", "count of threads"
_MORTAL, _CLOSED = "death with its parent", "closed memory"


class Enclosure:
    """A sandbox around this process's children.

    Attributes:
        policy: what was asked for.
        layers: what was achieved.
        box: the folder that a child may write to: in the zygote its own, in a child the child's.
    """

    policy: Policy
    layers: tuple[Layer, ...]
    box: Path

    def __init__(self, policy: Policy, spaces: _namespaces.Spaces, missing: dict[str, str]) -> None:
        self.policy = policy
        self.box = _root.BOX
        self.layers = ()
        self._spaces = spaces
        self._missing = missing
        self._notes = dict(spaces.notes)
        self._parent = os.getpid()
        self._landlock = 0
        self._rules: list[_landlock.Rule] = []
        self._filter: bytes | None = None
        self._threads = policy.limits.threads
        self._used = 0
        self._fonts = tuple(path for path in policy.readable if path.match("fontlist-v*.json"))
        self._boxes: Boxes | None = None
        self._folders: dict[int, Path] = {}

    @staticmethod
    def enter(policy: Policy) -> Enclosure:
        """Put this process, and all that it forks, into the sandbox.

        To be called once, early, by a process without threads that has nothing open but what it needs, and an empty
        environment. Where a pid namespace can be had this returns in a child of the caller: the caller itself waits and
        ends as that child does, and either dies with the other.

        Raises:
            SandboxError: the system is not Linux, this process has threads already, or the mode is strict and a layer
                is missing.
        """
        if sys.platform != "linux":
            message = "the sandbox needs Linux; grade with the runner that uses a kernel"
            raise SandboxError(message)
        if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - the kernel's word, not Python's
            message = "the sandbox must be entered before anything starts a thread: a library did"
            raise SandboxError(message)
        if policy.mode is Mode.OFF:
            alone = _namespaces.Spaces(frozenset(), _namespaces.open_proc(), None, {})
            return Enclosure(policy, alone, dict.fromkeys(_OFF, "switched off"))._prepared()
        wanted, missing = _namespaces.available(policy)
        _require(policy, _layers.layers(missing, {}))
        try:
            spaces = _namespaces.enter(policy, wanted)
        except _namespaces.Unavailable as error:
            message = f"the sandbox broke: {error.name} namespace: {error.reason}"
            raise SandboxError(message) from error
        enclosure = Enclosure(policy, spaces, missing)._prepared()
        try:
            _require(policy, enclosure.layers)
        except SandboxError:
            enclosure.close()
            raise
        return enclosure

    def fork(self) -> int:
        """Fork like ``os.fork``; the child is the first of its own pid namespace where there can be one.

        The child must call ``confine`` before anything that is not trusted runs, and end if that fails.

        Raises:
            OSError: as from ``os.fork``.
        """
        folder = self._boxes.make() if self._boxes else self.box
        own = self._spaces.own
        self._used = _rlimits.address_space(self._spaces.proc)  # the child's too, and quicker here
        try:
            if own is not None:
                _libc.unshare(_libc.NEW_PID)
            self._parent = os.getpid()
            pid = os.fork()
        except OSError:
            self._back(own, folder)
            raise
        if pid == 0:
            self.box = folder
            return 0
        if own is not None:
            _libc.setns(own, _libc.NEW_PID)
        if self._boxes:
            self._folders[pid] = folder
        return pid

    def confine(self, keep: Sequence[int]) -> None:
        """Confine this process, a child fresh from ``fork``, for good.

        Args:
            keep: the descriptors that stay open: pipes or stream sockets, never datagram sockets.

        Raises:
            SandboxError: a step that worked a moment ago does not; the child must end.
        """
        for name, step in self._steps(keep):
            if name not in self._missing:
                try:
                    step()
                except OSError as error:
                    message = f"the sandbox broke at {name}: {error}"
                    raise SandboxError(message) from error

    def shield(self) -> None:
        """Keep a trusted child of ``os.fork`` apart: no process of its user looks into it; it dies with its parent.

        Raises:
            OSError: the parent has ended already.
        """
        parent = os.getppid()
        os.setsid()
        _libc.prctl(_libc.SET_DUMPABLE, 0)
        _libc.prctl(_libc.SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    def clean(self, pid: int) -> None:
        """Remove what a child that has ended and been waited for left behind; a second call does nothing."""
        folder = self._folders.pop(pid, None)
        if folder is not None:
            remove(folder)

    def close(self) -> None:
        """Remove what the sandbox itself keeps on disk, once every child has ended."""
        if self._boxes is not None:
            self._boxes.close()
            self._boxes = None
        self._folders.clear()

    def _prepared(self) -> Enclosure:
        """Find out which layers a child can have, by making one; make what all children share."""
        self._prepare_landlock()
        if problem := _seccomp.problem():
            self._missing.setdefault(_layers.SECCOMP, problem)
        if _layers.SECCOMP not in self._missing and self._spaces.own is not None:
            self._filter = _seccomp.program(pid=1)
        if not {_layers.USER, _layers.MOUNT} <= self._spaces.entered:
            self._missing.setdefault(_layers.PRIVATE_FOLDER, self._why_shared())
        if _layers.USER not in self._spaces.entered:
            self._missing[_COUNT] = "needs a user namespace"
        self._be_ready_to_die()
        self._make_place()
        while found := self._probe():
            self._missing |= found
            self._make_place()
        self._count_threads_of_user()
        self.layers = _layers.layers(self._missing, self._notes)
        _surroundings.settle(self.box)
        return self

    def _prepare_landlock(self) -> None:
        if self._spaces.kept:
            self._notes[_layers.CAPABILITIES] = "Python lies where only root looks: the right to read is kept"
        if _layers.LANDLOCK in self._missing:
            return
        try:
            self._landlock = _landlock.version()
        except OSError as error:
            self._missing[_layers.LANDLOCK] = f"the kernel does not offer it: {error.strerror or error}"
            if self._spaces.kept:
                message = "Python lies where only root looks, and this kernel has no Landlock: install it elsewhere"
                raise SandboxError(message) from error
            return
        inside = _layers.MOUNT in self._spaces.entered
        self._rules = _landlock.look(self.policy.readable, () if inside else self.policy.hidden)
        self._rules += [(f"/dev/{name}", access) for name, access in _DEVICES.items()]
        self._rules += [("/etc", LOOK)] if inside else []

    def _why_shared(self) -> str:
        if _layers.MOUNT in self._spaces.entered:
            return "needs a user namespace; all children share one bound"
        return "needs a user and a mount namespace; each file is bounded, but not all of them together"

    def _be_ready_to_die(self) -> None:
        """Where memory runs out the kernel ends these processes first; nobody else looks into them."""
        with suppress(OSError):
            fd = os.open("self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC, dir_fd=self._spaces.proc)
            os.write(fd, _EAGER_TO_DIE)
            os.close(fd)
        _libc.prctl(_libc.SET_DUMPABLE, 0)

    def _make_place(self) -> None:
        """Make the zygote's own box, and private folders for children that cannot have a file system of their own."""
        if _layers.PRIVATE_FOLDER not in self._missing:
            if not (self.box / ".tmp").exists():
                _surroundings.furnish(self.box, self._fonts)
        elif self._boxes is None:
            self._boxes = Boxes(_root.BOX if _layers.MOUNT in self._spaces.entered else None)
            self.box = self._boxes.make()
            _surroundings.furnish(self.box, self._fonts)

    def _count_threads_of_user(self) -> None:
        if _COUNT in self._missing:
            self._threads += _rlimits.threads_of_user(os.getuid()) + _rlimits.SLACK
            reason = f"threads are counted with all others of the user: {self._threads} together"
            self._notes[_layers.LIMITS] = reason

    def _probe(self) -> dict[str, str]:
        """Confine a child that does nothing else; returns why layers failed that were hoped for, by name."""
        receiver, sender = os.pipe()
        pid = self.fork()
        if pid == 0:
            self._report(sender)
        os.close(sender)
        with os.fdopen(receiver, encoding="utf-8") as stream:
            told = stream.read()
        os.waitpid(pid, 0)
        self.clean(pid)
        if not told:
            message = "the sandbox broke: a child ended before it was confined"
            raise SandboxError(message)
        found: dict[str, str] = json.loads(told)
        if _layers.PRIVATE_FOLDER in found:  # then the rest was tried in the wrong place
            return {_layers.PRIVATE_FOLDER: found[_layers.PRIVATE_FOLDER]}
        broken = found.keys() & {_SESSION, _SURROUNDINGS, _MORTAL, _CLOSED, _layers.LIMITS}
        if broken:
            message = f"the sandbox broke: {'; '.join(f'{name}: {found[name]}' for name in sorted(broken))}"
            raise SandboxError(message)
        return found

    def _report(self, sender: int) -> NoReturn:
        found: dict[str, str] = {}
        try:
            for name, step in self._steps([sender]):
                if name not in self._missing:
                    try:
                        step()
                    except OSError as error:
                        found[name] = f"this system does not allow it: {error}"
            os.write(sender, json.dumps(found).encode())
        finally:
            os._exit(0)

    def _steps(self, keep: Sequence[int]) -> list[tuple[str, Callable[[], object]]]:
        """What confines a child, in order; a step whose name is among the missing is left out."""
        return [
            (_SESSION, os.setsid),
            (_layers.PRIVATE_FOLDER, self._cover),
            (_SURROUNDINGS, lambda: self._settle(keep)),
            # in a user namespace of its own the kernel counts only the child's own threads
            (_COUNT, lambda: _libc.unshare(_libc.NEW_USER)),
            (_MORTAL, self._die_with_parent),
            (_layers.LIMITS, lambda: _rlimits.apply(self.policy.limits, self._used, self._threads)),
            (_layers.CAPABILITIES, lambda: _privileges.drop_capabilities(self._spaces.kept)),
            (_layers.NO_NEW_PRIVS, lambda: _libc.prctl(_libc.NO_NEW_PRIVILEGES, 1)),
            # no core dump, however the system collects them; what came before may have allowed it again
            (_CLOSED, lambda: _libc.prctl(_libc.SET_DUMPABLE, 0)),
            (_layers.LANDLOCK, self._restrict),
            (_layers.SECCOMP, lambda: _seccomp.install(self._filter or _seccomp.program(os.getpid()))),
        ]

    def _cover(self) -> None:
        _libc.unshare(_libc.NEW_MOUNT)
        _root.mount_box(self.policy.limits.disk)
        if _layers.PID in self._spaces.entered and _layers.PID not in self._notes:
            _root.mount_proc(read_only=True)

    def _settle(self, keep: Sequence[int]) -> None:
        _surroundings.furnish(self.box, self._fonts)
        _surroundings.settle(self.box)
        _surroundings.close_all_but(keep)

    def _die_with_parent(self) -> None:
        _libc.prctl(_libc.SET_DEATH_SIGNAL, signal.SIGKILL)
        # it may have died before; in a pid namespace the kernel ends all of its children itself
        if self._spaces.own is None and os.getppid() != self._parent:
            os.kill(os.getpid(), signal.SIGKILL)

    def _restrict(self) -> None:
        inside = self._spaces.own is not None and _layers.MOUNT in self._spaces.entered
        proc = ("/proc",) if inside else tuple(f"/proc/{name}" for name in _HOST_PROC)
        own = [(str(self.box), CHANGE), *((path, LOOK) for path in proc)]
        _landlock.restrict(self._landlock, [*self._rules, *own])

    def _back(self, own: int | None, folder: Path) -> None:
        if own is not None:
            _libc.setns(own, _libc.NEW_PID)
        if self._boxes is not None:
            remove(folder)


def _require(policy: Policy, layers: tuple[Layer, ...]) -> None:
    """Refuse to go on with less than everything, if everything was asked for."""
    if policy.mode is Mode.STRICT and not all(layer.achieved for layer in layers):
        message = f"a strict sandbox cannot be had here, without {_layers.shortcomings(layers)}"
        raise SandboxError(message)
