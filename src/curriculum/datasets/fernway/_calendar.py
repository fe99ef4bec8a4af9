"""Fernway's time: opening hours, seasons, holidays and weather, on a clock that stores UTC and lives in Brussels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.tseries.offsets import Easter

from curriculum.datasets.fernway._columns import categorical
from curriculum.datasets.fernway._random import Streams
from curriculum.errors import ScenarioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

LOCAL_ZONE = "Europe/Brussels"
CITIES = ("Alderquay", "Brackwater", "Cindermoor", "Dunmere")
# How warm a city is beside the country's mean, in degrees Celsius.
_CITY_WARMTH = {"Alderquay": 1.0, "Brackwater": 0.0, "Cindermoor": -1.5, "Dunmere": 0.5}
# Monday to Sunday, mean 1: people shop for the weekend.
WEEKDAY_SHARE = np.array([0.90, 0.86, 0.88, 0.96, 1.18, 1.24, 0.98])
# Local hours 0 to 23: a morning rise, lunch, and the evening peak. The scale does not matter.
HOUR_SHARE = np.array([2, 1, 1, 1, 1, 3, 8, 14, 18, 20, 22, 24, 26, 22, 18, 18, 22, 30, 38, 42, 38, 26, 14, 6], float)
_WEATHER_EPOCH = pd.Timestamp("2023-01-01")
_DAILY_GROWTH = np.log(1.12) / 365.25


def check_date(name: str, text: str) -> None:
    """Refuse what is no date of the simulator's years.

    Raises:
        ScenarioError: which option, what it must be and what it was.
    """
    try:
        day = date.fromisoformat(text)
        # Later Pythons also read '20240101' and weeks, which NumPy and pandas take for something else.
        fits = 2023 <= day.year <= 2035 and day.isoformat() == text
    except ValueError:
        fits = False
    if not fits:
        message = f"{name} must be a date from 2023 to 2035 such as '2024-01-01', not {text!r}"
        raise ScenarioError(message)


@dataclass(frozen=True)
class Period:
    """A stretch of local days, the first at midnight of ``start``.

    Raises:
        ScenarioError: the start is no date from 2023 to 2035, or there is no day.
    """

    start: str
    days: int

    def __post_init__(self) -> None:
        """Refuse what is no period."""
        check_date("start", self.start)
        if not 1 <= self.days <= 3660:
            message = f"days must be a whole number from 1 to 3660, not {self.days!r}"
            raise ScenarioError(message)

    @cached_property
    def dates(self) -> pd.DatetimeIndex:
        """The local dates, without a zone."""
        return pd.date_range(self.start, periods=self.days, freq="D", unit="us")

    @cached_property
    def hours(self) -> pd.DatetimeIndex:
        """The beginning of every hour, in UTC."""
        first = pd.Timestamp(self.start, tz=LOCAL_ZONE)
        last = (pd.Timestamp(self.start) + pd.Timedelta(days=self.days)).tz_localize(LOCAL_ZONE)
        return pd.date_range(first, last, freq="h", inclusive="left", unit="us").tz_convert("UTC")

    @cached_property
    def day_of_hour(self) -> NDArray[np.intp]:
        """The position in ``dates`` of the local day of each hour."""
        local = self.hours.tz_convert(LOCAL_ZONE).tz_localize(None)
        return np.asarray(self.dates.get_indexer(pd.DatetimeIndex(local.normalize())))

    @cached_property
    def hour_shares(self) -> Floats:
        """The share of all arrivals that falls into each hour."""
        weights = daily_level(self.dates)[self.day_of_hour] * HOUR_SHARE[self.hours.tz_convert(LOCAL_ZONE).hour]
        return np.asarray(weights / weights.sum())

    def arrivals(self, shares: Floats) -> pd.DatetimeIndex:
        """Turn shares of the period's arrivals (0 to 1) into times, to the second.

        The share ``u`` becomes the moment before which a fraction ``u`` of everything that happens has happened.
        Uniform shares so give the hours, weekdays, seasons and holidays that the shop has.
        """
        grid = np.concatenate([[0.0], np.cumsum(self.hour_shares)])
        seconds = np.floor(np.interp(shares, grid, np.arange(len(grid)) * 3600.0)).astype(np.int64)
        seconds = np.minimum(seconds, len(self.hours) * 3600 - 1)
        start = self.hours[0].tz_localize(None).to_datetime64()
        return pd.DatetimeIndex(start + seconds.astype("timedelta64[s]")).as_unit("us").tz_localize("UTC")


def ordered_shares(rng: np.random.Generator, first: int, last: int, n: int) -> Floats:
    """Give sorted uniform shares for arrivals ``first`` to ``last`` of ``n``; so blocks follow each other in time."""
    return np.asarray(np.sort((first + rng.random(last - first) * (last - first)) / n))


def daily_level(dates: pd.DatetimeIndex) -> Floats:
    """How busy Fernway is on each day: 1 is an average day of January 2024 without weekday, season and holiday."""
    return np.asarray(np.exp(log_season(dates) + log_holiday(dates)) * WEEKDAY_SHARE[dates.day_of_week])


def log_season(dates: pd.DatetimeIndex) -> Floats:
    """Growth of 12 % a year and the yearly wave: quiet in late July, busy in January, in logarithms."""
    days = (dates - pd.Timestamp("2024-01-01")).days.to_numpy(float)
    wave = 0.10 * np.cos(2 * np.pi * (dates.day_of_year.to_numpy(float) - 25) / 365.25)
    return np.asarray(_DAILY_GROWTH * days + wave)


def log_holiday(dates: pd.DatetimeIndex) -> Floats:
    """What holidays do, in logarithms: less on the day itself, more in the week before Christmas and before Easter."""
    effect = np.zeros(len(dates))
    effect[holidays(dates).notna()] = -0.60
    december = (dates.month == 12) & (dates.day >= 16) & (dates.day <= 24)
    effect[december] += 0.35
    eves = [_easter(year) - pd.Timedelta(days=d) for year in sorted(set(dates.year)) for d in (1, 2, 3)]
    before_easter = dates.isin(pd.DatetimeIndex(eves))
    effect[before_easter] += 0.20
    return effect


def holidays(dates: pd.DatetimeIndex) -> pd.Series[str]:
    """Name the public holiday of each date; missing on ordinary days."""
    names = {date: name for year in sorted(set(dates.year)) for date, name in _holidays_of(year).items()}
    return pd.Series([names.get(date) for date in dates], index=dates, dtype="str")


def weather(seed: int, start: str, days: int) -> pd.DataFrame:
    """The weather of each local day and city, the same for a date however the period is cut.

    Returns:
        One row a day and city, days first: date, city, temperature (mean of the day, degrees Celsius, one decimal) and
        rain (mm, one decimal). Yesterday's temperature is worth 0.75 of its departure from the season today.
    """
    period = Period(start, days)
    dates = pd.date_range(_WEATHER_EPOCH, period.dates[-1], freq="D", unit="us")
    streams = Streams(seed, "weather")
    shocks = streams("temperature").normal(0.0, 2.4, len(dates))
    departure = np.empty(len(dates))
    level = 0.0
    for day, shock in enumerate(shocks):
        level = 0.75 * level + shock
        departure[day] = level
    season = 10.5 - 8.0 * np.cos(2 * np.pi * (dates.day_of_year.to_numpy(float) - 20) / 365.25)
    wet = streams("wet").random(len(dates)) < 0.45
    rain = np.where(wet, streams("rain").gamma(0.8, 6.0, len(dates)), 0.0)
    rows = slice(len(dates) - period.days, None)
    warmth = np.array([_CITY_WARMTH[city] for city in CITIES])
    temperature = (season + departure)[rows, None] + warmth[None, :]
    return pd.DataFrame(
        {
            "date": period.dates.repeat(len(CITIES)),
            "city": categorical(np.tile(np.arange(len(CITIES)), period.days), CITIES),
            "temperature": np.round(temperature, 1).ravel(),
            "rain": np.round(rain[rows], 1).repeat(len(CITIES)),
        }
    )


def _easter(year: int) -> pd.Timestamp:
    return pd.Timestamp(year, 1, 1) + Easter()


@lru_cache(maxsize=32)
def _holidays_of(year: int) -> dict[pd.Timestamp, str]:
    fixed = {"New Year": (1, 1), "Labour Day": (5, 1), "Founders' Day": (7, 21), "Christmas": (12, 25)}
    named = {pd.Timestamp(year, month, day): name for name, (month, day) in fixed.items()}
    return named | {_easter(year) + pd.Timedelta(days=1): "Easter Monday"}
