"""A lesson as slides: one HTML file that opens without a network, for the class or for whoever teaches it."""

from curriculum.slides._deck import slides_of
from curriculum.slides._export import to_html
from curriculum.slides._slide import Slide
from curriculum.slides._write import default_file, write_slides

__all__ = ["Slide", "default_file", "slides_of", "to_html", "write_slides"]
