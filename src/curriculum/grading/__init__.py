"""Grading submissions: assemble, run, score, keep, report."""

from curriculum.grading._assemble import assemble
from curriculum.grading._limits import Limits
from curriculum.grading._result import SCHEMA, CheckResult, ExerciseResult, Layer, Run, SubmissionResult
from curriculum.grading._runner import Runner
from curriculum.grading._score import score
from curriculum.grading._steps import AnswerState, Assembled, Repair, Step, StepKind
from curriculum.grading._submission import Refused, Submission

__all__ = [
    "SCHEMA",
    "AnswerState",
    "Assembled",
    "CheckResult",
    "ExerciseResult",
    "Layer",
    "Limits",
    "Refused",
    "Repair",
    "Run",
    "Runner",
    "Step",
    "StepKind",
    "Submission",
    "SubmissionResult",
    "assemble",
    "score",
]
