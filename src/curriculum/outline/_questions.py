"""Questions to ask a class: the ones that a lesson asks itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE = re.compile(r"(`+)(?:.|\n)*?\1")
_MATHS = re.compile(r"\$\$?[^$]*\$\$?")
_LABEL = re.compile(r"^\*\*([^*]{1,40}:)\*\*\s*")
# A sentence ends at its mark and what closes behind it, before a blank and something that can open the next one.
_ASKS = ("?", "\u061f", "\uff1f")
_CLOSING = '"\u201d\u2019)*_'
_OPENING = '"\u201c\u2018(*_'
_ENDS = "|".join(f"(?<=[.!…{''.join(_ASKS)}][{_CLOSING}]{{{count}}})" for count in range(4))
_END = re.compile(rf"(?:{_ENDS})\s+(?=[{_OPENING}]*[^\sa-zà-öø-ÿ{_OPENING}])")
_LEAST_WORDS = 3


def questions_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The sentences that end in a question mark, as they were written, each once, in order.

    Args:
        texts: headings and paragraphs as Markdown; question marks inside code and formulas end no sentence.
    """
    found: dict[str, None] = {}
    for text in texts:
        for sentence in _sentences(" ".join(text.split())):
            asked = _LABEL.sub(r"\1 ", sentence).strip()
            # What begins in the middle of a sentence is the end of another one.
            whole = not asked[:1].islower() and len(asked.split()) >= _LEAST_WORDS
            if whole and asked.rstrip(_CLOSING).endswith(_ASKS):
                found.setdefault(_balanced(asked))
    return tuple(found)


def _sentences(text: str) -> list[str]:
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\x00{len(kept) - 1}\x00"

    hidden = _MATHS.sub(hide, _CODE.sub(hide, text))
    return [_shown(sentence, kept) for sentence in _END.split(hidden)]


def _shown(text: str, kept: list[str]) -> str:
    # Twice, since a formula can hold code that was hidden before it.
    for _ in range(2):
        text = re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match.group(1))], text)
    return text


def _balanced(text: str) -> str:
    """Without a mark of emphasis, a bracket or a quotation mark whose partner stands in another sentence."""
    for mark in ("**", "*"):
        if text.count(mark) % 2:
            text = text.removeprefix(mark) if text.startswith(mark) else text.removesuffix(mark)
    if text.startswith(("- ", "* ")):
        text = text[2:]
    for opening, closing in (("(", ")"), ("“", "”"), ('"', '"')):
        if text.startswith(opening) and closing not in text[1:]:
            text = text[1:]
        elif text.endswith(closing) and opening not in text[:-1]:
            text = text[:-1]
    return text.strip()
