"""Giving up what a process may do beyond its user's rights."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.grading.sandbox import _libc

if TYPE_CHECKING:
    from collections.abc import Iterable

NOBODY = 65534
READ_ANYTHING, ADMINISTER = 2, 21
_CLEAR_AMBIENT = 4


def may(capability: int) -> bool:
    """Whether this process holds a capability."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(mask, 16) >> capability & 1)


def nobody_reads(paths: Iterable[Path]) -> bool:
    """Whether a user without any rights reaches these paths; asked in a process of its own."""
    pid = os.fork()
    if pid == 0:
        try:
            become_nobody()
            reached = all(os.access(path, os.R_OK) for path in paths)
        except OSError:
            reached = False
        os._exit(0 if reached else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def become_nobody(kept: int = 0) -> None:
    """Stop being root for good, keeping no capability but those in the mask.

    Raises:
        OSError: this process may not change its user.
    """
    _empty_bounding_set()
    os.setgroups([])
    _libc.prctl(_libc.SET_KEEP_CAPABILITIES, 1)
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _libc.set_capabilities(kept)
    # a change of user makes this process's own entries in /proc root's
    _libc.prctl(_libc.SET_DUMPABLE, 1)


def drop_capabilities(kept: int = 0) -> None:
    """Hold no capability but those in the mask, now and after anything that this process runs."""
    _empty_bounding_set()
    _libc.prctl(_libc.AMBIENT, _CLEAR_AMBIENT)
    _libc.set_capabilities(kept)


def _empty_bounding_set() -> None:
    # without the right to do so there is nothing to gain: what runs later gets no capability, with no new privileges
    with suppress(OSError):
        for capability in range(64):
            _libc.prctl(_libc.DROP_FROM_BOUNDING_SET, capability)
