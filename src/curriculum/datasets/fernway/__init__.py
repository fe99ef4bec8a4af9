"""The Fernway simulator: one module a table, each with its causal model; ``docs/fernway`` has the graph and equations.

``SIMULATORS`` lists them. Tables of one seed belong together: customer 17 is the same person in all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum.datasets.fernway import (
    applications,
    customers,
    demand,
    export,
    orders,
    payments,
    prices,
    products,
    sessions,
    subscriptions,
    tickets,
)
from curriculum.datasets.fernway._draw import Draw, Truth, together

if TYPE_CHECKING:
    from curriculum.datasets.fernway._simulator import Simulator

__all__ = ["SIMULATORS", "Draw", "Truth", "together"]

_ALL: tuple[Simulator[Any], ...] = (
    customers.SIMULATOR,
    products.SIMULATOR,
    products.NUTRITION,
    prices.SIMULATOR,
    applications.SIMULATOR,
    demand.SIMULATOR,
    export.SIMULATOR,
    tickets.SIMULATOR,
    sessions.SIMULATOR,
    subscriptions.SIMULATOR,
    orders.SIMULATOR,
    orders.LINES,
    payments.SIMULATOR,
)
SIMULATORS = {simulator.name: simulator for simulator in _ALL}
