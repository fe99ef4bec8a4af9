"""Several files of one learner for one lesson: which came first, and which of them are the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.collecting._claim import Platform
from curriculum.collecting._resolve import Owned, lost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from curriculum.collecting._find import Unmatched

_SHOWN = 3


@dataclass(frozen=True)
class Attempt:
    """One notebook of one learner for one lesson.

    Attributes:
        number: 1 for the earliest that was collected.
        is_newest: whether none came later.
        copies: what else held the very same bytes, and came next to it.
    """

    owned: Owned
    number: int
    is_newest: bool
    copies: tuple[str, ...] = ()


def attempts_of(owned: Iterable[Owned]) -> tuple[list[Attempt], list[Unmatched]]:
    """Number the attempts of each learner for each lesson; where nothing tells which came last, all are nobody's."""
    groups: dict[tuple[str, str], list[Owned]] = defaultdict(list)
    for item in owned:
        groups[item.key, item.find.lesson.name].append(item)
    attempts: list[Attempt] = []
    unmatched: list[Unmatched] = []
    for _, group in sorted(groups.items()):
        ordered = _ordered(group)
        if ordered is None:
            files = " and ".join(item.find.source.original for item in group[:_SHOWN])
            lesson = group[0].find.lesson.id
            reason = f"{len(group)} files answer the lesson {lesson!r}, and nothing tells which is newer: {files}"
            unmatched += [lost(item.find, reason) for item in group]
        else:
            attempts += _numbered(ordered)
    return attempts, unmatched


def _ordered(group: list[Owned]) -> list[Owned] | None:
    """Oldest first; None where that cannot be told."""
    if len({item.find.sha256 for item in group}) == 1:
        return sorted(group, key=lambda item: item.find.source.original)
    # Canvas's own count is surer than the clocks of learners' computers.
    ranks = [_upload(item) for item in group]
    if not all(ranks):
        ranks = [_seconds(item) for item in group]
    if any(rank is None for rank in ranks):
        return None
    by_rank: dict[float, list[Owned]] = defaultdict(list)
    for rank, item in zip(ranks, group, strict=True):
        by_rank[rank or 0.0].append(item)
    if any(len({item.find.sha256 for item in items}) > 1 for items in by_rank.values()):
        return None
    return [item for _, items in sorted(by_rank.items()) for item in items]


def _upload(item: Owned) -> float | None:
    claim = item.find.source.claim
    return float(claim.upload) if claim is not None and claim.platform is Platform.CANVAS else None


def _seconds(item: Owned) -> float | None:
    time = item.find.source.time
    return None if time is None else time.timestamp()


def _numbered(ordered: list[Owned]) -> list[Attempt]:
    """Attempts without those that repeat the one before; a return to an earlier version is an attempt."""
    runs: list[list[Owned]] = []
    for item in ordered:
        if runs and runs[-1][0].find.sha256 == item.find.sha256:
            runs[-1].append(item)
        else:
            runs.append([item])
    return [
        Attempt(first, number, number == len(runs), tuple(item.find.source.original for item in copies))
        for number, (first, *copies) in enumerate(runs, start=1)
    ]
