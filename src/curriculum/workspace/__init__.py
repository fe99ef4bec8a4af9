"""A learner's folder: making it, bringing it up to date without touching work, and where the learner stands."""

from __future__ import annotations

from curriculum import course as _courses
from curriculum.errors import CurriculumError
from curriculum.workspace._create import Action, Change, Report, create_or_update
from curriculum.workspace._doctor import Line, examine, missing_extras
from curriculum.workspace._help import next_hints, record_solution
from curriculum.workspace._lab import start
from curriculum.workspace._merge import merge
from curriculum.workspace._place import Workspace, find, find_for, require_course
from curriculum.workspace._progress import ExerciseStanding, LessonStanding, Progress, Record, State, records, standing
from curriculum.workspace._reset import require_reset, reset
from curriculum.workspace._run import Checked, run
from curriculum.workspace._show import Notice, View, as_page, as_table, save_page

__all__ = [
    "Action",
    "Change",
    "Checked",
    "ExerciseStanding",
    "LessonStanding",
    "Line",
    "Notice",
    "Progress",
    "Record",
    "Report",
    "State",
    "View",
    "Workspace",
    "as_page",
    "as_table",
    "create_or_update",
    "examine",
    "find",
    "find_for",
    "merge",
    "missing_extras",
    "next_hints",
    "progress",
    "record_solution",
    "records",
    "require_course",
    "require_reset",
    "reset",
    "run",
    "save_page",
    "standing",
    "start",
]


def progress() -> View | Notice:
    """Where you stand in the course; the last expression of a cell, it draws itself.

    Returns:
        The progress of the workspace that the notebook lies in. Outside a workspace, one line that says so.

    Example:
        >>> import curriculum
        >>> standing = curriculum.progress()
    """
    from curriculum import journal

    try:
        course = _courses.load()
        folder = journal.find_workspace()
        return View(standing(find_for(course, folder).folder, course))
    except CurriculumError as error:
        return Notice(str(error))
