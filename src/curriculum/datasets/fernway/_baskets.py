"""What is in a basket: products by popularity, season and promotion, at the price of the day, and what comes back."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from curriculum.datasets.fernway._calendar import Period
from curriculum.datasets.fernway._columns import ids, logistic
from curriculum.datasets.fernway.prices import PriceDays, Prices, price_days
from curriculum.datasets.fernway.products import CATEGORIES, assortment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats
    from curriculum.datasets.fernway._heads import Heads, Orders
    from curriculum.datasets.fernway._random import Streams

    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

# The shape of the gamma that a basket's mean is multiplied with: the smaller, the longer the tail.
_BASKET_SHAPE = 3.0
# Shares of one unit, two, three, ... of what is picked.
UNIT_SHARES = np.array([0.46, 0.27, 0.12, 0.08, 0.03, 0.04])
UNITS_MEAN = float(UNIT_SHARES @ np.arange(1, 7))
# Of a category: how high its yearly wave goes (in logarithms) and on which day of the year; log odds of a return.
SEASONS = {
    "fruit": (0.25, 185),
    "vegetables": (0.06, 150),
    "bakery": (0.08, 355),
    "dairy": (0.0, 1),
    "meat": (0.12, 195),
    "fish": (0.10, 355),
    "frozen": (0.15, 200),
    "pantry": (0.15, 20),
    "snacks": (0.15, 350),
    "drinks": (0.40, 200),
    "household": (0.0, 1),
}
RETURN_BASE = -3.9
RETURNS = {
    "fruit": 0.7,
    "vegetables": 0.6,
    "bakery": 0.3,
    "dairy": 0.2,
    "meat": 0.4,
    "fish": 0.8,
    "frozen": 0.3,
    "pantry": 0.0,
    "snacks": 0.1,
    "drinks": -0.2,
    "household": 0.5,
}


class Shelves(NamedTuple):
    """The products (rows) on each local day of the period."""

    popularity: Floats
    category: Whole
    days: PriceDays


class Lines(NamedTuple):
    """The lines of a block of orders; ``order`` and ``product`` count from 0."""

    order: Whole
    line: Whole
    product: Whole
    quantity: Whole
    price: Floats
    promoted: Flags
    cents: Whole
    returned: Flags
    chance: Floats
    return_probability: Floats


@lru_cache(maxsize=2)
def shelves(seed: int, products: int, start: str, days: int) -> Shelves:
    """Give the products, and their prices on each day. Kept, since orders and their lines need the same."""
    data, truth = assortment(seed, products)
    priced = price_days(seed, ids(0, products), Prices(start=start, days=days))
    category = np.asarray(data["category"].cat.codes, dtype=np.int64)
    return Shelves(truth.rows["popularity"].to_numpy(), category, priced)


def fill(shelves_: Shelves, heads: Heads, streams: Streams, scenario: Orders) -> Lines:
    """Draw the lines of orders: picks of products, those of one product in one line."""
    picks = _picks(heads.mean_picks, streams)
    order = np.repeat(np.arange(len(picks)), picks)
    day = heads.day[order]
    product, chance = _choose(shelves_, day, streams("product").random(len(order)), scenario)
    units = 1 + np.searchsorted(np.cumsum(UNIT_SHARES)[:-1], streams("units").random(len(order)), side="right")
    first, line_of = _merge(order * scenario.products + product)
    quantity = np.bincount(line_of, weights=units).astype(np.int64)
    order, product, day = order[first], product[first], day[first]
    price, promoted = shelves_.days.price[product, day], shelves_.days.promoted[product, day]
    probability = _return_probability(shelves_.category[product], promoted, scenario)
    return Lines(
        order=order,
        line=np.arange(len(order)) - np.searchsorted(order, order) + 1,
        product=product,
        quantity=quantity,
        price=price,
        promoted=promoted,
        cents=quantity * np.round(price * 100).astype(np.int64),
        returned=streams("returned").random(len(order)) < probability,
        chance=chance[first],
        return_probability=probability,
    )


def _picks(mean: Floats, streams: Streams) -> Whole:
    """One and a negative binomial number more: at least one pick, exactly the mean, and a long tail."""
    spread = streams("spread").gamma(_BASKET_SHAPE, 1 / _BASKET_SHAPE, len(mean))
    return 1 + streams("picks").poisson(np.maximum(mean - 1, 0.0) * spread)


def _choose(shelves_: Shelves, day: Whole, u: Floats, scenario: Orders) -> tuple[Whole, Floats]:
    """Draw a product for each pick with the weights of its day; days do not decrease. Also give its probability."""
    dates = Period(scenario.start, scenario.days).dates
    amplitude, peak = (np.array([SEASONS[name][i] for name in CATEGORIES])[shelves_.category] for i in (0, 1))
    product, chance = np.empty(len(u), dtype=np.int64), np.empty(len(u))
    for today in np.unique(day).tolist():
        rows = slice(*np.searchsorted(day, [today, today + 1]))
        season = amplitude * np.cos(2 * np.pi * (dates[today].day_of_year - peak) / 365.25)
        lift = scenario.promotion_lift * shelves_.days.promoted[:, today]
        weight = np.exp(shelves_.popularity + season + lift)
        cumulative = np.cumsum(weight)
        chosen = np.searchsorted(cumulative[:-1], u[rows] * cumulative[-1], side="right")
        product[rows], chance[rows] = chosen, weight[chosen] / cumulative[-1]
    return product, chance


def _merge(keys: Whole) -> tuple[Whole, Whole]:
    """Number equal keys alike, in the order in which they first occur; also give where that is."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    by_place = np.argsort(first)
    number = np.empty_like(by_place)
    number[by_place] = np.arange(len(first))
    return first[by_place], number[inverse]


def _return_probability(category: Whole, promoted: Flags, scenario: Orders) -> Floats:
    of_category = np.array([RETURNS[name] for name in CATEGORIES])[category]
    return logistic(RETURN_BASE + of_category + scenario.return_promotion * promoted)
