"""Rules on the text of Markdown cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from curriculum.lint import _markdown
from curriculum.lint._registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject

BELITTLING = ("simply", "obviously", "trivially", "needless to say", "as everyone knows")
_BELITTLING = re.compile(rf"\b(?:{'|'.join(BELITTLING)})\b", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+:|^//|^#")
_LONE_DOLLAR = re.compile(r"(?<!\\)\$")
_REMOTE = re.compile(r"^(?:https?:)?//", re.IGNORECASE)


@rule(
    "belittling-word",
    f"a word that tells a learner who struggles that it is easy: {', '.join(BELITTLING)}",
    mend="leave the word out, or say the reason",
)
def belittling_word(subject: Subject) -> Iterator[Found]:
    """Look for such words."""
    for cell in subject.markdown:
        for word in sorted({found.lower() for found in _BELITTLING.findall(_markdown.prose(cell.source))}):
            yield Found(cell.id, f"the text says {word!r}")


@rule(
    "unclosed-math",
    "a paragraph has a `$` or `$$` without its partner, so that text shows as mathematics or mathematics as text",
    mend=r"close it, or write a dollar sign as \$",
)
def unclosed_math(subject: Subject) -> Iterator[Found]:
    """Pair the dollar signs of every paragraph."""
    for cell in subject.markdown:
        text = _markdown.without_code(cell.source)
        if text.count("$$") % 2:
            yield Found(cell.id, "a $$ has no partner")
            continue
        text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
        for paragraph in re.split(r"\n\s*\n", text):
            if len(_LONE_DOLLAR.findall(paragraph)) % 2:
                yield Found(cell.id, f"a $ has no partner in the paragraph {paragraph.strip()[:40]!r}")
                break


@rule(
    "remote-picture",
    "a picture is loaded from the network, which a learner may not have and which may change",
    mend="keep the picture beside the notebook, or draw it in a cell",
)
def remote_picture(subject: Subject) -> Iterator[Found]:
    """Look at where pictures come from."""
    for cell in subject.markdown:
        for link in _markdown.links(cell.source):
            if link.is_image and _REMOTE.match(link.target):
                yield Found(cell.id, f"the picture comes from {link.target}")


@rule(
    "missing-link-target",
    "a link or picture names a file that is not there",
    mend="mend the path; it counts from the notebook's folder",
)
def missing_link_target(subject: Subject) -> Iterator[Found]:
    """Follow every relative link."""
    if subject.source.path is None:
        return
    folder = subject.source.path.parent
    for cell in subject.markdown:
        for link in _markdown.links(cell.source):
            target = unquote(link.target.partition("#")[0])
            if target and not _SCHEME.match(link.target) and not (folder / target).exists():
                yield Found(cell.id, f"there is no file {target!r}")
