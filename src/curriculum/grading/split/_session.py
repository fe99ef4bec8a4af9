"""One submission: its two processes, from their fork to their end."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradingError
from curriculum.grading._findings import ended
from curriculum.grading._parsing import PARSING
from curriculum.grading._result import CheckResult, Run
from curriculum.grading._steps import AnswerState, Assembled, StepKind
from curriculum.grading.split._channel import Channel, Late
from curriculum.grading.split._prepared import end, fork
from curriculum.grading.split._spared import spare
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.check import Drawing
    from curriculum.grading.split._prepared import Prepared

_GRACE_SECONDS = 30.0


class Session:
    """One submission's two processes."""

    def __init__(self, prepared: Prepared, assembled: Assembled, drawing: Drawing, *, shows_hidden: bool) -> None:
        self.prepared = prepared
        self.assembled = assembled
        self.drawing = drawing
        self.shows_hidden = shows_hidden
        self.until = time.monotonic() + prepared.limits.submission_seconds + _GRACE_SECONDS
        self.learner: int | None = None
        self.examiner: tuple[Channel, int] | None = None
        self.stays = False
        # Where a learner's own cells stand among the opening ones, the opening is run again, in their order.
        opening = [cell.id for cell in prepared.plan.opening]
        self.is_shared = [step.cell for step in assembled.steps[: len(opening)]] == opening
        self.home = prepared.learners if self.is_shared else prepared.channel

    def run(self, start: float) -> Run:
        """Have the submission run and judged."""
        fd = self._fork()
        self.examiner = channel, _ = self.prepared.examiner()
        channel.send(self._job(), fds=(fd,))
        os.close(fd)
        return self._collected(channel, start)

    def close(self) -> None:
        """End the learner's process, whatever it is doing, and the examiner's if it is not as it was."""
        self._end()
        if self.examiner is not None:
            self.prepared.free(*self.examiner, stays=self.stays)
            self.examiner = None

    def _fork(self) -> int:
        self.learner, fd = fork(self.home, "learner")
        return fd

    def _end(self) -> None:
        if self.learner is not None:
            end(self.home, self.learner)
            self.learner = None

    def _collected(self, examiner: Channel, start: float) -> Run:
        results: list[CheckResult] = []
        try:
            for message in self._messages(examiner):
                if "result" in message:
                    data = message["result"]
                    results.append(CheckResult(**(data | {"outcome": Outcome(data["outcome"])})))
                elif "broken" in message:
                    problem = f"{self.assembled.lesson.path}: {message['broken']}"
                    raise GradingError(problem)
                elif "again" in message:
                    self._replace(examiner)
                else:
                    self.stays = message["stays"]
                    stopped = {cell: Outcome(name) for cell, name in message["stopped"].items()}
                    return self._finished(results, start, stopped, message["outputs"])
        except Late:
            pass
        return self._finished([*results, *self._unreached(len(results))], start, {}, {})

    def _messages(self, examiner: Channel) -> Iterator[dict[str, Any]]:
        while True:
            yield examiner.receive(max(self.until - time.monotonic(), 1e-3))

    def _replace(self, examiner: Channel) -> None:
        """Put a new learner's process in the place of the one that was lost."""
        self._end()
        fd = self._fork()
        examiner.send({}, fds=(fd,))
        os.close(fd)

    def _unreached(self, count: int) -> list[CheckResult]:
        steps = [step for step in self.assembled.steps if step.kind is StepKind.CHECK][count:]
        return [ended(step, Outcome.TIMED_OUT, "The submission has used up its time.") for step in steps]

    def _finished(
        self, results: list[CheckResult], start: float, stopped: dict[str, Outcome], outputs: dict[str, str]
    ) -> Run:
        return Run(
            checks=tuple(results),
            stopped=stopped,
            outputs=outputs,
            layers=self.prepared.layers,
            seconds=time.perf_counter() - start,
        )

    def _job(self) -> dict[str, Any]:
        plan, answers = self.prepared.plan, self.assembled.answers
        trusted = [cell.id for cell in plan.trusted]
        untouched = [name for name, state in answers.items() if state is not AnswerState.GIVEN]
        return {
            "steps": [vars(step) for step in self.assembled.steps],
            **self._spared(trusted),
            "done": len(plan.opening) if self.is_shared else 0,
            "trusted": trusted,
            "rerun": self.prepared.rerun,
            "needs": plan.needs,
            "given": plan.given,
            "classes": plan.classes,
            "drawing": vars(self.drawing),
            "untouched": untouched,
            "shows_hidden": self.shows_hidden,
        }

    def _spared(self, trusted: list[str]) -> dict[str, Any]:
        """The teacher's cells that need not run, and those whose results can be taken from the record."""
        with PARSING:
            spared = spare(self.assembled.steps, trusted, self.prepared.traces)
        taken = {}
        if self.is_shared:
            for cell, wanted in spared.wanted.items():
                if cell in self.prepared.taken and wanted <= set(self.prepared.taken[cell]):
                    taken[cell] = sorted(wanted)
        return {"skipped": sorted(spared.skipped), "taken": taken}
