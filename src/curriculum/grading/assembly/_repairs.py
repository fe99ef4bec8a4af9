"""What was not as it had been handed out, in words."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.grading._steps import Repair
from curriculum.grading.assembly._frame import Kind
from curriculum.grading.assembly._open import has_own_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.grading.assembly._frame import Frame, Slot
    from curriculum.grading.assembly._match import Match
    from curriculum.grading.assembly._open import Opened
    from curriculum.grading.assembly._pieces import Pieces
    from curriculum.grading.assembly._programs import Programs
    from curriculum.notebook import Cell

_FIRST_WITH_IDS = 5
_NAMED = 3
_PROTECTED = "which is not to be changed; the lesson's own was used"


@dataclass(frozen=True)
class Found:
    """A submission, and what was recognised in it."""

    frame: Frame
    submitted: Opened
    match: Match
    pieces: Pieces
    programs: Programs


def repairs_of(found: Found) -> tuple[Repair, ...]:
    """Everything that was not as handed out: first about the notebook, then cell by cell in the lesson's order."""
    return tuple(_Repairs(found).all())


class _Repairs:
    def __init__(self, found: Found) -> None:
        self.frame = found.frame
        self.submitted = found.submitted
        self.cells = found.submitted.cells
        self.match = found.match
        self.pieces = found.pieces
        self.programs = found.programs

    def all(self) -> Iterator[Repair]:
        yield from self._format()
        yield from self._ids()
        yield from self._metadata()
        yield from self._order()
        for slot in self.frame.slots:
            if slot.index in self.match.parts:
                yield from self._about_found(slot)
            else:
                yield from self._about_missing(slot)

    # --- the notebook as a whole: one line each, however many cells ---

    def _format(self) -> Iterator[Repair]:
        minor, expected = self.submitted.minor, self.frame.minor
        if minor != expected and (minor < _FIRST_WITH_IDS <= expected or minor > max(expected, _FIRST_WITH_IDS)):
            what = "which has no cell ids" if minor < _FIRST_WITH_IDS else "newer than the lesson's"
            yield Repair("", "format", f"The notebook was saved as nbformat 4.{minor}, {what}; its cells were read.")

    def _ids(self) -> Iterator[Repair]:
        """Cells whose id is another: some programs give every cell a new one."""
        other = [slot for slot in self._found_slots() if self._has_another_id(slot)]
        if other:
            text = f"{_count(other)} another id than handed out; recognised by name or content."
            yield Repair(_only(other), "renamed", text)

    def _has_another_id(self, slot: Slot) -> bool:
        place = self.match.parts[slot.index][0]
        return bool(slot.id) and has_own_id(self.cells[place], place) and self.cells[place].id != slot.id

    def _metadata(self) -> Iterator[Repair]:
        named = [slot for slot in self._found_slots() if slot.cell.grade_id]
        lost = [slot for slot in named if not self._cell(slot).nbgrader]
        if lost:
            text = f"{_count(lost)} lost nbgrader's metadata; the lesson's own was used."
            yield Repair(_only(lost), "metadata", text)
        for slot in named:
            cell = self._cell(slot)
            if not cell.nbgrader:
                continue
            if cell.grade_id != slot.cell.grade_id:
                text = f"The cell {slot.name!r} had another grade_id; recognised by {self.match.by[slot.index]}."
                yield Repair(slot.cell.id, "renamed", text)
            if self.match.parts[slot.index][0] in self.submitted.odd or _grading(cell) != _grading(slot.cell):
                text = f"The grading metadata of the cell {slot.name!r} was changed; the lesson's own was used."
                yield Repair(slot.cell.id, "metadata", text, tampering=slot.is_protected)

    def _order(self) -> Iterator[Repair]:
        """The fewest cells whose moving explains the order."""
        slots = [slot for slot in self._found_slots() if slot.kind is not Kind.TEXT]
        stayed = _longest_rise([self.match.parts[slot.index][0] for slot in slots])
        moved = [slot for number, slot in enumerate(slots) if number not in stayed]
        if moved:
            text = f"{_count(moved)} been moved; run in the lesson's order."
            yield Repair(_only(moved), "moved", text)

    # --- cell by cell ---

    def _about_found(self, slot: Slot) -> Iterator[Repair]:
        places = self.match.parts[slot.index]
        copies = sum(index == slot.index for index in self.match.copies.values())
        if copies:
            which = "the last that was worked on counts" if slot.kind is Kind.ANSWER else "it counts once"
            yield Repair(slot.cell.id, "copied", f"The cell {slot.name!r} is there {copies + 1} times; {which}.")
        if len(places) > 1:
            yield Repair(slot.cell.id, "split", f"The answer {slot.name!r} was split into {len(places)} cells.")
        if slot.index in self.pieces.merged:
            yield self._merged(slot)
        if self._cell(slot).type != slot.cell.type and (slot.runs or slot.kind is Kind.ANSWER):
            yield self._retyped(slot)
        yield from self._changed(slot)

    def _about_missing(self, slot: Slot) -> Iterator[Repair]:
        if slot.index in self.pieces.merged:
            yield self._merged(slot)
        elif slot.kind is Kind.ANSWER:
            yield Repair(slot.cell.id, "deleted", f"The answer cell {slot.name!r} is not in the notebook.")
        elif slot.is_protected:
            text = f"The cell {slot.name!r} was deleted, {_PROTECTED}."
            yield Repair(slot.cell.id, "deleted", text, tampering=True)
        elif slot.runs:
            yield Repair(slot.cell.id, "deleted", f"The cell {slot.name!r} was deleted; the lesson's own was run.")

    def _merged(self, slot: Slot) -> Repair:
        into = self.frame.slots[self.pieces.merged[slot.index]]
        return Repair(slot.cell.id, "merged", f"The cell {slot.name!r} was found inside the cell {into.name!r}.")

    def _retyped(self, slot: Slot) -> Repair:
        type_ = self._cell(slot).type
        if slot.kind is not Kind.ANSWER:
            text = f"The cell {slot.name!r} was turned into {type_}; the lesson's own was run."
            return Repair(slot.cell.id, "retyped", text, tampering=slot.is_protected)
        done = "it holds no program and was not run" if slot.index in self.pieces.unreadable else "read all the same"
        return Repair(slot.cell.id, "retyped", f"The answer {slot.name!r} was turned into {type_}; {done}.")

    def _changed(self, slot: Slot) -> Iterator[Repair]:
        if slot.kind is Kind.ANSWER or not (slot.is_protected or slot.runs):
            return
        if slot.is_as_given(self.pieces.texts[slot.index], self.programs):
            return
        if slot.is_protected:
            text = f"The cell {slot.name!r} was changed, {_PROTECTED}."
            yield Repair(slot.cell.id, "changed", text, tampering=True)
        elif self._cell(slot).type == "code":
            text = f"The cell {slot.name!r} was changed; the lesson's own was run first, the changed one after it."
            yield Repair(slot.cell.id, "changed", text)

    def _found_slots(self) -> Iterable[Slot]:
        return (slot for slot in self.frame.slots if slot.index in self.match.parts)

    def _cell(self, slot: Slot) -> Cell:
        return self.cells[self.match.parts[slot.index][0]]


def _grading(cell: Cell) -> tuple[object, ...]:
    """What the metadata says about points, in one form for every version of it."""
    flags = tuple(bool(cell.nbgrader.get(key)) for key in ("grade", "solution", "task"))
    return (*flags, cell.points)


def _count(slots: list[Slot]) -> str:
    if len(slots) == 1:
        return f"The cell {slots[0].name!r} has"
    named = ", ".join(repr(slot.name) for slot in slots[:_NAMED])
    more = ", ..." if len(slots) > _NAMED else ""
    return f"{len(slots)} cells ({named}{more}) have"


def _only(slots: list[Slot]) -> str:
    return slots[0].cell.id if len(slots) == 1 else ""


def _longest_rise(numbers: list[int]) -> set[int]:
    """The positions of a longest rising run, gaps allowed."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for position, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [position]
    chosen, position = set(), at[-1] if at else -1
    while position >= 0:
        chosen.add(position)
        position = before[position]
    return chosen
