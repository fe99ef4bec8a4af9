"""What a batch found, for people and for other programs."""

from __future__ import annotations

from curriculum.grading.reports._gradescope import write_gradescope
from curriculum.grading.reports._overview import LessonOverview, Overview, Row, overview_of, what_happened
from curriculum.grading.reports._results import Heading, write_results

__all__ = [
    "Heading",
    "LessonOverview",
    "Overview",
    "Row",
    "overview_of",
    "what_happened",
    "write_gradescope",
    "write_results",
]
