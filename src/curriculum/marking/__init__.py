"""Marking by hand: what waits for a person, its rubric, a page to grade it on and a table to grade it in.

``queue`` finds what waits in a gradebook's sheet, ``app`` is the page, ``write_table`` and ``returned`` are the way out
to a table and back. What a gradebook must offer for it is ``Scores``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum.marking._material import Material, material
from curriculum.marking._points import points_of
from curriculum.marking._queue import Answer, Group, Pile, Queue, queue
from curriculum.marking._rubric import Item, Rubric, rubric
from curriculum.marking._scores import Scores
from curriculum.marking._table import Problem, Returned, returned, write_table

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = [
    "Answer",
    "Group",
    "Item",
    "Material",
    "Pile",
    "Problem",
    "Queue",
    "Returned",
    "Rubric",
    "Scores",
    "app",
    "material",
    "points_of",
    "queue",
    "returned",
    "rubric",
    "serve",
    "write_table",
]


def app(*arguments: Any, **named: Any) -> FastAPI:
    """The page; see ``curriculum.marking._app.app``. The web server's libraries are loaded when it is asked for."""
    from curriculum.marking._app import app as made

    return made(*arguments, **named)


def serve(*arguments: Any, **named: Any) -> None:
    """Show the page until Ctrl-C; see ``curriculum.marking._serve.serve``."""
    from curriculum.marking._serve import serve as started

    started(*arguments, **named)
