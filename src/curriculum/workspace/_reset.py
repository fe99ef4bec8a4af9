"""One exercise put back to how it was given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from curriculum import journal, notebook
from curriculum.errors import WorkspaceError
from curriculum.journal import Event, Kind
from curriculum.release import learner_edition
from curriculum.workspace._merge import merge
from curriculum.workspace._place import writing
from curriculum.workspace._progress import Record, State, records

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.course import Course, Exercise, Lesson
    from curriculum.notebook import Cell, Notebook
    from curriculum.workspace._place import Workspace


def require_reset(workspace: Workspace, course: Course, lesson: Lesson, exercise: Exercise) -> None:
    """Make sure that a reset would change something: the notebook's cells, or what is recorded.

    Raises:
        WorkspaceError: there is nothing to reset.
        NotebookError: the learner's notebook cannot be read.
    """
    mine = notebook.read(workspace.path(lesson))
    record = records(journal.events(workspace.folder)).get(exercise.id, Record())
    if record.state is State.NOT_ATTEMPTED and _fresh(mine, course, lesson, exercise) == mine:
        message = f"there is nothing to reset: {exercise.id!r} is as it was given"
        raise WorkspaceError(message)


def reset(workspace: Workspace, course: Course, lesson: Lesson, exercise: Exercise) -> Path | None:
    """Put an exercise's starter back into the learner's notebook, and forget that it was passed.

    Returns:
        The folder with the notebook as it was before; None where its cells were as given and only the record changed.

    Raises:
        WorkspaceError: there is nothing to reset, or the workspace cannot be written.
        NotebookError: the learner's notebook cannot be read.
    """
    require_reset(workspace, course, lesson, exercise)
    path = workspace.path(lesson)
    mine = notebook.read(path)
    fresh = _fresh(mine, course, lesson, exercise)
    backup = None
    if fresh != mine:
        with writing(workspace.folder):
            backup = workspace.back_up(path, workspace.new_stamp())
            notebook.write(fresh, path)
    journal.append(workspace.folder, Event(exercise.id, Kind.RESET))
    return backup


def _fresh(mine: Notebook, course: Course, lesson: Lesson, exercise: Exercise) -> Notebook:
    given = learner_edition(lesson, course)
    starters = {cell.grade_id: cell for cell in given.cells if cell.exercise == exercise.id and cell.grade_id}
    if not set(starters) <= {cell.grade_id for cell in mine.cells}:
        # A merge with the very lesson brings back exactly the cells that are missing.
        mine = merge(given, mine, given)
    cells = tuple(_as_given(cell, starters.get(cell.grade_id)) for cell in mine.cells)
    return replace(mine, cells=cells)


def _as_given(cell: Cell, given: Cell | None) -> Cell:
    return cell if given is None else replace(cell, source=given.source, type=given.type, raw=given.raw)
