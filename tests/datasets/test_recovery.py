"""The planted effects can be recovered: a fixed part of what ``benchmarks/recovery.py`` shows for 200 draws.

With 8 draws and 95 % intervals, at most 3 may miss: a right method fails that once in 2,700 sets of draws, and the
draws are fixed. The errors together must be noise: their mean lies within four standard errors of nothing, as the
intervals state them.
"""

from __future__ import annotations

import functools
import math

import pytest
from recovery import Interval, measure, recoveries

SEEDS = range(8)
KNOWN = recoveries()


@functools.cache
def measured(place):
    """Both methods on the same draws, whichever of them is asked about."""
    return measure(KNOWN[place], SEEDS)


def of(chosen):
    return pytest.mark.parametrize(
        "place", [KNOWN.index(r) for r in chosen], ids=[f"{r.table}-{r.effect}" for r in chosen]
    )


@of(KNOWN)
def test_the_textbook_method_recovers_what_was_planted(place):
    textbook = measured(place).textbook
    stated_error = textbook.width / (2 * 1.96) / math.sqrt(len(SEEDS))
    assert textbook.covered >= 5
    assert abs(textbook.mean_error) <= 4 * stated_error


@of([recovery for recovery in KNOWN if recovery.naive])
def test_the_naive_method_misleads(place):
    assert KNOWN[place].naive_fails
    naive = measured(place).naive
    assert naive.covered <= 5 or abs(naive.mean_error) > 3 * naive.standard_error / math.sqrt(len(SEEDS))


def test_an_interval_covers_its_ends():
    assert all(Interval(1.5, 1, 2).covers(value) for value in (1, 1.5, 2))
    assert not any(Interval(1.5, 1, 2).covers(value) for value in (0.99, 2.01, math.nan))
