"""What a lesson's source says about who owns which name.

A name belongs to the learner if a solution cell assigns it, or a teacher's cell that depends on such a name. This is
decided from the trusted source alone: nothing in a submission changes it.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from curriculum import notebook
from curriculum.grading.split._names import may_seed, names_of
from curriculum.notebook import Region, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from curriculum.course import Lesson
    from curriculum.notebook import Cell

# What is there in every notebook.
_GIVEN = frozenset(dir(builtins)) | {
    "In",
    "Out",
    "_",
    "__",
    "___",
    "display",
    "get_ipython",
    "exit",
    "quit",
    "__name__",
}


@dataclass(frozen=True)
class TeacherCell:
    """A teacher's cell that does not depend on the learner.

    Attributes:
        may_raise: whether its error is part of the lesson (nbconvert's tag ``raises-exception``).
        depends: names of the teacher's that it uses, directly or through one another.
    """

    id: str
    source: str
    may_raise: bool
    depends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How a lesson is split between its two processes.

    Attributes:
        opening: the teacher's cells before the first exercise: they run once for all submissions.
        trusted: the teacher's later cells that depend on no learner; the examiner has what they define.
        watched: names of the teacher's cells that check cells use, directly or through one another.
        watched_later: whether the later cells could define or change what check cells use.
        needs: for each check cell, the learner's names that it uses, itself or through functions of earlier ones.
        given: for each check cell, the names of its visible part that the lesson's other cells use.
        classes: for each check cell, the classes it uses that an exercise asks for: their objects answer operators.
        modules: what the lesson imports, to be there before the first submission comes.
        sources: the teacher's cells as they are.
        checks: the check cells as they are; for the examiners' eyes only.
        seeds: whether a cell sets the state of a global random generator.
    """

    opening: tuple[TeacherCell, ...]
    trusted: tuple[TeacherCell, ...]
    watched: frozenset[str]
    watched_later: bool
    needs: dict[str, tuple[str, ...]]
    given: dict[str, tuple[str, ...]]
    classes: dict[str, tuple[str, ...]]
    modules: tuple[str, ...]
    sources: tuple[str, ...]
    checks: tuple[str, ...]
    seeds: bool


def plan_of(lesson: Lesson) -> Plan:
    """Read a lesson's source."""
    return _Planner(lesson.notebook.cells).plan()


class _Planner:
    def __init__(self, cells: Iterable[Cell]) -> None:
        self.cells = [cell for cell in cells if cell.type == "code"]
        self.owned: set[str] = set()
        self.teachers: list[TeacherCell] = []
        self.opening = 0
        self.needs: dict[str, tuple[str, ...]] = {}
        self.classes: dict[str, tuple[str, ...]] = {}
        self.checked: set[str] = set()
        self.late: set[str] = set()
        self.defined = set(_GIVEN)
        self.asked = frozenset[str]().union(*(names_of(cell.source).classes for cell in self._answers()))
        self.imported = frozenset[str]().union(*(names_of(cell.source).imported for cell in self.cells))
        self.given = self._given()
        # Names that only check cells define are there only where a check cell has run.
        self.lent = frozenset[str]().union(*self.given.values())

    def plan(self) -> Plan:
        begun = False
        for cell in self.cells:
            if cell.role is Role.CODE:
                self._teacher(cell)
                self.opening += not begun
            elif cell.role is Role.CHECK:
                begun = True
                self._check(cell)
            else:
                begun = True
                self._answer(cell)
        uses = self._uses()
        trusted = tuple(replace(cell, depends=_reached(names_of(cell.source).read, uses)) for cell in self.teachers)
        watched = frozenset(_reached(self.checked, uses))
        return Plan(
            opening=trusted[: self.opening],
            trusted=trusted[self.opening :],
            watched=watched,
            watched_later=bool(trusted[self.opening :]) and not self._is_fixed(watched, trusted),
            needs=self.needs,
            given=self.given,
            classes=self.classes,
            modules=tuple(dict.fromkeys(name for cell in self.cells for name in names_of(cell.source).modules)),
            sources=tuple(cell.source for cell in self.cells if cell.role is Role.CODE),
            checks=tuple(cell.source for cell in self.cells if cell.role is Role.CHECK),
            seeds=any(may_seed(cell.source) for cell in self.cells),
        )

    def _answers(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.role not in {Role.CODE, Role.CHECK}]

    def _teacher(self, cell: Cell) -> None:
        facts = names_of(cell.source)
        if facts.read & (self.owned | self.lent):
            self.owned |= facts.bound | (facts.changed - self.imported)
            return
        self.owned -= facts.bound
        self.defined |= facts.bound
        may_raise = "raises-exception" in (cell.metadata.get("tags") or [])
        self.teachers.append(TeacherCell(cell.id, cell.source, may_raise))

    def _answer(self, cell: Cell) -> None:
        for source in (notebook.solution(cell), notebook.starter(cell)):
            facts = names_of(source)
            self.owned |= facts.bound | (facts.changed - self.imported)

    def _check(self, cell: Cell) -> None:
        facts = names_of(cell.source)
        self.checked |= facts.read
        used = facts.read | self.late
        # A name that nothing in the lesson defines is the learner's, too: a source need not hold its solutions.
        self.needs[cell.id] = tuple(sorted(used - (self.defined - self.owned)))
        self.classes[cell.id] = tuple(sorted((facts.read | self.late) & self.asked))
        self.late |= facts.late
        self.owned -= facts.bound
        self.defined |= facts.bound

    def _uses(self) -> dict[str, set[str]]:
        """What the teacher's cells that define a name read, then or when their functions are called."""
        uses: dict[str, set[str]] = {}
        for cell in self.teachers:
            names = names_of(cell.source)
            for name in names.bound | names.changed:
                uses.setdefault(name, set()).update(names.read, names.late)
        return uses

    def _is_fixed(self, watched: frozenset[str], trusted: tuple[TeacherCell, ...]) -> bool:
        """Whether what check cells use is imported or defined in the opening, and so stays as it is."""
        opening = [names_of(cell.source) for cell in trusted[: self.opening]]
        fixed = frozenset[str]().union(*(names.imported | names.classes | names.functions for names in opening))
        later = [names_of(cell.source) for cell in trusted[self.opening :]]
        return watched <= fixed and not any((names.bound - names.imported) & watched for names in later)

    def _given(self) -> dict[str, tuple[str, ...]]:
        others = [cell for cell in self.cells if cell.role is not Role.CHECK]
        used = frozenset().union(*(names_of(cell.source).read for cell in others))
        own = frozenset().union(*(names_of(cell.source).bound for cell in others))
        given = {}
        for cell in self.cells:
            if cell.role is Role.CHECK:
                visible = notebook.replace_region(cell.source, Region.HIDDEN_TESTS, None)
                given[cell.id] = tuple(sorted((names_of(visible).bound & used) - own))
        return given


def _reached(names: Collection[str], uses: dict[str, set[str]]) -> tuple[str, ...]:
    """Those of the names that the teacher defines, and all that they lead to."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        if name in uses and name not in found:
            found.add(name)
            waiting |= uses[name]
    return tuple(sorted(found))
