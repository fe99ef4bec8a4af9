"""Through a place, its folders and zips: every notebook is brought in, every other file is accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.collecting._claim import Platform, claim_of, parse_time
from curriculum.collecting._find import Source
from curriculum.collecting._zips import Zip, anything, opened
from curriculum.errors import SubmissionError
from curriculum.grading.intake import Folder, is_notebook, is_zip, layout_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from curriculum.collecting._claim import Claim
    from curriculum.collecting._harvest import Harvest
    from curriculum.grading.intake import File, Layout, Store

_TIMESTAMP = "timestamp.txt"
_SUFFIX = len(".ipynb")
MOST_UNPACKED = 1 << 30


def walk(harvest: Harvest, place: Path) -> None:
    """Bring in all of a folder, a zip or one notebook.

    Raises:
        SubmissionError: there is nothing of the kind, or it is no zip that can be read.
    """
    name = shown(place.name)
    if place.is_dir():
        _Level(harvest, Folder(place, wanted=anything), Source(""), top=place.name).take()
    elif not place.exists():
        message = f"{place}: there is no such file or folder"
        raise SubmissionError(message)
    elif is_zip(place.name):
        found = Zip(place)
        found.archive.listing()  # what is wrong with this one ends the command
        _take_zip(harvest, found, Source(name, container=name), depth=1)
    elif is_notebook(place.name):
        folder = Folder(place.parent, place.name)
        _Level(harvest, folder, Source(""), top=place.parent.name, depth=1).take()
    else:
        message = f"{place}: is neither a folder, a zip nor a notebook"
        raise SubmissionError(message)


def _take_zip(harvest: Harvest, found: Zip, source: Source, depth: int, room: _Room | None = None) -> None:
    archive = opened(harvest, found, source, depth)
    if archive is not None:
        is_learners = source.claim is not None or depth > 1
        room = room or (_Room() if is_learners else None)
        _Level(harvest, archive, source, top=found.path.stem, depth=depth, room=room).take()


@dataclass
class _Room:
    """What one learner's zip may still unpack to, zips in it included; a whole class's has no such limit."""

    left: int = field(default_factory=lambda: MOST_UNPACKED)

    def holds(self, size: int) -> bool:
        """Whether so many bytes have room, which is theirs then."""
        fits = size <= self.left
        self.left -= size if fits else 0
        return fits


@dataclass
class _Level:
    """The files of one folder or zip.

    Attributes:
        source: where the zip itself stands.
        top: whose a file is that stands in no folder.
        depth: how many zips are around it.
        room: what may still be unpacked; None where there is no limit.
    """

    harvest: Harvest
    store: Store
    source: Source
    top: str
    depth: int = 0
    room: _Room | None = None
    stamps: dict[tuple[str, ...], datetime | None] = field(default_factory=dict)

    def take(self) -> None:
        listing = self.store.listing()
        for refused in listing.refused:
            source = Source(self._path(refused.file))
            self.harvest.refuse(source, refused.problem, None, refused.learner)
        layout = self._layout(listing.files)
        with self.store.reading() as read:
            for file in listing.files:
                if file.parts[-1] == _TIMESTAMP:
                    self.stamps[file.parts[:-1]] = _stamp(read, file)
            for file in listing.files:
                self._take(file, read, layout)

    def _layout(self, files: tuple[File, ...]) -> Layout:
        """How the folders are arranged that no platform named."""
        plain = [file for file in files if is_notebook(file.parts[-1]) and claim_of(file.parts) is None]
        return layout_of(tuple(plain), self.harvest.lessons.sources, top=self.top)

    def _take(self, file: File, read: Callable[[File], bytes], layout: Layout) -> None:
        source, name = self._source(file)
        wanted = is_notebook(name) or is_zip(name)
        if not wanted and not self._is_odd(source):
            self.harvest.skipped.append(source.original)
        elif is_zip(name) and isinstance(self.store, Folder) and not _problem(source):
            _take_zip(self.harvest, Zip(self.store.root.joinpath(*file.parts)), source, self.depth + 1)
        else:
            try:
                content = read(file)
            except SubmissionError as error:
                self.harvest.refuse(source, str(error))
                return
            if self.room is not None and not self.room.holds(len(content)):
                self.harvest.refuse(source, f"makes its zip unpack to more than {MOST_UNPACKED >> 20:,} MiB")
            else:
                self._take_content(file, content, source, name, layout)

    def _take_content(self, file: File, content: bytes, source: Source, name: str, layout: Layout) -> None:
        if _problem(source):
            self.harvest.refuse(source, _problem(source), content)
        elif is_zip(name):
            _take_zip(self.harvest, Zip(Path(name), content), source, self.depth + 1, self.room)
        elif not is_notebook(name):
            self.harvest.refuse(source, "is neither a notebook nor a zip", content)
        else:
            self._take_notebook(file, content, source, name, layout)

    def _take_notebook(self, file: File, content: bytes, source: Source, name: str, layout: Layout) -> None:
        try:
            if source.claim is None:
                source = replace(source, owner=self._owner(file, layout))
            lesson, note = self.harvest.lessons.answered(name[:-_SUFFIX], content)
        except SubmissionError as error:
            self.harvest.refuse(source, str(error), content)
        else:
            self.harvest.add(source, lesson, content, note=note)

    def _owner(self, file: File, layout: Layout) -> str:
        if len(file.parts) == 1 and not self.depth:
            message = "stands in no learner's folder, so that nobody can tell whose it is"
            raise SubmissionError(message)
        owner, _ = layout.owner(file, self.harvest.lessons.sources)
        return owner

    def _is_odd(self, source: Source) -> bool:
        """Whether a learner handed in this very file, though it is no notebook.

        With nbgrader a whole folder is handed in, and a learner's own zip holds what stood beside the notebooks.
        """
        claim = source.claim
        if claim is None or self.source.claim is not None:
            return False
        return claim.is_work and claim.platform is not Platform.NBGRADER

    def _source(self, file: File) -> tuple[Source, str]:
        """Where a file stands, and what its learner called it."""
        original = self._path(file.shown)
        folders = (*self.source.folders, *file.parts[:-1])
        inherited = replace(self.source, original=original, folders=folders)
        if self.source.claim is not None:
            return inherited, file.parts[-1]
        found = claim_of(file.parts)
        if found is None:
            time_from = "zip" if self.depth and not isinstance(self.store, Folder) else "file"
            return replace(inherited, time=file.modified, time_from=time_from), file.parts[-1]
        claim, own = found
        around = file.parts[: -1 if claim.file else -len(own) - 1]
        container = self._path(shown("/".join(around)))
        time, time_from = self._handed_in(claim, file.parts[: len(file.parts) - len(own)])
        claimed = replace(inherited, container=container, claim=claim, time=time, time_from=time_from)
        return claimed, own[-1]

    def _handed_in(self, claim: Claim, folder: tuple[str, ...]) -> tuple[datetime | None, str]:
        """When a platform says that it was. In the zips of Canvas and Moodle, members bear the time of the download."""
        stamp = self.stamps.get(folder) if claim.platform is Platform.NBGRADER else None
        if stamp is not None:
            return stamp, _TIMESTAMP
        return (claim.time, "folder") if claim.time is not None else (None, "")

    def _path(self, file: str) -> str:
        return "/".join(part for part in (self.source.original, file) if part)


def _problem(source: Source) -> str:
    return source.claim.problem if source.claim is not None else ""


def _stamp(read: Callable[[File], bytes], file: File) -> datetime | None:
    try:
        return parse_time(read(file)[:200].decode("utf-8", "replace"))
    except SubmissionError:
        return None
