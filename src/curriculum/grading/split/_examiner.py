"""The examiner's process: trusted, it never runs a learner's code; it has the cells run and judges what comes back."""

from __future__ import annotations

import contextlib
import io
import resource
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from curriculum import check
from curriculum.errors import GradingError
from curriculum.grading._findings import check_result, clean, ended
from curriculum.grading._steps import Step, StepKind
from curriculum.grading.split._channel import Channel, ChannelError
from curriculum.grading.split._judge import judge
from curriculum.grading.split._link import LearnerGone, Link
from curriculum.grading.split._names import names_of
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.grading._limits import Limits
    from curriculum.grading._result import CheckResult
    from curriculum.grading.split._recorded import Recorded
    from curriculum.grading.split._shell import CellShell
    from curriculum.grading.split._steady import Steady

_MOST_LIVES = 20
# A check cell may take as long as so many cells of the learner's.
_CELLS = 2
# An answer is a handful of parts.
_ITEMS = 256


def serve(channel: Channel, shell: CellShell, recorded: Recorded, limits: Limits, steady: Steady | None) -> None:
    """Grade one submission after another, until one has left something behind or the grader is gone."""
    if steady is not None:
        steady.begin()
    with contextlib.suppress(ChannelError):
        while True:
            job, fds = channel.receive_with_fds(1)
            with shell.as_before():
                examiner = _Examiner(channel, shell, recorded, limits, job)
                said = _grade(examiner, fds[0])
                is_undisturbed = examiner.is_undisturbed
                # What the submission has left is gone before anybody looks whether all is as it was.
                examiner.link = None
                del examiner
            stays = steady is not None and is_undisturbed and "broken" not in said and steady.holds()
            channel.send({**said, "stays": stays})
            if not stays:
                return


def _grade(examiner: _Examiner, fd: int) -> dict[str, Any]:
    """Grade one submission; what there is to say in the end."""
    sys.stdout = sys.stderr = io.StringIO()
    _bound_memory(examiner.limits.memory)
    try:
        examiner.connect(fd)
        drawing = check.Drawing(**examiner.job["drawing"])
        with check.drawing(drawing), check.graded(frozenset(examiner.job["untouched"])):
            examiner.grade()
    except GradingError as error:
        return {"broken": str(error)}
    finally:
        if examiner.link is not None:
            examiner.link.channel.close()
    return {"done": True, "stopped": examiner.stopped, "outputs": examiner.outputs}


class _Examiner:
    """One submission."""

    def __init__(
        self, channel: Channel, shell: CellShell, recorded: Recorded, limits: Limits, job: dict[str, Any]
    ) -> None:
        self.channel = channel
        self.shell = shell
        self.recorded = recorded
        self.limits = limits
        self.job = job
        self.until = time.monotonic() + limits.submission_seconds
        self.steps = [Step(**(data | {"kind": StepKind(data["kind"])})) for data in job["steps"]]
        self.link: Link | None = None
        self.lives = 0
        self.stopped: dict[str, str] = {}
        self.reasons: dict[str, str] = {}
        self.raised: dict[str, BaseException] = {}
        self.outputs: dict[str, str] = {}
        self.given: list[tuple[int, dict[str, Any]]] = []
        self.learners: set[str] = set()
        self.lost: dict[str, tuple[Outcome, str]] = {}
        # What a check cell defines does not belong here: the learner's process has it not.
        self.teachers: dict[str, Any] = dict(shell.user_ns)

    @property
    def is_undisturbed(self) -> bool:
        """Whether nothing was broken off in the middle, which could have left anything half done."""
        return self.lives == 1 and self.link is not None and self.link.gone is None and not self.stopped

    def connect(self, fd: int) -> None:
        """Begin with a learner's process that stands where the opening ends."""
        channel = Channel(socket.socket(fileno=fd), self.limits.message, items=_ITEMS)
        channel.receive(self.limits.cell_seconds)
        self.link = Link(channel, self.teachers, self.limits, self.until)
        self.lives += 1

    def grade(self) -> None:
        """Go through the steps; send what each check cell comes to."""
        for number, step in enumerate(self.steps):
            if step.kind is StepKind.CHECK:
                self._send(self._judged(number, step))
            else:
                self._teach(step)
                if self._runs(number, step):
                    self._run(number, step)

    def _runs(self, number: int, step: Step) -> bool:
        """Whether a step runs in the learner's process, and has not run there before it was forked."""
        return number >= self.job["done"] and step.kind is not StepKind.CHECK and step.cell not in self.job["skipped"]

    def _send(self, result: CheckResult) -> None:
        self.channel.send({"result": vars(result)})

    def _teach(self, step: Step) -> None:
        """Have what one of the teacher's cells defines, where it does not depend on the learner."""
        if step.kind is not StepKind.TEACHER or step.cell not in self.job["trusted"]:
            return
        space = self.shell.user_ns
        if self.job["rerun"]:
            self.shell.run(step.source)
            bound = names_of(step.source).bound
            self.teachers |= {name: space[name] for name in bound & set(space)}
        else:
            values = self.recorded.values.get(step.cell, {})
            space.update(values)
            self.teachers |= values
            self.learners -= set(values)

    def _run(self, number: int, step: Step) -> None:
        """Have a cell run in the learner's process; if that ends the process, go on without the cell."""
        try:
            error, output = self._have_run(self._living(number), step)
        except LearnerGone as gone:
            self.stopped[step.cell] = gone.outcome.value
            self.reasons[step.cell] = str(gone)
            return
        if error is not None:
            self.raised[step.cell] = error
            if isinstance(error, MemoryError):
                self.stopped[step.cell] = Outcome.OUT_OF_MEMORY.value
                self.reasons[step.cell] = "needed more memory than there is"
        if _is_answer(step):
            self.outputs[step.exercise] = clean(self.outputs.get(step.exercise, "") + output, self.limits.output)

    def _have_run(self, link: Link, step: Step) -> tuple[BaseException | None, str]:
        """Have a cell run, or its results taken from the record; the error that ended it, and what it wrote."""
        names = self.job["taken"].get(step.cell)
        if names is not None and link.take(step.cell, names):
            return None, ""
        return link.run(step.source, is_unseen=not _is_answer(step))

    def _living(self, number: int) -> Link:
        """The link to a learner's process that has run all steps before this one; a new one where the last has died."""
        while self.link is None or self.link.gone is not None:
            if self.lives >= _MOST_LIVES or time.monotonic() > self.until:
                raise LearnerGone(Outcome.TIMED_OUT, "the submission has used up its time")
            if self.link is not None:
                self.link.channel.close()
            self.channel.send({"again": True})
            reply, fds = self.channel.receive_with_fds(1)
            if not fds:
                raise GradingError(reply.get("failed", "no new process"))
            self.connect(fds[0])
            self._replay(number)
        return self.link

    def _replay(self, number: int) -> None:
        assert self.link is not None
        given = dict(self.given)
        for place, step in enumerate(self.steps[:number]):
            try:
                if place in given:
                    self.link.give(given[place])
                elif self._runs(place, step) and step.cell not in self.stopped:
                    self._have_run(self.link, step)
            except LearnerGone as gone:
                self.stopped[step.cell] = gone.outcome.value
                self.reasons[step.cell] = str(gone)
                return

    def _judged(self, number: int, step: Step) -> CheckResult:
        try:
            link = self._living(number)
            with self._timed(link):
                self._bind(link, step)
                sys.stdout = sys.stderr = io.StringIO()
                link.classes = frozenset(self.job["classes"].get(step.cell, ()))
                result = judge(step, self.shell.run(step.source), shows_hidden=self.job["shows_hidden"])
            if link.gone is not None:
                raise link.gone  # and the check has caught it
            if result.outcome is Outcome.PASSED:
                self._give(number, step)
        except LearnerGone as gone:
            return ended(step, gone.outcome, f"Your code {gone}." if gone.outcome is Outcome.TIMED_OUT else f"{gone}.")
        return self._explained(step, result)

    @contextlib.contextmanager
    def _timed(self, link: Link) -> Iterator[None]:
        """Bound a check cell as a whole: many short calls can take for ever, too."""
        seconds = _CELLS * self.limits.cell_seconds

        def stop(*_: object) -> NoReturn:
            raise link.lost(Outcome.TIMED_OUT, f"kept its check running for {seconds:g} s")

        former = signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again and again: a bare except may catch one
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)

    def _bind(self, link: Link, step: Step) -> None:
        """Give the check cell the learner's names as they are now."""
        space = self.shell.user_ns
        for name in self.learners:
            space.pop(name, None)
        self.learners = set(self.job["needs"].get(step.cell, []))
        for name in self.learners:
            space.pop(name, None)
        for name in sorted(self.learners):
            if name in self.lost:
                raise LearnerGone(*self.lost[name])
            try:
                space.update(link.value(name))
            except LearnerGone as gone:
                # Looking at it once more would cost another process.
                self.lost[name] = (gone.outcome, str(gone))
                raise
            except Exception:  # noqa: BLE001, S112 - it cannot be sent: to the check it is not there
                continue

    def _give(self, number: int, step: Step) -> None:
        """Hand over what the visible part of a check cell defines and the lesson uses."""
        values = {name: self.shell.user_ns[name] for name in self.job["given"].get(step.cell, [])}
        if values and self.link is not None:
            self.given.append((number, values))
            self.link.give(values)

    def _explained(self, step: Step, result: CheckResult) -> CheckResult:
        """Where the answer's own cell did not end well, that is what there is to say."""
        if result.outcome is Outcome.PASSED or result.outcome is Outcome.NOT_ATTEMPTED:
            return result
        cells = [one.cell for one in self.steps if one.exercise == step.exercise and one.kind is StepKind.LEARNER]
        for cell in cells:
            if cell in self.stopped:
                return ended(step, Outcome(self.stopped[cell]), f"The answer's cell {self.reasons[cell]}.")
            if cell in self.raised and result.outcome is Outcome.RAISED:
                error = self.raised[cell]
                finding = check.finding_of(error, None)
                return check_result(step, finding, 0, points=0.0, shows_hidden=True)
        return result


def _is_answer(step: Step) -> bool:
    return bool(step.exercise) and step.kind is StepKind.LEARNER


def _bound_memory(room: int) -> None:
    """What a learner's process sends may unfold to much more than it was; then this process fails, and no other."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    bound = pages * resource.getpagesize() + room
    resource.setrlimit(resource.RLIMIT_AS, (bound, resource.getrlimit(resource.RLIMIT_AS)[1]))
