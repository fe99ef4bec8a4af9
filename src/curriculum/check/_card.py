"""Findings as a learner sees them: a short card in Jupyter, the same words as plain text elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.check._finding import Finding

_TITLES = {
    Outcome.PASSED: "Right",
    Outcome.FAILED: "Not yet",
    Outcome.NOT_ATTEMPTED: "Not attempted",
    Outcome.RAISED: "Your code raised an error",
}
# Okabe and Ito's palette: told apart with any colour vision, and the sign says it without colour.
_LOOKS = {
    Outcome.PASSED: ("✓", "#009E73"),
    Outcome.FAILED: ("✗", "#D55E00"),
    Outcome.NOT_ATTEMPTED: ("○", "#56B4E9"),
    Outcome.RAISED: ("!", "#CC79A7"),
}
_MONOSPACE = {"called", "expected", "got"}


def as_text(finding: Finding) -> str:
    """The finding as a few lines of plain text."""
    rows = _rows(finding)
    width = max((len(label) for label, _ in rows), default=0)
    lines = [_headline(finding)]
    for label, text in rows:
        first, *rest = text.split("\n")
        indent = "  " if not label else f"  {'':<{width}}  "
        lines.append(f"  {first}" if not label else f"  {label:<{width}}  {first}")
        lines += [indent + line for line in rest]
    return "\n".join(lines)


def as_html(finding: Finding) -> str:
    """The finding as one self-contained piece of HTML that follows JupyterLab's theme."""
    _, colour = _looks(finding)
    rows = "".join(_html_row(label, text) for label, text in _rows(finding))
    table = f'<table style="margin:6px 0 0 0;border-collapse:collapse">{rows}</table>' if rows else ""
    frame = (
        f"border-left:4px solid {colour};padding:6px 12px;margin:4px 0;"
        "background:var(--jp-layout-color2,#f4f4f4);color:var(--jp-ui-font-color1,#222);max-width:52em"
    )
    headline = escape(_headline(finding))
    return f'<div role="status" class="curriculum-card" style="{frame}"><strong>{headline}</strong>{table}</div>'


def _headline(finding: Finding) -> str:
    sign, _ = _looks(finding)
    title = _TITLES.get(finding.outcome, finding.outcome.words.capitalize())
    return f"{sign} {finding.exercise}: {title}" if finding.exercise else f"{sign} {title}"


def _looks(finding: Finding) -> tuple[str, str]:
    return _LOOKS.get(finding.outcome, _LOOKS[Outcome.RAISED])


def _rows(finding: Finding) -> list[tuple[str, str]]:
    mistake = finding.mistake
    section = f"(see the section “{mistake.section}”)" if mistake and mistake.section else ""
    rows = [
        ("", finding.message),
        ("called", finding.called),
        ("expected", finding.expected),
        ("got", finding.got),
        ("difference", finding.difference),
        ("looks like", f"{mistake.message} {section}".strip() if mistake else ""),
        ("hint", finding.hint),
        ("note", finding.note),
    ]
    return [(label, text) for label, text in rows if text]


def _html_row(label: str, text: str) -> str:
    # JupyterLab stripes the rows of every table; a card is of one colour.
    row = '<tr style="background:transparent">'
    cell = "border:0;text-align:left;vertical-align:top;background:transparent;"
    if not label:
        return f'{row}<td colspan="2" style="{cell}padding:0 0 4px 0">{_lines(text)}</td></tr>'
    shown = f"<code>{_lines(text)}</code>" if label in _MONOSPACE else _lines(text)
    head = f'<th scope="row" style="{cell}padding:1px 14px 1px 0;font-weight:600">{label}</th>'
    return f'{row}{head}<td style="{cell}padding:1px 0;white-space:pre-wrap">{shown}</td></tr>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
