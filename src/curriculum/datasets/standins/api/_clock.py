"""Whose time it is: the machine's, or one that only moves when somebody sleeps."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the API needs to know of time, in seconds."""

    def time(self) -> float:
        """Say how late it is."""

    def sleep(self, seconds: float, /) -> None:
        """Wait."""


class RealClock:
    """The machine's clock, which nobody sets back."""

    def time(self) -> float:
        """Say how late it is, from some moment on."""
        return time.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Wait, as ``time.sleep``."""
        time.sleep(seconds)


class VirtualClock:
    """A clock that stands still until somebody sleeps, which takes no time: for tests and checks.

    Attributes:
        sleeps: how long each sleep was, in order.

    Example:
        >>> clock = VirtualClock()
        >>> clock.sleep(30)
        >>> clock.time(), clock.sleeps
        (30.0, [30.0])
    """

    def __init__(self) -> None:
        self._now = 0.0
        self.sleeps: list[float] = []

    def time(self) -> float:
        """Say how late it is: the sum of all sleeps."""
        return self._now

    def sleep(self, seconds: float, /) -> None:
        """Move the clock on.

        Raises:
            ValueError: a length below 0 or no number, as ``time.sleep``.
            TypeError: what is no number at all, such as the text of a header.
        """
        if not seconds >= 0:
            message = f"sleep length must be non-negative, not {seconds!r}"
            raise ValueError(message)
        self._now += float(seconds)
        self.sleeps.append(float(seconds))
