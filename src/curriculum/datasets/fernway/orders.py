"""Orders and their lines: a carrier that looks worse than it is, and coupons that look better than they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway import _baskets
from curriculum.datasets.fernway._baskets import RETURN_BASE, RETURNS, UNITS_MEAN
from curriculum.datasets.fernway._calendar import WEEKDAY_SHARE
from curriculum.datasets.fernway._columns import categorical, ids
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._heads import (
    AREA_LATE,
    CARRIERS,
    DEVICES,
    TIER_PICKS,
    Orders,
    heads,
    late_probability,
    people,
)
from curriculum.datasets.fernway._simulator import Simulator, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._baskets import Lines
    from curriculum.datasets.fernway._columns import Floats
    from curriculum.datasets.fernway._heads import Heads, People

BLOCK = 50_000
STATUSES = ("delivered", "cancelled")
# Delivery costs so much (cents) for goods of less than 25 euro, less than 50 euro, and above.
_FEE_LIMITS = (2500, 5000)
_FEES = np.array([490, 290, 0])


def _draws(n: int, seed: int, scenario: Orders) -> Iterator[tuple[int, People, Heads, Lines]]:
    """Draw blocks of orders: the first's position, the customers, the orders, and their lines."""
    people_ = people(seed, scenario)
    shelves = _baskets.shelves(seed, scenario.products, scenario.start, scenario.days)
    for block, first, last in spans(n, BLOCK):
        streams = scenario.streams(seed, block)
        heads_ = heads(people_, streams, first, last, n, scenario)
        yield first, people_, heads_, _baskets.fill(shelves, heads_, streams, scenario)


def _blocks(n: int, seed: int, scenario: Orders) -> Iterator[Draw]:
    effects = _effects(scenario)
    for first, people_, heads_, lines in _draws(n, seed, scenario):
        yield Draw(_orders(first, people_, heads_, lines), Truth(effects, _hidden(heads_)))


def _line_blocks(n: int, seed: int, scenario: Orders) -> Iterator[Draw]:
    effects = _line_effects(scenario)
    for first, _, heads_, lines in _draws(n, seed, scenario):
        rows = {"chance": lines.chance.round(6), "return_probability": lines.return_probability.round(6)}
        yield Draw(_lines(first, heads_, lines), Truth(effects, pd.DataFrame(rows)))


def _orders(first: int, people_: People, heads_: Heads, lines: Lines) -> pd.DataFrame:
    n = len(heads_.day)
    arrived = ~heads_.cancelled
    goods = _sum(lines, lines.cents, n)
    fee = np.where(heads_.coupon, 0, _FEES[np.searchsorted(_FEE_LIMITS, goods, side="right")])
    refund = np.where(arrived, _sum(lines, lines.cents * lines.returned, n), 0)
    customers = people_.data.iloc[heads_.customer].reset_index(drop=True)
    return pd.DataFrame(
        {
            "order_id": ids(first, first + n),
            "customer_id": customers["customer_id"],
            "ordered_at": heads_.ordered_at,
            "city": customers["city"],
            "area": customers["area"],
            "device": categorical(heads_.device, DEVICES),
            "coupon": heads_.coupon,
            "items": _sum(lines, lines.quantity, n),
            "goods_total": goods / 100,
            "delivery_fee": fee / 100,
            "total": (goods + fee) / 100,
            "carrier": categorical(heads_.carrier, CARRIERS),
            "promised_at": heads_.promised_at,
            "delivered_at": heads_.delivered_at.where(arrived),
            "late": pd.Series(heads_.late, dtype="boolean").where(arrived),
            "refund": refund / 100,
            "status": categorical(heads_.cancelled, STATUSES),
        }
    )


def _lines(first: int, heads_: Heads, lines: Lines) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "order_id": lines.order + first + 1,
            "line": lines.line,
            "product_id": lines.product + 1,
            "quantity": lines.quantity,
            "unit_price": lines.price,
            "promotion": lines.promoted,
            "line_total": lines.cents / 100,
            "returned": pd.Series(lines.returned, dtype="boolean").where(~heads_.cancelled[lines.order]),
        }
    )


def _hidden(heads_: Heads) -> pd.DataFrame:
    columns = {
        "coupon_probability": heads_.coupon_probability,
        "items_with_coupon": heads_.mean_picks_with * UNITS_MEAN,
        "items_without_coupon": heads_.mean_picks_without * UNITS_MEAN,
        "tarn_probability": heads_.tarn_probability,
        "late_by_velomar": heads_.late_velomar,
        "late_by_tarn": heads_.late_tarn,
        "late_probability": np.where(heads_.carrier == 1, heads_.late_tarn, heads_.late_velomar),
        "cancel_probability": heads_.cancel_probability,
    }
    return pd.DataFrame({name: values.round(6) for name, values in columns.items()})


def _sum(lines: Lines, values: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Add up whole numbers of the lines of each order."""
    return np.bincount(lines.order, weights=values, minlength=n).astype(np.int64)


def _effects(scenario: Orders) -> dict[str, float]:
    late: Floats = late_probability(np.repeat([False, True], 2), np.tile([False, True], 2), scenario)
    on = scenario.comeback / (scenario.lapse + scenario.comeback)
    return {
        "carrier_late": scenario.carrier_late,
        "area_late": AREA_LATE,
        "late_urban_velomar": float(late[0]),
        "late_urban_tarn": float(late[1]),
        "late_rural_velomar": float(late[2]),
        "late_rural_tarn": float(late[3]),
        "carrier_urban": float(late[1] - late[0]),
        "carrier_rural": float(late[3] - late[2]),
        "coupon_effect": scenario.coupon_effect,
        "silver_items": float(TIER_PICKS[1]),
        "gold_items": float(TIER_PICKS[2]),
        "growth": float(np.log(1.12)),
        "saturday_to_tuesday": float(WEEKDAY_SHARE[5] / WEEKDAY_SHARE[1]),
        "lapse": scenario.lapse,
        "comeback": scenario.comeback,
        "active_share": on,
        "active_after_year": on + (1 - on) * (1 - scenario.lapse - scenario.comeback) ** 12,
    }


def _line_effects(scenario: Orders) -> dict[str, float]:
    returns = {f"return_{name}": value for name, value in RETURNS.items() if name != "pantry"}
    return {
        "promotion_lift": scenario.promotion_lift,
        "return_promotion": scenario.return_promotion,
        "return_pantry": float(1 / (1 + np.exp(-RETURN_BASE))),
        **returns,
        "units_of_a_pick": UNITS_MEAN,
    }


SIMULATOR = Simulator(
    name="orders",
    title="Orders of two years: baskets, coupons, carriers and late deliveries",
    unit="orders",
    scenario=Orders,
    blocks=_blocks,
)
LINES = Simulator(
    name="order_lines",
    title="The lines of the orders: products, prices of the day, promotions and returns",
    unit="orders",
    scenario=Orders,
    blocks=_line_blocks,
)
