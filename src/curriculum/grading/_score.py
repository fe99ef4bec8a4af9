"""From what a run of a submission found to points: one result for each exercise of the lesson."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from curriculum.grading._result import CheckResult, ExerciseResult, SubmissionResult
from curriculum.grading._steps import AnswerState
from curriculum.notebook import Cell, Role
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.course import Exercise, Lesson
    from curriculum.grading._result import Run
    from curriculum.grading._steps import Assembled
    from curriculum.grading._submission import Submission

# Of several check cells that did not pass, the first of these says what became of the exercise: what ended the process
# comes before what the code did, and that before what is not there.
SEVERITY = (
    Outcome.TAMPERED,
    Outcome.KILLED,
    Outcome.OUT_OF_MEMORY,
    Outcome.TIMED_OUT,
    Outcome.RAISED,
    Outcome.FAILED,
    Outcome.NOT_ATTEMPTED,
    Outcome.MISSING,
)
_STOPPED = frozenset({Outcome.KILLED, Outcome.OUT_OF_MEMORY, Outcome.TIMED_OUT})
_TOLERANCE = 1e-9
_UNTOUCHED = "The answer is still as it was handed out."
_GONE = "The answer cell is not in the notebook."


@dataclass(frozen=True)
class _Graded:
    """What is reported as one exercise: an answer with the check cells that judge it, or what a person grades.

    Attributes:
        answer: the id of the exercise whose answer it is about; empty for a check cell that stands alone.
        cells: the check cells, or the cells that a person grades.
    """

    id: str
    title: str
    answer: str
    cells: tuple[Cell, ...]
    manual: bool = False

    @property
    def points(self) -> float:
        return math.fsum(cell.points for cell in self.cells)


def score(
    submission: Submission, assembled: Assembled, run: Run | None, *, runner: str, version: str, problem: str = ""
) -> SubmissionResult:
    """Give a submission its points.

    The check cells of an exercise add up. It has passed if all of them have; otherwise the worst of them by
    ``SEVERITY`` says what became of it. Where nothing passed and the answer is gone or as it was handed out, that is
    what became of it. A check cell outside any exercise, or beside an answer that a person grades, is an exercise of
    its own.

    Args:
        submission: the file.
        assembled: what was run.
        run: what came of it; None where it could not be run.
        runner: the name of what ran it.
        version: the course's version.
        problem: why it could not be run.
    """
    result = SubmissionResult(
        learner=submission.learner,
        lesson=submission.lesson.id,
        file=submission.file,
        sha256=submission.sha256,
        version=version,
        problem=problem,
        repairs=tuple(asdict(repair) for repair in assembled.repairs),
        runner=runner,
    )
    if run is None:
        return result
    exercises = tuple(_scored(graded, assembled, run) for graded in _graded(assembled.lesson))
    return replace(result, exercises=exercises, layers=run.layers, seconds=run.seconds)


def _scored(graded: _Graded, assembled: Assembled, run: Run) -> ExerciseResult:
    if graded.manual:
        return _by_hand(graded, assembled, run)
    return _by_checks(graded, assembled, run)


def _by_hand(graded: _Graded, assembled: Assembled, run: Run) -> ExerciseResult:
    """An exercise for a person: no points yet, or none at all where there is nothing to grade."""
    state = assembled.answers.get(graded.answer, AnswerState.GIVEN)
    # A task is answered in cells of the learner's own; its own cell never changes.
    is_task = all(cell.role is Role.TASK for cell in graded.cells)
    waits = is_task or state is AnswerState.GIVEN
    outcome = _absence(state) if not waits else None
    return ExerciseResult(
        exercise=graded.id,
        title=graded.title,
        outcome=outcome or Outcome.PASSED,
        points=None if waits else 0.0,
        max_points=graded.points,
        message="" if waits else _absent(state),
        manual=True,
        text=assembled.texts.get(graded.answer, ""),
        output=run.outputs.get(graded.answer, ""),
    )


def _by_checks(graded: _Graded, assembled: Assembled, run: Run) -> ExerciseResult:
    checks = tuple(_check(cell, run) for cell in graded.cells)
    points = min(math.fsum(check.points for check in checks), graded.points)
    state = assembled.answers.get(graded.answer, AnswerState.GIVEN)
    outcome, message = _verdict(checks, state, _stopped(graded.answer, assembled, run))
    return ExerciseResult(
        exercise=graded.id,
        title=graded.title,
        outcome=outcome,
        points=points,
        max_points=graded.points,
        message=message,
        output=run.outputs.get(graded.answer, ""),
        checks=checks,
    )


def _verdict(checks: tuple[CheckResult, ...], state: AnswerState, stopped: Outcome | None) -> tuple[Outcome, str]:
    """What became of an exercise, and what to tell the learner."""
    failed = [check for check in checks if check.outcome is not Outcome.PASSED]
    if checks and not failed:
        return Outcome.PASSED, next((check.message for check in checks if check.message), "")
    absence = _absence(state)
    if absence is not None and not any(check.points for check in checks):
        said = next((check.message for check in failed if check.outcome is absence), "")
        return absence, said or _absent(state)
    worst = min(failed, key=lambda check: SEVERITY.index(check.outcome), default=None)
    if stopped is not None and (worst is None or SEVERITY.index(stopped) < SEVERITY.index(worst.outcome)):
        words = f"The answer cell was stopped: {stopped.words}."
        return stopped, f"{words}\n{worst.message}" if worst is not None else words
    return (worst.outcome, worst.message) if worst is not None else (Outcome.PASSED, "")


def _stopped(exercise: str, assembled: Assembled, run: Run) -> Outcome | None:
    """How the answer cell of an exercise was stopped, where it was."""
    cells = {cell.id for found in assembled.lesson.exercises if found.id == exercise for cell in found.cells}
    ends = [end for cell, end in run.stopped.items() if cell in cells and end in _STOPPED]
    return min(ends, key=SEVERITY.index, default=None)


def _check(cell: Cell, run: Run) -> CheckResult:
    """What a check cell said, under the name and with the points that the source gives it."""
    name = cell.grade_id or cell.id
    said = next((check for check in run.checks if check.cell in {cell.id, name}), None)
    if said is None:
        message = "The check cell did not run."
        return CheckResult(name, name, Outcome.MISSING, 0.0, cell.points, message=message, detail=message)
    named = replace(said, cell=name, max_points=cell.points)
    if math.isfinite(said.points) and -_TOLERANCE <= said.points <= cell.points + _TOLERANCE:
        return replace(named, points=_exact(said.points, cell.points))
    wrong = f"The check gave {said.points:g} of at most {cell.points:g} points, which cannot be."
    outcome = Outcome.FAILED if said.outcome is Outcome.PASSED else said.outcome
    return replace(named, outcome=outcome, points=0.0, message=wrong, detail=f"{wrong}\n{said.detail}".strip())


def _exact(points: float, most: float) -> float:
    return most if abs(points - most) <= _TOLERANCE else max(points, 0.0)


def _absence(state: AnswerState) -> Outcome | None:
    return {AnswerState.MISSING: Outcome.MISSING, AnswerState.UNTOUCHED: Outcome.NOT_ATTEMPTED}.get(state)


def _absent(state: AnswerState) -> str:
    return _GONE if state is AnswerState.MISSING else _UNTOUCHED


def _graded(lesson: Lesson) -> list[_Graded]:
    """What is reported of a lesson, in the order of its cells."""
    found = [part for exercise in lesson.exercises for part in _parts(exercise)]
    inside = {cell.id for exercise in lesson.exercises for cell in exercise.cells}
    found += [_alone(cell) for cell in lesson.notebook.cells if cell.role is Role.CHECK and cell.id not in inside]
    places = {cell.id: place for place, cell in enumerate(lesson.notebook.cells)}
    answers = {exercise.id: places[exercise.answer.id] for exercise in lesson.exercises}
    return sorted(found, key=lambda part: places[part.cells[0].id] if part.cells else answers[part.answer])


def _parts(exercise: Exercise) -> Iterator[_Graded]:
    """The exercise itself, and beside it what is graded the other way: points so far never mix with points to come."""
    by_hand = tuple(cell for cell in exercise.cells if _is_by_hand(cell))
    by_checks = tuple(cell for cell in exercise.checks if not _is_by_hand(cell))
    if exercise.is_manual:
        yield _Graded(exercise.id, exercise.title, exercise.id, by_hand, manual=True)
        yield from (_alone(cell) for cell in by_checks)
    else:
        yield _Graded(exercise.id, exercise.title, exercise.id, by_checks)
        yield from (_alone(cell) for cell in by_hand)


def _alone(cell: Cell) -> _Graded:
    name = cell.grade_id or cell.id
    return _Graded(name, name, "", (cell,), manual=_is_by_hand(cell))


def _is_by_hand(cell: Cell) -> bool:
    """Whether a person grades a cell; a graded cell that is no code cannot grade itself."""
    return cell.role in {Role.MANUAL, Role.TASK} or (cell.role is Role.CHECK and cell.type != "code")
