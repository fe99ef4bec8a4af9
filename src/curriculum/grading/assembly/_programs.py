"""What learners' cells say as programs. They are parsed, never run, and no more of them than a bounded amount."""

from __future__ import annotations

import ast
import warnings

from curriculum import notebook

# Far beyond any answer. Parsing takes microseconds a character, and memory, so a submission gets only so much of it.
MAX_PROGRAM = 100_000
_BUDGET = 1_000_000


class Programs:
    """Reads the programs of one submission; what is too long, or comes after too much, counts as no Python."""

    def __init__(self) -> None:
        self._left = _BUDGET
        self._shapes: dict[str, str] = {}
        self._names: dict[str, frozenset[str]] = {}

    def shape(self, text: str) -> str:
        """The program without comments, spacing and quotes; empty where the text is no Python."""
        if text not in self._shapes:
            self._shapes[text] = shape(text) if self._affords(text) else ""
        return self._shapes[text]

    def is_python(self, text: str) -> bool:
        """Whether the text can be parsed."""
        return bool(self.shape(text))

    def names(self, text: str) -> frozenset[str]:
        """The top-level names that the program defines, imports included."""
        if text not in self._names:
            self._names[text] = _names(text) if self.is_python(text) else frozenset()
        return self._names[text]

    def _affords(self, text: str) -> bool:
        self._left -= len(text)
        return self._left >= 0


def shape(text: str) -> str:
    """A text that two programs share if only comments, spacing and quotes differ; empty for no program."""
    if len(text) > MAX_PROGRAM:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python thinks of a learner's style is not the grader's business
        try:
            return ast.dump(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ""


def _names(text: str) -> frozenset[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return notebook.names_assigned(text)
