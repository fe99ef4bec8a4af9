"""The process that proves one lesson: it runs the lesson once, and forks wherever an answer is to be tried.

Run as ``python -m curriculum.prove._worker``: a job as JSON on standard input, what was seen as JSON in a file. It
is a process of its own so that the lesson meets a clean interpreter, with one numerical thread: forking needs that.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import signal
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from curriculum import check, course, notebook
from curriculum.grading._limited import limited
from curriculum.notebook import Cell, Region, Role
from curriculum.outcome import Outcome
from curriculum.prove._verdict import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

    from IPython.core.interactiveshell import ExecutionResult

    from curriculum.course import Exercise


class LessonBroken(Exception):  # noqa: N818 - a message to the parent process, not an error of the package
    """A cell of the lesson itself fails, so nothing after it can be tried."""


def main() -> None:
    """Read the job, prove the lesson, write what was seen."""
    job = json.load(sys.stdin)
    root = Path(job["root"])
    lesson = course.load(root).lesson(job["lesson"])
    runner = _Runner(job["draws"], job["seconds"])
    os.chdir(lesson.path.parent)
    seen: dict[str, list[list[dict[str, Any]]]] = {}
    broken = ""
    try:
        seen.update(runner.run(lesson.notebook.cells, lesson.exercises, job["codes"]))
    except LessonBroken as error:
        broken = str(error)
    Path(job["out"]).write_text(json.dumps({"seen": seen, "broken": broken}), encoding="utf-8")


class _Runner:
    """Runs a lesson's cells in one IPython shell and tries answers in forks of it."""

    def __init__(self, draws: int, seconds: float) -> None:
        self.draws = draws
        self.seconds = seconds
        self.parent = os.getppid()
        self.shell = _new_shell()

    def run(
        self, cells: Sequence[Cell], exercises: Sequence[Exercise], codes: dict[str, list[str]]
    ) -> Iterator[tuple[str, list[list[dict[str, Any]]]]]:
        """Go through the lesson; at each answer cell, try every answer before going on with the solution."""
        by_cell = {exercise.answer.id: exercise for exercise in exercises}
        for position, cell in enumerate(cells):
            if cell.type != "code" or cell.role is Role.CHECK:
                continue
            exercise = by_cell.get(cell.id)
            if exercise is None:
                self._run_or_stop(cell, cell.source)
                continue
            following = list(_until_last_check(cells[position + 1 :], exercise))
            yield exercise.id, [self._try(exercise, code, following) for code in codes.get(exercise.id, [])]
            self._run_or_stop(cell, exercise.solution)

    def _run_or_stop(self, cell: Cell, source: str) -> None:
        with _quiet(), limited(self.seconds):
            result = self.shell.run_cell(source, store_history=True)
        if not result.success and "raises-exception" not in (cell.metadata.get("tags") or []):
            error = result.error_in_exec or result.error_before_exec
            first = (str(error).splitlines() or [""])[0]
            message = f"cell {cell.id!r} raises {check.error_name(error)}: {first}"
            raise LessonBroken(message)

    def _try(self, exercise: Exercise, code: str, following: list[Cell]) -> list[dict[str, Any]]:
        if os.getppid() != self.parent:
            raise SystemExit  # whoever asked is gone
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=self._answer, args=(exercise, code, following, sender))
        child.start()
        sender.close()
        try:
            if not receiver.poll(self.seconds * self.draws):
                return [_as_data(Seen(Outcome.TIMED_OUT, f"ran longer than {self.seconds:g} s"))]
            return list(receiver.recv())
        except EOFError:
            return [_as_data(Seen(Outcome.KILLED, "the process ended without a word"))]
        finally:
            receiver.close()
            _kill_group(child)

    def _answer(self, exercise: Exercise, code: str, following: list[Cell], sender: Connection) -> None:
        """In the fork: run the answer, then the checks as learners have them, then with the hidden tests."""
        os.setpgid(0, 0)
        with _quiet():
            first = self.shell.run_cell(code, store_history=True)
            if not first.success:
                # The check cell, which says which exercise is at hand, has not been reached.
                sender.send([_as_data(_seen(first, exercise=exercise.id))] * self.draws)
                return
            sender.send([_as_data(self._under(number, following)) for number in range(self.draws)])

    def _under(self, draw: int, following: list[Cell]) -> Seen:
        if draw == 0:
            return self._checks(following)
        with check.drawing(check.Drawing(key=f"draw {draw}".encode())):
            # Most answers are seen off or let through as under the first draws: one run is enough to tell.
            whole = self._run(following, hidden=True)
            if whole.outcome is Outcome.PASSED:
                return whole
            visible = self._run(following, hidden=False)
            return whole if visible.outcome is Outcome.PASSED else visible

    def _checks(self, following: list[Cell]) -> Seen:
        visible = self._run(following, hidden=False)
        if visible.outcome is not Outcome.PASSED:
            return visible
        whole = self._run(following, hidden=True)
        # Python shows a warning once: the second run may have been silent about it.
        return replace(whole, stderr=visible.stderr or whole.stderr)

    def _run(self, cells: list[Cell], *, hidden: bool) -> Seen:
        written = io.StringIO()
        result = None
        for cell in cells:
            source = cell.source if hidden else notebook.replace_region(cell.source, Region.HIDDEN_TESTS, None)
            with contextlib.redirect_stderr(written):
                result = self.shell.run_cell(source, store_history=True)
            if not result.success:
                return _seen(result, hidden=hidden)
        if result is None:
            return Seen(Outcome.PASSED)
        return _seen(result, hidden=hidden, stderr=written.getvalue())


def _until_last_check(cells: Sequence[Cell], exercise: Exercise) -> Iterator[Cell]:
    left = {cell.id for cell in exercise.checks}
    for cell in cells:
        if not left:
            return
        if cell.type == "code":
            left.discard(cell.id)
            yield cell


class _Shell(InteractiveShell):
    """A shell without a screen: ``%matplotlib inline`` is no mistake, and there is nothing to do for it."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept any event loop, and run none."""


def _new_shell() -> InteractiveShell:
    # No history database: its thread would not survive a fork.
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    return _Shell.instance(config=config)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _kill_group(child: ForkProcess) -> None:
    """End an answer's process and every process it has started, which could hold our output open."""
    child.kill()
    if child.pid is not None:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    child.join()


def _seen(result: ExecutionResult, *, exercise: str = "", hidden: bool = False, stderr: str = "") -> Seen:
    error = result.error_in_exec or result.error_before_exec
    finding = check.passed() if error is None else check.finding_of(error, error.__traceback__)
    if exercise:
        finding = replace(finding, exercise=exercise)
    return Seen(
        outcome=finding.outcome,
        message=str(finding),
        summary=finding.summary,
        mistake=finding.mistake.id if finding.mistake else "",
        hidden=hidden and finding.outcome is not Outcome.PASSED,
        stderr=stderr,
    )


def _as_data(seen: Seen) -> dict[str, Any]:
    return asdict(seen)


if __name__ == "__main__":
    main()
