"""Submissions out of a file, a folder or a zip: one at a time, each with its lesson, or why it cannot be graded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from curriculum.errors import SubmissionError
from curriculum.grading._submission import Refused, Submission
from curriculum.grading.intake._archive import Archive
from curriculum.grading.intake._folder import File, Folder, is_notebook, shown
from curriculum.grading.intake._layout import SUBMITTED, Layout, is_inside, layout_of
from curriculum.grading.intake._sources import Sources, only_lesson, source_lesson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curriculum.course import Lesson
    from curriculum.grading.intake._folder import Store

__all__ = ["Collected", "Refused", "Sources", "Submission", "collect", "only_lesson", "source_lesson"]

_SOURCE = "source"
_OWN = re.compile(rb'"curriculum"\s*:\s*\{')
_LONGEST_OWN = 2_000


@dataclass(frozen=True)
class _Entry:
    learner: str
    lesson: Lesson
    file: File
    is_named: bool


@dataclass(frozen=True)
class Collected:
    """What was handed in. Iterating reads one file at a time and keeps none; it can be done again.

    Attributes:
        refused: what can be seen not to be gradable before anything is read.
    """

    refused: tuple[Refused, ...]
    _entries: tuple[_Entry, ...]
    _store: Store
    _sources: Sources
    _any_version: bool

    def __len__(self) -> int:
        """How many submissions and refusals there are."""
        return len(self.refused) + len(self._entries)

    def __iter__(self) -> Iterator[Submission | Refused]:
        """Every submission, with its content, and every refusal."""
        yield from self.refused
        if not self._entries:
            return
        with self._store.reading() as read:
            for entry in self._entries:
                try:
                    content = read(entry.file)
                    self._check_version(entry.lesson, content)
                except SubmissionError as error:
                    yield Refused(entry.learner, entry.file.shown, str(error))
                else:
                    yield Submission(entry.learner, entry.lesson, entry.file.shown, content)

    def _check_version(self, lesson: Lesson, content: bytes) -> None:
        expected = "" if self._any_version else self._sources.expected_version(lesson)
        given = _released_version(content) if expected else ""
        if given and given != expected:
            message = (
                f"was released as version {shown(given)[:40]}; this is version {expected}: give that version's source "
                "with --course, or --any-version to grade it all the same"
            )
            raise SubmissionError(message)


def collect(place: Path, sources: Sources, *, learner: str = "", any_version: bool = False) -> Collected:
    """Find the submissions in a place.

    Args:
        place: a notebook; a folder of ``<learner>/<lesson>.ipynb`` or ``<learner>/<module>/<lesson>.ipynb``; a
            learner's own folder; nbgrader's ``submitted`` or course folder; or a zip of one of these.
        sources: where the lessons come from; beside nbgrader's ``submitted``, its ``source`` is one more.
        learner: whose submission it is, where the place does not say.
        any_version: take submissions of other versions of the course as well.

    Raises:
        SubmissionError: there is nothing of the kind.
    """
    place = place.resolve()
    store, sources = _store(place, sources)
    listing = store.listing()
    if not listing.files and not listing.refused:
        message = f"{place}: holds no notebooks"
        raise SubmissionError(message)
    layout = _layout(place, listing.files, sources, learner)
    entries, refused = _sorted_out([file for file in listing.files if is_inside(file, layout.skip)], layout, sources)
    unreadable = (_owned(item, layout) for item in listing.refused)
    return Collected((*unreadable, *refused), entries, store, sources, any_version)


def _store(place: Path, sources: Sources) -> tuple[Store, Sources]:
    if place.is_dir():
        root = place / SUBMITTED if (place / SUBMITTED).is_dir() else place
        beside = root.parent / _SOURCE
        if root.name == SUBMITTED and sources.folder is None and beside.is_dir():
            sources = replace(sources, folder=beside, _known={})
        return Folder(root), sources
    if not place.exists():
        message = f"{place}: there is no such file or folder"
        raise SubmissionError(message)
    if is_notebook(place.name):
        return Folder(place.parent, place.name), sources
    if place.suffix.lower() == ".zip":
        return Archive(place), sources
    message = f"{place}: is neither a notebook, a folder nor a zip"
    raise SubmissionError(message)


def _layout(place: Path, files: tuple[File, ...], sources: Sources, learner: str) -> Layout:
    if not place.is_dir() and is_notebook(place.name):
        folder = place.parent.parent if sources.is_group(place.parent.name) else place.parent
        return Layout(learner=learner, top=folder.name or place.stem)
    top = place.name if place.is_dir() else place.stem
    if (place / ".curriculum").is_dir():
        return Layout(learner=learner or top)
    if place.is_dir() and (top == SUBMITTED or (place / SUBMITTED).is_dir()):
        return Layout(top=learner)
    return layout_of(files, sources, top=top, learner=learner)


def _owned(item: Refused, layout: Layout) -> Refused:
    """Say whose a file is that was refused before anyone knew how the folders are arranged."""
    inside = item.file.split("/")[len(layout.skip) :]
    return replace(item, learner=layout.learner or (inside[0] if len(inside) > 1 else ""))


def _sorted_out(files: list[File], layout: Layout, sources: Sources) -> tuple[tuple[_Entry, ...], list[Refused]]:
    groups: dict[tuple[str, Path], list[_Entry]] = {}
    refused: list[Refused] = []
    for file in files:
        if sources.is_other_lesson(file.stem):
            continue
        folder = shown(file.parts[len(layout.skip)]) if len(file.parts) > len(layout.skip) + 1 else ""
        try:
            owner, assignment = layout.owner(file, sources)
            lesson = sources.find(assignment, file.stem)
        except SubmissionError as error:
            refused.append(Refused(layout.learner or folder, file.shown, str(error)))
            continue
        entry = _Entry(owner, lesson, file, sources.is_named_as(file.stem, lesson))
        groups.setdefault((owner, lesson.path), []).append(entry)
    entries: list[_Entry] = []
    for group in groups.values():
        single, problems = _one_of(group)
        entries += single
        refused += problems
    return tuple(entries), refused


def _one_of(group: list[_Entry]) -> tuple[list[_Entry], list[Refused]]:
    """The one submission of a learner to a lesson; nobody but a person can choose between two."""
    if len(group) == 1:
        return group, []
    named = [entry for entry in group if entry.is_named]
    if len(named) == 1:
        lesson = named[0].lesson.id
        others = [entry for entry in group if not entry.is_named]
        return named, [
            Refused(each.learner, each.file.shown, f"is not called as the lesson {lesson!r}") for each in others
        ]
    first, *_ = group
    files = " and ".join(entry.file.shown for entry in group)
    problem = f"{len(group)} files answer the lesson {first.lesson.id!r}: {files}; keep one"
    return [], [Refused(first.learner, first.file.shown, problem)]


def _released_version(content: bytes) -> str:
    """The course's version that a release carries; empty where there is none.

    Reading all of the JSON a second time would cost as much as grading an easy lesson: so only the notebook's own
    metadata is looked for. Inside a text the quotes are escaped, so no cell's source can be taken for it.
    """
    for found in reversed(list(_OWN.finditer(content))):
        text = content[found.end() - 1 : found.end() + _LONGEST_OWN].decode(errors="replace")
        try:
            own, _ = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            continue
        if "version" in own:
            return str(own["version"])
    return ""
