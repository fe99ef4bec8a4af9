"""Demand and stock: what flows in and out, what runs out when, and what moves what."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, mean_poisson_deviance

from curriculum import datasets
from curriculum.errors import ScenarioError

CITIES = ["Alderquay", "Brackwater", "Cindermoor", "Dunmere"]
DAYS = 731


@pytest.fixture(scope="module")
def draw():
    return datasets.simulate("demand", n=48, seed=3)


def expected(**options) -> pd.Series:
    return datasets.simulate("demand", n=16, seed=3, **{"days": 400, **options}).truth.rows["expected"]


class TestRows:
    def test_each_pair_has_a_row_for_each_day(self, draw):
        data = draw.data
        assert len(data) == 48 * DAYS
        pairs = data[["product_id", "city"]].iloc[::DAYS]
        assert pairs["product_id"].tolist() == [product for product in range(1, 13) for _ in range(4)]
        assert pairs["city"].tolist() == CITIES * 12
        assert not data.duplicated(["product_id", "city", "date"]).any()
        dates = pd.date_range("2024-01-01", periods=DAYS)
        assert (data["date"].to_numpy().reshape(48, DAYS) == dates.to_numpy()).all()

    def test_stock_flows(self, draw):
        data, demand = draw.data, draw.truth.rows["demand"]
        supply = data["stock_at_open"] + data["delivered"]
        assert (data["sold"] == np.minimum(demand, supply)).all()
        assert (data["stock_out"] == (data["sold"] == supply)).all()
        left = (supply - data["sold"]).to_numpy().reshape(48, DAYS)
        assert (data["stock_at_open"].to_numpy().reshape(48, DAYS)[:, 1:] == left[:, :-1]).all()
        assert (data["delivered"] % 6 == 0).all()
        assert (data["sold"] >= 0).all()

    def test_prices_are_those_of_the_price_history(self, draw):
        history = datasets.simulate("prices", n=12, seed=3).data
        history["date"] = history["valid_from"].dt.tz_convert("Europe/Brussels").dt.tz_localize(None)
        known = pd.merge_asof(
            draw.data.sort_values("date"),
            history.sort_values("date")[["date", "product_id", "price"]],
            on="date",
            by="product_id",
            suffixes=("", "_then"),
        )
        assert (known["price"] == known["price_then"]).all()
        begins = history[history["reason"] == "promotion"].merge(draw.data, on=["product_id", "date"])
        assert begins["promotion"].all()
        assert draw.data["promotion"].mean() == pytest.approx(0.055, abs=0.02)

    def test_one_sky_and_one_calendar_for_all(self, draw):
        data = draw.data
        assert (data.groupby(["date", "city"], observed=True)[["temperature", "rain"]].nunique() == 1).all(axis=None)
        named = data[["date", "holiday"]].drop_duplicates().dropna().sort_values("date")
        assert named["date"].dt.strftime("%m-%d").tolist()[:5] == ["01-01", "04-01", "05-01", "07-21", "12-25"]
        assert named["holiday"].tolist()[:5] == list(data["holiday"].cat.categories)
        assert len(named) == 10


class TestPlausible:
    def test_stock_runs_out_when_more_is_wanted(self, draw):
        data, truth = draw
        out = data["stock_out"]
        assert 0.03 < out.mean() < 0.08
        assert out[data["promotion"]].mean() > 3 * out[~data["promotion"]].mean()
        assert truth.rows["demand"][out].mean() > 1.1 * truth.rows["expected"][out].mean()
        assert truth.rows["demand"][~out].mean() < truth.rows["demand"].mean() < 200

    def test_people_buy_for_the_weekend_and_for_christmas(self, draw):
        data = draw.data
        by_day = data.groupby(data["date"].dt.day_of_week)["sold"].mean()
        assert by_day.idxmax() == 5
        assert by_day.idxmin() in {1, 2}  # 0.86 and 0.88 of an average day
        assert by_day[5] / by_day[1] == pytest.approx(1.44, abs=0.1)
        december = data["date"].between("2024-12-16", "2024-12-24")
        assert data.loc[december, "sold"].mean() > 1.4 * data["sold"].mean()
        assert data.loc[data["holiday"] == "Christmas", "sold"].mean() < 0.9 * data["sold"].mean()

    def test_expected_demand_is_what_demand_scatters_around(self, draw):
        demand, mean = draw.truth.rows["demand"], draw.truth.rows["expected"]
        assert demand.sum() == pytest.approx(mean.sum(), rel=0.01)
        assert (((demand - mean) ** 2 - mean) / mean**2).mean() == pytest.approx(0.06, abs=0.015)

    def test_drinks_are_for_warm_days(self):
        mean = {heat: self.drinks(heat) for heat in (0.0, 0.03)}
        assert mean[0.03] > 1.3 * mean[0.0]

    @staticmethod
    def drinks(heat: float) -> float:
        """Sales on warm days over sales on cold ones."""
        data = datasets.simulate("demand", n=8, seed=3, category="drinks", heat=heat).data
        warm, cold = data["temperature"] > 16, data["temperature"] < 5
        return data.loc[warm, "sold"].mean() / data.loc[cold, "sold"].mean()

    def test_last_week_is_a_forecast_that_can_be_beaten(self, draw):
        data, truth = draw
        last_week = data.groupby(["product_id", "city"], observed=True)["sold"].shift(7)
        known = last_week.notna()
        error = {
            "last week": (data["sold"] - last_week)[known].abs().mean(),
            "the best": (data["sold"] - truth.rows["expected"])[known].abs().mean(),
            "no idea": (data["sold"] - data["sold"].median())[known].abs().mean(),
        }
        assert 1.2 * error["the best"] < error["last week"] < 0.95 * error["no idea"]


class TestOptions:
    @pytest.mark.parametrize(
        ("option", "value", "where"),
        [
            ("promotion_effect", 0.25, lambda data: data["promotion"]),
            ("rain_effect", 0.06, lambda data: data["rain"] >= 1),
        ],
    )
    def test_an_effect_moves_what_it_says(self, option, value, where):
        data = datasets.simulate("demand", n=16, seed=3, days=400).data
        change = np.log(expected() / expected(**{option: 0.0}))
        assert np.allclose(change, np.where(where(data), value, 0.0), atol=1e-5)

    def test_demand_answers_the_price(self):
        data = datasets.simulate("demand", n=16, seed=3, days=400).data
        products = datasets.simulate("products", n=4, seed=3).data
        told = data.merge(products, on="product_id")
        effects = datasets.simulate("demand", n=1, seed=3, days=1).truth.effects
        elasticity = told["category"].astype(str).map(lambda category: effects[f"elasticity_{category}"])
        change = np.log(expected() / expected(elasticity=0.0))
        assert np.allclose(change, elasticity * np.log(told["price"] / told["list_price"]), atol=1e-5)

    def test_the_rush_is_in_the_seven_days_before_a_holiday(self):
        data = datasets.simulate("demand", n=1, seed=3, days=7, start="2024-12-25").data
        rush = np.log(
            datasets.simulate("demand", n=1, seed=3, days=7, start="2024-12-25").truth.rows["expected"]
            / datasets.simulate("demand", n=1, seed=3, days=7, start="2024-12-25", holiday_rush=0.0).truth.rows[
                "expected"
            ]
        )
        assert data["holiday"].notna().tolist() == [True] + [False] * 6
        assert np.allclose(rush, [0.0] + [0.3] * 6, atol=1e-5)

    def test_service_decides_how_often_nothing_is_left(self):
        shares = [
            datasets.simulate("demand", n=12, seed=3, days=400, service=service).data["stock_out"].mean()
            for service in (0.5, 0.8, 0.93, 0.99)
        ]
        assert shares == sorted(shares, reverse=True)
        data, truth = datasets.simulate("demand", n=12, seed=3, days=400, service=1.0)
        assert not data["stock_out"].any()
        assert (data["sold"] == truth.rows["demand"]).all()
        # What is in stock in the morning does not tell what will be sold.
        assert (data["stock_at_open"] + data["delivered"] > data["sold"] + 6).mean() > 0.999

    def test_stock_changes_neither_demand_nor_what_is_expected(self, draw):
        assert_frame_equal(datasets.simulate("demand", n=48, seed=3, service=0.6).truth.rows, draw.truth.rows)

    def test_no_dispersion_is_poisson(self):
        demand, mean = (
            datasets.simulate("demand", n=16, seed=3, dispersion=0.0).truth.rows[name]
            for name in ("demand", "expected")
        )
        assert ((demand - mean) ** 2 / mean).mean() == pytest.approx(1.0, abs=0.05)

    def test_without_wander_pairs_differ_by_a_factor_when_nothing_else_does(self):
        options = {"wander": 0.0, "elasticity": 0.0, "promotion_effect": 0.0, "heat": 0.0}
        mean = expected(**options).to_numpy().reshape(16, 400)
        assert np.allclose(mean / mean[0], (mean / mean[0])[:, :1], rtol=1e-5)
        wandering = expected(**{**options, "wander": 0.12}).to_numpy().reshape(16, 400)
        assert np.log(wandering / mean).std() == pytest.approx(0.12, abs=0.05)

    def test_one_category_alone(self):
        draw = datasets.simulate("demand", n=8, seed=3, days=30, category="fish")
        products = datasets.simulate("products", n=400, seed=3).data
        fish = products.loc[products["category"] == "fish", "product_id"].tolist()
        assert draw.data["product_id"].drop_duplicates().tolist() == fish[:2]
        all_ = datasets.simulate("demand", n=4 * fish[1], seed=3, days=30).data
        prices = all_[all_["product_id"].isin(fish[:2])]["price"].tolist()
        assert draw.data["price"].tolist() == prices

    def test_a_category_that_is_not_sold(self):
        with pytest.raises(ScenarioError, match=r"^category must be empty or one of fruit, .* not 'toys'"):
            datasets.simulate("demand", 4, 3, category="toys")

    def test_effects_follow_the_options(self):
        effects = datasets.simulate("demand", n=1, seed=3, days=1, elasticity=-3.0, heat=0.0).truth.effects
        assert effects["elasticity_meat"] == -3.0
        assert effects["elasticity_drinks"] == pytest.approx(-3.9)
        assert effects["heat_drinks"] == 0.0


class TestPieces:
    def test_a_few_pairs_are_the_first_of_many(self, draw):
        few = datasets.simulate("demand", n=5, seed=3)
        assert_frame_equal(few.data, draw.data.head(5 * DAYS))
        assert_frame_equal(few.truth.rows, draw.truth.rows.head(5 * DAYS))

    def test_a_fresh_month_of_the_same_business(self, draw):
        month = datasets.simulate("demand", n=48, seed=3, start="2026-01-01", days=31)
        assert month.data["date"].min() == pd.Timestamp("2026-01-01")
        before, after = (
            rows.groupby([data["product_id"], data["city"]], observed=True)["expected"].mean()
            for data, rows in ((draw.data, draw.truth.rows), (month.data, month.truth.rows))
        )
        assert np.corrcoef(np.log(before), np.log(after))[0, 1] > 0.95

    @pytest.mark.parametrize("days", [1, 2, 7])
    def test_short_periods(self, days):
        data, truth = datasets.simulate("demand", n=3, seed=3, days=days)
        assert len(data) == len(truth.rows) == 3 * days

    def test_no_such_start(self):
        with pytest.raises(ScenarioError, match="start must be a date"):
            datasets.simulate("demand", 4, 3, start="1999-01-01")


@pytest.fixture(scope="module")
def mornings(draw):
    """What is known when a day begins, the law of its demand, and which days are kept for the judgement."""
    data, mean = draw.data, draw.truth.rows["expected"]
    by_pair = data.groupby(["product_id", "city"], observed=True)
    known = pd.DataFrame(
        {
            "pair": by_pair.ngroup(),
            "weekday": data["date"].dt.day_of_week,
            "day": data["date"].dt.day_of_year,
            "holiday": data["holiday"].cat.codes,
            "last_week": by_pair["sold"].shift(7),
            "month": by_pair["sold"].transform(lambda sold: sold.shift(1).rolling(28, min_periods=1).mean()),
            "supply": data["stock_at_open"] + data["delivered"],
            **{name: data[name] for name in ("price", "promotion", "temperature", "rain", "stock_at_open")},
        }
    )
    known["cover"] = known["supply"] / (known["month"] + 1)
    law = stats.nbinom(1 / 0.06, 1 / (1 + 0.06 * mean))
    late = data["date"] >= "2025-09-01"
    return known, law, late


class TestNothingGivesItAway:
    """A model of what is known in the morning does no better than somebody who knows the true mean."""

    def test_running_out(self, draw, mornings):
        known, law, late = mornings
        target, best = draw.data["stock_out"], law.sf(known["supply"] - 1)
        model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(known[~late], target[~late])
        assert log_loss(target[late], best[late]) < log_loss(target[late], model.predict_proba(known[late])[:, 1])

    def test_sales(self, draw, mornings):
        known, _, late = mornings
        model = HistGradientBoostingRegressor(loss="poisson", max_iter=60, random_state=0)
        model.fit(known[~late], draw.data["sold"][~late])
        best = self.mean_sales(draw.truth.rows["expected"][late].to_numpy(), known["supply"][late].to_numpy())
        enough = (known["supply"][late] > 0).to_numpy()
        score = [
            mean_poisson_deviance(draw.data["sold"][late][enough], forecast[enough])
            for forecast in (best, model.predict(known[late]))
        ]
        assert score[0] < score[1]

    @staticmethod
    def mean_sales(mean: np.ndarray, supply: np.ndarray) -> np.ndarray:
        """The mean of the smaller one of demand and supply."""
        r = 1 / 0.06
        counts = np.arange(1, supply.max() + 1)
        return np.array(
            [stats.nbinom.sf(counts[:s] - 1, r, 1 / (1 + 0.06 * m)).sum() for m, s in zip(mean, supply, strict=True)]
        )
