"""Mark schemes: what an author wrote about how to grade, and the items in it that can be ticked."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = r"(?P<points>[+\u2212-]?\d+(?:[.,]\d+)?)"
_UNIT = r"(?:\s*(?:points?|pts?|marks?|p)\.?)"
_BULLET = re.compile(r"(?P<indent>\s*)(?P<bullet>[-*+•]|\d{1,2}[.)])\s+(?P<text>.*)")
_BEFORE = re.compile(rf"{_NUMBER}{_UNIT}?\s*:\s*(?P<text>\S.*)", re.IGNORECASE | re.DOTALL)
_AFTER = re.compile(rf"(?P<text>.*\S)\s*[(\[]{_NUMBER}{_UNIT}[)\]]\.?", re.IGNORECASE | re.DOTALL)
_EACH = re.compile(r"\b(?P<points>\d+(?:[.,]\d+)?|one|two|half a)\s+(?:points?|marks?)\s+each\b", re.IGNORECASE)
_HALVES = re.compile(r"\bhalf (?:a )?(?:points?|marks?)\b", re.IGNORECASE)
_WORDS = {"one": 1.0, "two": 2.0, "half a": 0.5}


@dataclass(frozen=True)
class Item:
    """A line of a mark scheme.

    Attributes:
        text: what it asks for, as Markdown.
        points: what it is worth; below 0 where it takes off.
    """

    text: str
    points: float


@dataclass(frozen=True)
class Rubric:
    """A mark scheme.

    Attributes:
        text: all of it, as Markdown; empty where the author wrote none.
        intro: what stands above the items.
        items: what can be ticked; empty where not every line of its list says what it is worth.
        halves: whether half of an item may be given.
    """

    text: str = ""
    intro: str = ""
    items: tuple[Item, ...] = ()
    halves: bool = False

    @property
    def points(self) -> float:
        """What the items add up to, without those that take off."""
        return math.fsum(item.points for item in self.items if item.points > 0)

    def shares(self) -> tuple[float, ...]:
        """What may be given of an item, as shares of its points."""
        return (0.0, 0.5, 1.0) if self.halves else (0.0, 1.0)

    def total(self, ticks: dict[int, float], most: float) -> float:
        """The points of what was ticked, not below 0 and not above ``most``.

        Args:
            ticks: the share given, by the item's index.
            most: what the exercise can give.
        """
        given = math.fsum(self.items[index].points * share for index, share in ticks.items())
        return min(max(given, 0.0), most)


def rubric(text: str) -> Rubric:
    """Read a mark scheme.

    An item is a line that begins with its points (``2: names the interval``, ``- 0.5 points: ...``, ``-1: no unit``) or
    ends with them (``- names the interval (2 points)``); "one point each" above a list gives every item of it one.
    Lines that go on below an item belong to it.
    """
    text = text.strip("\n").rstrip()
    intro, listed = _listed(text.split("\n"))
    each = _EACH.search(intro)
    worth = _value(each["points"]) if each else None
    items = [_item(entry, worth) for entry in listed]
    whole = [item for item in items if item is not None]
    if not whole or len(whole) != len(items):
        return Rubric(text=text)
    return Rubric(text, intro, tuple(whole), bool(_HALVES.search(intro)))


def _listed(lines: list[str]) -> tuple[str, list[str]]:
    """What stands above the first item, and the items."""
    intro: list[str] = []
    entries: list[list[str]] = []
    margin = ""
    for line in lines:
        bullet = _BULLET.fullmatch(line)
        if bullet and (not entries or len(bullet["indent"]) <= len(margin)):
            margin = bullet["indent"]
            entries.append([bullet["text"]])
        elif _BEFORE.fullmatch(line):
            entries.append([line])
        elif entries:
            entries[-1].append(line.strip())
        else:
            intro.append(line)
    return "\n".join(intro).strip(), ["\n".join(entry).strip() for entry in entries]


def _item(entry: str, worth: float | None) -> Item | None:
    for form in (_BEFORE, _AFTER):
        found = form.fullmatch(entry)
        if found:
            return Item(found["text"].strip(), _value(found["points"]))
    return Item(entry, worth) if worth is not None and entry else None


def _value(text: str) -> float:
    word = _WORDS.get(text.lower())
    return word if word is not None else float(text.replace(",", ".").replace("\u2212", "-"))
