"""Applications for credit: who asked, how the underwriters decided, and who of those they trusted paid back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from curriculum.datasets.fernway._applicants import DISTRICTS, EMPLOYMENTS, HOUSINGS, applicants
from curriculum.datasets.fernway._calendar import LOCAL_ZONE, Period, ordered_shares
from curriculum.datasets.fernway._columns import categorical, choose, ids, logistic
from curriculum.datasets.fernway._draw import Draw, Truth
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway._simulator import Scenario, Simulator, option, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from curriculum.datasets.fernway._applicants import Applicants
    from curriculum.datasets.fernway._columns import Floats

BLOCK = 50_000
PURPOSES = ("appliance", "furniture", "electronics", "car repair", "moving", "refinancing")
TERMS = np.array([3, 6, 12, 18, 24, 36], dtype=np.int64)
MATURITY = pd.Timedelta(days=365)
_PURPOSE_SHARES = (0.24, 0.18, 0.22, 0.13, 0.09, 0.14)
_PURPOSE_MEDIANS = np.array([900.0, 1_200.0, 700.0, 1_500.0, 2_200.0, 4_500.0])
_EPOCH = pd.Timestamp("2024-01-01", tz=LOCAL_ZONE)
# Log odds of default and of approval, by the terms of ``_terms``; see docs/fernway/applications.md.
DEFAULT = {
    "intercept": -1.80,
    "log_income": -0.80,
    "excess_debt": 1.60,
    "late_payments": 0.70,
    "log_history": -0.60,
    "no_history": -0.20,
    "new_job": 0.90,
    "insecure": 0.30,
    "insecure_debt": 3.00,
    "term_years": 0.30,
    "refinancing": 0.40,
    "owner": -0.40,
}
APPROVAL = {
    "intercept": 1.10,
    "log_income": 0.90,
    "excess_debt": -1.80,
    "late_payments": -0.70,
    "log_history": 0.45,
    "no_history": -0.60,
    "new_job": -0.60,
    "insecure": -0.70,
    "insecure_debt": -0.50,
    "term_years": -0.20,
    "refinancing": -0.30,
    "owner": 0.40,
}


@dataclass(frozen=True, kw_only=True)
class Applications(Scenario):
    """The options of the applications' table."""

    start: str = option("2024-01-01", "first local day")
    days: int = option(731, "number of local days", low=1, high=3660)
    customers: int = option(5_000, "number of customers who may apply", low=1, high=1_000_000)
    wait: int = option(
        183, "days from the end of the period to the extract; from 365 on every outcome is settled", low=0, high=3660
    )
    bias: float = option(
        0.8, "what the underwriters take off the log odds of approval of people born abroad", low=-3.0, high=3.0
    )
    inequality: float = option(
        1.0, "how unequal the finances of people born abroad are: 0 as everyone's, 1 as at Fernway", low=0.0, high=2.0
    )
    proxy: float = option(
        1.0, "how far people born abroad live in other districts, in log odds; 0 as everyone", low=0.0, high=3.0
    )
    drift: float = option(
        0.0, "rise of the log odds of default a year from 2024 on, finances being equal", low=-2.0, high=2.0
    )
    squeeze: float = option(0.0, "rise of the logarithm of other debt a year from 2024 on", low=-1.0, high=1.0)


def _blocks(n: int, seed: int, scenario: Applications) -> Iterator[Draw]:
    people = applicants(seed, scenario.customers, scenario.inequality, scenario.proxy)
    period = Period(scenario.start, scenario.days)
    for block, first, last in spans(n, BLOCK):
        streams = Streams(seed, "applications", block, scenario.start)
        applied_at = period.arrivals(ordered_shares(streams("applied_at"), first, last, n))
        data = _asked(streams, ids(first, last), applied_at, people, scenario)
        yield _decided(streams, data, scenario)


def _asked(
    streams: Streams,
    number: NDArray[np.int64],
    applied_at: pd.DatetimeIndex,
    people: Applicants,
    scenario: Applications,
) -> pd.DataFrame:
    """What an application says: all that is known when it is decided."""
    n = len(number)
    share = np.cumsum(people.appetite)
    who = np.searchsorted(share, streams("customer").random(n) * share[-1], side="right")
    years = np.asarray((applied_at - _EPOCH) / pd.Timedelta(days=365.25))
    income = np.round(people.income[who] * np.exp(streams("income").normal(0.0, 0.05, n)) / 100) * 100
    purpose = choose(streams("purpose"), n, PURPOSES, _PURPOSE_SHARES)
    size = np.log(_PURPOSE_MEDIANS[purpose.codes]) + 0.35 * np.log(income / 34_000)
    amount = np.clip(np.exp(size + streams("amount").normal(0.0, 0.6, n)), 100, 15_000)
    known = people.known_months[who] + 12 * years
    debt = people.debt[who] * np.exp(streams("other_debt").normal(0.0, 0.25, n) + scenario.squeeze * years)
    in_job = np.mod(people.job_begun[who] + years, np.maximum(people.job_length[who], 0.1))
    return pd.DataFrame(
        {
            "application_id": number,
            "customer_id": who.astype(np.int64) + 1,
            "applied_at": applied_at,
            "amount": _as_people_ask(streams, amount),
            "term_months": _term(streams, amount),
            "purpose": purpose,
            "income": income.astype(np.int64),
            "employment": categorical(people.employment[who], EMPLOYMENTS),
            "years_employed": np.where(people.job_length[who] > 0, in_job, 0.0).round(1),
            "housing": categorical(people.housing[who], HOUSINGS),
            "other_debt": np.where(known > 0, np.round(debt / 10) * 10, 0).astype(np.int64),
            "late_payments": _late_payments(streams, people.lateness[who] * (known > 0)),
            "months_known": pd.Series(np.floor(known)).where(known > 0).astype("Int64"),
            "district": categorical(people.district[who], DISTRICTS),
            "age": people.age[who],
            "born_abroad": people.born_abroad[who],
        }
    )


def _as_people_ask(streams: Streams, amount: Floats) -> NDArray[np.int64]:
    """Round sums: to 10 euros up to 500, to 50 up to 2,000, to 100 above, and some to the next 500."""
    step = np.select([amount < 500, amount < 2_000], [10.0, 50.0], default=100.0)
    step = np.where((streams("round").random(len(amount)) < 0.3) & (amount > 700), 500.0, step)
    return np.asarray(np.round(amount / step) * step).astype(np.int64)


def _term(streams: Streams, amount: Floats) -> NDArray[np.int64]:
    """The larger the sum, the longer the term."""
    wish = np.log(amount / 1_200) + streams("term_months").normal(0.0, 0.6, len(amount))
    return TERMS[np.searchsorted([-1.2, -0.5, 0.3, 0.8, 1.5], wish)]


def _late_payments(streams: Streams, rate: Floats) -> NDArray[np.int64]:
    return np.minimum(streams("late_payments").poisson(rate), 12).astype(np.int64)


def _decided(streams: Streams, data: pd.DataFrame, scenario: Applications) -> Draw:
    """What the underwriters and the applicants did then."""
    n = len(data)
    terms = _terms(data)
    unbiased = _sum(APPROVAL, terms)
    approval = logistic(unbiased - scenario.bias * data["born_abroad"].to_numpy())
    years = np.asarray((data["applied_at"] - _EPOCH) / pd.Timedelta(days=365.25))
    default = logistic(_sum(DEFAULT, terms) + scenario.drift * years)
    approved = streams("approved").random(n) < approval
    taken_up = approved & (streams("taken_up").random(n) < logistic(2.4 - 0.7 * terms["log_income"]))
    would_default = streams("defaulted").random(n) < default
    settled = (data["applied_at"] + MATURITY <= _extract(scenario)).to_numpy()
    data["approved"] = approved
    data["taken_up"] = taken_up
    data["defaulted"] = pd.Series(would_default).where(taken_up & settled).astype("boolean")
    rows = pd.DataFrame(
        {
            "default_probability": default.round(6),
            "would_default": would_default,
            "approval_probability": approval.round(6),
            "unbiased_approval_probability": logistic(unbiased).round(6),
        }
    )
    return Draw(data, Truth(_effects(scenario), rows))


def _terms(data: pd.DataFrame) -> dict[str, Floats]:
    """What default and approval depend on, from the columns as they are published."""
    income = data["income"].to_numpy(float)
    debt = (data["other_debt"].to_numpy(float) + data["amount"].to_numpy(float)) / income
    excess = np.clip(debt - 0.2, 0.0, 1.0)
    history = data["months_known"].to_numpy(float, na_value=0.0) / 12
    insecure = data["employment"].isin(["temporary", "self-employed", "student", "unemployed"]).to_numpy(float)
    return {
        "intercept": np.ones(len(data)),
        "log_income": np.log(income / 34_000),
        "excess_debt": excess,
        "late_payments": data["late_payments"].to_numpy(float),
        "log_history": np.log1p(history),
        "no_history": data["months_known"].isna().to_numpy(float),
        "new_job": ((data["employment"] != "retired") & (data["years_employed"] < 1)).to_numpy(float),
        "insecure": insecure,
        "insecure_debt": insecure * excess,
        "term_years": data["term_months"].to_numpy(float) / 12,
        "refinancing": (data["purpose"] == "refinancing").to_numpy(float),
        "owner": (data["housing"] == "owner").to_numpy(float),
    }


def _sum(log_odds: Mapping[str, float], terms: Mapping[str, Floats]) -> Floats:
    return np.asarray(sum(log_odds[name] * terms[name] for name in log_odds))


def _extract(scenario: Applications) -> pd.Timestamp:
    """The local midnight when the table was taken from the books."""
    return (pd.Timestamp(scenario.start) + pd.Timedelta(days=scenario.days + scenario.wait)).tz_localize(LOCAL_ZONE)


def _effects(scenario: Applications) -> dict[str, float]:
    return {
        **{f"default_{name}": value for name, value in DEFAULT.items()},
        "default_born_abroad": 0.0,
        "drift": scenario.drift,
        **{f"approval_{name}": value for name, value in APPROVAL.items()},
        "bias": scenario.bias,
        "proxy": scenario.proxy,
        "squeeze": scenario.squeeze,
    }


SIMULATOR = Simulator(
    name="applications",
    title="Applications for credit: finances, the underwriters' decision, and who defaulted",
    unit="applications",
    scenario=Applications,
    blocks=_blocks,
)
