"""A submission brought into its lesson's frame, repaired where it was not as it had been handed out."""

from curriculum.grading.assembly._assemble import assemble
from curriculum.grading.assembly._frame import frame_of

__all__ = ["assemble", "frame_of"]
