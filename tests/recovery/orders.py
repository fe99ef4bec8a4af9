"""Orders and their lines: carriers, coupons, growth, stopping, promotions and returns."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm
from pandas.tseries.offsets import Easter
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import proportion_confint

from curriculum import datasets
from recovery import Interval, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.datasets.fernway import Draw

ZONE = "Europe/Brussels"
_PRODUCTS, _WEEKS = 40, 52
_FEW_PRODUCTS = {"products": _PRODUCTS, "days": 7 * _WEEKS}
_REGULARS = {"customers": 80}


def _interval(estimate: float, error: float) -> Interval:
    return Interval(float(estimate), float(estimate - 1.959964 * error), float(estimate + 1.959964 * error))


def _of(fit, name: str) -> Interval:
    low, high = fit.conf_int().loc[name]
    return Interval(float(fit.params[name]), float(low), float(high))


def _delivered(data: pd.DataFrame) -> pd.DataFrame:
    return data[data["status"] == "delivered"].astype({"late": bool})


def _table(data: pd.DataFrame) -> np.ndarray:
    """Carriers (Tarn first) by late and in time."""
    return pd.crosstab(data["carrier"], data["late"]).reindex(["Tarn", "Velomar"], columns=[True, False]).to_numpy()


def _mantel_haenszel(draw: Draw, _seed: int) -> Interval:
    data = _delivered(draw.data)
    tables = StratifiedTable([_table(data[data["area"] == area]) for area in ("urban", "rural")])
    return Interval(float(tables.logodds_pooled), *map(float, tables.logodds_pooled_confint()))


def _crude(draw: Draw, _seed: int) -> Interval:
    table = sm.stats.Table2x2(_table(_delivered(draw.data)))
    return Interval(float(table.log_oddsratio), *map(float, table.log_oddsratio_confint()))


def _risk_difference(area: str) -> Callable[[Draw, int], Interval]:
    def textbook(draw: Draw, _seed: int) -> Interval:
        data = _delivered(draw.data)
        return _difference(data[data["area"] == area])

    return textbook


def _difference(data: pd.DataFrame) -> Interval:
    late = [data.loc[data["carrier"] == carrier, "late"] for carrier in ("Tarn", "Velomar")]
    error = np.sqrt(sum(each.mean() * (1 - each.mean()) / len(each) for each in late))
    return _interval(late[0].mean() - late[1].mean(), error)


def _crude_difference(draw: Draw, _seed: int) -> Interval:
    return _difference(_delivered(draw.data))


def _area(draw: Draw, _seed: int) -> Interval:
    data = _delivered(draw.data)
    regressors = {"area": data["area"] == "rural", "tarn": data["carrier"] == "Tarn"}
    return _of(sm.Logit(data["late"], sm.add_constant(pd.DataFrame(regressors, dtype=float))).fit(disp=False), "area")


def _items(which: str, *, adjusted: bool = True) -> Callable[[Draw, int], Interval]:
    """A coefficient of a Poisson regression of the units ordered; errors robust to customers who order often."""

    def method(draw: Draw, seed: int) -> Interval:
        customers = datasets.simulate("customers", draw.data["customer_id"].max(), seed).data
        data = draw.data.merge(customers[["customer_id", "tier"]], on="customer_id", validate="m:1")
        regressors = {"coupon": data["coupon"]}
        if adjusted:
            regressors |= {tier: data["tier"] == tier for tier in ("silver", "gold")}
        columns = sm.add_constant(pd.DataFrame(regressors, dtype=float))
        model = sm.GLM(data["items"], columns, family=sm.families.Poisson())
        return _of(model.fit(cov_type="cluster", cov_kwds={"groups": data["customer_id"]}), which)

    return method


def _daily(draw: Draw) -> pd.Series:
    local = draw.data["ordered_at"].dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    days = pd.date_range(local.min(), local.max(), unit="us")
    return local.value_counts().reindex(days, fill_value=0)


def _calendar(days: pd.DatetimeIndex) -> pd.DataFrame:
    """The columns that a planner makes of the date."""
    easter = [pd.Timestamp(year, 1, 1) + Easter() for year in sorted(set(days.year))]
    eves = [day - pd.Timedelta(days=back) for day in easter for back in (1, 2, 3)]
    closed = [(1, 1), (5, 1), (7, 21), (12, 25)]
    holiday = [(day.month, day.day) in closed for day in days]
    angle = 2 * np.pi * days.day_of_year / 365.25
    columns = {
        "growth": (days - days[0]).days / 365.25,
        "cos": np.cos(angle),
        "sin": np.sin(angle),
        "holiday": holiday | days.isin([day + pd.Timedelta(days=1) for day in easter]),
        "christmas": (days.month == 12) & (days.day >= 16) & (days.day <= 24),
        "easter": days.isin(eves),
    }
    weekdays = {f"weekday {day}": days.day_of_week == day for day in (0, 2, 3, 4, 5, 6)}
    return sm.add_constant(pd.DataFrame(columns | weekdays, index=days, dtype=float))


def _by_day(which: str) -> Callable[[Draw, int], Interval]:
    def textbook(draw: Draw, _seed: int) -> Interval:
        counts = _daily(draw)
        return _of(sm.GLM(counts, _calendar(counts.index), family=sm.families.Poisson()).fit(), which)

    return textbook


def _saturday(draw: Draw, seed: int) -> Interval:
    """Exponentials of the coefficient of Saturday; the weekday left out is Tuesday."""
    return Interval(*np.exp(_by_day("weekday 5")(draw, seed)).tolist())


def _months(draw: Draw, seed: int, *, regulars: bool) -> np.ndarray:
    """Whether each customer ordered (rows) in each month (columns); regulars are those of a tier.

    Also those who never ordered: whoever leaves them out takes those who stay away for fewer than they are.
    """
    local = draw.data["ordered_at"].dt.tz_convert(ZONE)
    months = (local.dt.year - 2024) * 12 + local.dt.month - 1
    customers = datasets.simulate("customers", _REGULARS["customers"], seed).data.set_index("customer_id")
    counts = pd.crosstab(draw.data["customer_id"], months).reindex(customers.index, columns=range(24), fill_value=0)
    return (counts[customers["tier"] > "none"] if regulars else counts).to_numpy() > 0


def _switch(*, to: bool) -> Callable[[Draw, int], Interval]:
    """The share of a regular's months with (or without) orders that are followed by one without (with)."""

    def textbook(draw: Draw, seed: int) -> Interval:
        return _share(_months(draw, seed, regulars=True), to=to)

    return textbook


def _share(active: np.ndarray, *, to: bool) -> Interval:
    before, after = active[:, :-1], active[:, 1:]
    cases = before != to
    hits, n = int((cases & (after == to)).sum()), int(cases.sum())
    return Interval(hits / n, *proportion_confint(hits, n, method="wilson"))


def _quiet_month(draw: Draw, seed: int) -> Interval:
    return _share(_months(draw, seed, regulars=False), to=False)


@lru_cache(maxsize=2)
def _heads(n: int, seed: int, days: int = 731, products: int = 400) -> pd.DataFrame:
    return datasets.simulate("orders", n, seed, days=days, products=products).data


def _product_weeks(draw: Draw, seed: int) -> pd.DataFrame:
    """Units of each product in each week, and whether it was on promotion: that lasts from Monday to Sunday."""
    heads = _heads(int(draw.data["order_id"].max()), seed, **_FEW_PRODUCTS)
    lines = draw.data.merge(heads[["order_id", "ordered_at"]], on="order_id", validate="m:1")
    local = lines["ordered_at"].dt.tz_convert(ZONE).dt.tz_localize(None)
    lines["week"] = (local - pd.Timestamp("2024-01-01")).dt.days // 7
    index = pd.MultiIndex.from_product([range(1, _PRODUCTS + 1), range(_WEEKS)], names=["product_id", "week"])
    units = lines.groupby(["product_id", "week"])["quantity"].sum().reindex(index, fill_value=0)
    return units.rename("units").reset_index().assign(promotion=_promoted(seed).ravel())


def _promoted(seed: int) -> np.ndarray:
    """From the price history: the products (rows) on promotion in each week (columns).

    A new list price within a promotion does not end it.
    """
    history = datasets.simulate("prices", _PRODUCTS, seed, days=7 * _WEEKS).data.query("reason != 'change'")
    dates = pd.date_range("2024-01-01", periods=7 * _WEEKS, unit="us").tz_localize(ZONE).tz_convert("UTC")[3::7]
    grid = pd.DataFrame(
        {"valid_from": dates.repeat(_PRODUCTS), "product_id": np.tile(np.arange(1, _PRODUCTS + 1), _WEEKS)}
    )
    asof = pd.merge_asof(grid, history.sort_values("valid_from"), on="valid_from", by="product_id")
    return (asof["reason"] == "promotion").to_numpy(float).reshape(_WEEKS, _PRODUCTS).T


def _lift(draw: Draw, seed: int) -> Interval:
    """Poisson regression of units with an effect of each product and week and a wave of each category."""
    weeks = _product_weeks(draw, seed)
    category = datasets.simulate("products", _PRODUCTS, seed).data["category"].iloc[weeks["product_id"] - 1]
    angle = 2 * np.pi * (weeks["week"] * 7 + 4) / 365.25
    kinds = pd.get_dummies(category.cat.remove_unused_categories().reset_index(drop=True), dtype=float).iloc[:, 1:]
    columns = pd.concat(
        [
            weeks[["promotion"]],
            pd.get_dummies(weeks["product_id"], prefix="product", dtype=float),
            pd.get_dummies(weeks["week"], prefix="week", dtype=float).iloc[:, 1:],
            kinds.mul(np.cos(angle), axis=0).add_suffix(" cos"),
            kinds.mul(np.sin(angle), axis=0).add_suffix(" sin"),
        ],
        axis=1,
    )
    fit = sm.GLM(weeks["units"], columns, family=sm.families.Poisson()).fit(scale="X2")
    return _of(fit, "promotion")


def _lift_over_products(draw: Draw, seed: int) -> Interval:
    """Compares product-weeks with promotion to all others, whatever the product."""
    weeks = _product_weeks(draw, seed)
    columns = sm.add_constant(weeks[["promotion"]])
    return _of(sm.GLM(weeks["units"], columns, family=sm.families.Poisson()).fit(), "promotion")


def _returns(which: str) -> Callable[[Draw, int], Interval]:
    """A coefficient of a logistic regression of returns on promotion and category; pantry is left out."""

    def textbook(draw: Draw, seed: int) -> Interval:
        # Lines with equal regressors are one binomial count: the same fit, quicker.
        lines = draw.data.dropna(subset=["returned"])
        category = datasets.simulate("products", 400, seed).data["category"].array[lines["product_id"] - 1]
        cells = lines.groupby([category, lines["promotion"].to_numpy()], observed=True)["returned"].agg(["sum", "size"])
        kind, promotion = (cells.index.get_level_values(level) for level in (0, 1))
        kinds = {name: kind == name for name in kind.categories if name != "pantry"}
        columns = sm.add_constant(pd.DataFrame({"promotion": promotion, **kinds}, index=cells.index, dtype=float))
        counts = np.column_stack([cells["sum"], cells["size"] - cells["sum"]]).astype(float)
        return _of(sm.GLM(counts, columns, family=sm.families.Binomial()).fit(), which)

    return textbook


RECOVERIES = (
    Recovery(
        "carrier_late",
        "orders",
        6_000,
        _mantel_haenszel,
        naive=_crude,
        naive_fails="Tarn drives most rural orders, which are late more often whoever drives: the sign is wrong",
    ),
    Recovery(
        "carrier_urban",
        "orders",
        6_000,
        _risk_difference("urban"),
        naive=_crude_difference,
        naive_fails="the difference over all orders is that of the areas: the sign is wrong",
    ),
    Recovery("carrier_rural", "orders", 6_000, _risk_difference("rural")),
    Recovery("area_late", "orders", 6_000, _area),
    Recovery(
        "coupon_effect",
        "orders",
        6_000,
        _items("coupon"),
        naive=_items("coupon", adjusted=False),
        naive_fails="coupons go to silver and gold customers, who order more with and without them",
    ),
    Recovery("gold_items", "orders", 6_000, _items("gold")),
    Recovery("growth", "orders", 20_000, _by_day("growth")),
    Recovery("saturday_to_tuesday", "orders", 10_000, _saturday),
    Recovery(
        "lapse",
        "orders",
        10_000,
        _switch(to=False),
        options=_REGULARS,
        naive=_quiet_month,
        naive_fails="a month without an order is not a customer who stopped: many order less than once a month",
    ),
    Recovery("comeback", "orders", 10_000, _switch(to=True), options=_REGULARS),
    Recovery(
        "promotion_lift",
        "order_lines",
        6_000,
        _lift,
        options=_FEW_PRODUCTS,
        naive=_lift_over_products,
        naive_fails="it compares products of unlike popularity, and weeks before holidays with the others",
    ),
    Recovery("return_promotion", "order_lines", 8_000, _returns("promotion")),
    Recovery("return_fish", "order_lines", 8_000, _returns("fish")),
)
