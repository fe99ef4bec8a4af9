"""Customers: who they are, and the two things about them that nobody can see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._calendar import CITIES
from curriculum.datasets.fernway._columns import categorical, choose, dates, ids, log_odds, logistic
from curriculum.datasets.fernway._draw import Draw, Truth, together
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.datasets.fernway._columns import Floats

BLOCK = 50_000
CHANNELS = ("search", "social", "referral", "leaflet")
TIERS = ("none", "silver", "gold")
# The engagement from which on a customer is silver, and gold.
_TIER_CUTS = (0.4, 1.3)
# The log income of a customer of 40 is normal around the first, with the second as standard deviation.
_LOG_INCOME = float(np.log(34_000))
_INCOME_SD = 0.45


@dataclass(frozen=True, kw_only=True)
class Customers(Scenario):
    """The options of the customers' table."""

    income_by_age: float = option(
        0.22, "rise of log income per ten years of age up to 50, and its fall after that", low=-1.0, high=1.0
    )
    hidden_income: float = option(
        0.18,
        "share of customers with an income of 34,000 € who do not tell it; richer ones tell it less",
        low=0.0,
        high=0.9,
    )


def population(seed: int, n: int) -> Draw:
    """The first ``n`` customers of a seed's Fernway, the same in every table."""
    return together(_blocks(n, seed, Customers()))


def _blocks(n: int, seed: int, scenario: Customers) -> Iterator[Draw]:
    for block, first, last in spans(n, BLOCK):
        yield _draw(Streams(seed, "customers", block), first, last, scenario)


def _draw(streams: Streams, first: int, last: int, scenario: Customers) -> Draw:
    n = last - first
    age = np.clip(np.round(18 + streams("age").gamma(4.0, 7.0, n)), 18, 92)
    engagement = streams("engagement").normal(0.0, 1.0, n)
    appetite = streams("appetite").normal(0.0, 0.35, n)
    log_income = _log_income(streams, age, scenario)
    income = pd.Series(np.round(np.exp(log_income) / 100) * 100)
    told = streams("told").random(n) > _silence(log_income, scenario)
    data = pd.DataFrame(
        {
            "customer_id": ids(first, last),
            "signed_up": _signed_up(streams, n),
            "age": age.astype(np.int64),
            "city": choose(streams("city"), n, CITIES, (0.38, 0.27, 0.14, 0.21)),
            "area": choose(streams("area"), n, ("urban", "rural"), (0.72, 0.28)),
            "household": np.minimum(1 + streams("household").poisson(1.3, n), 8).astype(np.int64),
            "channel": choose(streams("channel"), n, CHANNELS, (0.46, 0.24, 0.19, 0.11)),
            "tier": _tier(engagement),
            "newsletter": streams("newsletter").random(n) < logistic(0.2 + 0.6 * engagement),
            "income": income.where(told).astype("Int64"),
        }
    )
    hidden = pd.DataFrame({"engagement": engagement.round(6), "appetite": appetite.round(6), "true_income": income})
    effects = {"income_by_age": scenario.income_by_age, "income_sd": _INCOME_SD}
    return Draw(data, Truth(effects, hidden.astype({"true_income": "int64"})))


def _log_income(streams: Streams, age: Floats, scenario: Customers) -> Floats:
    decades = (np.minimum(age, 50) - np.maximum(age - 50, 0) - 40) / 10
    noise = streams("income").normal(0.0, _INCOME_SD, len(age))
    return np.asarray(_LOG_INCOME + scenario.income_by_age * decades + noise)


def _silence(log_income: Floats, scenario: Customers) -> Floats:
    """The probability that a customer does not tell the income: not missing at random."""
    if scenario.hidden_income == 0.0:
        return np.zeros(len(log_income))
    return logistic(log_odds(scenario.hidden_income) + 1.2 * (log_income - _LOG_INCOME))


def _signed_up(streams: Streams, n: int) -> pd.DatetimeIndex:
    """Days from 2021 to the end of 2023, more towards the end."""
    return dates("2021-01-01", np.floor(1095 * np.sqrt(streams("signed_up").random(n))))


def _tier(engagement: Floats) -> pd.Categorical[str]:
    return categorical(np.searchsorted(_TIER_CUTS, engagement), TIERS, ordered=True)


SIMULATOR = Simulator(
    name="customers",
    title="Fernway's customers: where they live, how they came, what they earn (if they say)",
    unit="customers",
    scenario=Customers,
    blocks=_blocks,
)
