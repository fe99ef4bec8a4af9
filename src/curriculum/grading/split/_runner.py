"""Runner A, as the grader sees it: one zygote per lesson, two new processes per submission."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from curriculum.errors import GradingError
from curriculum.grading._limits import Limits
from curriculum.grading.split._channel import ChannelError
from curriculum.grading.split._prepared import Prepared
from curriculum.grading.split._session import Session

if TYPE_CHECKING:
    from curriculum.check import Drawing
    from curriculum.course import Lesson
    from curriculum.grading._result import Run
    from curriculum.grading._steps import Assembled
    from curriculum.grading.sandbox import Mode

_MOST_LESSONS = 2


class SplitRunner:
    """Runs each submission in two processes of its own, the learner's half in a sandbox.

    Args:
        mode: how much of the sandbox there must be.
        limits: what one submission may use.
        shows_hidden: whether learners may read what hidden tests say.

    Raises:
        SandboxError: (by ``run``) the sandbox that was asked for cannot be had.
    """

    name = "split"

    def __init__(
        self, mode: Mode | str = "available", limits: Limits | None = None, *, shows_hidden: bool = False
    ) -> None:
        self.mode = str(mode)
        self.limits = limits or Limits()
        self.shows_hidden = shows_hidden
        self._lessons: OrderedDict[tuple[str, tuple[str, ...]], Prepared] = OrderedDict()

    def run(self, assembled: Assembled, drawing: Drawing) -> Run:
        """Run one submission.

        Raises:
            GradingError: the lesson itself does not run, or its zygote has died.
        """
        start = time.perf_counter()
        prepared = self._prepared(assembled.lesson)
        try:
            with contextlib.closing(Session(prepared, assembled, drawing, shows_hidden=self.shows_hidden)) as session:
                return session.run(start)
        except ChannelError as error:
            self._forget(assembled.lesson)
            message = f"{assembled.lesson.id}: a process of the grader has died ({error})"
            raise GradingError(message) from None

    def close(self) -> None:
        """End every process; may be called from another thread while ``run`` runs, which then raises."""
        while self._lessons:
            self._lessons.popitem()[1].close()

    def _prepared(self, lesson: Lesson) -> Prepared:
        key = _key(lesson)
        if key in self._lessons:
            self._lessons.move_to_end(key)
            return self._lessons[key]
        while len(self._lessons) >= _MOST_LESSONS:
            self._lessons.popitem(last=False)[1].close()
        self._lessons[key] = Prepared(lesson, self.mode, self.limits)
        return self._lessons[key]

    def _forget(self, lesson: Lesson) -> None:
        found = self._lessons.pop(_key(lesson), None)
        if found is not None:
            found.close()


def _key(lesson: Lesson) -> tuple[str, tuple[str, ...]]:
    """A lesson as it is now: its source may be changed while a runner lives."""
    return str(lesson.path), tuple(cell.source for cell in lesson.notebook.cells)
