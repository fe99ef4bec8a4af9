"""Fresh random draws for check cells: the same every time for a learner, secret and personal when graded."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.check import _state

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

_VARIABLE = "CURRICULUM_DRAWS"


@dataclass(frozen=True)
class Drawing:
    """What the draws of a graded submission depend on."""

    key: bytes
    course: str = ""
    lesson: str = ""
    learner: str = ""

    @property
    def own_key(self) -> bytes:
        """The key of this learner in this lesson, which tells nothing of the course's key and of others' draws."""
        message = "\0".join([self.course, self.lesson, self.learner])
        return hmac.new(self.key, message.encode(), hashlib.sha256).digest()

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that make another process draw the same; they hold no more than ``own_key``."""
        return {_VARIABLE: self.own_key.hex()}


_PRACTICE = Drawing(key=b"practice")
_drawing: ContextVar[Drawing | None] = ContextVar("drawing", default=None)


@contextlib.contextmanager
def drawing(values: Drawing) -> Iterator[None]:
    """Make every ``check.rng()`` inside the block depend on a course's key and on one learner."""
    token = _drawing.set(values)
    try:
        yield
    finally:
        _drawing.reset(token)


def rng(label: str = "") -> np.random.Generator:
    """A random generator for the tests of the exercise at hand.

    In a notebook its draws are the same every time. When a submission is graded they depend on the course's secret
    key, the lesson, the learner and the exercise, so that no answer can be written to fit them.

    Args:
        label: tells apart several generators in one exercise.

    Example:
        >>> from curriculum import check
        >>> check.exercise("sample-mean")
        >>> first, again = check.rng().normal(), check.rng().normal()
        >>> first == again
        True
    """
    import numpy as np

    message = "\0".join([_state.current(), label])
    digest = hmac.new(_key(), message.encode(), hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def _key() -> bytes:
    values = _drawing.get()
    given = os.environ.get(_VARIABLE)  # a kernel runs each cell in a context of its own, but all in one process
    if values is None and given:
        return bytes.fromhex(given)
    return (values or _PRACTICE).own_key
