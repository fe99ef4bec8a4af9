"""Which of a submission's cells is which of the lesson's: by grade_id, by id, then by what it says.

Every cell of the submission is used once. What is left over is the learner's own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING

from curriculum.grading.assembly._frame import Kind, tidy
from curriculum.grading.assembly._open import has_own_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from curriculum.grading.assembly._frame import Frame, Slot
    from curriculum.grading.assembly._programs import Programs
    from curriculum.notebook import Cell

# How a workspace marks a version of a cell that it set aside for the learner; see ``curriculum.workspace``.
_KEPT = "kept"
_SIMILAR = 0.6
# Comparing texts costs more than anything else here: a submission made to have much to compare gets this much.
_COMPARISONS = 2_000
_WORDS = 1_500
_WORD = re.compile(r"\w+|[^\w\s]")
_MAX_PARTS = 8


class By(StrEnum):
    """What a cell was recognised by."""

    NAME = "grade_id"
    ID = "id"
    CONTENT = "content"


@dataclass
class Match:
    """What was recognised.

    Attributes:
        parts: the places in the submission of each of the lesson's cells that was found, by slot index; several where
            an answer was split.
        by: what each was recognised by, by slot index.
        copies: every further cell of the same grade_id or id, by its place: the slot index.
    """

    parts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    by: dict[int, By] = field(default_factory=dict)
    copies: dict[int, int] = field(default_factory=dict)

    @property
    def used(self) -> set[int]:
        """The places that are some cell of the lesson."""
        return {place for places in self.parts.values() for place in places}


def matched(frame: Frame, cells: tuple[Cell, ...], programs: Programs) -> Match:
    """Recognise a submission's cells."""
    return _Matching(frame, cells, programs).result()


class _Matching:
    def __init__(self, frame: Frame, cells: tuple[Cell, ...], programs: Programs) -> None:
        self.frame = frame
        self.cells = cells
        self.programs = programs
        self.texts = [tidy(cell.source) for cell in cells]
        self.match = Match()
        self.free = {place for place, cell in enumerate(cells) if _KEPT not in cell.own}
        self.comparisons = _COMPARISONS
        self.words: dict[str, list[str]] = {}

    def result(self) -> Match:
        self._by_key(By.NAME, lambda place: self.frame.by_name.get(self.cells[place].grade_id))
        self._by_key(By.ID, self._slot_of_id)
        self._by_unique_text()
        for find in (self._equal, self._defining, self._similar, self._only_one_here):
            self._by_content(find)
        self._join_parts()
        return self.match

    # --- by grade_id and id ---

    def _slot_of_id(self, place: int) -> Slot | None:
        cell = self.cells[place]
        return self.frame.by_id.get(cell.id) if has_own_id(cell, place) else None

    def _by_key(self, by: By, slot_of: Callable[[int], Slot | None]) -> None:
        groups: dict[int, list[int]] = {}
        for place in sorted(self.free):
            slot = slot_of(place)
            if slot is not None and slot.index not in self.match.parts:
                groups.setdefault(slot.index, []).append(place)
        for index, places in groups.items():
            slot = self.frame.slots[index]
            chosen = self._split(slot, places) or (self._chosen(slot, places),)
            self._take(slot, chosen, by)
            for place in places:
                if place not in chosen:
                    self.match.copies[place] = index
                    self.free.discard(place)

    def _chosen(self, slot: Slot, places: list[int]) -> int:
        """Of several copies: the last answer that was worked on, as a run from top to bottom has it."""
        if len(places) == 1:
            return places[0]
        if slot.kind is Kind.ANSWER:
            worked = [place for place in places if not slot.is_starter(self.texts[place], self.programs)]
            return worked[-1] if worked else places[0]
        return next((place for place in places if slot.is_as_given(self.texts[place], self.programs)), places[0])

    def _split(self, slot: Slot, places: list[int]) -> tuple[int, ...]:
        """The places of an answer that was split and whose parts all kept the name; empty where they are copies."""
        last = places[-1]
        together = len(places) > 1 and last - places[0] == len(places) - 1
        if slot.kind is Kind.ANSWER and together and self._are_parts(slot, places):
            return tuple(places)
        return ()

    # --- by content ---

    def _by_unique_text(self) -> None:
        places = Counter(self.texts[place] for place in self.free)
        slots = Counter(slot.released for slot in self._unfilled())
        known = {slot.released: slot for slot in self._unfilled() if slot.is_telling and slots[slot.released] == 1}
        for place in sorted(self.free):
            slot = known.get(self.texts[place])
            if slot is not None and places[self.texts[place]] == 1:
                self._take(slot, (place,), By.CONTENT)

    def _by_content(self, find: Callable[[Slot, list[int]], int | None]) -> None:
        """Try every cell that was not found, first among the cells that stand where it should, then anywhere."""
        for slot in self._unfilled():
            near = self._near(slot)
            place = find(slot, near)
            if place is None and (slot.is_telling or slot.names) and find != self._only_one_here:
                here = set(near)
                place = find(slot, [other for other in sorted(self.free) if other not in here])
            if place is not None:
                self._take(slot, (place,), By.CONTENT)

    def _equal(self, slot: Slot, places: list[int]) -> int | None:
        if not slot.released:
            return None
        return next((place for place in places if self.texts[place] in slot.accepted), None)

    def _defining(self, slot: Slot, places: list[int]) -> int | None:
        """The last cell that defines what the answer should; earlier ones were attempts."""
        if not slot.names:
            return None
        found = (place for place in reversed(places) if slot.names <= self.programs.names(self.texts[place]))
        return next(found, None)

    def _similar(self, slot: Slot, places: list[int]) -> int | None:
        if slot.kind is Kind.TEXT or not slot.is_telling:
            return None
        best = max(((self._likeness(slot, place), -place) for place in places), default=(0.0, 0))
        return -best[1] if best[0] >= _SIMILAR else None

    def _only_one_here(self, slot: Slot, places: list[int]) -> int | None:
        """The one piece of code that stands where the one answer is missing."""
        if slot.kind is not Kind.ANSWER or not slot.runs:
            return None
        written = [place for place in places if self.cells[place].type == "code" and self.texts[place].strip()]
        rivals = [other for other in self._unfilled() if other.runs and self._near(other) == places]
        return written[0] if len(written) == 1 and rivals == [slot] else None

    def _likeness(self, slot: Slot, place: int) -> float:
        if self.comparisons <= 0 or self.cells[place].type != slot.cell.type:
            return 0.0
        given = [slot.released] if slot.released == slot.solved else [slot.released, slot.solved]
        return max(self._ratio(text, self.texts[place]) for text in given)

    def _ratio(self, first: str, second: str) -> float:
        self.comparisons -= 1
        matcher = SequenceMatcher(None, self._words(first), self._words(second))
        if matcher.real_quick_ratio() < _SIMILAR or matcher.quick_ratio() < _SIMILAR:
            return 0.0
        self.comparisons -= 9  # about what the exact figure costs more
        return matcher.ratio()

    def _words(self, text: str) -> list[str]:
        if text not in self.words:
            self.words[text] = _WORD.findall(text[: _WORDS * 10])[:_WORDS]
        return self.words[text]

    def _near(self, slot: Slot) -> list[int]:
        """The free places between the nearest cells before and after that were found."""
        parts = self.match.parts
        before = max((parts[index][-1] for index in _down(slot.index, parts)), default=-1)
        after = next((parts[i][0] for i in range(slot.index + 1, len(self.frame.slots)) if i in parts), len(self.cells))
        return [place for place in range(before + 1, after) if place in self.free]

    # --- answers in several cells ---

    def _join_parts(self) -> None:
        """Give an answer that is no program by itself the cells that follow it and make it one."""
        for slot in self.frame.slots:
            places = self.match.parts.get(slot.index, ())
            if slot.kind is not Kind.ANSWER or not slot.runs or len(places) != 1 or self._is_whole(slot, places[0]):
                continue
            joined = [*places, *takewhile(self._is_plain_code, range(places[0] + 1, places[0] + _MAX_PARTS))]
            for end in range(2, len(joined) + 1):
                if self._are_parts(slot, joined[:end]):
                    self._take(slot, tuple(joined[:end]), self.match.by[slot.index])
                    break

    def _is_whole(self, slot: Slot, place: int) -> bool:
        text = self.texts[place]
        if slot.is_starter(text, self.programs):
            return True
        if not self.programs.is_python(text) or not slot.names <= self.programs.names(text):
            return False
        return not self._is_plain_code(place + 1) or self.programs.is_python(self.cells[place + 1].source)

    def _is_plain_code(self, place: int) -> bool:
        return place in self.free and self.cells[place].type == "code" and not self.cells[place].grade_id

    def _are_parts(self, slot: Slot, places: Iterable[int]) -> bool:
        """Whether cells make an answer only together."""
        texts = [self.cells[place].source for place in places if self.cells[place].type == "code"]
        whole = "\n".join(texts)
        if len(texts) < 2 or not self.programs.is_python(whole):
            return False
        if not all(self.programs.is_python(text) for text in texts):
            return True
        if not slot.names or not slot.names <= self.programs.names(whole):
            return False
        return not any(slot.names <= self.programs.names(text) for text in texts)

    # --- bookkeeping ---

    def _unfilled(self) -> list[Slot]:
        return [slot for slot in self.frame.slots if slot.index not in self.match.parts]

    def _take(self, slot: Slot, places: tuple[int, ...], by: By) -> None:
        self.match.parts[slot.index] = places
        self.match.by[slot.index] = by
        self.free.difference_update(places)


def _down(index: int, known: dict[int, tuple[int, ...]]) -> list[int]:
    """The nearest index before that is known, as a list of none or one."""
    return next(([before] for before in range(index - 1, -1, -1) if before in known), [])
