"""The one record of what a check found, and its words; ``_card`` shows the same words as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from curriculum.outcome import Outcome

_TITLES = {
    Outcome.PASSED: "Right",
    Outcome.FAILED: "Not yet",
    Outcome.NOT_ATTEMPTED: "Not attempted",
    Outcome.RAISED: "Your code raised an error",
}
_SIGNS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_ATTEMPTED: "○"}


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
    where: str = ""
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

    @property
    def headline(self) -> str:
        """The exercise and what came of it, behind a sign that says the same without words."""
        title = _TITLES.get(self.outcome, self.outcome.words.capitalize())
        sign = _SIGNS.get(self.outcome, "!")
        return f"{sign} {self.exercise}: {title}" if self.exercise else f"{sign} {title}"

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What there is to say, each text behind its label; the message itself has none."""
        mistake = self.mistake
        section = f"(see the section “{mistake.section}”)" if mistake and mistake.section else ""
        rows = [
            ("", self.message),
            ("called", self.called),
            ("where", self.where),
            ("expected", self.expected),
            ("got", self.got),
            ("difference", self.difference),
            ("looks like", f"{mistake.message} {section}".strip() if mistake else ""),
            ("hint", self.hint),
            ("note", self.note),
        ]
        return [(label, text) for label, text in rows if text]

    def __str__(self) -> str:
        """The finding as a few lines of plain text."""
        width = max((len(label) for label, _ in self.rows), default=0)
        lines = [self.headline]
        for label, text in self.rows:
            first, *rest = text.split("\n")
            indent = "  " if not label else f"  {'':<{width}}  "
            lines.append(f"  {first}" if not label else f"  {label:<{width}}  {first}")
            lines += [indent + line for line in rest]
        return "\n".join(lines)
