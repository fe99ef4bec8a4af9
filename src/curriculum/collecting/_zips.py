"""A zip among what was collected: one that ``curriculum submit`` made is read here, any other is gone through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from curriculum import submission
from curriculum.collecting._find import BROKEN, INTACT, Seal
from curriculum.errors import SubmissionError
from curriculum.grading.intake import Archive, is_notebook, is_zip, shown

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.collecting._find import Source
    from curriculum.collecting._harvest import Harvest
    from curriculum.submission import Handed

# A learner's zip, in a platform's zip, in a folder or zip of these.
_MAX_DEPTH = 3
_TAIL = 200
_MAX_KEPT = 64 << 20
_REASONS = 5


def anything(_name: str) -> bool:
    """Every file is looked at: what is no notebook may be somebody's work all the same."""
    return True


@dataclass(frozen=True)
class Zip:
    """A zip on disk or in memory."""

    path: Path
    content: bytes | None = None

    @property
    def archive(self) -> Archive:
        """Its members, every one of them."""
        return Archive(self.path, self.content, wanted=anything)

    @property
    def data(self) -> bytes | None:
        """All of it; None where that is too much."""
        return self.content if self.content is not None else _start(self.path)

    @property
    def tail(self) -> bytes:
        """Its last bytes."""
        if self.content is not None:
            return self.content[-_TAIL:]
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - _TAIL))
            return file.read(_TAIL)


def opened(harvest: Harvest, found: Zip, source: Source, depth: int) -> Archive | None:
    """The archive to go through; None where all that is to do was done: it was packed by us, or cannot be read."""
    try:
        listing = found.archive.listing()
        names = [file.shown for file in listing.files] + [item.file for item in listing.refused]
        if submission.is_packed(names, found.tail):
            _take_packed(harvest, found, source)
            return None
        problem = _problem(names, source, depth)
    except (SubmissionError, OSError) as error:
        problem = _short(error, found)
    if problem:
        harvest.refuse(source, problem, found.data)
        return None
    return found.archive


def _problem(names: list[str], source: Source, depth: int) -> str:
    is_a_learners = source.claim is not None
    if is_a_learners and not any(is_notebook(name) or is_zip(name) for name in names):
        return "is a zip without a notebook in it"
    return "is a zip in a zip in a zip; unpack it first" if depth > _MAX_DEPTH else ""


def _take_packed(harvest: Harvest, found: Zip, source: Source) -> None:
    try:
        handed = submission.read(found.path if found.content is None else found.content)
    except SubmissionError as error:
        harvest.refuse(source, _short(error, found), found.data)
        return
    if handed.manifest.course != harvest.lessons.course.id:
        reasons = [f"is of the course {handed.manifest.course[:60]!r}, not of {harvest.lessons.course.id!r}"]
    else:
        reasons = [lesson.problem for lesson in handed.lessons if lesson.content is None]
        reasons += _take_lessons(harvest, handed, source)
        reasons += [f"{name} is not in its manifest" for name in handed.strangers]
    if reasons:
        # What is not taken stays in the file as it came.
        harvest.refuse(source, "; ".join(reasons[:_REASONS]), found.data, handed.manifest.learner)


def _take_lessons(harvest: Harvest, handed: Handed, source: Source) -> list[str]:
    manifest = handed.manifest
    state = INTACT if handed.is_intact else BROKEN
    problems = tuple(map(shown, handed.problems[:_REASONS]))
    seal = Seal(state, problems, handed.receipt, manifest.learner, manifest.workspace)
    reasons = []
    for item in handed.lessons:
        own = replace(source, original=f"{source.original}/{shown(item.note.file)}")
        own = replace(own, time=manifest.made_at, time_from="manifest")
        try:
            lesson = harvest.lessons.named(item.note.lesson)
        except SubmissionError as error:
            reasons.append(str(error))
            continue
        if item.content is None:
            continue
        other = harvest.lessons.contradiction(lesson, item.content)
        if other:
            reasons.append(f"{item.note.file} says that it is {other!r}, and its manifest that it is {lesson.id!r}")
        else:
            harvest.add(own, lesson, item.content, seal=seal, aided=item.note.aided)
    return reasons


def _short(error: Exception, found: Zip) -> str:
    text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return text.removeprefix(f"{found.path}: ")


def _start(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_KEPT + 1)
    except OSError:
        return None
    return data if len(data) <= _MAX_KEPT else None
