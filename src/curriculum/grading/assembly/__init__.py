"""A submission brought into its lesson's frame, repaired where it was not as it had been handed out."""

from curriculum.grading.assembly._assemble import assemble
from curriculum.grading.assembly._frame import frame_of
from curriculum.grading.assembly._places import Places, places_of

__all__ = ["Places", "assemble", "frame_of", "places_of"]
