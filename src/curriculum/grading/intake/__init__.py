"""From files, folders and zips to submissions; whatever cannot be one is refused in one line, and never followed."""

from curriculum.grading.intake._collect import Collected, collect
from curriculum.grading.intake._sources import Sources, only_lesson, source_lesson

__all__ = ["Collected", "Sources", "collect", "only_lesson", "source_lesson"]
