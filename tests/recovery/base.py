"""Recoveries of the tables that the others refer to: customers, products, what is in them, prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import statsmodels.api as sm
from scipy import stats

from recovery import Interval, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from curriculum.datasets.fernway import Draw


def _slope(target: pd.Series, regressors: dict[str, pd.Series], which: str) -> Interval:
    """The coefficient of one regressor by ordinary least squares, errors robust to unequal spread."""
    import pandas as pd

    fit = sm.OLS(target, sm.add_constant(pd.DataFrame(regressors, dtype=float))).fit(cov_type="HC3")
    low, high = fit.conf_int().loc[which]
    return Interval(fit.params[which], low, high)


def _income_by_age(draw: Draw, _seed: int) -> Interval:
    decades = _decades(draw.data["age"])
    return _slope(np.log(draw.truth.rows["true_income"]), {"decades": decades}, "decades")


def _decades(age: pd.Series) -> pd.Series:
    return (age.clip(upper=50) - (age - 50).clip(lower=0) - 40) / 10


def _mean(values: pd.Series) -> Interval:
    half = stats.t.ppf(0.975, len(values) - 1) * values.std() / np.sqrt(len(values))
    return Interval(values.mean(), values.mean() - half, values.mean() + half)


def _organic_premium(draw: Draw, _seed: int) -> Interval:
    return _slope(np.log(draw.data["list_price"]), _hedonic(draw.data), "organic")


def _own_brand(draw: Draw, _seed: int) -> Interval:
    return _slope(np.log(draw.data["list_price"]), _hedonic(draw.data), "own")


def _pack(draw: Draw, _seed: int) -> Interval:
    """With the cent put back that every price is short of: it weighs more in what is small and cheap."""
    return _slope(np.log(draw.data["list_price"] + 0.01), _hedonic(draw.data), "pack")


def _hedonic(products: pd.DataFrame) -> dict[str, pd.Series]:
    categories = {f"is {name}": products["category"] == name for name in products["category"].cat.categories[1:]}
    return {
        "organic": products["organic"],
        "own": products["brand"] == "Fernway",
        "pack": np.log(products["pack_grams"] / 500),
        **categories,
    }


def _energy_factor(name: str) -> Callable[[Draw, int], Interval]:
    def textbook(draw: Draw, _seed: int) -> Interval:
        food = draw.data[draw.data["energy"] > 0]
        return _slope(food["energy"], {n: food[n] for n in ("protein", "fat", "carbohydrate", "fibre")}, name)

    return textbook


def _energy_of_fat_alone(draw: Draw, _seed: int) -> Interval:
    food = draw.data[draw.data["energy"] > 0]
    return _slope(food["energy"], {"fat": food["fat"]}, "fat")


def _cut(draw: Draw, _seed: int) -> Interval:
    """How far the first price of a promotion lies below the price before it."""
    history = draw.data
    before = history.groupby("product_id")["price"].shift()
    begins = (history["reason"] == "promotion") & ~draw.truth.rows["promoted"].shift(fill_value=True)
    return _mean((1 - history["price"] / before)[begins & before.notna()])


RECOVERIES = (
    Recovery("income_by_age", "customers", 2_000, _income_by_age),
    Recovery("organic_premium", "products", 1_000, _organic_premium),
    Recovery("own_brand_discount", "products", 1_000, _own_brand),
    Recovery("pack_elasticity", "products", 1_000, _pack),
    Recovery("energy_of_protein", "nutrition", 400, _energy_factor("protein")),
    Recovery(
        "energy_of_fat",
        "nutrition",
        400,
        _energy_factor("fat"),
        naive=_energy_of_fat_alone,
        naive_fails="what is fat is also rich in carbohydrate or protein: their energy is put down to the fat",
    ),
    Recovery("cut", "prices", 400, _cut),
)
