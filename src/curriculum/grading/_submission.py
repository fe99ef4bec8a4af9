"""A learner's file, as it was handed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curriculum.course import Lesson


@dataclass(frozen=True)
class Submission:
    """One notebook of one learner.

    Attributes:
        learner: who handed it in, as the folder calls them.
        lesson: the lesson it answers.
        file: where it was found, relative to what was given (inside a zip: the member's name); for messages.
        content: the file's bytes.
    """

    learner: str
    lesson: Lesson
    file: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes, as hexadecimal text."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Refused:
    """A file among the submissions that cannot be graded, and why, in one line."""

    learner: str
    file: str
    problem: str
