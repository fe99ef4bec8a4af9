"""Whose each find is: by the roster where there is one, else by what platform, folder or file say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from curriculum.collecting._claim import Platform
from curriculum.collecting._find import Find, Unmatched
from curriculum.collecting._roster import Roster, UnclearError, folded, name_forms, squashed
from curriculum.errors import SubmissionError
from curriculum.submission import clean, safe, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from curriculum.collecting._claim import Claim

# The time in a zip can be that of another zone, where it is tomorrow already.
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Owned:
    """A find and the key of its learner.

    Attributes:
        is_others: whether the file's own manifest names somebody else of the roster.
    """

    key: str
    find: Find
    is_others: bool = False


def resolve(finds: Iterable[Find], roster: Roster | None, now: datetime) -> tuple[list[Owned], list[Unmatched]]:
    """Find the learner of each; who cannot be told for certain is nobody's. A time after ``now`` is noted."""
    owned: list[Owned] = []
    unmatched: list[Unmatched] = []
    for found in finds:
        find = _dated(found, now)
        try:
            owned.append(_by_roster(find, roster) if roster else _by_itself(find))
        except (UnclearError, SubmissionError) as error:
            unmatched.append(lost(find, str(error)))
    if roster is None:
        owned, twins = _without_twins(_with_numbers(owned))
        unmatched += twins
    return owned, unmatched


def lost(find: Find, reason: str) -> Unmatched:
    """A find that nobody can place."""
    source = find.source
    name = source.claim.name if source.claim else source.owner or find.seal.learner
    return Unmatched(source.original, reason, find.staged, name)


def _by_roster(find: Find, roster: Roster) -> Owned:
    claim, manifest = find.source.claim, find.seal.learner
    if claim is None:
        return _by_place(find, roster)
    key = roster.who(claim)
    _refuse_a_stranger(find.source.container, claim, key, roster)
    forms = name_forms(roster.learner(key).name)
    if claim.platform is Platform.CANVAS and forms and squashed(claim.name) not in forms | {squashed(claim.id)}:
        # The number decides; but a roster with numbers of another kind would show here.
        find = _noted(find, f"is from {claim.name!r} by Canvas, {key!r} by the number")
    if not manifest:
        return Owned(key, find)
    try:
        named = roster.named(manifest)
    except UnclearError:
        alike = squashed(manifest) in forms | {squashed(key)}
        return Owned(key, find if alike else _noted(find, f"calls its learner {manifest!r}"))
    if named == key:
        return Owned(key, find)
    return Owned(key, _noted(find, f"says that it is {named!r}'s; {_shown(claim)} says {key!r}"), is_others=True)


def _refuse_a_stranger(container: str, claim: Claim, key: str, roster: Roster) -> None:
    """A learner can call what is in their own zip as a platform calls another's file.

    Raises:
        UnclearError: around what the platform names stands a folder or zip of somebody else.
    """
    around = [part.removesuffix(".zip") for part in container.split("/")]
    others = {other for name in around for other in _known(name, roster)} - {key}
    if others:
        message = f"is called as {key!r}'s by {_shown(claim)}, and stands in what is {min(others)!r}'s"
        raise UnclearError(message)


def _by_place(find: Find, roster: Roster) -> Owned:
    """No platform says whose it is: the folders may, and the manifest or the name of a zip."""
    source, manifest = find.source, find.seal.learner
    by_folder = {key for name in source.folders for key in _known(name, roster)}
    if len(by_folder) > 1:
        message = f"stands in the folders of {' and '.join(map(repr, sorted(by_folder)))}"
        raise UnclearError(message)
    if not by_folder:
        return Owned(roster.named(manifest or source.owner), find)
    (key,) = by_folder
    other = _known(manifest or source.owner, roster) - {key}
    if other and not manifest:
        message = f"stands in the folder of {key!r} and is called as {min(other)!r}"
        raise UnclearError(message)
    if not other:
        return Owned(key, find)
    return Owned(key, _noted(find, f"says that it is {min(other)!r}'s; its folder says {key!r}"), is_others=True)


def _known(name: str, roster: Roster) -> set[str]:
    try:
        return {roster.named(name)} if name else set()
    except UnclearError:
        return set()


def _by_itself(find: Find) -> Owned:
    claim, manifest = find.source.claim, find.seal.learner
    if claim is None:
        return Owned(safe(clean(manifest or find.source.owner)), find)
    anonymous = claim.id.startswith("anon_")
    if claim.platform is Platform.CANVAS and not anonymous:
        key = safe(f"{claim.name}-{claim.id}")
    else:
        key = safe(clean(claim.name))
    if manifest and not anonymous and squashed(claim.name) not in name_forms(manifest):
        find = _noted(find, f"calls its learner {manifest!r}")
    return Owned(key, find)


def _dated(find: Find, now: datetime) -> Find:
    time = find.source.time
    if time is None or time <= now + _A_DAY:
        return find
    return _noted(find, f"bears a time that is still to come, {stamp(time)}: another clock was wrong, or was set")


def _noted(find: Find, note: str) -> Find:
    return replace(find, notes=(*find.notes, note))


def _shown(claim: Claim) -> str:
    return {Platform.CANVAS: "Canvas", Platform.MOODLE: "Moodle"}.get(claim.platform, "the exchange")


def _with_numbers(owned: Sequence[Owned]) -> list[Owned]:
    """Tell those of one name in one download apart by their numbers: namesakes, and all where marking is blind."""
    numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in owned:
        if item.find.source.claim and item.find.source.claim.id:
            numbers[folded(item.key), item.find.source.container].add(item.find.source.claim.id)
    shared = {key for (key, _), ids in numbers.items() if len(ids) > 1}
    return [
        replace(item, key=safe(f"{item.key}-{item.find.source.claim.id}"))
        if folded(item.key) in shared and item.find.source.claim and item.find.source.claim.id
        else item
        for item in owned
    ]


def _without_twins(owned: Sequence[Owned]) -> tuple[list[Owned], list[Unmatched]]:
    """Leave out those filed under one key who need not be one person."""
    groups: dict[str, list[Owned]] = defaultdict(list)
    for item in owned:
        groups[folded(item.key)].append(item)
    kept: list[Owned] = []
    twins: list[Unmatched] = []
    for group in groups.values():
        reason = _twofold([item.find for item in group])
        if reason:
            twins += [lost(item.find, reason) for item in group]
        else:
            kept += [replace(item, key=group[0].key) for item in group]
    return kept, twins


def _twofold(finds: list[Find]) -> str:
    """Why finds under one key can be of two people; empty where nothing says so."""
    claims = [find.source.claim for find in finds if find.source.claim]
    names = {_own_name(find) for find in finds}
    if len({find.source.claim.platform if find.source.claim else Platform.NONE for find in finds}) > 1:
        return "came in two ways under one name, which may be two people; a roster tells them apart"
    if _has_two_numbers(finds):
        return "two people of one name would share a folder, for it is too long to add their numbers; use a roster"
    if len(names) > 1:
        return f"{' and '.join(sorted(map(repr, names))[:3])} would share a folder; a roster gives each a key"
    if not claims and len({find.seal.workspace for find in finds} - {""}) > 1:
        return (
            "files from two workspaces bear that name, which may be two people; "
            "put each into a folder called by its learner's key, and use a roster"
        )
    return ""


def _has_two_numbers(finds: list[Find]) -> bool:
    """Whether one download tells two people apart by their numbers, which a long name leaves no room for."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for find in finds:
        if find.source.claim and find.source.claim.id:
            numbers[find.source.container].add(find.source.claim.id)
    return any(len(ids) > 1 for ids in numbers.values())


def _own_name(find: Find) -> str:
    return find.source.claim.name if find.source.claim else find.seal.learner or find.source.owner
