"""The payments: plausible, fraud as documented, posterior probabilities that are right, and labels that come late."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from curriculum import datasets
from curriculum.errors import ScenarioError

BRUSSELS = "Europe/Brussels"
FRAUDS = ["card testing", "stolen card", "account takeover", "scam"]


def features(data: pd.DataFrame) -> pd.DataFrame:
    """What a model can see of a payment when it comes, in numbers."""
    hour = data["paid_at"].dt.tz_convert(BRUSSELS).dt.hour
    seen = {
        "log_amount": np.log(data["amount"]),
        "hour": hour,
        "night": (hour >= 23) | (hour < 6),
        "abroad": data["abroad"],
        "log_distance": np.log(data["distance_km"]).fillna(-3.0),
        "hidden": data["distance_km"].isna(),
        "log_minutes": np.log(data["minutes_since_last"].fillna(130_000) + 0.1),
        "new_device": data["new_device"].fillna(value=False),
        "authenticated": data["authenticated"].fillna(value=False),
    }
    kinds = pd.get_dummies(data[["merchant_category", "channel"]])
    return pd.DataFrame(seen).join(kinds).astype(float)


def boosting() -> HistGradientBoostingClassifier:
    """Small trees and no early stopping: with so few frauds to stop by, it would stop anywhere."""
    size = {"learning_rate": 0.05, "max_iter": 80, "max_leaf_nodes": 8, "min_samples_leaf": 100}
    return HistGradientBoostingClassifier(**size, l2_regularization=10.0, early_stopping=False, random_state=0)


def logistic() -> object:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


def chance(model, data: pd.DataFrame) -> np.ndarray:
    return model.predict_proba(features(data))[:, 1]


@pytest.fixture(autouse=True)
def _one_thread():
    """Small models are slower with more threads, by far where other tests run beside them."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def sample():
    return datasets.simulate("payments", 120_000, 7)


@pytest.fixture(scope="module")
def many():
    """A draw with ten times the frauds."""
    return datasets.simulate("payments", 60_000, 7, fraud_rate=0.05)


class TestWhatItLooksLike:
    def test_marginals_are_plausible(self, sample):
        data = sample.data
        assert 0.0035 < data["fraud"].mean() < 0.0065
        assert data["amount"].between(0.01, 50_000).all()
        assert 30 < data["amount"].median() < 45
        assert 55 < data["amount"].mean() < 75
        assert data["amount"].quantile(0.999) > 1_000
        assert data["channel"].value_counts(normalize=True).between(0.2, 0.55).all()
        assert (data["merchant_category"].value_counts(normalize=True) > 0.02).all()
        assert data["distance_km"].min() >= 0.1
        assert 0.10 < data["minutes_since_last"].isna().mean() < 0.14

    def test_it_is_in_the_order_of_time_within_the_period(self, sample):
        paid = sample.data["paid_at"]
        assert paid.is_monotonic_increasing
        assert paid.min() >= pd.Timestamp("2024-01-01", tz=BRUSSELS)
        assert paid.max() < pd.Timestamp("2026-01-01", tz=BRUSSELS)
        assert sample.data["payment_id"].tolist() == list(range(1, 120_001))

    def test_it_keeps_the_shops_hours_and_grows(self, sample):
        local = sample.data["paid_at"].dt.tz_convert(BRUSSELS)
        assert (local.dt.hour < 6).mean() < 0.03
        assert 0.07 < local.dt.hour.eq(19).mean() < 0.11
        assert 1.05 < (local.dt.year == 2025).sum() / (local.dt.year == 2024).sum() < 1.19

    def test_cards_belong_to_one_customer_and_are_used_unequally(self, sample):
        data = sample.data
        assert (data.groupby("card_id")["customer_id"].nunique() == 1).all()
        assert data.groupby("customer_id")["card_id"].nunique().max() == 3
        assert data["customer_id"].between(1, 5_000).all()
        used = data["card_id"].value_counts()
        assert used.quantile(0.99) > 5 * used.median()

    def test_customers_keep_their_appetite_in_every_table(self, sample):
        appetite = datasets.simulate("customers", 5_000, 7).truth.rows["appetite"]
        genuine = sample.data[~sample.data["fraud"]]
        log_amount = np.log(genuine["amount"])
        excess = log_amount - log_amount.groupby(genuine["merchant_category"], observed=True).transform("mean")
        slope = np.polyfit(appetite[genuine["customer_id"] - 1], excess, 1)[0]
        assert slope == pytest.approx(1, abs=0.05)

    def test_what_belongs_to_online_payments_is_missing_in_person(self, sample):
        data = sample.data
        online = data["channel"] == "online"
        assert (data["new_device"].notna() == online).all()
        assert (data["authenticated"].notna() == online).all()
        assert data.loc[~online, "distance_km"].notna().all()
        assert (data.loc[data["channel"] == "contactless", "amount"] > 50).mean() < 0.15

    def test_minutes_since_last_are_those_of_the_cards_rows(self, sample):
        data = sample.data
        gap = data["paid_at"].groupby(data["card_id"]).diff().dt.total_seconds() / 60
        again = gap.notna()
        within = gap[again].where(gap[again] <= 90 * 1_440).round(1)
        pd.testing.assert_series_equal(data.loc[again, "minutes_since_last"], within, check_names=False, atol=0.051)
        # What lies before the table is remembered as well.
        assert 0.3 < data.loc[~again, "minutes_since_last"].notna().mean() < 0.8


class TestFraud:
    @pytest.mark.parametrize("rate", [0.0, 0.02, 0.1])
    def test_its_rate_is_the_option(self, rate):
        data, truth = datasets.simulate("payments", 60_000, 3, fraud_rate=rate)
        # Payments of a burst count together: the standard error at 2 % is a twentieth.
        assert data["fraud"].mean() == pytest.approx(rate, rel=0.2)
        assert truth.rows["probability"].mean() == pytest.approx(rate, rel=0.2)

    def test_labels_are_true_unless_nobody_reports(self, many):
        data, truth = many
        assert data["fraud"].equals(truth.rows["true_fraud"].rename("fraud"))
        assert (truth.rows["true_fraud"] == (truth.rows["pattern"] != "genuine")).all()
        silent, hidden = datasets.simulate("payments", 60_000, 7, fraud_rate=0.05, unreported=0.4)
        assert_frame_equal(hidden.rows, truth.rows)
        seen = silent["fraud"][hidden.rows["true_fraud"]]
        assert seen.mean() == pytest.approx(0.6, abs=0.07)
        assert not silent["fraud"][~hidden.rows["true_fraud"]].any()
        assert hidden.effects["reported_rate"] == pytest.approx(0.03)

    def test_reports_come_days_to_months_late(self, many):
        data, truth = many
        assert (data["reported_at"].notna() == data["fraud"]).all()
        days = (data["reported_at"] - data["paid_at"]).dt.total_seconds() / 86_400
        medians = days.groupby(truth.rows["pattern"], observed=True).median()
        assert days.min() > 0
        assert medians[FRAUDS].tolist() == pytest.approx([3, 4, 14, 32], rel=0.35)

    def test_a_burst_is_a_sequence_of_one_cards_payments(self, many):
        data, truth = many
        rows = truth.rows
        burst = rows["pattern"] == "card testing"
        episodes = data[burst].groupby(rows["episode"][burst])
        assert (episodes["card_id"].nunique() == 1).all()
        assert (rows.groupby("episode")["pattern"].nunique() == 1).all()
        assert episodes.size().mean() == pytest.approx(4, abs=1)
        length = (episodes["paid_at"].max() - episodes["paid_at"].min()).dt.total_seconds()
        assert length.quantile(0.9) < 1_800
        assert data["amount"][burst].median() == pytest.approx(4.5, rel=0.2)

    def test_the_patterns_are_what_they_are_called(self, many):
        data, truth = many
        pattern = truth.rows["pattern"]
        online = (data["channel"] == "online").groupby(pattern, observed=True).mean()
        assert online["card testing"] == online["account takeover"] == online["scam"] == 1
        assert online["stolen card"] < 0.1
        hour = data["paid_at"].dt.tz_convert(BRUSSELS).dt.hour
        night = ((hour >= 23) | (hour < 6)).groupby(pattern, observed=True).mean()
        assert night[FRAUDS].tolist() == pytest.approx([0.24, 0.26, 0.16, 0.03], abs=0.12)
        assert night["genuine"] < 0.05
        device = data["new_device"].astype("Float64").groupby(pattern, observed=True).mean()
        assert device["account takeover"] > 0.55
        assert device["scam"] < 0.15
        confirmed = data["authenticated"].astype("Float64").groupby(pattern, observed=True).mean()
        assert confirmed["scam"] > 0.8
        assert confirmed["card testing"] < 0.2

    def test_the_shares_of_the_patterns(self, many):
        data, truth = many
        shares = truth.rows["pattern"][data["fraud"]].value_counts(normalize=True)
        names = [f"share_{name.replace(' ', '_')}" for name in FRAUDS]
        assert shares[FRAUDS].tolist() == pytest.approx([truth.effects[name] for name in names], abs=0.05)

    def test_the_alarm_follows_from_bayes(self):
        effects = datasets.simulate("payments", 1, 1).truth.effects
        caught = effects["fraud_rate"] * effects["alarm_sensitivity"]
        mistaken = (1 - effects["fraud_rate"]) * effects["alarm_false_positive_rate"]
        assert effects["alarm_precision"] == pytest.approx(caught / (caught + mistaken))


class TestLabelsAsOf:
    def test_what_is_reported_later_is_not_known_yet(self):
        window = {"n": 20_000, "seed": 5, "start": "2026-01-01", "days": 31, "fraud_rate": 0.05}
        later, truth = datasets.simulate("payments", **window)
        then, truth_then = datasets.simulate("payments", **window, labels_as_of="2026-01-20")
        midnight = pd.Timestamp("2026-01-20", tz="Europe/Brussels")
        known = later["reported_at"] <= midnight
        assert 0.1 < known.sum() / later["fraud"].sum() < 0.9
        assert (then["fraud"] == known).all()
        assert then["reported_at"].equals(later["reported_at"].where(known))
        labels = ["fraud", "reported_at"]
        assert then.drop(columns=labels).equals(later.drop(columns=labels))
        assert truth_then.rows.equals(truth.rows)

    def test_at_the_moment_of_paying_nothing_is_known(self):
        data, truth = datasets.simulate(
            "payments", 5_000, 5, start="2026-01-01", days=31, fraud_rate=0.05, labels_as_of="2026-01-01"
        )
        assert not data["fraud"].any()
        assert data["reported_at"].isna().all()
        assert truth.rows["true_fraud"].mean() > 0.03

    @pytest.mark.parametrize("bad", ["soon", "2026-1-1", "20260101", "1999-01-01"])
    def test_what_is_no_date_is_refused(self, bad):
        with pytest.raises(ScenarioError, match="labels_as_of must be a date"):
            datasets.simulate("payments", 3, 5, labels_as_of=bad)


class TestTimePasses:
    @pytest.mark.parametrize(("drift", "early", "late"), [(0.0, 0.02, 0.02), (1.0, 0.02, 0.38), (2.0, 0.02, 0.73)])
    def test_drift_moves_the_weights(self, drift, early, late):
        windows = {"2024-01-01": early, "2026-01-01": late}
        for start, share in windows.items():
            data, truth = datasets.simulate("payments", 20_000, 5, start=start, days=31, drift=drift, fraud_rate=0.1)
            assert (truth.rows["pattern"][data["fraud"]] == "scam").mean() == pytest.approx(share, abs=0.08)
            assert data["fraud"].mean() == pytest.approx(0.1, abs=0.015)
            if drift == 0:
                assert truth.effects["share_scam"] == pytest.approx(0.02)

    def test_online_growth_moves_genuine_payments(self):
        shares = []
        for growth in (0.0, 0.5):
            data, _ = datasets.simulate("payments", 30_000, 5, start="2026-01-01", days=31, online_growth=growth)
            shares.append((data["channel"] == "online")[~data["fraud"]].mean())
        assert shares[0] + 0.1 < shares[1]

    def test_a_fresh_month_is_the_same_business(self, sample):
        month = datasets.simulate("payments", 6_200, 7, start="2026-01-01", days=31).data
        owners = sample.data.drop_duplicates("card_id").set_index("card_id")["customer_id"]
        known = month[month["card_id"].isin(owners.index)]
        assert len(known) > 6_100
        assert (known["customer_id"] == owners[known["card_id"]].to_numpy()).all()
        gap = sample.data["minutes_since_last"]
        assert month["minutes_since_last"].isna().mean() == pytest.approx(gap.isna().mean(), abs=0.05)
        assert month["minutes_since_last"].median() == pytest.approx(gap.median(), rel=0.3)

    @pytest.mark.parametrize(("n", "days"), [(1, 1), (2, 731), (3_000, 1), (50_001, 7)])
    def test_any_size_and_length(self, n, days):
        data, truth = datasets.simulate("payments", n, 9, days=days, start="2026-03-28", customers=300)
        assert len(data) == len(truth.rows) == n
        first = pd.Timestamp("2026-03-28", tz=BRUSSELS)
        assert data["paid_at"].is_monotonic_increasing
        assert data["paid_at"].between(first, first + pd.DateOffset(days=days), inclusive="left").all()
        assert data["customer_id"].max() <= 300

    def test_bursts_and_gaps_survive_the_border_of_blocks(self):
        parts = list(datasets.stream("payments", 100_000, 2, days=31, customers=50, fraud_rate=0.05))
        for (before, early), (after, late) in pairwise(parts):
            assert before["paid_at"].iloc[-1] <= after["paid_at"].iloc[0]
            assert not set(early.rows["episode"]) & set(late.rows["episode"])
            first = after.drop_duplicates("card_id").set_index("card_id")
            last = before.groupby("card_id")["paid_at"].max().reindex(first.index)
            gap = ((first["paid_at"] - last).dt.total_seconds() / 60).round(1)
            assert gap.notna().all()
            assert np.allclose(gap, first["minutes_since_last"], atol=0.051)

    @pytest.mark.parametrize(
        ("option", "value"), [("start", "yesterday"), ("days", 0), ("fraud_rate", 0.2), ("customers", 0)]
    )
    def test_what_cannot_be_is_refused(self, option, value):
        with pytest.raises(ScenarioError, match=f"{option} must be"):
            datasets.simulate("payments", 10, 1, **{option: value})


class TestTheBestPossibleScore:
    def test_probabilities_are_right(self, many):
        rows = many.truth.rows
        steps = pd.cut(rows["probability"], [-1, 0.003, 0.01, 0.03, 0.1, 0.3, 0.7, 0.95, 1])
        groups = rows.groupby(steps, observed=True)
        expected, seen, size = groups["probability"].mean(), groups["true_fraud"].mean(), groups.size()
        error = (seen - expected) / np.sqrt(expected * (1 - expected) / size)
        assert len(error) == 8
        # Payments of a burst are right or wrong together: twice the usual spread.
        assert error.abs().max() < 5

    def test_it_is_hard_but_not_hopeless(self, sample):
        rows = sample.truth.rows
        assert 0.95 < roc_auc_score(rows["true_fraud"], rows["probability"]) < 0.99
        assert 0.55 < average_precision_score(rows["true_fraud"], rows["probability"]) < 0.80

    def test_models_stay_below_it_and_boosting_beats_the_line(self):
        train, _ = datasets.simulate("payments", 50_000, 7, fraud_rate=0.02, drift=0.0)
        fresh, truth = datasets.simulate("payments", 30_000, 8, fraud_rate=0.02, drift=0.0)
        models = [model().fit(features(train), train["fraud"]) for model in (boosting, logistic)]
        forest, line = (average_precision_score(fresh["fraud"], chance(model, fresh)) for model in models)
        best = average_precision_score(fresh["fraud"], truth.rows["probability"])
        assert line < forest < best - 0.04

    def test_no_column_gives_fraud_away(self, sample):
        data, truth = sample
        best = average_precision_score(data["fraud"], truth.rows["probability"])
        columns = features(data).assign(
            payment_id=data["payment_id"],
            card_id=data["card_id"],
            cents=(data["amount"] * 100).round() % 100,
            second=data["paid_at"].dt.second,
            never=data["minutes_since_last"].isna(),
        )
        for name, column in columns.items():
            ranked = max(average_precision_score(data["fraud"], sign * column) for sign in (1, -1))
            assert ranked < best / 3, name


class TestHowModelsFoolThemselves:
    """What goes wrong in practice, with wide margins; ``docs/fernway/payments.md`` has the measured means."""

    @pytest.mark.parametrize(("drift", "keeps"), [(0.0, True), (1.0, False)])
    def test_a_model_of_2024_ages_with_drift_only(self, drift, keeps):
        train, _ = datasets.simulate("payments", 40_000, 7, days=366, drift=drift, fraud_rate=0.02)
        model = boosting().fit(features(train), train["fraud"])
        scores = []
        # As many payments a card and day as in 2024, of more people.
        window = {"days": 60, "customers": 30_000, "drift": drift, "fraud_rate": 0.02}
        for start in ("2025-01-01", "2026-03-01"):
            fresh, truth = datasets.simulate("payments", 40_000, 8, start=start, **window)
            best = average_precision_score(fresh["fraud"], truth.rows["probability"])
            scores.append(average_precision_score(fresh["fraud"], chance(model, fresh)) / best)
        assert bool(scores[1] > 0.9 * scores[0]) is keeps

    def test_labels_of_the_last_days_are_not_known_yet(self):
        data = datasets.simulate("payments", 50_000, 7, start="2025-11-01", days=61, fraud_rate=0.02).data
        frauds = data[data["fraud"]]
        evening = data["paid_at"].max()
        known = frauds["reported_at"] <= evening
        recent = frauds["paid_at"] > evening - pd.Timedelta(days=7)
        assert known[recent].mean() < 0.3
        assert known[~recent].mean() > known[recent].mean() + 0.2

    def test_a_column_of_the_future_scores_high_and_is_worth_nothing(self):
        data = datasets.simulate("payments", 40_000, 7, fraud_rate=0.02).data
        early = data["paid_at"] < pd.Timestamp("2025-07-01", tz="UTC")
        leak = features(data).assign(reported=data["reported_at"].notna().astype(float))
        model = boosting().fit(leak[early], data["fraud"][early])
        later, target = leak[~early], data["fraud"][~early]
        assert average_precision_score(target, model.predict_proba(later)[:, 1]) > 0.99
        # When a payment comes, nobody has reported it: no alarm, whatever the threshold.
        assert model.predict_proba(later.assign(reported=0.0))[:, 1].max() < 0.01

    def test_a_split_by_row_tears_bursts_apart(self):
        """Frauds of the same card in the training part: telling within a burst, not for another month."""
        data = datasets.simulate("payments", 60_000, 7, fraud_rate=0.02).data
        later = (data["paid_at"] >= pd.Timestamp("2025-07-01", tz="UTC")).to_numpy()
        by_row = np.random.default_rng(1).random(len(data)) < later.mean()
        scores = []
        for test in (by_row, later):
            frauds = data[~test].groupby("card_id")["fraud"].sum().reindex(data["card_id"]).fillna(0).to_numpy()
            others = frauds - np.where(test, 0, data["fraud"])
            scores.append(average_precision_score(data["fraud"][test], others[test]))
        assert scores[0] > 5 * scores[1]
