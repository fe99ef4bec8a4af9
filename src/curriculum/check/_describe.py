"""Any value in a few words: what a card shows of what was expected and what came."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    import pandas as pd

WIDTH = 160


def short(value: Any, width: int = WIDTH) -> str:
    """A value as text of at most ``width`` characters; never raises, whatever the value's ``repr`` does."""
    try:
        return clip(_text(value), width)
    except Exception:  # noqa: BLE001 - a learner's repr may raise anything
        return f"<{type(value).__name__} object>"


def pair(got: Any, expected: Any, width: int = WIDTH) -> tuple[str, str]:
    """Two values as texts that show how they differ, also where rounding or a type's plain look would hide it."""
    texts = short(got, width), short(expected, width)
    if texts[0] != texts[1]:
        return texts
    exact = (_exact(got, width), _exact(expected, width)) if _is_small(got) and _is_small(expected) else texts
    if exact[0] != exact[1]:
        return exact
    kinds = kind(got), kind(expected)
    if kinds[0] != kinds[1]:
        return f"{texts[0]} ({kinds[0]})", f"{texts[1]} ({kinds[1]})"
    return texts


def error_text(error: BaseException, width: int = 300) -> str:
    """An error as its class and message; never raises, whatever the error's ``str`` does."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a learner's error may raise anything
        text = ""
    name = error_name(error)
    return clip(f"{name}: {text}", width) if text else name


def error_name(error: BaseException) -> str:
    """The class of an error as people know it: Python has private kinds of SyntaxError.

    Example:
        >>> from curriculum import check
        >>> check.error_name(KeyError("price"))
        'KeyError'
    """
    return next(cls.__name__ for cls in type(error).__mro__ if not cls.__name__.startswith("_"))


def clip(text: str, width: int = WIDTH) -> str:
    """A text cut in its middle to at most ``width`` characters."""
    if len(text) <= width:
        return text
    head = (width - 3) * 2 // 3
    return f"{text[:head]} … {text[len(text) - (width - 3 - head) :]}"


def kind(value: Any) -> str:
    """What sort of thing a value is, with its article: ``a list of 3``, ``an array of shape (2, 3)``."""
    if is_array(value):
        return f"an array of shape {value.shape}" if value.ndim else "a single number in an array"
    if is_frame(value):
        return f"a DataFrame of {value.shape[0]} rows and {value.shape[1]} columns"
    if is_series(value):
        return f"a Series of {len(value)} values"
    return _plain_kind(value)


def is_array(value: Any) -> bool:
    """Whether a value is a NumPy array, found without importing NumPy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def is_scalar_of_numpy(value: Any) -> bool:
    """Whether a value is one of NumPy's own numbers."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.generic)


def is_plain_scalar(value: Any) -> bool:
    """Whether a value is a number, truth value or text of NumPy's, which Python has too (times are not)."""
    return is_scalar_of_numpy(value) and value.dtype.kind in "biufcUS"


def is_frame(value: Any) -> bool:
    """Whether a value is a pandas DataFrame, found without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def is_series(value: Any) -> bool:
    """Whether a value is a pandas Series, found without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.Series)


def is_index(value: Any) -> bool:
    """Whether a value is a pandas Index, found without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.Index)


def _plain_kind(value: Any) -> str:
    if value is None:
        return "None"
    if value is ...:
        return "the placeholder ..."
    name = type(value).__name__
    if isinstance(value, list | tuple | set | frozenset | dict):
        return f"a {name} of {len(value)}"
    names = {"str": "text", "int": "a whole number", "bool": "True or False", "function": "a function"}
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return names.get(name, f"{article} {name}")


def _is_small(value: Any) -> bool:
    if is_array(value) or is_frame(value) or is_series(value):
        return False
    return not isinstance(value, list | tuple | dict) or len(value) <= 60


def _exact(value: Any, width: int) -> str:
    try:
        return clip(repr(value.item() if is_plain_scalar(value) else value), width)
    except Exception:  # noqa: BLE001 - a learner's repr may raise anything
        return short(value, width)


def _text(value: Any) -> str:
    if is_plain_scalar(value):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.10g}"
    if is_array(value):
        return _array_text(value)
    if is_frame(value):
        return _frame_text(value)
    if is_series(value):
        return _series_text(value)
    if is_scalar_of_numpy(value) and value.dtype.kind in "Mm":
        return str(value)
    if type(value) in {list, tuple}:
        return _sequence_text(value)
    if type(value) is dict:
        shown = _some(value.items(), lambda item: f"{_text(item[0])}: {_text(item[1])}")
        return f"{{{_joined(shown, len(value))}}}"
    if type(value) is set and value:
        return f"{{{_joined(_some(value, _text), len(value))}}}"
    return repr(value)


def _sequence_text(value: list[Any] | tuple[Any, ...]) -> str:
    head = _some(value, _text)
    rest = value[max(len(head), len(value) - 60) :]
    tail = _some(reversed(rest), _text)[::-1]
    inner = ", ".join([*head, *tail])
    if isinstance(value, list):
        return f"[{inner}]"
    return f"({inner},)" if len(value) == 1 else f"({inner})"


def _some(items: Iterable[Any], text: Callable[[Any], str]) -> list[str]:
    """The texts of as many items as any card could show, so that a million of them cost no more than a few."""
    shown: list[str] = []
    room = 2 * WIDTH
    for item in items:
        shown.append(text(item))
        room -= len(shown[-1]) + 2
        if room < 0:
            break
    return shown


def _joined(shown: list[str], total: int) -> str:
    return ", ".join(shown) + (", …" if len(shown) < total else "")


def _array_text(value: np.ndarray) -> str:
    import numpy as np

    options: dict[str, Any] = {"threshold": 8, "edgeitems": 3, "precision": 6, "separator": ", "}
    text = np.array2string(value, **options)
    text = " ".join(text.split())
    return text if value.ndim <= 1 and value.size <= 8 else f"{text} (shape {value.shape})"


def _frame_text(value: pd.DataFrame) -> str:
    columns = ", ".join(map(str, value.columns[:8])) + (", …" if value.shape[1] > 8 else "")
    return f"{value.shape[0]} rows and {value.shape[1]} columns: {columns}"


def _series_text(value: pd.Series[Any]) -> str:
    shown = ", ".join(f"{label}: {_text(item)}" for label, item in value.iloc[:5].items())
    return f"Series of {len(value)} ({value.dtype}): {shown}{', …' if len(value) > 5 else ''}"
