"""Slides for an exercise: the prompt and the starter for everyone, the rest for whoever teaches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from curriculum import notebook
from curriculum.mistakes import expected_mistakes, options_of
from curriculum.notebook import TEXT_STUB, Region
from curriculum.outline import Block, BlockKind, blocks_of
from curriculum.slides._slide import (
    ROOM,
    Kind,
    Piece,
    Slide,
    as_markdown,
    divided,
    height_of,
    markdown_of,
    spread,
    text_height,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.course import Exercise
    from curriculum.outline import Task

_DETAILS = re.compile(r"<details\b.*?</details>", re.DOTALL | re.IGNORECASE)


def task_slides(task: Task, *, instructor: bool) -> Iterator[Slide]:
    """What the class is to do; for whoever teaches also the solution and what will go wrong."""
    notes = _notes(task) if instructor else ""
    for number, pieces in enumerate(_prompt(task.public)):
        yield Slide(
            f"Your turn: {task.exercise.subject}",
            pieces,
            Kind.TASK,
            continued=number > 0,
            notes="" if number else notes,
        )
    if instructor:
        yield from _solution(task.exercise)
        yield from _mark_scheme(task.exercise)
        yield from _listed(f"Mistakes to expect: {task.exercise.subject}", _mistakes(task.exercise))


def _prompt(exercise: Exercise) -> Iterator[tuple[Piece, ...]]:
    """The prompt in pieces that fit a slide, with what learners begin with on the last of them or after it."""
    blocks = [block for block in blocks_of(_told(exercise)) if block.title != exercise.title]
    points = f"*{exercise.points:g} {'point' if exercise.points == 1 else 'points'} · `{exercise.id}`*"
    pages = list(spread([*blocks, Block(BlockKind.PARAGRAPH, points)]))
    starter = _starter(exercise)
    for page in pages[:-1]:
        yield (_text(page),)
    last = pages[-1]
    if not starter:
        yield (_text(last),)
        return
    first, *more = divided(starter)
    if sum(map(height_of, last)) + text_height(first) <= ROOM:
        yield _text(last), Piece("code", first)
    else:
        yield (_text(last),)
        if exercise.is_quiz:
            return  # its prompt says what to set; three dots alone are no slide
        yield (Piece("code", first),)
    for source in more:
        yield (Piece("code", source),)


def _told(exercise: Exercise) -> str:
    """What sets the exercise, without hints; a task says it in the very cell that learners answer in."""
    answer = exercise.answer
    own = answer.source.replace(TEXT_STUB, "") if answer.type == "markdown" else ""
    return _DETAILS.sub("", f"{exercise.prompt}\n\n{own}")


def _starter(exercise: Exercise) -> str:
    """What learners begin with; nothing where that is no more than a place to write."""
    given = exercise.answer.source
    return "" if given.strip() in {TEXT_STUB, notebook.CODE_STUB} or exercise.answer.type != "code" else given


def _solution(exercise: Exercise) -> Iterator[Slide]:
    heading = f"Solution: {exercise.subject}"
    options = [
        Block(BlockKind.ITEM, f"- **{as_markdown(o.letter)}**: {as_markdown(o.explanation)}")
        for o in options_of(exercise)
    ]
    pages: list[tuple[Piece, ...]]
    if exercise.answer.type != "code":
        answer = notebook.replace_region(exercise.solution, Region.MARK_SCHEME, None)
        pages = [(_text(page),) for page in spread(blocks_of(answer))]
    elif options:
        first, *rest = spread(options, ROOM - text_height(exercise.solution))
        pages = [(Piece("code", exercise.solution), _text(first)), *((_text(page),) for page in rest)]
    else:
        pages = [(Piece("code", source),) for source in divided(exercise.solution)]
    for number, pieces in enumerate(pages):
        yield Slide(heading, pieces, Kind.SOLUTION, continued=number > 0)


def _mark_scheme(exercise: Exercise) -> Iterator[Slide]:
    begin, end = f"BEGIN {Region.MARK_SCHEME}", f"END {Region.MARK_SCHEME}"
    for cell in exercise.cells:
        _, found, rest = cell.source.partition(begin)
        if not found:
            continue
        text = "\n".join(rest.partition(end)[0].split("\n")[1:-1])
        for number, page in enumerate(spread(blocks_of(text))):
            yield Slide(f"Mark scheme: {exercise.subject}", (_text(page),), Kind.SOLUTION, continued=number > 0)


def _mistakes(exercise: Exercise) -> list[str]:
    """A list of them; where to read again stands once if it is the same for all."""
    expected = expected_mistakes(exercise)
    sections = {mistake.section for mistake in expected}
    again = {name: f" *Read again: {as_markdown(name)}.*" if name else "" for name in sections}
    one = len(sections) == 1
    lines = [f"- `{m.id}`: {as_markdown(m.message)}{'' if one else again[m.section]}" for m in expected]
    if one and lines:
        lines[-1] += f"\n\n{again.popitem()[1].strip()}"
    return lines


def _notes(task: Task) -> str:
    hints = [f"{place}. {' '.join(hint.split())}" for place, hint in enumerate(task.exercise.hints, 1)]
    count = len(expected_mistakes(task.exercise))
    lines = [f"**{task.exercise.points:g} points**, exercise `{task.exercise.id}`."]
    if hints:
        lines += ["Hints that learners can open, in this order:", "\n".join(hints)]
    if count:
        lines.append(f"The checks know {count} {'mistake' if count == 1 else 'mistakes'}; they follow the solution.")
    return "\n\n".join(lines)


def _listed(heading: str, items: Iterable[str]) -> Iterator[Slide]:
    for number, page in enumerate(spread([Block(BlockKind.ITEM, item) for item in items])):
        yield Slide(heading, (_text(page),), Kind.SOLUTION, continued=number > 0)


def _text(blocks: tuple[Block, ...]) -> Piece:
    return Piece("markdown", markdown_of(blocks))
