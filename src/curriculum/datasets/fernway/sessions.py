"""Web sessions during an experiment with a new checkout: who came, what they saw of it, and whether they ordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._calendar import Period, ordered_shares
from curriculum.datasets.fernway._columns import categorical, ids
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

BLOCK = 50_000
DEVICES = ("mobile", "desktop", "tablet")
SOURCES = ("direct", "search", "email", "social", "ads")
VARIANTS = ("control", "treatment")
_DEVICE_SHARE = np.array([0.58, 0.34, 0.08])
# How likely an order is on each device, beside a desktop; how large, in logarithms; how long a page is read.
_DEVICE_CONVERSION = np.array([0.70, 1.0, 0.90])
_DEVICE_BASKET = np.array([-0.10, 0.0, 0.05])
_DEVICE_PACE = np.array([0.80, 1.0, 1.10])
_SOURCE_SHARE = np.array([0.30, 0.32, 0.14, 0.12, 0.12])
_BOUNCE = np.array([0.20, 0.30, 0.18, 0.50, 0.45])
_MAIN_SOURCE = 0.65  # of a visitor's sessions come by the visitor's usual way, the others by any
# Intent of those who come to look and of those who come to shop: shapes of beta distributions.
_BROWSING = 0.45
_BROWSING_INTENT = (1.0, 6.0)
_SHOPPING_INTENT = (3.0, 1.5)
_PEAK = 0.5  # the highest probability of an order under control; so no lift within its range passes 1
_PURPOSE_FLOOR = 0.35
_ACTIVITY_SHAPE = 0.45
_BASKET = 3.68  # the mean log of a desktop's revenue under control
_BASKET_SD = {"visitor": 0.35, "session": 0.45}
_SESSIONS_BEFORE = 3.3  # mean sessions of a visitor in the four weeks before
_NOVELTY_DAYS = 5.0


@dataclass(frozen=True, kw_only=True)
class Sessions(Scenario):
    """The options of the sessions' table."""

    start: str = option("2025-09-01", "first local day of the experiment")
    days: int = option(28, "number of local days", low=1, high=3660)
    visitors: int = option(
        12_000, "visitors who may come; with fewer, each has more of the n sessions", low=100, high=2_000_000
    )
    share: float = option(0.5, "probability that a visitor is given the treatment", low=0.0, high=1.0)
    lift: float = option(
        0.10, "what the treatment adds to the probability of an order, relative to control", low=-0.5, high=0.5
    )
    basket_lift: float = option(
        0.0, "what the treatment adds to the revenue of an order, relative to control", low=-0.9, high=5.0
    )
    novelty: float = option(0.0, "further lift at the start, fading by a factor e every five days", low=-0.5, high=0.5)
    srm: float = option(
        0.0,
        "share of the treatment's mobile visitors without intent to buy whom a broken redirect keeps out of the log",
        low=0.0,
        high=1.0,
    )


class _Visitors(NamedTuple):
    """What belongs to a visitor, one value each."""

    device: NDArray[np.intp]
    treated: NDArray[np.bool_]
    browsing: NDArray[np.bool_]
    intent: Floats
    basket: Floats
    main_source: NDArray[np.intp]
    spend_before: Floats
    cumulative_activity: Floats


class _Visits(NamedTuple):
    """What belongs to a session beside its visitor."""

    who: NDArray[np.intp]
    times: pd.DatetimeIndex
    source: NDArray[np.intp]
    bounced: NDArray[np.bool_]
    purpose: Floats


def _visitors(seed: int, scenario: Sessions) -> _Visitors:
    """Draw everybody who may come. Who they are stays from window to window; variants and past spend are drawn anew."""
    n = scenario.visitors
    lasting, window = Streams(seed, "sessions"), _window(seed, scenario, 0)
    device = _pick(lasting("device"), n, _DEVICE_SHARE)
    browsing = lasting("browsing").random(n) < _BROWSING
    looks, shops = lasting("looks").beta(*_BROWSING_INTENT, n), lasting("shops").beta(*_SHOPPING_INTENT, n)
    intent = np.where(browsing, looks, shops)
    basket = lasting("basket").normal(0.0, _BASKET_SD["visitor"], n)
    activity = lasting("activity").gamma(_ACTIVITY_SHAPE, 1 / _ACTIVITY_SHAPE, n)
    treated = window("variant").random(n) < scenario.share
    lost = treated & browsing & (device == 0) & (window("redirect").random(n) < scenario.srm)
    return _Visitors(
        device=device,
        treated=treated,
        browsing=browsing,
        intent=intent,
        basket=basket,
        main_source=_pick(lasting("main_source"), n, _SOURCE_SHARE),
        spend_before=_spend_before(window, activity * intent, device, basket),
        cumulative_activity=np.cumsum(np.where(lost, 0.0, activity)),
    )


def _spend_before(streams: Streams, eagerness: Floats, device: NDArray[np.intp], basket: Floats) -> Floats:
    """Euro spent in the four weeks before: as many orders as the visitor's habits make likely, each of a usual size."""
    rate = _SESSIONS_BEFORE * eagerness * _PEAK * _DEVICE_CONVERSION[device] * _mean_engaged() * _mean_purpose()
    orders = streams("orders_before").poisson(rate)
    noise = streams("spend_before").normal(0.0, 1.0, len(rate)) * _BASKET_SD["session"]
    size = np.exp(_BASKET + _DEVICE_BASKET[device] + basket + noise / np.sqrt(np.maximum(orders, 1)))
    return np.asarray(np.round(orders * size, 2))


def _blocks(n: int, seed: int, scenario: Sessions) -> Iterator[Draw]:
    visitors, effects = _visitors(seed, scenario), _effects(scenario)
    period = Period(scenario.start, scenario.days)
    for block, first, last in spans(n, BLOCK):
        streams = _window(seed, scenario, block)
        visits = _visits(streams, period, visitors, (first, last, n))
        yield _draw(
            streams, visits, visitors, ids(first, last), Truth(effects, _probabilities(visits, visitors, scenario))
        )


def _visits(streams: Streams, period: Period, visitors: _Visitors, span: tuple[int, int, int]) -> _Visits:
    first, last, _ = span
    n = last - first
    total = visitors.cumulative_activity
    who = np.searchsorted(total, streams("visitor").random(n) * total[-1], side="right")
    usual = streams("usual").random(n) < _MAIN_SOURCE
    source = np.where(usual, visitors.main_source[who], _pick(streams("source"), n, _SOURCE_SHARE))
    return _Visits(
        who=who,
        times=period.arrivals(ordered_shares(streams("started_at"), *span)),
        source=source,
        bounced=streams("bounced").random(n) < _BOUNCE[source],
        purpose=streams("purpose").random(n),
    )


def _probabilities(visits: _Visits, visitors: _Visitors, scenario: Sessions) -> pd.DataFrame:
    """What is hidden of each session: the visitor's intent and the probability of an order under both variants."""
    who = visits.who
    purpose = _PURPOSE_FLOOR + (1 - _PURPOSE_FLOOR) * visits.purpose
    control = _PEAK * visitors.intent[who] * _DEVICE_CONVERSION[visitors.device[who]] * purpose * ~visits.bounced
    lift = scenario.lift + scenario.novelty * _fading(visits.times, scenario)
    return pd.DataFrame(
        {
            "browsing": visitors.browsing[who],
            "intent": visitors.intent[who].round(6),
            "purpose": visits.purpose.round(6),
            "p_control": control.round(6),
            "p_treatment": (control * (1 + lift)).round(6),
        }
    )


def _draw(streams: Streams, visits: _Visits, visitors: _Visitors, session_id: NDArray[np.int64], hidden: Truth) -> Draw:
    who, n = visits.who, len(visits.who)
    device, treated = visitors.device[who], visitors.treated[who]
    pages = _pages(streams, visits)
    luck = streams("ordered").random(n)
    would = {variant: luck < hidden.rows[f"p_{variant}"].to_numpy() for variant in VARIANTS}
    ordered = np.where(treated, would["treatment"], would["control"])
    noise = streams("revenue").normal(0.0, _BASKET_SD["session"], n)
    size = np.exp(_BASKET + _DEVICE_BASKET[device] + visitors.basket[who] + noise)
    factor = np.where(treated, 1 + hidden.effects["basket_lift"], 1.0)
    data = pd.DataFrame(
        {
            "session_id": session_id,
            "visitor_id": who.astype(np.int64) + 1,
            "started_at": visits.times,
            "device": categorical(device, DEVICES),
            "source": categorical(visits.source, SOURCES),
            "variant": categorical(treated, VARIANTS),
            "pages": pages,
            "seconds": _seconds(streams, pages, device),
            "spend_before": visitors.spend_before[who],
            "ordered": ordered,
            "revenue": np.where(ordered, np.round(size * factor, 2), 0.0),
        }
    )
    rows = hidden.rows.assign(**{f"ordered_{variant}": values for variant, values in would.items()})
    return Draw(data, Truth(hidden.effects, rows))


def _pages(streams: Streams, visits: _Visits) -> NDArray[np.int64]:
    """Pages seen before the checkout: one if the visitor turned round, else more the more there was a purpose."""
    n = len(visits.who)
    further = streams("pages").poisson(streams("reading").gamma(4.0, 0.25, n) * (1.0 + 11.0 * visits.purpose))
    return np.where(visits.bounced, 1, 2 + further).astype(np.int64)


def _seconds(streams: Streams, pages: NDArray[np.int64], device: NDArray[np.intp]) -> NDArray[np.int64]:
    a_page = np.exp(streams("seconds").normal(3.1, 0.55, len(pages))) * _DEVICE_PACE[device]
    return np.asarray(np.maximum(np.round(pages * a_page), 1), dtype=np.int64)


def _effects(scenario: Sessions) -> dict[str, float]:
    lift = scenario.lift + scenario.novelty * _mean_fading(scenario)
    # Given an order, devices are mixed by how often they lead to one.
    by_device = _DEVICE_SHARE * _DEVICE_CONVERSION
    spread = (_BASKET_SD["visitor"] ** 2 + _BASKET_SD["session"] ** 2) / 2
    baskets = np.exp(_BASKET + _DEVICE_BASKET + spread)
    conversion = _PEAK * _mean_intent() * by_device.sum() * _mean_purpose() * _mean_engaged()
    basket = by_device @ baskets / by_device.sum()
    lost = scenario.srm * _BROWSING * _DEVICE_SHARE[0]
    lost_orders = scenario.srm * _BROWSING * _mean(_BROWSING_INTENT) * by_device[0] / (_mean_intent() * by_device.sum())
    logged = scenario.share * (1 - lost)
    effects = {
        "lift": scenario.lift,
        "average_lift": lift,
        "basket_lift": scenario.basket_lift,
        "revenue_lift": (1 + lift) * (1 + scenario.basket_lift) - 1,
        "control_conversion": conversion,
        "control_basket": basket,
        "treatment_share": logged / (logged + 1 - scenario.share),
        "logged_lift": (1 + lift) * (1 - lost_orders) / (1 - lost) - 1,
    }
    return {name: round(float(value), 9) for name, value in effects.items()}


def _fading(times: pd.DatetimeIndex, scenario: Sessions) -> Floats:
    """How much of the novelty is left at each time."""
    begin = Period(scenario.start, scenario.days).arrivals(np.zeros(1))[0]
    return np.exp(-(times - begin).total_seconds().to_numpy() / 86_400 / _NOVELTY_DAYS)


def _mean_fading(scenario: Sessions) -> float:
    """The mean of what is left over all sessions: the midpoint rule over 20,000 shares of the arrivals."""
    if scenario.novelty == 0.0:
        return 0.0
    times = Period(scenario.start, scenario.days).arrivals((np.arange(20_000) + 0.5) / 20_000)
    return float(_fading(times, scenario).mean())


def _window(seed: int, scenario: Sessions, block: int) -> Streams:
    """The streams of what happens in one window: an experiment that starts on another day is another experiment."""
    return Streams(seed, "sessions", block, scenario.start)


def _pick(rng: np.random.Generator, n: int, shares: Floats) -> NDArray[np.intp]:
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right")


def _mean(shapes: tuple[float, float]) -> float:
    return shapes[0] / sum(shapes)


def _mean_intent() -> float:
    return _BROWSING * _mean(_BROWSING_INTENT) + (1 - _BROWSING) * _mean(_SHOPPING_INTENT)


def _mean_engaged() -> float:
    return float(1 - _SOURCE_SHARE @ _BOUNCE)


def _mean_purpose() -> float:
    return (1 + _PURPOSE_FLOOR) / 2


SIMULATOR = Simulator(
    name="sessions",
    title="Web sessions in an experiment: a new checkout, who saw it and who ordered",
    unit="sessions",
    scenario=Sessions,
    blocks=_blocks,
)
