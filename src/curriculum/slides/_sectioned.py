"""Slides from a section's structure: a column a section, a slide for each figure, table and piece of code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from curriculum.outline import Block, BlockKind, Code, Prose, Section, Task
from curriculum.slides._slide import (
    ROOM,
    Kind,
    Piece,
    Slide,
    as_markdown,
    divided,
    goes_on,
    height_of,
    markdown_of,
    spread,
    text_height,
)
from curriculum.slides._tasks import task_slides
from curriculum.slides._teacher import figure_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAD_IN = 5.0
_INTRODUCTION = 9.0


def section_slides(section: Section, *, level: int, instructor: bool) -> Iterator[Slide]:
    """The slides of a section; ``level`` is its heading's."""
    waiting = _Waiting(section.heading or as_markdown(section.title), level)
    for part in section.parts:
        if isinstance(part, Prose):
            yield from waiting.text(part)
        elif isinstance(part, Task):
            yield from waiting.rest()
            for slide in task_slides(part, instructor=instructor):
                yield waiting.dressed(slide)
        else:
            yield from waiting.code(part, instructor=instructor)
    yield from waiting.rest()


class _Waiting:
    """What has been read of a section and stands on no slide yet."""

    def __init__(self, title: str, level: int) -> None:
        self._heading, self._level, self._fresh, self._opens = title, level, True, True
        self._below = ""  # a sub-heading on the section's own slide: the heading of those that follow
        self._blocks: list[Block] = []
        self._pictures: tuple[tuple[str, Any], ...] = ()

    def text(self, part: Prose) -> Iterator[Slide]:
        """Take in a text; a heading of it begins a new slide."""
        self._pictures += tuple(part.cell.raw.get("attachments", {}).items())
        for block in part.blocks:
            if block.kind is BlockKind.HEADING and block.level <= 3:
                yield from self.rest(whole=False)
                if not self._opens:
                    self._heading, self._level, self._fresh = block.title, 3, True
                elif block.level == 1:
                    self._heading = block.title
                else:
                    # The section's own slide: its first sub-heading stays with it.
                    self._blocks.append(block)
                    self._below = block.title
            else:
                self._blocks.append(block)

    def code(self, part: Code, *, instructor: bool) -> Iterator[Slide]:
        """Take in a cell: its code and what it prints together where they fit, a picture or long table by itself."""
        outputs = part.cell.outputs
        fits = text_height(part.cell.source) + _printed(tuple(outputs)) <= ROOM
        alone = [output for output in outputs if _is_picture(output) or (_is_table(output) and not fits)]
        printed = tuple(output for output in outputs if output not in alone)
        pieces = list(_code_pieces(part.cell.source, printed))
        lead, height = self._lead_in(), text_height(pieces[0].source) + _printed(pieces[0].outputs)
        if lead and sum(map(height_of, lead)) + height <= ROOM:
            self._blocks = self._blocks[: -len(lead)]
            pieces[0:1] = [Piece("markdown", markdown_of(lead), attachments=self._pictures), pieces[0]]
            yield from self.rest(whole=False)
            yield self._slide(tuple(pieces[:2]), Kind.CODE)
            pieces = pieces[2:]
        else:
            yield from self.rest(whole=False)
        for piece in pieces:
            yield self._slide((piece,), Kind.CODE)
        for output in alone:
            kind = Kind.FIGURE if _is_picture(output) else Kind.TABLE
            piece = Piece("code", part.cell.source, (output,), shows_source=False)
            notes = figure_notes(output) if instructor else ""
            yield replace(self._slide((piece,), kind), notes=notes)

    def rest(self, *, whole: bool = True) -> Iterator[Slide]:
        """What waits, as slides; a heading without text makes a slide of its own only at the section's start or end."""
        for page in spread(self._blocks):
            yield self._slide((Piece("markdown", markdown_of(page), attachments=self._pictures),), Kind.TEXT)
        self._blocks = []
        if whole and self._opens:
            yield self._slide((), Kind.TEXT)

    def dressed(self, slide: Slide) -> Slide:
        """A slide that brings its own heading, as the next one of this section."""
        opens, self._opens = self._opens, False
        return replace(slide, opens=opens)

    def _lead_in(self) -> list[Block]:
        """The end of what waits, if it is short enough to stand above code: a paragraph, the heading above it."""
        cut = len(self._blocks)
        ends_a_sentence = cut > 1 and goes_on(*self._blocks[-2:])
        if cut and not ends_a_sentence and _is_short(self._blocks[-1]):
            cut -= 1
        while cut and self._blocks[cut - 1].kind is BlockKind.HEADING:
            cut -= 1
        return self._blocks[cut:]

    def _slide(self, pieces: tuple[Piece, ...], kind: Kind) -> Slide:
        made = Slide(self._heading, pieces, kind, self._level, opens=self._opens, continued=not self._fresh)
        self._opens, self._fresh, self._level = False, False, 3
        self._heading, self._below = self._below or self._heading, ""
        return made


def _is_short(block: Block) -> bool:
    most = _INTRODUCTION if block.text.rstrip().endswith(":") else _LEAD_IN
    return block.kind is BlockKind.PARAGRAPH and height_of(block) <= most


def _code_pieces(source: str, printed: tuple[dict[str, Any], ...]) -> Iterator[Piece]:
    *early, last = divided(source)
    for text in early:
        yield Piece("code", text)
    if not printed or text_height(last) + _printed(printed) <= ROOM:
        yield Piece("code", last, printed)
        return
    yield Piece("code", last)
    yield Piece("code", source, printed, shows_source=False)


def _printed(outputs: tuple[dict[str, Any], ...]) -> float:
    return sum(text_height(_text_of(output)) * (1.6 if _is_table(output) else 1.0) for output in outputs)


def _text_of(output: dict[str, Any]) -> str:
    text = output.get("text") or output.get("data", {}).get("text/plain") or output.get("traceback") or ""
    return "".join(text) if isinstance(text, list) else str(text)


def _is_picture(output: dict[str, Any]) -> bool:
    return any(kind.startswith("image/") for kind in output.get("data", {}))


def _is_table(output: dict[str, Any]) -> bool:
    html = output.get("data", {}).get("text/html", "")
    return "<table" in ("".join(html) if isinstance(html, list) else str(html))
