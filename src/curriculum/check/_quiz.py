"""Multiple-choice questions whose key is stored hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from curriculum.check import _state
from curriculum.check._describe import short
from curriculum.check._fail import fail
from curriculum.check._finding import Finding, Mistake
from curriculum.errors import CheckFailed
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping


def choice_key(exercise: str, answer: str | Collection[str]) -> str:
    """The hash under which a right answer is stored, salted with the exercise's id.

    It keeps the answer out of sight, not out of reach: four options are soon tried.

    Args:
        exercise: the exercise's id.
        answer: the letter of the right option, or several.

    Example:
        >>> from curriculum.check import choice_key
        >>> choice_key("quiz-p-value", "b") == choice_key("quiz-p-value", "c")
        False
    """
    letters = ",".join(sorted(_letters(answer)))
    return hashlib.sha256(f"{exercise}:{letters}".encode()).hexdigest()[:16]


def choice(answer: Any, *, key: str, options: Mapping[str, str]) -> None:
    """Pass if the chosen option is the right one; say in either case what there is to say about it.

    Args:
        answer: the letter the learner chose, or a list or set of letters where several are right.
        key: the right answer as ``choice_key`` hashes it (``curriculum lint`` prints it for a solved question).
        options: each option's letter, and the explanation that whoever chose it reads.

    Raises:
        CheckFailed: another option was chosen, or none, or one that does not exist.

    Example:
        >>> from curriculum import check
        >>> check.exercise("quiz-unit")
        >>> key = check.choice_key("quiz-unit", "a")
        >>> check.choice("a", key=key, options={"a": "A row is one order.", "b": "Orders have several lines."})
    """
    if answer is None or answer is ...:
        message = f"Choose one of {', '.join(options)}."
        raise CheckFailed(Finding(Outcome.NOT_ATTEMPTED, message, exercise=_state.current()))
    letters = _letters(answer)
    unknown = sorted(letters - set(options))
    if unknown or not letters:
        asked = f"one of {', '.join(map(repr, options))}"
        fail("That is none of the options.", called="your choice", expected=asked, got=short(answer))
    explanations = " ".join(options[letter] for letter in sorted(letters))
    if choice_key(_state.current(), letters) == key:
        _state.praise(explanations)
        return
    mistake = Mistake(id=f"{_state.current()}-{'-'.join(sorted(letters))}", wrong_value=answer, message=explanations)
    fail("That is not it.", called="your choice", got=short(answer), mistake=mistake)


def _letters(answer: Any) -> set[str]:
    if isinstance(answer, str):
        return {answer.strip().lower()} if answer.strip() else set()
    if isinstance(answer, Collection) and getattr(answer, "ndim", None) != 0:
        return {str(letter).strip().lower() if isinstance(letter, str) else short(letter, 40) for letter in answer}
    return set()
