"""Pages that are one file: one look, nothing from the network, and no script but the one that a page declares."""

from curriculum.pages._page import rendered
from curriculum.pages._text import named, number, points, printable, share, span, stamp

__all__ = ["named", "number", "points", "printable", "rendered", "share", "span", "stamp"]
