"""Applications: logistic regressions on the columns that both default and the underwriters depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.special import expit
from statsmodels.stats.proportion import proportion_confint

from recovery import Interval, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.datasets.fernway import Draw


def finances(data: pd.DataFrame) -> pd.DataFrame:
    """The terms of ``docs/fernway/applications.md``, with a constant."""
    excess_debt = ((data["other_debt"] + data["amount"]) / data["income"] - 0.2).clip(0, 1)
    insecure = data["employment"].isin(["temporary", "self-employed", "student", "unemployed"])
    terms = {
        "log_income": np.log(data["income"] / 34_000),
        "excess_debt": excess_debt,
        "late_payments": data["late_payments"],
        "log_history": np.log1p(data["months_known"].fillna(0).astype(float) / 12),
        "no_history": data["months_known"].isna(),
        "new_job": (data["years_employed"] < 1) & (data["employment"] != "retired"),
        "insecure": insecure,
        "insecure_debt": insecure * excess_debt,
        "term_years": data["term_months"] / 12,
        "refinancing": data["purpose"] == "refinancing",
        "owner": data["housing"] == "owner",
    }
    return sm.add_constant(pd.DataFrame(terms).astype(float)).rename(columns={"const": "intercept"})


def years(data: pd.DataFrame) -> pd.Series[float]:
    """Years since the beginning of 2024, in Brussels."""
    return (data["applied_at"] - pd.Timestamp("2024-01-01", tz="Europe/Brussels")) / pd.Timedelta(days=365.25)


def coefficient(target: pd.Series, terms: pd.DataFrame, name: str, sign: float = 1.0) -> Interval:
    fit = sm.Logit(target.astype(float), terms.astype(float)).fit(disp=0)
    ends = sorted(sign * fit.conf_int().loc[name])
    return Interval(sign * fit.params[name], *ends)


def default_on_finances(name: str) -> Callable[[Draw, int], Interval]:
    def textbook(draw: Draw, _seed: int) -> Interval:
        known = draw.data[draw.data["defaulted"].notna()]
        terms = finances(known).assign(born_abroad=known["born_abroad"], year=years(known))
        return coefficient(known["defaulted"], terms, name)

    return textbook


def default_alone(name: str) -> Callable[[Draw, int], Interval]:
    def naive(draw: Draw, _seed: int) -> Interval:
        known = draw.data[draw.data["defaulted"].notna()]
        terms = finances(known).assign(born_abroad=known["born_abroad"], year=years(known))
        return coefficient(known["defaulted"], terms[["intercept", name]], name)

    return naive


def approval_on_finances(name: str, sign: float = 1.0) -> Callable[[Draw, int], Interval]:
    def textbook(draw: Draw, _seed: int) -> Interval:
        terms = finances(draw.data).assign(born_abroad=draw.data["born_abroad"])
        return coefficient(draw.data["approved"], terms, name, sign)

    return textbook


def raw_gap(draw: Draw, _seed: int) -> Interval:
    terms = sm.add_constant(draw.data[["born_abroad"]].astype(float))
    return coefficient(draw.data["approved"], terms, "born_abroad", -1.0)


def rate_by_model(draw: Draw, _seed: int) -> Interval:
    """Learn from those whose outcome is known, predict everybody, average; the delta method for the interval."""
    known = draw.data[draw.data["defaulted"].notna()]
    fit = sm.Logit(known["defaulted"].astype(float), finances(known)).fit(disp=0)
    everybody = finances(draw.data).to_numpy()
    p = expit(everybody @ fit.params.to_numpy())
    slope = (p * (1 - p)) @ everybody / len(p)
    error = 1.96 * float(np.sqrt(slope @ fit.cov_params().to_numpy() @ slope))
    return Interval(float(p.mean()), float(p.mean()) - error, float(p.mean()) + error)


def rate_of_the_approved(draw: Draw, _seed: int) -> Interval:
    outcome = draw.data["defaulted"].dropna().astype(float)
    return Interval(float(outcome.mean()), *proportion_confint(outcome.sum(), len(outcome)))


def rate_of_all(draw: Draw, _seed: int) -> float:
    return float(draw.truth.rows["default_probability"].mean())


def squeeze_within_customers(draw: Draw, _seed: int) -> Interval:
    """Each customer is compared with themselves at other times; errors are clustered by customer."""
    owing = draw.data[draw.data["other_debt"] > 0]
    who = owing["customer_id"]
    debt, year = np.log(owing["other_debt"]), years(owing)
    fit = sm.OLS(debt - debt.groupby(who).transform("mean"), year - year.groupby(who).transform("mean"))
    result = fit.fit(cov_type="cluster", cov_kwds={"groups": who})
    return Interval(float(result.params.iloc[0]), *result.conf_int().iloc[0])


def proxy_of_districts(draw: Draw, _seed: int) -> Interval:
    """One row a customer: in each city, the first district leans one way, the third the other."""
    people = draw.data.drop_duplicates("customer_id")
    lean = people["district"].cat.codes % 3 - 1.0
    return coefficient(people["born_abroad"], sm.add_constant(pd.DataFrame({"lean": lean})), "lean")


N = 12_000
SETTLED = {"wait": 365}
ONE_AT_A_TIME = "one term alone carries the others that go with it, and the underwriters have sorted the approved"

RECOVERIES = (
    *(
        Recovery(f"default_{name}", "applications", N, default_on_finances(name), SETTLED, naive, why)
        for name, naive, why in [
            ("intercept", None, ""),
            ("log_income", default_alone("log_income"), ONE_AT_A_TIME),
            ("excess_debt", default_alone("excess_debt"), ONE_AT_A_TIME),
            ("late_payments", default_alone("late_payments"), ONE_AT_A_TIME),
            ("new_job", None, ""),
            ("log_history", default_alone("log_history"), ONE_AT_A_TIME),
            ("insecure_debt", default_alone("insecure_debt"), ONE_AT_A_TIME),
            ("born_abroad", default_alone("born_abroad"), "poorer finances are taken for the birthplace's effect"),
        ]
    ),
    Recovery("approval_excess_debt", "applications", N, approval_on_finances("excess_debt")),
    Recovery("approval_late_payments", "applications", N, approval_on_finances("late_payments")),
    Recovery(
        "bias",
        "applications",
        N,
        approval_on_finances("born_abroad", -1.0),
        naive=raw_gap,
        naive_fails="the raw gap of approvals adds unequal finances to the bias",
    ),
    Recovery(
        "bias",
        "applications",
        N,
        approval_on_finances("born_abroad", -1.0),
        {"bias": 0.0},
        raw_gap,
        "unequal finances alone make a gap of approvals, with no bias at all",
    ),
    Recovery(
        "default_rate",
        "applications",
        N,
        rate_by_model,
        naive=rate_of_the_approved,
        naive_fails="the underwriters turned the riskier ones away",
        truth=rate_of_all,
    ),
    Recovery(
        "drift",
        "applications",
        N,
        default_on_finances("year"),
        {**SETTLED, "squeeze": 1.0},
        default_alone("year"),
        "debts grow: worse applicants are taken for a worse year",
    ),
    Recovery("drift", "applications", N, default_on_finances("year"), {**SETTLED, "drift": 0.4}),
    Recovery("proxy", "applications", N, proxy_of_districts),
    Recovery("squeeze", "applications", N, squeeze_within_customers, {"squeeze": 0.3}),
)
