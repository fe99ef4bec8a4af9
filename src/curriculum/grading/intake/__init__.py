"""From files, folders and zips to submissions; whatever cannot be one is refused in one line, and never followed."""

from curriculum.grading.intake._archive import Archive
from curriculum.grading.intake._collect import Collected, collect
from curriculum.grading.intake._folder import (
    ATTEMPTS,
    COLLECTED,
    UNMATCHED,
    File,
    Folder,
    Listing,
    Store,
    is_notebook,
    is_zip,
    shown,
)
from curriculum.grading.intake._layout import Layout, layout_of
from curriculum.grading.intake._sources import Sources, only_lesson, source_lesson

__all__ = [
    "ATTEMPTS",
    "COLLECTED",
    "UNMATCHED",
    "Archive",
    "Collected",
    "File",
    "Folder",
    "Layout",
    "Listing",
    "Sources",
    "Store",
    "collect",
    "is_notebook",
    "is_zip",
    "layout_of",
    "only_lesson",
    "shown",
    "source_lesson",
]
