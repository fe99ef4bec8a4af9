"""The runner: one kernel for each submission, and another where a cell takes its kernel with it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.course import COURSE_VARIABLE
from curriculum.errors import GradingError
from curriculum.grading._findings import clean, ended
from curriculum.grading._limits import Limits
from curriculum.grading._result import CheckResult, Layer, Run
from curriculum.grading._steps import Step, StepKind
from curriculum.grading.kernel._ran import End, Ran
from curriculum.grading.kernel._verdict import needs_finding, verdict
from curriculum.notebook import Role
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from curriculum.check import Drawing
    from curriculum.course import Lesson
    from curriculum.grading._steps import Assembled
    from curriculum.grading.kernel._client import Kernel

_OPEN = Layer("sandbox", achieved=False, reason="cells run in a plain kernel, which may do all that the grader may")
_NO_TIME = "The time for the whole submission, {:g} s, was used up before this check."
_OWN_VARIABLES = "CURRICULUM_"
_NOT_DATA = shutil.ignore_patterns(
    "*.ipynb", ".*", "__pycache__", "gradebook.db", "source", "release", "submitted", "autograded", "feedback"
)
# One numerical thread and one order of sets: the same submission comes to the same numbers.
_STEADY = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


class KernelRunner:
    """Runs each submission in a kernel of its own, everything in one process, as nbgrader does.

    A check cell that ends in an error, or writes anything to stderr, gives no points; one that ends in a number gives
    that many; any other gives all. A cell that takes too long is interrupted and the rest goes on. Where a cell ends
    the kernel, the cells before it run again in a new one, without it.
    """

    name = "kernel"

    def __init__(self, limits: Limits | None = None, *, shows_hidden: bool = False) -> None:
        """Make a runner.

        Args:
            limits: of time and output; the others need a sandbox, which this runner has not.
            shows_hidden: whether learners may read what hidden tests say.
        """
        self.limits = limits or Limits()
        self.shows_hidden = shows_hidden
        self._attempt: _Attempt | None = None

    def run(self, assembled: Assembled, drawing: Drawing) -> Run:
        """Run one submission.

        Raises:
            GradingError: the lesson's kernel does not start, one of its opening cells fails, or the runner was closed.
        """
        if _in_event_loop():
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(self._run, assembled, drawing).result()
        return self._run(assembled, drawing)

    def close(self) -> None:
        """End the submission that is running, if one is; may be called from another thread."""
        attempt = self._attempt
        if attempt is not None:
            attempt.stop()

    def _run(self, assembled: Assembled, drawing: Drawing) -> Run:
        with tempfile.TemporaryDirectory(prefix="curriculum-", ignore_cleanup_errors=True) as base:
            folder, home = Path(base, "work"), Path(base, "kernel")
            folder.mkdir()
            home.mkdir()
            _bring_files(assembled.lesson, folder)
            variables = _variables(assembled.lesson, drawing, home)
            name = _kernel_name(assembled.lesson)

            async def start() -> Kernel:
                from curriculum.grading.kernel._client import Kernel  # takes a second, for nbformat

                kernel = Kernel(name, folder, home, variables)
                await kernel.start()
                return kernel

            self._attempt = _Attempt(self, assembled, start)
            # The same loop on every system: the default one of Windows cannot wait for a kernel's sockets.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                return runner.run(self._attempt.run())


class _Attempt:
    """One submission on its way through its kernels."""

    def __init__(self, runner: KernelRunner, assembled: Assembled, start: Callable[[], Awaitable[Kernel]]) -> None:
        self.limits, self.shows_hidden = runner.limits, runner.shows_hidden
        self.lesson, self.steps, self.start = assembled.lesson, assembled.steps, start
        self.opening = _opening(assembled)
        self.checks: list[CheckResult] = []
        self.stopped: dict[str, Outcome] = {}
        self.texts: dict[str, str] = {}
        self.dropped: set[int] = set()
        self.kernel: Kernel | None = None
        self.deadline = 0.0
        self.is_stopped = False

    def stop(self) -> None:
        """End the kernel and start no other."""
        self.is_stopped = True
        kernel = self.kernel
        if kernel is not None:
            kernel.kill()

    async def run(self) -> Run:
        """Run every step, and go on after those that end the kernel."""
        started = time.monotonic()
        try:
            kernel = await self._new_kernel()
            self.deadline = time.monotonic() + self.limits.submission_seconds
            for position, step in enumerate(self.steps):
                if self._left() <= 0:
                    self._skip(step)
                    continue
                ran = await self._run(kernel, step)
                if ran.end is not End.DONE:
                    self.dropped.add(position)
                if ran.ended_kernel and step is not self.steps[-1]:
                    kernel = await self._caught_up(position)
            self._check_stopped()
        finally:
            await self._close()
        return Run(tuple(self.checks), self.stopped, self.texts, (_OPEN,), time.monotonic() - started)

    async def _run(self, kernel: Kernel, step: Step) -> Ran:
        """Run a step and note what came of it."""
        ran = await kernel.execute(step.source, self._seconds())
        if step.kind is StepKind.CHECK:
            found = await kernel.last_finding() if needs_finding(ran) else ""
            self.checks.append(verdict(step, ran, found, self.limits, shows_hidden=self.shows_hidden))
        else:
            self._note(step, ran)
        return ran

    def _note(self, step: Step, ran: Ran) -> None:
        """Keep how a cell that checks nothing was stopped, and what an answer showed."""
        may_fail = step.kind is StepKind.TEACHER and _may_raise(self.lesson, step.cell)
        if ran.outcome is not None and not (may_fail and ran.outcome is Outcome.RAISED):
            if step.cell in self.opening:
                name, text = ran.first_error or (ran.outcome.words, "")
                message = f"{self.lesson.name}: the cell {step.cell!r} does not run here ({name}: {text})"
                raise GradingError(clean(" ".join(message.split()), 500))
            self.stopped[step.cell] = ran.outcome
        if step.kind is StepKind.LEARNER and step.exercise:
            text = self.texts.get(step.exercise, "") + ran.text(self.limits.output)
            self.texts[step.exercise] = clean(text, self.limits.output)

    def _skip(self, step: Step) -> None:
        if step.kind is StepKind.CHECK:
            self.checks.append(ended(step, Outcome.TIMED_OUT, _NO_TIME.format(self.limits.submission_seconds)))
        else:
            self.stopped[step.cell] = Outcome.TIMED_OUT

    async def _caught_up(self, position: int) -> Kernel:
        """A new kernel in which every cell up to that position has run, but those that end kernels."""
        while True:
            kernel = await self._new_kernel()
            ending = await self._replay(kernel, position)
            if ending is None:
                return kernel
            self.dropped.add(ending)

    async def _replay(self, kernel: Kernel, position: int) -> int | None:
        """Run the cells up to that position again; the one that ends the kernel, if one does."""
        for earlier, step in enumerate(self.steps[: position + 1]):
            if earlier in self.dropped or self._left() <= 0:
                continue
            ran = await kernel.execute(step.source, self._seconds())
            if ran.end is not End.DONE:
                self.dropped.add(earlier)
            if ran.ended_kernel:
                return earlier
        return None

    async def _new_kernel(self) -> Kernel:
        await self._close()
        self._check_stopped()
        self.kernel = await self.start()
        self._check_stopped()
        return self.kernel

    def _check_stopped(self) -> None:
        if self.is_stopped:
            message = "the runner was closed while a submission ran"
            raise GradingError(message)

    async def _close(self) -> None:
        kernel, self.kernel = self.kernel, None
        if kernel is not None:
            await kernel.close()

    def _left(self) -> float:
        return self.deadline - time.monotonic()

    def _seconds(self) -> float:
        return max(min(self.limits.cell_seconds, self._left()), 0.01)


def _kernel_name(lesson: Lesson) -> str:
    spec = lesson.notebook.metadata.get("kernelspec")
    return str(spec.get("name") or "") if isinstance(spec, dict) else ""


def _is_python(lesson: Lesson) -> bool:
    metadata = lesson.notebook.metadata
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    spec, info = (value if isinstance(value, dict) else {} for value in (spec, info))
    return str(spec.get("language") or info.get("name") or "python").lower() == "python"


def _is_foreign(lesson: Lesson) -> bool:
    """Whether a lesson comes from another course: it knows nothing of this one's metadata."""
    return not lesson.notebook.own and not any(cell.own for cell in lesson.notebook.cells)


def _opening(assembled: Assembled) -> set[str]:
    """The cells that no learner can have broken; none in another course, where errors are allowed everywhere.

    What stands after the first answer may need it, whether it was written or left out.
    """
    if _is_foreign(assembled.lesson):
        return set()
    code = (cell for cell in assembled.lesson.notebook.cells if cell.type == "code")
    before = {cell.id for cell in takewhile(lambda cell: cell.role is Role.CODE, code)}
    opening = takewhile(lambda step: step.kind is not StepKind.LEARNER, assembled.steps)
    return {step.cell for step in opening if step.cell in before}


def _may_raise(lesson: Lesson, name: str) -> bool:
    cell = next((cell for cell in lesson.notebook.cells if cell.id == name), None)
    return cell is not None and "raises-exception" in (cell.metadata.get("tags") or [])


def _bring_files(lesson: Lesson, folder: Path) -> None:
    """Copy the data files of an assignment from another course; this course's lessons have none."""
    beside = lesson.path.parent
    if not _is_foreign(lesson) or not beside.is_dir():
        return
    try:
        shutil.copytree(beside, folder, ignore=_NOT_DATA, ignore_dangling_symlinks=True, dirs_exist_ok=True)
    except OSError as error:
        message = f"the files beside {lesson.name} cannot be copied: {error}"
        raise GradingError(message) from None


def _variables(lesson: Lesson, drawing: Drawing, home: Path) -> dict[str, str]:
    """The kernel's environment: the grader's, without what is this course's own and may be secret."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(_OWN_VARIABLES)}
    variables |= {"IPYTHONDIR": str(home / "ipython"), "NBGRADER_EXECUTION": "autograde"} | _STEADY
    if _is_python(lesson):
        variables |= drawing.variables
    if (lesson.root / "course.toml").is_file():
        variables[COURSE_VARIABLE] = str(lesson.root)
    return variables


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
