"""The sessions: plausible, randomised by visitor, with exactly the lift that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from recovery.sessions import (
    basket_lift,
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

if TYPE_CHECKING:
    from recovery import Interval

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


def near(interval: Interval, truth: float) -> bool:
    """Whether the truth lies within four standard errors, as a 95 % interval states them."""
    return abs(interval.estimate - truth) < 4 * (interval.high - interval.low) / 3.92


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
        p = rows["p_control"]
        band = pd.qcut(p.where(p > 0), 5, labels=False)
        by_band = pd.DataFrame({"more": rows["ordered_control"] - p, "variance": p * (1 - p)}).groupby(band).sum()
        assert (by_band["more"].abs() < 4 * np.sqrt(by_band["variance"])).all()
        assert not rows.loc[data["pages"] == 1, "p_control"].any()

    def test_the_planted_means(self, large):
        data, (effects, rows) = large.data, (large.truth.effects, large.truth.rows)
        control = data[data["variant"] == "control"]
        assert rows["p_control"].mean() == pytest.approx(effects["control_conversion"], rel=0.015)
        assert control.loc[control["ordered"], "revenue"].mean() == pytest.approx(effects["control_basket"], rel=0.04)
        assert rows["p_treatment"].mean() / rows["p_control"].mean() == pytest.approx(1.2, rel=1e-4)
        assert effects["revenue_lift"] == pytest.approx(0.32)
        assert near(revenue_lift(data, cuped=False), 0.32)
        assert near(revenue_lift(data, cuped=True), 0.32)
        assert near(basket_lift(data), 0.1)


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
        assert treated / all_ == pytest.approx(0.2, abs=0.03)
        assert treated_visitors(datasets.simulate("sessions", 500, 1, share=0.0).data)[0] == 0

    def test_more_sessions_of_fewer_visitors(self):
        data = datasets.simulate("sessions", 10_000, 1, visitors=100).data
        assert data["visitor_id"].nunique() <= 100


class TestSampleRatioMismatch:
    def test_counts_give_it_away(self, broken, sample):
        treated, all_ = treated_visitors(broken.data)
        assert stats.chisquare([treated, all_ - treated]).pvalue < 1e-6
        assert treated / all_ == pytest.approx(broken.truth.effects["treatment_share"], abs=0.013)
        treated, all_ = treated_visitors(sample.data)
        assert stats.chisquare([treated, all_ - treated]).pvalue > 1e-4

    def test_only_treated_mobile_visitors_are_lost(self, broken):
        people = broken.data.assign(browsing=broken.truth.rows["browsing"]).drop_duplicates("visitor_id")
        treated = (people["variant"] == "treatment").groupby([people["device"], people["browsing"]], observed=True)
        for kind, (count, all_) in treated.agg(["sum", "size"]).iterrows():
            share = 1 / 3 if kind == ("mobile", True) else 1 / 2
            assert stats.binomtest(int(count), int(all_), share).pvalue > 1e-4, kind

    def test_those_left_look_better(self, broken):
        effects = broken.truth.effects
        assert effects["average_lift"] == 0.1
        assert effects["logged_lift"] > 0.18
        wrong = conversion_lift(broken.data)
        assert near(wrong, effects["logged_lift"])
        assert wrong.estimate > effects["average_lift"]


class TestReadOut:
    def test_sessions_are_not_people(self):
        """Without any lift, a test that counts sessions as people raises far too many alarms."""
        draws = [datasets.simulate("sessions", 12_000, seed, lift=0.0, visitors=200).data for seed in range(40)]
        # About 17 and 38 of 40.
        assert sum(conversion_lift_by_session(data).covers(0) for data in draws) <= 30
        assert sum(conversion_lift(data).covers(0) for data in draws) >= 31

    def test_the_split_is_one_of_visitors(self):
        """A chi-square test of sessions finds a mismatch where there is none."""
        p_values = {"sessions": [], "visitors": []}
        for seed in range(40):
            data = datasets.simulate("sessions", 12_000, seed, visitors=2_000).data
            treated, all_ = treated_visitors(data)
            p_values["visitors"].append(stats.chisquare([treated, all_ - treated]).pvalue)
            p_values["sessions"].append(stats.chisquare(data["variant"].value_counts()).pvalue)
        assert np.mean(np.array(p_values["sessions"]) < 0.05) > 0.35
        assert np.mean(np.array(p_values["visitors"]) < 0.05) <= 0.2

    def test_peeking_raises_false_alarms(self):
        # So many visitors that few come often: a test of sessions is right, if it is read once.
        columns = ["started_at", "variant", "ordered"]
        options = {"lift": 0.0, "visitors": 20_000}
        draws = [datasets.simulate("sessions", 8_000, seed, **options).data[columns] for seed in range(80)]
        at_the_end = sum(not conversion_lift_by_session(data).covers(0) for data in draws)
        peeking = sum(not peeked(data, conversion_lift_by_session).covers(0) for data in draws)
        # About 4 and 20 of 80, in the same draws.
        assert at_the_end <= 12
        assert peeking >= at_the_end + 4

    def test_cuped_narrows_the_interval(self, sample):
        plain, adjusted = (revenue_lift(sample.data, cuped=cuped) for cuped in (False, True))
        people = visitors(sample.data)
        correlation = np.corrcoef(people.revenue, people.spend_before)[0, 1]
        narrower = (adjusted.high - adjusted.low) / (plain.high - plain.low)
        assert 0.36 < correlation < 0.57
        assert narrower == pytest.approx(np.sqrt(1 - correlation**2), abs=0.085)
        # They differ by the correlation's share of a standard error.
        assert abs(adjusted.estimate - plain.estimate) < 4 * correlation * (plain.high - plain.low) / 3.92

    def test_spend_before_is_before(self, large):
        """The covariate does not know the variant."""
        spend = large.data.drop_duplicates("visitor_id").groupby("variant", observed=True)["spend_before"]
        assert stats.ttest_ind(*(values for _, values in spend), equal_var=False).pvalue > 1e-4


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
