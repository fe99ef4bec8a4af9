"""The course's data: what there is, as typed tables, Fernway's tables drawn afresh, and systems to get them from.

Everything works offline, except the first ``load`` of a set whose kind is "download".
"""

from __future__ import annotations

from curriculum.datasets._catalogue import catalogue, describe, load, path, truth
from curriculum.datasets._simulate import options, simulate, stream
from curriculum.datasets.standins import VirtualClock, database, lake, orders_api, orders_client

__all__ = [
    "VirtualClock",
    "catalogue",
    "database",
    "describe",
    "lake",
    "load",
    "options",
    "orders_api",
    "orders_client",
    "path",
    "simulate",
    "stream",
    "truth",
]
