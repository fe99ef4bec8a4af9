"""Grading submissions: take them in, assemble, run, score, keep, report.

``run_job`` is the whole of ``curriculum grade``; ``assemble``, a ``Runner`` and ``score`` are one submission's way.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from curriculum.grading._choices import Regrade, RunnerName, SandboxMode
from curriculum.grading._limits import Limits
from curriculum.grading._result import SCHEMA, CheckResult, ExerciseResult, Layer, Run, SubmissionResult
from curriculum.grading._runner import Runner
from curriculum.grading._score import score
from curriculum.grading._steps import AnswerState, Assembled, Repair, Step, StepKind
from curriculum.grading._submission import Refused, Submission
from curriculum.grading.assembly import assemble

if TYPE_CHECKING:
    from curriculum.grading._job import Done, Job, run_job
    from curriculum.grading._runners import Setup

# A kernel that grades imports this package, and has no use for these.
_LATE = {"Done": "_job", "Job": "_job", "run_job": "_job", "Setup": "_runners"}

__all__ = [
    "SCHEMA",
    "AnswerState",
    "Assembled",
    "CheckResult",
    "Done",
    "ExerciseResult",
    "Job",
    "Layer",
    "Limits",
    "Refused",
    "Regrade",
    "Repair",
    "Run",
    "Runner",
    "RunnerName",
    "SandboxMode",
    "Setup",
    "Step",
    "StepKind",
    "Submission",
    "SubmissionResult",
    "assemble",
    "run_job",
    "score",
]


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
