"""What the source lesson says about an exercise: the prompt, a model answer, the mark scheme."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum import notebook
from curriculum.errors import CurriculumError
from curriculum.marking._rubric import Rubric, rubric
from curriculum.notebook import MarkerError, Region, Role

if TYPE_CHECKING:
    from curriculum.course import Course, Exercise

# Where a lesson shows its mark scheme to whoever reads the solution, it stands there under one of these headings.
_HEADED = re.compile(
    r"^(?:#{1,6}\s+|\*\*)(?:how (?:it|this) is graded|mark(?:ing)? scheme|rubric)\b", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class Material:
    """What a person grades an exercise by; all texts are Markdown but a model answer in code.

    Attributes:
        prompt: what learners were asked.
        model: the author's answer; empty where there is none.
        rubric: the mark scheme.
        is_code: whether learners answer in code.
    """

    prompt: str = ""
    model: str = ""
    rubric: Rubric = field(default_factory=Rubric)
    is_code: bool = False


def material(course: Course, lesson: str, exercise: str) -> Material | None:
    """What the course says about an exercise; None where it has no such exercise any more."""
    try:
        return _of(course.lesson(lesson).exercise(exercise))
    except (CurriculumError, MarkerError):
        return None


def _of(exercise: Exercise) -> Material:
    answer = exercise.answer
    scheme = "\n".join(_inside(cell.source) for cell in exercise.cells).strip("\n")
    written = notebook.replace_region(exercise.solution, Region.MARK_SCHEME, None).strip()
    prompt = notebook.replace_region(exercise.prompt, Region.MARK_SCHEME, None).strip()
    if answer.role is Role.TASK:  # the cell itself sets the task; learners answer in cells of their own
        prompt, written = "\n\n".join(filter(None, (prompt, written))), ""
    headed = None if scheme or answer.type == "code" else _HEADED.search(written)
    if headed:
        written, scheme = written[: headed.start()].strip(), written[headed.start() :]
    return Material(prompt, written, rubric(scheme), is_code=answer.type == "code")


def _inside(source: str) -> str:
    """What stands between the markers of a mark scheme."""
    if not notebook.has_region(source, Region.MARK_SCHEME):
        return ""
    notebook.replace_region(source, Region.MARK_SCHEME, None)  # raises where markers do not pair
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if f"BEGIN {Region.MARK_SCHEME}" in line:
            inside = True
        elif f"END {Region.MARK_SCHEME}" in line:
            inside = False
        elif inside:
            kept.append(line)
    return "\n".join(kept)
