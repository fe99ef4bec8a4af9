"""Any value in a few words: what a card shows of what was expected and what came."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WIDTH = 160


def short(value: Any, width: int = WIDTH) -> str:
    """A value as text of at most ``width`` characters; never raises, whatever the value's ``repr`` does."""
    try:
        return clip(_text(value), width)
    except Exception:  # noqa: BLE001 - a learner's repr may raise anything
        return f"<{type(value).__name__} object>"


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


def _text(value: Any) -> str:
    if is_scalar_of_numpy(value):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.10g}"
    if is_array(value):
        return _array_text(value)
    if is_frame(value):
        return _frame_text(value)
    if is_series(value):
        return _series_text(value)
    if isinstance(value, list | tuple) and len(value) <= 20 and type(value) in {list, tuple}:
        inner = ", ".join(_text(item) for item in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


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
