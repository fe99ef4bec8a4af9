"""Changes that a learner's function has made to its arguments, made to the examiner's own objects."""

from __future__ import annotations

import sys
from collections import deque
from typing import TYPE_CHECKING, Any

from curriculum.grading.split._remote import is_remote

if TYPE_CHECKING:
    import numpy as np

# PCG64 is a linear congruential generator modulo 2**128 with this multiplier (O'Neill, 2014).
_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_MASK = (1 << 128) - 1
_MOST_DRAWS = 1 << 40


def overwrite(old: Any, new: Any) -> None:
    """Bring ``old`` to the content of ``new``, in place; what is of another kind or shape is left alone."""
    kind = type(old).__name__
    if isinstance(old, list | bytearray) and type(new) is type(old):
        old[:] = new
    elif isinstance(old, deque) and isinstance(new, list):
        old.clear()
        old.extend(new)
    elif (isinstance(old, dict) and type(new) is dict) or (isinstance(old, set) and type(new) is set):
        old.clear()
        old.update(new)
    elif type(old).__module__ == "__main__" and type(new) is dict:
        _renew(old, new)
    elif kind == "ndarray":
        _overwrite_array(old, new)
    elif kind in {"DataFrame", "Series"} and type(new) is type(old):
        type(old).__init__(old, new)
    elif kind in {"StringIO", "BytesIO"} and isinstance(new, list) and len(new) == 2:
        _rewrite(old, *new)
    elif kind == "Generator" and isinstance(new, dict):
        advance(old, new)


def _renew(thing: Any, new: dict[Any, Any]) -> None:
    """Give a teacher's object its new attributes; none of the learner's functions may take a method's place."""
    kept = {name: value for name, value in new.items() if not (is_remote(value) and hasattr(type(thing), name))}
    vars(thing).clear()
    vars(thing).update(kept)


def _rewrite(file: Any, content: Any, place: Any) -> None:
    if type(content) is type(file.getvalue()) and type(place) is int and 0 <= place <= len(content):
        file.seek(0)
        file.truncate()
        file.write(content)
        file.seek(place)


def _overwrite_array(old: np.ndarray, new: Any) -> None:
    numpy = sys.modules["numpy"]
    if isinstance(new, numpy.ndarray) and new.shape == old.shape and new.dtype == old.dtype and old.flags.writeable:
        old[...] = new


def advance(generator: np.random.Generator, state: dict[str, Any]) -> None:
    """Take a random generator forward to a state that drawing from it leads to; any other state is refused.

    Without that, a learner's function could choose the examiner's next draws.
    """
    old: dict[str, Any] = dict(generator.bit_generator.state)
    try:
        target, inc = state["state"]["state"], state["state"]["inc"]
        buffered = {"has_uint32": int(state["has_uint32"]), "uinteger": int(state["uinteger"])}
    except (KeyError, TypeError, ValueError):
        return
    if old["bit_generator"] != "PCG64" or state.get("bit_generator") != "PCG64" or inc != old["state"]["inc"]:
        return
    if not isinstance(target, int) or distance(old["state"]["state"], target, inc) > _MOST_DRAWS:
        return
    if buffered["has_uint32"] in {0, 1} and 0 <= buffered["uinteger"] < 1 << 32:
        generator.bit_generator.state = old | {"state": {"state": target & _MASK, "inc": inc}} | buffered


def distance(start: int, target: int, inc: int) -> int:
    """How many steps lead a PCG64 generator from one state to another (Brown, 1994), modulo 2**128."""
    multiplier, plus, bit, steps = _MULTIPLIER, inc, 1, 0
    while start != target and bit <= _MASK:
        if (start ^ target) & bit:
            start = (start * multiplier + plus) & _MASK
            steps |= bit
        plus = ((multiplier + 1) * plus) & _MASK
        multiplier = (multiplier * multiplier) & _MASK
        bit <<= 1
    return steps
