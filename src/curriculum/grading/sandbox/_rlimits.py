"""The kernel's limits on one process."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from curriculum.grading._limits import Limits

_STACK = 8 << 20
_SIGNALS = 256
# what else a user may start while a child runs, where the kernel counts all of a user's threads together
SLACK = 1024


def apply(limits: Limits, used: int, threads: int) -> None:
    """Set every limit for good.

    Args:
        limits: what the submission may use.
        used: bytes of address space that this process has already.
        threads: how many may run, counted as the kernel counts here.
    """
    wanted = {
        resource.RLIMIT_AS: used + limits.memory,
        resource.RLIMIT_CPU: max(1, math.ceil(limits.submission_seconds)),
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: threads,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_STACK: _STACK,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: _SIGNALS,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,
    }
    for kind, value in wanted.items():
        highest = resource.getrlimit(kind)[1]
        bound = value if highest == resource.RLIM_INFINITY else min(value, highest)
        resource.setrlimit(kind, (bound, bound))


def address_space(proc: int) -> int:
    """Bytes of address space that this process has now; ``proc`` is an open /proc."""
    fd = os.open("self/statm", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        return int(os.read(fd, 64).split()[0]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(fd)


def threads_of_user(user: int) -> int:
    """How many threads a user has, as far as this process can see."""
    return sum(_threads(folder, user) for folder in Path("/proc").iterdir() if folder.name.isdigit())


def _threads(folder: Path, user: int) -> int:
    try:
        lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # it has ended
        return 0
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(fields["Threads"]) if int(fields["Uid"].split()[0]) == user else 0
