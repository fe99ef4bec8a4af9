"""What only whoever teaches gets: the lesson at a glance, and notes to speak from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum.outline import Block, BlockKind, Section
from curriculum.slides._slide import Kind, Piece, Slide, as_markdown, markdown_of, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.course import Lesson


def glance(lesson: Lesson, sections: tuple[Section, ...]) -> Iterator[Slide]:
    """The slides before the lesson: minutes and exercises section by section, and the questions to ask."""
    rows = [_row(as_markdown(_name(lesson, each)), each.minutes, len(each.exercises), each.points) for each in sections]
    head = "| section | minutes | exercises | points |\n|:--|--:|--:|--:|"
    total = _row("**in all**", lesson.minutes, len(lesson.exercises), lesson.points)
    table = "\n".join([head, *rows, total])
    needs = f"Before it: {', '.join(lesson.requires)}." if lesson.requires else ""
    pieces = tuple(Piece("markdown", text) for text in (table, needs) if text)
    yield Slide("For the instructor: the lesson at a glance", pieces, Kind.TEACHER, 2, opens=True)
    for number, page in enumerate(spread(_asked(lesson, sections))):
        yield Slide("Questions to ask", (Piece("markdown", markdown_of(page)),), Kind.TEACHER, continued=number > 0)


def section_notes(section: Section) -> str:
    """What to say and ask on a section's first slide."""
    lines = [
        f"**{as_markdown(section.title)}**: about {section.minutes} {'minute' if section.minutes == 1 else 'minutes'}."
    ]
    if section.exercises:
        exercises = ", ".join(f"`{exercise.id}` ({exercise.points:g})" for exercise in section.exercises)
        lines.append(f"Exercises, with points: {exercises}.")
    if section.questions:
        lines.append("Questions to ask:\n\n" + "\n".join(f"- {question}" for question in section.questions))
    return "\n\n".join(lines)


def figure_notes(output: dict[str, Any]) -> str:
    """What a picture shows, in the words that its author wrote for whoever cannot see it."""
    alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
    return f"What the picture shows: {as_markdown(str(alt))}" if alt else ""


def _asked(lesson: Lesson, sections: tuple[Section, ...]) -> Iterator[Block]:
    for section in sections:
        if section.questions:
            yield Block(BlockKind.PARAGRAPH, f"**{as_markdown(_name(lesson, section))}**")
            yield from (Block(BlockKind.ITEM, f"- {question}") for question in section.questions)


def _name(lesson: Lesson, section: Section) -> str:
    """A section's heading; what stands before the first has the lesson's, which says nothing here."""
    return "Opening" if section.title == lesson.title else section.title


def _row(name: str, minutes: int, exercises: int, points: float) -> str:
    return f"| {name} | {minutes} | {exercises or ''} | {f'{points:g}' if points else ''} |"
