"""Pictures of ideas, drawn on axes that a lesson makes and shows with ``plots.show``."""

from __future__ import annotations

from curriculum.diagrams._broadcast import broadcasting
from curriculum.diagrams._causal import causal_graph
from curriculum.diagrams._joins import join_kinds
from curriculum.diagrams._memory import memory
from curriculum.diagrams._split import split_apply_combine
from curriculum.diagrams._windows import windows

__all__ = ["broadcasting", "causal_graph", "join_kinds", "memory", "split_apply_combine", "windows"]
