"""Where two pandas objects differ: labels first, then types, then values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from curriculum.check._describe import is_frame, is_index, is_series, kind, pair, short

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd

# The one column of a Series: an object, not a text, so that no column of a learner's is called that.
_VALUES = object()


@dataclass(frozen=True)
class FrameRules:
    """What counts when two tables are compared.

    Attributes:
        values: says how two arrays differ, or nothing.
        labels: the same for two labels, or two lists of them.
    """

    values: Callable[[Any, Any], str | None]
    labels: Callable[[Any, Any], str | None]
    ordered: bool = True
    index: bool = True
    dtypes: bool = False


def table_difference(got: Any, expected: Any, rules: FrameRules) -> str | None:
    """Say how two frames, series or indexes differ; None if they don't."""
    if got is None:
        return "your code gave None: is a return missing?"
    if is_index(expected):
        return _index_difference(got, expected, rules)
    wanted = is_frame(expected)
    if (wanted and not is_frame(got)) or (not wanted and not is_series(got)):
        return f"expected {kind(expected)}, got {kind(got)}"
    if not wanted:
        return _frame_difference(got.to_frame(_VALUES), expected.to_frame(_VALUES), rules)
    return _columns(got, expected) or _frame_difference(got, expected, rules)


def _columns(got: pd.DataFrame, expected: pd.DataFrame) -> str | None:
    if not got.columns.is_unique:
        return f"the column {short(got.columns[got.columns.duplicated()][0])} is there twice"
    missing = [name for name in expected.columns if name not in got.columns]
    extra = [name for name in got.columns if name not in expected.columns]
    if missing and missing[0] in got.index.names:
        return f"{short(missing[0])} is in the index, not a column: reset_index() moves it"
    if missing:
        return f"the column {short(missing[0])} is missing" + _rest(missing)
    if extra:
        return f"the column {short(extra[0])} is too many" + _rest(extra)
    if list(got.columns) != list(expected.columns):
        return f"the columns stand in another order: expected {short(list(expected.columns))}"
    return None


def _frame_difference(got: pd.DataFrame, expected: pd.DataFrame, rules: FrameRules) -> str | None:
    if len(got) != len(expected):
        return f"expected {len(expected)} rows, got {len(got)}"
    found = _dtypes(got, expected) if rules.dtypes else None
    if found:
        return found
    if not rules.ordered:
        return _content(_sorted(got, index=rules.index), _sorted(expected, index=rules.index), rules)
    found = _content(got, expected, rules)
    if found is None:
        return None
    loose = replace(rules, index=False)
    if rules.index and _content(got, expected, loose) is None:
        return f"the values are right, but the index is not: {_labels(got.index, expected.index, rules)}"
    if _content(_sorted(got, index=False), _sorted(expected, index=False), loose) is None:
        return "the rows are right, but in another order"
    return found


def _dtypes(got: pd.DataFrame, expected: pd.DataFrame) -> str | None:
    for name in expected.columns:
        one, other = got[name].dtype, expected[name].dtype
        if one != other:
            what = "the values have" if name is _VALUES else f"column {short(name)} has"
            texts = str(one), str(other)
            if texts[0] == texts[1]:  # such as two categories: only their details tell them apart
                texts = pair(one, other)
            return f"{what} dtype {texts[0]}, expected {texts[1]}"
    return None


def _content(got: pd.DataFrame, expected: pd.DataFrame, rules: FrameRules) -> str | None:
    if rules.index:
        found = _index_difference(got.index, expected.index, rules)
        if found:
            return found
    for name in expected.columns:
        found = _values(got[name], expected[name], rules)
        if found:
            return found if name is _VALUES else f"column {short(name)}: {found}"
    return None


def _values(got: pd.Series[Any], expected: pd.Series[Any], rules: FrameRules) -> str | None:
    import pandas as pd

    gaps, wanted = got.isna().to_numpy(), expected.isna().to_numpy()
    if (gaps != wanted).any():
        row = int((gaps != wanted).argmax())
        state = "missing" if gaps[row] else "there"
        return f"in row {row} the value should {'not ' if gaps[row] else ''}be missing, and is {state}"
    one, other = got[~gaps], expected[~wanted]
    if pd.api.types.is_numeric_dtype(one.dtype) and pd.api.types.is_numeric_dtype(other.dtype):
        return rules.values(one.to_numpy(), other.to_numpy())
    # Two arrays of objects: numbers among them have the tolerance too.
    return rules.values(one.astype(object).to_numpy(), other.astype(object).to_numpy())


def _index_difference(got: Any, expected: Any, rules: FrameRules) -> str | None:
    if not is_index(got):
        return f"expected {kind(expected)}, got {kind(got)}"
    if len(got) != len(expected):
        return f"expected {len(expected)} labels in the index, got {len(got)}"
    if got.equals(expected) or rules.labels(list(got), list(expected)) is None:
        return None
    return f"the index differs: {_labels(got, expected, rules)}"


def _labels(got: pd.Index[Any], expected: pd.Index[Any], rules: FrameRules) -> str:
    """Both indexes from the first label on that differs."""
    pairs = zip(got, expected, strict=True)
    first = next((i for i, (one, other) in enumerate(pairs) if rules.labels(one, other) is not None), 0)
    one, other = pair(list(got[first : first + 4]), list(expected[first : first + 4]), 60)
    return f"{f'from row {first} on, ' if first else ''}expected {other}, got {one}"


def _sorted(frame: pd.DataFrame, *, index: bool) -> pd.DataFrame:
    """The rows in one order whatever order they came in; by text where values have none of their own."""
    import numpy as np

    columns = [frame[name] for name in frame.columns]
    floats = [column for column in columns if column.dtype.kind == "f"]
    keys = [_ranks(frame.index.to_series())] if index else []
    keys += [_ranks(column) for column in columns if column.dtype.kind != "f"]
    # Numbers that are near each other may differ in their last bits, so these decide only where nothing else does.
    keys += [_ranks(column) for column in floats]
    keys += [column.to_numpy(dtype=float, na_value=np.nan) for column in floats]
    return frame.iloc[np.lexsort(keys[::-1])] if keys else frame


def _ranks(column: pd.Series[Any]) -> np.ndarray:
    """Whole numbers that sort as the values do: numbers by size to six digits, all else by its text."""
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind in "iufb":
        values = column.to_numpy(dtype=float, na_value=np.nan)
        with np.errstate(all="ignore"):
            scale = 10.0 ** (5 - np.floor(np.log10(np.abs(values))))
            rounded = np.where(np.isfinite(scale), np.round(values * scale) / scale, values)
        return np.asarray(np.unique(rounded, return_inverse=True)[1])
    texts = np.array([_sort_key(value) for value in column.astype(object)], dtype=object)
    return np.asarray(pd.factorize(texts, sort=True)[0])


def _sort_key(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:.6g}"
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a learner's repr may raise anything
        return short(value)


def _rest(names: list[Any]) -> str:
    return f" (and {len(names) - 1} more)" if len(names) > 1 else ""
