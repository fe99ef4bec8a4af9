"""Fresh random draws for check cells: the same every time for a learner, secret and personal when graded."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.check import _state

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np


@dataclass(frozen=True)
class Drawing:
    """What the draws of a graded submission depend on."""

    key: bytes
    course: str = ""
    lesson: str = ""
    learner: str = ""


_PRACTICE = Drawing(key=b"practice")
_drawing: ContextVar[Drawing] = ContextVar("drawing", default=_PRACTICE)


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

    values = _drawing.get()
    message = "\0".join([values.course, values.lesson, values.learner, _state.current(), label])
    digest = hmac.new(values.key, message.encode(), hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))
