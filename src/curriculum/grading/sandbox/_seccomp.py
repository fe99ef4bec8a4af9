"""Which system calls a learner's process may make.

Everything that is not listed is refused with EPERM: sockets, programs, processes, mounts, namespaces, tracing, keys,
kernel modules, shared memory, clocks, priorities. Calls newer than the list do not exist (ENOSYS).
"""

from __future__ import annotations

from curriculum.grading.sandbox import _bpf, _libc, _syscalls

NEWEST = 462
_THREAD = 0x10000
_NEW_NAMESPACES = 0x7E020080
_UNIX, _STREAM, _TYPE = 1, 1, 0xF

# reading the size, mode or state of a descriptor, and its flags; never TIOCSTI, which types into the grader's terminal
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C542A)
# names of threads and memory, and questions; never PR_SET_PDEATHSIG, by which a process could outlive its zygote
_PRCTL = (3, 15, 16, 21, 23, 39, 0x53564D41)
# F_SETOWN, F_SETSIG and F_SETOWN_EX send any signal to any process of the user; leases and notices have no use here
_FCNTL = (8, 10, 15, 1024, 1026)


def problem() -> str:
    """Why there can be no filter on this machine; empty where there can."""
    return "" if _syscalls.machine() else "the numbers of this machine's system calls are not known"


def program(pid: int) -> bytes:
    """Give the filter for a process that knows itself by ``pid``."""
    numbers = _syscalls.conditional()
    bodies: dict[str, tuple[_bpf.Instruction, ...]] = {
        "clone": (*_bpf.masked(0, _THREAD), *_bpf.only(_THREAD), _bpf.low(0), *_bpf.unless_any_bit(_NEW_NAMESPACES)),
        "fcntl": (_bpf.low(1), *(part for command in _FCNTL for part in _bpf.unless(command))),
        "ioctl": (_bpf.low(1), *_bpf.only(*_IOCTL)),
        "kill": (_bpf.low(0), *_bpf.only(pid)),
        "tgkill": (_bpf.low(0), *_bpf.only(pid)),
        "prctl": (_bpf.low(0), *_bpf.only(*_PRCTL)),
        "prlimit64": (_bpf.low(0), *_bpf.only(0)),
        # an address would let a datagram leave; a stream pair (asyncio's) cannot be pointed anywhere else
        "sendto": (_bpf.low(4), *_bpf.only(0), _bpf.high(4), *_bpf.only(0)),
        "socketpair": (_bpf.low(0), *_bpf.only(_UNIX), *_bpf.masked(1, _TYPE), *_bpf.only(_STREAM)),
    }
    rules = [_bpf.Rule(numbers[name], (*body, _bpf.ALLOWED)) for name, body in bodies.items()]
    # its flags are behind a pointer, where a filter cannot look; the C library falls back on clone
    rules.append(_bpf.Rule(numbers["clone3"], (_bpf.NO_SUCH_CALL,)))
    return _bpf.program(_syscalls.architecture(), rules, _syscalls.free().values(), NEWEST)


def install(code: bytes) -> None:
    """Put the filter on this process for good; needs no new privileges, or the right to administer.

    Raises:
        OSError: the kernel has no seccomp, or does not allow it.
    """
    _libc.install_filter(code)
