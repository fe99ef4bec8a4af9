"""Where two pandas objects differ: labels first, then types, then values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from curriculum.check import _compare
from curriculum.check._describe import is_frame, is_index, is_series, kind, short

if TYPE_CHECKING:
    import pandas as pd

    from curriculum.check._compare import Tolerance


@dataclass(frozen=True)
class FrameRules:
    """What counts when two tables are compared."""

    tolerance: Tolerance
    ordered: bool = True
    index: bool = True
    dtypes: bool = False


def table_difference(got: Any, expected: Any, rules: FrameRules) -> str | None:
    """Say how two frames, series or indexes differ; None if they don't."""
    if is_index(expected):
        return _index_difference(got, expected)
    wanted = is_frame(expected)
    if (wanted and not is_frame(got)) or (not wanted and not is_series(got)):
        return f"expected {kind(expected)}, got {kind(got)}"
    if not wanted:
        return _frame_difference(got.to_frame("values"), expected.to_frame("values"), rules)
    return _columns(got, expected) or _frame_difference(got, expected, rules)


def _columns(got: pd.DataFrame, expected: pd.DataFrame) -> str | None:
    if not got.columns.is_unique:
        return f"the column {short(got.columns[got.columns.duplicated()][0])} is there twice"
    missing = [name for name in expected.columns if name not in got.columns]
    extra = [name for name in got.columns if name not in expected.columns]
    if missing and list(expected.columns) == [name for name in got.reset_index().columns if name not in extra]:
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
        keep = rules.index
        return _content(_sorted(got, index=keep), _sorted(expected, index=keep), rules)
    found = _content(got, expected, rules)
    if (
        found
        and _content(_sorted(got, index=False), _sorted(expected, index=False), replace(rules, index=False)) is None
    ):
        if _content(got, expected, replace(rules, index=False)) is None:
            return f"the values are right, but the index is not: expected {_labels(expected)}, got {_labels(got)}"
        return "the rows are right, but in another order"
    return found


def _dtypes(got: pd.DataFrame, expected: pd.DataFrame) -> str | None:
    for name in expected.columns:
        if got[name].dtype != expected[name].dtype:
            return f"column {short(name)} has dtype {got[name].dtype}, expected {expected[name].dtype}"
    return None


def _content(got: pd.DataFrame, expected: pd.DataFrame, rules: FrameRules) -> str | None:
    if rules.index:
        found = _index_difference(got.index, expected.index)
        if found:
            return found
    for name in expected.columns:
        found = _values(got[name], expected[name], rules.tolerance)
        if found:
            return f"column {short(name)}: {found}" if expected.shape[1] > 1 or name != "values" else found
    return None


def _values(got: pd.Series[Any], expected: pd.Series[Any], tolerance: Tolerance) -> str | None:
    import pandas as pd

    gaps, wanted = got.isna().to_numpy(), expected.isna().to_numpy()
    if (gaps != wanted).any():
        row = int((gaps != wanted).argmax())
        state = "missing" if gaps[row] else "there"
        return f"in row {row} the value should {'not ' if gaps[row] else ''}be missing, and is {state}"
    one, other = got[~gaps], expected[~wanted]
    if pd.api.types.is_numeric_dtype(one.dtype) and pd.api.types.is_numeric_dtype(other.dtype):
        return _compare.nearly(tolerance)(one.to_numpy(), other.to_numpy())
    return _compare.exactly(one.astype(object).to_numpy(), other.astype(object).to_numpy())


def _index_difference(got: Any, expected: Any) -> str | None:
    if not is_index(got):
        return f"expected {kind(expected)}, got {kind(got)}"
    if len(got) == len(expected) and _labels_equal(got, expected):
        return None
    return f"the index differs: expected {short(list(expected[:5]), 60)}, got {short(list(got[:5]), 60)}"


def _labels_equal(got: Any, expected: Any) -> bool:
    return bool(got.equals(expected)) or list(got) == list(expected)


def _sorted(frame: pd.DataFrame, *, index: bool) -> pd.DataFrame:
    """The rows in one order whatever order they came in; by text where values have none of their own."""
    if index and not frame.index.is_unique:
        index = False
    if index:
        return frame.loc[sorted(frame.index, key=repr)]
    keys = [frame[name].astype(object).map(_sort_key) for name in frame.columns]
    order = sorted(range(len(frame)), key=lambda row: tuple(key.iloc[row] for key in keys))
    return frame.iloc[order]


def _sort_key(value: Any) -> str:
    # Rounded, so that rows whose numbers differ within a tolerance still sort alike.
    return f"{value:.6g}" if isinstance(value, int | float) else repr(value)


def _labels(frame: pd.DataFrame) -> str:
    return short(list(frame.index[:4]), 60)


def _rest(names: list[Any]) -> str:
    return f" (and {len(names) - 1} more)" if len(names) > 1 else ""
