"""What a piece of work needs, measured where nothing else is in the way: in a process of its own."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_CHILD = "from curriculum.measure import _answer; _answer()"
_STATUS = Path("/proc/self/status")
_MEGABYTE = 1_000_000


class Measured(NamedTuple):
    """What came of a piece of work.

    Attributes:
        value: what the function returned.
        megabytes: by how much the process's resident memory rose at its highest, over what it held before the call.
    """

    value: Any
    megabytes: float


def apart(function: Callable[..., Any], *arguments: object) -> Measured:
    """Call a function in a fresh Python process, and measure its peak of memory there.

    The operating system's count of resident memory is taken, so that what NumPy, Arrow, DuckDB or Polars allocate is
    seen as well as Python's own objects. What the function needs from the notebook goes with it; modules that the
    notebook has imported are imported there before the count begins.

    Where no process may be started (a grader's sandbox), the function is called in this one. The peak is then only
    what this process rose above the highest it had been, which may be nothing.

    Args:
        function: what to call; it may be defined in a notebook.
        arguments: what to call it with. They and the result must be picklable.

    Raises:
        TypeError: the function, an argument or what comes of it cannot cross between processes.
        ChildProcessError: the process ended before it had an answer.
        Exception: whatever the function raises.

    Example:
        >>> from curriculum import measure
        >>> measure.apart(sum, [1, 2, 3]).value
        6
    """
    import cloudpickle

    try:
        work = cloudpickle.dumps((sys.path, function, arguments))
    except Exception as problem:  # noqa: BLE001 - pickling raises many kinds
        why = _in_one_line(problem)
        message = f"the function or an argument cannot cross to another process ({why}); make it in the function"
        raise TypeError(message) from None
    command = [sys.executable, "-c", _CHILD]
    try:
        done = subprocess.run(command, input=work, stdout=subprocess.PIPE, check=False)  # noqa: S603
    except OSError:
        return _measured(function, arguments)
    if done.returncode != 0:
        raise ChildProcessError(_ended(done.returncode))
    result, error = pickle.loads(done.stdout)  # noqa: S301 - written by our own child
    if error is not None:
        raise error
    return Measured(*result)


def _ended(code: int) -> str:
    """What an exit code means; on POSIX a negative one is that of the signal which ended the process."""
    if code >= 0:
        return f"the process ended with exit code {code} before it had an answer"
    name = {known.value: known.name for known in signal.Signals}.get(-code, f"signal {-code}")
    advice = ": it may have needed more memory than there is" if name == "SIGKILL" else ""
    return f"the process was ended by {name} before it had an answer{advice}"


def _answer() -> None:
    """In the child: read the work from standard input, write what comes of it to standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    # What the function prints belongs to the notebook's error stream, not between the bytes of the answer.
    os.dup2(2, 1)
    result, error = None, None
    try:
        # The path first: what follows it may be found only there.
        sys.path[:], function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
        result = tuple(_measured(function, arguments))
    except Exception as raised:  # noqa: BLE001 - handed on to the caller
        error = raised
    answers.write(_packed(result, error))
    answers.close()


def _packed(result: tuple[Any, ...] | None, error: Exception | None) -> bytes:
    """An answer that can be read at the other end."""
    import cloudpickle

    try:
        packed: bytes = cloudpickle.dumps((result, error))
        pickle.loads(packed)  # noqa: S301 - some exceptions can be written and not read
    except Exception as problem:  # noqa: BLE001 - pickling raises many kinds
        raised = f"what it raised, {type(error).__name__}: {error},"
        message = (
            f"{'what the function returned' if error is None else raised} cannot cross to another process ({problem})"
        )
        return pickle.dumps((None, TypeError(_in_one_line(message))))
    return packed


def _in_one_line(text: object) -> str:
    return " ".join(str(text).split())


def _measured(function: Callable[..., Any], arguments: tuple[object, ...]) -> Measured:
    _forget_peak()
    before = _peak()
    value = function(*arguments)
    return Measured(value, max(0.0, (_peak() - before) / _MEGABYTE))


def _forget_peak() -> None:
    """Let the count of the highest begin anew at what is held now, where the system can do so (Linux)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    """The most resident memory this process has had, in bytes."""
    with contextlib.suppress(OSError):
        # Not getrusage: its figure survives exec, so that a child would begin with its parent's peak.
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
