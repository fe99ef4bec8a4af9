"""Feedback for learners: one page each, and copies of their notebooks with the feedback inside."""

from __future__ import annotations

from curriculum.feedback._inject import notebook
from curriculum.feedback._page import page
from curriculum.feedback._results import Results, read_results
from curriculum.feedback._write import Skipped, Written, write

__all__ = ["Results", "Skipped", "Written", "notebook", "page", "read_results", "write"]
