"""Subscriptions: what drives customers away, where many have not left yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats

from recovery import Interval, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from curriculum.datasets.fernway import Draw

_Z = stats.norm.ppf(0.975)
COVARIATES = ("yearly", "offer", "orders", "problems", "contacts")


def covariates(data: pd.DataFrame) -> dict[str, np.ndarray]:
    """What was known on the first day, by the name of its effect."""
    return {
        "yearly": (data["plan"] == "yearly").to_numpy(float),
        "offer": data["welcome_offer"].to_numpy(float),
        "orders": data["orders_before"].to_numpy(float) - 9,
        "problems": data["delivery_problems"].to_numpy(float),
        "contacts": data["support_contacts"].to_numpy(float),
    }


def cox(which: str, names: Sequence[str] = COVARIATES) -> Callable[[Draw, int], Interval]:
    """The log hazard ratio of ``which`` by Cox regression on ``names``."""

    def method(draw: Draw, _seed: int) -> Interval:
        known = covariates(draw.data)
        columns = np.column_stack([known[name] for name in names])
        churned = draw.data["churned"].to_numpy(int)
        fit = sm.PHReg(draw.data["tenure_days"].to_numpy(), columns, status=churned).fit()
        at = names.index(which)
        low, high = fit.conf_int()[at]
        return Interval(float(fit.params[at]), float(low), float(high))

    return method


def _weibull(which: str) -> Callable[[Draw, int], Interval]:
    """The shape, or the usual customer's median, by maximum likelihood; who left did so within the last day."""

    def method(draw: Draw, _seed: int) -> Interval:
        known = covariates(draw.data)
        columns = np.column_stack([known[name] for name in COVARIATES])
        days, churned = draw.data["tenure_days"].to_numpy(float), draw.data["churned"].to_numpy()

        def loss(theta: np.ndarray) -> float:
            shape, median = np.exp(theta[:2])
            hazard = np.log(2) * np.exp(columns @ theta[2:])
            until = hazard * (days / median) ** shape
            before = hazard * (np.maximum(days - 1, 0) / median) ** shape
            ended = -before + np.log(-np.expm1(before - until), where=churned, out=np.zeros_like(until))
            return -float(np.where(churned, ended, -until).sum())

        start = np.concatenate([np.log([1.0, 365.0]), np.zeros(columns.shape[1])])
        fit = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-2})
        at = ("shape", "median_days").index(which)
        error = np.sqrt(np.linalg.inv(_hessian(loss, fit.x))[at, at])
        return Interval(*(float(np.exp(fit.x[at] + z * error)) for z in (0.0, -_Z, _Z)))

    return method


def _hessian(function: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-3) -> np.ndarray:
    steps = np.eye(len(at)) * step
    corners = [[function(at + s * i + t * j) * s * t for s in (1, -1) for t in (1, -1)] for i in steps for j in steps]
    return np.array(corners).sum(axis=1).reshape(len(at), len(at)) / (4 * step**2)


def _kaplan_meier(data: pd.DataFrame) -> sm.SurvfuncRight:
    return sm.SurvfuncRight(data["tenure_days"], data["churned"].astype(int))


def _survival(days: int) -> Callable[[Draw, int], Interval]:
    """The share that outlasts so many days; the interval is symmetric for the log of the cumulative hazard."""

    def method(draw: Draw, _seed: int) -> Interval:
        curve = _kaplan_meier(draw.data)
        at = np.searchsorted(curve.surv_times, days, side="right") - 1
        share, error = curve.surv_prob[at], curve.surv_prob_se[at]
        width = _Z * error / abs(share * np.log(share))
        return Interval(float(share), float(share ** np.exp(width)), float(share ** np.exp(-width)))

    return method


def _share_not_churned(draw: Draw, _seed: int) -> Interval:
    stayed = ~(draw.data["churned"] & (draw.data["tenure_days"] <= 365))
    low, high = stats.binomtest(int(stayed.sum()), len(stayed)).proportion_ci(method="wilson")
    return Interval(float(stayed.mean()), low, high)


def _median_tenure(draw: Draw, _seed: int) -> Interval:
    curve = _kaplan_meier(draw.data)
    return Interval(float(curve.quantile(0.5)), *map(float, curve.quantile_ci(0.5)))


def _median_of_the_churned(draw: Draw, _seed: int) -> Interval:
    tenure = np.sort(draw.data.loc[draw.data["churned"], "tenure_days"].to_numpy())
    low, high = stats.binom.ppf([0.025, 0.975], len(tenure), 0.5).astype(int)
    return Interval(float(np.median(tenure)), float(tenure[low - 1]), float(tenure[high]))


def _lost_rate(draw: Draw, _seed: int) -> Interval:
    """Losses by year watched, with the exact interval of a Poisson count."""
    data = draw.data
    lost = int((~data["churned"] & (data["observed_until"] < data["observed_until"].max())).sum())
    years = data["tenure_days"].sum() / 365.25
    low, high = stats.chi2.ppf([0.025, 0.975], [2 * lost, 2 * lost + 2]) / 2
    return Interval(lost / years, low / years, high / years)


RECOVERIES = (
    Recovery("yearly_effect", "subscriptions", 1_000, cox("yearly")),
    Recovery(
        "offer_effect",
        "subscriptions",
        1_500,
        cox("offer"),
        naive=cox("offer", ["offer"]),
        naive_fails="the offer went to those who order little, and they leave sooner with or without it",
    ),
    Recovery("orders_effect", "subscriptions", 1_000, cox("orders")),
    Recovery(
        "problems_effect",
        "subscriptions",
        1_500,
        cox("problems"),
        naive=cox("problems", ["problems"]),
        naive_fails="who orders much has more problems and more reason to stay: alone, problems look harmless",
    ),
    Recovery(
        "contacts_effect",
        "subscriptions",
        1_500,
        cox("contacts"),
        naive=cox("contacts", ["yearly", "offer", "orders", "contacts"]),
        naive_fails="a problem causes both the contact and the leaving: without the problems, contacts take the blame",
    ),
    Recovery("shape", "subscriptions", 1_000, _weibull("shape")),
    Recovery("median_days", "subscriptions", 1_000, _weibull("median_days")),
    Recovery("survival_90", "subscriptions", 2_000, _survival(90)),
    Recovery(
        "survival_365",
        "subscriptions",
        2_000,
        _survival(365),
        naive=_share_not_churned,
        naive_fails="counts as faithful all who have not had a year to leave",
    ),
    Recovery(
        "median_tenure",
        "subscriptions",
        2_000,
        _median_tenure,
        naive=_median_of_the_churned,
        naive_fails="who has left by now is who left soon",
    ),
    Recovery("lost_rate", "subscriptions", 2_000, _lost_rate),
)
