"""What learners wrote, out of the cells it was merged with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum.grading.assembly._frame import Kind, tidy

if TYPE_CHECKING:
    from curriculum.grading.assembly._frame import Frame, Slot
    from curriculum.grading.assembly._match import Match
    from curriculum.grading.assembly._programs import Programs
    from curriculum.notebook import Cell


@dataclass
class Pieces:
    """What was found in each cell.

    Attributes:
        texts: what stands in each of the lesson's cells that was found, by slot index; without the other cells that
            were merged into it.
        merged: the cells of the lesson that stand in another's cell: both by slot index.
        unreadable: answers in a cell of another type that are no program, by slot index.
    """

    texts: dict[int, str] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)


def pieces_of(frame: Frame, match: Match, cells: tuple[Cell, ...], programs: Programs) -> Pieces:
    """Read every cell that was found, and take apart those that hold more than one of the lesson's."""
    return _Pieces(frame, match, cells, programs).result()


class _Pieces:
    def __init__(self, frame: Frame, match: Match, cells: tuple[Cell, ...], programs: Programs) -> None:
        self.slots = frame.slots
        self.programs = programs
        self.found = Pieces()
        for index, places in match.parts.items():
            text = "\n".join(cells[place].source for place in places)
            kinds = {cells[place].type for place in places}
            if self._is_lost(self.slots[index], kinds, text):
                self.found.unreadable.add(index)
            self.found.texts[index] = text
        self.missing = [slot for slot in frame.slots if slot.runs and slot.index not in match.parts]

    def result(self) -> Pieces:
        for index in sorted(self.found.texts):
            slot = self.slots[index]
            if slot.kind is Kind.ANSWER and slot.runs:
                self._take_out_of_answer(slot)
        for index in sorted(self.found.texts):
            slot = self.slots[index]
            if slot.kind in {Kind.TEACHER, Kind.CHECK}:
                self._take_answer_out_of(slot)
        for slot in [slot for slot in self.missing if slot.kind is Kind.ANSWER]:
            self._find_in_answers(slot)
        return self.found

    def _is_lost(self, slot: Slot, types: set[str], text: str) -> bool:
        """Whether an answer in code became text of a kind that does not run."""
        return slot.kind is Kind.ANSWER and slot.runs and types != {"code"} and not self.programs.is_python(text)

    def _take_out_of_answer(self, slot: Slot) -> None:
        """Take the lesson's own cells out of an answer: every check, and what is found nowhere else."""
        text = self.found.texts[slot.index]
        if slot.is_starter(text, self.programs):
            return
        checks = [other for other in self.slots if other.kind is Kind.CHECK and other.exercise == slot.exercise]
        for other in [*checks, *(each for each in self.missing if each not in checks)]:
            rest = _without(text, other) if other.kind is not Kind.ANSWER else None
            if rest is not None:
                text = rest
                self._merge(other, slot)
        self.found.texts[slot.index] = text

    def _take_answer_out_of(self, slot: Slot) -> None:
        """Take an answer that is found nowhere else out of a teacher's or check cell that holds it."""
        rest = _without(self.found.texts[slot.index], slot)
        if not rest or not rest.strip():
            return
        near = sorted(
            (other for other in self.missing if other.kind is Kind.ANSWER),
            key=lambda other: (other.exercise != slot.exercise, abs(other.index - slot.index)),
        )
        for other in near[:1]:
            self.found.texts[other.index] = rest
            self.found.texts[slot.index] = slot.released
            self._merge(other, slot)

    def _find_in_answers(self, slot: Slot) -> None:
        """Two answers in one cell: it runs in the place of the first of the two."""
        for index in sorted(self.found.texts):
            other = self.slots[index]
            both = slot.names | other.names
            if slot.names and other.names and not slot.names & other.names and other.kind is Kind.ANSWER:
                text = self.found.texts[index]
                if both <= self.programs.names(text):
                    first, second = sorted((slot.index, index))
                    self.found.texts |= {first: text, second: ""}
                    self._merge(slot, other)
                    return

    def _merge(self, slot: Slot, into: Slot) -> None:
        self.found.merged[slot.index] = into.index
        self.missing = [other for other in self.missing if other is not slot]


def _without(text: str, slot: Slot) -> str | None:
    """The text less the lines that are the cell as it was released; None where it does not hold them."""
    if not slot.is_telling:
        return None
    around = f"\n{tidy(text)}\n"
    at = around.find(f"\n{slot.released}\n")
    if at < 0:
        return None
    rest = around[:at] + around[at + len(slot.released) + 1 :]
    return rest.strip("\n")
