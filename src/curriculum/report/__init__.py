"""The class report: one page that a teacher can project."""

from __future__ import annotations

from curriculum.report._exercises import Hardness, hardest
from curriculum.report._help import HelpRule, Need, needs
from curriculum.report._mistakes import Met, met
from curriculum.report._page import report, shuffled_numbers, write
from curriculum.report._points import Spread, spread_of

__all__ = [
    "Hardness",
    "HelpRule",
    "Met",
    "Need",
    "Spread",
    "hardest",
    "met",
    "needs",
    "report",
    "shuffled_numbers",
    "spread_of",
    "write",
]
