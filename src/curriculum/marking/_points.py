"""Points as people type them."""

from __future__ import annotations

import re

from curriculum.errors import GradebookError

_NUMBER = re.compile(r"\+?(\d+([.,]\d*)?|[.,]\d+)")
_SHOWN = 20


def as_shown(points: float) -> str:
    """Points as pages and tables show them, rounded: who gives these back unchanged gives nothing else."""
    return f"{points:g}"


def points_of(text: str, most: float) -> float | None:
    """Read points; a decimal comma is as good as a point, an empty text is None.

    Args:
        text: what was typed.
        most: what the exercise can give.

    Raises:
        GradebookError: it is no number between 0 and ``most``.
    """
    typed = text.strip()
    if not typed:
        return None
    said = typed if len(typed) <= _SHOWN else typed[:_SHOWN] + "…"
    if not _NUMBER.fullmatch(typed):
        message = f"{said!r} is not a number of points; give 0 to {most:g}"
        raise GradebookError(message)
    points = float(typed.replace(",", "."))
    if as_shown(points) == as_shown(most):
        return most
    if points > most:
        message = f"{said} is more than the exercise can give; give 0 to {most:g}"
        raise GradebookError(message)
    return points
