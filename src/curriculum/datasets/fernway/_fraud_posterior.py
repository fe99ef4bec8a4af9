"""The best that anybody can know: how probable each pattern is, given everything visible up to the payment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from curriculum.datasets.fernway import _fraud_patterns as fp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curriculum.datasets.fernway._columns import Floats

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_FRAUDS = range(1, len(fp.PATTERNS))


@dataclass(frozen=True)
class Seen:
    """What is visible of each payment, and what is known of its card and hour."""

    merchant: Ints
    night: Bools
    online: Bools
    tapped: Bools
    new: Bools
    confirmed: Bools
    abroad: Bools
    amount: Floats
    distance: Floats
    appetite: Floats
    rural: Bools
    genuine_online: Floats


def log_ratios(seen: Seen) -> Floats:
    """Logarithms of how much likelier each pattern (rows; the first is genuine) makes what is seen than genuine."""
    log_amount, log_distance = np.log(seen.amount), np.log(seen.distance)
    hidden = np.isnan(log_distance)
    kind = np.where(seen.online, 2, seen.abroad)
    ratios = np.zeros((len(fp.PATTERNS), len(seen.amount)))
    ratios[1:] = _discrete_ratios()[:, _position(seen, hidden)]
    online = np.where(seen.online, seen.genuine_online, 1 - seen.genuine_online)
    usual = fp.AMOUNT_MEAN[0][seen.merchant] + seen.appetite
    at_home = _log_normal(log_amount, usual, fp.AMOUNT_SD[0][seen.merchant]) + np.log(online)
    usual = fp.DISTANCE_MEAN[0][kind] + fp.RURAL * (seen.rural & (kind == 0))
    near = np.where(hidden, 0.0, _log_normal(log_distance, usual, fp.DISTANCE_SD[0][kind]))
    for k in _FRAUDS:
        far = _log_normal(log_distance, fp.DISTANCE_MEAN[k][kind], fp.DISTANCE_SD[k][kind])
        ratios[k] += _log_normal(log_amount, fp.AMOUNT_MEAN[k, 0], fp.AMOUNT_SD[k, 0]) - at_home
        ratios[k] += np.where(hidden, 0.0, far) - near
    return ratios


def _log_normal(x: Floats, mean: Floats | float, sd: Floats | float) -> Floats:
    """The logarithm of the normal density, up to a constant."""
    return np.asarray(-0.5 * ((x - mean) / sd) ** 2 - np.log(sd))


# What is discrete: merchant, night, band of the amount, online, tapped, new, confirmed, abroad, hidden.
_SHAPE = (len(fp.MERCHANTS), 2, 3, 2, 2, 2, 2, 2, 2)


def _position(seen: Seen, hidden: Bools) -> Ints:
    """Where each payment stands in the table of what is discrete."""
    band = (seen.amount >= fp.CONFIRM_LIMIT).astype(np.int64) + (seen.amount > fp.TAP_LIMIT)
    flags = (seen.online, seen.tapped, seen.new, seen.confirmed, seen.abroad, hidden)
    at = (seen.merchant.astype(np.int64) * 2 + seen.night) * 3 + band
    for flag in flags:
        at = at * 2 + flag
    return at


@cache
def _discrete_ratios() -> Floats:
    """Logarithms of the ratios for every combination of what is discrete, but for a genuine payment's being online."""
    merchant, night, band, online, tapped, new, confirmed, abroad, hidden = np.indices(_SHAPE).reshape(len(_SHAPE), -1)

    def of(p: Floats, happened: NDArray[np.int64]) -> Floats:
        return np.where(happened == 1, p, 1 - p)

    def chance(k: int) -> Floats:
        row = np.where(night == 1, 5, 0) if k == 0 else k
        device = of(fp.NEW_DEVICE[k], new) * of(fp.CONFIRMED[k][np.minimum(band, 1)], confirmed)
        there = np.where(online == 1, device * of(fp.HIDDEN[k], hidden), of(fp.TAP[k][band // 2], tapped))
        share = fp.MERCHANT_SHARE[row, merchant] * there * of(fp.ABROAD[k][online], abroad)
        return np.asarray(share if k == 0 else share * of(fp.ONLINE[k], online))

    with np.errstate(divide="ignore"):
        return np.array([np.log(chance(k)) - np.log(chance(0)) for k in _FRAUDS])


@dataclass(frozen=True)
class Memory:
    """What is remembered of each card: the second of its last payment, and the belief about its pattern (columns)."""

    second: Ints
    belief: Floats


@dataclass(frozen=True)
class Trail:
    """The payments of a block by card: who comes before whom.

    Attributes:
        order: the rows sorted by card, then time.
        begins: whether a row (in that order) is the card's first of the block.
        gap: seconds since the card's last payment, by row.
    """

    order: Ints
    begins: Bools
    gap: Floats


def trail(card: Ints, second: Ints, memory: Memory) -> Trail:
    """Find each payment's gap to the card's payment before, in this block or in the memory."""
    small = card.astype(np.int16) if len(memory.second) < 2**15 else card
    order = np.argsort(small, kind="stable")
    sorted_card, sorted_second = card[order], second[order]
    begins = np.concatenate([[True], sorted_card[1:] != sorted_card[:-1]])
    before = np.concatenate([[0], sorted_second[:-1]])
    before[begins] = memory.second[sorted_card[begins]]
    gap = np.empty(len(card))
    gap[order] = sorted_second - before
    return Trail(order, begins, gap)


def follow(ratios: Floats, starts: Floats, rate: Floats, card: Ints, trail: Trail, memory: Memory) -> Floats:
    """Give the probability of each pattern (rows) for each payment, given all of the card's payments up to it.

    A payment starts something new at the ``rate`` of its card, or goes on with what the card's last payment was, if
    that was at most an hour ago. Beliefs so run along the chains of payments with short gaps.
    """
    likelihood = np.exp(ratios)
    belief = starts.T * likelihood
    belief /= belief.sum(axis=0)
    order = trail.order
    linked = trail.gap[order] <= fp.GAP_MOST
    position = np.arange(len(order))
    anchor = np.where(linked, np.where(trail.begins, position - 1, -1), position)
    depth = position - np.maximum.accumulate(anchor)
    chained = np.flatnonzero(linked)
    chained = chained[np.argsort(depth[chained], kind="stable")]
    cuts = np.flatnonzero(np.diff(depth[chained])) + 1
    for at in np.split(chained, cuts) if len(chained) else []:
        rows, first = order[at], trail.begins[at]
        last = np.where(first, memory.belief[card[rows]].T, belief[:, order[at - 1]])
        belief[:, rows] = _after(last, likelihood[:, rows], starts[rows].T, rate[rows], trail.gap[rows])
    return belief


def _after(last: Floats, likelihood: Floats, starts: Floats, rate: Floats, gap: Floats) -> Floats:
    """The belief about a payment that comes ``gap`` seconds after one with the belief ``last``."""
    most = 1 - np.exp(-fp.GAP_MOST / fp.GAP_MEAN)
    spent = np.exp(-gap / fp.GAP_MEAN[:, None])
    due = last * fp.GOES_ON[:, None]
    goes_on = due * spent / (fp.GAP_MEAN * most)[:, None]
    nothing = 1 - np.sum(due * (1 - spent) / most[:, None], axis=0)
    weight = (nothing * rate * starts + goes_on) * likelihood
    return np.asarray(weight / weight.sum(axis=0))


def remember(memory: Memory, card: Ints, second: Ints, belief: Floats, trail: Trail) -> None:
    """Keep the last payment of each card of the block."""
    ends = np.concatenate([trail.begins[1:], [True]])
    rows = trail.order[ends]
    memory.second[card[rows]] = second[rows]
    memory.belief[card[rows]] = belief[:, rows].T
