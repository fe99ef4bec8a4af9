"""Handing in: one file out of a workspace, and what such a file holds; see ``docs/handing-in.md``."""

from curriculum.submission._examine import Looked
from curriculum.submission._learner import default_name, known_name
from curriculum.submission._manifest import ExerciseNote, LessonNote, Manifest, stamp
from curriculum.submission._names import clean, safe
from curriculum.submission._pack import Packed, pack
from curriculum.submission._read import Handed, HandedLesson, is_packed, read

__all__ = [
    "ExerciseNote",
    "Handed",
    "HandedLesson",
    "LessonNote",
    "Looked",
    "Manifest",
    "Packed",
    "clean",
    "default_name",
    "is_packed",
    "known_name",
    "pack",
    "read",
    "safe",
    "stamp",
]
