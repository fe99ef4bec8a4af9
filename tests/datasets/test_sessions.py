"""The sessions: plausible, randomised by visitor, with exactly the lift that was asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from recovery.sessions import (
    conversion_lift,
    conversion_lift_by_session,
    days_since_start,
    peeked,
    revenue_lift,
    visitors,
)
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

from curriculum import datasets
from curriculum.errors import ScenarioError

TRAITS = ["device", "variant", "spend_before"]


@pytest.fixture(scope="module")
def sample():
    return datasets.simulate("sessions", 40_000, 7)


@pytest.fixture(scope="module")
def large():
    """Many visitors, so that shares and means are near their expectation."""
    return datasets.simulate("sessions", 300_000, 3, visitors=300_000, lift=0.2, basket_lift=0.1)


@pytest.fixture(scope="module")
def broken():
    """A redirect lost half of the treated mobile visitors who only looked."""
    return datasets.simulate("sessions", 60_000, 5, srm=0.5, visitors=40_000)


def by_arm(values: pd.Series, data: pd.DataFrame) -> pd.Series:
    return values.groupby(data["variant"], observed=True).mean()


def treated_visitors(data: pd.DataFrame) -> tuple[int, int]:
    treated = visitors(data).treated
    return int(treated.sum()), len(treated)


class TestPlausible:
    def test_an_experiment_of_four_weeks(self, sample):
        data = sample.data
        assert data["session_id"].tolist() == list(range(1, 40_001))
        assert data["started_at"].is_monotonic_increasing
        local = data["started_at"].dt.tz_convert("Europe/Brussels")
        assert (local.min().date().isoformat(), local.max().date().isoformat()) == ("2025-09-01", "2025-09-28")
        assert local.dt.hour.between(17, 21).mean() > 0.35
        assert local.dt.hour.between(1, 5).mean() < 0.03

    def test_visitors_come_unequally_often(self, sample):
        times = sample.data.groupby("visitor_id").size()
        assert 6_000 < len(times) < 9_000
        assert times.median() <= 4
        assert times.max() > 30
        assert sample.data["visitor_id"].between(1, 12_000).all()

    def test_what_belongs_to_a_visitor_is_the_same_on_every_row(self, sample):
        assert (sample.data.groupby("visitor_id")[TRAITS].nunique() == 1).all(axis=None)

    def test_columns_are_in_range(self, sample):
        data = sample.data
        assert 0.07 < data["ordered"].mean() < 0.11
        assert data["pages"].between(1, 120).all()
        assert 0.25 < (data["pages"] == 1).mean() < 0.35
        assert 60 < data["seconds"].median() < 120
        assert data["seconds"].quantile(0.99) < 1_800
        people = data.drop_duplicates("visitor_id")["spend_before"]
        assert 0.6 < (people == 0).mean() < 0.85
        assert people.skew() > 3
        assert (data["revenue"] > 0).equals(data["ordered"])
        assert 40 < data.loc[data["ordered"], "revenue"].mean() < 50

    def test_phones_and_advertisements_sell_less(self, sample):
        data = sample.data
        device = data.groupby("device", observed=True)["ordered"].mean()
        source = data.groupby("source", observed=True)["ordered"].mean()
        assert device["mobile"] < device["desktop"]
        assert source["ads"] < source["email"]


class TestTruth:
    def test_the_outcome_is_that_of_the_variant_given(self, sample):
        data, rows = sample.data, sample.truth.rows
        seen = rows["ordered_treatment"].where(data["variant"] == "treatment", rows["ordered_control"])
        assert seen.equals(data["ordered"])
        assert rows["p_control"].between(0, 0.5).all()
        # Whoever orders under control orders under a better checkout too.
        assert (rows["ordered_treatment"] >= rows["ordered_control"]).all()

    def test_probabilities_are_right(self, large):
        data, rows = large.data, large.truth.rows
        assert rows["ordered_control"].mean() == pytest.approx(rows["p_control"].mean(), rel=0.02)
        band = pd.qcut(rows["p_control"].where(rows["p_control"] > 0), 5, labels=False)
        seen = rows.groupby(band)[["p_control", "ordered_control"]].mean()
        assert seen["ordered_control"].to_numpy() == pytest.approx(seen["p_control"].to_numpy(), rel=0.1)
        assert not rows.loc[data["pages"] == 1, "p_control"].any()

    def test_the_planted_means(self, large):
        data, (effects, rows) = large.data, (large.truth.effects, large.truth.rows)
        control = data[data["variant"] == "control"]
        assert rows["p_control"].mean() == pytest.approx(effects["control_conversion"], rel=0.01)
        assert control.loc[control["ordered"], "revenue"].mean() == pytest.approx(effects["control_basket"], rel=0.02)
        assert rows["p_treatment"].mean() / rows["p_control"].mean() == pytest.approx(1.2, rel=1e-4)
        revenue = by_arm(data["revenue"], data)
        assert effects["revenue_lift"] == pytest.approx(0.32)
        assert revenue["treatment"] / revenue["control"] - 1 == pytest.approx(0.32, abs=0.05)


class TestOptions:
    def test_no_lift_is_no_difference(self):
        _, truth = datasets.simulate("sessions", 5_000, 1, lift=0.0)
        assert truth.rows["p_control"].equals(truth.rows["p_treatment"])
        assert truth.rows["ordered_control"].equals(truth.rows["ordered_treatment"])
        assert truth.effects["revenue_lift"] == truth.effects["logged_lift"] == 0

    def test_a_lift_changes_nothing_but_treated_outcomes(self):
        none, some = (datasets.simulate("sessions", 5_000, 1, lift=lift).data for lift in (0.0, 0.3))
        outcomes = ["ordered", "revenue"]
        assert_frame_equal(none.drop(columns=outcomes), some.drop(columns=outcomes))
        control = none["variant"] == "control"
        assert_frame_equal(none[control], some[control])
        assert some["ordered"].sum() > none["ordered"].sum()

    def test_a_basket_lift_multiplies_revenue(self):
        plain, more = (datasets.simulate("sessions", 5_000, 1, basket_lift=lift).data for lift in (0.0, 0.5))
        bought = plain["ordered"] & (plain["variant"] == "treatment")
        assert (more["revenue"] / plain["revenue"])[bought].to_numpy() == pytest.approx(1.5, rel=0.01)
        assert plain["revenue"][~bought].equals(more["revenue"][~bought])

    def test_novelty_fades(self):
        data, truth = datasets.simulate("sessions", 20_000, 1, lift=0.0, novelty=0.4)
        sold = truth.rows["p_control"] > 0.01  # elsewhere the ratio is only rounding
        lift = (truth.rows["p_treatment"] / truth.rows["p_control"] - 1)[sold].groupby(days_since_start(data)).mean()
        assert lift.is_monotonic_decreasing
        assert 0.33 < lift.iloc[0] < 0.4
        assert lift.iloc[-1] < 0.01
        mean = truth.rows["p_treatment"].mean() / truth.rows["p_control"].mean() - 1
        assert truth.effects["average_lift"] == pytest.approx(mean, abs=0.003)

    def test_a_share_of_visitors_is_treated(self):
        treated, all_ = treated_visitors(datasets.simulate("sessions", 10_000, 1, share=0.2).data)
        assert treated / all_ == pytest.approx(0.2, abs=0.02)
        assert treated_visitors(datasets.simulate("sessions", 500, 1, share=0.0).data)[0] == 0

    def test_more_sessions_of_fewer_visitors(self):
        data = datasets.simulate("sessions", 10_000, 1, visitors=100).data
        assert data["visitor_id"].nunique() <= 100


class TestSampleRatioMismatch:
    def test_counts_give_it_away(self, broken, sample):
        treated, all_ = treated_visitors(broken.data)
        assert stats.chisquare([treated, all_ - treated]).pvalue < 1e-6
        assert treated / all_ == pytest.approx(broken.truth.effects["treatment_share"], abs=0.01)
        treated, all_ = treated_visitors(sample.data)
        assert stats.chisquare([treated, all_ - treated]).pvalue > 0.01

    def test_only_treated_mobile_visitors_are_lost(self, broken):
        data, rows = broken.data, broken.truth.rows
        share = (data["variant"] == "treatment").groupby([data["device"], rows["browsing"]], observed=True).mean()
        assert share["mobile", True] == pytest.approx(1 / 3, abs=0.05)
        assert share.drop(("mobile", True)).between(0.45, 0.55).all()

    def test_those_left_look_better(self, broken):
        effects = broken.truth.effects
        assert effects["average_lift"] == 0.1
        assert effects["logged_lift"] > 0.18
        wrong = conversion_lift(broken.data)
        assert wrong.covers(effects["logged_lift"])
        assert wrong.low > effects["average_lift"]


class TestReadOut:
    def test_sessions_are_not_people(self):
        """Without any lift, a test that counts sessions as people raises far too many alarms."""
        draws = [datasets.simulate("sessions", 8_000, seed, lift=0.0, visitors=300).data for seed in range(60)]
        assert sum(conversion_lift_by_session(data).covers(0) for data in draws) <= 45
        assert sum(conversion_lift(data).covers(0) for data in draws) >= 53

    def test_peeking_raises_false_alarms(self):
        draws = [datasets.simulate("sessions", 10_000, seed, lift=0.0).data for seed in range(30)]
        at_the_end = sum(conversion_lift(data).covers(0) for data in draws)
        peeking = sum(peeked(data, conversion_lift).covers(0) for data in draws)
        assert at_the_end >= 27
        assert peeking <= 25

    def test_cuped_narrows_the_interval(self, sample):
        plain, adjusted = (revenue_lift(sample.data, cuped=cuped) for cuped in (False, True))
        people = visitors(sample.data)
        correlation = np.corrcoef(people.revenue, people.spend_before)[0, 1]
        narrower = (adjusted.high - adjusted.low) / (plain.high - plain.low)
        assert 0.4 < correlation < 0.6
        assert narrower == pytest.approx(np.sqrt(1 - correlation**2), abs=0.04)
        assert abs(adjusted.estimate - plain.estimate) < (plain.high - plain.low) / 4

    def test_spend_before_is_before(self, large):
        """The covariate does not know the variant."""
        spend = large.data.drop_duplicates("visitor_id").groupby("variant", observed=True)["spend_before"]
        assert stats.ttest_ind(*(values for _, values in spend), equal_var=False).pvalue > 0.01


class TestNothingGivesTheOrderAway:
    def test_no_model_beats_the_truth(self):
        data, truth = datasets.simulate("sessions", 40_000, 9)
        x = data.drop(columns=["session_id", "started_at", "ordered", "revenue"])
        x = x.assign(**{name: x[name].cat.codes for name in ("device", "source", "variant")})
        x["hour"] = data["started_at"].dt.hour
        x["row"] = np.arange(len(x))
        first = np.arange(len(x)) % 2 == 0
        model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(x[first], data["ordered"][first])
        guess = model.predict_proba(x[~first])[:, 1]
        rows, y = truth.rows[~first], data["ordered"][~first]
        best = rows["p_treatment"].where(data["variant"][~first] == "treatment", rows["p_control"]).clip(1e-6, 1)
        assert log_loss(y, best) < log_loss(y, guess)
        assert 0.70 < roc_auc_score(y, guess) < roc_auc_score(y, best)
        assert all(max(auc, 1 - auc) < 0.75 for auc in (roc_auc_score(data["ordered"], x[name]) for name in x))


class TestExtremes:
    @pytest.mark.parametrize("options", [{}, {"days": 1}, {"days": 7}, {"start": "2026-01-01", "days": 31}])
    def test_short_and_later_windows(self, options):
        data, truth = datasets.simulate("sessions", 300, 2, novelty=0.2, **options)
        assert data["started_at"].is_monotonic_increasing
        assert truth.effects["lift"] < truth.effects["average_lift"] < 0.3

    def test_another_window_is_another_month_of_the_same_people(self):
        one, other = (
            datasets.simulate("sessions", 3_000, 2, visitors=300, start=start)
            .data.groupby("visitor_id")[TRAITS]
            .first()
            for start in ("2025-09-01", "2026-01-01")
        )
        both = one.index.intersection(other.index)
        same = (one.loc[both].astype("str") == other.loc[both].astype("str")).mean()
        assert len(both) > 100
        assert same["device"] == 1
        assert 0.35 < same["variant"] < 0.65
        assert same["spend_before"] < 0.9

    def test_the_strongest_effects_stay_probabilities(self):
        rows = datasets.simulate("sessions", 20_000, 2, lift=0.5, novelty=0.5).truth.rows
        assert rows["p_treatment"].between(0, 1).all()
        rows = datasets.simulate("sessions", 20_000, 2, lift=-0.5, novelty=-0.5).truth.rows
        assert rows["p_treatment"].between(0, 1).all()

    @pytest.mark.parametrize("wrong", [{"visitors": 99}, {"lift": 0.6}, {"share": 1.1}, {"start": "soon"}, {"days": 0}])
    def test_what_cannot_be_is_refused(self, wrong):
        with pytest.raises(ScenarioError, match=next(iter(wrong))):
            datasets.simulate("sessions", 10, 1, **wrong)
