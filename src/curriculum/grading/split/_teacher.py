"""Running one of the teacher's cells: it is trusted, and has to work."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from curriculum.grading._limited import limited
from curriculum.grading.split._shell import error_of

if TYPE_CHECKING:
    from curriculum.grading.split._shell import CellShell


class LessonBroken(Exception):  # noqa: N818 - a message to the grader, not an error of the package
    """A cell of the lesson itself fails, so nothing after it can be graded."""


def run_teacher(shell: CellShell, cell: dict[str, Any], seconds: float) -> None:
    """Run one of the teacher's cells.

    Raises:
        LessonBroken: it fails, and is not meant to, or takes too long.
    """
    with limited(seconds):
        error = error_of(shell.run(cell["source"]))
    if error is not None and not cell["may_raise"]:
        where = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        message = f"cell {cell['id']!r} raises {where}"
        raise LessonBroken(message) from error
