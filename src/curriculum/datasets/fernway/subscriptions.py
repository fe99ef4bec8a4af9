"""Subscriptions to Fernway Plus, the delivery pass: when customers took it, and when they left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from curriculum.datasets.fernway import customers
from curriculum.datasets.fernway._calendar import LOCAL_ZONE, Period, ordered_shares
from curriculum.datasets.fernway._columns import categorical, ids, log_odds, logistic
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

# A block holds as many subscriptions as a block of customers has people: each takes one.
BLOCK = customers.BLOCK
PLANS = ("monthly", "yearly")
_MEAN_ORDERS = 9.0  # in the 90 days before, of an average customer
_ORDERS_BY_ENGAGEMENT = 0.45
_USUAL_ORDERS = 9
_PROBLEM_RATE = 0.09
_YEARLY_SHARE, _YEARLY_BY_ORDER = 0.28, 0.06
_OFFER_SHARE, _OFFER_BY_ORDER = 0.40, -0.20
_CONTACTS, _CONTACTS_BY_PROBLEM = 0.2, 0.9
_MOST_ORDERS = 120


@dataclass(frozen=True, kw_only=True)
class Subscriptions(Scenario):
    """The options of the subscriptions' table."""

    start: str = option("2024-01-01", "first local day of the study; subscriptions begin on any of its days")
    days: int = option(731, "number of local days; what still runs after the last is censored", low=1, high=3660)
    median_days: float = option(
        330.0,
        "days after which half of those on the monthly plan without offer, with nine orders and no problem, have left",
        low=1.0,
        high=100_000.0,
    )
    shape: float = option(0.8, "shape of the Weibull hazard; below 1 it falls with tenure", low=0.2, high=5.0)
    yearly_effect: float = option(-0.8, "log hazard ratio of the yearly plan", low=-3.0, high=3.0)
    offer_effect: float = option(0.30, "log hazard ratio of a first month at half price", low=-3.0, high=3.0)
    orders_effect: float = option(-0.08, "log hazard ratio of one more order in the 90 days before", low=-0.5, high=0.5)
    problems_effect: float = option(
        0.35, "log hazard ratio of one more delivery problem in the 90 days before", low=-1.0, high=1.0
    )
    contacts_effect: float = option(
        0.0, "log hazard ratio of one more contact with support in the 90 days before", low=-1.0, high=1.0
    )
    lost_rate: float = option(0.06, "subscriptions lost from view a year, whatever their hazard", low=0.0, high=5.0)


class _Habits(NamedTuple):
    """What is known of customers on the day they subscribe."""

    yearly: NDArray[np.bool_]
    offer: NDArray[np.bool_]
    orders: NDArray[np.int64]
    problems: NDArray[np.int64]
    contacts: NDArray[np.int64]


def _blocks(n: int, seed: int, scenario: Subscriptions) -> Iterator[Draw]:
    period, effects = Period(scenario.start, scenario.days), _effects(scenario)
    people = customers.SIMULATOR.blocks(n, seed, customers.Customers())
    for (block, first, last), draw in zip(spans(n, BLOCK), people, strict=True):
        streams = Streams(seed, "subscriptions", block, scenario.start)
        order = streams("customer").permutation(last - first)
        habits = _habits(streams, draw.truth.rows["engagement"].to_numpy()[order])
        shares = ordered_shares(streams("started"), first, last, n)
        started = period.arrivals(shares).tz_convert(LOCAL_ZONE).tz_localize(None).normalize()
        log_hazard = _log_hazard(habits, scenario)
        tenure = _tenure(streams, log_hazard, scenario)
        data = pd.DataFrame(
            {
                "subscription_id": ids(first, last),
                "customer_id": ids(first, last)[order],
                "started": started,
                "plan": categorical(habits.yearly, PLANS),
                "welcome_offer": habits.offer,
                "orders_before": habits.orders.astype(np.int64),
                "delivery_problems": habits.problems.astype(np.int64),
                "support_contacts": habits.contacts.astype(np.int64),
                **_observed(streams, started, tenure, period, scenario),
            }
        )
        yield Draw(data, Truth(dict(effects), _hidden(log_hazard, tenure, scenario)))


def _habits(streams: Streams, engagement: Floats) -> _Habits:
    n = len(engagement)
    orders = np.minimum(streams("orders").poisson(_order_rate(engagement)), _MOST_ORDERS)
    yearly = streams("plan").random(n) < _yearly_share(orders)
    offer = streams("offer").random(n) < _offer_share(orders)
    problems = streams("problems").binomial(orders, _PROBLEM_RATE)
    contacts = streams("contacts").poisson(_CONTACTS + _CONTACTS_BY_PROBLEM * problems)
    return _Habits(yearly, offer, orders, problems, contacts)


def _log_hazard(habits: _Habits, scenario: Subscriptions) -> Floats:
    """The logarithm of each hazard beside that of the usual customer."""
    return np.asarray(
        scenario.yearly_effect * habits.yearly
        + scenario.offer_effect * habits.offer
        + scenario.orders_effect * (habits.orders - _USUAL_ORDERS)
        + scenario.problems_effect * habits.problems
        + scenario.contacts_effect * habits.contacts
    )


def _tenure(streams: Streams, log_hazard: Floats, scenario: Subscriptions) -> NDArray[np.int64]:
    """Days to the end if it could be awaited: the cumulative hazard at which each leaves is exponential."""
    threshold = streams("tenure").exponential(1.0, len(log_hazard)) * np.exp(-log_hazard)
    days = scenario.median_days * (threshold / np.log(2)) ** (1 / scenario.shape)
    return np.asarray(np.clip(np.ceil(days), 1, 1_000_000), dtype=np.int64)


def _observed(
    streams: Streams, started: pd.DatetimeIndex, tenure: NDArray[np.int64], period: Period, scenario: Subscriptions
) -> dict[str, object]:
    """What the study sees of the tenures: the end, or the last day on which the subscription was seen to run."""
    follow_up = (period.dates[-1] - started).days.to_numpy().astype(np.int64)
    if scenario.lost_rate > 0:
        lost = np.ceil(streams("lost").exponential(365.25 / scenario.lost_rate, len(tenure)))
        follow_up = np.minimum(follow_up, np.minimum(lost, 1_000_000).astype(np.int64))
    churned = tenure <= follow_up
    seen = np.minimum(tenure, follow_up)
    until = started + pd.to_timedelta(seen, unit="D").as_unit("us")
    return {
        "ended": until.where(churned),
        "observed_until": until,
        "tenure_days": seen.astype(np.int64),
        "churned": churned,
    }


def _hidden(log_hazard: Floats, tenure: NDArray[np.int64], scenario: Subscriptions) -> pd.DataFrame:
    hazard = np.exp(log_hazard)
    return pd.DataFrame(
        {
            "hazard_ratio": hazard.round(6),
            "full_tenure": tenure,
            "p_churn_90": (1 - np.exp(-_baseline(90.0, scenario) * hazard)).round(6),
            "p_churn_365": (1 - np.exp(-_baseline(365.0, scenario) * hazard)).round(6),
        }
    )


def _baseline(days: float, scenario: Subscriptions) -> float:
    """The cumulative hazard of the usual customer."""
    return float(np.log(2) * (days / scenario.median_days) ** scenario.shape)


@lru_cache(maxsize=8)
def _effects(scenario: Subscriptions) -> dict[str, float]:
    effects = {
        "shape": scenario.shape,
        "median_days": scenario.median_days,
        **{f"{name}_effect": getattr(scenario, f"{name}_effect") for name in ("yearly", "offer", "orders", "problems")},
        "contacts_effect": scenario.contacts_effect,
        "lost_rate": scenario.lost_rate,
        "survival_90": _survival(90.0, scenario),
        "survival_365": _survival(365.0, scenario),
        "median_tenure": _median(scenario),
    }
    return {name: round(float(value), 9) for name, value in effects.items()}


def _median(scenario: Subscriptions) -> float:
    """The time by which half of all subscriptions have ended."""
    from scipy.optimize import brentq

    log_days = brentq(lambda x: _survival(float(np.exp(x)), scenario) - 0.5, -20.0, 60.0)
    return float(np.exp(log_days))


def _survival(days: float, scenario: Subscriptions) -> float:
    """The share of all subscriptions that outlast so many days, summed over everything that customers may be."""
    shares, log_hazard = _mixture(scenario)
    return float(shares @ np.exp(-np.exp(np.log(_baseline(days, scenario)) + log_hazard)))


@lru_cache(maxsize=8)
def _mixture(scenario: Subscriptions) -> tuple[Floats, Floats]:
    """Every kind of customer, up to what is rarer than one in a hundred billion: shares and log hazard ratios."""
    from scipy import stats

    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    count = np.arange(_MOST_ORDERS + 1)
    orders = stats.poisson.pmf(count[:, None], _order_rate(nodes)) @ (weights / weights.sum())
    orders[-1] += 1 - orders.sum()
    n, problems, contacts, yearly, offer = np.meshgrid(
        count, np.arange(21), np.arange(25), [0, 1], [0, 1], indexing="ij"
    )
    share = (
        orders[n]
        * stats.binom.pmf(problems, n, _PROBLEM_RATE)
        * stats.poisson.pmf(contacts, _CONTACTS + _CONTACTS_BY_PROBLEM * problems)
        * np.where(yearly, _yearly_share(n), 1 - _yearly_share(n))
        * np.where(offer, _offer_share(n), 1 - _offer_share(n))
    )
    likely = share > 1e-11
    habits = _Habits(*(values[likely] for values in (yearly, offer, n, problems, contacts)))
    return share[likely] / share[likely].sum(), _log_hazard(habits, scenario)


def _order_rate(engagement: Floats) -> Floats:
    return np.asarray(_MEAN_ORDERS * np.exp(_ORDERS_BY_ENGAGEMENT * engagement - _ORDERS_BY_ENGAGEMENT**2 / 2))


def _yearly_share(orders: NDArray[np.int64]) -> Floats:
    return logistic(np.asarray(log_odds(_YEARLY_SHARE) + _YEARLY_BY_ORDER * (orders - _USUAL_ORDERS), dtype=float))


def _offer_share(orders: NDArray[np.int64]) -> Floats:
    return logistic(np.asarray(log_odds(_OFFER_SHARE) + _OFFER_BY_ORDER * (orders - _USUAL_ORDERS), dtype=float))


SIMULATOR = Simulator(
    name="subscriptions",
    title="Fernway Plus: when customers subscribed, and when they left (if they have)",
    unit="subscriptions",
    scenario=Subscriptions,
    blocks=_blocks,
)
