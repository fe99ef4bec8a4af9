"""Landlock: the kernel's own list of what a process may open, which holds without any privilege (Linux 5.13).

Running a program is allowed nowhere, not even in folders that may be read.
"""

from __future__ import annotations

import os
import stat
import struct
from enum import IntFlag
from functools import cache
from typing import TYPE_CHECKING

from curriculum.grading.sandbox import _libc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_VERSION = 1
_PATH_BENEATH = 1
_TCP = 3
_SIGNALS_AND_ABSTRACT_SOCKETS = 3


class Access(IntFlag):
    """What may be done with a file, or below a folder."""

    EXECUTE = 1
    WRITE = 1 << 1
    READ = 1 << 2
    LIST = 1 << 3
    REMOVE_FOLDER = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHARACTER_DEVICE = 1 << 6
    MAKE_FOLDER = 1 << 7
    MAKE_FILE = 1 << 8
    MAKE_SOCKET = 1 << 9
    MAKE_PIPE = 1 << 10
    MAKE_BLOCK_DEVICE = 1 << 11
    MAKE_LINK = 1 << 12
    MOVE = 1 << 13
    TRUNCATE = 1 << 14
    CONTROL_DEVICE = 1 << 15


# plain numbers from here on: arithmetic with flags is slow, and each child does it
LOOK = int(Access.READ | Access.LIST)
CHANGE = LOOK | int(
    Access.WRITE
    | Access.TRUNCATE
    | Access.REMOVE_FOLDER
    | Access.REMOVE_FILE
    | Access.MAKE_FOLDER
    | Access.MAKE_FILE
    | Access.MAKE_PIPE
    | Access.MAKE_LINK
    | Access.MOVE
)
DEVICE = int(Access.READ | Access.WRITE | Access.TRUNCATE)
_ON_FILES = int(Access.EXECUTE | Access.WRITE | Access.READ | Access.TRUNCATE | Access.CONTROL_DEVICE)

Rule = tuple[str, int]


def version() -> int:
    """The version of the kernel's interface.

    Raises:
        OSError: the kernel has no Landlock, or it is switched off.
    """
    return _libc.syscall("landlock_create_ruleset", None, 0, _VERSION)


def look(readable: Iterable[Path], hidden: Iterable[Path] = ()) -> list[Rule]:
    """Rules for reading folders and files but not what is hidden below them.

    A rule covers all below it, so a folder with something hidden in it is replaced by its other entries. What is
    hidden can then still be listed, but not read.
    """
    secrets = [path.resolve() for path in hidden]
    rules: list[Rule] = []
    for path in readable:
        if any(secret.is_relative_to(path.resolve()) for secret in secrets):
            rules.append((str(path), int(Access.LIST)))
            rules += [(str(entry), LOOK) for entry in _around(path.resolve(), secrets)]
        else:
            rules.append((str(path), LOOK))
    return rules


def _around(folder: Path, secrets: list[Path]) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry in secrets or entry.is_symlink():
            continue
        if any(secret.is_relative_to(entry) for secret in secrets):
            yield from _around(entry, secrets)
        else:
            yield entry


def restrict(known: int, rules: Iterable[Rule]) -> None:
    """Restrict this process for good; the kernel wants no new privileges first.

    Args:
        known: the interface's version; older ones know fewer kinds of access.
        rules: what may be done; paths that do not exist are left out.

    Raises:
        OSError: the kernel refuses.
    """
    handled = _handled(known)
    network = _TCP if known >= 4 else 0
    scopes = _SIGNALS_AND_ABSTRACT_SOCKETS if known >= 6 else 0
    attributes = struct.pack("=QQQ", handled, network, scopes)[: 24 if known >= 6 else 16 if known >= 4 else 8]
    ruleset = _libc.syscall("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        for path, access in rules:
            _add(ruleset, path, access & handled)
        _libc.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


@cache
def _handled(known: int) -> int:
    latest = {1: Access.MAKE_LINK, 2: Access.MOVE, 3: Access.TRUNCATE, 4: Access.TRUNCATE}
    return 2 * int(latest.get(known, Access.CONTROL_DEVICE)) - 1


def _add(ruleset: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = access if stat.S_ISDIR(os.fstat(fd).st_mode) else access & _ON_FILES
        if allowed:
            _libc.syscall("landlock_add_rule", ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, fd), 0)
    finally:
        os.close(fd)
