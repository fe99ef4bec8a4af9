"""Pictures of ideas, drawn on axes that a lesson makes and shows with ``plots.show``."""

from __future__ import annotations

from curriculum.diagrams._broadcast import broadcasting
from curriculum.diagrams._causal import causal_graph
from curriculum.diagrams._memory import memory

__all__ = ["broadcasting", "causal_graph", "memory"]
