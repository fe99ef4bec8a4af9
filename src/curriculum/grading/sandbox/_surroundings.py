"""What a process in the sandbox finds around it: its environment, its folder, its descriptors."""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_FOLDERS = (".tmp", ".shm", ".config", ".config/matplotlib")
_VARIABLES = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "USER": "learner",
    "LOGNAME": "learner",
    "MPLBACKEND": "agg",
    "PYTHONDONTWRITEBYTECODE": "1",
    # a second thread would take time from other submissions, and makes a fork unsafe
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # n_jobs=2 then runs in this process
    "JOBLIB_MULTIPROCESSING": "0",
}


def furnish(box: Path, fonts: Iterable[Path]) -> None:
    """Make what programs expect in a home folder; matplotlib's lists of fonts are linked to."""
    for name in _FOLDERS:
        os.mkdir(f"{box}/{name}", 0o700)  # noqa: PTH102 - pathlib costs more than the calls, and each child waits
    for path in fonts:
        os.symlink(path, f"{box}/{_FOLDERS[-1]}/{path.name}")  # noqa: PTH211


def settle(box: Path) -> None:
    """Have an environment that knows only the box, and go there."""
    places = {"HOME": f"{box}", "TMPDIR": f"{box}/.tmp", "MPLCONFIGDIR": f"{box}/{_FOLDERS[-1]}"}
    wanted = _VARIABLES | places
    former = dict(os.environ)
    # only what differs: little does in a child, and each change costs
    for name in former:
        if name not in wanted:
            del os.environ[name]
    for name, value in wanted.items():
        if former.get(name) != value:
            os.environ[name] = value
    if former.get("TZ") != wanted["TZ"]:
        time.tzset()
    tempfile.tempdir = None  # what it found out before no longer holds
    os.chdir(box)


def close_all_but(keep: Sequence[int]) -> None:
    """Close every descriptor but those given; 0 to 2 lead nowhere unless they are among them."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        if fd not in keep:
            os.dup2(nowhere, fd, inheritable=True)
    start = 3
    for fd in sorted({fd for fd in keep if fd > 2}):
        os.closerange(start, fd)
        start = fd + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
