"""One call of ``curriculum collect``: walk, tell whose each file is, number the attempts, write the folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from curriculum.collecting._attempts import Attempt, attempts_of
from curriculum.collecting._find import BROKEN, Unmatched
from curriculum.collecting._harvest import Harvest
from curriculum.collecting._lesson import Lessons
from curriculum.collecting._resolve import resolve
from curriculum.collecting._walk import walk
from curriculum.collecting._write import SCHEMA, building, place_attempts, place_unmatched, write_json
from curriculum.errors import SubmissionError
from curriculum.grading.intake import COLLECTED
from curriculum.submission import stamp

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.collecting._roster import Roster
    from curriculum.course import Course


@dataclass(frozen=True)
class Gathered:
    """What came of collecting.

    Attributes:
        folder: what ``curriculum grade`` takes.
        attempts: by learner, lesson and number.
        missing: keys of learners of the roster of whom nothing came.
        skipped: files that are nobody's work, or only stood beside it.
    """

    folder: Path
    attempts: tuple[Attempt, ...]
    unmatched: tuple[Unmatched, ...]
    missing: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def broken(self) -> tuple[Attempt, ...]:
        """The attempts out of a file that is not as it was packed."""
        return tuple(item for item in self.attempts if item.owned.find.seal.state == BROKEN)

    @property
    def others(self) -> tuple[Attempt, ...]:
        """The attempts whose manifest names another learner of the roster than the platform does."""
        return tuple(item for item in self.attempts if item.owned.is_others)

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing for a person to look into."""
        return not (self.unmatched or self.broken or self.others)


def gather(
    place: Path,
    to: Path,
    course: Course,
    *,
    roster: Roster | None = None,
    replace: bool = False,
    now: datetime | None = None,
) -> Gathered:
    """Bring what was handed in into a folder for grading.

    Args:
        place: a folder, a zip or a notebook; see ``docs/handing-in.md``.
        to: the folder to write: ``<learner>/<NN>-<slug>.ipynb``, ``attempts``, ``unmatched``, ``collected.json``.
        course: whose lessons they answer.
        roster: the class; without one each learner is called as platform, folder or file call them.
        replace: take the place of a former collection, as long as nobody changed it.
        now: the time to write down (UTC).

    Raises:
        SubmissionError: there is nothing to collect, or the folder cannot be written; nothing was written then.
    """
    place, to, now = place.absolute(), to.absolute(), now or datetime.now(UTC)
    if place.is_dir() and to.resolve().is_relative_to(place.resolve()):
        message = f"{to} is inside of what is collected: choose a folder outside with --to"
        raise SubmissionError(message)
    with building(to, replace=replace) as (new, aside):
        harvest = Harvest(Lessons.of(course), aside)
        walk(harvest, place)
        if not harvest.finds and not harvest.unmatched:
            message = f"{place}: holds nothing that was handed in"
            raise SubmissionError(message)
        owned, unclear = resolve(harvest.finds, roster, now)
        attempts, unordered = attempts_of(owned)
        unmatched = sorted([*harvest.unmatched, *unclear, *unordered], key=lambda item: (item.original, item.reason))
        here = {item.owned.key for item in attempts}
        missing = tuple(sorted(learner.key for learner in roster.learners if learner.key not in here)) if roster else ()
        data = _heading(course, now) | {
            "files": place_attempts(new, attempts),
            "unmatched": place_unmatched(new, unmatched),
            "missing": list(missing),
            "skipped": harvest.skipped,
        }
        write_json(new / COLLECTED, data)
    return Gathered(to, tuple(attempts), tuple(unmatched), missing, tuple(harvest.skipped))


def _heading(course: Course, now: datetime) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "course": {"id": course.id, "version": course.version},
        "collected_at": stamp(now),
    }
