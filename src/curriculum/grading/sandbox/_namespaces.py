"""Namespaces, entered once by the zygote: a view of the machine in which there is nothing but its own.

What cannot be had is found out in a process that is thrown away, so that the zygote never stops half way.
"""

from __future__ import annotations

import os
import select
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from curriculum.grading.sandbox import _libc, _privileges, _root
from curriculum.grading.sandbox._layers import IPC, MOUNT, NAMESPACES, NETWORK, PID, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.grading.sandbox._policy import Policy

_FLAGS = {MOUNT: _libc.NEW_MOUNT, NETWORK: _libc.NEW_NETWORK, IPC: _libc.NEW_IPC}
_BROKEN = 70


class Unavailable(Exception):  # noqa: N818 - it is caught at once, and says what cannot be had
    """A namespace cannot be had."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason


@dataclass(frozen=True)
class Spaces:
    """The namespaces that a process is in.

    Attributes:
        entered: their names.
        proc: an open ``/proc`` in which this process sees itself.
        own: an open descriptor of its own pid namespace, None where it has none.
        notes: what is less than it could be, by name.
        kept: the capabilities, as a mask, that a process outside any user namespace cannot do without.
    """

    entered: frozenset[str]
    proc: int
    own: int | None
    notes: dict[str, str]
    kept: int = 0


def available(policy: Policy) -> tuple[frozenset[str], dict[str, str]]:
    """Find out which namespaces can be had together, and why not the others, by name."""
    wanted = set(NAMESPACES)
    missing: dict[str, str] = {}
    while wanted:
        failed = _try(policy, frozenset(wanted))
        if failed is None:
            break
        lost = _lost_with(failed.name) & wanted
        wanted -= lost
        missing |= dict.fromkeys(lost, failed.reason)
    return frozenset(wanted), missing


def enter(policy: Policy, wanted: frozenset[str]) -> Spaces:
    """Enter namespaces; with a pid namespace this returns in a child, while the caller waits and ends as it does.

    Raises:
        Unavailable: one of them cannot be had.
    """
    notes: dict[str, str] = {}
    proc = open_proc()
    administrator = _privileges.may(_privileges.ADMINISTER)
    if administrator:
        _enter_each(wanted)
        _build(policy, wanted, _privileges.NOBODY)
        if MOUNT in wanted and USER not in wanted:
            _step(MOUNT, _root.empty_proc)
    kept = _leave_root(policy, wanted, notes, built=administrator and MOUNT in wanted)
    if USER in wanted:
        _step(USER, _enter_user)
        _enter_each(wanted)
        _name_host()
        if not administrator:
            _build(policy, wanted, os.getuid())
        _require_readable(policy)
    if PID in wanted:
        _step(PID, lambda: _libc.unshare(_libc.NEW_PID))
        _continue_in_child()
    own = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc) if PID in wanted else None
    if MOUNT in wanted and USER in wanted:
        proc = _renew_proc(proc, notes, own=PID in wanted)
    return Spaces(wanted, proc, own, notes, kept)


def _lost_with(name: str) -> set[str]:
    """What goes with a namespace: without one for users, only an administrator can make any other."""
    if name != USER:
        return {name}
    return {USER, PID} if _privileges.may(_privileges.ADMINISTER) else set(NAMESPACES)


def _step(name: str, action: Callable[[], None]) -> None:
    try:
        action()
    except OSError as error:
        raise Unavailable(name, f"this system does not allow it: {error.strerror or error}") from error


def _enter_each(wanted: frozenset[str]) -> None:
    for name, flag in _FLAGS.items():
        if name in wanted:
            _step(name, lambda flag=flag: _libc.unshare(flag))  # type: ignore[misc]


def _build(policy: Policy, wanted: frozenset[str], owner: int) -> None:
    if MOUNT in wanted:
        _step(MOUNT, lambda: _root.build(policy, owner))


def _leave_root(policy: Policy, wanted: frozenset[str], notes: dict[str, str], *, built: bool) -> int:
    """Become nobody where this is root; returns what it has to keep to read Python at all, as a mask."""
    if os.geteuid() != 0:
        return 0
    kept = 0 if built or _privileges.nobody_reads(policy.readable) else 1 << _privileges.READ_ANYTHING
    try:
        _privileges.become_nobody(kept)
    except OSError as error:
        if USER in wanted:
            reason = f"root may not become another user here: {error.strerror}"
            raise Unavailable(USER, reason) from error
        notes[USER] = "stays root"
    return kept


def _enter_user() -> None:
    user, group = os.getuid(), os.getgid()
    _libc.unshare(_libc.NEW_USER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        fd = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)


def _name_host() -> None:
    # the host's name and its control groups are nobody's secret: a kernel built without these is good enough
    with suppress(OSError):
        _libc.unshare(_libc.NEW_UTS)
        socket.sethostname("sandbox")
    with suppress(OSError):
        _libc.unshare(_libc.NEW_CGROUP)


def _require_readable(policy: Policy) -> None:
    """Root's right to read everything ends at a user namespace."""
    closed = next((path for path in policy.readable if not os.access(path, os.R_OK)), None)
    if closed is not None:
        raise Unavailable(USER, f"{closed} could not be read in it")


def _continue_in_child() -> None:
    """Go on in a child, the first process of the new pid namespace; each of the two ends with the other."""
    alive, held = os.pipe()
    child = os.fork()
    if child:
        _stand_by(child, held)
    os.close(held)
    _libc.prctl(_libc.SET_DEATH_SIGNAL, signal.SIGKILL)
    # the parent may have ended before that took effect
    if select.select([alive], [], [], 0)[0]:
        os._exit(_BROKEN)
    os.close(alive)


def _stand_by(child: int, held: int) -> NoReturn:
    """Wait for the child, holding nothing of what it uses, and end as it did."""
    os.closerange(3, held)
    os.closerange(held + 1, 1 << 16)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        if os.WTERMSIG(status) != signal.SIGKILL:
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def open_proc() -> int:
    """Open ``/proc``, to look at this process from wherever it is later."""
    return os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def _renew_proc(proc: int, notes: dict[str, str], *, own: bool) -> int:
    """Replace the host's ``/proc`` by this namespace's, or by nothing; returns where this process sees itself."""
    try:
        if own:
            _root.mount_proc(read_only=False)
            os.close(proc)
            return open_proc()
    except OSError as error:
        notes[PID] = f"/proc is empty, because a new one is not allowed: {error.strerror}"
    _root.empty_proc()
    return proc


def _try(policy: Policy, wanted: frozenset[str]) -> Unavailable | None:
    """Enter in a process that is thrown away; returns what could not be had."""
    receiver, sender = os.pipe()
    pid = os.fork()
    if pid == 0:
        _report(sender, policy, wanted)
    os.close(sender)
    with os.fdopen(receiver, encoding="utf-8") as stream:
        told = stream.read()
    os.waitpid(pid, 0)
    if told == "entered":
        return None
    name, _, reason = told.partition("\n")
    return Unavailable(name, reason) if name else Unavailable(USER, "trying it out failed")


def _report(sender: int, policy: Policy, wanted: frozenset[str]) -> NoReturn:
    told = ""
    try:
        enter(policy, wanted)
        told = "entered"
    except Unavailable as error:
        told = f"{error.name}\n{error.reason}"
    except OSError as error:
        told = f"{USER}\n{error}"
    finally:
        os.write(sender, told.encode())
        os._exit(0)
