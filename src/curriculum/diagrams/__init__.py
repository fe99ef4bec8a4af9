"""Pictures of ideas, drawn on axes that a lesson makes and shows with ``plots.show``."""

from __future__ import annotations

from curriculum.diagrams._causal import causal_graph

__all__ = ["causal_graph"]
