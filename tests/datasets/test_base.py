"""The tables that the others refer to: customers, products, what is in them, and the history of prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from pandas.testing import assert_frame_equal
from scipy.special import expit, logit

from curriculum import datasets
from curriculum.errors import ScenarioError

ZONE = "Europe/Brussels"
SEED = 5
# What may differ by chance: less than this many standard errors.
CHANCE = 4
# The public holidays of the two years.
HOLIDAYS = pd.DatetimeIndex(
    [f"{year}-{day}" for year in (2024, 2025) for day in ("01-01", "05-01", "07-21", "12-25")]
    + ["2024-04-01", "2025-04-21", "2026-01-01"]
)


def customers(n=5_000, **options):
    return datasets.simulate("customers", n, SEED, **options)


def products(n=1_000, **options):
    return datasets.simulate("products", n, SEED, **options)


def nutrition(n=1_000, **options):
    return datasets.simulate("nutrition", n, SEED, **options)


def prices(n=400, **options):
    return datasets.simulate("prices", n, SEED, **options)


def is_noise(values, expected, spread=None):
    """Whether the mean of values lies where it is expected, but for chance."""
    values = np.asarray(values, dtype=float)
    spread = values.std() if spread is None else spread
    return abs(np.mean(values - expected)) <= CHANCE * spread / np.sqrt(len(values))


def happens(outcome, probability):
    """Whether an outcome is as frequent as its probabilities say, but for chance."""
    probability = np.broadcast_to(probability, len(outcome))
    return is_noise(outcome, probability, np.sqrt((probability * (1 - probability)).mean()))


def decades(age):
    return (age.clip(upper=50) - (age - 50).clip(lower=0) - 40) / 10


class TestCustomers:
    def test_who_they_are(self):
        data = customers().data
        assert data["age"].between(18, 92).all()
        assert 42 <= data["age"].median() <= 46
        assert data["household"].between(1, 8).all()
        assert data["signed_up"].between("2021-01-01", "2023-12-31").all()
        for column, shares in [
            ("city", (0.38, 0.27, 0.14, 0.21)),
            ("area", (0.72, 0.28)),
            ("channel", (0.46, 0.24, 0.19, 0.11)),
        ]:
            for value, share in zip(data[column].cat.categories, shares, strict=True):
                assert happens(data[column] == value, share), value

    def test_more_and_more_sign_up(self):
        years = customers().data["signed_up"].dt.year
        for year, share in [(2021, 1 / 9), (2022, 3 / 9), (2023, 5 / 9)]:
            assert happens(years == year, share)

    def test_who_was_asked_later_is_no_other(self):
        data, rows = customers().data, customers().truth.rows
        for values in (data["age"], data["signed_up"].dt.day_of_year, rows["engagement"], rows["true_income"]):
            assert abs(np.corrcoef(data["customer_id"], values)[0, 1]) < CHANCE / np.sqrt(len(data))

    def test_what_is_told_is_true(self):
        data, truth = customers()
        told = data["income"].notna()
        assert (data["income"][told] == truth.rows["true_income"][told]).all()
        assert (data["income"].dropna() % 100 == 0).all()

    def test_the_richer_are_silent_more_often(self):
        data, truth = customers(20_000)
        silent = data["income"].isna()
        quarter = pd.qcut(truth.rows["true_income"], 4, labels=False)
        assert silent.groupby(quarter).mean().is_monotonic_increasing
        assert silent[quarter == 3].mean() > 2 * silent[quarter == 0].mean()
        assert data["income"].mean() < truth.rows["true_income"].mean() - 1_000
        assert happens(silent, expit(logit(0.18) + 1.2 * np.log(truth.rows["true_income"] / 34_000)))

    def test_it_is_the_income_that_silences_and_not_the_age(self):
        data, truth = customers(20_000)
        columns = {"z": np.log(truth.rows["true_income"] / 34_000), "age": data["age"] - 40}
        fit = sm.Logit(data["income"].isna(), sm.add_constant(pd.DataFrame(columns, dtype=float))).fit(disp=False)
        for name, planted in [("const", logit(0.18)), ("z", 1.2), ("age", 0.0)]:
            assert abs(fit.params[name] - planted) < CHANCE * fit.bse[name], name

    @pytest.mark.parametrize("share", [0.05, 0.6])
    def test_as_many_are_silent_as_the_option_says(self, share):
        data, truth = customers(hidden_income=share)
        near = truth.rows["true_income"].between(31_000, 37_000)
        assert happens(data["income"].isna()[near], share)

    def test_everybody_tells(self):
        data, truth = customers(hidden_income=0.0)
        assert (data["income"] == truth.rows["true_income"]).all()

    @pytest.mark.parametrize("slope", [-0.3, 0.0, 0.22])
    def test_income_rises_with_age_as_the_option_says(self, slope):
        data, truth = customers(income_by_age=slope)
        columns = sm.add_constant(decades(data["age"].astype(float)))
        fit = sm.OLS(np.log(truth.rows["true_income"]), columns).fit()
        assert abs(fit.params["age"] - slope) < CHANCE * fit.bse["age"]
        assert np.sqrt(fit.scale) == pytest.approx(0.45, abs=CHANCE * 0.45 / np.sqrt(2 * len(data)))

    def test_an_option_of_the_income_leaves_the_rest_as_it_was(self):
        usual, other = customers(500).data, customers(500, income_by_age=-0.5, hidden_income=0.9).data
        assert_frame_equal(usual.drop(columns="income"), other.drop(columns="income"))

    def test_the_tier_is_a_step_of_the_engagement(self):
        data, truth = customers()
        assert data["tier"].cat.ordered
        ranges = truth.rows["engagement"].groupby(data["tier"], observed=True).agg(["min", "max"])
        assert ranges["max"]["none"] <= 0.4 <= ranges["min"]["silver"]
        assert ranges["max"]["silver"] <= 1.3 <= ranges["min"]["gold"]

    def test_the_engaged_read_the_newsletter(self):
        data, truth = customers()
        assert happens(data["newsletter"], expit(0.2 + 0.6 * truth.rows["engagement"]))
        rate = data["newsletter"].groupby(data["tier"], observed=True).mean()
        assert rate.is_monotonic_increasing

    def test_no_column_tells_the_appetite(self):
        data, truth = customers()
        data = data.assign(engagement=truth.rows["engagement"], income=truth.rows["true_income"])
        for column in ("customer_id", "age", "household", "newsletter", "engagement", "income"):
            correlation = np.corrcoef(data[column].astype(float), truth.rows["appetite"])[0, 1]
            assert abs(correlation) < CHANCE / np.sqrt(len(data)), column


class TestProducts:
    def test_fewer_products_are_the_first_of_more(self):
        few, many = products(10), products(1_000)
        assert_frame_equal(few.data, many.data.head(10))
        assert_frame_equal(few.truth.rows, many.truth.rows.head(10))

    def test_prices_and_costs(self):
        data = products().data
        assert ((data["list_price"] * 100).round() % 10 == 9).all()
        assert (data["cost"] > 0).all()
        margin = 1 - data["cost"] / data["list_price"]
        assert margin.between(0.02, 0.75).all()
        assert 0.27 < margin.median() < 0.31

    def test_only_household_goods_keep_for_ever(self):
        data = products().data
        assert (data["shelf_days"].isna() == (data["category"] == "household")).all()
        assert (data["shelf_days"].dropna() >= 1).all()
        keeps = data.groupby("category", observed=True)["shelf_days"].median()
        assert keeps["fish"] < keeps["dairy"] < keeps["snacks"] < keeps["pantry"]

    def test_a_label_says_brand_and_organic(self):
        data = products().data
        assert all(name.startswith(f"{brand} ") for name, brand in zip(data["name"], data["brand"], strict=True))
        assert (data["name"].str.contains(" Organic ") == data["organic"]).all()
        assert data["name"].duplicated().any()

    @pytest.mark.parametrize("premium", [0.18, 0.6])
    def test_organic_costs_what_the_option_says(self, premium):
        plain, dear = products(organic_premium=0.0).data, products(organic_premium=premium).data
        organic = plain["organic"]
        assert_frame_equal(plain[~organic], dear[~organic])
        assert_frame_equal(plain.drop(columns=["list_price", "cost"]), dear.drop(columns=["list_price", "cost"]))
        # Prices are rounded to 10 cents.
        expected = (plain["list_price"] + 0.01) * np.exp(premium) - 0.01
        settled = organic & (plain["list_price"] > 0.29)
        assert ((dear["list_price"] - expected)[settled].abs() <= 0.05 * (1 + np.exp(premium)) + 1e-9).all()

    def test_prices_follow_pack_brand_and_organic(self):
        data = products(3_000).data
        columns = {
            "organic": data["organic"],
            "own": data["brand"] == "Fernway",
            "pack": np.log(data["pack_grams"] / 500),
            **{name: data["category"] == name for name in data["category"].cat.categories[1:]},
        }
        # The cheapest products' prices are too coarse for logarithms: 10 cents up or down.
        columns = sm.add_constant(pd.DataFrame(columns, dtype=float))
        fit = sm.OLS(np.log(data["list_price"] + 0.01), columns).fit()
        for name, planted in [("organic", 0.18), ("own", -0.12), ("pack", 0.6)]:
            assert abs(fit.params[name] - planted) < CHANCE * fit.bse[name], name

    def test_nothing_that_is_seen_tells_what_is_popular(self):
        data, truth = products()
        for column in ("product_id", "list_price", "cost", "pack_grams", "organic"):
            correlation = np.corrcoef(data[column].astype(float), truth.rows["popularity"])[0, 1]
            assert abs(correlation) < CHANCE / np.sqrt(len(data)), column


AMOUNTS = ["protein", "fat", "carbohydrate", "fibre", "salt"]
VECTOR = ["energy", *AMOUNTS, "sugar"]
FACTORS = {"protein": 17, "fat": 37, "carbohydrate": 17, "fibre": 8}


class TestNutrition:
    def test_fewer_products_are_the_first_of_more(self):
        assert_frame_equal(nutrition(10).data, nutrition(1_000).data.head(10))

    def test_a_hundred_grams_hold_no_more(self):
        data = nutrition(5_000).data
        assert (data[VECTOR] >= 0).all(axis=None)
        total = data[AMOUNTS].sum(axis=1)
        assert 96 < total.max() < 98
        assert (data["sugar"] <= data["carbohydrate"]).all()

    def test_household_goods_hold_nothing_and_food_something(self):
        data = nutrition().data
        household = (products().data["category"] == "household").to_numpy()
        assert (data.loc[household, VECTOR] == 0).all(axis=None)
        assert (data.loc[~household, "energy"] > 0).all()
        assert household.any()

    def test_categories_are_what_one_expects(self):
        means = nutrition().data.groupby(products().data["category"], observed=True)[VECTOR].mean()
        assert means["fat"].idxmax() == "snacks"
        assert means["protein"].idxmax() in {"meat", "fish"}
        assert means["carbohydrate"].idxmax() == "pantry"
        assert means["energy"].drop("household").idxmin() in {"vegetables", "drinks"}

    def test_energy_is_nearly_a_combination_of_four_others(self):
        data = nutrition().data
        food = data[data["energy"] > 0]
        assert np.linalg.matrix_rank(data[VECTOR]) == len(VECTOR)
        assert np.linalg.cond(data[VECTOR]) > 5_000
        assert np.linalg.cond(data[VECTOR].drop(columns="energy")) < 200
        error = food["energy"] - sum(factor * food[name] for name, factor in FACTORS.items())
        assert is_noise(error, 0.0)
        # Energy is rounded to 1 kJ, which adds a twelfth to the variance.
        spread = np.sqrt(16 + 1 / 12)
        assert error.std() == pytest.approx(spread, abs=CHANCE * spread / np.sqrt(2 * len(food)))

    def test_no_other_column_is(self):
        food = nutrition().data.query("energy > 0")
        for name in ("fibre", "salt", "sugar"):
            others = sm.add_constant(food[VECTOR].drop(columns=name))
            assert sm.OLS(food[name], others).fit().rsquared < 0.99, name

    def test_a_measurement_without_error(self):
        data, truth = nutrition(energy_noise=0.0)
        exact = sum(factor * data[name] for name, factor in FACTORS.items())
        assert (data["energy"] - exact).abs().max() <= 0.5 + 1e-6
        assert (truth.rows["exact_energy"] - exact).abs().max() < 0.01

    def test_the_more_error_the_less_collinear(self):
        vectors = [nutrition(energy_noise=noise).data[VECTOR] for noise in (1.0, 4.0, 40.0, 400.0)]
        conditions = [np.linalg.cond((data - data.mean()) / data.std()) for data in vectors]
        assert conditions == sorted(conditions, reverse=True)
        assert conditions[0] > 10 * conditions[2]

    def test_the_error_moves_the_energy_alone(self):
        usual, other = nutrition().data, nutrition(energy_noise=300.0).data
        assert_frame_equal(usual.drop(columns="energy"), other.drop(columns="energy"))
        assert (other["energy"] >= 0).all()


def local(history):
    return history["valid_from"].dt.tz_convert(ZONE).dt.tz_localize(None)


def before(history, column):
    """What stands in the product's row before; missing in its first."""
    return history.groupby("product_id")[column].shift()


def begun(draw):
    """The rows that begin a promotion at full price: those after a row that is none."""
    was = draw.truth.rows["promoted"].astype(float).groupby(draw.data["product_id"]).shift()
    return (draw.data["reason"] == "promotion") & (was == 0)


@pytest.fixture(scope="module")
def draw():
    return prices()


class TestPrices:
    def test_fewer_products_are_the_first_of_more(self, draw):
        few, many = prices(10).data, draw.data
        assert_frame_equal(few, many[many["product_id"] <= 10])

    def test_a_product_begins_with_its_list_price_or_a_promotion(self, draw):
        first = draw.data.groupby("product_id").first()
        assert list(first.index) == list(range(1, 401))
        assert (first["valid_from"] == pd.Timestamp("2024-01-01", tz=ZONE)).all()
        listed = products(400).data["list_price"].to_numpy()
        assert set(first["reason"]) == {"list", "promotion"}
        full = (first["reason"] == "list").to_numpy()
        assert (first["price"].to_numpy() == listed)[full].all()
        assert (first["price"].to_numpy() < listed)[~full].all()
        assert not before(draw.data, "price")[draw.data["reason"] == "list"].notna().any()

    def test_rows_of_a_product_go_on_in_time(self, draw):
        history = draw.data
        assert history["product_id"].is_monotonic_increasing
        last = before(history, "valid_from")
        assert (history["valid_from"] > last)[last.notna()].all()

    def test_every_row_moves_the_price(self, draw):
        assert (draw.data["price"] != before(draw.data, "price")).all()
        assert (draw.data["price"] >= 0.05).all()
        assert (draw.data["price"] == draw.data["price"].round(2)).all()

    def test_prices_begin_at_local_midnight(self, draw):
        times = local(draw.data)
        assert (times == times.dt.normalize()).all()
        assert set(draw.data["valid_from"].dt.hour) == {22, 23}

    def test_promotions_begin_and_end_on_mondays(self, draw):
        history = draw.data[draw.data["reason"].isin(["promotion", "promotion end"])]
        assert (local(history).dt.day_of_week == 0).all()
        ends = history[history["reason"] == "promotion end"]
        assert (before(history, "reason")[ends.index] == "promotion").all()
        lasts = (history["valid_from"] - before(history, "valid_from"))[ends.index]
        assert (lasts.dt.total_seconds() / 86_400).round().isin([7]).mean() > 0.98
        assert ((lasts.dt.total_seconds() / 86_400).round() % 7 == 0).all()

    def test_the_truth_says_which_prices_are_promotions(self, draw):
        reason, promoted = draw.data["reason"], draw.truth.rows["promoted"]
        assert promoted[reason == "promotion"].all()
        assert not promoted[reason.isin(["list", "promotion end"])].any()
        assert 0 < promoted[reason == "change"].mean() < 0.2

    def test_a_promotion_is_a_cut_and_its_end_takes_it_back(self, draw):
        history = draw.data
        rows = begun(draw)
        was = before(history, "price")
        cut = (1 - history["price"] / was)[rows]
        # A list price that changes on the day and the rounding to cents move a few.
        assert cut.between(0.03, 0.45).mean() > 0.98
        ends = rows & (history["reason"].shift(-1) == "promotion end")
        back = history["price"].shift(-1)[ends]
        assert (back == was[ends]).mean() > 0.97  # but for new list prices on the very days
        assert is_noise(cut, draw.truth.effects["cut"])

    @pytest.mark.parametrize("cut", [0.05, 0.4, 0.8])
    def test_promotions_cut_as_the_option_says(self, cut):
        draw = prices(cut=cut, change_rate=0.0, promotion_rate=0.1)
        found = (1 - draw.data["price"] / before(draw.data, "price"))[begun(draw)]
        # Cents are coarse for what costs less than a euro.
        assert found.mean() == pytest.approx(draw.truth.effects["cut"], abs=0.003)
        assert 0.05 <= draw.truth.effects["cut"] <= 0.6

    def test_new_list_prices_rise_by_the_mean_step(self, draw):
        steps = np.log(draw.data["price"] / before(draw.data, "price"))[draw.data["reason"] == "change"]
        # Steps that move no cent leave no row, so that the mean of those seen is a little larger.
        assert is_noise(steps, draw.truth.effects["mean_step"] + 0.001)
        assert 0.2 < (steps < 0).mean() < 0.35

    @pytest.mark.parametrize("rate", [0.5, 2.0, 12.0])
    def test_list_prices_change_as_often_as_the_option_says(self, rate):
        changes = (prices(promotion_rate=0.0, change_rate=rate).data["reason"] == "change").sum()
        expected = 400 * 730 * rate / 365.25
        # About one step in thirty is too small to move a cent.
        assert 0.93 * expected - CHANCE * np.sqrt(expected) < changes < expected + CHANCE * np.sqrt(expected)

    def test_without_changes_and_promotions_the_list_price_stays(self):
        draw = prices(change_rate=0.0, promotion_rate=0.0)
        assert len(draw.data) == 400
        assert (draw.data["reason"] == "list").all()
        assert (draw.data["price"].to_numpy() == products(400).data["list_price"].to_numpy()).all()
        assert not draw.truth.rows["promoted"].any()

    def test_without_changes_a_promotion_ends_at_the_list_price(self):
        history = prices(change_rate=0.0).data
        ends = history[history["reason"] == "promotion end"]
        listed = products(400).data["list_price"].to_numpy()[ends["product_id"] - 1]
        assert (ends["price"].to_numpy() == listed).all()
        assert "change" not in set(history["reason"])

    @pytest.mark.parametrize(("times", "near"), [(1.0, 0.035), (4.0, 0.14), (10.0, 0.35)])
    def test_promotions_are_likelier_before_holidays_as_the_option_says(self, times, near):
        history = prices(holiday_promotions=times, change_rate=0.0).data
        begins = local(history)[history["reason"] == "promotion"]
        # The last Monday is left out; two promotions in a row with the same price are one row.
        mondays = pd.date_range("2024-01-01", "2025-12-22", freq="7D", unit="us")
        ahead = [((day <= HOLIDAYS) & (day + pd.Timedelta(days=14) > HOLIDAYS)).any() for day in mondays]
        counts = begins.value_counts().reindex(mondays, fill_value=0).to_numpy()
        for weeks, rate in [(np.array(ahead), near), (~np.array(ahead), 0.035)]:
            n = 400 * weeks.sum()
            error = CHANCE * np.sqrt(rate * (1 - rate) * n)
            assert n * rate * (1 - rate / 10) - error < counts[weeks].sum() < n * rate + error
        assert 10 < sum(ahead) < 25

    @pytest.mark.parametrize(
        ("options", "first_reasons"),
        [
            ({"start": "2026-01-06", "days": 6}, {"list"}),
            ({"start": "2026-01-05", "days": 1}, {"list", "promotion"}),
            ({"start": "2035-12-31", "days": 9}, {"list", "promotion"}),
        ],
    )
    def test_short_periods(self, options, first_reasons):
        history = prices(**options, promotion_rate=0.2).data
        assert set(history.groupby("product_id")["reason"].first()) == first_reasons
        start = pd.Timestamp(options["start"])
        assert local(history).between(start, start + pd.Timedelta(days=options["days"] - 1)).all()

    @pytest.mark.parametrize("start", ["20240101", "2024-W01-1", "2024-1-1", "2022-12-31", "2036-01-01"])
    def test_a_start_is_a_date_written_with_hyphens(self, start):
        with pytest.raises(ScenarioError, match=r"^start must be a date from 2023 to 2035"):
            prices(1, start=start)
