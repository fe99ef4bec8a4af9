"""Where a lesson's exercises stand in a notebook that was handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.grading.assembly._frame import frame_of, tidy
from curriculum.grading.assembly._match import matched
from curriculum.grading.assembly._open import opened
from curriculum.grading.assembly._pieces import pieces_of
from curriculum.grading.assembly._programs import Programs

if TYPE_CHECKING:
    from curriculum.course import Lesson


@dataclass(frozen=True)
class Places:
    """What of a lesson was recognised in a submission.

    Attributes:
        ends: the place of each exercise's last cell, counted from 0, by exercise; without those that were not found.
        given: the places of cells whose type and text, line ends aside, are as they were handed out.
    """

    ends: dict[str, int]
    given: frozenset[int]


def places_of(lesson: Lesson, content: bytes, file: str) -> Places:
    """Find a lesson's exercises in a submission, as grading does.

    Args:
        lesson: the lesson's source.
        content: the submission's bytes.
        file: its name, for messages.

    Raises:
        NotebookError: the submission is no complete notebook of nbformat 4.
        SubmissionError: it is one that nobody grades.
        GradingError: the lesson's source cannot be used.
    """
    frame, cells, programs = frame_of(lesson), opened(content, file).cells, Programs()
    match = matched(frame, cells, programs)
    merged = pieces_of(frame, match, cells, programs).merged
    ends: dict[str, int] = {}
    given: set[int] = set()
    for slot in frame.slots:
        places = match.parts.get(slot.index) or match.parts.get(merged.get(slot.index, -1), ())
        if slot.exercise and places:
            ends[slot.exercise] = max(ends.get(slot.exercise, 0), *places)
        given |= {p for p in places if cells[p].type == slot.cell.type and tidy(cells[p].source) in slot.accepted}
    return Places(ends, frozenset(given))
