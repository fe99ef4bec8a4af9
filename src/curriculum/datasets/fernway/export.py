"""The raw export: orders by telephone as the tills of four warehouses dump them, all text, with known defects."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from curriculum.datasets.fernway import _defects
from curriculum.datasets.fernway._calendar import CITIES, LOCAL_ZONE, Period, ordered_shares
from curriculum.datasets.fernway._columns import ids
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans
from curriculum.datasets.fernway.customers import population
from curriculum.datasets.fernway.products import assortment
from curriculum.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


BLOCK = 10_000
STATUSES = ("delivered", "open", "cancelled", "returned")
# The columns of the export, with the type that each should have.
_CLEAN: dict[str, Any] = {
    "order": "Int64",
    "warehouse": "str",
    "customer": "Int64",
    "name": "str",
    "email": "str",
    "city": "str",
    "ordered_at": "datetime64[us, UTC]",
    "delivery_date": "datetime64[us]",
    "product": "Int64",
    "quantity": "Int64",
    "weight": "float64",
    "unit_price": "float64",
    "total": "float64",
    "status": "str",
    "note": "str",
}
_REPEATS = 0.01
_DELETED = 500
_FIRST_NAMES = _words(
    "Anna|Zoë|Hélène|Chloë|André|Noël|Jürgen|Björn|Renée|François|Inès|Émile|Lotte|Pieter|Sofie|Karim|Amina|Thomas|"
    "Julie|Maarten|Elise|Wout|Nora|Samir|Fatima|Lucas|Louise|Arthur|Marie|Jan|Eva|Tom|Sara|Bram|Ines|Simon|Laura|Koen|"
    "Hanne|Jonas|Emma|Nathan|Lina|Victor|Olivia|Yusuf|Leila|Bart|Griet|Joris|Katrien|Stijn|Dries|Femke|Marc|Céline|"
    "Zélie|Ruben|Hugo|Alice|Rosa|Milan|Tess|Adam|Jade|Niels|Freya|Oskar|Mira"
)
_LAST_NAMES = _words(
    "Peeters|Janssens|Maes|Jacobs|Mertens|Willems|Claes|Goossens|Wouters|De Smet|De Clercq|De Vries|Van Damme|"
    "Van Acker|Van Den Berg|D'Haene|D'Hondt|O'Brien|O'Neill|Dubois|Lambert|Lefèvre|Gérard|Desprès|Côté|Bjørnstad|"
    "Müller|Schröder|Köhler|Sørensen|Núñez|Muñoz|Gonçalves|Simões|Lemaître|Baudoux|Leroy|Martens|Aerts|Hermans|"
    "Pauwels|Michiels|Van Dyck|Verhoeven|Jansen|Smets|Bogaert|Declercq|Benali|Haddad|Yilmaz|Kaya|Nowak|Wójcik|Rossi|"
    "Moretti|Costa|Pereira|Silva|Walsh|Byrne|Null|Hoste|Stevens|Verbeke|Coppens|Lemmens|Bracke|Thys|Segers|Baert|"
    "Wauters"
)
_MAIL_HOSTS = ("example.org", "example.net", "example.com", "mail.example")
_NOTES = (
    "Ring twice, please",
    "leave at the café next door",
    "Crèche entrance, not the school",
    "No plastic bags, please",
    'Box must say "kitchen"',
    "allergy: nuts; no replacements",
    "call five minutes before",
    "Pays in cash, needs change for €50",
    "collect at gate 3",
    "third floor, lift doesn't work",
    "Deliver to the neighbours, the Müllers",
    "crates back from last week: 2",
    "invoice to the office",
    "customer's own trolley",
    "same as last Friday",
    "gâteau must stay upright",
)


@dataclass(frozen=True, kw_only=True)
class Export(Scenario):
    """The options of the raw export."""

    start: str = option("2024-01-01", "first local day")
    days: int = option(731, "number of local days", low=1, high=3660)
    customers: int = option(5_000, "how many customers order", low=1, high=90_000)
    products: int = option(400, "how many products there are", low=1, high=9_999)
    defects: float = option(
        0.02, "rate of each class of defects, as a share of the records that can have it", low=0.0, high=0.2
    )
    only: str = option("", "the classes that occur, separated by commas, as in 'units,dates'; all if empty")

    def __post_init__(self) -> None:
        """Refuse classes that do not exist.

        Raises:
            UnknownNameError: ``only`` names something else; the message suggests the nearest class.
        """
        super().__post_init__()
        for name in sorted(self.chosen - set(_defects.CLASSES)):
            raise UnknownNameError("class of defects", name, _defects.CLASSES, 'datasets.describe("export")')

    @property
    def chosen(self) -> frozenset[str]:
        """The classes that occur."""
        names = [name.strip() for name in self.only.split(",") if name.strip()]
        return frozenset(names or _defects.CLASSES)


def _blocks(n: int, seed: int, scenario: Export) -> Iterator[Draw]:
    period = Period(scenario.start, scenario.days)
    for block, first, last in spans(n, BLOCK):
        streams = Streams(seed, "export", block, scenario.start)
        hits = _defects.draw_hits(streams, last - first, scenario.defects, scenario.chosen)
        times = period.arrivals(ordered_shares(streams("ordered_at"), first, last, n))
        unknown = _defects.is_unknown(streams, hits)
        clean = _clean(streams, first, times, unknown, seed, scenario)
        written = _defects.write(clean, hits, streams)
        yield Draw(written.data, Truth(_effects(scenario), _rows(written, clean, first)))


def _effects(scenario: Export) -> dict[str, float]:
    rates = {f"rate_{name}": scenario.defects * (name in scenario.chosen) for name in _defects.CLASSES}
    return rates | {"loss_by_weight": _defects.LOSS_BY_WEIGHT, "repeats": _REPEATS}


def _clean(
    streams: Streams, first: int, times: pd.DatetimeIndex, unknown: NDArray[np.bool_], seed: int, scenario: Export
) -> pd.DataFrame:
    """The records as they should be, with whether a caterer ordered, and whether it repeats the order before it."""
    n = len(times)
    customers, people = _people(seed, scenario.customers), names(seed, scenario.customers)
    repeat = streams("repeat").random(n) < _REPEATS
    repeat[0] = False
    who = np.searchsorted(customers["cumulative"].to_numpy(), streams("customer").random(n), side="right")
    who = _repeated(np.minimum(who, scenario.customers - 1), repeat)
    goods = _goods(seed, scenario.products)
    product = np.searchsorted(goods["cumulative"].to_numpy(), streams("product").random(n), side="right")
    product = _repeated(np.minimum(product, scenario.products - 1), repeat)
    caters = _repeated(customers["caterer"].to_numpy()[who] & (streams("catering").random(n) < 0.6), repeat)
    quantity = np.where(caters, 20 + streams("many").gamma(2.0, 40.0, n), streams("few").geometric(0.42, n))
    quantity = _repeated(np.floor(quantity).astype(np.int64), repeat)
    reduced = np.where(streams("reduced").random(n) < 0.1, 0.8, 1.0)
    price = np.maximum(np.round(goods["list_price"].to_numpy()[product] * reduced, 2), 0.05)
    scale = np.exp(streams("scale").normal(0.015, 0.02, n))
    weight = np.maximum(np.round(goods["pack_grams"].to_numpy()[product] / 1000 * quantity * scale, 2), 0.05)
    status = np.array(STATUSES)[np.searchsorted((0.88, 0.91, 0.96), streams("status").random(n), side="right")]
    # A deleted account is somebody who is no customer any more: the people after the last customer.
    person = np.where(unknown, scenario.customers + streams("deleted").integers(0, _DELETED, n), who)
    number = np.where(unknown, _defects.OLD_CUSTOMER + 1 + person - scenario.customers, who + 1)
    note = np.where(streams("has note").random(n) < 0.3, np.array(_NOTES)[_pick(streams, "note", n, _NOTES)], "")
    return pd.DataFrame(
        {
            "order": ids(first, first + n),
            "warehouse": _warehouse(streams, customers["city"].to_numpy()[who]),
            "customer": pd.Series(number).astype("Int64").where(~unknown),
            "written_customer": number,
            "name": people["name"].to_numpy()[person],
            "email": people["email"].to_numpy()[person],
            "city": customers["city"].to_numpy()[who],
            "ordered_at": times,
            "delivery_date": _delivery(streams, times, status),
            "product": product + 1,
            "quantity": quantity,
            "weight": weight,
            "unit_price": price,
            "total": np.round(price * quantity, 2),
            "status": status,
            "note": note,
            "catering": caters,
            "repeat": repeat,
        }
    )


def _repeated(values: NDArray[T], repeat: NDArray[np.bool_]) -> NDArray[T]:
    """Give each record that repeats the one before it that one's value."""
    origin = np.maximum.accumulate(np.where(repeat, 0, np.arange(len(values))))
    return values[origin]


def _pick(streams: Streams, name: str, n: int, values: tuple[str, ...]) -> NDArray[np.int64]:
    return streams(name).integers(0, len(values), n)


@lru_cache(maxsize=4)
def _people(seed: int, n: int) -> pd.DataFrame:
    """Each customer's city, whether it is a caterer, and the share of orders up to and including this customer."""
    data, truth = population(seed, n)
    caterer = Streams(seed, "export people")("caterer").random(n) < 0.006
    weight = np.exp(0.5 * truth.rows["engagement"].to_numpy()) * np.where(caterer, 2.5, 1.0)
    cumulative = np.cumsum(weight) / np.sum(weight)
    return pd.DataFrame({"city": data["city"].astype("str"), "caterer": caterer, "cumulative": cumulative})


@lru_cache(maxsize=4)
def _goods(seed: int, n: int) -> pd.DataFrame:
    """The products, with the share of orders up to and including each."""
    data, truth = assortment(seed, n)
    weight = np.exp(truth.rows["popularity"].to_numpy())
    return data.assign(cumulative=np.cumsum(weight) / np.sum(weight))


@lru_cache(maxsize=4)
def names(seed: int, customers: int) -> pd.DataFrame:
    """Names and e-mail addresses of the customers, and of those whose account was deleted."""
    n, streams = customers + _DELETED, Streams(seed, "export people")
    first = _pick(streams, "first name", n, _FIRST_NAMES).tolist()
    last = _pick(streams, "last name", n, _LAST_NAMES).tolist()
    host = _pick(streams, "host", n, _MAIL_HOSTS).tolist()
    names = [f"{_FIRST_NAMES[one]} {_LAST_NAMES[two]}" for one, two in zip(first, last, strict=True)]
    local = [f"{_ascii(_FIRST_NAMES[one])}.{_ascii(_LAST_NAMES[two])}" for one, two in zip(first, last, strict=True)]
    mails = [f"{name}{i}@{_MAIL_HOSTS[at]}" for i, (name, at) in enumerate(zip(local, host, strict=True), start=11)]
    return pd.DataFrame({"name": names, "email": mails}, dtype="str")


@lru_cache(maxsize=256)
def _ascii(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.lower().replace("ø", "o"))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())


def _warehouse(streams: Streams, city: NDArray[np.generic]) -> NDArray[np.generic]:
    """Mostly that of the customer's city, else any."""
    other = np.array(CITIES)[_pick(streams, "other warehouse", len(city), CITIES)]
    return np.where(streams("warehouse").random(len(city)) < 0.88, city.astype(str), other)


def _delivery(streams: Streams, times: pd.DatetimeIndex, status: NDArray[np.str_]) -> pd.Series[pd.Timestamp]:
    """The same local day to three days later; none where the order was cancelled."""
    wait = np.searchsorted((0.25, 0.70, 0.92), streams("wait").random(len(times)), side="right")
    day = pd.DatetimeIndex(times.tz_convert(LOCAL_ZONE).tz_localize(None)).normalize()
    dates = pd.Series(pd.DatetimeIndex(day + pd.to_timedelta(wait, unit="D")).as_unit("us"))
    return dates.where(status != "cancelled")


def _rows(written: _defects.Export, clean: pd.DataFrame, first: int) -> pd.DataFrame:
    """What each row should say, with which defects it has; nothing on lines that are no records."""
    is_record = written.source >= 0
    aligned = clean.iloc[np.maximum(written.source, 0)].reset_index(drop=True)
    hidden: dict[str, Any] = {"record": np.where(is_record, written.source + first, -1)}
    hidden |= {f"has_{name}": written.has[name].to_numpy() for name in written.has}
    for column, dtype in _CLEAN.items():
        known = is_record & (written.lost != column) & (aligned[column] != "").fillna(value=True).to_numpy(dtype=bool)
        hidden[f"clean_{column}"] = aligned[column].astype(dtype).where(known)
    hidden["lost_weight"] = aligned["weight"].where(written.lost == "weight")
    hidden |= {name: aligned[name].to_numpy() & is_record for name in ("catering", "repeat")}
    return pd.DataFrame(hidden)


SIMULATOR = Simulator(
    name="export",
    title="A raw export of orders by telephone: every cell text, sixteen known classes of defects",
    unit="orders",
    scenario=Export,
    blocks=_blocks,
)
