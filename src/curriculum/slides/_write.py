"""Writing slides to a file that is ours to write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from curriculum import files
from curriculum.errors import SlidesError
from curriculum.slides._deck import slides_of
from curriculum.slides._export import GENERATOR, identity, to_html
from curriculum.slides._reveal import require_tools

if TYPE_CHECKING:
    from curriculum.course import Course, Lesson


def default_file(lesson: Lesson, *, instructor: bool = False) -> Path:
    """Where a lesson's slides go unless somebody says otherwise: the current folder."""
    return Path(f"{lesson.file}.instructor.slides.html" if instructor else f"{lesson.file}.slides.html")


def write_slides(lesson: Lesson, course: Course, out: Path, *, instructor: bool = False, force: bool = False) -> int:
    """Write a lesson's slides.

    Args:
        lesson: which one.
        course: the course it belongs to.
        out: the file; one that holds the same lesson's slides in the same edition is replaced.
        instructor: write the edition for whoever teaches.
        force: replace whatever stands there.

    Returns:
        How many slides were written.

    Raises:
        SlidesError: something else stands there, or the file cannot be written.
        NotebookError: the lesson cannot be read.
        MissingToolError: a package that slides need is not installed.
    """
    require_tools()
    if not force:
        _refuse_what_is_not_ours(out, identity(lesson, instructor=instructor))
    slides = slides_of(lesson, course, instructor=instructor)
    html = to_html(lesson, slides, instructor=instructor)
    try:
        files.write_text(out, html)
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror or error}"
        raise SlidesError(message) from None
    return len(slides)


def _refuse_what_is_not_ours(out: Path, wanted: str) -> None:
    if out.is_dir():
        message = f"{out} is a folder: name a file with --out"
        raise SlidesError(message)
    try:
        with out.open(encoding="utf-8", errors="replace") as file:
            head = file.read(4096)
    except FileNotFoundError:
        return
    except OSError as error:
        message = f"{out} cannot be read: {error.strerror or error}"
        raise SlidesError(message) from None
    if f'content="{wanted}"' in head:
        return
    held = "holds other slides" if f'content="{GENERATOR};' in head else "is not a file of slides"
    message = f"{out} {held}: choose another file with --out, or replace it with --force"
    raise SlidesError(message)
