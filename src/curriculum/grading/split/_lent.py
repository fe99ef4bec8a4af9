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
    """The objects that can be changed in place, each once; of a teacher's object, that is its ``__dict__``.

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
        own = _own(value)
        if own is not None and id(own) not in found:
            found[id(own)] = own
        waiting += _inside(value if own is None else own)
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
        parts = _state_of(value) if items is None else [*map(self._part, items)]
        try:
            return pickle.dumps([parts, list(value) if type(value) in _DICTS else None], 5)
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
        return [dict(zip(value, bare, strict=True)) if type(value) in _DICTS else bare, links]


def kind_of(value: Any) -> str:
    """A library's class as its package and name; empty for what is no library's."""
    package = type(value).__module__.partition(".")[0]
    name = f"{package}.{type(value).__name__}"
    return name if name in _OF_LIBRARIES else ""


def _own(value: Any) -> Any:
    kind = type(value)
    if kind in _SEQUENCES or kind in _DICTS or kind in {set, bytearray} or kind_of(value):
        return value
    if kind.__module__ == "__main__" and not issubclass(kind, Enum):
        found = getattr(value, "__dict__", None)
        return found if type(found) is dict else None
    return None


def _inside(value: Any) -> list[Any]:
    if type(value) is tuple or type(value) in _SEQUENCES:
        items = list(value)
    elif type(value) in _DICTS:
        items = list(value.values())
    else:
        return []
    return [] if set(map(type, items)) <= _SCALARS else items


def _items(value: Any) -> list[Any] | None:
    if type(value) in _SEQUENCES:
        return list(value)
    return list(value.values()) if type(value) in _DICTS else None


def _state_of(value: Any) -> Any:
    if kind_of(value) == "numpy.Generator":
        return value.bit_generator.state
    if kind_of(value).startswith("_io."):
        return None if value.closed else [value.getvalue(), value.tell()]
    return value
