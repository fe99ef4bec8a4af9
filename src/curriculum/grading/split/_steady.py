"""Whether an examiner is as it was before it judged a submission, so that it may judge another one."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum.grading.split._marks import fingerprint, mark
from curriculum.grading.split._world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from curriculum.grading.split._recorded import Recorded

# Looking at more than this after each submission takes longer than a new process.
_MOST_BYTES = 4_000_000
_MOST_SUBMISSIONS = 500
_MOST_GROWTH = 128  # MiB


class Steady:
    """What check cells can reach beside their own names, with its fingerprints.

    Args:
        space: the notebook's names.
        recorded: what the teacher's later cells define.
        names: those that check cells use, directly or through one another.
        modules: what check cells import.
    """

    def __init__(
        self, space: Mapping[str, Any], recorded: Recorded, names: Iterable[str], modules: Iterable[str]
    ) -> None:
        self.modules = tuple(modules)
        self.space = space
        values = [space[name] for name in names if name in space]
        values += [value for found in recorded.values.values() for value in found.values()]
        values += [value for module in _lessons_own() for name, value in vars(module).items() if name[:2] != "__"]
        self.marks: list[tuple[Any, bytes | None]] = [(value, mark(value, _MOST_BYTES)) for value in values]
        self.judged = 0

    @property
    def can_be_told(self) -> bool:
        """Whether every value has a fingerprint that stays."""
        return all(found is not None for _, found in self.marks)

    def begin(self) -> None:
        """Look at the process as it is before the first submission."""
        self.world = World.now(self.space, self.modules)
        self.mebibytes = _mebibytes()

    def holds(self) -> bool:
        """Whether nothing has changed, and the process has neither grown nor judged too much."""
        self.judged += 1
        if self.judged >= _MOST_SUBMISSIONS or _mebibytes() > self.mebibytes + _MOST_GROWTH:
            return False
        same = all(fingerprint(value, _MOST_BYTES) == found for value, found in self.marks)
        return same and self.world.holds()


def _lessons_own() -> list[ModuleType]:
    """The modules that lie beside the notebook: of what they hold nobody else takes care."""
    box = str(Path.cwd())
    return [module for module in list(sys.modules.values()) if str(getattr(module, "__file__", "")).startswith(box)]


def _mebibytes() -> int:
    """What the process has in memory of its own."""
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return (int(fields[1]) - int(fields[2])) * resource.getpagesize() >> 20
