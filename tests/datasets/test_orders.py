"""Orders and their lines: what is summed adds up, prices are those of the moment, and options do what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from curriculum import datasets
from curriculum.errors import ScenarioError

ZONE = "Europe/Brussels"
N, SEED = 12_000, 5


def orders(n=N, seed=SEED, **options):
    return datasets.simulate("orders", n, seed, **options)


def lines(n=N, seed=SEED, **options):
    return datasets.simulate("order_lines", n, seed, **options)


def local(times):
    return times.dt.tz_convert(ZONE).dt.tz_localize(None)


@pytest.fixture(scope="module")
def shop():
    """Orders with the customer's columns, and lines with the product's."""
    customers = datasets.simulate("customers", 5_000, SEED).data[
        ["customer_id", "tier", "age", "city", "area", "signed_up"]
    ]
    products = datasets.simulate("products", 400, SEED).data[["product_id", "category"]]
    head, truth = orders()
    body, hidden = lines()
    return {
        "orders": head.merge(customers, on="customer_id", how="left", validate="m:1", suffixes=("", "_of_customer")),
        "truth": truth,
        "lines": body.merge(products, on="product_id", how="left", validate="m:1"),
        "hidden": hidden,
    }


class TestBooks:
    def test_orders_come_in_order_of_time(self, shop):
        data = shop["orders"]
        assert data["order_id"].tolist() == list(range(1, N + 1))
        assert data["ordered_at"].is_monotonic_increasing
        days = local(data["ordered_at"])
        assert days.min() >= pd.Timestamp("2024-01-01")
        assert days.max() < pd.Timestamp("2026-01-01")

    def test_city_and_area_are_the_customers(self, shop):
        data = shop["orders"]
        assert (data["city"] == data["city_of_customer"]).all()
        assert (data["area"] == data["area_of_customer"]).all()
        assert (local(data["ordered_at"]) >= data["signed_up"]).all()

    def test_lines_are_numbered_and_no_product_stands_twice(self, shop):
        body = shop["lines"]
        assert body["order_id"].is_monotonic_increasing
        assert (body["line"] == body.groupby("order_id").cumcount() + 1).all()
        assert not body.duplicated(["order_id", "product_id"]).any()
        assert set(body["order_id"]) == set(range(1, N + 1))

    def test_sums_are_exact_to_the_cent(self, shop):
        data, body = shop["orders"], shop["lines"]
        cents = (body["line_total"] * 100).round().astype(int)
        assert (cents == body["quantity"] * (body["unit_price"] * 100).round().astype(int)).all()
        by_order = cents.groupby(body["order_id"]).sum().to_numpy()
        assert (by_order / 100 == data["goods_total"]).all()
        back = cents.where(body["returned"].fillna(value=False).astype(bool), 0).groupby(body["order_id"]).sum()
        assert (back.to_numpy() / 100 == data["refund"]).all()
        assert (body.groupby("order_id")["quantity"].sum().to_numpy() == data["items"]).all()
        assert ((data["goods_total"] + data["delivery_fee"]).round(2) == data["total"]).all()

    def test_delivery_is_free_with_a_coupon_or_from_50_euro(self, shop):
        data = shop["orders"]
        due = np.select([data["coupon"] | (data["goods_total"] >= 50), data["goods_total"] >= 25], [0.0, 2.9], 4.9)
        assert (data["delivery_fee"] == due).all()

    @pytest.mark.parametrize("options", [{}, {"start": "2026-01-01", "days": 31}, {"products": 30, "days": 90}])
    def test_prices_are_those_of_the_moment(self, options):
        products = options.get("products", 400)
        span = {name: options[name] for name in ("start", "days") if name in options}
        history = datasets.simulate("prices", products, 8, **span).data.sort_values("valid_from")
        body = lines(3_000, 8, **options).data.merge(orders(3_000, 8, **options).data[["order_id", "ordered_at"]])
        joined = pd.merge_asof(body, history, left_on="ordered_at", right_on="valid_from", by="product_id")
        assert (joined["price"] == joined["unit_price"]).all()
        # A new list price within a promotion does not end it.
        reasons = history[history["reason"] != "change"]
        joined = pd.merge_asof(body, reasons, left_on="ordered_at", right_on="valid_from", by="product_id")
        assert ((joined["reason"] == "promotion") == joined["promotion"]).all()

    def test_what_was_cancelled_was_never_delivered(self, shop):
        data, body = shop["orders"], shop["lines"]
        cancelled = data["status"] == "cancelled"
        assert (data["delivered_at"].isna() == cancelled).all()
        assert (data["late"].isna() == cancelled).all()
        assert (data.loc[cancelled, "refund"] == 0).all()
        gone = set(data.loc[cancelled, "order_id"])
        assert (body["returned"].isna() == body["order_id"].isin(gone)).all()

    def test_late_is_after_the_promise(self, shop):
        arrived = shop["orders"].dropna(subset=["late"])
        assert (arrived["late"] == (arrived["delivered_at"] > arrived["promised_at"])).all()
        assert (arrived["delivered_at"] > arrived["ordered_at"]).all()
        ahead = arrived["promised_at"] - arrived["ordered_at"]
        assert ahead.between(pd.Timedelta(hours=4), pd.Timedelta(days=5)).all()
        assert set(local(arrived["promised_at"]).dt.hour) == {10, 12, 14, 16, 18, 20, 22}
        assert (local(arrived["promised_at"]).dt.minute == 0).all()

    @pytest.mark.parametrize("n", [1, 7, 300])
    def test_lines_belong_to_orders_however_few(self, n):
        data, body = orders(n).data, lines(n).data
        assert (body.groupby("order_id")["quantity"].sum().to_numpy() == data["items"]).all()

    def test_lines_belong_to_orders_across_pieces(self):
        heads = datasets.stream("orders", 50_050, 3, products=20)
        bodies = datasets.stream("order_lines", 50_050, 3, products=20)
        for (data, _), (body, _) in zip(heads, bodies, strict=True):
            units = body.groupby("order_id")["quantity"].sum()
            assert units.index.tolist() == data["order_id"].tolist()
            assert (units.to_numpy() == data["items"]).all()


class TestMarginals:
    def test_baskets_are_skewed(self, shop):
        data, body = shop["orders"], shop["lines"]
        assert 3.8 < len(body) / N < 4.9
        assert 25 < data["goods_total"].mean() < 42
        assert data["goods_total"].median() < 0.8 * data["goods_total"].mean()
        assert data["goods_total"].quantile(0.99) > 4 * data["goods_total"].mean()

    def test_few_customers_make_many_orders(self, shop):
        counts = shop["orders"]["customer_id"].value_counts()
        assert 0.35 < counts.head(500).sum() / N < 0.6
        share = shop["orders"]["tier"].value_counts(normalize=True)
        assert share["gold"] > 0.3  # of a tenth of the customers

    def test_the_day_and_the_week(self, shop):
        days = local(shop["orders"]["ordered_at"])
        week = days.dt.day_of_week.value_counts()
        assert 1.25 < week[5] / week[1] < 1.65
        hours = days.dt.hour.value_counts()
        assert hours.idxmax() in {18, 19, 20}
        assert hours.loc[[1, 2, 3, 4]].sum() < 0.02 * N

    def test_the_old_phone(self, shop):
        data = shop["orders"]
        ages = data.groupby("device", observed=True)["age"].mean()
        assert ages["app"] < ages["web"] < ages["phone"]
        assert 0.03 < (data["device"] == "phone").mean() < 0.12

    def test_rates(self, shop):
        data, body = shop["orders"], shop["lines"]
        assert 0.025 < (data["status"] == "cancelled").mean() < 0.045
        assert 0.10 < data["late"].mean() < 0.16
        assert 0.06 < body["promotion"].mean() < 0.16
        assert 0.02 < body["returned"].mean() < 0.04

    def test_drinks_are_for_summer(self, shop):
        body = shop["lines"].merge(shop["orders"][["order_id", "ordered_at"]])
        month = local(body["ordered_at"]).dt.month
        drinks = (body["category"] == "drinks").groupby(month).mean()
        assert drinks.loc[6:8].mean() > 1.5 * drinks.loc[[12, 1, 2]].mean()

    def test_outcomes_follow_their_probabilities(self, shop):
        rows, data = shop["truth"].rows, shop["orders"]
        for outcome, probability in [
            (data["coupon"], rows["coupon_probability"]),
            (data["carrier"] == "Tarn", rows["tarn_probability"]),
            (data["late"].dropna().astype(bool), rows["late_probability"]),
            (data["status"] == "cancelled", rows["cancel_probability"]),
            (shop["lines"]["returned"].dropna().astype(bool), shop["hidden"].rows["return_probability"]),
        ]:
            expected = probability[outcome.index]
            error = np.sqrt((expected * (1 - expected)).sum())
            assert abs(outcome.sum() - expected.sum()) < 4 * error
        means = np.where(data["coupon"], rows["items_with_coupon"], rows["items_without_coupon"])
        assert (data["items"] / means).mean() == pytest.approx(1, abs=0.03)


class TestPlanted:
    def test_each_area_says_the_opposite_of_the_whole(self, shop):
        data = shop["orders"].dropna(subset=["late"])
        late = data.groupby(["area", "carrier"], observed=True)["late"].mean().unstack().astype(float)
        assert (late["Tarn"] < late["Velomar"]).all()
        whole = data.groupby("carrier", observed=True)["late"].mean()
        assert whole["Tarn"] > whole["Velomar"]

    def test_nothing_reverses_where_carriers_share_the_areas_alike(self):
        data = orders(tarn_urban=0.5, tarn_rural=0.5).data
        whole = data.groupby("carrier", observed=True)["late"].mean()
        assert whole["Tarn"] < whole["Velomar"]

    def test_alike_carriers(self):
        effects, rows = orders(500, carrier_late=0.0).truth.effects, orders(500, carrier_late=0.0).truth.rows
        assert effects["carrier_urban"] == effects["carrier_rural"] == 0
        assert (rows["late_by_tarn"] == rows["late_by_velomar"]).all()

    def test_coupons_look_better_than_they_are(self, shop):
        data = shop["orders"]
        means = data.groupby("coupon")["items"].mean()
        assert means[True] / means[False] > 1.1
        cells = data.groupby(["tier", "coupon"], observed=True)["items"].agg(["mean", "std", "size"])
        log_mean = np.log(cells["mean"]).unstack()
        error = np.sqrt(((cells["std"] / cells["mean"]) ** 2 / cells["size"]).unstack().sum(axis=1))
        assert ((log_mean[True] - log_mean[False] - 0.06).abs() < 4.5 * error).all()  # orders of a customer are alike
        tiers = data.groupby("tier", observed=True)["coupon"].mean()
        assert tiers["none"] < tiers["silver"] < tiers["gold"]

    @pytest.mark.parametrize("effect", [0.0, 0.3])
    def test_a_coupon_does_what_the_option_says(self, effect):
        rows = orders(300, coupon_effect=effect).truth.rows
        assert (rows["items_with_coupon"] / rows["items_without_coupon"]).to_numpy() == pytest.approx(
            np.exp(effect), rel=1e-4
        )

    def test_coupons_at_random(self):
        rows = orders(300, coupon_by_tier=0.0).truth.rows
        assert rows["coupon_probability"].nunique() == 1

    def test_an_option_of_the_basket_leaves_the_rest_as_it_was(self):
        usual, other = orders(400).data, orders(400, coupon_effect=0.5, return_promotion=2.0, carrier_late=1.0).data
        kept = ["order_id", "customer_id", "ordered_at", "area", "device", "coupon", "carrier", "promised_at", "status"]
        pd.testing.assert_frame_equal(usual[kept], other[kept])

    def test_promotions_sell(self):
        shares = [lines(2_000, promotion_lift=lift).data["promotion"].mean() for lift in (-1.0, 0.0, 0.7)]
        assert shares[0] < 0.5 * shares[1] < 0.35 * shares[2]

    def test_promotions_come_back(self):
        hidden = lines(2_000, return_promotion=0.0)
        products = datasets.simulate("products", 400, SEED).data["category"].array[hidden.data["product_id"] - 1]
        assert (hidden.truth.rows.groupby(products, observed=True)["return_probability"].nunique() == 1).all()
        body = lines(8_000, return_promotion=1.5).data
        returned = body.groupby("promotion")["returned"].mean()
        assert returned[True] > 2.5 * returned[False]

    def test_as_many_are_active_as_stop_and_come_back(self):
        data, truth = orders(8_000, customers=60, lapse=0.3, comeback=0.1)
        assert truth.effects["active_share"] == pytest.approx(0.25)
        months = local(data["ordered_at"]).dt.to_period("M")
        assert 0.18 < pd.crosstab(data["customer_id"], months).gt(0).to_numpy().sum() / (60 * 24) < 0.32

    def test_nobody_stops(self):
        data, truth = orders(6_000, customers=20, lapse=0.0)
        assert truth.effects["active_share"] == truth.effects["active_after_year"] == 1
        months = local(data["ordered_at"]).dt.to_period("M")
        assert pd.crosstab(data["customer_id"], months).gt(0).to_numpy().mean() > 0.9

    def test_nothing_is_cancelled(self):
        data = orders(200, cancelled=0.0).data
        assert data["late"].notna().all()
        assert lines(200, cancelled=0.0).data["returned"].notna().all()


class TestOtherTimes:
    def test_a_fresh_month_has_the_same_people_and_other_noise(self):
        before, after = orders(2_000), orders(2_000, start="2026-01-01", days=31)
        days = local(after.data["ordered_at"])
        assert days.min() >= pd.Timestamp("2026-01-01")
        assert days.max() < pd.Timestamp("2026-02-01")
        assert (before.data["coupon"] == after.data["coupon"]).mean() < 0.7
        assert (before.data["customer_id"] == after.data["customer_id"]).mean() < 0.05
        areas = pd.concat([before.data, after.data]).groupby("customer_id")["area"].nunique()
        assert (areas == 1).all()

    def test_a_window_agrees_with_the_whole_on_who_is_active(self):
        options = {"customers": 30, "lapse": 0.3, "comeback": 0.1}
        whole = orders(9_000, **options).data
        last = whole[local(whole["ordered_at"]) >= pd.Timestamp("2025-12-01")]
        again = orders(400, start="2025-12-01", days=31, **options).data
        assert set(last["customer_id"]) == set(again["customer_id"])

    @pytest.mark.parametrize(
        "options", [{"days": 1}, {"start": "2026-03-29", "days": 7}, {"customers": 1, "products": 1}]
    )
    def test_small_worlds(self, options):
        data, body = orders(50, **options).data, lines(50, **options).data
        assert len(data) == 50
        assert (data["goods_total"] > 0).all()
        assert len(body) >= 50

    @pytest.mark.parametrize("start", ["2023-12-31", "1999-01-01", "soon", "2024-13-01"])
    def test_no_orders_before_the_customers_have_signed_up(self, start):
        with pytest.raises(ScenarioError, match=r"^start must be ") as caught:
            orders(5, start=start)
        assert len(str(caught.value).splitlines()) == 1


class TestNoGiveAway:
    def test_nobody_foresees_lateness_better_than_its_probability(self, shop):
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.metrics import roc_auc_score

        data = shop["orders"].dropna(subset=["late"])
        known = data[
            ["order_id", "customer_id", "items", "goods_total", "delivery_fee", "total", "coupon", "age"]
        ].assign(
            hour=data["ordered_at"].dt.hour,
            second=data["ordered_at"].dt.second,
            ahead=(data["promised_at"] - data["ordered_at"]).dt.total_seconds(),
            **{name: data[name].cat.codes for name in ("area", "carrier", "device", "city", "tier")},
        )
        late, odd = data["late"].astype(bool), data["order_id"] % 2 == 1
        model = HistGradientBoostingClassifier(max_iter=25, max_leaf_nodes=8, random_state=0).fit(known[odd], late[odd])
        guess = model.predict_proba(known[~odd])[:, 1]
        best = roc_auc_score(late[~odd], shop["truth"].rows.loc[data.index, "late_probability"][~odd])
        assert 0.55 < roc_auc_score(late[~odd], guess) < best + 0.01
        assert best < 0.75

    def test_no_column_alone_tells_who_has_a_coupon(self, shop):
        from sklearn.metrics import roc_auc_score

        data = shop["orders"].query("goods_total < 50")
        for column in ("order_id", "customer_id", "items", "goods_total", "refund"):
            assert 0.35 < roc_auc_score(data["coupon"], data[column]) < 0.65
