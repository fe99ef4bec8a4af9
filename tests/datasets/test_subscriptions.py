"""The subscriptions: plausible, hazards as planted, and censoring that tells nothing."""

from __future__ import annotations

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from recovery.subscriptions import COVARIATES, covariates, cox
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from statsmodels.duration.survfunc import SurvfuncRight

from curriculum import datasets
from curriculum.errors import ScenarioError

EFFECTS = tuple(f"{name}_effect" for name in COVARIATES)
KNOWN_AT_START = ["plan", "welcome_offer", "orders_before", "delivery_problems", "support_contacts"]


@pytest.fixture(scope="module")
def sample():
    return datasets.simulate("subscriptions", 4_000, 7)


@pytest.fixture(scope="module")
def large():
    return datasets.simulate("subscriptions", 50_000, 3)


class TestPlausible:
    def test_every_customer_subscribes_once_in_the_order_of_the_start(self, sample):
        data = sample.data
        assert data["subscription_id"].tolist() == list(range(1, 4_001))
        assert sorted(data["customer_id"]) == list(range(1, 4_001))
        assert data["started"].is_monotonic_increasing
        assert data["started"].between("2024-01-01", "2025-12-31").all()
        assert abs(data["customer_id"].corr(data["subscription_id"])) < 0.065

    def test_dates_and_tenures_agree(self, sample):
        data = sample.data
        assert ((data["observed_until"] - data["started"]).dt.days == data["tenure_days"]).all()
        assert data["ended"].notna().equals(data["churned"])
        assert data["ended"].dropna().equals(data["observed_until"][data["churned"]].rename("ended"))
        assert data["tenure_days"].ge(0).all()
        assert data.loc[data["churned"], "tenure_days"].min() >= 1
        assert str(data["observed_until"].max().date()) == "2025-12-31"

    def test_columns_are_in_range(self, sample):
        data = sample.data
        assert 0.45 < data["churned"].mean() < 0.6
        assert 0.2 < (data["plan"] == "yearly").mean() < 0.35
        assert 0.35 < data["welcome_offer"].mean() < 0.5
        assert (data["delivery_problems"] <= data["orders_before"]).all()
        assert 8 < data["orders_before"].mean() < 10
        # Who orders much takes the yearly plan, needs no offer, and meets more problems.
        assert data["orders_before"].corr(data["welcome_offer"].astype(float)) < -0.2
        assert data["orders_before"].corr(data["delivery_problems"]) > 0.3
        early = ~data["churned"] & (data["observed_until"] < "2025-12-31")
        assert 0.01 < early.mean() < 0.06

    def test_they_are_the_customers_of_the_seed(self, sample):
        people = datasets.simulate("customers", 5_000, 7).data
        joined = sample.data.merge(people, on="customer_id", validate="one_to_one")
        assert len(joined) == len(sample.data)
        assert (joined["signed_up"] < joined["started"]).all()
        orders = joined.groupby("tier", observed=True)["orders_before"].mean()
        assert orders.is_monotonic_increasing


class TestTruth:
    def test_what_is_seen_is_the_truth_cut_off(self, sample):
        data, rows = sample.data, sample.truth.rows
        assert (data["tenure_days"] == rows["full_tenure"])[data["churned"]].all()
        assert (data["tenure_days"] < rows["full_tenure"])[~data["churned"]].all()

    def test_hazard_ratios_are_those_of_the_options(self, sample):
        known, effects = covariates(sample.data), sample.truth.effects
        log_hazard = sum(effects[f"{name}_effect"] * known[name] for name in COVARIATES)
        assert sample.truth.rows["hazard_ratio"].to_numpy() == pytest.approx(np.exp(log_hazard), abs=1e-5)

    @pytest.mark.parametrize("days", [90, 365])
    def test_probabilities_are_right(self, large, days):
        rows, effects = large.truth.rows, large.truth.effects
        left, p = rows["full_tenure"] <= days, rows[f"p_churn_{days}"]
        assert 1 - p.mean() == pytest.approx(effects[f"survival_{days}"], abs=0.005)
        assert left.mean() == pytest.approx(p.mean(), abs=0.01)
        band = np.digitize(p, np.quantile(p, [0.2, 0.4, 0.6, 0.8]))
        assert left.groupby(band).mean().to_numpy() == pytest.approx(p.groupby(band).mean().to_numpy(), abs=0.02)

    def test_the_median(self, large):
        assert large.truth.rows["full_tenure"].median() == pytest.approx(large.truth.effects["median_tenure"], rel=0.04)

    def test_the_usual_customer(self):
        still = dict.fromkeys(EFFECTS, 0.0)
        effects = datasets.simulate("subscriptions", 1, 1, median_days=200.0, **still).truth.effects
        assert effects["median_tenure"] == pytest.approx(200)
        assert effects["survival_365"] == pytest.approx(0.5 ** ((365 / 200) ** 0.8))


class TestOptions:
    def test_no_effects_are_no_differences(self):
        rows = datasets.simulate("subscriptions", 500, 1, **dict.fromkeys(EFFECTS, 0.0)).truth.rows
        assert (rows["hazard_ratio"] == 1).all()
        assert rows["p_churn_90"].nunique() == 1

    def test_an_effect_moves_only_whom_it_concerns(self):
        plain, more = (datasets.simulate("subscriptions", 500, 1, yearly_effect=x) for x in (-0.8, 0.0))
        monthly = plain.data["plan"] == "monthly"
        assert_frame_equal(plain.data[monthly], more.data[monthly])
        assert_frame_equal(plain.data[KNOWN_AT_START], more.data[KNOWN_AT_START])
        sooner = more.truth.rows["full_tenure"] <= plain.truth.rows["full_tenure"]
        assert sooner.all()
        assert (more.truth.rows["full_tenure"] < plain.truth.rows["full_tenure"])[~monthly].mean() > 0.9

    def test_a_shape_above_one_means_growing_hazard(self):
        falling, growing = (
            datasets.simulate("subscriptions", 4_000, 1, shape=shape).truth.rows["full_tenure"] for shape in (0.6, 2.0)
        )
        assert (falling <= 14).mean() > 5 * (growing <= 14).mean()

    def test_nobody_is_lost_at_a_rate_of_zero(self):
        data = datasets.simulate("subscriptions", 2_000, 1, lost_rate=0.0).data
        assert (data["churned"] | (data["observed_until"] == "2025-12-31")).all()

    def test_a_longer_study_sees_more_ends(self):
        short, long = (datasets.simulate("subscriptions", 2_000, 1, days=days).data for days in (365, 1_461))
        assert short["churned"].mean() + 0.15 < long["churned"].mean()


class TestReadOut:
    def test_kaplan_meier_sees_what_shares_do_not(self, large):
        data, truth = large.data, large.truth.effects["survival_365"]
        curve = SurvfuncRight(data["tenure_days"], data["churned"].astype(int))
        at = np.searchsorted(curve.surv_times, 365, side="right") - 1
        assert curve.surv_prob[at] == pytest.approx(truth, abs=0.012)
        assert 1 - data["churned"].mean() > truth + 0.05
        assert data.loc[data["churned"], "tenure_days"].mean() < large.truth.effects["median_tenure"] * 0.7

    def test_cox_finds_the_planted_effects(self, sample):
        for name in COVARIATES:
            estimate, low, high = cox(name)(sample, 7)
            standard_error = (high - low) / 3.92
            assert abs(estimate - sample.truth.effects[f"{name}_effect"]) < 4 * standard_error, name

    def test_censoring_tells_nothing(self, large):
        """Losses come with the days watched alone, and who starts when says nothing about the hazard."""
        data, p, effects = large.data, large.truth.rows["p_churn_365"], large.truth.effects
        lost = ~data["churned"] & (data["observed_until"] < data["observed_until"].max())
        expected = effects["lost_rate"] / 365.25 * data["tenure_days"]
        assert abs(lost.sum() - expected.sum()) < 4 * np.sqrt(expected.sum())
        departure = p - p.mean()
        score = (departure * (lost - expected)).sum() / np.sqrt((departure**2 * expected).sum())
        assert abs(score) < 4
        assert departure.groupby(data["started"].dt.quarter).mean().abs().max() < 0.01


class TestNothingGivesChurnAway:
    def test_no_model_beats_the_truth(self):
        data, truth = datasets.simulate("subscriptions", 20_000, 9)
        x = data[["subscription_id", "customer_id", *KNOWN_AT_START]]
        x = x.assign(plan=x["plan"].cat.codes, day=(data["started"] - data["started"].min()).dt.days)
        y = truth.rows["full_tenure"] <= 90
        first = np.arange(len(x)) % 2 == 0
        model = HistGradientBoostingClassifier(max_iter=50, learning_rate=0.05, random_state=0).fit(x[first], y[first])
        guess, best = model.predict_proba(x[~first])[:, 1], truth.rows["p_churn_90"][~first]
        assert log_loss(y[~first], best) < log_loss(y[~first], guess)
        assert 0.64 < roc_auc_score(y[~first], guess) < roc_auc_score(y[~first], best)
        assert all(max(auc, 1 - auc) < 0.62 for auc in (roc_auc_score(y, x[name]) for name in x))


class TestExtremes:
    @pytest.mark.parametrize("options", [{"days": 1}, {"days": 7}, {"start": "2026-01-01", "days": 31}])
    def test_short_and_later_windows(self, options):
        data, truth = datasets.simulate("subscriptions", 300, 2, **options)
        assert data["tenure_days"].max() < options["days"]
        assert data["started"].min() >= data["started"].dt.normalize().min()
        assert truth.effects == datasets.simulate("subscriptions", 1, 1).truth.effects

    def test_another_window_is_another_draw_of_the_same_people(self):
        one, other = (datasets.simulate("subscriptions", 3_000, 2, start=s) for s in ("2024-01-01", "2026-01-01"))
        assert not one.data["customer_id"].equals(other.data["customer_id"])
        orders = [draw.data.set_index("customer_id")["orders_before"].sort_index() for draw in (one, other)]
        assert 0.2 < orders[0].corr(orders[1]) < 0.9

    @pytest.mark.parametrize("wrong", [{"shape": 0.0}, {"lost_rate": -1.0}, {"start": "2024-13-01"}, {"days": 0}])
    def test_what_cannot_be_is_refused(self, wrong):
        with pytest.raises(ScenarioError, match=next(iter(wrong))):
            datasets.simulate("subscriptions", 10, 1, **wrong)
