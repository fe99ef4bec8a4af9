"""Slides as a lesson's author laid them out: JupyterLab's slide types, exercises still as wholes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from curriculum.outline import Code, Prose, Section, Task
from curriculum.slides._slide import Kind, Piece, Slide
from curriculum.slides._tasks import task_slides
from curriculum.slides._teacher import section_notes

if TYPE_CHECKING:
    from curriculum.course import Lesson
    from curriculum.notebook import Cell

_TYPES = {"slide", "subslide", "fragment", "skip", "notes"}


def is_authored(lesson: Lesson) -> bool:
    """Whether any cell of the lesson says which slide it belongs to."""
    return any(_type(cell) in _TYPES for cell in lesson.notebook.cells)


def authored(sections: tuple[Section, ...], *, instructor: bool) -> list[Slide]:
    """The lesson's slides by its cells' ``slideshow`` metadata.

    A cell without a type goes on with the slide above. An exercise takes the type of its first cell. Notes are only
    for whoever teaches.
    """
    slides: list[Slide] = []
    seen: set[str] = set()
    for section in sections:
        first = len(slides)
        for part in section.parts:
            cell = part.exercise.cells[0] if isinstance(part, Task) else part.cell
            if isinstance(part, Prose) and cell.id in seen:
                continue  # a cell with two headings is one cell to whoever laid out the slides
            seen.add(cell.id)
            _place(slides, part, _type(cell), instructor=instructor)
        if instructor and len(slides) > first:
            opening = slides[first]
            notes = "\n\n".join(filter(None, (section_notes(section), opening.notes)))
            slides[first] = replace(opening, notes=notes)
    return slides


def _place(slides: list[Slide], part: Prose | Code | Task, kind: str, *, instructor: bool) -> None:
    if kind == "skip":
        return
    if kind == "notes":
        if instructor and slides and isinstance(part, Prose):
            slides[-1] = replace(slides[-1], notes="\n\n".join(filter(None, (slides[-1].notes, part.cell.source))))
        return
    if isinstance(part, Task):
        made = list(task_slides(part, instructor=instructor))
        slides += [replace(made[0], opens=kind == "slide" or not slides), *made[1:]]
        return
    piece = replace(_piece(part), fragment=kind == "fragment")
    if kind in {"slide", "subslide"} or not slides or slides[-1].kind is not Kind.TEXT:
        slides.append(Slide("", (piece,), opens=kind == "slide" or not slides))
    else:
        slides[-1] = replace(slides[-1], pieces=(*slides[-1].pieces, piece))


def _piece(part: Prose | Code) -> Piece:
    if isinstance(part, Prose):
        return Piece("markdown", part.cell.source, attachments=tuple(part.cell.raw.get("attachments", {}).items()))
    return Piece("code", part.cell.source, tuple(part.cell.outputs))


def _type(cell: Cell) -> str:
    show = cell.metadata.get("slideshow")
    return str(show.get("slide_type") or "") if isinstance(show, dict) else ""
