"""The same answers, handed in and graded: a check must say of objects in another process what it says at home."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from curriculum import course as courses
from curriculum.check import Drawing
from curriculum.errors import GradingError
from curriculum.grading import Limits, Submission, assemble, score
from curriculum.grading.split import SplitRunner
from curriculum.release import learner_edition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from curriculum.course import Lesson
    from curriculum.grading import ExerciseResult
    from curriculum.notebook import Notebook
    from curriculum.prove._answers import Answer

_DRAWING = Drawing(key=b"practice")


def graded(lesson: Lesson, answers: Sequence[Answer], seconds: float) -> list[str]:
    """Grade every answer as a submission would be; one line for each that comes to something else than it must.

    Answers of different exercises share a submission. One that comes out wrong there is tried once more with the
    lesson's own solutions around it, since exercises may build on one another.

    Args:
        lesson: a source lesson.
        answers: what is tried, each with the outcome it must have.
        seconds: how long one cell may take.
    """
    with contextlib.closing(_Grader(lesson, seconds)) as grader:
        try:
            return grader.problems(answers)
        except GradingError as error:
            return [f"cannot be graded: {error}"]


class _Grader:
    def __init__(self, lesson: Lesson, seconds: float) -> None:
        self.lesson = lesson
        self.runner = SplitRunner("available", Limits(cell_seconds=seconds), shows_hidden=True)
        self.release = learner_edition(lesson, courses.load(lesson.root))
        self.solutions = {exercise.id: exercise.solution for exercise in lesson.exercises}

    def close(self) -> None:
        self.runner.close()

    def problems(self, answers: Sequence[Answer]) -> list[str]:
        """What is wrong, in the order of the answers."""
        found = {}
        for together in _packed(answers):
            results = self._results({answer.exercise: answer.code for answer in together})
            for answer in together:
                if _problem(answer, results[answer.exercise]):
                    alone = self._results({answer.exercise: answer.code})
                    found[id(answer)] = _problem(answer, alone[answer.exercise])
        return [found[id(answer)] for answer in answers if found.get(id(answer))]

    def _results(self, codes: Mapping[str, str]) -> dict[str, ExerciseResult]:
        """What these exercises come to, in a lesson that ends with the last of their checks."""
        content = self._filled(self.solutions | dict(codes)).dumps().encode()
        submission = Submission("author", self.lesson, self.lesson.path.name, content)
        assembled = assemble(self.lesson, content, submission.file)
        last = max(place for place, step in enumerate(assembled.steps) if step.exercise in codes)
        assembled = replace(assembled, steps=assembled.steps[: last + 1])
        run = self.runner.run(assembled, _DRAWING)
        result = score(submission, assembled, run, runner=self.runner.name, version="")
        return {exercise.exercise: exercise for exercise in result.exercises}

    def _filled(self, codes: Mapping[str, str]) -> Notebook:
        answers = {exercise.answer.id: codes[exercise.id] for exercise in self.lesson.exercises}
        cells = [replace(cell, source=answers.get(cell.id, cell.source)) for cell in self.release.cells]
        return replace(self.release, cells=tuple(cells))


def _packed(answers: Sequence[Answer]) -> list[list[Answer]]:
    """Answers in groups with at most one for each exercise."""
    groups: list[list[Answer]] = []
    counts: dict[str, int] = {}
    for answer in answers:
        place = counts.get(answer.exercise, 0)
        counts[answer.exercise] = place + 1
        if place == len(groups):
            groups.append([])
        groups[place].append(answer)
    return groups


def _problem(answer: Answer, result: ExerciseResult) -> str:
    mistake = next((check.mistake for check in result.checks if check.mistake), "")
    if result.outcome is answer.outcome and (not answer.mistake or mistake == answer.mistake):
        return ""
    said = f" as {mistake!r}" if mistake else ""
    detail = next((check.detail for check in result.checks if check.detail), "")
    return f"{answer.exercise}, {answer.label}: when graded it comes out as {result.outcome.words}{said}\n{detail}"
