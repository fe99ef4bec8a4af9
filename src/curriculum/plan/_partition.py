"""Sharing out a row of things among groups, in order, as evenly as can be."""

from __future__ import annotations

import math
import operator
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def partition(sizes: Sequence[int], capacities: Sequence[int], *, empty: bool = False) -> list[range]:
    """Cut a row of things into as many stretches as there are groups, one after the other.

    The fullest group is as little full as possible, a group's fullness being the sum of its sizes divided by its
    capacity; among all ways to reach that, the sum of the squares of fullness is the least.

    Args:
        sizes: 0 or more each.
        capacities: above 0 each, in any unit.
        empty: whether a group may be empty, even if there are things enough; where there are not, some have to be.

    Returns:
        For each group the places of its things; together every place once, in order.
    """
    ends = [0, *accumulate(sizes)]
    least = 0 if empty or len(sizes) < len(capacities) else 1
    common = math.lcm(*capacities)
    scales = [common // capacity for capacity in capacities]

    def fullness(group: int, begin: int, end: int) -> int:
        return (ends[end] - ends[begin]) * scales[group]

    def squared(group: int, begin: int, end: int) -> int:
        return fullness(group, begin, end) ** 2

    shape = (len(sizes), len(capacities), least)
    worst, _ = _best(shape, fullness, max, math.inf)
    _, cuts = _best(shape, squared, operator.add, worst**2)
    return [range(begin, end) for begin, end in zip([0, *cuts], [*cuts, len(sizes)], strict=True)]


def _best(
    shape: tuple[int, int, int],
    cost: Callable[[int, int, int], int],
    join: Callable[[float, float], float],
    most: float,
) -> tuple[float, list[int]]:
    """The least joined cost of cutting things into groups, none of which may cost more than ``most``; and the cuts.

    ``shape``: how many things, how many groups, how many things a group holds at the least.
    """
    things, groups, fewest = shape
    least: list[float] = [0.0] + [math.inf] * things
    chosen: list[list[int]] = []
    for group in range(groups):
        row, begins = [math.inf] * (things + 1), [0] * (things + 1)
        for end in range(things + 1):
            # From the shortest stretch to the longest, so that of equals the earlier group is the fuller one.
            for begin in range(end - fewest, -1, -1):
                own = cost(group, begin, end)
                if own > most:
                    break
                total = join(least[begin], own)
                if total < row[end]:
                    row[end], begins[end] = total, begin
        least = row
        chosen.append(begins)
    cuts, end = [], things
    for begins in reversed(chosen[1:]):
        end = begins[end]
        cuts.append(end)
    return least[things], cuts[::-1]
