"""Demand: what each city would buy of each product each day, and what its warehouse had in stock to sell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._calendar import CITIES, WEEKDAY_SHARE, Period, daily_level, holidays, weather
from curriculum.datasets.fernway._columns import categorical
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._replenishment import replenish
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans
from curriculum.datasets.fernway.prices import Prices, price_days
from curriculum.datasets.fernway.products import CATEGORIES, assortment
from curriculum.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

BLOCK = 100
HOLIDAYS = ("New Year", "Easter Monday", "Labour Day", "Founders' Day", "Christmas")


class Taste(NamedTuple):
    """How a category's demand answers price and warmth, as multiples of the scenario's options."""

    price: float
    heat: float


TASTES = {
    "fruit": Taste(0.8, 0.4),
    "vegetables": Taste(0.75, 0.2),
    "bakery": Taste(0.85, -0.1),
    "dairy": Taste(0.9, 0.0),
    "meat": Taste(1.0, 0.2),
    "fish": Taste(1.05, 0.0),
    "frozen": Taste(1.2, 0.3),
    "pantry": Taste(1.0, -0.4),
    "snacks": Taste(1.2, 0.0),
    "drinks": Taste(1.3, 1.0),
    "household": Taste(0.95, 0.0),
}
# A product of average popularity at 3 euro sells so many pieces a day in an average city; dearer ones sell less.
_PIECES, _USUAL_PRICE, _DEARNESS, _POPULARITY = 14.0, 3.0, -0.5, 0.7
_CITY_SHARES = np.array([0.38, 0.27, 0.14, 0.21]) * len(CITIES)
_LOCAL_TASTE = 0.15  # standard deviation of a pair's log level around product and city
_MILD = 10.5  # degrees Celsius, the mean of the year
_WET = 1.0  # mm from which a day counts as rainy
_MEMORY = 45.0  # days in which the slow ups and downs lose a factor e
_RUSH_DAYS = 7
# The planner expects this many times the usual sales of a product in promotion.
_PLANNED_LIFT = 1.6


@dataclass(frozen=True, kw_only=True)
class Demand(Scenario):
    """The options of the table of demand."""

    start: str = option("2024-01-01", "first local day")
    days: int = option(731, "number of local days, each with a row for every pair", low=1, high=3660)
    category: str = option("", "keep only products of this category, the first of them; empty: of all")
    elasticity: float = option(
        -2.0,
        "change of log demand per unit of log price, for meat and pantry; others have a multiple",
        low=-5.0,
        high=0.0,
    )
    promotion_effect: float = option(
        0.25, "what being promoted adds to log demand beside the lower price", low=-1.0, high=2.0
    )
    holiday_rush: float = option(
        0.30, "what each of the seven days before a holiday adds to log demand", low=0.0, high=1.0
    )
    heat: float = option(
        0.03, "what a degree Celsius adds to log demand for drinks; others have a multiple", low=-0.1, high=0.1
    )
    rain_effect: float = option(0.06, "what a day of 1 mm of rain or more adds to log demand", low=-0.5, high=0.5)
    dispersion: float = option(
        0.06, "variance of demand is mean + dispersion * mean squared; 0: Poisson", low=0.0, high=2.0
    )
    wander: float = option(
        0.12, "standard deviation of the slow ups and downs of a product's log demand", low=0.0, high=1.0
    )
    service: float = option(
        0.93,
        "the planner's probability that stock lasts until the next delivery; 1: nothing ever runs out",
        low=0.5,
        high=1.0,
    )

    def __post_init__(self) -> None:
        """Refuse a category that Fernway does not have, beside what every scenario refuses."""
        super().__post_init__()
        if self.category and self.category not in CATEGORIES:
            message = f"category must be empty or one of {', '.join(CATEGORIES)}, not {self.category!r}"
            raise ScenarioError(message)


def _blocks(n: int, seed: int, scenario: Demand) -> Iterator[Draw]:
    products = _range(seed, -(-n // len(CITIES)), scenario.category)
    for block, first, last in spans(n, BLOCK):
        chosen = products.iloc[first // len(CITIES) : -(-last // len(CITIES))]
        yield _draw(block, last - first, chosen, seed, scenario)


def _range(seed: int, count: int, category: str) -> pd.DataFrame:
    """The first ``count`` products (of the category): id, category, list price and popularity."""
    size = 16 * count if category else count
    while True:
        data, truth = assortment(seed, size)
        products = data[["product_id", "category", "list_price"]].assign(popularity=truth.rows["popularity"])
        if category:
            products = products[products["category"] == category]
        if len(products) >= count:
            return products.iloc[:count]
        size *= 2


def _draw(block: int, series: int, products: pd.DataFrame, seed: int, scenario: Demand) -> Draw:
    """Draw ``series`` pairs, city by city of each product."""
    streams = Streams(seed, "demand", block, scenario.start)
    dates = Period(scenario.start, scenario.days).dates
    product, city = np.divmod(np.arange(series), len(CITIES))
    history = Prices(start=scenario.start, days=scenario.days)
    priced = price_days(seed, products["product_id"].to_numpy(), history)
    price, promoted = priced.price, priced.promoted
    sky = weather(seed, scenario.start, scenario.days)
    temperature, rain = (sky[name].to_numpy().reshape(-1, len(CITIES)).T for name in ("temperature", "rain"))
    level = _log_level(Streams(seed, "demand", block), products, product, city)
    by_product = _log_of_product(streams, products, price, promoted, scenario)
    heat = scenario.heat * _taste(products).heat[product, None]
    by_weather = heat * (temperature - _MILD)[city] + scenario.rain_effect * (rain >= _WET)[city]
    by_day = np.log(daily_level(dates)) + scenario.holiday_rush * _rush(dates)
    expected = np.round(np.exp(level[:, None] + by_product[product] + by_weather + by_day), 6)
    demand = _counts(streams, expected, scenario.dispersion)
    plan = WEEKDAY_SHARE[dates.day_of_week] * np.where(promoted, _PLANNED_LIFT, 1.0)
    stock = replenish(demand, plan[product], np.exp(level), scenario.service)
    data = pd.DataFrame(
        {
            "date": pd.DatetimeIndex(np.tile(dates, series)),
            "product_id": products["product_id"].to_numpy()[product].repeat(len(dates)),
            "city": categorical(city.repeat(len(dates)), CITIES),
            "price": price[product].ravel(),
            "promotion": promoted[product].ravel(),
            "temperature": temperature[city].ravel(),
            "rain": rain[city].ravel(),
            "holiday": categorical(np.tile(_holiday_codes(dates), series), HOLIDAYS),
            "stock_at_open": stock.at_open.ravel().astype(np.int64),
            "delivered": stock.delivered.ravel().astype(np.int64),
            "sold": stock.sold.ravel().astype(np.int64),
            "stock_out": (stock.sold == stock.at_open + stock.delivered).ravel(),
        }
    )
    rows = pd.DataFrame({"demand": demand.ravel().astype(np.int64), "expected": expected.ravel()})
    return Draw(data, Truth(_effects(scenario), rows))


def _effects(scenario: Demand) -> dict[str, float]:
    return {
        **{f"elasticity_{category}": round(scenario.elasticity * t.price, 6) for category, t in TASTES.items()},
        **{f"heat_{category}": round(scenario.heat * t.heat, 6) for category, t in TASTES.items() if t.heat},
        "promotion_effect": scenario.promotion_effect,
        "holiday_rush": scenario.holiday_rush,
        "rain_effect": scenario.rain_effect,
        "dispersion": scenario.dispersion,
        "wander": scenario.wander,
        "saturday_to_tuesday": round(float(WEEKDAY_SHARE[5] / WEEKDAY_SHARE[1]), 6),
    }


def _log_level(streams: Streams, products: pd.DataFrame, product: NDArray[np.int64], city: NDArray[np.int64]) -> Floats:
    """The log of a pair's demand on a day when nothing is special."""
    dearness = _DEARNESS * np.log(products["list_price"].to_numpy() / _USUAL_PRICE)
    level = np.log(_PIECES) + _POPULARITY * products["popularity"].to_numpy() + dearness
    local = streams("local taste").normal(0.0, _LOCAL_TASTE, len(product))
    return np.asarray(level[product] + np.log(_CITY_SHARES)[city] + local)


def _log_of_product(
    streams: Streams, products: pd.DataFrame, price: Floats, promoted: NDArray[np.bool_], scenario: Demand
) -> Floats:
    """What price, promotion and the slow ups and downs do to a product, by product and day."""
    list_price = products["list_price"].to_numpy()[:, None]
    answer = scenario.elasticity * _taste(products).price[:, None] * np.log(price / list_price)
    fading = np.exp(-1 / _MEMORY)
    shocks = streams("wander").normal(0.0, 1.0, price.shape)
    shocks[:, 1:] *= np.sqrt(1 - fading**2)
    wander = np.empty_like(shocks)
    level = np.zeros(len(shocks))
    for day in range(price.shape[1]):
        level = fading * level + shocks[:, day]
        wander[:, day] = level
    return np.asarray(answer + scenario.promotion_effect * promoted + scenario.wander * wander)


class _Tastes(NamedTuple):
    price: Floats
    heat: Floats


def _taste(products: pd.DataFrame) -> _Tastes:
    """How each product's demand answers price and warmth."""
    values = np.array([TASTES[category] for category in products["category"]])
    return _Tastes(values[:, 0], values[:, 1])


def _rush(dates: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Whether a holiday is among the seven days that follow a day, itself no holiday."""
    beyond = pd.date_range(dates[0], periods=len(dates) + _RUSH_DAYS, freq="D", unit="us")
    holiday = holidays(beyond).notna().to_numpy()
    following = np.lib.stride_tricks.sliding_window_view(holiday[1:], _RUSH_DAYS).any(axis=1)
    return np.asarray(following & ~holiday[: len(dates)])


def _holiday_codes(dates: pd.DatetimeIndex) -> NDArray[np.int8]:
    return pd.Categorical(holidays(dates), categories=list(HOLIDAYS)).codes


def _counts(streams: Streams, expected: Floats, dispersion: float) -> NDArray[np.int64]:
    """Negative binomial counts: Poisson around a mean that varies by a gamma factor of mean 1."""
    factor = streams("factor").gamma(1 / dispersion, dispersion, expected.shape) if dispersion else 1.0
    return np.asarray(streams("demand").poisson(expected * factor), dtype=np.int64)


SIMULATOR = Simulator(
    name="demand",
    title="Daily demand and stock: what each city bought of each product, at which price, and when nothing was left",
    unit="pairs of product and city",
    scenario=Demand,
    blocks=_blocks,
)
