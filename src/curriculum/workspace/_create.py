"""Making a workspace and bringing it up to date, without ever losing what a learner wrote.

Every file is replaced in one step, and a lesson's new base is written after the learner's notebook: whenever this is
cut short, running it again finishes the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from curriculum import journal, notebook
from curriculum.errors import NotebookError, WorkspaceError
from curriculum.release import learner_edition
from curriculum.workspace._merge import is_touched, kept_cells, merge
from curriculum.workspace._place import Workspace, read, require_course, write_if_new, writing

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.course import Course, Lesson
    from curriculum.notebook import Notebook

_LOCK_SECONDS = 10.0


class Action(StrEnum):
    """What became of one lesson's file."""

    NEW = "new"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    MERGED = "merged"
    LEFT = "left alone"


@dataclass(frozen=True)
class Change:
    """What became of one lesson.

    Attributes:
        note: one line for the learner; empty where there is nothing to say.
    """

    lesson: Lesson
    action: Action
    note: str = ""


@dataclass(frozen=True)
class Report:
    """What ``create_or_update`` did.

    Attributes:
        backup: where the learner's notebooks lie as they were before; None if none had to be changed.
    """

    workspace: Workspace
    created: bool
    changes: tuple[Change, ...]
    backup: Path | None = None

    def with_action(self, action: Action) -> list[Change]:
        """The lessons with which that was done."""
        return [change for change in self.changes if change.action is action]


def create_or_update(folder: Path, course: Course) -> Report:
    """Make a workspace of a folder, or bring it to the course's present version.

    A notebook that the learner changed is merged with the new version (see ``_merge``) after a copy of it was put
    aside; one that cannot be read is left as it is and reported. Files that are no lessons are never touched.

    Raises:
        WorkspaceError: the folder cannot be used or written; files that were there are then still whole.
        NotebookError: one of the course's own lessons is damaged; nothing was written.
    """
    folder = folder.expanduser().absolute()
    _refuse(folder, course)
    releases = {lesson: learner_edition(lesson, course) for lesson in course.lessons}
    with writing(folder):
        (folder / journal.FOLDER).mkdir(parents=True, exist_ok=True)
        lock = folder / journal.FOLDER / "update.lock"
        try:
            with FileLock(lock, timeout=_LOCK_SECONDS):
                return _Update(folder, course).run(releases)
        except Timeout:
            message = f"another `curriculum learn` is updating {folder}: wait until it has ended"
            raise WorkspaceError(message) from None


def _refuse(folder: Path, course: Course) -> None:
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is a file: choose a folder"
        raise WorkspaceError(message)
    if folder.resolve().is_relative_to(course.root):
        message = f"{folder} belongs to the course's own notebooks: choose another folder"
        raise WorkspaceError(message)


class _Update:
    """One run over every lesson; the learner's files that it changes share one folder of backups."""

    def __init__(self, folder: Path, course: Course) -> None:
        # A damaged description is written anew; the notebooks themselves say what they are.
        former = read(folder)
        if former is not None:
            require_course(former, course)
        self.created = former is None
        self.given = dict(former.files) if former is not None else {}
        files = {lesson.id: lesson.name for lesson in course.lessons}
        self.course = course
        self.workspace = Workspace(folder, course.id, course.version, self.given | files)
        self.stamp = self.workspace.new_stamp()
        self.backup: Path | None = None

    def run(self, releases: dict[Lesson, Notebook]) -> Report:
        changes = [self._lesson(lesson, release) for lesson, release in releases.items()]
        # Last: a folder is a workspace once all of it is there.
        self.workspace.save()
        return Report(self.workspace, self.created, tuple(changes), self.backup)

    def _lesson(self, lesson: Lesson, release: Notebook) -> Change:
        self._follow_move(lesson)
        path, base = self.workspace.path(lesson), self.workspace.base(lesson)
        try:
            change = self._give(lesson, path, release) or self._update(lesson, path, release)
        except NotebookError as error:
            problem = str(error).removeprefix(f"{path}: ")
            return Change(lesson, Action.LEFT, f"{problem}, or move it away and run this again for a fresh copy")
        write_if_new(base, release.dumps())
        return change

    def _give(self, lesson: Lesson, path: Path, release: Notebook) -> Change | None:
        if path.exists():
            return None
        notebook.write(release, path)
        return Change(lesson, Action.NEW)

    def _update(self, lesson: Lesson, path: Path, release: Notebook) -> Change:
        mine = _readable(path, lesson, self.course)
        base = _base(self.workspace.base(lesson))
        if base is not None and base.dumps() == release.dumps():
            return Change(lesson, Action.UNCHANGED)
        merged = merge(base, mine, release)
        if merged.dumps() == mine.dumps():
            return Change(lesson, Action.UNCHANGED)
        if not is_touched(base or release, mine):
            notebook.write(merged, path)
            return Change(lesson, Action.UPDATED)
        self.backup = self.workspace.back_up(path, self.stamp)
        notebook.write(merged, path)
        aside = kept_cells(merged.cells) - kept_cells(mine.cells)
        cells = "cell stands" if aside == 1 else "cells stand"
        note = f"{aside} of your {cells} beside the new version" if aside > 0 else ""
        return Change(lesson, Action.MERGED, note)

    def _follow_move(self, lesson: Lesson) -> None:
        """Where a new version of the course moved or renumbered a lesson, its files move along."""
        former = self.given.get(lesson.id, lesson.name)
        if former == lesson.name:
            return
        for root in (self.workspace.folder, self.workspace.own / "base"):
            old, new = root / former, root / lesson.name
            if old.is_file() and not new.exists():
                new.parent.mkdir(parents=True, exist_ok=True)
                old.rename(new)


def _readable(path: Path, lesson: Lesson, course: Course) -> Notebook:
    mine = notebook.read(path)
    origin = mine.own.get("course", course.id), mine.own.get("lesson", lesson.id)
    if origin != (course.id, lesson.id):
        raise NotebookError(path, f"is lesson {origin[1]!r} of the course {origin[0]!r}; put the right file back")
    try:
        mine.dumps().encode("utf-8")
    except UnicodeEncodeError:
        raise NotebookError(path, "holds half a character (a lone surrogate); take it out in JupyterLab") from None
    return mine


def _base(path: Path) -> Notebook | None:
    try:
        return notebook.read(path)
    except NotebookError:
        return None
