"""Which row of another system's file is which learner: by id or address, by name only where there is one of it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from curriculum.gradebook import Learner

_INVISIBLE = {"Cf", "Cc", "Cs"}
T = TypeVar("T")


@dataclass(frozen=True)
class Way:
    """One way to tell whose a row is.

    Attributes:
        name: in words, for the report: ``Canvas id``.
        of_learner: what the gradebook knows, empty where nothing.
        of_row: what the row says, empty where nothing.
        decides: whether another value means another person; not where a value is only likely to be the same.
    """

    name: str
    of_learner: Callable[[Learner], str]
    of_row: Callable[[list[str]], str]
    decides: bool = True


@dataclass(frozen=True)
class Matching:
    """What was found.

    Attributes:
        found: the learner, and the way, by the row's index.
        problems: rows that could be a learner's but contradict it, or several learners'; one line each.
    """

    found: dict[int, tuple[Learner, str]] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)


def match(learners: Sequence[Learner], rows: Sequence[list[str]], ways: Sequence[Way]) -> Matching:
    """Find the learner of each row, by the strongest way that tells.

    A way tells only where one learner and one row have the value, of all learners and all rows. A weaker way never
    joins what a stronger one sets apart: the same name with another id is another person.
    """
    made = Matching()
    taken: set[str] = set()
    for rank, way in enumerate(ways):
        owners = _index((way.of_learner(learner), learner) for learner in learners)
        lines = _index((way.of_row(row), index) for index, row in enumerate(rows))
        for value in lines.keys() & owners.keys():
            for index in lines[value]:
                if index in made.found:
                    continue
                owner = owners[value][0]
                problem = _several(way, value, owners[value], lines[value])
                problem = problem or _contradiction(owner, rows[index], ways[:rank], way)
                if problem:
                    made.problems.setdefault(index, problem)
                elif owner.key not in taken:
                    made.found[index] = (owner, way.name)
                    taken.add(owner.key)
    for index in made.found:
        made.problems.pop(index, None)
    return made


def name_key(name: str) -> str:
    """A name in a form in which ``Lovelace, Ada`` and ``Ada  LOVELACE`` are the same."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace(",", " ")
    visible = "".join(char for char in plain if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    return " ".join(sorted(visible.split()))


def address_key(address: str) -> str:
    """An e-mail address as it is compared: nobody's mail server tells capitals apart."""
    return address.strip().casefold()


def _index(items: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for value, item in items:
        if value:
            found[value].append(item)
    return found


def _several(way: Way, value: str, owners: list[Learner], lines: list[int]) -> str:
    if len(owners) > 1:
        keys = ", ".join(sorted(learner.key for learner in owners)[:3])
        return f"{way.name} {value!r} belongs to {len(owners)} learners: {keys}"
    return f"{way.name} {value!r} stands in {len(lines)} rows" if len(lines) > 1 else ""


def _contradiction(learner: Learner, row: list[str], stronger: Sequence[Way], way: Way) -> str:
    for other in stronger:
        ours, theirs = other.of_learner(learner), other.of_row(row)
        if other.decides and ours and theirs and ours != theirs:
            return f"has the {way.name} of {learner.key!r}, but another {other.name}: {theirs!r}, not {ours!r}"
    return ""
