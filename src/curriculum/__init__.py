"""Machine Learning Engineer: a course of Jupyter lessons whose every exercise is checked.

Importing this package loads nothing heavy: each name below is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curriculum import check, datasets, diagrams, measure, plots, statistics
    from curriculum.workspace import progress

__version__ = "0.1.0"
__all__ = ["__version__", "check", "datasets", "diagrams", "measure", "plots", "progress", "statistics"]

_MODULES = {"check", "datasets", "diagrams", "measure", "plots", "statistics"}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(f"curriculum.{name}")
    if name == "progress":
        return importlib.import_module("curriculum.workspace").progress
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
