"""The few calls into Linux that Python 3.11 does not offer."""

from __future__ import annotations

import ctypes
import os
import struct
from functools import cache
from typing import Any

from curriculum.grading.sandbox import _syscalls

NEW_MOUNT, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEW_USER, NEW_PID, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16384, 1 << 18

SET_DEATH_SIGNAL, SET_DUMPABLE, SET_KEEP_CAPABILITIES, SET_SECCOMP = 1, 4, 8, 22
DROP_FROM_BOUNDING_SET, NO_NEW_PRIVILEGES, AMBIENT = 24, 38, 47

_AT_CURRENT, _AT_RECURSIVE, _DETACH = -100, 0x8000, 2
_CAPABILITIES_VERSION = 0x20080522


@cache
def _library() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(name: str, *arguments: int | bytes | None) -> int:
    """Make a system call by name.

    Raises:
        OSError: it failed, or its number is not known on this machine.
    """
    number = _syscalls.number(name)
    if number is None:
        message = f"{name}: unknown on this machine"
        raise OSError(message)
    passed = [ctypes.c_long(item) if isinstance(item, int) else ctypes.c_char_p(item) for item in arguments]
    return _checked(_library().syscall(ctypes.c_long(number), *passed), name)


def unshare(flags: int) -> None:
    """Leave the namespaces given for new ones."""
    _checked(_library().unshare(ctypes.c_int(flags)), "unshare")


def setns(fd: int, kind: int) -> None:
    """Join the namespace that a descriptor stands for."""
    _checked(_library().setns(ctypes.c_int(fd), ctypes.c_int(kind)), "setns")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mount, or bind with ``BIND``."""
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    done = _library().mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    _checked(done, f"mount {kind or source or ''} on {target}")


def restrict_mounts(target: str, flags: int) -> None:
    """Add flags such as ``READ_ONLY`` to a mount and all below it (Linux 5.12)."""
    attributes = struct.pack("=QQQQ", flags, 0, 0, 0)
    arguments = (_AT_CURRENT, os.fsencode(target), _AT_RECURSIVE, attributes, len(attributes))
    syscall("mount_setattr", *arguments)


def enter_root(folder: str) -> None:
    """Make a mounted folder the root, and let go of the one before."""
    os.chdir(folder)
    syscall("pivot_root", b".", b".")
    _checked(_library().umount2(b".", ctypes.c_int(_DETACH)), "umount")
    os.chdir("/")


def prctl(option: int, first: int = 0, second: int = 0) -> int:
    """Ask something of the kernel for this process."""
    numbers = [ctypes.c_ulong(item) for item in (first, second, 0, 0)]
    return _checked(_library().prctl(ctypes.c_int(option), *numbers), f"prctl {option}")


def set_capabilities(effective: int) -> None:
    """Hold exactly these capabilities, as a mask; they cannot be inherited."""
    low, high = effective & 0xFFFFFFFF, effective >> 32
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    _checked(_library().capset(header, struct.pack("=6I", low, low, 0, high, high, 0)), "capset")


def install_filter(program: bytes) -> None:
    """Install a seccomp filter: classic BPF, eight bytes an instruction."""
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    holder = ctypes.create_string_buffer(header, len(header))
    prctl(SET_SECCOMP, 2, ctypes.addressof(holder))
