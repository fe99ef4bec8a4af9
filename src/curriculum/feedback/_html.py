"""What may stay of HTML and Markdown that a learner's notebook holds: what shows, never what acts or fetches."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

from curriculum.errors import MissingToolError
from curriculum.pages import printable

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN = """
    a abbr b bdi blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup
    table tbody td tfoot th thead tr u ul var
"""
_TAGS = set(_SHOWN.split())
_ATTRIBUTES = {
    "a": {"href"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "table": {"border"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)

# In Markdown a tag may stay if it is complete and bare, wherever a parser may think that it stands.
_TAG_LIKE = re.compile(r"<[a-zA-Z/!?]")
_BARE = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s+open)?\s*/?>|<https?://[^\s<>]*>|<[\w.+-]+@[\w.-]+>")
_SCHEME = re.compile(r"(?:javascript|vbscript|livescript|data|file|blob):", re.IGNORECASE)
# What a picture may not be got by: an address, of which browsers need no slashes, or a path on the reader's own server.
_FETCHES = re.compile(r"//|(?:https?|ftp|wss?):|\](?:\(|:)<?/|\.\./", re.IGNORECASE)
_SPACES = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\\]")
_TEX = re.compile(r"\\(?:href|def|gdef|edef|let|newcommand|renewcommand|require|csname|unicode|class|cssId|style)\b")
_FENCE = re.compile(r"`+")


def clean_html(html: str) -> str:
    """A piece of HTML without anything that runs, fetches, or reaches out of its place.

    Raises:
        MissingToolError: nh3 is not installed.
    """
    return _cleaner()(printable(html))


@cache
def _cleaner() -> Callable[[str], str]:
    try:
        import nh3
    except ImportError:
        message = 'copies with feedback need nh3: pip install "curriculum[desk]"'
        raise MissingToolError(message) from None

    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style", "svg", "math", "iframe", "object", "template", "noscript"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        allowed_classes={"table": {"dataframe"}},
        url_schemes={"http", "https", "mailto", "data"},
    ).clean


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _PICTURE.fullmatch(value.strip()) else None
    if name == "href":
        return value if tag == "a" and _LINK.match(value.strip()) else None
    return value


def is_inert(markdown: str) -> bool:
    """Whether a Markdown text can neither act nor fetch, whichever program shows it.

    Programs differ in what they take for code, so what stands inside code counts as well.
    """
    for found in _TAG_LIKE.finditer(markdown):
        tag = _BARE.match(markdown, found.start())
        if tag is None or (tag.group(1) and tag.group(1).lower() not in _TAGS - {"a", "img"}):
            return False
    plain = _SPACES.sub("", unescape(unescape(markdown)))
    if _SCHEME.search(plain) or _TEX.search(unescape(markdown)):
        return False
    return not ("![" in plain and _FETCHES.search(plain))


def as_text(source: str) -> str:
    """Markdown that shows a text as it is, in a fence that nothing inside can close."""
    longest = max((len(run) for run in _FENCE.findall(source)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}text\n{source}\n{fence}"
