"""What a call lends: everything among its arguments that can be changed in place, in the same order on both sides.

The examiner's arguments are copied to the learner's process. Which of the copies are other than before the call is told
by their places in this order, so that the examiner's own objects can be brought to the same content.
"""

from __future__ import annotations

import pickle
from collections import Counter, OrderedDict, defaultdict, deque
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SCALARS = {NoneType, bool, int, float, complex, str, bytes}
_SEQUENCES = {list, deque}
_DICTS = {dict, OrderedDict, defaultdict, Counter}
_OF_LIBRARIES = {"numpy.ndarray", "numpy.Generator", "pandas.DataFrame", "pandas.Series", "_io.StringIO", "_io.BytesIO"}
_MOST = 10_000


def lent(arguments: Iterable[Any], is_foreign: Callable[[Any], bool]) -> list[Any]:
    """The objects that can be changed in place, each once; those of the teacher's classes are among them.

    Args:
        arguments: what the call is made with.
        is_foreign: whether an object is the learner's, and so no copy of anything.
    """
    found: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = [*arguments]
    while waiting and len(seen) < _MOST:
        value = waiting.pop()
        if type(value) in _SCALARS or id(value) in seen or is_foreign(value):
            continue
        seen.add(id(value))
        if _changes(value):
            found[id(value)] = value
        waiting += _inside(value)
    return list(found.values())


class Lent:
    """The copies that one call lends, in the learner's process.

    Args:
        values: what ``lent`` has found before the call.
    """

    def __init__(self, values: list[Any]) -> None:
        self.values = values
        self.places = {id(value): place for place, value in enumerate(values)}
        self.before = [self._state(value) for value in values]
        self.kept = [_items(value) for value in values]  # alive, so that no id is given twice

    def changed(self) -> dict[str, list[Any]]:
        """The changed copies by their places: content, and which of its items are lent themselves."""
        states = enumerate(zip(self.values, self.before, strict=True))
        return {str(place): self._content(value) for place, (value, state) in states if self._state(value) != state}

    def same(self, value: Any) -> int | None:
        """The place of a value that was lent and keeps its shape."""
        place = self.places.get(id(value))
        if place is None or kind_of(value) != "numpy.ndarray":
            return place
        return place if self._state(value) == self.before[place] else None

    def _state(self, value: Any) -> Any:
        items = _items(value)
        parts = _state_of(value) if items is None else items
        if items is not None and not _are_scalars(items):
            parts = [*map(self._part, items)]
        try:
            return pickle.dumps([parts, *_space(value)], 5)
        except Exception:  # noqa: BLE001 - what cannot be pickled is the same while it is the same object
            return [] if items is None else list(map(id, items))

    def _part(self, item: Any) -> Any:
        place = self.places.get(id(item))
        return item if place is None else ("lent", place)

    def _content(self, value: Any) -> list[Any]:
        items = _items(value)
        if items is None:
            return [_state_of(value), []]
        links = [[number, self.places[id(item)]] for number, item in enumerate(items) if id(item) in self.places]
        bare = [None if id(item) in self.places else item for item in items]
        is_list = type(value) in _SEQUENCES
        return [bare if is_list else dict(zip(_space(value), bare, strict=True)), links]


def kind_of(value: Any) -> str:
    """A library's class as its package and name; empty for what is no library's."""
    package = type(value).__module__.partition(".")[0]
    name = f"{package}.{type(value).__name__}"
    return name if name in _OF_LIBRARIES else ""


def _changes(value: Any) -> bool:
    kind = type(value)
    return (
        kind in _SEQUENCES or kind in _DICTS or kind in {set, bytearray} or bool(kind_of(value)) or _is_teachers(value)
    )


def _is_teachers(value: Any) -> bool:
    kind = type(value)
    return kind.__module__ == "__main__" and not issubclass(kind, Enum) and type(vars_of(value)) is dict


def vars_of(value: Any) -> Any:
    """An object's ``__dict__``, if it has one."""
    return getattr(value, "__dict__", None)


def _space(value: Any) -> dict[Any, Any]:
    """What an object holds by name; empty where it holds nothing so."""
    if type(value) in _DICTS:
        return value  # type: ignore[no-any-return]
    return vars_of(value) if _is_teachers(value) else {}


def _inside(value: Any) -> list[Any]:
    items = list(value) if type(value) is tuple else _items(value) or []
    return [] if _are_scalars(items) else items


def _are_scalars(items: list[Any]) -> bool:
    return set(map(type, items)) <= _SCALARS


def _items(value: Any) -> list[Any] | None:
    if type(value) in _SEQUENCES:
        return list(value)
    return list(_space(value).values()) if type(value) in _DICTS or _is_teachers(value) else None


def _state_of(value: Any) -> Any:
    if kind_of(value) == "numpy.Generator":
        return value.bit_generator.state
    if kind_of(value).startswith("_io."):
        return None if value.closed else [value.getvalue(), value.tell()]
    return value
