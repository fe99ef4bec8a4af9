"""A lesson by its sections: what stands under each heading, exercises as wholes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from curriculum.notebook import Cell, Role
from curriculum.outline._blocks import Block, BlockKind, blocks_of, plain
from curriculum.outline._minutes import share_out, weight_of_code, weight_of_exercise, weight_of_prose
from curriculum.outline._questions import questions_of

if TYPE_CHECKING:
    from curriculum.course import Course, Exercise, Lesson


@dataclass(frozen=True)
class Prose:
    """Text between two headings of the second level, as blocks.

    Attributes:
        cell: the cell it stands in, as learners get it.
    """

    cell: Cell
    blocks: tuple[Block, ...]

    @property
    def weight(self) -> float:
        """How long it takes to read, in arbitrary units."""
        return weight_of_prose("\n\n".join(block.text for block in self.blocks))


@dataclass(frozen=True)
class Code:
    """A cell that shows something, as learners get it, with its stored outputs."""

    cell: Cell

    @property
    def weight(self) -> float:
        """How long it takes to read and run, in arbitrary units."""
        return weight_of_code(self.cell.source, self.cell.outputs)


@dataclass(frozen=True)
class Task:
    """An exercise.

    Attributes:
        exercise: as the source has it, answers and all.
        public: the same as learners get it.
    """

    exercise: Exercise
    public: Exercise

    @property
    def weight(self) -> float:
        """How long it takes to read and solve, in arbitrary units."""
        return weight_of_exercise(self.exercise)


Part = Prose | Code | Task


@dataclass(frozen=True)
class Section:
    """What stands under one heading of the second level, or before the first of them.

    Attributes:
        title: the heading's words without marks; the lesson's title for what stands before the first.
        heading: the heading as Markdown; empty for what stands before the first.
        minutes: its share of the lesson's.
    """

    title: str
    parts: tuple[Part, ...]
    heading: str = ""
    minutes: int = 0
    questions: tuple[str, ...] = ()

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Its exercises as the source has them, in order."""
        return tuple(part.exercise for part in self.parts if isinstance(part, Task))

    @property
    def points(self) -> float:
        """The points of its exercises."""
        return sum(exercise.points for exercise in self.exercises)


def outline(lesson: Lesson, course: Course) -> tuple[Section, ...]:
    """The lesson's sections; their minutes add up to the lesson's.

    Raises:
        NotebookError: the source cannot be read, or its markers do not pair.
    """
    found: list[Section] = []
    title, written, parts = lesson.title, "", list[Part]()
    for part in _parts(lesson, course):
        for heading, piece in _by_heading(part):
            if heading is not None:
                found.append(Section(title, tuple(parts), written))
                title, written, parts = plain(heading.title), heading.title, []
            if piece is not None:
                parts.append(piece)
    found.append(Section(title, tuple(parts), written))
    kept = [section for section in found if section.parts or section.heading]
    minutes = share_out(lesson.minutes, [sum(part.weight for part in section.parts) for section in kept])
    return tuple(
        replace(section, minutes=share, questions=questions_of(_texts(section)))
        for section, share in zip(kept, minutes, strict=True)
    )


@dataclass(frozen=True)
class Stretch:
    """A lesson from after one exercise to the end of the next: what may be taught by itself.

    Attributes:
        minutes: its share of the lesson's.
        exercises: the one it ends with; none where the lesson has none.
    """

    minutes: int
    exercises: tuple[Exercise, ...]


def stretches(lesson: Lesson, course: Course) -> tuple[Stretch, ...]:
    """The lesson cut after each of its exercises; their minutes add up to the lesson's.

    What comes after the last exercise belongs to the last stretch.

    Raises:
        NotebookError: the source cannot be read, or its markers do not pair.
    """
    groups: list[list[Part]] = [[]]
    for part in _parts(lesson, course):
        if any(isinstance(held, Task) for held in groups[-1]):
            groups.append([])
        groups[-1].append(part)
    if len(groups) > 1 and not any(isinstance(part, Task) for part in groups[-1]):
        groups[-2:] = [groups[-2] + groups[-1]]
    shares = share_out(lesson.minutes, [sum(part.weight for part in group) for group in groups])
    return tuple(
        Stretch(share, tuple(part.exercise for part in group if isinstance(part, Task)))
        for share, group in zip(shares, groups, strict=True)
    )


def _parts(lesson: Lesson, course: Course) -> list[Part]:
    from curriculum.course import exercises_of
    from curriculum.release import learner_edition

    edition = learner_edition(lesson, course)
    public = {exercise.id: exercise for exercise in exercises_of(edition)}
    owner = {id(cell): exercise for exercise in lesson.exercises for cell in exercise.cells}
    opened: set[str] = set()
    parts: list[Part] = []
    for source, given in zip(lesson.notebook.cells, edition.cells, strict=True):
        exercise = owner.get(id(source))
        if exercise is not None:
            if exercise.id not in opened:
                parts.append(Task(exercise, public[exercise.id]))
            opened.add(exercise.id)
        elif given.type == "markdown":
            parts.append(Prose(given, blocks_of(given.source)))
        elif source.role is Role.CODE and source.type == "code" and source.source.strip():
            # What learners get has no outputs; those of a cell that nobody fills give nothing away.
            parts.append(Code(replace(given, raw={**given.raw, "outputs": source.outputs})))
    return parts


def _by_heading(part: Part) -> list[tuple[Block | None, Part | None]]:
    """A part cut at headings of the second level; each piece beside the heading it stands under, if one opened it."""
    if not isinstance(part, Prose):
        return [(None, part)]
    pieces: list[tuple[Block | None, list[Block]]] = [(None, [])]
    for block in part.blocks:
        if block.kind is BlockKind.HEADING and block.level == 2:
            pieces.append((block, []))
        else:
            pieces[-1][1].append(block)
    return [(heading, Prose(part.cell, tuple(blocks)) if blocks else None) for heading, blocks in pieces]


def _texts(section: Section) -> list[str]:
    """Where a section's questions stand: its heading, its prose, the prompts of its multiple-choice questions."""
    texts = [section.title]
    for part in section.parts:
        if isinstance(part, Prose):
            texts += [b.title or b.text for b in part.blocks if b.kind not in {BlockKind.CODE, BlockKind.TABLE}]
        elif isinstance(part, Task) and part.exercise.is_quiz:
            told = blocks_of(part.public.prompt)
            texts += [b.text for b in told if b.kind is BlockKind.PARAGRAPH]
    return texts
