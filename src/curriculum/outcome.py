"""What can come of an exercise."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The result of one exercise, in a notebook and in grading alike."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    KILLED = "killed"
    MISSING = "missing"
    TAMPERED = "tampered"

    @property
    def words(self) -> str:
        """The outcome as a person would say it."""
        return self.value.replace("_", " ")
