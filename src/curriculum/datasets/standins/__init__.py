"""Local stand-ins for production systems: an SQLite database, a Parquet lake, an HTTP API over the orders."""

from __future__ import annotations

from curriculum.datasets.standins._database import database
from curriculum.datasets.standins._lake import lake
from curriculum.datasets.standins.api import VirtualClock, orders_api, orders_client

__all__ = ["VirtualClock", "database", "lake", "orders_api", "orders_client"]
