"""What a check cell can do with a learner's object, by name: each runs in the learner's process."""

from __future__ import annotations

import copy
import math
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def _call(function: Any, *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _enter(manager: Any) -> Any:
    return type(manager).__enter__(manager)


def _exit(manager: Any, error: BaseException | None) -> Any:
    trace = error.__traceback__ if error is not None else None
    return type(manager).__exit__(manager, type(error) if error is not None else None, error, trace)


def _awaited(coroutine: Any) -> Any:
    """What a coroutine comes to; it has a loop of its own here, since the examiner's cannot reach over."""
    import asyncio

    return asyncio.run(coroutine)


def _drawn(value: Any) -> Any:
    """What a figure shows, as plain data (``curriculum.check.Drawn`` as dicts)."""
    from dataclasses import asdict

    from curriculum.check import drawn

    return [asdict(axes) for axes in drawn(value)]


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "and_", "or_", "xor", "lshift", "rshift")
_IN_PLACE = tuple(f"i{name.rstrip('_')}" for name in (*_BINARY, "pow"))
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_UNARY = ("neg", "pos", "invert", "index")

OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": _call,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "contains": operator.contains,
    "len": len,
    "iter": iter,
    "next": next,
    "bool": bool,
    "str": str,
    "repr": repr,
    "format": format,
    "int": int,
    "float": float,
    "complex": complex,
    "round": round,
    "abs": abs,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "pow": pow,
    "divmod": divmod,
    "hash": hash,
    "copy": copy.copy,
    "awaited": _awaited,
    "dir": dir,
    "isinstance": isinstance,
    "issubclass": issubclass,
    "deepcopy": copy.deepcopy,
    "enter": _enter,
    "exit": _exit,
    "drawn": _drawn,
    **{name: getattr(operator, name) for name in (*_BINARY, *_IN_PLACE, *_COMPARISONS, *_UNARY)},
}
