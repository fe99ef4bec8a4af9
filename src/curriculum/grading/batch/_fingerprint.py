"""What a verdict depends on, as hashes: where none has changed, nothing needs to be graded again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.errors import GradingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.grading._runners import Setup

# The parts of the package that verdicts come from, relative to it.
_JUDGES = ("grading", "check", "notebook.py", "course.py", "release.py", "outcome.py")
_PARTS = ("lesson", "submission", "grader")


@dataclass(frozen=True)
class Fingerprint:
    """Hashes, as hexadecimal text, of the lesson's source, the submission's bytes, and of everything that grades."""

    lesson: str
    submission: str
    grader: str

    @property
    def hashes(self) -> tuple[str, str, str]:
        """The three hashes."""
        return self.lesson, self.submission, self.grader

    def changes(self, former: Sequence[str]) -> str:
        """What differs from former hashes, in words: ``lesson changed``; empty where nothing does."""
        changed = [part for part, new, old in zip(_PARTS, self.hashes, former, strict=True) if new != old]
        return f"{' and '.join(changed)} changed" if changed else ""


def lesson_hash(path: Path) -> str:
    """The hash of a lesson's source.

    Raises:
        GradingError: it cannot be read.
    """
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        message = f"{path}: the lesson cannot be read ({error.strerror or error})"
        raise GradingError(message) from None


def grader_hash(setup: Setup, version: str, key: bytes) -> str:
    """The hash of the code that grades, of how it was set up, of the course's version and of its key.

    The key itself cannot be told from it.
    """
    identity = sha256(b"curriculum course key\0" + key).hexdigest()
    parts = {"code": _code_hash(), "setup": asdict(setup), "version": version, "key": identity}
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def _code_hash() -> str:
    package = Path(__file__).resolve().parents[2]
    digest = sha256()
    for name in _JUDGES:
        place = package / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
