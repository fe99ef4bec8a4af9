"""What genuine payments and the patterns of fraud look like: every conditional probability of the payments' table.

The first axis of each table is the pattern, in the order of ``PATTERNS``; ``docs/fernway/payments.md`` has the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._calendar import HOUR_SHARE, LOCAL_ZONE, Period
from curriculum.datasets.fernway._columns import logistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

PATTERNS = ("genuine", "card testing", "stolen card", "account takeover", "scam")
MERCHANTS = ("groceries", "restaurants", "fuel", "fashion", "electronics", "travel", "digital", "vouchers")

# Weights of the patterns among frauds at the start of 2024, and what a year adds to the first three's logarithms.
_SCAM_BEFORE, _SCAM_AFTER, _SCAM_MIDDLE, _SCAM_WIDTH = 0.02, 0.45, 1.85, 0.12
_BASE = np.array([0.30, 0.45, 0.25])
SLOPE = np.array([0.0, -0.35, 0.30])
# Share of a pattern's payments at night (23:00 to 5:59 local); genuine payments keep the shop's hours.
NIGHT_SHARE = np.array([np.nan, 0.24, 0.26, 0.16, 0.03])
_NIGHT = np.isin(np.arange(24), [23, 0, 1, 2, 3, 4, 5])

# An episode goes on with this probability after a payment, and an exponential time of so many seconds, cut at an hour.
GOES_ON = np.array([0.04, 0.75, 0.35, 0.25, 0.15])
GAP_MEAN = np.array([1200.0, 100.0, 900.0, 600.0, 1500.0])
GAP_MOST = 3600.0
LENGTH = 1 / (1 - GOES_ON)

# Shares of MERCHANTS; the last row is genuine payments at night.
MERCHANT_SHARE = np.array(
    [
        [0.460, 0.140, 0.100, 0.090, 0.040, 0.040, 0.100, 0.030],
        [0.060, 0.090, 0.005, 0.110, 0.025, 0.020, 0.560, 0.130],
        [0.190, 0.130, 0.140, 0.200, 0.190, 0.035, 0.015, 0.100],
        [0.080, 0.030, 0.005, 0.170, 0.330, 0.135, 0.070, 0.180],
        [0.070, 0.020, 0.005, 0.100, 0.230, 0.175, 0.080, 0.320],
        [0.190, 0.170, 0.170, 0.080, 0.040, 0.050, 0.260, 0.040],
    ]
)
# Genuine payments: the probability of paying online at the start of 2024.
_ONLINE_GENUINE = np.array([0.50, 0.12, 0.02, 0.45, 0.50, 0.70, 0.97, 0.60])
ONLINE = np.array([np.nan, 1.0, 0.05, 1.0, 1.0])
# Logarithm of the amount: mean and standard deviation; a genuine one also has the customer's appetite.
AMOUNT_MEAN = np.log(
    [
        [36.0, 26.0, 52.0, 54.0, 115.0, 170.0, 11.0, 38.0],
        [4.5] * 8,
        [95.0] * 8,
        [140.0] * 8,
        [210.0] * 8,
    ]
)
AMOUNT_SD = np.array([[0.65, 0.60, 0.40, 0.75, 1.00, 1.00, 0.80, 0.70], [0.90] * 8, [0.85] * 8, [0.90] * 8, [0.70] * 8])
# Contactless rather than chip, up to 50 euro and above.
TAP_LIMIT = 50.0
TAP = np.array([[0.82, 0.12], [0.5, 0.5], [0.86, 0.22], [0.5, 0.5], [0.5, 0.5]])
# Online: from a device never seen with the card; confirmed by the customer, below 30 euro and from there on.
NEW_DEVICE = np.array([0.07, 0.60, 0.60, 0.66, 0.08])
CONFIRM_LIMIT = 30.0
CONFIRMED = np.array([[0.40, 0.86], [0.14, 0.14], [0.14, 0.20], [0.26, 0.40], [0.60, 0.92]])
# A merchant in another country, in person and online.
ABROAD = np.array([[0.03, 0.14], [0.5, 0.40], [0.26, 0.40], [0.5, 0.34], [0.5, 0.28]])
# Online: the distance is missing because the address of the device is hidden.
HIDDEN = np.array([0.06, 0.22, 0.20, 0.20, 0.07])
# Logarithm of the distance in person at home, in person abroad, and online; a rural home adds to the genuine first.
DISTANCE_MEAN = np.log([[4.0, 700.0, 14.0], [1.0, 1.0, 70.0], [20.0, 700.0, 60.0], [1.0, 1.0, 60.0], [1.0, 1.0, 14.0]])
DISTANCE_SD = np.array([[1.1, 0.6, 1.5], [1.0, 1.0, 1.5], [1.1, 0.6, 1.5], [1.0, 1.0, 1.5], [1.0, 1.0, 1.5]])
RURAL = 0.8
# Days until a fraud is known, median; the logarithm has this standard deviation.
DELAY_DAYS = np.array([np.nan, 3.0, 4.0, 14.0, 32.0])
DELAY_SD = 0.8


@dataclass(frozen=True)
class Hours:
    """The hours of a period.

    Attributes:
        share: the share of all payments that fall into each.
        night: whether it is night there.
        years: years from 2024 to its local date.
        starts: the probability of each pattern (columns) for what starts in the hour.
        online: the probability that a genuine payment to each kind of merchant (columns) is online.
    """

    share: Floats
    night: NDArray[np.bool_]
    years: Floats
    starts: Floats
    online: Floats


def years_since_2024(dates: pd.DatetimeIndex) -> Floats:
    """Years from 2024 to each date."""
    return np.asarray((dates - pd.Timestamp("2024-01-01")).days.to_numpy(float) / 365.25)


def weights(years: Floats, drift: float) -> Floats:
    """The share of each pattern of fraud (columns: ``PATTERNS`` without the genuine ones) at a time."""
    ramp = logistic((years - _SCAM_MIDDLE) / _SCAM_WIDTH)
    scam = _SCAM_BEFORE + drift * (_SCAM_AFTER - _SCAM_BEFORE) * ramp
    others = _BASE * np.exp(drift * SLOPE * years[:, None])
    others *= ((1 - scam) / others.sum(axis=1))[:, None]
    return np.column_stack([others, scam])


def hours_of(period: Period, fraud_rate: float, drift: float, online_growth: float) -> Hours:
    """Give the hours of a period under a scenario."""
    day, hour = period.day_of_hour, period.hours.tz_convert(LOCAL_ZONE).hour.to_numpy()
    years = years_since_2024(period.dates)
    night = _NIGHT[hour]
    return Hours(
        share=period.hour_shares,
        night=night,
        years=years[day],
        starts=_starts(weights(years, drift)[day], night, fraud_rate),
        online=logistic(_log_odds(_ONLINE_GENUINE) + online_growth * years[day][:, None]),
    )


def _starts(weight: Floats, night: NDArray[np.bool_], fraud_rate: float) -> Floats:
    """Probabilities of what starts, such that fraudulent payments, not episodes, have the rate and the weights."""
    usual = HOUR_SHARE[_NIGHT].sum() / HOUR_SHARE.sum()
    by_hour = np.where(night[:, None], NIGHT_SHARE[1:] / usual, (1 - NIGHT_SHARE[1:]) / (1 - usual))
    per_length = fraud_rate * (weight / LENGTH[1:])
    scale = LENGTH[0] / (1 - fraud_rate + LENGTH[0] * per_length.sum(axis=1))
    frauds = scale[:, None] * per_length * by_hour
    return np.column_stack([1 - frauds.sum(axis=1), frauds])


def _log_odds(p: Floats) -> Floats:
    return np.asarray(np.log(p / (1 - p)))
