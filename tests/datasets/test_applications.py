"""Applications: who asks, how people decided, what came of it, and the three ways in which that looks otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from pandas.testing import assert_frame_equal
from recovery.applications import finances
from scipy import stats
from scipy.special import logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from curriculum import datasets
from curriculum.errors import ScenarioError

N, SEED = 20_000, 31
AFTER = ["approved", "taken_up", "defaulted"]
DISTRICTS = {
    "Alderquay": ["Gull Hill", "Old Quay", "Ropewalk"],
    "Brackwater": ["Weir Park", "Saltmarket", "Tannery Row"],
    "Cindermoor": ["Heather Rise", "Chapel Green", "Pit Lane"],
    "Dunmere": ["Duneside", "Station", "Canal End"],
}


@pytest.fixture(scope="module")
def draw():
    return datasets.simulate("applications", N, SEED)


@pytest.fixture(scope="module")
def numbers(draw):
    """What is known before the decision, as numbers for a model."""
    known = draw.data.drop(columns=[*AFTER, "application_id", "customer_id"])
    known["applied_at"] = known["applied_at"].astype("int64")
    known["unknown"] = known["months_known"].isna()
    known["months_known"] = known["months_known"].fillna(0)
    return pd.get_dummies(known).astype(float)


def gap(values, data):
    """How much more the people born here have, on average."""
    return values[~data["born_abroad"]].mean() - values[data["born_abroad"]].mean()


class TestTheTable:
    def test_rates_are_plausible(self, draw):
        data, hidden = draw.data, draw.truth.rows
        assert 0.60 < data["approved"].mean() < 0.75
        assert 0.88 < data.loc[data["approved"], "taken_up"].mean() < 0.95
        assert 0.08 < data["defaulted"].mean() < 0.12
        assert 0.13 < hidden["would_default"].mean() < 0.18
        assert 0.18 < data["born_abroad"].mean() < 0.30
        assert 0.03 < data["months_known"].isna().mean() < 0.10

    def test_values_are_possible(self, draw):
        data = draw.data
        assert data["amount"].between(100, 15_000).all()
        assert data["term_months"].isin([3, 6, 12, 18, 24, 36]).all()
        assert data["income"].between(3_000, 500_000).all()
        assert data["late_payments"].between(0, 12).all()
        assert (data["years_employed"] >= 0).all()
        assert (data["years_employed"] <= data["age"] - 17).all()
        assert (data["months_known"].fillna(0) <= 12 * (data["age"] - 17) + 24).all()
        jobless = data["employment"].isin(["student", "retired", "unemployed"])
        assert not data.loc[jobless, "years_employed"].any()
        assert data.loc[data["employment"] == "retired", "age"].min() >= 60
        strangers = data["months_known"].isna()
        assert not data.loc[strangers, ["other_debt", "late_payments"]].any(axis=None)

    def test_they_come_in_order_and_within_the_period(self, draw):
        data = draw.data
        assert data["application_id"].tolist() == list(range(1, N + 1))
        assert data["applied_at"].is_monotonic_increasing
        local = data["applied_at"].dt.tz_convert("Europe/Brussels")
        assert local.min() >= pd.Timestamp("2024-01-01", tz="Europe/Brussels")
        assert local.max() < pd.Timestamp("2026-01-01", tz="Europe/Brussels")
        assert local.dt.hour.isin(range(8, 23)).mean() > 0.9

    def test_they_are_the_customers(self, draw):
        customers = datasets.simulate("customers", 5_000, SEED).data
        both = draw.data.merge(customers, on="customer_id", suffixes=("", "_told"), validate="many_to_one")
        assert len(both) == N
        assert (both["age"] == both["age_told"]).all()
        assert both["signed_up"].dt.tz_localize("UTC").le(both["applied_at"]).all()
        lives = {district: city for city, districts in DISTRICTS.items() for district in districts}
        assert (both["district"].astype("str").map(lives) == both["city"].astype("str")).all()
        told = both.dropna(subset="income_told")
        noise = np.log(told["income"] / told["income_told"].astype(float))
        assert abs(noise.mean()) < 0.005
        assert noise.std() == pytest.approx(0.05, rel=0.05)

    def test_a_person_stays_the_same(self, draw):
        same = ["district", "employment", "housing", "age", "born_abroad"]
        assert (draw.data.groupby("customer_id")[same].nunique() == 1).all(axis=None)
        fewer = datasets.simulate("applications", 500, SEED, customers=300).data
        columns = ["customer_id", *same]
        known = draw.data[columns].drop_duplicates("customer_id")
        both = fewer[columns].drop_duplicates("customer_id").merge(known, on="customer_id", suffixes=("", "_known"))
        assert len(both) > 100
        assert all((both[name].astype("str") == both[f"{name}_known"].astype("str")).all() for name in same)

    def test_jobs_begin_at_all_times(self, draw):
        later = datasets.simulate("applications", N, SEED, start="2029-01-01", days=365).data
        new = [
            (data.loc[data["employment"] == "temporary", "years_employed"] < 1).mean() for data in (draw.data, later)
        ]
        assert new[0] == pytest.approx(new[1], abs=0.05)


class TestDefault:
    def test_the_best_score_possible(self, draw):
        hidden, known = draw.truth.rows, draw.data["defaulted"].notna()
        assert 0.78 < roc_auc_score(hidden["would_default"], hidden["default_probability"]) < 0.85
        assert 0.72 < roc_auc_score(hidden["would_default"][known], hidden["default_probability"][known]) < 0.82

    def test_nothing_gives_it_away(self, draw, numbers):
        hidden, early = draw.truth.rows, np.arange(N) % 2 == 0
        defaults, best = hidden["would_default"], hidden["default_probability"]
        scores = {name: abs(roc_auc_score(defaults, numbers[name]) - 0.5) for name in numbers}
        assert max(scores.values()) < 0.22, max(scores, key=scores.get)
        assert abs(roc_auc_score(defaults, draw.data["application_id"]) - 0.5) < 0.03
        assert abs(roc_auc_score(defaults, draw.data["customer_id"]) - 0.5) < 0.03
        model = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=8, random_state=0)
        model.fit(numbers[early], defaults[early])
        score = roc_auc_score(defaults[~early], model.predict_proba(numbers[~early])[:, 1])
        assert 0.75 < score <= roc_auc_score(defaults[~early], best[~early])

    def test_features_pay(self, draw, numbers):
        known = draw.data["defaulted"].notna().to_numpy()
        defaults = draw.truth.rows["would_default"].to_numpy()
        right = finances(draw.data).drop(columns="intercept")
        plain = (numbers - numbers.mean()) / numbers.std()
        scores = []
        for terms in (plain, right):
            model = LogisticRegression(C=1e3, max_iter=1_000).fit(terms[known], defaults[known])
            scores.append(roc_auc_score(defaults[~known], model.predict_proba(terms[~known])[:, 1]))
        assert scores[1] > scores[0] + 0.01

    def test_the_hidden_probabilities_are_calibrated(self, draw):
        known = draw.data["defaulted"].notna()
        for group in (known, known & draw.data["born_abroad"], draw.data["approved"].notna()):
            hidden = draw.truth.rows[group]
            terms = sm.add_constant(logit(hidden["default_probability"]))
            fit = sm.Logit(hidden["would_default"].astype(float), terms).fit(disp=0)
            assert (abs((fit.params - [0, 1]) / fit.bse) < 4).all()

    def test_drift_moves_default_and_nothing_else(self, draw):
        later = datasets.simulate("applications", N, SEED, drift=0.8)
        assert_frame_equal(later.data.drop(columns="defaulted"), draw.data.drop(columns="defaulted"))
        rise = logit(later.truth.rows["default_probability"]) - logit(draw.truth.rows["default_probability"])
        years = (draw.data["applied_at"] - draw.data["applied_at"][0]) / pd.Timedelta(days=365.25)
        assert np.corrcoef(rise, years)[0, 1] > 0.99
        assert rise.iloc[-1] == pytest.approx(1.6, abs=0.05)

    def test_squeeze_moves_debts(self, draw):
        squeezed = datasets.simulate("applications", N, SEED, squeeze=0.5).data
        late = np.arange(N) > N // 2
        owing = late & (draw.data["other_debt"] > 1_000)
        growth = np.log(squeezed["other_debt"] / draw.data["other_debt"])[owing]
        assert growth.between(0.45, 1.02).all()
        assert squeezed["approved"][late].mean() < draw.data["approved"][late].mean()


class TestWhatIsMissing:
    def test_the_three_reasons(self, draw):
        data = draw.data
        recent = data["applied_at"] + pd.Timedelta(days=365) > pd.Timestamp("2026-07-03", tz="Europe/Brussels")
        assert (data["defaulted"].isna() == (~data["approved"] | ~data["taken_up"] | recent)).all()
        assert not (data["taken_up"] & ~data["approved"]).any()
        assert recent.mean() == pytest.approx(0.26, abs=0.03)
        known = data["defaulted"].notna()
        assert (data["defaulted"][known].astype(bool) == draw.truth.rows["would_default"][known]).all()

    def test_who_waits_knows_more(self, draw):
        known = [
            datasets.simulate("applications", N, SEED, wait=wait).data["defaulted"].notna().sum()
            for wait in (0, 183, 365, 700)
        ]
        assert known[0] < known[1] < known[2] == known[3] == draw.data["taken_up"].sum()

    def test_the_rejected_are_worse(self, draw):
        """The naive rate is of the approved; a model or weights bring back the rate of all."""
        data, truth = draw.data, draw.truth.rows["default_probability"].mean()
        terms, known = finances(data), data["defaulted"].notna()
        outcome = data["defaulted"][known].astype(float)
        assert outcome.mean() < truth - 0.04
        model = sm.Logit(outcome, terms[known]).fit(disp=0)
        assert model.predict(terms).mean() == pytest.approx(truth, abs=0.02)
        # Who is seen was approved and then took the credit: a product, for which one logistic regression will not do.
        settled = known | (data["applied_at"] < data["applied_at"][known].max())
        asked, richness = terms.assign(abroad=data["born_abroad"] * 1.0), terms[["intercept", "log_income"]]
        approved = sm.Logit(data["approved"] * 1.0, asked).fit(disp=0).predict(asked)
        offered = data["approved"]
        taken = sm.Logit(data.loc[offered, "taken_up"] * 1.0, richness[offered]).fit(disp=0).predict(richness)
        assert (approved * taken)[settled].mean() == pytest.approx(known[settled].mean(), abs=0.015)
        assert np.average(outcome, weights=1 / (approved * taken)[known]) == pytest.approx(truth, abs=0.03)


class TestFairness:
    def test_bias_takes_from_the_log_odds_of_one_group(self, draw):
        hidden, abroad = draw.truth.rows, draw.data["born_abroad"]
        taken = logit(hidden["unbiased_approval_probability"]) - logit(hidden["approval_probability"])
        assert taken[abroad].between(0.75, 0.85).mean() > 0.99
        assert (taken[~abroad] == 0).all()
        assert draw.truth.effects["bias"] == 0.8

    def test_without_bias_only_decisions_change(self, draw):
        unbiased = datasets.simulate("applications", N, SEED, bias=0.0)
        assert_frame_equal(unbiased.data.drop(columns=AFTER), draw.data.drop(columns=AFTER))
        changed = unbiased.data["approved"] != draw.data["approved"]
        assert draw.data["born_abroad"][changed].all()
        assert unbiased.data["approved"][changed].all()
        hidden = unbiased.truth.rows
        assert (hidden["approval_probability"] == hidden["unbiased_approval_probability"]).all()
        assert (hidden["default_probability"] == draw.truth.rows["default_probability"]).all()

    def test_unequal_finances_make_a_gap_without_bias(self):
        data, truth = datasets.simulate("applications", N, SEED, bias=0.0)
        assert gap(data["approved"], data) > 0.10
        assert gap(truth.rows["default_probability"], data) < -0.07
        assert gap(data["income"], data) > 5_000
        equal = datasets.simulate("applications", N, SEED, bias=0.0, inequality=0.0)
        assert abs(gap(equal.data["approved"], equal.data)) < 0.05
        assert abs(gap(equal.truth.rows["default_probability"], equal.data)) < 0.04
        people = equal.data.drop_duplicates("customer_id")
        for column in ("income", "months_known", "years_employed"):
            groups = [people.loc[people["born_abroad"] == abroad, column].dropna().astype(float) for abroad in (0, 1)]
            assert stats.ttest_ind(*groups, equal_var=False).pvalue > 1e-4

    def test_the_district_is_a_proxy(self, draw):
        shares = draw.data.groupby("district", observed=True)["born_abroad"].mean()
        for districts in DISTRICTS.values():
            assert shares[districts].is_monotonic_increasing
            assert shares[districts[2]] > 2 * shares[districts[0]]
        people = datasets.simulate("applications", N, SEED, proxy=0.0).data.drop_duplicates("customer_id")
        assert stats.chi2_contingency(pd.crosstab(people["district"], people["born_abroad"])).pvalue > 1e-4

    @pytest.mark.parametrize(("proxy", "least", "most"), [(0.0, -0.01, 0.01), (2.5, 0.02, 0.20)])
    def test_a_blind_model_finds_the_way_through_the_district(self, proxy, least, most):
        """Without the protected attribute: what does the district add to the gap of the model's approvals?"""
        data, _ = datasets.simulate("applications", N, SEED, proxy=proxy)
        terms, districts = finances(data), pd.get_dummies(data["district"], drop_first=True, dtype=float)
        approved = data["approved"].astype(float)
        without, with_ = (sm.Logit(approved, x).fit(disp=0).predict() for x in (terms, terms.join(districts)))
        assert least < gap(with_ - without, data) < most

    def test_the_birthplace_does_not_matter_for_default(self, draw):
        terms = finances(draw.data).assign(abroad=draw.data["born_abroad"] * 1.0)
        fit = sm.Logit(draw.truth.rows["would_default"].astype(float), terms).fit(disp=0)
        assert abs(fit.tvalues["abroad"]) < 4
        alone = sm.Logit(draw.truth.rows["would_default"].astype(float), terms[["intercept", "abroad"]]).fit(disp=0)
        assert alone.tvalues["abroad"] > 5


class TestOtherPeriods:
    def test_a_fresh_month_is_of_the_same_people(self, draw):
        month = datasets.simulate("applications", 2_000, SEED, start="2026-01-01", days=31, wait=365).data
        assert (month["applied_at"].dt.tz_convert("Europe/Brussels").dt.strftime("%Y-%m") == "2026-01").all()
        assert month["defaulted"].notna().equals(month["taken_up"])
        both = month.merge(draw.data.drop_duplicates("customer_id"), on="customer_id", suffixes=("", "_before"))
        assert len(both) > 1_500
        assert both["born_abroad"].equals(both["born_abroad_before"])
        assert (both["months_known"] - both["months_known_before"]).min() >= 0
        recent = datasets.simulate("applications", 100, SEED, start="2026-01-01", days=31).data
        assert recent["defaulted"].isna().all()

    def test_one_customer_and_one_day(self):
        data, truth = datasets.simulate("applications", 3, SEED, customers=1, days=1, start="2023-01-01")
        assert set(data["customer_id"]) == {1}
        assert truth.rows["default_probability"].between(0, 1).all()

    def test_a_start_that_is_no_date_is_refused(self):
        with pytest.raises(ScenarioError, match="start must be a date"):
            datasets.simulate("applications", 3, SEED, start="soon")
