"""What a sandbox lets a learner's process see, and how much of everything it may use."""

from __future__ import annotations

import os
import site
import sys
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import curriculum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.grading._limits import Limits

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache")
_MAPS = Path("/proc/self/maps")


class Mode(StrEnum):
    """How much sandbox is asked for: all of it or nothing is run, what can be had, or only limits."""

    STRICT = "strict"
    AVAILABLE = "available"
    OFF = "off"


@dataclass(frozen=True)
class Policy:
    """What a learner's process may see and use.

    Attributes:
        mode: how much of the sandbox must stand.
        readable: folders and files that can be read, at the paths they have outside; nothing else can.
        hidden: folders below readable ones that are empty or unreadable inside.
        limits: how much of everything may be used.
    """

    mode: Mode
    readable: tuple[Path, ...]
    hidden: tuple[Path, ...]
    limits: Limits


def default_policy(mode: Mode, limits: Limits, *, readable: Iterable[Path] = ()) -> Policy:
    """Let a learner's process read Python, its libraries, the system's libraries, this package and the data sets.

    The course's notebooks and tests are never among it, nor is the home folder or the working folder, unless
    Python itself is installed right there.

    Args:
        mode: how much of the sandbox must stand.
        limits: how much of everything may be used.
        readable: more folders and files that may be read.
    """
    package = Path(curriculum.__file__).resolve().parent
    wanted = [*_python(), *map(Path, _SYSTEM), *_package(package), *_font_lists(), *readable]
    chosen = _covered_once(path.absolute() for path in wanted if path.exists())
    chosen += tuple(path for path in _mapped() if not _below(path, chosen))
    clone = package.parents[1]
    secrets = [package / "_course" / "notebooks"]
    secrets += [clone / "notebooks", clone / "tests"] if (clone / "pyproject.toml").is_file() else []
    hidden = tuple(path for path in secrets if path.is_dir() and _below(path, chosen))
    return Policy(mode=mode, readable=chosen, hidden=hidden, limits=limits)


def _python() -> Iterator[Path]:
    for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix):
        # a prefix of / would be everything; then /usr, /lib and /bin hold Python
        if Path(prefix).resolve() != Path("/"):
            yield Path(prefix)
    if site.ENABLE_USER_SITE and site.getusersitepackages() in sys.path:
        yield Path(site.getusersitepackages())


def _package(package: Path) -> Iterator[Path]:
    yield package
    if not (package / "_course").is_dir():
        yield package.parents[1] / "datasets"


def _font_lists() -> Iterator[Path]:
    """matplotlib's list of the system's fonts, which takes it a second to make."""
    places = [os.environ.get("MPLCONFIGDIR", ""), os.environ.get("XDG_CACHE_HOME", "")]
    folders = [Path(places[0])] if places[0] else []
    folders += [Path(places[1]) / "matplotlib"] if places[1] else []
    with suppress(RuntimeError):  # a user without an entry among the accounts
        folders.append(Path.home() / ".cache" / "matplotlib")
    for folder in folders:
        try:
            yield from sorted(folder.glob("fontlist-v*.json"))
        except OSError:
            continue


def _mapped() -> Iterator[Path]:
    """Shared libraries that this process has loaded, wherever they lie."""
    if not _MAPS.exists():
        return
    lines = _MAPS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    names = {line.split(maxsplit=5)[5] for line in lines if line.count("/") and ".so" in line}
    yield from (Path(name) for name in sorted(names) if Path(name).is_file())


def _covered_once(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Without repetitions, and without what a folder among them covers both as spelled and behind its links."""
    unique = list(dict.fromkeys(paths))
    return tuple(path for path in unique if not any(_covers(other, path) for other in unique if other != path))


def _covers(folder: Path, path: Path) -> bool:
    return path.is_relative_to(folder) and path.resolve().is_relative_to(folder.resolve())


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)
