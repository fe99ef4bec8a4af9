"""Where attacks are fought: a runner that is attacked, a neighbour at work meanwhile, a look at what is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hostile.lesson import LOOT, MARKER, TRIED, attacked, honest, make_lesson

from curriculum.check import Drawing
from curriculum.grading._limits import Limits
from curriculum.grading._score import score
from curriculum.grading._submission import Submission
from curriculum.grading.reports._gradescope import gradescope_data
from curriculum.grading.split import SplitRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostile.lesson import Attack

    from curriculum.course import Lesson
    from curriculum.grading._result import Run, SubmissionResult
    from curriculum.grading._steps import Assembled

_MIB = 1 << 20
# The name of everything that an attack tries to leave behind.
TRACE = "hostile-was-here"
PATIENT = Limits(
    cell_seconds=20, submission_seconds=60, memory=384 * _MIB, disk=4 * _MIB, file=2 * _MIB, threads=16, open_files=64,
    message=8 * _MIB,
)  # fmt: skip
SHORT = Limits(
    cell_seconds=1.0, submission_seconds=12, memory=384 * _MIB, disk=4 * _MIB, file=2 * _MIB, threads=16, open_files=64,
    message=8 * _MIB,
)  # fmt: skip
# What a neighbour has answered: enough to see that nothing is amiss.
_NEIGHBOURLY = {"spread", "total", "ordered", "twice"}
KEY = MARKER.encode().ljust(32, b".")


class Arena:
    """Grades hostile submissions beside honest ones.

    Attributes:
        folder: holds the lesson's source, another's submission and a course key, each with the marker in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lesson: Lesson = make_lesson(folder)
        (folder / "course.key").write_bytes(KEY)
        other = folder / "submitted" / "neighbour" / "01-attacked.ipynb"
        other.parent.mkdir(parents=True)
        other.write_text(json.dumps({"cells": [], "marker": MARKER}), encoding="utf-8")
        self.honest = honest(self.lesson)
        steps = [step for step in self.honest.steps if step.exercise in _NEIGHBOURLY or not step.exercise]
        self._small = replace(self.honest, steps=tuple(steps))
        self._runners = {limits: SplitRunner("available", limits) for limits in (PATIENT, SHORT)}
        self._neighbour = SplitRunner("available", PATIENT)
        self._ready: set[SplitRunner] = set()
        self._threads = ThreadPoolExecutor(1)

    def fight(self, attack: Attack, limits: Limits = PATIENT) -> SubmissionResult:
        """Grade an attack and check all that must hold for every one of them."""
        result = self.judge(attacked(self.lesson, attack), attack.expected, limits)
        if attack.tried:
            total = next(exercise for exercise in result.exercises if exercise.exercise == "total")
            assert TRIED in total.output
        return result

    def judge(self, assembled: Assembled, expected: dict[str, float], limits: Limits = PATIENT) -> SubmissionResult:
        """Grade a submission beside an honest one and before another; all must get what they have earned."""
        for runner in {self._runners[limits], self._neighbour} - self._ready:
            self._run(runner, self._small)  # so that every process that stays is there
            self._ready.add(runner)
        before = processes()
        meanwhile = self._threads.submit(self._run, self._neighbour, self._small)
        result = self._grade(self._runners[limits], assembled)
        for run in (meanwhile.result(), self._run(self._runners[limits], self._small)):
            assert [check.points for check in run.checks] == [1.0] * len(run.checks), run.checks
        points = {exercise.exercise: exercise.points for exercise in result.exercises}
        told = {exercise.exercise: (exercise.outcome, exercise.message) for exercise in result.exercises}
        assert points == expected, told
        # An examiner that an attack has disturbed makes way for another; everything else is as it was.
        after = processes()
        assert len(after) == len(before)
        assert len(after - before) <= len(self._ready)
        assert traces() == []
        _told_nothing(result)
        return result

    def require_sandbox(self) -> None:
        """Skip the test where the sandbox is not complete: what follows would hurt the machine, or show nothing."""
        layers = self._grade(self._neighbour, self.honest).layers
        lacking = [layer.name for layer in layers if not layer.achieved]
        if lacking:
            pytest.skip(f"this system has no complete sandbox, without {', '.join(lacking)}")

    def close(self) -> None:
        """End every process."""
        self._threads.shutdown()
        for runner in (*self._runners.values(), self._neighbour):
            runner.close()

    def _run(self, runner: SplitRunner, assembled: Assembled) -> Run:
        return runner.run(assembled, Drawing(KEY, "hostile", self.lesson.id, "someone"))

    def _grade(self, runner: SplitRunner, assembled: Assembled) -> SubmissionResult:
        submission = Submission("someone", self.lesson, "someone/01-attacked.ipynb", b"")
        run = self._run(runner, assembled)
        return score(submission, assembled, run, runner="split", version="1")


def _told_nothing(result: SubmissionResult) -> None:
    """Nothing that a learner sees or prints holds a secret, or says that an attack has found one."""
    outputs = [exercise.output for exercise in result.exercises]
    seen = json.dumps([gradescope_data(result), outputs, [exercise.message for exercise in result.exercises]])
    assert MARKER not in seen
    assert LOOT not in seen


def processes() -> set[int]:
    """Every process that was started from this one, by itself or by others of them."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        new = set(children.get(waiting.pop(), [])) - found
        found |= new
        waiting += new
    return found


def traces() -> list[str]:
    """What attacks have left in any place that a process commonly may write to."""
    places = {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.cwd(), Path.home()}
    found = [path for place in places if place.is_dir() for path in place.glob(f"*{TRACE}*")]
    return [str(path) for path in found]


@contextlib.contextmanager
def arena_in(folder: Path) -> Iterator[Arena]:
    """An arena whose grader has a secret in its environment."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COURSE_SECRET", MARKER)
        arena = Arena(folder)
        try:
            yield arena
        finally:
            arena.close()
