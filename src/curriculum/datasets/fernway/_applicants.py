"""Who asks Fernway for credit: what stays the same of a customer from one application to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from curriculum.datasets.fernway._columns import log_odds, logistic
from curriculum.datasets.fernway._random import Streams
from curriculum.datasets.fernway.customers import population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

    Codes = NDArray[np.int64]

EMPLOYMENTS = ("permanent", "temporary", "self-employed", "student", "retired", "unemployed")
HOUSINGS = ("owner", "tenant", "with family")
# Three districts for each of ``_calendar.CITIES``; in each city from few to many people who were born abroad.
DISTRICTS = (
    *("Gull Hill", "Old Quay", "Ropewalk"),
    *("Weir Park", "Saltmarket", "Tannery Row"),
    *("Heather Rise", "Chapel Green", "Pit Lane"),
    *("Duneside", "Station", "Canal End"),
)
_BORN_ABROAD = 0.20
_DISTRICT_SHARES = np.array([0.40, 0.36, 0.24])
# Mean years in the job, of those who have one.
_YEARS_IN_JOB = np.array([8.5, 1.8, 7.0, 0.0, 0.0, 0.0])


@dataclass(frozen=True)
class Applicants:
    """What the customers 1, 2, 3, ... are, each an array; time counts from the beginning of 2024.

    Attributes:
        age, income: as in the customers' table, the income as it truly is.
        born_abroad: the protected attribute.
        district, employment, housing: positions in DISTRICTS, EMPLOYMENTS and HOUSINGS.
        job_length: years from the beginning of a job to that of the next; 0 without one.
        job_begun: years in the job; both repeat, so that at all times as many have just begun.
        known_months: months that the credit register knew them; negative if it came to know them later.
        debt: what they owe elsewhere, in euros.
        lateness: how many payments they are late with in a year, on average.
        appetite: how often they ask for credit; the scale does not matter.
    """

    age: NDArray[np.int64]
    income: Floats
    born_abroad: NDArray[np.bool_]
    district: Codes
    employment: Codes
    housing: Codes
    job_length: Floats
    job_begun: Floats
    known_months: Floats
    debt: Floats
    lateness: Floats
    appetite: Floats


def applicants(seed: int, n: int, inequality: float, proxy: float) -> Applicants:
    """The first ``n`` customers of a seed's Fernway as the lender sees them."""
    people = population(seed, n)
    streams = Streams(seed, "applicants")
    age = people.data["age"].to_numpy()
    years = age.astype(float)
    income = people.truth.rows["true_income"].to_numpy(float)
    richness = np.log(income / 34_000)
    # Incomes are there already, so inequality is drawn from the other side: the poorer, the likelier born abroad.
    born_abroad = streams("born_abroad").random(n) < logistic(log_odds(_BORN_ABROAD) - 1.1 * inequality * richness)
    worse = inequality * born_abroad.astype(np.float64)
    city = people.data["city"].cat.codes.to_numpy(np.int64)
    district = len(_DISTRICT_SHARES) * city + _part_of_city(streams, born_abroad, proxy)
    employment = _employment(streams, years, richness, worse)
    # A uniform part of a gamma length of shape 2 is exponential, whenever one looks.
    job_length = np.minimum(_YEARS_IN_JOB[employment] * streams("job_length").gamma(2.0, 1.0, n), years - 17)
    debt = np.where(streams("indebted").random(n) < logistic(0.7 - 0.02 * np.abs(years - 42)), 1.0, 0.0)
    debt *= np.exp(np.log(4_200) + 0.6 * richness + streams("debt").normal(0.0, 0.85, n))
    lateness = 0.55 * streams("lateness").gamma(0.7, 1.0, n) * np.exp(-0.5 * richness + 0.3 * worse)
    return Applicants(
        age=age,
        income=income,
        born_abroad=born_abroad,
        district=district,
        employment=employment,
        housing=_housing(streams, years, richness, worse),
        job_length=job_length,
        job_begun=np.asarray(streams("job_begun").random(n) * job_length),
        known_months=_known_months(streams, years, worse),
        debt=np.asarray(debt),
        lateness=np.asarray(lateness),
        appetite=_appetite(streams, years, richness),
    )


def _part_of_city(streams: Streams, born_abroad: NDArray[np.bool_], proxy: float) -> Codes:
    lean = proxy * np.array([-1.0, 0.0, 1.0])
    return _choose(streams("district"), np.log(_DISTRICT_SHARES) + born_abroad[:, None] * lean)


def _employment(streams: Streams, age: Floats, richness: Floats, worse: Floats) -> Codes:
    young, old = age < 28, age >= 66
    weights = np.column_stack(
        [
            np.where(old, -3.0, 0.0),
            np.where(old, -6.0, -1.6 - 0.03 * (age - 40) - 0.9 * richness + 0.5 * worse),
            np.where(old, -3.0, -2.0 + 0.02 * (age - 40) + 0.2 * worse),
            np.where(young, 0.2 - 0.25 * (age - 20) - 1.5 * richness, -6.0),
            np.where(old, 1.0, np.where(age >= 60, 0.2, -12.0)),
            np.where(old, -9.0, -3.0 - 1.6 * richness + 0.5 * worse),
        ]
    )
    return _choose(streams("employment"), weights)


def _housing(streams: Streams, age: Floats, richness: Floats, worse: Floats) -> Codes:
    zero = np.zeros(len(age))
    owner = -0.5 + 0.05 * (np.minimum(age, 65) - 40) + 0.9 * richness - 0.7 * worse
    family = np.where(age < 32, 0.6 - 0.3 * (age - 22), -4.0)
    return _choose(streams("housing"), np.column_stack([owner, zero, family]))


def _known_months(streams: Streams, age: Floats, worse: Floats) -> Floats:
    """Months in the register before 2024: a part of adult life, a smaller one for who came from elsewhere."""
    n = len(age)
    part = streams("known_part").beta(2.2, 1.6, n) ** (1.0 + 0.9 * worse)
    unknown = streams("unknown").random(n) < logistic(-2.9 + 1.4 * worse - 0.02 * (np.minimum(age, 60) - 30))
    first_seen = streams("first_seen").exponential(60.0, n)
    return np.asarray(np.where(unknown, -first_seen, 12 * (age - 17) * part))


def _appetite(streams: Streams, age: Floats, richness: Floats) -> Floats:
    taste = streams("appetite").gamma(3.0, 1.0, len(age))
    return np.asarray(taste * np.exp(-0.4 * richness - 0.5 * ((age - 36) / 20) ** 2))


def _choose(rng: np.random.Generator, log_weights: Floats) -> Codes:
    """Draw a column for each row, in proportion to the exponentials of the row's weights."""
    shares = np.cumsum(np.exp(log_weights), axis=1)
    drawn = rng.random(len(shares)) * shares[:, -1]
    return np.asarray((drawn[:, None] >= shares[:, :-1]).sum(axis=1))
