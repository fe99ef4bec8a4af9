"""One slide, and how much fits on it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from curriculum.outline import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# In lines of text at the size that slides begin with; the page makes text smaller where an estimate was too low.
ROOM = 16.0
CODE_LINES = 22
_WIDTH = 84
_MARKS = re.compile(r"[\\`*_<>\[\]$~|#&]")
_EACH = {BlockKind.ITEM: 0.35, BlockKind.PARAGRAPH: 0.7, BlockKind.HEADING: 0.8}


class Kind(StrEnum):
    """What a slide is for; decides how it looks."""

    TITLE = "title"
    TEXT = "text"
    CODE = "code"
    FIGURE = "figure"
    TABLE = "table"
    TASK = "task"
    SOLUTION = "solution"
    TEACHER = "teacher"


@dataclass(frozen=True)
class Piece:
    """What stands on a slide below its heading.

    Attributes:
        type: ``markdown`` or ``code``.
        outputs: of code, as a notebook stores them.
        attachments: pictures that the text refers to.
        fragment: whether it appears a step later.
        shows_source: whether code is shown, or its outputs alone.
    """

    type: str
    source: str
    outputs: tuple[dict[str, Any], ...] = ()
    attachments: tuple[tuple[str, Any], ...] = ()
    fragment: bool = False
    shows_source: bool = True


@dataclass(frozen=True)
class Slide:
    """A slide.

    Attributes:
        heading: as Markdown, without ``#``; empty where the pieces bring their own.
        level: the heading's, from 1.
        continued: whether the slide goes on with the subject of the one before.
        opens: whether it starts a column: the right arrow leads from one to the next, the down arrow through each.
        notes: what only whoever teaches sees, as Markdown.
    """

    heading: str
    pieces: tuple[Piece, ...]
    kind: Kind = Kind.TEXT
    level: int = 3
    opens: bool = False
    continued: bool = False
    notes: str = ""


def as_markdown(text: str) -> str:
    """Markdown that shows a text as it is."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def height_of(block: Block) -> float:
    """How much of a slide's room a block takes."""
    lines = block.text.split("\n")
    if block.kind is BlockKind.CODE:
        return len(lines) * 0.9 + 0.5
    if block.kind is BlockKind.TABLE:
        return len(lines) * 1.4
    if block.kind is BlockKind.MATHS:
        return 3.0
    return math.ceil(len(" ".join(lines)) / _WIDTH) + _EACH.get(block.kind, 0.7)


def text_height(text: str) -> float:
    """How much room printed text or code takes."""
    return len(text.rstrip("\n").split("\n")) * (ROOM / CODE_LINES) + 0.6


def spread(blocks: Iterable[Block], room: float = ROOM) -> Iterator[tuple[Block, ...]]:
    """Blocks as slides full of them; a line that introduces what follows goes with it."""
    page: list[Block] = []
    used = 0.0
    for group in _sentences(blocks):
        height = sum(map(height_of, group))
        if page and used + height > room:
            held = [page.pop()] if len(page) > 1 and _introduces(page[-1]) else []
            yield tuple(page)
            page, used = held, sum(map(height_of, held))
        page += group
        used += height
    if page:
        yield tuple(page)


def _sentences(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks by themselves, but a formula with the text before it, and with the rest of its sentence after it."""
    group: list[Block] = []
    for block in blocks:
        if group and not goes_on(group[-1], block):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def goes_on(block: Block, after: Block) -> bool:
    """Whether a sentence runs from one block to the next, through a formula."""
    if after.kind is BlockKind.MATHS:
        return block.kind is BlockKind.PARAGRAPH
    return block.kind is BlockKind.MATHS and after.text[:1].islower()


def divided(source: str, most: int = CODE_LINES) -> list[str]:
    """A program in pieces of so many lines at most, cut at blank lines where that can be."""
    pieces: list[list[str]] = [[]]
    for line in source.strip("\n").split("\n"):
        page = pieces[-1]
        if len(page) >= most:
            cut = max((place for place, text in enumerate(page) if not text.strip()), default=0)
            pieces[-1:] = [page[:cut], page[cut + 1 :]] if cut > most // 3 else [page, []]
        pieces[-1].append(line)
    texts = ["\n".join(piece).strip("\n") for piece in pieces]
    return [text for text in texts if text.strip()] or [source]


def markdown_of(blocks: Sequence[Block]) -> str:
    """Blocks as one text; items of a list stay close to each other."""
    text = ""
    for number, block in enumerate(blocks):
        close = number and block.kind is BlockKind.ITEM and blocks[number - 1].kind is BlockKind.ITEM
        text += ("\n" if close else "\n\n") * bool(number) + block.text
    return text


def _introduces(block: Block) -> bool:
    return block.kind is BlockKind.HEADING or block.text.rstrip().endswith(":")
