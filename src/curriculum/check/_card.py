"""A finding as a short card in Jupyter."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from curriculum.check._finding import Finding

# Okabe and Ito's palette: told apart with any colour vision, and the headline's sign says it without colour.
_COLOURS = {Outcome.PASSED: "#009E73", Outcome.FAILED: "#D55E00", Outcome.NOT_ATTEMPTED: "#56B4E9"}
_OTHER = "#CC79A7"
_MONOSPACE = {"called", "where", "expected", "got"}


def as_html(finding: Finding) -> str:
    """The finding as one self-contained piece of HTML that follows JupyterLab's theme."""
    colour = _COLOURS.get(finding.outcome, _OTHER)
    rows = "".join(_html_row(label, text) for label, text in finding.rows)
    table = f'<table style="margin:6px 0 0 0;border-collapse:collapse">{rows}</table>' if rows else ""
    frame = (
        f"border-left:4px solid {colour};padding:6px 12px;margin:4px 0;"
        "background:var(--jp-layout-color2,#f4f4f4);color:var(--jp-ui-font-color1,#222);max-width:52em"
    )
    headline = escape(finding.headline)
    return f'<div role="status" class="curriculum-card" style="{frame}"><strong>{headline}</strong>{table}</div>'


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
