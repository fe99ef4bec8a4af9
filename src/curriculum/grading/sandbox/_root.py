"""A file system of its own: an empty root with only what may be read, at the paths it has outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.grading.sandbox import _libc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.grading.sandbox._policy import Policy

BOX = Path("/box")
PROC = "/proc"
USER = "learner"
# a folder that every Linux has and nothing readable lies in; covered only inside the new mount namespace
_SITE = Path("/sys")
_LOCKED = _libc.READ_ONLY | _libc.NO_SUID | _libc.NO_DEVICES
_PLAIN = _libc.NO_SUID | _libc.NO_DEVICES
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SHORTCUTS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
}
_SCRATCH = {"tmp": f"{BOX}/.tmp", "var/tmp": f"{BOX}/.tmp", "dev/shm": f"{BOX}/.shm"}
# how the kernel shows a user whom a namespace does not know: so the learner's process sees itself
_UNKNOWN = 65534
# each file costs the kernel a kilobyte that no limit on bytes counts
_FILES = 20_000
_HIDE = "size=4k,nr_inodes=2,mode=755"


def build(policy: Policy, user: int) -> None:
    """Make the new root and enter it; ``/proc`` is still the old one, and the box is the zygote's own.

    Needs a mount namespace of this process's own and the right to mount in it.

    Args:
        policy: what may be read, what is hidden below it, and how much the box holds.
        user: who will own the box.

    Raises:
        OSError: the kernel refuses a step, or something readable cannot be reached.
    """
    _libc.mount(None, "/", None, _libc.RECURSIVE | _libc.PRIVATE)
    _libc.mount("tmpfs", str(_SITE), "tmpfs", _PLAIN, "size=1m,mode=755")
    shown: list[Path] = []
    for path in policy.readable:
        for found in _with_links(path):
            if not any(found.is_relative_to(folder) for folder in shown):
                _show(found)
                shown += [] if found.is_symlink() else [found]
    for path in policy.hidden:
        if _inside(path).is_dir():
            _libc.mount("tmpfs", str(_inside(path)), "tmpfs", _LOCKED, _HIDE)
    _furnish(user)
    _libc.mount(PROC, str(_inside(Path(PROC))), None, _libc.BIND | _libc.RECURSIVE)
    _libc.enter_root(str(_SITE))
    mount_box(policy.limits.disk, f",uid={user},gid={user}")
    _libc.mount(None, "/", None, _libc.REMOUNT | _libc.BIND | _LOCKED)


def mount_box(size: int, owner: str = "") -> None:
    """Cover the box with an empty one, ``size`` bytes large."""
    options = f"size={size},nr_inodes={_FILES},mode=700{owner}"
    _libc.mount("tmpfs", str(BOX), "tmpfs", _PLAIN | _libc.NO_EXEC, options)


def mount_proc(*, read_only: bool) -> None:
    """Cover ``/proc`` with that of this process's own namespace."""
    flags = _PLAIN | _libc.NO_EXEC | (_libc.READ_ONLY if read_only else 0)
    _libc.mount("proc", PROC, "proc", flags)


def empty_proc() -> None:
    """Cover ``/proc`` with nothing."""
    _libc.mount("tmpfs", PROC, "tmpfs", _LOCKED | _libc.NO_EXEC, _HIDE)


def _inside(path: Path) -> Path:
    return _SITE / path.relative_to("/")


def _with_links(path: Path) -> Iterator[Path]:
    """Every symbolic link on the way to a path, then the path itself without links."""
    reached, left = Path("/"), list(path.parts[1:])
    for _ in range(1000):
        if not left:
            break
        part = left.pop(0)
        if part == "..":
            reached = reached.parent
            continue
        step = reached / part
        if step.is_symlink():
            yield step
            target = step.readlink()
            reached = Path("/") if target.is_absolute() else reached
            left = [*(item for item in target.parts if item != "/"), *left]
        else:
            reached = step
    yield reached


def _show(path: Path) -> None:
    place = _inside(path)
    if path.is_symlink():
        _link(place, str(path.readlink()))
    elif path.exists():
        _make(place, folder=path.is_dir())
        _libc.mount(str(path), str(place), None, _libc.BIND | _libc.RECURSIVE)
        _libc.restrict_mounts(str(place), _LOCKED)


def _make(place: Path, *, folder: bool) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if folder:
        place.mkdir(exist_ok=True)
    elif not place.exists():
        place.touch()


def _link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists() and not place.is_symlink():
        place.symlink_to(target)


def _furnish(user: int) -> None:
    for folder in (PROC, str(BOX)):
        _make(_inside(Path(folder)), folder=True)
    for name in _DEVICES:
        place = _inside(Path("/dev") / name)
        _make(place, folder=False)
        _libc.mount(f"/dev/{name}", str(place), None, _libc.BIND)
    for name, target in _SHORTCUTS.items():
        _link(_inside(Path("/dev") / name), target)
    for name, target in _SCRATCH.items():
        _link(_SITE / name, target)
    _name_users(_inside(Path("/etc")), {user, _UNKNOWN})


def _name_users(folder: Path, users: set[int]) -> None:
    texts = {
        "passwd": "".join(f"{USER}:x:{user}:{user}::{BOX}:/bin/false\n" for user in users),
        "group": "".join(f"{USER}:x:{user}:\n" for user in users),
        "nsswitch.conf": "passwd: files\ngroup: files\n",
    }
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
