"""How warehouses order: up to a target, every other evening, with a forecast that takes sales for demand."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

REVIEW = 2  # days from one order to the next
LEAD = 2  # an order of one evening comes on the morning of the day after tomorrow
CASE = 6  # deliveries come in whole cases
SMOOTHING = 0.06  # weight of the last day in the forecast's level and in the variance of its errors
# Standard deviations of safety where nothing may ever run out: so many that the morning's help is hardly ever needed,
# which would tell the day's demand.
_ENDLESS = 20.0
# What an order must last for: the days from tomorrow to the eve of the next order's delivery.
_COVER = REVIEW + LEAD - 1


class Stock(NamedTuple):
    """What lies in the warehouse, by series (rows) and day (columns)."""

    at_open: NDArray[np.int64]
    delivered: NDArray[np.int64]
    sold: NDArray[np.int64]


def replenish(demand: NDArray[np.int64], plan: Floats, level: Floats, service: float) -> Stock:
    """Run the warehouses day by day.

    Args:
        demand: how many pieces would be bought, by series and day.
        plan: what the planner expects of a day beside an average one, by series and day.
        level: the planner's first idea of each series' demand on an average day.
        service: the planner's probability that an order lasts until the next delivery; 1: nothing ever runs out.
    """
    series, days = demand.shape
    safety = np.sqrt(_COVER) * (NormalDist().inv_cdf(service) if service < 1.0 else _ENDLESS)
    ahead = np.pad(plan, ((0, 0), (0, _COVER)), mode="edge")
    at_open, sold = np.zeros_like(demand), np.zeros_like(demand)
    delivered = np.zeros((series, days + LEAD), dtype=np.int64)
    level, variance = level.copy(), level + (0.3 * level) ** 2
    stock = np.ceil(_target(level, ahead[:, :_COVER], safety, variance)).astype(np.int64)
    for day in range(days):
        at_open[:, day] = stock
        if service == 1.0:
            lacking = np.maximum(demand[:, day] + 1 - stock - delivered[:, day], 0)
            delivered[:, day] += CASE * -(-lacking // CASE)
        supply = stock + delivered[:, day]
        sold[:, day] = np.minimum(demand[:, day], supply)
        stock = supply - sold[:, day]
        error = sold[:, day] - level * plan[:, day]
        level += SMOOTHING * error / plan[:, day]
        variance += SMOOTHING * (error**2 - variance)
        orders = slice(day % REVIEW, None, REVIEW)
        target = _target(level[orders], ahead[orders, day + 1 : day + 1 + _COVER], safety, variance[orders])
        delivered[orders, day + LEAD] = CASE * np.ceil(np.maximum(target - stock[orders], 0) / CASE)
    return Stock(at_open, delivered[:, :days], sold)


def _target(level: Floats, plan: Floats, safety: float, variance: Floats) -> Floats:
    """How much should be in stock or on its way, at least one piece, so that what stopped selling is offered again."""
    return np.asarray(np.maximum(level * plan.sum(axis=1) + safety * np.sqrt(variance), 1.0))
