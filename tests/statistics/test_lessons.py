"""What a learner builds in a lesson and what the package offers afterwards are the same thing.

The package's function goes through the lesson's own checks, hidden tests included, in the place of a learner's, and
gives what the lesson's solution gives. Lessons that the course does not have yet are left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from curriculum import check, datasets, statistics
from curriculum import course as courses


def sample(rng):
    """A few values with ties, not all equal."""
    return np.append(rng.integers(0, 60, rng.integers(7, 14)) / 4, 99.0)


def two_samples(rng):
    return sample(rng), sample(rng)


def paired(rng):
    return tuple(rng.integers(0, 30, (2, rng.integers(5, 20))) + np.arange(2)[:, None] * 0.5)


def seeded(rng):
    return int(rng.integers(1, 200)), int(rng.integers(1000))


# function: (lesson, exercise, what draws its arguments)
BUILT = {
    "z_scores": ("describing-data", "z-scores", lambda rng: (sample(rng),)),
    "mad_outliers": ("describing-data", "mad-outliers", lambda rng: (np.arange(9.0) ** rng.uniform(1, 4),)),
    "spearman": ("describing-data", "spearman-by-ranks", paired),
    "standard_error": ("sampling", "standard-error-formula", lambda rng: (sample(rng),)),
    "coverage": (
        "estimation",
        "measure-coverage",
        lambda rng: (lambda row: (min(row), max(row)), rng.integers(0, 9, (rng.integers(1, 9), 3)), 4),
    ),
    "percentile_interval": (
        "estimation",
        "percentile-bootstrap",
        lambda rng: (sample(rng), np.mean, 0.9, *seeded(rng)),
    ),
    "bca_interval": ("estimation", "bca-bootstrap", lambda rng: (sample(rng), np.mean, 0.8, 300, seeded(rng)[1])),
    "median_interval": ("estimation", "median-interval", lambda rng: (sample(rng), rng.uniform(0.2, 0.98))),
    "permutation_p_value": ("hypothesis-tests", "permutation-p-value", lambda rng: (*two_samples(rng), *seeded(rng))),
    "welch": ("hypothesis-tests", "welch", two_samples),
    "chi_square": ("hypothesis-tests", "chi-square", lambda rng: (rng.integers(1, 90, rng.integers(2, 5, 2)),)),
    "sample_size": (
        "hypothesis-tests",
        "sample-size",
        lambda rng: (*rng.uniform(0.05, 0.4, 2), *rng.uniform([0.01, 0.6], [0.1, 0.95])),
    ),
    "benjamini_hochberg": (
        "hypothesis-tests",
        "benjamini-hochberg",
        lambda rng: (rng.uniform(size=rng.integers(0, 20)) ** 3,),
    ),
    "sample_ratio_p_value": ("experiments", "sample-ratio", lambda rng: (rng.integers(1, 90, 2), [0.25, 0.75])),
    "cuped": ("experiments", "cuped", paired),
}
LESSONS = {lesson.id: lesson for lesson in courses.load().lessons}


def namespace():
    return {"np": np, "pd": pd, "stats": stats, "check": check, "datasets": datasets}


@pytest.mark.parametrize("name", [name for name, (lesson, _, _) in BUILT.items() if lesson in LESSONS])
class TestTheLesson:
    def test_checks_accept_the_package(self, name):
        lesson, exercise, _ = BUILT[name]
        names = namespace() | {name: getattr(statistics, name)}
        for cell in LESSONS[lesson].exercise(exercise).checks:
            exec(cell.source, names)

    def test_solution_gives_the_same(self, name):
        lesson, exercise, draw = BUILT[name]
        names, rng = namespace(), np.random.default_rng(8)
        exec(LESSONS[lesson].exercise(exercise).solution, names)
        for _ in range(40):
            arguments = draw(rng)
            expected, got = names[name](*arguments), getattr(statistics, name)(*arguments)
            assert isinstance(expected, type(got))
            np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-14)
