"""The partition is the best there is: held against trying every way."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

from hypothesis import given
from hypothesis import strategies as st

from curriculum.plan import partition

SIZES = st.lists(st.integers(0, 30), max_size=7)
CAPACITIES = st.lists(st.integers(1, 4), min_size=1, max_size=4)


def every_way(sizes, capacities):
    """How full the groups are, for every way to cut the row."""
    for cuts in combinations_with_replacement(range(len(sizes) + 1), len(capacities) - 1):
        yield [range(a, b) for a, b in zip([0, *cuts], [*cuts, len(sizes)], strict=True)]


def fullness(groups, sizes, capacities):
    return [Fraction(sum(sizes[p] for p in group), most) for group, most in zip(groups, capacities, strict=True)]


def score(groups, sizes, capacities):
    full = fullness(groups, sizes, capacities)
    return max(full), sum(value**2 for value in full)


@given(SIZES, CAPACITIES)
def test_no_way_is_better(sizes, capacities):
    found = partition(sizes, capacities, empty=True)
    assert [place for group in found for place in group] == list(range(len(sizes)))
    assert len(found) == len(capacities)
    best = min(score(way, sizes, capacities) for way in every_way(sizes, capacities))
    assert score(found, sizes, capacities) == best


@given(SIZES, CAPACITIES)
def test_no_way_without_an_empty_group_is_better(sizes, capacities):
    found = partition(sizes, capacities)
    ways = list(every_way(sizes, capacities))
    if len(sizes) >= len(capacities):
        ways = [way for way in ways if all(way)]
        assert all(found)
    assert score(found, sizes, capacities) == min(score(way, sizes, capacities) for way in ways)


def test_of_equal_ways_the_earlier_group_is_the_fuller_one():
    assert partition([1, 1, 1], [1, 1]) == [range(2), range(2, 3)]
    assert partition([], [1, 2]) == [range(0), range(0)]
    assert partition([5], [1, 1, 1])[0] == range(1)
