"""From a lesson to its slides: by the author's slideshow metadata where there is any, else by the lesson's sections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from curriculum.outline import outline
from curriculum.slides._authored import authored, is_authored
from curriculum.slides._sectioned import section_slides
from curriculum.slides._slide import Kind, Piece, Slide, as_markdown
from curriculum.slides._teacher import glance, section_notes

if TYPE_CHECKING:
    from curriculum.course import Course, Lesson
    from curriculum.outline import Section


def slides_of(lesson: Lesson, course: Course, *, instructor: bool = False) -> tuple[Slide, ...]:
    """A lesson's slides, in order.

    Args:
        lesson: which one.
        course: the course it belongs to.
        instructor: with solutions, mistakes to expect, minutes and notes. Without, nothing is in them that a released
            notebook would not hold, but the stored outputs of cells that nobody fills.

    Raises:
        NotebookError: the source cannot be read, or its markers do not pair.
    """
    sections = outline(lesson, course)
    if is_authored(lesson):
        made = authored(sections, instructor=instructor)
    else:
        made = _by_sections(lesson.title, sections, instructor=instructor)
    if not sections or sections[0].title != lesson.title:
        # A lesson that begins with a section has no opening.
        made.insert(0, Slide(as_markdown(lesson.title), (), level=1))
    first, *rest = made
    ahead = list(glance(lesson, sections)) if instructor else []
    title = replace(first, kind=Kind.TITLE, opens=True, pieces=(*first.pieces, _colophon(lesson, course)))
    return (title, *ahead, *rest)


def _by_sections(title: str, sections: tuple[Section, ...], *, instructor: bool) -> list[Slide]:
    slides: list[Slide] = []
    for number, section in enumerate(sections):
        level = 1 if number == 0 and section.title == title else 2
        made = list(section_slides(section, level=level, instructor=instructor))
        if instructor and made:
            made[0] = replace(made[0], notes=_joined(section_notes(section), made[0].notes))
        slides += made
    return slides


def _colophon(lesson: Lesson, course: Course) -> Piece:
    module = next((module.title for module in course.modules if module.folder == lesson.module), lesson.module)
    words = f"{course.title}, version {course.version} · {module} · {lesson.minutes} minutes"
    return Piece("markdown", f"*{as_markdown(words)}*")


def _joined(*notes: str) -> str:
    return "\n\n".join(note for note in notes if note)
