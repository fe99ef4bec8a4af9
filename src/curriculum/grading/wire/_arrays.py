"""pandas' arrays, of which series, indexes and columns are made.

One on NumPy's memory crosses as that memory where it is a column, and under a tag of its own where it was given as what
it is.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pandas as pd
from pandas.arrays import (
    ArrowExtensionArray,
    ArrowStringArray,
    BooleanArray,
    DatetimeArray,
    FloatingArray,
    IntegerArray,
    IntervalArray,
    NumpyExtensionArray,
    PeriodArray,
    SparseArray,
    StringArray,
    TimedeltaArray,
)

from curriculum.grading.wire import _offsets
from curriculum.grading.wire._codec import NotData, Reader, Writer, decodes, encodes, flag, whole
from curriculum.grading.wire._numpy import array_node
from curriculum.grading.wire._records import WireError
from curriculum.grading.wire._times import read_zone, zone_node

_PLAIN, _TIMES, _SPANS, _PERIODS, _INTERVALS, _CATEGORICAL, _MASKED, _STRINGS, _SPARSE, _ARROW, _ARROW_TEXT = range(
    93, 104
)

_COLUMN_KINDS = "biufcO"
_LONGEST_SPARSE = 10_000_000  # nothing in the message stands for the items that are left out
_ARROW_NUMBERS = {
    "bool": "?", "int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8", "uint8": "u1", "uint16": "u2",
    "uint32": "u4",
    "uint64": "u8", "float": "f4", "double": "f8",
}  # fmt: skip
_ARROW_TEXTS = ("string", "large_string")


def column_node(writer: Writer, array: Any, *, keys: bool = False) -> Any:
    """Write the array of a series, an index or a column.

    With ``keys`` its items will be hashed over there, and must be data.

    Raises:
        NotData: an item is no data, or the array is of a kind that does not cross.
    """
    inner = array.to_numpy() if type(array) is NumpyExtensionArray else array
    if isinstance(inner, np.ndarray) and inner.dtype.kind not in _COLUMN_KINDS:
        raise NotData
    return writer.keys([inner])[0] if keys or not isinstance(inner, np.ndarray) else array_node(writer, inner)


def read_column(reader: Reader, node: Any, *, keys: bool = False) -> Any:
    """Build the array of a series, an index or a column: NumPy's own, or one of pandas'.

    Raises:
        WireError: it is none, or of more than one dimension.
    """
    array = reader.keys((node,))[0] if keys else reader.value(node)
    if type(array) is np.ndarray:
        sound = array.ndim == 1 and array.dtype.kind in _COLUMN_KINDS
    else:
        sound = isinstance(array, pd.api.extensions.ExtensionArray) and type(array) is not NumpyExtensionArray
    if not sound:
        raise WireError("a column that is none")
    if keys and array.dtype == object:
        deque(map(hash, array), maxlen=0)  # pandas would take what cannot be hashed, and fail at its first use
    return array


def _flat(reader: Reader, node: Any, kinds: str) -> np.ndarray[Any, Any]:
    array = reader.value(node)
    if type(array) is not np.ndarray or array.ndim != 1 or array.dtype.kind not in kinds:
        raise WireError("a column that is none")
    reader.charge(1000)
    return array


@encodes(NumpyExtensionArray)
def _write_plain(writer: Writer, value: NumpyExtensionArray) -> Any:
    return [_PLAIN, array_node(writer, value.to_numpy())]


@decodes(_PLAIN)
def _read_plain(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array = node
    return NumpyExtensionArray(_flat(reader, array, _COLUMN_KINDS + "MmSU"))


# --- times -----------------------------------------------------------------------------------------------------------


@encodes(DatetimeArray)
def _write_times(writer: Writer, value: Any) -> Any:
    array = value.asi8.view(f"M8[{value.unit}]")
    return [_TIMES, array_node(writer, array), zone_node(value.tz)]


@decodes(_TIMES)
def _read_times(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array, zone = node
    index = pd.DatetimeIndex(_times(reader, array, "M"))
    return (index if zone is None else index.tz_localize("UTC").tz_convert(read_zone(zone))).array


def _times(reader: Reader, node: Any, kind: str) -> np.ndarray[Any, Any]:
    array = _flat(reader, node, kind)
    if array.dtype not in [np.dtype(f"{kind}8[{unit}]") for unit in ("s", "ms", "us", "ns")]:
        raise WireError("times in a unit that pandas has not")
    return array


@encodes(TimedeltaArray)
def _write_spans(writer: Writer, value: Any) -> Any:
    return [_SPANS, array_node(writer, value.asi8.view(f"m8[{value.unit}]"))]


@decodes(_SPANS)
def _read_spans(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array = node
    return pd.TimedeltaIndex(_times(reader, array, "m")).array


@encodes(PeriodArray)
def _write_periods(writer: Writer, value: Any) -> Any:
    return [_PERIODS, array_node(writer, value.asi8), _offsets.period_name(value.freqstr)]


@decodes(_PERIODS)
def _read_periods(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array, name = node
    return PeriodArray(_integers(reader, array), dtype=_offsets.read_period_dtype(name))


def _integers(reader: Reader, node: Any) -> np.ndarray[Any, Any]:
    array = _flat(reader, node, "i")
    if array.dtype != np.int64:
        raise WireError("numbers that are no int64")
    return array


@encodes(IntervalArray)
def _write_intervals(writer: Writer, value: IntervalArray) -> Any:
    return [_INTERVALS, column_node(writer, value.left.array), column_node(writer, value.right.array), value.closed]


@decodes(_INTERVALS)
def _read_intervals(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, left, right, closed = node
    ends = [read_column(reader, end) for end in (left, right)]
    if ends[0].dtype != ends[1].dtype or len(ends[0]) != len(ends[1]):
        raise WireError("intervals whose ends do not fit")
    reader.charge(3000)
    return IntervalArray.from_arrays(ends[0], ends[1], closed=closed)


# --- categories, gaps and text ---------------------------------------------------------------------------------------


@encodes(pd.Categorical)
def _write_categorical(writer: Writer, value: pd.Categorical) -> Any:
    return [_CATEGORICAL, array_node(writer, np.asarray(value.codes)), *writer.keys([value.categories]), value.ordered]


@decodes(_CATEGORICAL)
def _read_categorical(reader: Reader, node: tuple[Any, ...]) -> pd.Categorical:
    _, array, labels, ordered = node
    codes = _flat(reader, array, "i")
    categories = reader.keys((labels,))[0]
    if not isinstance(categories, pd.Index):
        raise WireError("categories that are none")
    dtype = pd.CategoricalDtype(categories, None if ordered is None else flag(ordered))
    return pd.Categorical.from_codes(codes, dtype=dtype)


@encodes(IntegerArray, FloatingArray, BooleanArray)
def _write_masked(writer: Writer, value: Any) -> Any:
    data = value.to_numpy(dtype=value.dtype.numpy_dtype, na_value=0)
    return [_MASKED, array_node(writer, data), array_node(writer, np.asarray(value.isna(), bool))]


@decodes(_MASKED)
def _read_masked(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array, gaps = node
    data, mask = _flat(reader, array, "biuf"), _flat(reader, gaps, "b")
    if len(data) != len(mask) or not data.dtype.isnative:
        raise WireError("a column whose gaps do not fit")
    made = {"b": BooleanArray, "f": FloatingArray}.get(data.dtype.kind, IntegerArray)
    return made(data, mask)


@encodes(ArrowStringArray, StringArray)
def _write_strings(writer: Writer, value: Any) -> Any:
    items = value.to_numpy(object, na_value=None).tolist()
    return [_STRINGS, value.dtype.storage, value.dtype.na_value is pd.NA, writer.nodes(items)]


@decodes(_STRINGS)
def _read_strings(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, storage, gap, items = node
    if storage not in {"python", "pyarrow"}:
        raise WireError("text that is stored nowhere")
    dtype = pd.StringDtype(storage, na_value=pd.NA if flag(gap) else np.nan)
    if storage == "python":
        return pd.array(_texts(reader, items), dtype=dtype)
    import pyarrow as pa

    made: Any = ArrowStringArray
    return made(pa.array(_texts(reader, items), type=pa.large_string()), dtype=dtype)


def _texts(reader: Reader, items: Any) -> list[Any]:
    if type(items) is not tuple or not set(map(type, items)) <= {str, type(None)}:
        raise WireError("text that is none")
    reader.charge(1000)
    return list(items)


@encodes(SparseArray)
def _write_sparse(writer: Writer, value: Any) -> Any:
    where = value.sp_index
    if where.length > _LONGEST_SPARSE:
        raise NotData
    arrays = [array_node(writer, array) for array in (where.to_int_index().indices, np.asarray(value.sp_values))]
    return [_SPARSE, int(where.length), *arrays, *writer.keys([value.fill_value]), value.kind]


@decodes(_SPARSE)
def _read_sparse(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, length, places, values, filled, kind = node
    indices, data = _flat(reader, places, "i"), _flat(reader, values, "biufc")
    if indices.dtype != np.int32 or len(indices) != len(data):
        raise WireError("a sparse column whose places do not fit")
    if kind not in {"integer", "block"}:
        raise WireError("a sparse column of no known kind")
    size = whole(length, 0, _LONGEST_SPARSE)
    fill = pd.SparseDtype(data.dtype, reader.keys((filled,))[0]).fill_value  # refuses one that is not of the dtype
    return SparseArray.from_indices(  # type: ignore[attr-defined] # new in pandas 3, newer than the stubs
        data, indices, size, fill_value=fill, kind=kind, dtype=data.dtype
    )


@encodes(ArrowExtensionArray)
def _write_arrow(writer: Writer, value: Any) -> Any:
    name = str(value.dtype.pyarrow_dtype)
    if name in _ARROW_TEXTS:
        return [_ARROW_TEXT, name, writer.nodes(value.to_numpy(object, na_value=None).tolist())]
    if name not in _ARROW_NUMBERS:
        raise NotData
    data = value.to_numpy(dtype=np.dtype(_ARROW_NUMBERS[name]), na_value=False if name == "bool" else 0)
    return [_ARROW, name, array_node(writer, data), array_node(writer, np.asarray(value.isna(), bool))]


@decodes(_ARROW)
def _read_arrow(reader: Reader, node: tuple[Any, ...]) -> Any:
    import pyarrow as pa

    _, name, array, gaps = node
    data, mask = _flat(reader, array, "biuf"), _flat(reader, gaps, "b")
    if type(name) is not str or data.dtype != np.dtype(_ARROW_NUMBERS.get(name, "O")) or len(data) != len(mask):
        raise WireError("a column of Arrow's that does not fit")
    return ArrowExtensionArray(pa.array(data, mask=mask, type=pa.type_for_alias(name), from_pandas=False))


@decodes(_ARROW_TEXT)
def _read_arrow_text(reader: Reader, node: tuple[Any, ...]) -> Any:
    import pyarrow as pa

    _, name, items = node
    kind = {"string": pa.string(), "large_string": pa.large_string()}.get(name)
    if kind is None:
        raise WireError("text that is stored nowhere")
    return ArrowExtensionArray(pa.array(_texts(reader, items), type=kind))
