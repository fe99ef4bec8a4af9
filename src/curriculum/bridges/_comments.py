"""Feedback that fits into another system: a line an exercise, from what is meant for the learner and nothing else.

A mark's ``detail`` may hold the inputs of hidden tests: nothing here reads it.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

from curriculum.bridges._grades import number, rounded
from curriculum.bridges._table import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.gradebook import Mark, Standing

_LONGEST = 240
_FENCE = re.compile(r"`{3,}")
# A spreadsheet that divides at semicolons, in which references to characters end, would begin a formula here.
_FORMULA = re.compile(r"(?<=;)( *)([=+\-@])")


def lines_of(standing: Standing) -> list[str]:
    """Feedback as plain lines: one an exercise, then what else counts; empty where nothing was graded."""
    marks = standing.counted.marks if standing.counted else ()
    return [_line(mark) for mark in marks] + list(_rest(standing))


def html_of(standing: Standing) -> str:
    """Feedback as a list in HTML, with everything escaped; empty where there is none."""
    escaped = (_FORMULA.sub(_referred, html.escape(line)) for line in lines_of(standing))
    items = "".join(f"<li>{line}</li>" for line in escaped)
    return f"<ul>{items}</ul>" if items else ""


def notebook_of(title: str, standing: Standing) -> bytes:
    """Feedback as a notebook of two text cells; what it says stands in a fence, so none of it is markup."""
    text = "\n".join(lines_of(standing))
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# Feedback\n\n`{one_line(title)}`"},
        {"cell_type": "markdown", "id": "feedback", "metadata": {}, "source": f"{fence}text\n{text}\n{fence}"},
    ]
    data = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(data, indent=1, ensure_ascii=False).encode("utf-8")


def one_line(text: str) -> str:
    """A text as one line of bounded length, without characters that cannot be seen."""
    shown = "".join(char if char.isprintable() or char.isspace() else " " for char in whole(text))
    shown = " ".join(unicodedata.normalize("NFC", shown).split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1].rstrip() + "…"


def _referred(found: re.Match[str]) -> str:
    return f"{found[1]}&#{ord(found[2])};"


def _line(mark: Mark) -> str:
    points = "waits for a person" if mark.points is None else number(rounded(mark.points))
    of = number(rounded(mark.max_points))
    head = f"{one_line(mark.title or mark.exercise)}: {points} ({of} at most)."
    said = [mark.message, *([mark.comments[-1].comment] if mark.comments else [])]
    return " ".join([head, *(one_line(text) for text in said if text.strip())])


def _rest(standing: Standing) -> Iterator[str]:
    if standing.penalty:
        yield f"Late: {number(-rounded(standing.penalty))} points."
    for credit in standing.extra:
        sign = "+" if credit.points >= 0 else ""
        yield f"Extra: {sign}{number(rounded(Decimal(str(credit.points))))} points. {one_line(credit.reason)}".rstrip()
