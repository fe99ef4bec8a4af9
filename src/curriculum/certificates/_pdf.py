"""The printable face of a certificate, with the credential attached; the same bytes each time it is made."""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum.certificates._face import AFTER, CHECK, HOW, facts, on_top, rows
from curriculum.errors import MissingToolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fpdf import FPDF

    from curriculum.certificates._certificate import Certificate

_INK, _SOFT, _ACCENT, _LINE = (27, 35, 48), (77, 88, 105), (31, 78, 140), (198, 205, 216)
_PAPER = (255, 255, 255)
_COLUMNS = 3
_LINE_HEIGHT = 0.48  # mm for each point of size
_BOX = "\u25a1"
_MARGIN = 20.0
_WIDTH = 210.0 - 2 * _MARGIN
_FONT = "dejavu"


def pdf(certificate: Certificate, token: str, seal: str) -> bytes:
    """The document, with the credential and a text where its seal stands attached to it.

    Raises:
        MissingToolError: what makes documents is not installed.
    """
    document = _document(certificate)
    document.add_page()
    _head(document, certificate)
    _facts(document, facts(certificate))
    _table(document, rows(certificate))
    if on_top(certificate):
        _text(document, on_top(certificate), 9, gap=2)
    _section(document, "What it took", [certificate.criteria])
    _section(document, "How to check it", [HOW])
    _text(document, CHECK, 8.5, style="B", gap=1)
    _text(document, AFTER, 9, gap=1)
    _text(document, f"Certificate {certificate.number}\nKey {certificate.fingerprint}", 8, colour=_SOFT, gap=2)
    lacking = _lacking(document, certificate)
    if lacking:
        _text(document, lacking, 8, colour=_SOFT, gap=2)
    _attach(document, certificate, "certificate.jwt", token, "The signed credential (Open Badges 3.0, JWT)")
    _attach(document, certificate, "seal.jws", seal, "The issuer's signature over this document")
    return bytes(document.output())


@cache
def _library() -> type[FPDF]:
    # fpdf2 shapes text with uharfbuzz, but would not say that it is missing before it is too late.
    if find_spec("fpdf") is None or find_spec("uharfbuzz") is None:
        message = 'certificates as PDF need libraries that are not installed: pip install "curriculum[desk]"'
        raise MissingToolError(message)
    import fpdf

    # Which glyphs a font lacks is said on the document itself.
    logging.getLogger("fpdf.output").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)

    class Document(fpdf.FPDF):
        """A document whose pages say which certificate they belong to."""

        label = ""

        def footer(self) -> None:
            self.set_y(-14)
            self.set_font(_FONT, size=7)
            self.set_text_color(*_SOFT)
            self.cell(_WIDTH - 25, 5, self.label)
            self.cell(25, 5, f"{self.page_no()} of {{nb}}", align="R")

    return Document


def _document(certificate: Certificate) -> FPDF:
    import matplotlib as mpl

    made: Any = _library()(format="A4")
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    made.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
    made.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
    made.set_text_shaping(True)
    made.set_margins(_MARGIN, _MARGIN, _MARGIN)
    made.set_auto_page_break(True, margin=18)
    made.set_creation_date(certificate.valid_from)
    made.set_title(f"Certificate: {certificate.course}, {certificate.name}")
    made.set_author(certificate.issuer)
    made.set_subject(f"{certificate.course}, version {certificate.version}")
    made.set_creator("curriculum")
    made.set_producer("curriculum")
    made.set_lang("en")
    made.label = f"Certificate {certificate.number}"
    document: FPDF = made
    return document


def _head(document: FPDF, certificate: Certificate) -> None:
    document.set_fill_color(*_ACCENT)
    document.rect(_MARGIN, 14, _WIDTH, 2.2, style="F")
    document.set_fill_color(*_PAPER)
    document.set_y(24)
    _text(document, "CERTIFICATE", 11, style="B", colour=_ACCENT, align="C", spacing=2.5)
    _fitted(document, certificate.course, 20, gap=3)
    _text(document, "the lessons listed here were completed by", 10, colour=_SOFT, align="C", gap=4)
    _fitted(document, certificate.name, 26, gap=2)


def _fitted(document: FPDF, text: str, largest: float, gap: float) -> None:
    """A line in the middle; long ones get smaller, then break."""
    document.set_font(_FONT, "B", largest)
    width = document.get_string_width(_boxed(document, text))
    size = max(largest * min(1.0, _WIDTH / width if width else 1.0), 13.0)
    _text(document, text, size, style="B", align="C", gap=gap)


def _facts(document: FPDF, entries: list[tuple[str, str]]) -> None:
    """Three in a row, each with its label above it."""
    document.ln(6)
    _rule(document)
    document.ln(2)
    column = _WIDTH / _COLUMNS
    for start in range(0, len(entries), _COLUMNS):
        top, lowest = document.get_y(), document.get_y()
        for place, (label, value) in enumerate(entries[start : start + _COLUMNS]):
            left = _MARGIN + place * column
            document.set_xy(left, top)
            _text(document, label, 8, colour=_SOFT, width=column)
            document.set_x(left)
            _text(document, value, 9.5, style="B", width=column)
            lowest = max(lowest, document.get_y())
        document.set_xy(_MARGIN, lowest + 2)
    _rule(document)


def _table(document: FPDF, lines: list[tuple[str, str, str]]) -> None:
    from fpdf.fonts import FontFace

    document.ln(4)
    document.set_font(_FONT, size=8.5)
    document.set_text_color(*_INK)
    document.set_draw_color(*_LINE)
    shares, sides = (100, 42, 28), ("LEFT", "RIGHT", "RIGHT")
    heading = FontFace(emphasis="BOLD", color=_ACCENT, fill_color=_PAPER)
    with document.table(
        borders_layout="HORIZONTAL_LINES",
        col_widths=shares,
        text_align=sides,
        line_height=4.4,
        headings_style=heading,
        width=_WIDTH,
        padding=(0.5, 1),
    ) as table:
        table.row(("Lesson", "Points", "Hours"))
        for title, points, hours in lines[:-1]:
            table.row((_boxed(document, title), points, hours))
        table.row(lines[-1], style=FontFace(emphasis="BOLD"))


def _section(document: FPDF, title: str, paragraphs: Iterable[str]) -> None:
    if document.will_page_break(25):  # a heading keeps some of its text
        document.add_page()
    _text(document, title, 11, style="B", colour=_ACCENT, gap=4)
    for paragraph in paragraphs:
        _text(document, paragraph, 9, gap=1)


def _rule(document: FPDF) -> None:
    document.set_draw_color(*_LINE)
    document.line(_MARGIN, document.get_y(), _MARGIN + _WIDTH, document.get_y())


def _text(
    document: FPDF,
    text: str,
    size: float,
    *,
    style: Any = "",
    colour: tuple[int, int, int] = _INK,
    align: str = "L",
    gap: float = 0.0,
    width: float = _WIDTH,
    spacing: float = 0.0,
) -> None:
    if gap:
        document.ln(gap)
    document.set_font(_FONT, style, size)
    document.set_text_color(*colour)
    document.set_char_spacing(spacing)
    document.multi_cell(width, size * _LINE_HEIGHT, _boxed(document, text), align=align, new_x="LMARGIN", new_y="NEXT")
    document.set_char_spacing(0)


def _boxed(document: FPDF, text: str) -> str:
    """The text with a box for every character that the font lacks: a name must not lose one unseen."""
    return "".join(char if char in "\n " or _has(document, char) else _box(char) for char in text)


def _box(char: str) -> str:
    """Joiners and selectors of a form take no room by themselves."""
    return "" if unicodedata.category(char) in {"Cf", "Mn"} else _BOX


def _has(document: FPDF, char: str) -> bool:
    return all(ord(char) in document.fonts[name].cmap for name in (_FONT, f"{_FONT}B"))  # type: ignore[union-attr]


def _lacking(document: FPDF, certificate: Certificate) -> str:
    """What stands as an empty box, spelled out."""
    shown = (certificate.name, certificate.course, certificate.issuer, *(line.title for line in certificate.lines))
    missing = dict.fromkeys(char for text in shown for char in text if not _has(document, char) and _box(char))
    if not missing:
        return ""
    words = [f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip() for char in missing]
    return (
        f"Empty boxes stand for characters that this font lacks: {', '.join(words)}. The attached credential has them."
    )


def _attach(document: FPDF, certificate: Certificate, name: str, content: str, words: str) -> None:
    when = certificate.valid_from
    document.embed_file(
        bytes=content.encode("ascii"),
        basename=name,
        desc=words,
        creation_date=when,
        modification_date=when,
    )
