"""Card payments through Fernway Pay, a few of them fraud, in patterns whose weights drift over the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway import _fraud_patterns as fp
from curriculum.datasets.fernway._calendar import LOCAL_ZONE, Period, check_date, ordered_shares
from curriculum.datasets.fernway._columns import categorical
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._fraud_posterior import Memory, Seen, follow, log_ratios, remember, trail
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans
from curriculum.datasets.fernway.customers import population

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

BLOCK = 50_000
CHANNELS = ("chip", "contactless", "online")
_LOOKBACK = 90 * 86_400
_DAY = 86_400
_MISSING_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True, kw_only=True)
class Payments(Scenario):
    """The options of the payments' table."""

    start: str = option("2024-01-01", "first local day")
    days: int = option(731, "number of local days", low=1, high=3660)
    customers: int = option(5000, "number of customers whose cards pay", low=1, high=1_000_000)
    fraud_rate: float = option(0.005, "share of payments that are fraud", low=0.0, high=0.1)
    drift: float = option(
        1.0, "how fast the weights of the patterns of fraud change over the calendar; 0: not at all", low=0.0, high=2.0
    )
    online_growth: float = option(
        0.15, "what each year from 2024 on adds to the log odds that a genuine payment is online", low=-1.0, high=1.0
    )
    unreported: float = option(0.0, "share of frauds that nobody ever reports: labelled as genuine", low=0.0, high=0.95)
    labels_as_of: str = option(
        "", "local date at whose midnight the labels were taken: later reports are not there yet; empty: all are"
    )

    def __post_init__(self) -> None:
        """Refuse also what is no date.

        Raises:
            ScenarioError: which option, what it must be and what it was.
        """
        super().__post_init__()
        if self.labels_as_of:
            check_date("labels_as_of", self.labels_as_of)


@dataclass(frozen=True)
class _Cards:
    """The cards, counted from 0: whose each is, and what is known of it."""

    customer: Ints
    share: Floats  # of all payments
    appetite: Floats  # what its owner adds to the logarithm of amounts
    rural: Bools


@dataclass(frozen=True)
class _Rows:
    """Payments in their order: which card, when, and the episode and pattern they belong to."""

    card: Ints
    second: Ints  # since the period began
    hour: Ints
    pattern: Ints
    episode: Ints  # counted from 0 in the block


def _blocks(n: int, seed: int, scenario: Payments) -> Iterator[Draw]:
    period = Period(scenario.start, scenario.days)
    hours = fp.hours_of(period, scenario.fraud_rate, scenario.drift, scenario.online_growth)
    cards = _cards(seed, scenario.customers)
    memory = _memory(seed, cards, period, n)
    effects = _effects(scenario, hours)
    episodes = 0
    for block, first, last in spans(n, BLOCK):
        streams = Streams(seed, "payments", block, scenario.start)
        rows = _rows(streams, (first, last, n), period, hours, cards)
        data, hidden = _columns(streams, rows, hours, cards, scenario)
        path = trail(rows.card, rows.second, memory)
        seen = _seen(data, rows, hours, cards)
        pace = (rows.episode.max() + 1) / (last - first) * n / 3600
        rate = cards.share[rows.card] * hours.share[rows.hour] * pace
        belief = follow(log_ratios(seen), hours.starts[rows.hour], rate, rows.card, path, memory)
        remember(memory, rows.card, rows.second, belief, path)
        data.insert(0, "payment_id", np.arange(first + 1, last + 1, dtype=np.int64))
        minutes = np.where(path.gap <= _LOOKBACK, np.round(path.gap / 60, 1), np.nan)
        data.insert(data.columns.get_loc("fraud"), "minutes_since_last", minutes)  # type: ignore[arg-type]
        hidden.insert(0, "probability", np.round(1 - belief[0], 6))
        hidden["episode"] = rows.episode + episodes + 1
        episodes += int(rows.episode.max()) + 1
        yield Draw(data, Truth(effects, hidden))


def _cards(seed: int, customers: int) -> _Cards:
    """One to three cards a customer; the engaged pay more often, and a second card is used less."""
    people = population(seed, customers)
    streams = Streams(seed, "payments")
    luck = streams("cards").random(customers)
    count = 1 + (luck < 0.30) + (luck < 0.05)
    owner = np.repeat(np.arange(customers), count)
    further = np.concatenate([[False], owner[1:] == owner[:-1]])
    engagement = people.truth.rows["engagement"].to_numpy()[owner]
    log_use = 0.4 * engagement + streams("use").normal(0.0, 0.6, len(owner)) - 0.9 * further
    use = np.exp(log_use)
    return _Cards(
        customer=owner + 1,
        share=use / use.sum(),
        appetite=people.truth.rows["appetite"].to_numpy()[owner],
        rural=(people.data["area"] == "rural").to_numpy()[owner],
    )


def _memory(seed: int, cards: _Cards, period: Period, n: int) -> Memory:
    """When each card was used last before the period, as if the business had always been what it is then."""
    pace = n / (period.days * _DAY)
    waits = Streams(seed, "payments", start=period.start)("before").exponential(1.0, len(cards.share))
    ago = waits / (cards.share * pace)
    belief = np.zeros((len(ago), len(fp.PATTERNS)))
    belief[:, 0] = 1.0
    return Memory(-np.ceil(np.minimum(ago, 1e10)).astype(np.int64) - int(fp.GAP_MOST), belief)


def _rows(streams: Streams, span: tuple[int, int, int], period: Period, hours: fp.Hours, cards: _Cards) -> _Rows:
    """Draw a block's episodes, as many as it takes to fill it, and put their payments in the order of time."""
    first, last, n = span
    size = last - first
    begun = _seconds(period, ordered_shares(streams("paid_at"), first, last, n))
    kind = _patterns(streams, hours.starts[begun // 3600])
    length = _lengths(streams, kind)
    # A random part of what could start does: the payments that follow take the places of the others.
    turn = streams("turn").permutation(size)
    filled = np.cumsum(length[turn])
    used = int(np.searchsorted(filled, size)) + 1
    length[turn[used - 1]] -= filled[used - 1] - size
    kept = np.sort(turn[:used])
    episode = np.repeat(np.arange(used), length[kept])
    pattern = kind[kept][episode]
    low, high = _seconds(period, np.array([first / n, last / n])).tolist()
    second = _times(streams, begun[kept], episode, pattern, (low, high))
    card = np.searchsorted(np.cumsum(cards.share)[:-1], streams("card").random(used), side="right")
    order = np.argsort(second, kind="stable")
    second, episode = second[order], episode[order]
    return _Rows(card[episode], second, second // 3600, pattern[order], episode)


def _seconds(period: Period, shares: Floats) -> Ints:
    begin = pd.Timestamp(period.start, tz=LOCAL_ZONE).tz_convert("UTC").value // 1_000_000_000
    return np.asarray(period.arrivals(shares).asi8 // 1_000_000 - begin)


def _patterns(streams: Streams, starts: Floats) -> Ints:
    """The pattern of each episode, given the probability of each (columns)."""
    luck = streams("pattern").random(len(starts))
    return np.asarray(np.sum(luck[:, None] < np.cumsum(starts[:, :0:-1], axis=1)[:, ::-1], axis=1))


def _lengths(streams: Streams, kind: Ints) -> Ints:
    """How many payments each episode has: geometric."""
    luck = 1 - streams("length").random(len(kind))
    return np.asarray(1 + np.floor(np.log(luck) / np.log(fp.GOES_ON)[kind]).astype(np.int64))


def _times(streams: Streams, begun: Ints, episode: Ints, pattern: Ints, block: tuple[int, int]) -> Ints:
    """When each payment is made; an episode that would run out of the block's time is moved back into it."""
    mean = fp.GAP_MEAN[pattern]
    luck = streams("gap").random(len(episode)) * (1 - np.exp(-fp.GAP_MOST / mean))
    gap = np.ceil(-mean * np.log1p(-luck)).astype(np.int64)
    begins = np.concatenate([[True], episode[1:] != episode[:-1]])
    gap[begins] = 0
    run = np.cumsum(gap)
    since = run - run[begins][episode]
    ends = np.concatenate([begins[1:], [True]])
    over = np.maximum(begun + since[ends] - block[1], 0)
    return np.asarray(np.maximum((begun - over)[episode] + since, block[0]))


def _columns(
    streams: Streams, rows: _Rows, hours: fp.Hours, cards: _Cards, scenario: Payments
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is seen of each payment and what is hidden of it, but for what depends on the card's payments before."""
    n, k = len(rows.card), rows.pattern
    merchant = _merchants(streams, k, hours.night[rows.hour])
    amount = _amounts(streams, k, merchant, cards.appetite[rows.card])
    chance = np.where(k == 0, hours.online[rows.hour, merchant], fp.ONLINE[k])
    online = streams("online").random(n) < chance
    tapped = streams("tapped").random(n) < fp.TAP[k, (amount > fp.TAP_LIMIT).astype(int)]
    new = streams("new").random(n) < fp.NEW_DEVICE[k]
    confirmed = streams("confirmed").random(n) < fp.CONFIRMED[k, (amount >= fp.CONFIRM_LIMIT).astype(int)]
    abroad = streams("abroad").random(n) < fp.ABROAD[k, online.astype(int)]
    distance = _distances(streams, k, online, abroad, cards.rural[rows.card])
    paid = pd.Timestamp(scenario.start, tz=LOCAL_ZONE).tz_convert("UTC").value // 1_000 + rows.second * 1_000_000
    reported = (k > 0) & (_by_episode(streams, "reported", rows.episode) >= scenario.unreported)
    known = _reports(streams, rows, paid, reported)
    if scenario.labels_as_of:
        late = known > pd.Timestamp(scenario.labels_as_of, tz=LOCAL_ZONE).tz_convert("UTC").value // 1_000
        reported, known = reported & ~late, np.where(late, _MISSING_TIME, known)
    data = pd.DataFrame(
        {
            "card_id": rows.card + 1,
            "customer_id": cards.customer[rows.card],
            "paid_at": _instants(paid),
            "amount": amount,
            "merchant_category": categorical(merchant, fp.MERCHANTS),
            "abroad": abroad,
            "channel": categorical(np.where(online, 2, tapped), CHANNELS),
            "new_device": pd.arrays.BooleanArray(new & online, ~online),
            "authenticated": pd.arrays.BooleanArray(confirmed & online, ~online),
            "distance_km": distance,
            "fraud": reported,
            "reported_at": _instants(known),
        }
    )
    return data, pd.DataFrame({"true_fraud": k > 0, "pattern": categorical(k, fp.PATTERNS)})


def _instants(microseconds: Ints) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(microseconds.view("datetime64[us]")).tz_localize("UTC")


def _merchants(streams: Streams, pattern: Ints, night: Bools) -> Ints:
    row = np.where((pattern == 0) & night, len(fp.PATTERNS), pattern)
    steps = np.cumsum(fp.MERCHANT_SHARE, axis=1)[:, :-1]
    ladder = (steps + np.arange(len(steps))[:, None]).ravel()
    at = np.searchsorted(ladder, row + streams("merchant").random(len(row)), side="right")
    return np.asarray(at - row * steps.shape[1])


def _amounts(streams: Streams, pattern: Ints, merchant: Ints, appetite: Floats) -> Floats:
    mean = fp.AMOUNT_MEAN[pattern, merchant] + np.where(pattern == 0, appetite, 0.0)
    noise = streams("amount").normal(0.0, 1.0, len(pattern)) * fp.AMOUNT_SD[pattern, merchant]
    return np.asarray(np.maximum(np.round(np.exp(mean + noise), 2), 0.01))


def _distances(streams: Streams, pattern: Ints, online: Bools, abroad: Bools, rural: Bools) -> Floats:
    kind = np.where(online, 2, abroad)
    mean = fp.DISTANCE_MEAN[pattern, kind] + fp.RURAL * (rural & (kind == 0) & (pattern == 0))
    noise = streams("distance").normal(0.0, 1.0, len(pattern)) * fp.DISTANCE_SD[pattern, kind]
    hidden = online & (streams("hidden").random(len(pattern)) < fp.HIDDEN[pattern])
    return np.asarray(np.where(hidden, np.nan, np.maximum(np.round(np.exp(mean + noise), 1), 0.1)))


def _by_episode(streams: Streams, column: str, episode: Ints) -> Floats:
    return np.asarray(streams(column).random(int(episode.max()) + 1)[episode])


def _reports(streams: Streams, rows: _Rows, paid: Ints, reported: Bools) -> Ints:
    """When each fraud becomes known, in microseconds: the payments of an episode wait equally long."""
    delays = streams("delay").normal(0.0, fp.DELAY_SD, int(rows.episode.max()) + 1)
    known = np.full(len(paid), _MISSING_TIME)
    at = np.flatnonzero(reported)
    days = fp.DELAY_DAYS[rows.pattern[at]] * np.exp(delays[rows.episode[at]])
    known[at] = paid[at] + (np.ceil(days * _DAY) * 1e6).astype(np.int64)
    return known


def _seen(data: pd.DataFrame, rows: _Rows, hours: fp.Hours, cards: _Cards) -> Seen:
    merchant = data["merchant_category"].cat.codes.to_numpy().astype(np.int64)
    channel = data["channel"].cat.codes.to_numpy()
    return Seen(
        merchant=merchant,
        night=hours.night[rows.hour],
        online=channel == 2,
        tapped=channel == 1,
        new=data["new_device"].to_numpy(bool, na_value=False),
        confirmed=data["authenticated"].to_numpy(bool, na_value=False),
        abroad=data["abroad"].to_numpy(),
        amount=data["amount"].to_numpy(),
        distance=data["distance_km"].to_numpy(),
        appetite=cards.appetite[rows.card],
        rural=cards.rural[rows.card],
        genuine_online=hours.online[rows.hour, merchant],
    )


def _effects(scenario: Payments, hours: fp.Hours) -> dict[str, float]:
    """The planted constants; those of the alarm (online from a new device) by the rules of probability."""
    rate, told = scenario.fraud_rate, 1 - scenario.unreported
    weight = hours.share @ fp.weights(hours.years, scenario.drift)
    genuine = hours.share * hours.starts[:, 0]
    merchants = fp.MERCHANT_SHARE[np.where(hours.night, len(fp.PATTERNS), 0)]
    online = float(genuine @ np.sum(merchants * hours.online, axis=1) / genuine.sum())
    caught = float(weight @ (fp.ONLINE * fp.NEW_DEVICE)[1:])
    mistaken = online * float(fp.NEW_DEVICE[0])
    names = [pattern.replace(" ", "_") for pattern in fp.PATTERNS[1:]]
    return {
        "fraud_rate": rate,
        "reported_rate": rate * told,
        "alarm_sensitivity": caught,
        "alarm_false_positive_rate": mistaken,
        "alarm_precision": told * rate * caught / (rate * caught + (1 - rate) * mistaken),
        "takeover_slope": scenario.drift * float(fp.SLOPE[2] - fp.SLOPE[1]),
        "online_growth": scenario.online_growth,
        "mean_burst": float(fp.LENGTH[1]),
        **{f"share_{name}": float(share) for name, share in zip(names, weight, strict=True)},
        **{f"log_amount_{name}": float(mean) for name, mean in zip(names, fp.AMOUNT_MEAN[1:, 0], strict=True)},
    }


SIMULATOR = Simulator(
    name="payments",
    title="Card payments through Fernway Pay, one in 200 of them fraud, with the date it became known",
    unit="payments",
    scenario=Payments,
    blocks=_blocks,
)
