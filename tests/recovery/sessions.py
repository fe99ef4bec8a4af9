"""Sessions: what the new checkout does, where visitors, not sessions, were given a variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

from recovery import Interval, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from curriculum.datasets.fernway import Draw

_Z = stats.norm.ppf(0.975)


class Visitors(NamedTuple):
    """One value for each visitor who came: the unit that was given a variant."""

    treated: np.ndarray
    sessions: np.ndarray
    orders: np.ndarray
    revenue: np.ndarray
    spend_before: np.ndarray

    def of(self, *, treated: bool) -> Visitors:
        return Visitors(*(values[self.treated == treated] for values in self))


def visitors(data: pd.DataFrame) -> Visitors:
    """Sum up each visitor's sessions."""
    _, first, who = np.unique(data["visitor_id"].to_numpy(), return_index=True, return_inverse=True)
    return Visitors(
        treated=(data["variant"] == "treatment").to_numpy()[first],
        sessions=np.bincount(who),
        orders=np.bincount(who, weights=data["ordered"]),
        revenue=np.bincount(who, weights=data["revenue"]),
        spend_before=data["spend_before"].to_numpy()[first],
    )


def _ratio(above: np.ndarray, below: np.ndarray) -> tuple[float, float]:
    """The log of a ratio of two means over visitors, and its variance by the delta method."""
    ratio = above.mean() / below.mean()
    return float(np.log(ratio)), float(np.var(above - ratio * below, ddof=1) / len(above) / above.mean() ** 2)


def _relative(control: tuple[float, float], treatment: tuple[float, float]) -> Interval:
    """Treatment over control less one, from the logs of both and their variances."""
    log, error = treatment[0] - control[0], np.sqrt(control[1] + treatment[1])
    return Interval(*(float(np.expm1(log + z * error)) for z in (0.0, -_Z, _Z)))


def conversion_lift(data: pd.DataFrame) -> Interval:
    """Orders by session, treatment over control; the errors are those between visitors."""
    arms = [visitors(data).of(treated=treated) for treated in (False, True)]
    return _relative(*(_ratio(arm.orders, arm.sessions) for arm in arms))


def conversion_lift_by_session(data: pd.DataFrame) -> Interval:
    """The same estimate, as if every session were another person."""
    arms = [data.loc[data["variant"] == variant, "ordered"] for variant in ("control", "treatment")]
    return _relative(*((float(np.log(arm.mean())), (1 / arm.mean() - 1) / len(arm)) for arm in arms))


def revenue_lift(data: pd.DataFrame, *, cuped: bool) -> Interval:
    """Revenue by visitor, treatment over control; with CUPED, less what the spend before foretells."""
    people = visitors(data)
    covariance = np.cov(people.revenue, people.spend_before)
    theta = covariance[0, 1] / covariance[1, 1] if cuped else 0.0
    adjusted = people.revenue - theta * (people.spend_before - people.spend_before.mean())
    arms = [adjusted[people.treated == treated] for treated in (False, True)]
    return _relative(*(_ratio(arm, np.ones(len(arm))) for arm in arms))


def basket_lift(data: pd.DataFrame) -> Interval:
    """Revenue by order, treatment over control; the errors are those between visitors."""
    arms = [visitors(data).of(treated=treated) for treated in (False, True)]
    return _relative(*(_ratio(arm.revenue, arm.orders) for arm in arms))


def _conversion(draw: Draw, _seed: int) -> Interval:
    arm = visitors(draw.data).of(treated=False)
    log, variance = _ratio(arm.orders, arm.sessions)
    return Interval(*(float(np.exp(log + z * np.sqrt(variance))) for z in (0.0, -_Z, _Z)))


def _treatment_share(draw: Draw, _seed: int) -> Interval:
    treated = visitors(draw.data).treated
    result = stats.binomtest(int(treated.sum()), len(treated))
    low, high = result.proportion_ci(method="wilson")
    return Interval(float(treated.mean()), low, high)


def days_since_start(data: pd.DataFrame) -> pd.Series:
    """Local days since the first session's."""
    day = data["started_at"].dt.tz_convert("Europe/Brussels").dt.tz_localize(None).dt.normalize()
    return (day - day.min()).dt.days


def peeked(data: pd.DataFrame, lift: Callable[[pd.DataFrame], Interval]) -> Interval:
    """The interval on the first day on which it does not hold zero; if it always does, on the last."""
    day = days_since_start(data)
    for last in range(day.max() + 1):
        interval = lift(data[day <= last])
        if interval.low > 0 or interval.high < 0:
            break
    return interval


RECOVERIES = (
    Recovery(
        "average_lift",
        "sessions",
        60_000,
        lambda draw, _: conversion_lift(draw.data),
        options={"visitors": 800},
        naive=lambda draw, _: conversion_lift_by_session(draw.data),
        naive_fails="sessions of a visitor are alike and share a variant: counting sessions as people is overconfident",
    ),
    Recovery(
        "revenue_lift", "sessions", 30_000, lambda draw, _: revenue_lift(draw.data, cuped=True), {"basket_lift": 0.05}
    ),
    Recovery("basket_lift", "sessions", 30_000, lambda draw, _: basket_lift(draw.data), {"basket_lift": 0.05}),
    Recovery("control_conversion", "sessions", 30_000, _conversion),
    Recovery("treatment_share", "sessions", 20_000, _treatment_share, {"srm": 0.3}),
    Recovery(
        "average_lift",
        "sessions",
        60_000,
        lambda draw, _: conversion_lift(draw.data[draw.data["device"] != "mobile"]),
        options={"srm": 0.6, "visitors": 20_000},
        naive=lambda draw, _: conversion_lift(draw.data),
        naive_fails="the redirect lost treated visitors who would not have bought: those left look better",
    ),
    Recovery(
        "lift",
        "sessions",
        60_000,
        lambda draw, _: conversion_lift(draw.data[days_since_start(draw.data) >= 21]),
        options={"lift": 0.05, "novelty": 0.5},
        naive=lambda draw, _: conversion_lift(draw.data[days_since_start(draw.data) < 7]),
        naive_fails="the first week is full of curiosity that does not last",
    ),
    Recovery(
        "lift",
        "sessions",
        30_000,
        lambda draw, _: conversion_lift(draw.data),
        options={"lift": 0.0, "visitors": 1_000},
        naive=lambda draw, _: peeked(draw.data, conversion_lift_by_session),
        naive_fails="a test of sessions, read every day until it is significant: 28 chances of a false alarm, not one",
    ),
)
