"""Demand: what price, promotion, warmth and holidays do, where stock-outs hide part of what would have been bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from pandas.tseries.offsets import Easter
from scipy import special, stats

from recovery import Interval, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.datasets.fernway import Draw

# Two products in four cities; stock is kept short, so that a tenth of the days end with nothing left.
_DRINKS = {"category": "drinks", "wander": 0.0, "service": 0.8}
_N = 8


class Fit(NamedTuple):
    """Coefficients by name with their covariance; the last is the log of the dispersion where there is one."""

    names: list[str]
    values: np.ndarray
    covariance: np.ndarray

    def interval(self, name: str) -> Interval:
        at = self.names.index(name)
        return _interval(self.values[at], np.sqrt(self.covariance[at, at]))


def _interval(estimate: float, error: float, quantile: float = 1.959964) -> Interval:
    return Interval(float(estimate), float(estimate - quantile * error), float(estimate + quantile * error))


def calendar(data: pd.DataFrame) -> pd.DataFrame:
    """The columns that a planner makes of a date, a price and the weather."""
    date = data["date"]
    holidays = pd.DatetimeIndex(date[data["holiday"].notna()].unique())
    # Holidays just after the last day are on the calendar too.
    holidays = holidays.union(pd.DatetimeIndex([f"{year}-01-01" for year in range(2023, 2037)]))
    rush = pd.DatetimeIndex(np.concatenate([holidays - pd.Timedelta(days=d) for d in range(1, 8)])).difference(holidays)
    easter = pd.DatetimeIndex([pd.Timestamp(y, 1, 1) + Easter() for y in sorted(set(date.dt.year))])
    eves = np.concatenate([easter - pd.Timedelta(days=d) for d in (1, 2, 3)])
    angle = 2 * np.pi * date.dt.day_of_year / 365.25
    weekdays = {f"weekday_{day}": (date.dt.day_of_week == day).astype(float) for day in (0, 2, 3, 4, 5, 6)}
    return pd.DataFrame(
        {
            "log_price": np.log(data["price"]),
            "promotion": data["promotion"].astype(float),
            "temperature": data["temperature"] - 10.5,
            "rainy": (data["rain"] >= 1).astype(float),
            "rush": date.isin(rush).astype(float),
            "holiday": data["holiday"].notna().astype(float),
            "christmas": ((date.dt.month == 12) & date.dt.day.between(16, 24)).astype(float),
            "easter": date.isin(eves).astype(float),
            "trend": (date - pd.Timestamp("2025-01-01")).dt.days / 365.25,
            "cos": np.cos(angle),
            "sin": np.sin(angle),
            **weekdays,
        }
    )


def pairs(data: pd.DataFrame) -> pd.DataFrame:
    """A column for each pair of product and city."""
    name = data["product_id"].astype(str) + " " + data["city"].astype(str)
    return pd.get_dummies(name, dtype=float)


def censored(x: pd.DataFrame, sold: pd.Series, stock_out: pd.Series) -> Fit:
    """Negative binomial regression by maximum likelihood; a day that ended without stock says "at least so many".

    Steps are those of Berndt, Hall, Hall and Hausman: the covariance is the inverse of the summed squares of the score.
    """
    # A warehouse that was empty all day says nothing.
    told = ~(stock_out & (sold == 0)).to_numpy()
    columns, y, hidden = x.to_numpy(float)[told], sold.to_numpy(float)[told], stock_out.to_numpy()[told]
    theta = np.append(np.linalg.lstsq(columns, np.log(y + 0.5), rcond=None)[0], np.log(0.1))
    value, scores = _log_likelihood(theta, columns, y, hidden)
    for _ in range(500):
        information = scores.T @ scores
        gradient = scores.sum(axis=0)
        step = np.linalg.solve(information, gradient)
        if gradient @ step < 1e-4:
            return Fit([*x.columns, "log_dispersion"], theta, np.linalg.inv(information))
        while _log_likelihood(theta + step, columns, y, hidden)[0] < value:
            step = step / 2
        theta = theta + step
        value, scores = _log_likelihood(theta, columns, y, hidden)
    raise AssertionError("the likelihood has no maximum")


def _log_likelihood(
    theta: np.ndarray, columns: np.ndarray, y: np.ndarray, hidden: np.ndarray
) -> tuple[float, np.ndarray]:
    """The log-likelihood and each row's score: for the coefficients, then for the log of the dispersion."""
    mean = np.exp(np.clip(columns @ theta[:-1], -15, 15))
    alpha, step = np.exp(theta[-1]), 1e-4
    value, by_log_mean = _rows(mean, alpha, y, hidden)
    up, down = (_rows(mean, alpha * np.exp(sign * step), y, hidden)[0] for sign in (1, -1))
    return float(value.sum()), np.column_stack([columns * by_log_mean[:, None], (up - down) / (2 * step)])


def _rows(mean: np.ndarray, alpha: float, y: np.ndarray, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row's log-likelihood and its derivative by the log mean."""
    r = 1 / alpha
    p = mean / (mean + r)
    value = special.gammaln(y + r) - special.gammaln(r) - special.gammaln(y + 1) + y * np.log(p) + r * np.log1p(-p)
    slope = (y - mean) * (1 - p)
    c, q = y[hidden], p[hidden]
    unseen = np.log(np.maximum(special.betainc(c, r, q), 1e-300))
    slope[hidden] = np.exp(c * np.log(q) + r * np.log1p(-q) - special.betaln(c, r) - unseen)
    value[hidden] = unseen
    return value, slope


def fixed_effects(x: pd.DataFrame, y: pd.Series, pair: np.ndarray, cluster: np.ndarray) -> Fit:
    """Poisson regression with a level for each pair; the covariance is that of a jackknife that leaves out clusters.

    Given a pair's total its days are shares of it, in which the level has gone; rows come pair by pair, equally many.
    """
    size, width = np.bincount(pair)[0], x.shape[1]
    columns = (x - x.mean()).to_numpy(float).reshape(-1, size, width)
    count = y.to_numpy(float).reshape(-1, size)
    total = count.sum(axis=1, keepdims=True)
    theta = np.zeros(width)
    for _ in range(25):
        weight = np.exp(columns @ theta)
        share = weight / weight.sum(axis=1, keepdims=True)
        centred = columns - (share[:, None, :] @ columns)
        score = ((count - total * share)[:, None, :] @ centred)[:, 0]
        information = centred.transpose(0, 2, 1) @ (centred * (total * share)[:, :, None])
        step = np.linalg.solve(information.sum(axis=0), score.sum(axis=0))
        theta = theta + step
        if np.abs(step).max() < 1e-8:
            break
    owner = np.unique(cluster.reshape(-1, size)[:, 0], return_inverse=True)[1]
    scores, parts = np.zeros((owner.max() + 1, width)), np.zeros((owner.max() + 1, width, width))
    np.add.at(scores, owner, score)
    np.add.at(parts, owner, information)
    # What leaving out a cluster does to the estimate, by one step of Newton's.
    moves = np.linalg.solve(parts.sum(axis=0) - parts, scores[:, :, None])[:, :, 0]
    return Fit(list(x.columns), theta, (len(moves) - 1) / len(moves) * moves.T @ moves)


def _fit(draw: Draw) -> Fit:
    return censored(_design(draw.data), draw.data["sold"], draw.data["stock_out"])


def _sales_taken_for_demand(draw: Draw) -> Fit:
    return censored(_design(draw.data), draw.data["sold"], draw.data["stock_out"] & False)


def _design(data: pd.DataFrame) -> pd.DataFrame:
    return calendar(data).join(pairs(data))


def _right(column: str) -> Callable[[Draw, int], Interval]:
    return lambda draw, _seed: _fit(draw).interval(column)


def _raw(column: str) -> Callable[[Draw, int], Interval]:
    return lambda draw, _seed: _sales_taken_for_demand(draw).interval(column)


def _exponential(of: Callable[[Draw, int], Interval]) -> Callable[[Draw, int], Interval]:
    return lambda draw, seed: Interval(*np.exp(of(draw, seed)).tolist())


def _promoted_to_others(draw: Draw, _seed: int) -> Interval:
    """The logarithm of mean sales in promotion over mean sales without."""
    groups = [draw.data.loc[draw.data["promotion"] == on, "sold"] for on in (True, False)]
    error = np.sqrt(sum(sold.var() / len(sold) / sold.mean() ** 2 for sold in groups))
    return _interval(np.log(groups[0].mean() / groups[1].mean()), error)


def _without_season(draw: Draw, _seed: int) -> Interval:
    design = _design(draw.data).drop(columns=["cos", "sin"])
    return censored(design, draw.data["sold"], draw.data["stock_out"]).interval("temperature")


def _mean_of_fit(draw: Draw, _seed: int) -> Interval:
    """The mean of all days' fitted demand, with an error by the delta method."""
    design, fit = _design(draw.data).to_numpy(float), _fit(draw)
    mean = np.exp(design @ fit.values[:-1])
    slope = mean @ design / len(mean)
    return _interval(mean.mean(), np.sqrt(slope @ fit.covariance[:-1, :-1] @ slope))


def _mean_of_sales(draw: Draw, _seed: int) -> Interval:
    return _interval(draw.data["sold"].mean(), draw.data["sold"].sem())


def _mean_expected(draw: Draw, _seed: int) -> float:
    return float(draw.truth.rows["expected"].mean())


def _price_of_many(*, promotion: bool) -> Callable[[Draw, int], Interval]:
    """The elasticity from many products whose level wanders: the days of a product share its ups and downs."""

    def method(draw: Draw, _seed: int) -> Interval:
        data = draw.data
        product = data["product_id"].to_numpy()
        pair = data.groupby(["product_id", "city"], observed=True).ngroup().to_numpy()
        columns = calendar(data) if promotion else calendar(data).drop(columns="promotion")
        fit = fixed_effects(columns, data["sold"], pair, product)
        at, freedom = fit.names.index("log_price"), len(np.unique(product)) - 1
        return _interval(fit.values[at], np.sqrt(fit.covariance[at, at]), stats.t.ppf(0.975, freedom))

    return method


_SOLD_IS_LESS = "sales on days that ended without stock are less than demand, and those are the days of high demand"
RECOVERIES = (
    Recovery(
        "elasticity_drinks",
        "demand",
        _N,
        _right("log_price"),
        _DRINKS,
        naive=_raw("log_price"),
        naive_fails=_SOLD_IS_LESS,
    ),
    Recovery(
        "elasticity_pantry",
        "demand",
        160,
        _price_of_many(promotion=True),
        {"category": "pantry", "days": 366, "service": 1.0},
        naive=_price_of_many(promotion=False),
        naive_fails="the price falls just when the product is promoted: its visibility is put down to the price",
    ),
    Recovery(
        "promotion_effect",
        "demand",
        _N,
        _right("promotion"),
        _DRINKS,
        naive=_promoted_to_others,
        naive_fails="the ratio of means holds the lower price, the rush before holidays and the stock-outs too",
    ),
    Recovery(
        "heat_drinks",
        "demand",
        _N,
        _right("temperature"),
        _DRINKS,
        naive=_without_season,
        naive_fails="Fernway is quietest in July: without a season in the model warmth is blamed for that",
    ),
    Recovery("holiday_rush", "demand", _N, _right("rush"), _DRINKS, naive=_raw("rush"), naive_fails=_SOLD_IS_LESS),
    Recovery(
        "dispersion",
        "demand",
        _N,
        _exponential(_right("log_dispersion")),
        _DRINKS,
        naive=_exponential(_raw("log_dispersion")),
        naive_fails="days on which the stock ran out look like days of strangely low demand",
    ),
    Recovery("rain_effect", "demand", _N, _right("rainy"), _DRINKS),
    Recovery("saturday_to_tuesday", "demand", _N, _exponential(_right("weekday_5")), _DRINKS),
    Recovery(
        "mean demand",
        "demand",
        _N,
        _mean_of_fit,
        _DRINKS,
        naive=_mean_of_sales,
        naive_fails=_SOLD_IS_LESS,
        truth=_mean_expected,
    ),
)
