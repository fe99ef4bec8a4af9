"""Slides as one HTML file."""

from __future__ import annotations

import base64
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum.slides import _reveal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.course import Lesson
    from curriculum.slides._slide import Piece, Slide

_HERE = Path(__file__).with_name("templates") / "deck"
GENERATOR = "curriculum slides"


def to_html(lesson: Lesson, slides: Sequence[Slide], *, instructor: bool = False) -> str:
    """One HTML file that opens without a network.

    Args:
        lesson: whose slides they are.
        slides: as ``slides_of`` makes them.
        instructor: with reveal.js's speaker view (the key S).

    Raises:
        MissingToolError: a package that slides need is not installed.
    """
    _reveal.require_tools()
    from curriculum.slides._exporter import OfflineSlides

    scripts = [_reveal.script(), *([_reveal.speaker_view()] if instructor else []), _own("deck.js")]
    scripts = [_inside_html(script) for script in scripts]
    deck = {
        "title": lesson.title,
        "generator": identity(lesson, instructor=instructor),
        "policy": _policy(scripts, instructor=instructor),
        "styles": [_reveal.style(), _highlighting(), _own("deck.css")],
        "scripts": scripts,
    }
    exporter = OfflineSlides(log=logging.getLogger(__name__))
    html, _ = exporter.from_notebook_node(_as_notebook(lesson, slides), resources={"deck": deck})
    return str(html)


def identity(lesson: Lesson, *, instructor: bool) -> str:
    """What a file of slides says of itself: whose they are and which edition."""
    return f"{GENERATOR}; lesson={lesson.id}; edition={'instructor' if instructor else 'learner'}"


def _as_notebook(lesson: Lesson, slides: Sequence[Slide]) -> Any:
    import nbformat

    cells: list[dict[str, Any]] = []
    for number, slide in enumerate(slides):
        kind = "slide" if slide.opens or not number else "subslide"
        made = [_heading(slide)] if slide.heading else []
        made += map(_cell, slide.pieces)
        if slide.notes:
            made.append(_text(slide.notes, "notes"))
        made[0]["metadata"]["slideshow"] = {"slide_type": kind}
        made[0]["metadata"]["tags"] = [f"is-{slide.kind}", *(["is-continued"] if slide.continued else [])]
        cells += [cell | {"id": f"s{number}-{place}"} for place, cell in enumerate(made)]
    language = lesson.notebook.metadata.get("language_info") or {"name": "python", "pygments_lexer": "ipython3"}
    document = {"cells": cells, "metadata": {"language_info": language}, "nbformat": 4, "nbformat_minor": 5}
    return nbformat.from_dict(document)


def _heading(slide: Slide) -> dict[str, Any]:
    return _text(f"{'#' * slide.level} {slide.heading}", "-")


def _text(source: str, kind: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {"slideshow": {"slide_type": kind}}}


def _cell(piece: Piece) -> dict[str, Any]:
    made = _text(piece.source, "fragment" if piece.fragment else "-")
    if piece.type != "code":
        attachments = dict(piece.attachments)
        return made | ({"attachments": attachments} if attachments else {})
    made["metadata"]["transient"] = {} if piece.shows_source else {"remove_source": True}
    return made | {"cell_type": "code", "execution_count": None, "outputs": [_joined(out) for out in piece.outputs]}


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    """An output with its lines as one text, as nbformat has it in memory."""
    made = dict(output)
    if isinstance(made.get("text"), list):
        made["text"] = "".join(made["text"])
    if "data" in made:
        made["data"] = {
            kind: "".join(value) if isinstance(value, list) and kind != "application/json" else value
            for kind, value in made["data"].items()
        }
    return made


def _policy(scripts: list[str], *, instructor: bool) -> str:
    """What the page may do: run these scripts, show what it holds, and load nothing."""
    allowed = {"default-src": "'none'", "img-src": "data:", "style-src": "'unsafe-inline'"}
    if instructor:
        # The speaker view is a page that the plugin writes into a window of its own; it shows the slides in frames.
        allowed |= {"script-src": "'unsafe-inline'", "frame-src": "'self' file: blob: about:"}
    else:
        sums = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
        allowed["script-src"] = " ".join(f"'sha256-{value}'" for value in sums)
    allowed |= {"base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _inside_html(script: str) -> str:
    """A script whose texts hold no mark that HTML would read as its end or as a comment."""
    return script.replace("<!--", "\\x3C!--").replace("<script", "\\x3Cscript").replace("</script", "\\x3C/script")


def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _highlighting() -> str:
    """Colours for code on a light and on a dark page, both with enough contrast."""
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="default", nobackground=True).get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark", nobackground=True).get_style_defs(".highlight")
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"
