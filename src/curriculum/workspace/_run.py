"""A learner's notebook run from the terminal: what each of its checks says. The file itself stays as it is."""

from __future__ import annotations

import asyncio
import os
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from curriculum import notebook
from curriculum.course import COURSE_VARIABLE
from curriculum.errors import WorkspaceError
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbclient import NotebookClient

    from curriculum.course import Course, Lesson
    from curriculum.workspace._place import Workspace

_INTERRUPTED = {"ename": "curriculum-timeout", "evalue": "", "traceback": []}


@dataclass(frozen=True)
class Checked:
    """What came of one exercise.

    Attributes:
        message: the card as plain text; for an exercise without one, a line that says why.
    """

    exercise: str
    outcome: Outcome
    message: str = ""


def run(workspace: Workspace, lesson: Lesson, course: Course, timeout: float = 120.0) -> list[Checked]:
    """Run a learner's notebook in a fresh kernel of this environment and collect what its checks say.

    The kernel records progress by itself, as it does in JupyterLab.

    Args:
        workspace: the learner's folder.
        lesson: which notebook.
        course: the course it belongs to.
        timeout: seconds for each cell; a cell that takes longer is interrupted and costs its own exercise.

    Raises:
        NotebookError: the learner's notebook cannot be read.
        WorkspaceError: no kernel starts.
    """
    mine = notebook.read(workspace.path(lesson))
    run = _Run(mine, timeout)
    run.execute(workspace.path(lesson).parent, course)
    return [run.checked(exercise.id) for exercise in lesson.exercises if exercise.checks]


class _Run:
    """One execution of a notebook: the cells' outputs, and which cells were interrupted."""

    def __init__(self, mine: notebook.Notebook, timeout: float) -> None:
        import nbformat

        self.cells = mine.cells
        self.timeout = timeout
        # Stored outputs go first: a cell that does not run must not show its former card.
        clean = replace(mine, cells=tuple(cell.cleared() for cell in mine.cells))
        self.node: Any = nbformat.reads(clean.dumps(), as_version=4)
        self.ended = ""
        self.slow: set[str] = set()

    def execute(self, folder: Path, course: Course) -> None:
        from nbclient.exceptions import DeadKernelError

        variables = os.environ | {COURSE_VARIABLE: str(course.root)}
        try:
            # What the kernel itself writes to the terminal is for its developers.
            self._client(folder).execute(env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (asyncio.CancelledError, AssertionError):
            # How nbclient ends when Ctrl-C comes while a cell runs, or while it cleans up after that.
            raise KeyboardInterrupt from None
        except DeadKernelError:
            self.ended = "The kernel died while the notebook ran."
        except (OSError, RuntimeError) as error:
            message = f"no kernel starts: {error}; see `curriculum doctor`"
            raise WorkspaceError(message) from None

    def _client(self, folder: Path) -> NotebookClient:
        from nbclient import NotebookClient
        from traitlets.config import Config

        client = NotebookClient(
            self.node,
            kernel_name="python3",
            allow_errors=True,
            timeout=self.timeout,
            interrupt_on_timeout=True,
            error_on_timeout=_INTERRUPTED,
            on_cell_executed=self._note_timeout,
            resources={"metadata": {"path": str(folder)}},
            # Without folders of kernels only this very environment's own is left.
            config=Config(KernelSpecManager={"kernel_dirs": []}),
        )
        client.log.setLevel("CRITICAL")
        return client

    def checked(self, exercise: str) -> Checked:
        """What the cards of an exercise say: the first that is no pass, otherwise the last."""
        if exercise in self.slow:
            return Checked(exercise, Outcome.TIMED_OUT, f"One of its cells took longer than {self.timeout:g} s.")
        cards = [Checked(exercise, outcome, text) for name, outcome, text in self._cards() if name == exercise]
        error = self._error(exercise)
        if cards:
            chosen = next((card for card in cards if card.outcome is not Outcome.PASSED), cards[-1])
            return (
                replace(chosen, message=f"{chosen.message}\n  the cell above ended with {error}") if error else chosen
            )
        if self.ended:
            return Checked(exercise, Outcome.KILLED, self.ended)
        if error:
            return Checked(exercise, Outcome.RAISED, f"One of its cells ended with {error}")
        return Checked(exercise, Outcome.MISSING, "Its check cell is gone from the notebook, or did not run.")

    def _error(self, exercise: str) -> str:
        """The first error of an exercise's cells that no card speaks of, in one line."""
        for cell, node in zip(self.cells, self.node.cells, strict=True):
            outputs = node.get("outputs", []) if cell.exercise == exercise else []
            if not any(output.get("metadata", {}).get("curriculum") for output in outputs):
                errors = (output for output in outputs if output["output_type"] == "error")
                for output in errors:
                    return " ".join(f"{output['ename']}: {output['evalue']}".split())
        return ""

    def _cards(self) -> Iterator[tuple[str, Outcome, str]]:
        for cell in self.node.cells:
            for output in cell.get("outputs", []):
                verdict = output.get("metadata", {}).get("curriculum")
                if verdict:
                    yield verdict["exercise"], Outcome(verdict["outcome"]), output["data"]["text/plain"]

    def _note_timeout(self, cell: Any, cell_index: int, execute_reply: Any) -> None:  # noqa: ARG002 - nbclient's names
        if execute_reply["content"].get("ename") == _INTERRUPTED["ename"]:
            self.slow.add(self.cells[cell_index].exercise)
