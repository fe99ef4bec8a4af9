"""What came of an answer, and whether that is what had to come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from curriculum.outcome import Outcome
from curriculum.prove._answers import Answer, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from curriculum.course import Lesson

LEAST_MISTAKES = 2
LEAST_RIGHTS = 1
_JUDGED = (Outcome.FAILED, Outcome.RAISED)


@dataclass(frozen=True)
class Seen:
    """What one answer came to under one set of draws.

    Attributes:
        message: the finding as the learner reads it; empty where the answer passed without words.
        summary: the finding in one line: what is said of this very mistake.
        mistake: the id of the recognised mistake.
        hidden: whether the visible checks passed, so that only the hidden tests had something to say.
        stderr: what the check cells wrote there, which nbgrader counts as a failure.
    """

    outcome: Outcome
    message: str = ""
    summary: str = ""
    mistake: str = ""
    hidden: bool = False
    stderr: str = ""


@dataclass(frozen=True)
class Verdict:
    """An answer, what it came to, and what is wrong with that (nothing, if the lesson is sound)."""

    answer: Answer
    seen: Seen
    draws: int = 1
    problem: str = ""


@dataclass(frozen=True)
class Proof:
    """Everything that was tried on a lesson.

    Attributes:
        problems: what is wrong with the lesson beyond single answers.
        graded: what comes out otherwise when it is handed in and graded, a text each.
        has_graded: whether the answers were graded.
        nbval: what nbval said, where it found something.
        has_nbval: whether nbval was asked.
        seconds: how long it all took.
    """

    lesson: str
    verdicts: tuple[Verdict, ...]
    problems: tuple[str, ...] = ()
    graded: tuple[str, ...] = ()
    has_graded: bool = False
    nbval: str = ""
    has_nbval: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def is_sound(self) -> bool:
        """Whether every answer came to what it had to, and nothing else is wrong."""
        return not (self.problems or self.graded or self.nbval) and not any(
            verdict.problem for verdict in self.verdicts
        )

    def to_data(self) -> dict[str, Any]:
        """The proof as JSON's own types; each answer with its verdict, message and problem."""
        return {
            "lesson": self.lesson,
            "sound": self.is_sound,
            "problems": list(self.problems),
            "graded": list(self.graded),
            "nbval": self.nbval,
            "answers": [_verdict_data(verdict) for verdict in self.verdicts],
        }


def judge(answer: Answer, seen: Sequence[Seen]) -> Verdict:
    """Compare what came of an answer, under every set of draws, with what had to come."""
    for number, one in enumerate(seen):
        problem = _problem(answer, one)
        if problem:
            draw = f" (draw {number + 1} of {len(seen)})" if len(seen) > 1 else ""
            return Verdict(answer, one, len(seen), problem + draw)
    return Verdict(answer, seen[0], len(seen))


def with_own_messages(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Find mistakes of one exercise that get the same message: then it is about neither."""
    verdicts = list(verdicts)
    counts = Counter(_said(verdict) for verdict in verdicts if _is_told(verdict))
    return [
        replace(verdict, problem="another mistake gets the very same message")
        if _is_told(verdict) and not verdict.problem and counts[_said(verdict)] > 1
        else verdict
        for verdict in verdicts
    ]


def incomplete(lesson: Lesson, answers: Sequence[Answer]) -> list[str]:
    """Say which exercises have too few recorded answers to prove anything."""
    problems = []
    for exercise in lesson.exercises:
        if exercise.is_manual:
            continue
        kinds = Counter(answer.kind for answer in answers if answer.exercise == exercise.id)
        if kinds[Kind.MISTAKE] < LEAST_MISTAKES:
            problems.append(f"{exercise.id}: {kinds[Kind.MISTAKE]} recorded mistakes, at least {LEAST_MISTAKES}")
        if not exercise.is_quiz and kinds[Kind.RIGHT] < LEAST_RIGHTS:
            problems.append(f"{exercise.id}: no other right answer is recorded")
    return problems


def _verdict_data(verdict: Verdict) -> dict[str, Any]:
    answer, seen = verdict.answer, verdict.seen
    return {
        "answer": answer.number,
        "exercise": answer.exercise,
        "kind": answer.kind.value,
        "expected_mistake": answer.mistake,
        "note": answer.note,
        "expected": answer.outcome.value,
        "outcome": seen.outcome.value,
        "mistake": seen.mistake,
        "found_by": _found_by(seen),
        "message": seen.message,
        "draws": verdict.draws,
        "problem": verdict.problem,
    }


def _found_by(seen: Seen) -> str:
    if seen.outcome not in _JUDGED:
        return ""
    return "hidden tests" if seen.hidden else "visible checks"


def _is_told(verdict: Verdict) -> bool:
    """Whether it is a mistake that the check had words for; a process that hangs or dies gets none."""
    return verdict.answer.kind is Kind.MISTAKE and verdict.seen.outcome in _JUDGED


def _said(verdict: Verdict) -> tuple[str, str]:
    return verdict.answer.exercise, verdict.seen.summary if verdict.seen.mistake else verdict.seen.message


def _problem(answer: Answer, seen: Seen) -> str:
    if seen.outcome is not answer.outcome:
        return f"came to {seen.outcome.words}, must come to {answer.outcome.words}"
    if seen.outcome is Outcome.PASSED:
        written = " ".join(seen.stderr.split())[:80]
        return f"writes to stderr, which nbgrader counts as failed: {written}" if seen.stderr else ""
    if answer.kind is not Kind.MISTAKE:
        return ""
    if answer.mistake and seen.mistake != answer.mistake:
        instead = f", but as {seen.mistake!r}" if seen.mistake else ""
        return f"is not recognised as {answer.mistake!r}{instead}"
    if " ".join(answer.says.split()).casefold() not in " ".join(seen.message.split()).casefold():
        return f"the message does not say {answer.says!r}"
    if seen.hidden and not answer.hidden:
        return "the visible checks accept it"
    if answer.hidden and not seen.hidden:
        return "is said to be for the hidden tests, but the visible checks reject it"
    return ""
