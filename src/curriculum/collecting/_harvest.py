"""What a walk through a place brings in: bytes are put aside at once, so that memory does not grow with the class."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from curriculum.collecting._find import Find, Seal, Source, Unmatched
from curriculum.grading.intake import shown

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.collecting._lesson import Lessons
    from curriculum.course import Lesson


@dataclass
class Harvest:
    """Everything that was found.

    Attributes:
        staging: the folder for bytes that have no place yet.
        skipped: files that are nobody's work, or only stand beside it.
    """

    lessons: Lessons
    staging: Path
    finds: list[Find] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    _count: int = 0

    def add(
        self,
        source: Source,
        lesson: Lesson,
        content: bytes,
        *,
        seal: Seal | None = None,
        aided: tuple[str, ...] = (),
        note: str = "",
    ) -> None:
        """A notebook that answers a lesson."""
        exercises = {exercise.id for exercise in lesson.exercises} if aided else set()
        self.finds.append(
            Find(
                source=source,
                lesson=lesson,
                staged=self._stage(content),
                sha256=sha256(content).hexdigest(),
                size=len(content),
                seal=seal or Seal(),
                aided=tuple(name for name in aided if name in exercises),
                notes=(note,) if note else (),
            )
        )

    def refuse(self, source: Source, reason: str, content: bytes | None = None, learner: str = "") -> None:
        """A file that nobody can place; what can be read of it is kept."""
        staged = None if content is None else self._stage(content)
        name = learner or (source.claim.name if source.claim else source.owner)
        self.unmatched.append(Unmatched(source.original, shown(reason), staged, shown(name)[:200]))

    def _stage(self, content: bytes) -> Path:
        self._count += 1
        path = self.staging / f"{self._count:06}"
        path.write_bytes(content)
        return path
