"""The course's data: ``load`` a data set, ``describe`` it, or list the ``catalogue``. Everything works offline."""

from __future__ import annotations

from curriculum.datasets._catalogue import catalogue, describe, load

__all__ = ["catalogue", "describe", "load"]
