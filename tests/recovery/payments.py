"""Payments: proportions whose payments come in bursts of a card, and regressions on time and among patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from recovery import Interval, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.datasets.fernway import Draw

LATE = {"start": "2025-12-01", "days": 31}
MANY = {"fraud_rate": 0.05}


def proportion(happened: pd.Series, card: pd.Series) -> Interval:
    """A Wilson interval for as many independent payments as those of the cards are worth."""
    y = happened.to_numpy(float)
    share = y.mean()
    by_card = pd.Series(y - share).groupby(card.to_numpy()).sum()
    effect = (by_card**2).sum() / (len(y) * share * (1 - share))
    worth = len(y) / max(effect, 1.0)
    return Interval(share, *proportion_confint(share * worth, worth, method="wilson"))


def alarm(data: pd.DataFrame) -> pd.Series[bool]:
    return (data["channel"] == "online") & data["new_device"].fillna(value=False).astype(bool)


def years(data: pd.DataFrame) -> pd.Series[float]:
    local = data["paid_at"].dt.tz_convert("Europe/Brussels").dt.tz_localize(None)
    return (local.dt.normalize() - pd.Timestamp("2024-01-01")).dt.days / 365.25


def slope(target: pd.Series, terms: pd.DataFrame) -> Interval:
    """The coefficient of the first term in a logistic regression."""
    fit = sm.Logit(target.to_numpy(float), terms.to_numpy(float)).fit(disp=0)
    return Interval(fit.params[0], *fit.conf_int()[0])


def mean(values: np.ndarray | pd.Series) -> Interval:
    found = DescrStatsW(np.asarray(values, float))
    return Interval(found.mean, *found.tconfint_mean())


def fraud_rate(draw: Draw, _seed: int) -> Interval:
    return proportion(draw.data["fraud"], draw.data["card_id"])


def rate_known_so_far(draw: Draw, _seed: int) -> Interval:
    """With the labels known on the evening of the last payment."""
    known = draw.data["reported_at"] <= draw.data["paid_at"].max()
    return proportion(known, draw.data["card_id"])


def precision(draw: Draw, _seed: int) -> Interval:
    alarms = draw.data[alarm(draw.data)]
    return proportion(alarms["fraud"], alarms["card_id"])


def sensitivity(draw: Draw, _seed: int) -> Interval:
    frauds = draw.data[draw.data["fraud"]]
    return proportion(alarm(frauds), frauds["card_id"])


def false_positive_rate(draw: Draw, _seed: int) -> Interval:
    genuine = draw.data[~draw.data["fraud"]]
    return proportion(alarm(genuine), genuine["card_id"])


def takeover_slope(draw: Draw, _seed: int) -> Interval:
    """One row an episode: account takeovers against stolen cards over the years."""
    first = ~draw.truth.rows["episode"].duplicated()
    pattern = draw.truth.rows["pattern"]
    chosen = first & pattern.isin(["account takeover", "stolen card"])
    terms = pd.DataFrame({"years": years(draw.data[chosen]), "constant": 1.0})
    return slope(pattern[chosen] == "account takeover", terms)


def online_growth(draw: Draw, _seed: int) -> Interval:
    genuine = draw.data[~draw.data["fraud"]]
    merchants = pd.get_dummies(genuine["merchant_category"])
    return slope(genuine["channel"] == "online", merchants.assign(years=years(genuine))[["years", *merchants]])


def online_growth_of_all_merchants(draw: Draw, _seed: int) -> Interval:
    genuine = draw.data[~draw.data["fraud"]]
    terms = pd.DataFrame({"years": years(genuine), "constant": 1.0})
    return slope(genuine["channel"] == "online", terms)


def bursts(draw: Draw) -> pd.Series[int]:
    rows = draw.truth.rows
    return rows[rows["pattern"] == "card testing"].groupby("episode")["pattern"].transform("size")


def mean_burst(draw: Draw, _seed: int) -> Interval:
    rows = draw.truth.rows
    return mean(rows[rows["pattern"] == "card testing"].groupby("episode").size())


def mean_burst_by_payment(draw: Draw, _seed: int) -> Interval:
    return mean(bursts(draw))


def share_of(pattern: str) -> Callable[[Draw, int], Interval]:
    def textbook(draw: Draw, _seed: int) -> Interval:
        frauds = draw.truth.rows["true_fraud"]
        return proportion(draw.truth.rows["pattern"][frauds] == pattern, draw.data["card_id"][frauds])

    return textbook


def log_amount_of(pattern: str) -> Callable[[Draw, int], Interval]:
    def textbook(draw: Draw, _seed: int) -> Interval:
        return mean(np.log(draw.data["amount"][draw.truth.rows["pattern"] == pattern]))

    return textbook


RECOVERIES = (
    Recovery(
        "reported_rate",
        "payments",
        50_000,
        fraud_rate,
        LATE,
        naive=rate_known_so_far,
        naive_fails="on the evening of the last payment many frauds of the month are not known yet",
    ),
    Recovery(
        "alarm_precision",
        "payments",
        50_000,
        precision,
        naive=sensitivity,
        naive_fails="the share of frauds with an alarm is not the share of alarms that are fraud",
    ),
    Recovery("alarm_sensitivity", "payments", 20_000, sensitivity, MANY),
    Recovery("alarm_false_positive_rate", "payments", 20_000, false_positive_rate),
    Recovery("takeover_slope", "payments", 40_000, takeover_slope, {"fraud_rate": 0.1}),
    Recovery(
        "online_growth",
        "payments",
        30_000,
        online_growth,
        {"online_growth": 0.8},
        naive=online_growth_of_all_merchants,
        naive_fails="odds ratios that pool unlike merchants are nearer to one than those within each",
    ),
    Recovery(
        "mean_burst",
        "payments",
        40_000,
        mean_burst,
        MANY,
        naive=mean_burst_by_payment,
        naive_fails="a burst counts once for each of its payments, so long ones count more",
    ),
    Recovery("share_scam", "payments", 40_000, share_of("scam"), MANY | {"start": "2025-07-01", "days": 184}),
    Recovery("log_amount_card_testing", "payments", 20_000, log_amount_of("card testing"), MANY),
    Recovery("log_amount_stolen_card", "payments", 20_000, log_amount_of("stolen card"), MANY),
    Recovery("log_amount_account_takeover", "payments", 20_000, log_amount_of("account takeover"), MANY),
    Recovery("log_amount_scam", "payments", 20_000, log_amount_of("scam"), MANY | LATE),
)
