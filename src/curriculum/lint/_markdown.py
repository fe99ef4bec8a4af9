"""Markdown as rules look at it: prose without code and mathematics, headings, links, lists."""

from __future__ import annotations

import re
from typing import NamedTuple

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DISPLAY_MATH = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_INLINE_MATH = re.compile(r"(?<!\\)\$[^$\n]+?(?<!\\)\$")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])[ \t]+\S", re.MULTILINE)
_WORD = re.compile(r"\w+")


class Link(NamedTuple):
    """A link, or a picture with its description."""

    is_image: bool
    text: str
    target: str


class Mark(NamedTuple):
    """A heading, and where its line begins and ends."""

    level: int
    title: str
    start: int
    end: int


def without_code(source: str) -> str:
    """The text without comments, fenced code and code in a line; lines keep their places."""
    source = _COMMENT.sub(_blank, source)
    return _INLINE_CODE.sub(_blank, FENCE.sub(_blank, source))


def prose(source: str) -> str:
    """The words alone: no code, mathematics, tags or link targets."""
    text = _INLINE_MATH.sub(" ", _DISPLAY_MATH.sub(" ", without_code(source)))
    return _TAG.sub(" ", _LINK.sub(lambda found: found.group(2), text))


def words(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))


def headings(source: str) -> list[Mark]:
    """Every heading of a text, fenced code left out."""
    found = _HEADING.finditer(_unfenced(source))
    return [Mark(len(mark.group(1)), mark.group(2), mark.start(), mark.end()) for mark in found]


def links(source: str) -> list[Link]:
    """Every link and picture, Markdown's and HTML's."""
    text = without_code(source)
    found = [Link(bool(mark), label, target) for mark, label, target in _LINK.findall(text)]
    found += [Link(False, "", target) for target in _REFERENCE.findall(text)]
    return found + [Link(True, attribute(tag, "alt"), attribute(tag, "src")) for tag in _IMG.findall(text)]


def image_tags(source: str) -> list[str]:
    """Every ``<img>`` of an HTML text."""
    return _IMG.findall(source)


def attribute(tag: str, name: str) -> str:
    """The value of an HTML tag's attribute, or an empty text."""
    found = re.search(rf"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag, re.IGNORECASE)
    return (found.group(1) or found.group(2) or "").strip() if found else ""


def items(source: str) -> int:
    """How many items the lists of a text have, nested ones not counted."""
    return len(_ITEM.findall(_unfenced(source)))


def _unfenced(source: str) -> str:
    return FENCE.sub(_blank, _COMMENT.sub(_blank, source))


def _blank(found: re.Match[str]) -> str:
    """As many spaces, so that positions stay true."""
    return re.sub(r"[^\n]", " ", found.group())
