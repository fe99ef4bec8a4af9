"""What the teacher's later cells define, found once for a lesson, so that no examiner has to run them again.

That is only sound where nothing is changed in place later on: then an examiner that takes what it needs from the record,
in the lesson's order, sees just what it would have computed. Where it is not, the cells are run.
"""

from __future__ import annotations

import hashlib
import pickle
import random
import sys
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from curriculum.grading.split._names import names_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from curriculum.grading.split._shell import CellShell


@dataclass
class Recorded:
    """What each of the teacher's later cells has defined.

    Attributes:
        whole: whether the record can stand for running the cells.
        values: by cell id, the names that check cells use and their values.
        traceless: ids of the cells that changed nothing that was there before them.
    """

    whole: bool = False
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    traceless: list[str] = field(default_factory=list)


def record(shell: CellShell, cells: Sequence[dict[str, Any]], watched: Collection[str]) -> Recorded:
    """Run the teacher's later cells once and note what they define of the watched names.

    Raises:
        LessonBroken: a cell fails that is not meant to.
    """
    from curriculum.grading.split._station import run_teacher

    space = shell.user_ns
    start = dict(space)
    own = set(shell.user_ns_hidden)
    marks = {name: (value, _mark(value)) for name, value in start.items() if name not in own and name[0] != "_"}
    watching = [marks[name] for name in watched if name in marks]
    traced: set[str] = set()
    recorded = Recorded()
    for cell in cells:
        names = names_of(cell["source"])
        touched = (names.read | names.changed) & set(marks)
        world = _world()
        run_teacher(shell, cell)
        if _world() == world and all(_is_same(*marks[name]) for name in touched):
            recorded.traceless.append(cell["id"])
        else:
            traced |= touched
        marks |= {name: (space[name], _mark(space[name])) for name in names.bound & set(space)}
        found = {name: space[name] for name in (names.bound | names.changed) & set(watched) & set(space)}
        recorded.values[cell["id"]] = found
        watching += [marks[name] for name in found if name in marks]
    recorded.whole = all(_is_same(*mark) for mark in watching)
    if not all(_is_same(*mark) for name, mark in marks.items() if name not in traced and mark[1] is not None):
        # Something was changed by a cell that does not name it.
        recorded.traceless.clear()
    space.clear()
    space.update(start)
    return recorded


def _mark(value: Any) -> bytes | None:
    """A value's fingerprint; None where it differs from one look to the next."""
    mark = _fingerprint(value)
    return mark if _fingerprint(value) == mark else None


def _is_same(value: Any, mark: bytes | None) -> bool:
    return mark is not None and _fingerprint(value) == mark


def _fingerprint(value: Any) -> bytes | None:
    """A hash of what a value holds; None where that cannot be told."""
    if isinstance(value, ModuleType | type | BuiltinFunctionType):
        return b"fixed"
    if isinstance(value, FunctionType):
        return value.__code__.co_code
    try:
        return hashlib.sha256(pickle.dumps(value, 5)).digest()
    except Exception:  # noqa: BLE001 - whatever cannot be pickled cannot be compared
        return None


def _world() -> list[Any]:
    """The state that libraries keep for everyone."""
    state: list[Any] = [random.getstate()]
    numpy, matplotlib = sys.modules.get("numpy"), sys.modules.get("matplotlib")
    if numpy is not None:
        state.append(pickle.dumps(numpy.random.get_state()))
        state.append(numpy.geterr())
    if matplotlib is not None:
        state.append(dict(matplotlib.rcParams))
    return state
