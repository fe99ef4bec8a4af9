"""Who orders, when, with which coupon, and which carrier brings it: everything about an order but its basket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._calendar import LOCAL_ZONE, Period, ordered_shares
from curriculum.datasets.fernway._columns import log_odds, logistic
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, option
from curriculum.datasets.fernway.customers import population
from curriculum.errors import ScenarioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

CARRIERS = ("Velomar", "Tarn")
DEVICES = ("app", "web", "phone")
# The slope of the log of a customer's rate of orders on the engagement.
RATE_SLOPE = 0.95
# Log of the mean number of picks of a basket, and what moves it: the tier, each further person, Friday and Saturday.
PICKS = 1.12
TIER_PICKS = np.array([0.0, 0.25, 0.50])
PERSON_PICKS = 0.12
WEEKEND_PICKS = 0.08
# Appetites count up to 2.5 of their standard deviations, so that no mean falls below one pick.
_APPETITE = 0.875
# The log odds of a coupon without a tier.
_COUPON = -2.3
# The probability that Velomar is late in town, and the log odds that the country adds.
LATE = 0.10
AREA_LATE = 1.4
# The first month of the Markov chain of stopping and coming back; the customers signed up before it.
_FIRST = date(2024, 1, 1)
# Ends of the two-hour windows of delivery (local hours), and how often each is chosen; those from 16 on, the same day.
_WINDOWS = np.array([10, 12, 14, 16, 18, 20, 22])
_WINDOW_SHARES = np.array([0.13, 0.14, 0.09, 0.11, 0.20, 0.22, 0.11])
_SAME_DAY_UNTIL = 12


@dataclass(frozen=True, kw_only=True)
class Orders(Scenario):
    """The options of the orders and of their lines."""

    start: str = option("2024-01-01", "first local day, 2024-01-01 or later")
    days: int = option(731, "number of local days", low=1, high=3660)
    customers: int = option(5000, "number of customers", low=1, high=200_000)
    products: int = option(400, "number of products", low=1, high=2000)
    carrier_late: float = option(
        -0.45, "what Tarn, beside Velomar, adds to the log odds of a late delivery in the same area", low=-3.0, high=3.0
    )
    tarn_urban: float = option(0.25, "share of urban orders that Tarn drives", low=0.0, high=1.0)
    tarn_rural: float = option(0.85, "share of rural orders that Tarn drives", low=0.0, high=1.0)
    coupon_effect: float = option(
        0.06, "what a coupon adds to the log of the mean number of units ordered", low=-0.5, high=1.0
    )
    coupon_by_tier: float = option(
        1.1, "what each step of the tier adds to the log odds of a coupon (0: coupons at random)", low=-3.0, high=3.0
    )
    promotion_lift: float = option(
        0.7, "what a promotion adds to the log of a product's weight when a basket is filled", low=-2.0, high=3.0
    )
    return_promotion: float = option(
        0.5, "what a promotion adds to the log odds that a line is returned", low=-3.0, high=3.0
    )
    lapse: float = option(0.05, "probability that an active customer stops ordering with the month", low=0.0, high=0.9)
    comeback: float = option(
        0.06, "probability that a customer who has stopped comes back with the month", low=0.005, high=1.0
    )
    cancelled: float = option(0.03, "share of next-day orders by app or web that are cancelled", low=0.0, high=0.5)

    def __post_init__(self) -> None:
        """Refuse also a period before the customers have signed up.

        Raises:
            ScenarioError: which option, what it must be and what it was.
        """
        super().__post_init__()
        if date.fromisoformat(self.start) < _FIRST:
            message = f"start must be '2024-01-01' or later (customers sign up until then), not {self.start!r}"
            raise ScenarioError(message)

    def streams(self, seed: int, block: int = 0) -> Streams:
        """Open the streams of a block. Another start has others: its orders are fresh ones, of the same people."""
        return Streams(seed, "orders", block, self.start)


class People(NamedTuple):
    """The customers, and of each month of the period (rows) who of them is active."""

    data: pd.DataFrame
    rate: Floats
    appetite: Floats
    favourite: Whole
    active: Flags


class Heads(NamedTuple):
    """Orders without their baskets; ``day`` counts the period's local days, ``customer`` from 0."""

    ordered_at: pd.DatetimeIndex
    day: Whole
    customer: Whole
    device: Whole
    coupon: Flags
    coupon_probability: Floats
    mean_picks: Floats
    mean_picks_with: Floats
    mean_picks_without: Floats
    carrier: Whole
    tarn_probability: Floats
    late: Flags
    late_velomar: Floats
    late_tarn: Floats
    promised_at: pd.DatetimeIndex
    delivered_at: pd.DatetimeIndex
    cancelled: Flags
    cancel_probability: Floats


def people(seed: int, scenario: Orders) -> People:
    """Give the customers, their rates and habits, and when they are active."""
    data, truth = population(seed, scenario.customers)
    streams = Streams(seed, "orders")
    favourite = _device(streams("favourite").random(len(data)), data["age"].to_numpy(float))
    rate = np.exp(RATE_SLOPE * truth.rows["engagement"].to_numpy())
    appetite = np.clip(truth.rows["appetite"].to_numpy(), -_APPETITE, _APPETITE)
    return People(data, rate, appetite, favourite, _active(streams, scenario))


def late_probability(area_rural: NDArray[np.bool_], tarn: NDArray[np.bool_], scenario: Orders) -> Floats:
    """Give the probability of a late delivery for an area and a carrier."""
    return logistic(log_odds(LATE) + AREA_LATE * area_rural + scenario.carrier_late * tarn)


def heads(people_: People, streams: Streams, first: int, last: int, n: int, scenario: Orders) -> Heads:
    """Draw the orders ``first`` to ``last`` of ``n`` without their baskets."""
    period = Period(scenario.start, scenario.days)
    ordered_at = period.arrivals(ordered_shares(streams("ordered_at"), first, last, n))
    midnights = period.dates.tz_localize(LOCAL_ZONE).tz_convert("UTC")
    day = np.searchsorted(midnights.asi8, ordered_at.asi8, side="right") - 1
    customer = _who(people_, _months(period.dates)[day], streams("customer").random(last - first))
    device = _order_device(people_, customer, streams)
    tier = np.asarray(people_.data["tier"].cat.codes, dtype=np.int64)[customer]
    rural = (people_.data["area"] == "rural").to_numpy()[customer]
    coupon_probability = logistic(np.asarray(_COUPON + scenario.coupon_by_tier * tier, dtype=float))
    coupon = streams("coupon").random(last - first) < coupon_probability
    with_, without = _mean_picks(people_, customer, tier, period.dates.day_of_week.to_numpy()[day], scenario)
    tarn_probability = np.where(rural, scenario.tarn_rural, scenario.tarn_urban)
    tarn = streams("carrier").random(last - first) < tarn_probability
    by_velomar, by_tarn = (late_probability(rural, np.full(len(rural), by), scenario) for by in (False, True))
    late = streams("late").random(last - first) < np.where(tarn, by_tarn, by_velomar)
    lead, promised_at = _promise(streams, ordered_at)
    cancel_probability = np.clip(scenario.cancelled * np.exp(0.3 * (device == 2) + 0.25 * (lead - 1)), 0.0, 1.0)
    return Heads(
        ordered_at=ordered_at,
        day=day,
        customer=customer,
        device=device,
        coupon=coupon,
        coupon_probability=coupon_probability,
        mean_picks=np.where(coupon, with_, without),
        mean_picks_with=with_,
        mean_picks_without=without,
        carrier=tarn.astype(np.int64),
        tarn_probability=tarn_probability,
        late=late,
        late_velomar=by_velomar,
        late_tarn=by_tarn,
        promised_at=promised_at,
        delivered_at=_delivered_at(streams, promised_at, late, rural),
        cancelled=streams("cancelled").random(last - first) < cancel_probability,
        cancel_probability=cancel_probability,
    )


def _months(dates: pd.DatetimeIndex) -> Whole:
    """Count the months of the dates from the month of the first."""
    months = (dates.year * 12 + dates.month).to_numpy(np.int64)
    return np.asarray(months - months[0])


def _active(streams: Streams, scenario: Orders) -> Flags:
    """Who is active in each month: a Markov chain that runs from January 2024, so that all periods agree."""
    dates = Period(scenario.start, scenario.days).dates
    before = (dates[0].year - _FIRST.year) * 12 + dates[0].month - _FIRST.month
    rng = streams("active")
    active = rng.random(scenario.customers) < scenario.comeback / (scenario.lapse + scenario.comeback)
    months = []
    for month in range(before + int(_months(dates)[-1]) + 1):
        if month:
            u = rng.random(scenario.customers)
            active = np.where(active, u >= scenario.lapse, u < scenario.comeback)
        if month >= before:
            months.append(active if active.any() else np.ones_like(active))
    return np.array(months)


def _who(people_: People, months: Whole, u: Floats) -> Whole:
    """Draw who orders, among those active in the month and in proportion to their rates."""
    customer = np.empty(len(u), dtype=np.int64)
    for month in np.unique(months).tolist():
        rows = slice(*np.searchsorted(months, [month, month + 1]))
        cumulative = np.cumsum(people_.rate * people_.active[month])
        customer[rows] = np.searchsorted(cumulative, u[rows] * cumulative[-1], side="right")
    return np.minimum(customer, len(people_.rate) - 1)


def _order_device(people_: People, customer: Whole, streams: Streams) -> Whole:
    """The favourite for four orders of five, else any."""
    any_ = _device(streams("device").random(len(customer)), people_.data["age"].to_numpy(float)[customer])
    return np.where(streams("habit").random(len(customer)) < 0.8, people_.favourite[customer], any_)


def _device(u: Floats, age: Floats) -> Whole:
    """Draw app, web or phone: the older, the less app and the more phone."""
    app, phone = np.exp(0.7 - 0.04 * (age - 40)), np.exp(-2.4 + 0.045 * (age - 40))
    total = app + 1 + phone
    return np.asarray((u >= app / total).astype(np.int64) + (u >= (app + 1) / total))


def _mean_picks(
    people_: People, customer: Whole, tier: Whole, weekday: NDArray[np.int32], scenario: Orders
) -> tuple[Floats, Floats]:
    """Give the mean number of picks of each basket, with a coupon and without one."""
    household = people_.data["household"].to_numpy(float)[customer]
    log_mean: Floats = (
        PICKS
        + TIER_PICKS[tier]
        + PERSON_PICKS * (household - 2.3)
        + WEEKEND_PICKS * np.isin(weekday, (4, 5))
        + people_.appetite[customer]
    )
    return np.maximum(np.exp(log_mean + scenario.coupon_effect), 1.0), np.maximum(np.exp(log_mean), 1.0)


def _promise(streams: Streams, ordered_at: pd.DatetimeIndex) -> tuple[Whole, pd.DatetimeIndex]:
    """Draw the days to delivery, and the end of the promised two hours."""
    n = len(ordered_at)
    local = ordered_at.tz_convert(LOCAL_ZONE).tz_localize(None)
    later = 1 + np.searchsorted([0.66, 0.87, 0.95], streams("lead").random(n), side="right")
    today = (local.hour.to_numpy() < _SAME_DAY_UNTIL) & (streams("today").random(n) < 0.22)
    lead = np.where(today, 0, later)
    window = streams("window").random(n)
    cumulative = np.cumsum(_WINDOW_SHARES)
    before_16 = cumulative[2]
    window = np.where(today, before_16 + window * (1 - before_16), window)
    hour = _WINDOWS[np.searchsorted(cumulative[:-1], window, side="right")]
    wall = local.normalize() + pd.to_timedelta(lead * 24 + hour, unit="h")
    return lead, pd.DatetimeIndex(wall).tz_localize(LOCAL_ZONE).tz_convert("UTC").as_unit("us")


def _delivered_at(streams: Streams, promised_at: pd.DatetimeIndex, late: Flags, rural: Flags) -> pd.DatetimeIndex:
    """Within the two hours, or so many minutes after them, more in the country and in the week before Christmas."""
    n = len(promised_at)
    rush = (promised_at.month == 12) & (promised_at.day >= 16) & (promised_at.day <= 24)
    minutes = streams("delay").exponential(24.0, n) * np.exp(0.25 * rural + 0.45 * rush)
    early = 120 * streams("early").beta(1.15, 1.8, n)
    seconds = np.where(late, np.minimum(1 + np.floor(60 * minutes), 6 * 3600), -np.floor(60 * early)).astype(np.int64)
    return pd.DatetimeIndex(promised_at + pd.to_timedelta(seconds, unit="s")).as_unit("us")
