"""Texts as HTML that runs nothing and loads nothing, whoever wrote them."""

from __future__ import annotations

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

_TAGS = set(
    re.findall(
        r"\w+",
        "a b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s span strong sub"
        " summary sup table tbody td th thead tr u ul",
    )
)
# What would show a text in another order than it has, or not at all: written out where order is meaning.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def prose(text: str, *, trusted: bool = False) -> Markup:
    """Markdown as HTML.

    Args:
        text: the Markdown.
        trusted: an author wrote it: its HTML is kept as far as it does nothing, and its links work. A learner's HTML
            is shown as typed, and so are links and pictures.
    """
    rendered = _renderer(trusted=trusted).render(_whole(text))
    return Markup(nh3.clean(rendered, tags=_TAGS, url_schemes={"http", "https"}))  # noqa: S704 - cleaned


def code(text: str) -> Markup:
    """Python as HTML, its words in classes of Pygments; characters that nobody sees are written out."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    return Markup(highlight(plain(text), lexer, HtmlFormatter(nowrap=True)))  # noqa: S704 - Pygments escapes


def plain(text: str) -> str:
    """The text with characters that nobody sees written out; not yet HTML."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", _whole(text))


def line(text: str, width: int = 90) -> str:
    """The beginning of a text, on one line."""
    words = " ".join(_whole(text).split())
    return words if len(words) <= width else words[: width - 1] + "…"


def _whole(text: str) -> str:
    """The text without halves of characters, which no page can hold."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


@cache
def _renderer(*, trusted: bool) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": trusted}).enable("table")
    return made if trusted else made.disable(["link", "image", "autolink", "reference"])
