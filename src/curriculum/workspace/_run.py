"""A learner's notebook run from the terminal: what each of its checks says. The file itself stays as it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curriculum import notebook
from curriculum.course import COURSE_VARIABLE
from curriculum.errors import NotebookError, WorkspaceError
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.course import Course, Lesson
    from curriculum.notebook import Cell
    from curriculum.workspace._place import Workspace

_INTERRUPTED = {"ename": "Timeout", "evalue": "", "traceback": []}


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
        self.node: Any = nbformat.from_dict(mine.to_json())
        self.ended = ""

    def execute(self, folder: Any, course: Course) -> None:
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient
        from nbclient.exceptions import DeadKernelError

        # Without folders of kernels only this very environment's own is left.
        manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        client = NotebookClient(
            self.node,
            km=manager,
            allow_errors=True,
            timeout=self.timeout,
            interrupt_on_timeout=True,
            error_on_timeout=_INTERRUPTED,
            resources={"metadata": {"path": str(folder)}},
        )
        client.log.setLevel("CRITICAL")
        try:
            client.execute(env=os.environ | {COURSE_VARIABLE: str(course.root)})
        except DeadKernelError:
            self.ended = "the kernel died while the notebook ran"
        except (OSError, RuntimeError) as error:
            message = f"no kernel starts: {error}; see `curriculum doctor`"
            raise WorkspaceError(message) from None

    def checked(self, exercise: str) -> Checked:
        """What the last card of an exercise says."""
        for output in self._cards(exercise):
            card = output["metadata"]["curriculum"]
            return Checked(exercise, Outcome(card["outcome"]), "".join(output["data"]["text/plain"]))
        if self._timed_out(exercise):
            return Checked(exercise, Outcome.TIMED_OUT, f"a cell took longer than {self.timeout:g} s")
        if self.ended:
            return Checked(exercise, Outcome.KILLED, self.ended)
        return Checked(exercise, Outcome.MISSING, "its check cell is gone from the notebook, or shows no card")
