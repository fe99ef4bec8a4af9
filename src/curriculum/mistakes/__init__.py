"""The mistakes that a lesson's checks recognise: words and sections, read from the check cells without running them."""

from curriculum.mistakes._lesson import Recognised, recognised, sections
from curriculum.mistakes._reader import GAP, Expected, Option, expected_mistakes, options_of

__all__ = ["GAP", "Expected", "Option", "Recognised", "expected_mistakes", "options_of", "recognised", "sections"]
