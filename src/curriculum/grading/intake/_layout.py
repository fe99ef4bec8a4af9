"""Whose a submitted file is, and which lesson it answers, from where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.errors import SubmissionError

if TYPE_CHECKING:
    from curriculum.grading.intake._folder import File
    from curriculum.grading.intake._sources import Sources

MAX_LEARNER = 128
SUBMITTED = "submitted"


@dataclass(frozen=True)
class Layout:
    """How the files of a folder or zip are arranged.

    Attributes:
        skip: folders around it all that mean nothing.
        learner: whose all of it is; empty where the folders are called after the learners.
        top: whose a file outside any folder is.
    """

    skip: tuple[str, ...] = ()
    learner: str = ""
    top: str = ""

    def owner(self, file: File, sources: Sources) -> tuple[str, str]:
        """The learner and the folder of lessons (nbgrader's assignment, a module) of a file.

        Raises:
            SubmissionError: it stands too deep, or the learner's name will not do.
        """
        folders = file.parts[len(self.skip) : -1]
        learner = self.learner or (folders[0] if folders else self._of_top(file, sources))
        folders = folders if self.learner else folders[1:]
        if len(folders) > 1:
            message = "stands too deep; submissions are called <learner>/<lesson>.ipynb"
            raise SubmissionError(message)
        _check_name(learner)
        return learner, folders[0] if folders else ""

    def _of_top(self, file: File, sources: Sources) -> str:
        """Where all answer one lesson, files can be called after the learners."""
        if sources.only is not None and not sources.is_named_as(file.stem, sources.only):
            return file.stem
        return self.top


def layout_of(files: tuple[File, ...], sources: Sources, *, top: str, learner: str = "") -> Layout:
    """Find out how files are arranged.

    Args:
        files: all of them.
        sources: tells learners' folders from folders of lessons.
        top: what the folder or zip itself is called.
        learner: whose files without a learner's folder are, where that is known.
    """
    skip = _nbgrader(files) or _wrapping(files, sources, top)
    if top == SUBMITTED and not skip:
        return Layout(top=learner)
    inside = [file.parts[len(skip) : -1] for file in files]
    one = all(sources.is_group(folders[0]) for folders in inside if folders) and any(inside)
    top = learner or (skip[-1] if skip and skip[-1] != SUBMITTED else top)
    return Layout(skip, top if one and SUBMITTED not in skip else "", top)


def is_inside(file: File, skip: tuple[str, ...]) -> bool:
    """Whether a file stands below those folders."""
    return file.parts[: len(skip)] == skip


def _nbgrader(files: tuple[File, ...]) -> tuple[str, ...]:
    """nbgrader's folder of submissions, in a zip of the course's folder."""
    for depth in (1, 2):
        found = {file.parts[:depth] for file in files if len(file.parts) == depth + 3}
        inside = [parts for parts in found if parts[-1] == SUBMITTED]
        if len(inside) == 1:
            return inside[0]
    return ()


def _wrapping(files: tuple[File, ...], sources: Sources, top: str) -> tuple[str, ...]:
    """The one folder around the learners' folders that zips often have."""
    around = {file.parts[0] for file in files}
    deep = all(len(file.parts) > 2 for file in files)
    if len(around) != 1 or not deep or any(sources.is_group(file.parts[1]) for file in files):
        return ()
    several = len({file.parts[1] for file in files}) > 1
    return tuple(around) if several or around == {top} else ()


def _check_name(learner: str) -> None:
    if not learner or not learner.strip() or not learner.isprintable():
        message = "the learner's name is empty or has characters that cannot be shown"
        raise SubmissionError(message)
    if len(learner) > MAX_LEARNER:
        message = f"the learner's name has {len(learner)} characters; {MAX_LEARNER} at most"
        raise SubmissionError(message)
