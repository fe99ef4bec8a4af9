"""A submission brought into its lesson's frame.

The frame is the lesson's: its cells, in its order, with its text. From the submission come the answers and the
learner's own cells, and nothing else. Whatever else was done to the notebook is repaired and reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from curriculum import notebook
from curriculum.grading._steps import AnswerState, Assembled, Step, StepKind
from curriculum.grading.assembly._frame import Kind, frame_of, tidy
from curriculum.grading.assembly._match import matched
from curriculum.grading.assembly._open import opened
from curriculum.grading.assembly._pieces import pieces_of
from curriculum.grading.assembly._programs import Programs
from curriculum.grading.assembly._repairs import Found, repairs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.course import Lesson
    from curriculum.grading.assembly._frame import Frame, Slot
    from curriculum.grading.assembly._open import Opened

MAX_TEXT = 100_000
_KINDS = {Kind.TEACHER: StepKind.TEACHER, Kind.CHECK: StepKind.CHECK}
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_AT_THE_TOP = -1


def assemble(lesson: Lesson, content: bytes, file: str) -> Assembled:
    """Bring a submission into its lesson's frame.

    What depends on the lesson alone is made once and kept.

    Args:
        lesson: the lesson's source.
        content: the submission's bytes.
        file: its name, for messages.

    Raises:
        NotebookError: the submission is no complete notebook of nbformat 4.
        SubmissionError: it is one that nobody grades: too many cells, too much in one of them, a newer nbgrader's.
        GradingError: the lesson's source cannot be used; the submission is not to blame.
    """
    frame = frame_of(lesson)
    return _Assembly(lesson, frame, opened(content, file)).result()


class _Assembly:
    def __init__(self, lesson: Lesson, frame: Frame, submitted: Opened) -> None:
        self.lesson = lesson
        self.frame = frame
        self.cells = submitted.cells
        self.programs = Programs()
        match = matched(frame, self.cells, self.programs)
        pieces = pieces_of(frame, match, self.cells, self.programs)
        self.found = Found(frame, submitted, match, pieces, self.programs)
        self.parts, self.pieces = match.parts, pieces
        self.own = self._own_cells()
        self.step_names: set[str] = set()

    def result(self) -> Assembled:
        return Assembled(
            lesson=self.lesson,
            steps=tuple(self._steps()),
            answers={name: self._state(slots) for name, slots in self.frame.answers.items()},
            texts=self._texts(),
            repairs=repairs_of(self.found),
        )

    # --- the learner's own cells ---

    def _own_cells(self) -> dict[int, list[int]]:
        """The places of the learner's own cells, by the slot they come after in the submission."""
        starts = {place: index for index, places in self.parts.items() for place in places}
        own: dict[int, list[int]] = {}
        anchor = _AT_THE_TOP
        for place in range(len(self.cells)):
            if place in starts:
                anchor = starts[place]
            elif not self._is_idle_copy(place):
                own.setdefault(anchor, []).append(place)
        return own

    def _is_idle_copy(self, place: int) -> bool:
        """Whether a cell is a copy that must not run again: a check, or a starter that would undo the answer."""
        index = self.found.match.copies.get(place)
        if index is None:
            return False
        slot, text = self.frame.slots[index], self.cells[place].source
        if slot.kind is Kind.ANSWER:
            return slot.is_starter(text, self.programs)
        return slot.kind is Kind.CHECK and slot.is_as_given(text, self.programs)

    # --- steps ---

    def _steps(self) -> Iterator[Step]:
        yield from self._own_steps(_AT_THE_TOP)
        for slot in self.frame.slots:
            if slot.kind in _KINDS:
                points = slot.cell.points if slot.kind is Kind.CHECK else 0.0
                yield Step(_KINDS[slot.kind], slot.cell.id, slot.cell.source, slot.exercise, points)
            elif slot.runs:
                yield from self._answer_step(slot)
            yield from self._changed_step(slot)
            yield from self._own_steps(slot.index)

    def _answer_step(self, slot: Slot) -> Iterator[Step]:
        text = self.pieces.texts.get(slot.index, "")
        if text.strip() and slot.index not in self.pieces.unreadable:
            yield Step(StepKind.LEARNER, slot.cell.id, text, slot.exercise)

    def _changed_step(self, slot: Slot) -> Iterator[Step]:
        """The learner's version of a cell that they may change, after the lesson's own."""
        if slot.kind not in {Kind.TEACHER, Kind.TEXT} or slot.is_protected or slot.index not in self.parts:
            return
        text = self.pieces.texts[slot.index]
        is_code = all(self.cells[place].type == "code" for place in self.parts[slot.index])
        if is_code and text.strip() and not slot.is_as_given(text, self.programs):
            yield Step(StepKind.LEARNER, self._own_name(self.parts[slot.index][0]), text, slot.exercise)

    def _own_steps(self, index: int) -> Iterator[Step]:
        for place in self.own.get(index, ()):
            cell = self.cells[place]
            if cell.type == "code" and cell.source.strip():
                yield Step(StepKind.LEARNER, self._own_name(place), cell.source)

    def _own_name(self, place: int) -> str:
        """A name for a learner's cell that no cell of the lesson has."""
        wanted = self.cells[place].id
        stem = wanted if _CELL_ID.fullmatch(wanted) else f"own-{place + 1}"
        if stem in self.frame.reserved:
            stem = f"{stem}-changed"
        name, number = stem, 1
        while name in self.frame.reserved or name in self.step_names:
            number += 1
            name = f"{stem}-{number}"
        self.step_names.add(name)
        return name

    # --- what became of the answers ---

    def _state(self, slots: tuple[Slot, ...]) -> AnswerState:
        """What became of an exercise: the best of its answer cells."""
        states = [self._slot_state(slot) for slot in slots]
        order = (AnswerState.GIVEN, AnswerState.UNTOUCHED, AnswerState.MISSING)
        return min(states, key=order.index)

    def _slot_state(self, slot: Slot) -> AnswerState:
        index = slot.index
        if slot.kind is Kind.TASK:
            return AnswerState.GIVEN if self._task_text(slot) else AnswerState.UNTOUCHED
        if index in self.pieces.merged:
            index = index if self.pieces.texts.get(index) else self.pieces.merged[index]
        if index not in self.pieces.texts or index in self.pieces.unreadable:
            return AnswerState.MISSING
        text = self.pieces.texts[index]
        if index in self.pieces.merged.values() and not text.strip():
            return AnswerState.GIVEN  # its program stands in the place of the first of two answers
        return AnswerState.UNTOUCHED if self._is_untouched(slot, text) else AnswerState.GIVEN

    def _is_untouched(self, slot: Slot, text: str) -> bool:
        if slot.is_starter(text, self.programs):
            return True
        # A course with stubs of its own is known by the checksum that nbgrader put on the cell. The solutions edition
        # has one too, on the solution.
        places = self.parts.get(slot.index, ())
        if len(places) != 1 or tidy(text) == slot.solved:
            return False
        cell = self.cells[places[0]]
        return cell.nbgrader.get("checksum") == notebook.checksum(cell)

    # --- what a person reads ---

    def _texts(self) -> dict[str, str]:
        texts = {}
        for name, slots in self.frame.answers.items():
            manual = [slot for slot in slots if slot.kind is Kind.TASK or slot.cell.nbgrader.get("grade")]
            written = [self._written(slot) for slot in manual if self._slot_state(slot) is AnswerState.GIVEN]
            if any(written):
                texts[name] = _clipped("\n\n".join(filter(None, written)))
        return texts

    def _written(self, slot: Slot) -> str:
        return self._task_text(slot) if slot.kind is Kind.TASK else self.pieces.texts.get(slot.index, "")

    def _task_text(self, slot: Slot) -> str:
        """A task is answered in the cells that follow it, or in the task's own cell where that is open."""
        own = [self.cells[place].source for place in self.own.get(slot.index, ())]
        text = self.pieces.texts.get(slot.index, "")
        if text and not slot.is_as_given(text, self.programs):
            own.insert(0, text)
        return "\n\n".join(part for part in own if part.strip())


def _clipped(text: str) -> str:
    data = text.encode()
    if len(data) <= MAX_TEXT:
        return text
    return data[:MAX_TEXT].decode(errors="ignore") + "\n[...]"
