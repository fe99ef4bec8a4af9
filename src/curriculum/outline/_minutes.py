"""How a lesson's minutes are shared among its sections: by what there is to read, to run and to solve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.course import Exercise

# Rough minutes; only their ratios count, since the lesson's own minutes are what is shared out.
_WORD = 1 / 150
_LINE = 1 / 8
_OUTPUT = 0.5
_POINT = 4.0
_QUESTION = 2.5


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole minutes in the ratio of the weights that add up to the total exactly (largest remainders).

    Everything that weighs something gets a minute at least, as long as there are enough of them.

    Args:
        total: minutes, 0 or more.
        weights: 0 or more each; where all are 0, each counts the same.
    """
    if not weights:
        return []
    if not sum(weights) > 0:
        weights = [1.0] * len(weights)
    floor = [int(weight > 0) for weight in weights]
    if sum(floor) > total:
        floor = [0] * len(weights)
    spare, whole = total - sum(floor), sum(weights)
    exact = [spare * weight / whole for weight in weights]
    shares = [low + math.floor(share) for low, share in zip(floor, exact, strict=True)]
    rest = sorted(range(len(weights)), key=lambda place: (math.floor(exact[place]) - exact[place], place))
    for place in rest[: total - sum(shares)]:
        shares[place] += 1
    return shares


def weight_of_prose(text: str) -> float:
    """Minutes to read a text."""
    return len(text.split()) * _WORD


def weight_of_code(source: str, outputs: Sequence[dict[str, Any]]) -> float:
    """Minutes to read and run a cell, and to look at what it shows."""
    return sum(bool(line.strip()) for line in source.split("\n")) * _LINE + len(outputs) * _OUTPUT


def weight_of_exercise(exercise: Exercise) -> float:
    """Minutes to read an exercise and solve it."""
    solving = _QUESTION if exercise.is_quiz else max(exercise.points, 1.0) * _POINT
    return weight_of_prose(exercise.prompt) + solving
