"""The one record of what a check found; ``_card`` renders it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curriculum.outcome import Outcome


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer, recognised by its value.

    Attributes:
        id: a short name; class reports rank mistakes by it.
        wrong_value: what an answer with this mistake gives; compared exactly as the expected value is. A function
            is called with the learner's value instead, and says whether it shows the mistake.
        message: one or two sentences to the learner: what was done, and why it is not the same.
        section: the lesson's section to read again, by its heading.

    Example:
        >>> from curriculum import check
        >>> ddof = check.Mistake("population-spread", 1.5, "That divides by n; a sample's spread divides by n - 1.")
        >>> ddof.id
        'population-spread'
    """

    id: str
    wrong_value: Any
    message: str
    section: str = ""


@dataclass(frozen=True)
class Finding:
    """What a check says to the learner. Empty texts are not shown."""

    outcome: Outcome
    message: str
    exercise: str = ""
    called: str = ""
    expected: str = ""
    got: str = ""
    difference: str = ""
    hint: str = ""
    mistake: Mistake | None = None
    note: str = ""

    @property
    def summary(self) -> str:
        """The finding in one line."""
        text = " ".join((self.mistake.message if self.mistake else self.message).split())
        return f"{self.exercise}: {text}" if self.exercise else text

    def __str__(self) -> str:
        """The finding as plain text."""
        from curriculum.check._card import as_text

        return as_text(self)
