"""Markdown as its top-level blocks, each with the text it was written as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CODE = "code"
    TABLE = "table"
    MATHS = "maths"
    OTHER = "other"


_KINDS = {
    "heading_open": BlockKind.HEADING,
    "paragraph_open": BlockKind.PARAGRAPH,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "table_open": BlockKind.TABLE,
}
_LISTS = {"bullet_list_open", "ordered_list_open"}


@dataclass(frozen=True)
class Block:
    """One top-level block; a list is one block an item, so that it can be divided.

    Attributes:
        text: as it was written, without the blank lines around it.
        level: of a heading, from 1; 0 for everything else.
        title: a heading's own words; empty for everything else.
    """

    kind: BlockKind
    text: str
    level: int = 0
    title: str = ""


def blocks_of(markdown: str) -> tuple[Block, ...]:
    """The top-level blocks of a Markdown text, in order; nothing of the text but blank lines is lost."""
    lines = markdown.split("\n")
    starts: list[tuple[int, BlockKind, int, str]] = []
    tokens = _parser().parse(markdown)
    for place, token in enumerate(tokens):
        if token.map is not None and _opens(token):
            title = tokens[place + 1].content if token.type == "heading_open" else ""
            level = int(token.tag[1]) if token.type == "heading_open" else 0
            starts.append((token.map[0], _kind(token), level, title))
    return tuple(_cut(lines, starts))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _opens(token: Token) -> bool:
    top = token.level == 0 and token.nesting >= 0 and token.type not in _LISTS
    return top or (token.level == 1 and token.type == "list_item_open")


def _kind(token: Token) -> BlockKind:
    return BlockKind.ITEM if token.type == "list_item_open" else _KINDS.get(token.type, BlockKind.OTHER)


def _cut(lines: list[str], starts: list[tuple[int, BlockKind, int, str]]) -> Iterator[Block]:
    # What stands before the first block, such as the definition of a link, stays with it.
    ends = [start for start, *_ in starts[1:]] + [len(lines)]
    for number, ((start, kind, level, title), end) in enumerate(zip(starts, ends, strict=True)):
        text = "\n".join(lines[0 if number == 0 else start : end]).strip("\n")
        found = BlockKind.MATHS if kind is BlockKind.PARAGRAPH and text.strip().startswith("$$") else kind
        yield Block(found, text, level, title)
