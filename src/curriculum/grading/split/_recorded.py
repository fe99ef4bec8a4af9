"""What the teacher's later cells define, found once for a lesson, so that they need not run for each submission.

That is only sound where nothing is changed in place later on: then whoever takes what it needs from the record, in the
lesson's order, has just what it would have computed. Where it is not, the cells are run. A learner's process, where
anything may have changed meanwhile, takes a cell's results only if everything the cell uses is as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from curriculum.grading.split._marks import fingerprint, mark
from curriculum.grading.split._names import names_of
from curriculum.grading.split._teacher import run_teacher
from curriculum.grading.split._world import World

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from curriculum.grading.split._shell import CellShell


@dataclass(frozen=True)
class Taken:
    """What one cell computed, and from what.

    Attributes:
        inputs: a fingerprint of each name it used.
        world: what else it could see.
        values: what it defined.
    """

    inputs: dict[str, bytes]
    world: World
    values: dict[str, Any]

    def fits(self, space: Mapping[str, Any]) -> bool:
        """Whether the cell would find what it found when it was recorded."""
        names = all(name in space and _is_same(space[name], mark) for name, mark in self.inputs.items())
        return names and self.world.holds()


@dataclass
class Recorded:
    """What each of the teacher's later cells has defined.

    Attributes:
        whole: whether the record can stand for running the cells in an examiner.
        values: by cell id, the names that check cells use and their values.
        traces: by id of each cell that changed nothing but the values of names, the names that were there before it.
        taken: by cell id, what may stand for running the cell in a learner's process.
    """

    whole: bool = False
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    traces: dict[str, list[str]] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)


def record(
    shell: CellShell, cells: Sequence[dict[str, Any]], watched: Collection[str], seconds: float, *, seeds: bool = True
) -> Recorded:
    """Run the teacher's later cells once and note what they define; the shell's names are as before in the end.

    Args:
        shell: where the lesson's opening cells have run.
        cells: the teacher's later cells.
        watched: names that check cells use.
        seconds: how long one cell may take.
        seeds: whether the lesson sets a global random generator; where none does, its state is nobody's to count on.

    Raises:
        LessonBroken: a cell fails that is not meant to.
    """
    with shell.as_before():
        modules = [name for cell in cells for name in names_of(cell["source"]).modules]
        recorder = _Recorder(shell, set(watched), modules, seeds=seeds)
        for cell in cells:
            recorder.run(cell, seconds)
        return recorder.recorded()


class _Recorder:
    def __init__(self, shell: CellShell, watched: set[str], modules: Iterable[str], *, seeds: bool) -> None:
        self.shell = shell
        self.watched = watched
        self.seeds = seeds
        own = set(shell.user_ns_hidden)
        names = [name for name in shell.user_ns if name not in own and not name.startswith("_")]
        self.marks = {name: (shell.user_ns[name], mark(shell.user_ns[name])) for name in names}
        self.start = dict(self.marks)
        self.world = World.now(shell.user_ns, modules, seeds=seeds)
        self.watching = [self.marks[name] for name in watched if name in self.marks]
        self.traced: set[str] = set()
        self.found = Recorded()

    def run(self, cell: dict[str, Any], seconds: float) -> None:
        """Run one cell and note what it did."""
        space, names = self.shell.user_ns, names_of(cell["source"])
        touched = names.read.union(names.changed, cell["depends"]) & set(self.marks)
        inputs = {name: self.marks[name][1] for name in cell["depends"] if name in self.marks}
        world = World.now(space, names.modules, seeds=self.seeds)
        run_teacher(self.shell, cell, seconds)
        is_same = world.holds()
        changed = [] if is_same and all(_is_same(*self.marks[name]) for name in touched) else self._look_again()
        if is_same:
            self.found.traces[cell["id"]] = changed
        self.marks |= {name: (space[name], mark(space[name])) for name in names.bound & set(space)}
        values = {name: space[name] for name in (names.bound | names.changed) & self.watched & set(space)}
        self.found.values[cell["id"]] = values
        self.watching += [self.marks[name] for name in values if name in self.marks]
        known = {name: mark for name, mark in inputs.items() if mark is not None}
        if len(known) == len(inputs):
            kept = {name: self.marks[name][0] for name in names.bound & set(self.marks) if self.marks[name][1]}
            self.found.taken[cell["id"]] = Taken(known, world, kept)

    def _look_again(self) -> list[str]:
        """Find what a cell has changed in place, also what it reached by another name than it has in the notebook."""
        changed = sorted(name for name, seen in self.marks.items() if not _is_same(*seen))
        self.traced |= set(changed)
        self.marks |= {name: (self.marks[name][0], mark(self.marks[name][0])) for name in changed}
        return changed

    def recorded(self) -> Recorded:
        """What stands at the end: nothing that was changed later by a cell that does not name it."""
        found = self.found
        found.whole = all(_is_same(*mark) for mark in self.watching)
        steady = [mark for name, mark in self.marks.items() if name not in self.traced and mark[1] is not None]
        if not all(_is_same(*mark) for mark in steady):
            found.traces.clear()
        if not self._is_as_before():
            found.taken.clear()
        found.taken = {cell: taken for cell, taken in found.taken.items() if found.traces.get(cell) == []}
        for taken in found.taken.values():
            for name in [name for name in taken.values if name in self.traced]:
                del taken.values[name]
        return found

    def _is_as_before(self) -> bool:
        """Whether what the opening cells have defined is as it was: then learners may start from here."""
        return self.world.holds() and all(_is_same(*mark) for mark in self.start.values() if mark[1] is not None)


def _is_same(value: Any, found: bytes | None) -> bool:
    return found is not None and fingerprint(value) == found
