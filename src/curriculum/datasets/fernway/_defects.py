"""The defects of the raw export: how the tills spoil a clean record on its way into the file.

``docs/fernway/export.md`` says of each class what it looks like, why it happens, and how it is undone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._calendar import LOCAL_ZONE
from curriculum.datasets.fernway._columns import logistic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats
    from curriculum.datasets.fernway._random import Streams

    Bools = NDArray[np.bool_]
    Cells = dict[str, list[str]]

CLASSES = (
    "duplicates",
    "resent",
    "lines",
    "numbers",
    "units",
    "dates",
    "zones",
    "spacing",
    "mojibake",
    "unicode",
    "cities",
    "missing",
    "impossible",
    "slips",
    "keys",
    "swapped",
)
# A record has at most one class of each of these groups: together they could not be told apart.
_EXCLUSIVE = (("missing", "impossible", "slips", "keys", "swapped"), ("mojibake", "unicode"))
LOSS_BY_WEIGHT = 1.2
_MIDDLE_WEIGHT = 0.8  # kg: an order that has lost something and weighs this lost its weight every other time
# Numbers that customers had in the system before this one; none is as low as today's.
OLD_CUSTOMER = 90_000
CITY_VARIANTS = {
    "Alderquay": ("Alder Quay", "Alderquai", "Aldersquay", "Alderqay", "A'quay", "Alderquay-Centre"),
    "Brackwater": ("Brack Water", "Brakwater", "Brackwatter", "Brackwter", "B'water", "Brackwater-North"),
    "Cindermoor": ("Cinder Moor", "Cindermore", "Cindermor", "Cidnermoor", "C'moor", "Cindermoor (Hill)"),
    "Dunmere": ("Dun Mere", "Dunmeer", "Dunmer", "Dumnere", "D'mere", "Dunmere-on-Sea"),
}
_SENTINELS = ("", "N/A", "-", "null")
# Thousands separator, decimal separator, what stands before and after an amount of money, and after a weight.
_NUMBER_STYLES = (
    (".", ",", "", "", ""),
    ("", ",", "", " €", ""),
    ("\u00a0", ",", "", " EUR", " kg"),
    (",", ".", "€", "", "kg"),
    ("'", ".", "EUR ", "", " kg"),
)
_EXCEL_EPOCH = pd.Timestamp("1899-12-30")
_HOUR = np.timedelta64(1, "h")


@dataclass(frozen=True)
class Export:
    """The rows of the file: their text, the record each comes from (-1: none), its defects, and the column it lost."""

    data: pd.DataFrame
    source: NDArray[np.int64]
    has: pd.DataFrame
    lost: NDArray[np.str_]


def draw_hits(streams: Streams, n: int, rate: float, chosen: frozenset[str]) -> dict[str, Bools]:
    """Draw which records have which class; a class has the same records whether others are chosen or not."""
    grouped = {name for group in _EXCLUSIVE for name in group}
    hits = {name: streams(f"has {name}").random(n) < rate for name in CLASSES if name not in grouped}
    for group in _EXCLUSIVE:
        share = streams(f"has {group[0]}").random(n)
        for place, name in enumerate(group):
            hits[name] = (share >= place * rate) & (share < (place + 1) * rate)
    return {name: hits[name] & (name in chosen) for name in CLASSES}


def is_unknown(streams: Streams, hits: Mapping[str, Bools]) -> Bools:
    """Whose account was deleted: their broken key is a number of the old system, and nobody is behind it any more."""
    return hits["keys"] & (streams("unknown").random(len(hits["keys"])) < 0.4)


def write(clean: pd.DataFrame, hits: dict[str, Bools], streams: Streams) -> Export:
    """Write clean records as the tills do. ``hits`` is corrected where a record cannot have a class."""
    lost = _lost_columns(clean, hits["missing"], streams)
    cells = _plain(clean)
    _write_keys(cells, clean, hits["keys"], streams)
    _write_quantities(cells, clean, hits, lost, streams)
    _write_deliveries(cells, clean, hits, lost, streams)
    moments = _moments(clean, hits["zones"], np.zeros(len(clean), dtype=np.int64), streams)
    cells["ordered_at"] = moments
    _write_cities(cells, hits, lost, streams)
    _write_texts(cells, hits, lost, streams)
    _lose(cells, lost, streams)
    _swap(cells, hits["swapped"], streams)
    return _lay_out(cells, clean, hits, lost, streams)


def _plain(clean: pd.DataFrame) -> Cells:
    """The records as they would stand in the file without any defect."""
    return {
        "order": [f"{value:07d}" for value in clean["order"].tolist()],
        "warehouse": clean["warehouse"].tolist(),
        "customer": [f"{value:05d}" for value in clean["written_customer"].tolist()],
        "name": clean["name"].tolist(),
        "email": clean["email"].tolist(),
        "city": clean["city"].tolist(),
        "ordered_at": [],
        "delivery_date": [],
        "product": [f"{value:04d}" for value in clean["product"].tolist()],
        "quantity": [],
        "weight": [],
        "unit_price": [],
        "total": [],
        "status": clean["status"].tolist(),
        "note": clean["note"].tolist(),
    }


def _lost_columns(clean: pd.DataFrame, hit: Bools, streams: Streams) -> NDArray[np.str_]:
    """Name the column that each record lost ("" none): the heavier an order, the likelier its weight."""
    u = streams("lost").random((len(clean), 2))
    heavy = logistic(LOSS_BY_WEIGHT * (np.log(clean["weight"].to_numpy()) - np.log(_MIDDLE_WEIGHT)))
    other = np.array(["email", "city", "delivery_date"])[(u[:, 1] * 3).astype(np.int64)]
    other[(other == "delivery_date") & clean["delivery_date"].isna().to_numpy()] = "email"
    return np.where(hit, np.where(u[:, 0] < heavy, "weight", other), "")


def _lose(cells: Cells, lost: NDArray[np.str_], streams: Streams) -> None:
    u = streams("sentinel").random(len(lost))
    own = {"weight": ("-999", "-999.00"), "delivery_date": ("1900-01-01", "0000-00-00")}
    for i in np.flatnonzero(lost != "").tolist():
        choices = _SENTINELS + own.get(str(lost[i]), ("n/a",))
        cells[str(lost[i])][i] = choices[int(u[i] * len(choices))]


def _write_keys(cells: Cells, clean: pd.DataFrame, hit: Bools, streams: Streams) -> None:
    """Put the letter O for zero, drop leading zeros, or write a number as Excel does; old numbers stay as they are."""
    u = streams("key").random((len(hit), 2))
    known = clean["customer"].notna().to_numpy()
    for i in np.flatnonzero(hit & known).tolist():
        column = "customer" if u[i, 0] < 0.6 else "product"
        text = cells[column][i]
        bare = text.lstrip("0")
        spoilt = (text.replace("0", "O"), bare, f"{bare}.0")[int(u[i, 1] * 3)]
        cells[column][i] = f"{bare}.0" if spoilt == text else spoilt


def _write_quantities(
    cells: Cells, clean: pd.DataFrame, hits: dict[str, Bools], lost: NDArray[np.str_], streams: Streams
) -> None:
    """Write quantity, weight, unit price and total: values first (impossible, slips), then units, then number style."""
    n = len(clean)
    quantity, total = clean["quantity"].to_numpy().copy(), clean["total"].to_numpy().copy()
    u = streams("impossible").random((n, 2))
    wrong = hits["impossible"] & (_of_quantity(clean, streams))
    quantity[wrong] = np.where(u[wrong, 1] < 0.5, 0, -quantity[wrong])
    u = streams("slip").random((n, 2))
    factor = np.where(u[:, 1] < 0.6, 10, 100)
    in_total = u[:, 0] < 0.6
    total = np.where(hits["slips"] & in_total, np.round(total * factor, 2), total)
    quantity = np.where(hits["slips"] & ~in_total, quantity * factor, quantity)
    amounts = {"weight": clean["weight"].to_numpy(), "unit_price": clean["unit_price"].to_numpy(), "total": total}
    cells["quantity"] = [str(value) for value in quantity.tolist()]
    for column, values in amounts.items():
        cells[column] = [f"{value:.2f}" for value in values.tolist()]
    style = (streams("number style").random(n) * len(_NUMBER_STYLES)).astype(np.int64)
    for i in np.flatnonzero(hits["numbers"]).tolist():
        for column in amounts:
            cells[column][i] = _styled(cells[column][i], int(style[i]), money=column != "weight")
    u = streams("unit").random((n, 2))
    for i in np.flatnonzero(hits["units"]).tolist():
        column = ("weight", "unit_price", "total")[int(u[i, 0] * 3)]
        column = "total" if column == lost[i] else column
        small = round(float(amounts[column][i]) * (1000 if column == "weight" else 100))
        named = " g" if column == "weight" else " ct"
        cells[column][i] = f"{small}{named if u[i, 1] < 0.4 else ''}"


def _of_quantity(clean: pd.DataFrame, streams: Streams) -> Bools:
    """Whether an impossible value is a quantity; else it is a delivery a year before its time, which not all can be."""
    delivery = clean["delivery_date"]
    leap_day = (delivery.dt.month == 2) & (delivery.dt.day == 29)
    return np.asarray((streams("which impossible").random(len(clean)) < 0.6) | delivery.isna() | leap_day)


def _styled(plain: str, style: int, *, money: bool) -> str:
    thousands, decimal, before, after, weight = _NUMBER_STYLES[style]
    whole, _, cents = plain.partition(".")
    number = f"{int(whole):,}".replace(",", thousands) + decimal + cents
    return f"{before}{number}{after}" if money else f"{number}{weight}"


def _write_deliveries(
    cells: Cells, clean: pd.DataFrame, hits: dict[str, Bools], lost: NDArray[np.str_], streams: Streams
) -> None:
    dates = clean["delivery_date"].copy()
    early = hits["impossible"] & ~_of_quantity(clean, streams)
    dates[early] = dates[early] - pd.DateOffset(years=1)
    texts = np.datetime_as_string(dates.to_numpy().astype("datetime64[D]")).tolist()
    present = dates.notna().to_numpy()
    cells["delivery_date"] = [text if there else "" for text, there in zip(texts, present, strict=True)]
    hits["dates"] &= present & (lost != "delivery_date")
    u = streams("date style").random(len(clean))
    for i in np.flatnonzero(hits["dates"]).tolist():
        cells["delivery_date"][i] = _date_text(pd.Timestamp(dates.iloc[i]), int(u[i] * 4))


def _date_text(date: pd.Timestamp, style: int) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return (
        f"{date.day:02d}/{date.month:02d}/{date.year}",
        f"{date.day}.{date.month}.{date.year}",
        f"{date.day} {months[date.month - 1]} {date.year}",
        str((date - _EXCEL_EPOCH).days),
    )[style]


def _moments(clean: pd.DataFrame, local_clock: Bools, later: NDArray[np.int64], streams: Streams) -> list[str]:
    """Write when each record was ordered, ``later`` by so many seconds: in UTC, or on the local clock.

    The local clock gives no zone, except in the hour that the end of summer time repeats; half of the tills that use it
    (all of Cindermoor's do not) write the offset.
    """
    utc = clean["ordered_at"].dt.tz_localize(None).to_numpy() + later.astype("timedelta64[s]")
    local, hour_on, hour_ago = _local(utc), _local(utc + _HOUR), _local(utc - _HOUR)
    offset = ((local - utc) / _HOUR).astype(np.int64).tolist()
    named = np.select([hour_on == local, hour_ago == local], [" CEST", " CET"], default="").tolist()
    with_offset = (streams("zone style").random(len(clean)) < 0.5) & (clean["warehouse"] != "Cindermoor").to_numpy()
    texts = [f"{text}Z" for text in np.datetime_as_string(utc.astype("datetime64[s]")).tolist()]
    on_clock = np.datetime_as_string(local.astype("datetime64[s]")).tolist()
    for i in np.flatnonzero(local_clock).tolist():
        bare = f"{on_clock[i].replace('T', ' ')}{named[i]}"
        texts[i] = f"{on_clock[i]}+{offset[i]:02d}:00" if with_offset[i] else bare
    return texts


def _local(utc: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    index = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(LOCAL_ZONE)
    return np.asarray(index.tz_localize(None).to_numpy())


def _write_cities(cells: Cells, hits: dict[str, Bools], lost: NDArray[np.str_], streams: Streams) -> None:
    hits["cities"] &= lost != "city"
    u = streams("city variant").random(len(lost))
    for i in np.flatnonzero(hits["cities"]).tolist():
        variants = CITY_VARIANTS[cells["city"][i]]
        cells["city"][i] = variants[int(u[i] * len(variants))]


def _write_texts(cells: Cells, hits: dict[str, Bools], lost: NDArray[np.str_], streams: Streams) -> None:
    """Spoil texts in the order of the tills: letters' case, then their coding, then blanks around and within."""
    columns = ("name", "email", "city", "status")
    u = streams("spacing").random((len(lost), 4))
    spaced = [(i, columns[int(u[i, 0] * 4)]) for i in np.flatnonzero(hits["spacing"]).tolist()]
    spaced = [(i, "name" if column == lost[i] else column) for i, column in spaced]
    kind = (u[:, 1] * 3).astype(np.int64)  # 0: case, 1: blanks, 2: both
    for i, column in spaced:
        if kind[i] != 1:
            cells[column][i] = _other_case(cells[column][i], u[i, 2] < 0.6)
    _recode(cells, hits, "mojibake", lambda text: text.encode("utf-8").decode("cp1252"))
    _recode(cells, hits, "unicode", lambda text: unicodedata.normalize("NFD", text).replace("'", "\u2019"))
    for i, column in spaced:
        if kind[i] != 0:
            cells[column][i] = _with_blanks(cells[column][i], u[i, 3])


def _recode(cells: Cells, hits: dict[str, Bools], name: str, recode: Callable[[str], str]) -> None:
    """Write name and note in another coding; a record in which nothing changes does not have the class."""
    for i in np.flatnonzero(hits[name]).tolist():
        before = cells["name"][i], cells["note"][i]
        cells["name"][i], cells["note"][i] = after = recode(before[0]), recode(before[1])
        hits[name][i] = before != after


def _other_case(text: str, upper: bool) -> str:
    return text.upper() if upper or text == text.lower() else text.lower()


def _with_blanks(text: str, u: float) -> str:
    around = (f" {text}", f"{text} ", f"  {text} ", f"{text}\t", f"\u00a0{text}", f"{text}\u00a0\u00a0")
    return around[int(u * 6)].replace(" ", "  ") if " " in text else around[int(u * 6)]


def _swap(cells: Cells, hit: Bools, streams: Streams) -> None:
    u = streams("swap").random(len(hit))
    for i in np.flatnonzero(hit).tolist():
        one, other = ("name", "email") if u[i] < 0.6 else ("city", "status")
        cells[one][i], cells[other][i] = cells[other][i], cells[one][i]


def _lay_out(
    cells: Cells, clean: pd.DataFrame, hits: dict[str, Bools], lost: NDArray[np.str_], streams: Streams
) -> Export:
    """Put the rows in order: records by time, and between them copies, records sent again and lines that are none."""
    n = len(clean)
    place = np.arange(n, dtype=float)
    copied, resent, after = (np.flatnonzero(hits[name]) for name in ("duplicates", "resent", "lines"))
    late = np.floor(60 + streams("resent after").random(n) * 1740).astype(np.int64)
    again = _resend(cells, resent, _moments(clean, hits["zones"], late, streams), streams)
    lines = _lines(after, clean["total"].to_numpy(), list(cells), streams)
    times = clean["ordered_at"].dt.tz_localize(None).to_numpy()
    lag = np.floor(streams("copied after").random(n) ** 3 * 25)
    later = times + late.astype("timedelta64[s]")
    rank = np.argsort(np.argsort(later, kind="stable"))
    resent_place = np.searchsorted(times, later, side="right") - 0.6 + 0.1 * rank / n
    keys = [place, np.minimum(place + lag, n - 1)[copied] + 0.5, resent_place[resent], place[after] + 0.7]
    order = np.argsort(np.concatenate(keys), kind="stable")
    kinds = np.repeat(np.arange(4), [len(key) for key in keys])[order]
    source = np.concatenate([np.arange(n), copied, resent, np.full(len(after), -1)]).astype(np.int64)[order]
    texts = {name: [*cells[name], *(cells[name][i] for i in copied), *again[name], *lines[name]] for name in cells}
    data = pd.DataFrame({name: pd.Series(texts[name], dtype="str").iloc[order].to_numpy() for name in cells})
    has = {name: np.append(hits[name], False)[source] for name in CLASSES}
    has |= {"duplicates": kinds == 1, "resent": kinds == 2, "lines": kinds == 3}
    return Export(data.astype("str"), source, pd.DataFrame(has), np.append(lost, "")[source])


def _resend(cells: Cells, which: NDArray[np.int64], moments: list[str], streams: Streams) -> Cells:
    """The rows of records that were sent again: later, in other letters, with blanks around the order's number."""
    again = {name: [texts[i] for i in which.tolist()] for name, texts in cells.items()}
    u = streams("resent how").random((len(moments), 2))
    for row, i in enumerate(which.tolist()):
        again["ordered_at"][row] = moments[i]
        again["name"][row] = _other_case(again["name"][row], u[i, 0] < 0.5)
        again["status"][row] = again["status"][row].capitalize()
        again["order"][row] = _with_blanks(again["order"][row], u[i, 1]) if u[i, 1] < 0.5 else again["order"][row]
    return again


def _lines(after: NDArray[np.int64], totals: Floats, columns: list[str], streams: Streams) -> Cells:
    """Lines that are no records: the header again at a page's top, or the sum at its foot."""
    u = streams("line").random(len(totals))
    is_header = (u[after] < 0.5).tolist()
    rows = {name: [name if header else "" for header in is_header] for name in columns}
    running = np.concatenate([[0.0], np.cumsum(totals)])
    for row, (i, header) in enumerate(zip(after.tolist(), is_header, strict=True)):
        if not header:
            rows["order"][row] = "TOTAL"
            rows["total"][row] = f"{running[i + 1] - running[max(i - 39, 0)]:.2f}"
    return rows
