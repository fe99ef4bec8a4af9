"""The course's data: what there is, as typed tables, and Fernway's tables drawn afresh. Everything works offline."""

from __future__ import annotations

from curriculum.datasets._catalogue import catalogue, describe, load
from curriculum.datasets._simulate import options, simulate, stream

__all__ = ["catalogue", "describe", "load", "options", "simulate", "stream"]
