"""What whoever grades can choose between."""

from __future__ import annotations

from enum import StrEnum


class RunnerName(StrEnum):
    """The ways of running a submission: tests apart from answers, or everything in a plain kernel."""

    SPLIT = "split"
    KERNEL = "kernel"


class SandboxMode(StrEnum):
    """How much of the sandbox must stand: all of it, what this system offers, or none."""

    STRICT = "strict"
    AVAILABLE = "available"
    OFF = "off"


class Regrade(StrEnum):
    """Which submissions that have a result are graded again."""

    CHANGED = "changed"
    ALL = "all"
    NONE = "none"
