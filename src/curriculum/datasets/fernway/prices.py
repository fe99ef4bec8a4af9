"""The history of prices: when which price began, and why. The next row of the product ends it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._calendar import LOCAL_ZONE, Period, holidays
from curriculum.datasets.fernway._columns import categorical
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans
from curriculum.datasets.fernway.products import assortment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK = 500
REASONS = ("list", "change", "promotion", "promotion end")
_PROMOTION_DAYS = 7
# Mean and standard deviation of a list price's steps, in logarithms.
_STEP = (0.03, 0.05)
# The standard deviation of a promotion's cut, and the limits within which it is kept.
_CUT_SPREAD = 0.06
_CUT_LIMITS = (0.05, 0.6)
# No promotion is likelier than this, however many holidays there are.
_LIKELIEST = 0.9


@dataclass(frozen=True, kw_only=True)
class Prices(Scenario):
    """The options of the price history."""

    start: str = option("2024-01-01", "first local day")
    days: int = option(731, "number of local days", low=1, high=3660)
    change_rate: float = option(2.0, "changes of a product's list price a year", low=0.0, high=50.0)
    promotion_rate: float = option(
        0.035, "probability that a product starts a week's promotion on a Monday", low=0.0, high=0.5
    )
    holiday_promotions: float = option(
        4.0, "how many times likelier promotions are in weeks before and of a holiday", low=1.0, high=10.0
    )
    cut: float = option(
        0.22, "mean cut of a promotion's price, as a share, before it is kept within 0.05 and 0.6", low=0.01, high=0.8
    )


@dataclass(frozen=True)
class PriceDays:
    """The price of each product (rows) on each local day (columns), and which of them are promotions."""

    price: NDArray[np.float64]
    promoted: NDArray[np.bool_]
    changed: NDArray[np.bool_]


def price_days(seed: int, products: NDArray[np.int64], scenario: Prices) -> PriceDays:
    """Give the prices of products, by ascending id, on each day of the scenario's period."""
    parts = []
    for block in np.unique((products - 1) // BLOCK).tolist():
        rows = products[(products - 1) // BLOCK == block] - 1 - block * BLOCK
        days = _price_days(block, int(rows[-1]) + 1, seed, scenario)
        parts.append(PriceDays(days.price[rows], days.promoted[rows], days.changed[rows]))
    return PriceDays(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(PriceDays)))


def _price_days(block: int, count: int, seed: int, scenario: Prices) -> PriceDays:
    """The prices of the first ``count`` products of a block."""
    streams, period = Streams(seed, "prices", block, scenario.start), Period(scenario.start, scenario.days)
    first = block * BLOCK
    list_price = assortment(seed, first + count).data["list_price"].to_numpy()[first:, None]
    shape = (count, period.days)
    changed = streams("change").random(shape) < scenario.change_rate / 365.25
    changed[:, 0] = False
    steps = np.where(changed, streams("step").normal(*_STEP, shape), 0.0)
    base = np.maximum(np.round(list_price * np.exp(np.cumsum(steps, axis=1)), 2), 0.10)
    cuts = _cuts(streams, period, shape, scenario)
    price = np.where(cuts > 0, np.maximum(np.round(base * (1 - cuts), 2), 0.05), base)
    return PriceDays(price, cuts > 0, changed)


def _cuts(streams: Streams, period: Period, shape: tuple[int, int], scenario: Prices) -> NDArray[np.float64]:
    """The promotion's cut on each day: a promotion starts on a Monday and lasts a week."""
    cuts = np.zeros(shape)
    starts = streams("promotion").random(shape)
    depth = np.clip(streams("cut").normal(scenario.cut, _CUT_SPREAD, shape), *_CUT_LIMITS).round(2)
    for day in np.flatnonzero(period.dates.day_of_week == 0).tolist():
        rate = scenario.promotion_rate * (scenario.holiday_promotions if _near_holiday(period, day) else 1.0)
        on = starts[:, day] < min(rate, _LIKELIEST)
        cuts[on, day : day + _PROMOTION_DAYS] = depth[on, day, None]
    return cuts


def _near_holiday(period: Period, monday: int) -> bool:
    week = pd.date_range(period.dates[monday], periods=2 * _PROMOTION_DAYS, freq="D", unit="us")
    return bool(holidays(week).notna().any())


def _blocks(n: int, seed: int, scenario: Prices) -> Iterator[Draw]:
    dates = Period(scenario.start, scenario.days).dates.tz_localize(LOCAL_ZONE).tz_convert("UTC")
    for block, first, last in spans(n, BLOCK):
        days = _price_days(block, last - first, seed, scenario)
        yield _history(days, dates, first, scenario)


def _history(days: PriceDays, dates: pd.DatetimeIndex, first: int, scenario: Prices) -> Draw:
    before = np.roll(days.promoted, 1, axis=1)
    before[:, 0] = False
    # A promotion may end on the day of a new list price, and a new list price within one changes the price asked.
    kinds = [days.promoted & ~before, before & ~days.promoted, days.changed]
    reason = np.select(kinds, [2, 3, 1], default=-1)
    moved = np.diff(days.price, axis=1, prepend=np.nan) != 0
    reason[:, 0] = np.where(days.promoted[:, 0], 2, 0)
    reason = np.where(moved & (reason < 0), 2, reason)
    product, day = np.nonzero((reason >= 0) & moved)
    data = pd.DataFrame(
        {
            "product_id": product.astype(np.int64) + first + 1,
            "valid_from": dates[day],
            "price": days.price[product, day],
            "reason": categorical(reason[product, day], REASONS),
        }
    )
    effects = {"change_rate": scenario.change_rate, "mean_step": _STEP[0], "cut": _mean_cut(scenario.cut)}
    return Draw(data, Truth(effects, pd.DataFrame({"promoted": days.promoted[product, day]})))


def _mean_cut(cut: float) -> float:
    """The mean of a cut that is kept within the limits."""
    usual, (low, high) = NormalDist(cut, _CUT_SPREAD), _CUT_LIMITS
    inside = cut * (usual.cdf(high) - usual.cdf(low)) + _CUT_SPREAD**2 * (usual.pdf(low) - usual.pdf(high))
    return round(low * usual.cdf(low) + inside + high * (1 - usual.cdf(high)), 6)


SIMULATOR = Simulator(
    name="prices",
    title="The history of prices: from when on, how much, and why",
    unit="products",
    scenario=Prices,
    blocks=_blocks,
)
