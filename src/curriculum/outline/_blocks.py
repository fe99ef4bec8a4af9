"""Markdown as its top-level blocks, each with the text it was written as."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)(?:[^<>]*?)(/?)>")
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
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
    tokens = _parser(inline=False).parse(markdown)
    for place, token in enumerate(tokens):
        if token.map is not None and _opens(token):
            title = tokens[place + 1].content if token.type == "heading_open" else ""
            level = int(token.tag[1]) if token.type == "heading_open" else 0
            starts.append((token.map[0], _kind(token), level, title))
    return tuple(_whole_elements(_cut(lines, starts)))


def plain(inline: str) -> str:
    """The words of a line of Markdown, without marks for emphasis, code and links."""
    (line,) = _parser(inline=True).parseInline(inline)
    words = [" " if token.type == "softbreak" else token.content for token in line.children or []]
    return " ".join("".join(words).split())


@lru_cache(maxsize=2)
def _parser(*, inline: bool) -> MarkdownIt:
    """A parser; for blocks alone it leaves what stands in a line unread, which would take most of the time."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    return parser if inline else parser.disable("inline")


def _whole_elements(blocks: Iterable[Block]) -> Iterator[Block]:
    """An HTML element that was opened in one block stays with all that stands in it."""
    held: list[Block] = []
    for block in blocks:
        held.append(block)
        text = "\n\n".join(part.text for part in held)
        raw = [part.text for part in held if part.kind is BlockKind.OTHER]
        if sum(_depth(part) for part in raw) > 0:
            continue
        yield block if len(held) == 1 else Block(BlockKind.OTHER, text)
        held = []
    if held:
        yield Block(BlockKind.OTHER, "\n\n".join(part.text for part in held))


def _depth(html: str) -> int:
    """How many elements a piece of HTML leaves open; below 0 where it closes others."""
    tags = [(slash, name.lower(), end) for slash, name, end in _TAG.findall(html)]
    lasting = [slash for slash, name, end in tags if name not in _VOID and not end]
    return sum(-1 if slash else 1 for slash in lasting)


def _opens(token: Token) -> bool:
    top = token.level == 0 and token.nesting >= 0 and token.type not in _LISTS
    return top or (token.level == 1 and token.type == "list_item_open")


def _kind(token: Token) -> BlockKind:
    return BlockKind.ITEM if token.type == "list_item_open" else _KINDS.get(token.type, BlockKind.OTHER)


def _cut(lines: list[str], starts: list[tuple[int, BlockKind, int, str]]) -> Iterator[Block]:
    # What stands before the first block, such as the definition of a link, stays with it.
    if not starts:
        starts = [(0, BlockKind.OTHER, 0, "")] if any(line.strip() for line in lines) else []
    ends = [start for start, *_ in starts[1:]] + [len(lines)]
    for number, ((start, kind, level, title), end) in enumerate(zip(starts, ends, strict=False)):
        text = "\n".join(lines[0 if number == 0 else start : end]).strip("\n")
        found = BlockKind.MATHS if kind is BlockKind.PARAGRAPH and text.strip().startswith("$$") else kind
        yield Block(found, text, level, title)
