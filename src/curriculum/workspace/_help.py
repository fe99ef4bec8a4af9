"""What a learner can ask for while stuck: the next hint, the solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum import journal
from curriculum.journal import Event, Kind
from curriculum.workspace._progress import Record, records

if TYPE_CHECKING:
    from curriculum.course import Exercise
    from curriculum.workspace._place import Workspace


def next_hints(workspace: Workspace | None, exercise: Exercise) -> list[tuple[int, str]]:
    """The next hint with its number, which is recorded; all of them once the last was seen, or without a workspace.

    Raises:
        WorkspaceError: the journal cannot be read or written.
    """
    numbered = list(enumerate(exercise.hints, start=1))
    if workspace is None:
        return numbered
    seen = records(journal.events(workspace.folder)).get(exercise.id, Record()).hints
    if seen >= len(numbered):
        return numbered
    journal.append(workspace.folder, Event(exercise.id, Kind.HINT))
    return numbered[seen : seen + 1]


def record_solution(workspace: Workspace, exercise: Exercise) -> None:
    """Record that the learner looked a solution up.

    Raises:
        WorkspaceError: the journal cannot be written.
    """
    journal.append(workspace.folder, Event(exercise.id, Kind.SOLUTION))
