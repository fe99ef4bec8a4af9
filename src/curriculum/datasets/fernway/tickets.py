"""Support tickets: what customers write, and the topic under which an agent filed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway import _phrases, export
from curriculum.datasets.fernway._calendar import LOCAL_ZONE, Period, check_date, ordered_shares
from curriculum.datasets.fernway._columns import categorical
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._phrases import PASSING, RELEASE, TOPICS, Dice, mistype, say
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans
from curriculum.datasets.fernway.customers import population
from curriculum.datasets.fernway.products import assortment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

BLOCK = 5_000
NAMES = tuple(TOPICS)
CHANNELS = ("mail", "chat", "app")
TONES = ("neutral", "polite", "angry")
_TONE_SHARES = (0.52, 0.28, 0.20)
# Mail, chat, app: money is written about by mail, what does not work is typed into the chat.
_CHANNEL_SHARES = {
    "delivery": (0.34, 0.40, 0.26),
    "refund": (0.56, 0.24, 0.20),
    "payment": (0.52, 0.28, 0.20),
    "account": (0.46, 0.40, 0.14),
    "app": (0.36, 0.44, 0.20),
}
_USUAL_CHANNELS = (0.44, 0.28, 0.28)
_REPLY_MEDIAN = (210.0, 6.0, 95.0)
# What tickets about a release are about.
_RELEASE_SHARES = {"app": 0.5, "account": 0.2, "payment": 0.15, "delivery": 0.15}
_ROLLS = 200
# How often a detail is one of another topic, and an older, settled matter is mentioned.
_STRAY = 0.12
_HISTORY = 0.08
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_THINGS = (
    "spinach",
    "baguette",
    "flatbread",
    "milk",
    "yoghurt",
    "cheddar",
    "butter",
    "cream",
    "chicken",
    "mince",
    "ham",
    "turkey",
    "salmon",
    "cod",
    "mackerel",
    "trout",
    "pizza",
    "pasta",
    "rice",
    "flour",
    "chocolate",
    "juice",
    "lemonade",
    "cider",
    "iced tea",
    "oat drink",
    "soap",
    "foil",
    "detergent",
)
_FRESH = ("apples", "pears", "plums", "bananas", "grapes", "carrots", "leeks", "peppers", "potatoes", "rolls", "prawns")


@dataclass(frozen=True, kw_only=True)
class Tickets(Scenario):
    """The options of the support tickets."""

    start: str = option("2024-01-01", "first local day")
    days: int = option(731, "number of local days", low=1, high=3660)
    customers: int = option(5_000, "how many customers write", low=1, high=90_000)
    products: int = option(400, "how many products they write about", low=1, high=9_999)
    label_noise: float = option(
        0.03, "share of tickets that the agent files under a topic like the right one", low=0.0, high=0.5
    )
    ambiguous: float = option(0.05, "share of tickets whose text does not say what they are about", low=0.0, high=1.0)
    two_topics: float = option(0.12, "share of the other tickets that raise a second matter", low=0.0, high=1.0)
    typos: float = option(1.0, "how many times the usual number of typing mistakes", low=0.0, high=5.0)
    release: str = option("", "first local day of a new app with its own words, such as '2025-03-01'; never if empty")
    release_share: float = option(0.3, "share of tickets after the release that are about it", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        """Refuse a release that is no date.

        Raises:
            ScenarioError: what it must be and what it was.
        """
        super().__post_init__()
        if self.release:
            check_date("release", self.release)


def _blocks(n: int, seed: int, scenario: Tickets) -> Iterator[Draw]:
    period = Period(scenario.start, scenario.days)
    for block, first, last in spans(n, BLOCK):
        streams = Streams(seed, "tickets", block, scenario.start)
        times = period.arrivals(ordered_shares(streams("opened_at"), first, last, n))
        yield _draw(streams, times, first, seed, scenario)


def _draw(streams: Streams, times: pd.DatetimeIndex, first: int, seed: int, scenario: Tickets) -> Draw:
    n = len(times)
    local = pd.DatetimeIndex(times.tz_convert(LOCAL_ZONE).tz_localize(None))
    new = _is_released(streams, local, scenario)
    topic = _topics(streams, new)
    ambiguous = ~new & (streams("ambiguous").random(n) < scenario.ambiguous)
    second = np.where(~ambiguous & (streams("has second").random(n) < scenario.two_topics), _others(streams, topic), -1)
    channel = _channels(streams, topic)
    tone = np.searchsorted(np.cumsum(_TONE_SHARES)[:-1], streams("tone").random(n), side="right")
    who = streams("customer").integers(0, scenario.customers, n)
    writer = _Writer(seed, scenario, topic, second, ambiguous, new, channel, tone)
    subjects, texts = writer.write(streams, who, local)
    mislabelled = streams("mislabelled").random(n) < scenario.label_noise
    label = np.where(mislabelled, _confused(streams, topic), topic)
    minutes = np.array(_REPLY_MEDIAN)[channel] * np.exp(streams("reply").normal(0.0, 0.8, n))
    data = pd.DataFrame(
        {
            "ticket_id": np.arange(first + 1, first + n + 1, dtype=np.int64),
            "customer_id": who + 1,
            "opened_at": times,
            "channel": categorical(channel, CHANNELS),
            "subject": pd.Series(subjects, dtype="str"),
            "text": pd.Series(texts, dtype="str"),
            "topic": categorical(label, NAMES),
            "reply_minutes": np.maximum(np.round(minutes), 1).astype(np.int64),
        }
    )
    rows = pd.DataFrame(
        {
            "true_topic": categorical(topic, NAMES),
            "second_topic": categorical(second, NAMES),
            "mislabelled": mislabelled,
            "ambiguous": ambiguous,
            "tone": categorical(tone, TONES),
            "about_release": new,
        }
    )
    return Draw(data, Truth(_effects(scenario), rows))


def _effects(scenario: Tickets) -> dict[str, float]:
    shares = {f"share_{name}": topic.share for name, topic in TOPICS.items()}
    rates = {name: getattr(scenario, name) for name in ("label_noise", "ambiguous", "two_topics")}
    return shares | rates | {"release_share": scenario.release_share if scenario.release else 0.0}


def _is_released(streams: Streams, local: pd.DatetimeIndex, scenario: Tickets) -> Bools:
    if not scenario.release:
        return np.zeros(len(local), dtype=bool)
    after = np.asarray(local >= pd.Timestamp(scenario.release))
    return after & (streams("released").random(len(local)) < scenario.release_share)


def _topics(streams: Streams, new: Bools) -> Ints:
    usual = _drawn(streams("topic").random(len(new)), [topic.share for topic in TOPICS.values()])
    of_release = np.array([NAMES.index(name) for name in _RELEASE_SHARES])
    released = of_release[_drawn(streams("release topic").random(len(new)), list(_RELEASE_SHARES.values()))]
    return np.where(new, released, usual)


def _drawn(u: NDArray[np.float64], shares: Sequence[float]) -> Ints:
    return np.asarray(np.searchsorted(np.cumsum(shares)[:-1], u, side="right"), dtype=np.int64)


def _others(streams: Streams, topic: Ints) -> Ints:
    """A second topic for each ticket, not its own."""
    return (topic + 1 + streams("second").integers(0, len(NAMES) - 1, len(topic))) % len(NAMES)


def _confused(streams: Streams, topic: Ints) -> Ints:
    """A topic for which an agent could take each one."""
    choice = streams("confused").random(len(topic))
    alike = [[NAMES.index(name) for name in topic.confused] for topic in TOPICS.values()]
    return np.array([alike[t][int(u * len(alike[t]))] for t, u in zip(topic.tolist(), choice, strict=True)])


def _channels(streams: Streams, topic: Ints) -> Ints:
    bounds = np.cumsum([_CHANNEL_SHARES.get(name, _USUAL_CHANNELS) for name in NAMES], axis=1)
    u = streams("channel").random(len(topic))
    return np.asarray((u[:, None] >= bounds[topic, :2]).sum(axis=1), dtype=np.int64)


@dataclass(frozen=True)
class _Writer:
    """Who writes a block's tickets: it knows what each is about, through which channel, and in which tone."""

    seed: int
    scenario: Tickets
    topic: Ints
    second: Ints
    ambiguous: Bools
    new: Bools
    channel: Ints
    tone: Ints

    def write(self, streams: Streams, who: Ints, local: pd.DatetimeIndex) -> tuple[list[str | None], list[str]]:
        """Write subject (if there is one) and text of every ticket."""
        cities = population(self.seed, self.scenario.customers).data["city"].astype("str").to_numpy()[who]
        names = export.names(self.seed, self.scenario.customers)["name"].str.split(" ").str[0].to_numpy()[who]
        goods = assortment(self.seed, self.scenario.products).data["name"].tolist()
        rolls = streams("text").random((len(who), _ROLLS))
        subjects: list[str | None] = []
        texts: list[str] = []
        for i, day in enumerate(local):
            dice = Dice(rolls[i].tolist())
            slots = _slots(dice, day, goods) | {"city": str(cities[i]), "name": str(names[i])}
            subjects.append(self._subject(i, dice, slots))
            texts.append(self._text(i, dice, slots))
        return subjects, texts

    def _subject(self, i: int, dice: Dice, slots: dict[str, str]) -> str | None:
        if CHANNELS[self.channel[i]] != "mail" or dice.roll() < 0.08:
            return None
        vague = self.ambiguous[i] or dice.roll() < 0.3
        choices = _phrases.AMBIGUOUS_SUBJECTS if vague else TOPICS[NAMES[self.topic[i]]].subjects
        return _typed(_capital(say(dice.pick(choices), dice, slots).strip()), dice, self.scenario.typos)

    def _text(self, i: int, dice: Dice, slots: dict[str, str]) -> str:
        tone, channel = TONES[self.tone[i]], CHANNELS[self.channel[i]]
        body = self._vague(tone, dice, slots) if self.ambiguous[i] else self._about(i, tone, dice, slots)
        shouted = tone == "angry" and dice.roll() < 0.10
        body = body.upper() if shouted else body
        spoken = dice.roll() < {"mail": 0.9, "app": 0.6, "chat": 0.3}[channel]
        greeting = say(dice.pick(_phrases.GREETINGS[tone]), dice, slots) if spoken else ""
        closing = say(dice.pick(_phrases.CLOSINGS[tone]), dice, slots) if spoken else ""
        gap = "\n" if channel == "mail" and dice.roll() < 0.6 else " "
        text = gap.join(part for part in (greeting, body, closing) if part)
        return _careless(_typed(text, dice, self.scenario.typos), channel, dice)

    def _vague(self, tone: str, dice: Dice, slots: dict[str, str]) -> str:
        parts = [say(dice.pick(_phrases.AMBIGUOUS), dice, slots)]
        if dice.roll() < 0.5:
            parts.append(say(dice.pick(_phrases.AMBIGUOUS_MORE), dice, slots))
        if dice.roll() < 0.5:
            parts.append(say(dice.pick(_phrases.COMMON + _phrases.REMARKS[tone] + _phrases.ASKS[:4]), dice, slots))
        return " ".join(map(_sentence, parts))

    def _about(self, i: int, tone: str, dice: Dice, slots: dict[str, str]) -> str:
        """Tell the matter, shortly or at length, with remarks in passing, and the second matter if there is one."""
        name = NAMES[self.topic[i]]
        topic, length = TOPICS[name], dice.roll()
        parts = self._matter(name, topic, length, dice, bool(self.new[i]))
        if dice.roll() < (0.10, 0.35, 0.65)[(length > 0.25) + (length > 0.72)]:
            other = dice.pick([other for other in NAMES if other != name])
            parts.insert(1 + int(dice.roll() * len(parts)), dice.pick(PASSING[other]))
        if dice.roll() < (0.15, 0.45, 0.75)[(length > 0.25) + (length > 0.72)]:
            parts.insert(int(dice.roll() * (len(parts) + 1)), dice.pick(_phrases.COMMON))
        if length > 0.25 and dice.roll() < 0.5:
            parts.insert(int(dice.roll() * 1.4) * len(parts), dice.pick(_phrases.REMARKS[tone]))
        told = " ".join(_sentence(say(part, dice, slots)) for part in parts)
        if dice.roll() < _HISTORY:
            old = TOPICS[dice.pick([other for other in NAMES if other != name])]
            before = (
                f"{say(dice.pick(_phrases.HISTORY), dice, slots)}{_small(say(dice.pick(old.happened), dice, slots))}"
            )
            told = f"{_capital(_sentence(before))} {told}" if dice.roll() < 0.5 else f"{told} {_sentence(before)}"
        return self._with_second(told, TOPICS[NAMES[self.second[i]]], dice, slots) if self.second[i] >= 0 else told

    @staticmethod
    def _with_second(told: str, second: _phrases.Topic, dice: Dice, slots: dict[str, str]) -> str:
        """Raise the second matter too: mostly after the main one, one time in four before it."""
        matter = _sentence(say(dice.pick(second.happened), dice, slots))
        link = say(dice.pick(_phrases.LINKS), dice, slots)
        if dice.roll() < 0.25:
            return f"{matter} {link}{_small(told)}"
        more = f" {_sentence(say(dice.pick(second.details), dice, slots))}" if dice.roll() < 0.4 else ""
        return f"{told} {link}{_small(matter)}{more}"

    @staticmethod
    def _matter(name: str, topic: _phrases.Topic, length: float, dice: Dice, new: bool) -> list[str]:
        happened = dice.pick(RELEASE[name] if new else topic.happened)
        ask = [dice.pick(topic.asks if dice.roll() < 0.55 else _phrases.ASKS)]
        if length < 0.25:
            return [happened, *ask] if dice.roll() < 0.45 else [happened, *_details(topic, 1, dice)]
        if length < 0.33 and not new:  # The matter itself is left out, as if it were known.
            return [*_details(topic, 2, dice), *ask]
        if length < 0.72:
            return [happened, *_details(topic, 1, dice), *(ask if dice.roll() < 0.7 else [])]
        return [happened, *_details(topic, 2 + int(dice.roll() * 2), dice), *ask]


def _details(topic: _phrases.Topic, count: int, dice: Dice) -> list[str]:
    """More about the matter; now and then what one would rather expect of another topic."""
    chosen = dice.several(topic.details, count)
    if dice.roll() < _STRAY:
        like = topic.confused if dice.roll() < 0.7 else NAMES
        chosen[-1] = dice.pick(TOPICS[dice.pick(like)].details)
    return chosen


def _slots(dice: Dice, day: pd.Timestamp, goods: list[str]) -> dict[str, str]:
    """What the phrases' slots stand for in one ticket."""
    ago = 1 + int(dice.roll() * 12)
    past = day - pd.Timedelta(days=ago)
    weekday = ("yesterday", "today", f"last {_DAYS[past.weekday()]}", f"on {_DAYS[past.weekday()]}", "this week")
    month = _MONTHS[past.month - 1]
    months = (f"{past.day} {month}", f"{month} {past.day}", f"{past.day}/{past.month}")
    number = 10_000 + int(dice.roll() * 980_000)
    orders = (f"order {number}", f"#{number}", f"FW-{number}", f"order number {number}", "my order", "the last order")
    euros = round(1.5 + 60 * dice.roll() ** 2.5, 2)
    amounts = (f"€{euros:.2f}", f"{euros:.2f} euro", f"{euros:.2f}".replace(".", ",") + "€", f"{int(euros) + 1} euros")
    hour = 7 + int(dice.roll() * 14)
    times = (f"{hour}:00", f"{hour}:30", f"{(hour - 1) % 12 + 1} {'am' if hour < 12 else 'pm'}", f"{hour}h")
    part = ("morning", "evening", "afternoon")
    window = f"on {dice.pick(_DAYS)} {dice.pick(part)}"
    windows = (f"between {hour} and {hour + 2}", window, f"{hour}-{hour + 2}")
    things = dice.several(_THINGS, 2)
    product, other = (_called(dice.pick(goods), dice) for _ in range(2))
    return {
        "day": dice.pick(weekday),
        "soon": dice.pick(("tomorrow", "tonight", "Friday", "Monday", "the weekend")),
        "date": dice.pick(months),
        "order": dice.pick(orders),
        "amount": dice.pick(amounts),
        "time": dice.pick(times),
        "hours": dice.pick(("two", "three", "4", "5", "six")),
        "slot": dice.pick(windows),
        "slot2": f"{dice.pick(_DAYS)} {dice.pick(part)}",
        "thing": things[0],
        "thing2": things[1],
        "fresh": dice.pick(_FRESH),
        "product": product,
        "other": other,
        "n": str(2 + int(dice.roll() * 7)),
        "n2": str(int(dice.roll() * 10)),
        "year": str(day.year - 1 - int(dice.roll() * 3)),
    }


def _called(name: str, dice: Dice) -> str:
    """A product as people call it: its whole name, or the end of it in small letters."""
    words = name.split(" ")
    return name if dice.roll() < 0.4 else "the " + " ".join(words[-2:]).lower()


def _sentence(text: str) -> str:
    text = _capital(text.strip())
    return text if text[-1] in ".?!:," else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text if text.startswith(("I ", "I'", "Fernway")) else text[:1].lower() + text[1:]


def _typed(text: str, dice: Dice, typos: float) -> str:
    """Type a text: half of the people make no mistake, the others up to one in twelve words."""
    return mistype(text, dice, typos * max(dice.roll() - 0.5, 0.0) * 0.16)


def _careless(text: str, channel: str, dice: Dice) -> str:
    """Leave out capitals, full stops and apostrophes, as people do in a chat."""
    care = {"mail": 0.05, "app": 0.2, "chat": 0.45}[channel]
    if dice.roll() < care:
        text = text.lower()
    if dice.roll() < care:
        text = text.rstrip(".").replace(". ", dice.pick((" ", ", ", "... ")))
    return text.replace("'", "") if dice.roll() < care else text


SIMULATOR = Simulator(
    name="tickets",
    title="Support tickets: what customers write, and the topic an agent filed it under",
    unit="tickets",
    scenario=Tickets,
    blocks=_blocks,
)
