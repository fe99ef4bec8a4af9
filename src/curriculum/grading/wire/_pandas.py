"""pandas' scalars, arrays, dtypes, indexes, series and frames; ``attrs`` and flags stay behind.

A series, an index or a column crosses as its array. What is hashed over there (labels, names, categories) must be data.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd

from curriculum.grading.wire import _offsets
from curriculum.grading.wire._arrays import column_node, read_column
from curriculum.grading.wire._codec import NotData, Reader, Writer, decodes, encodes, flag, whole
from curriculum.grading.wire._numpy import array_node
from curriculum.grading.wire._plain import single
from curriculum.grading.wire._records import WireError
from curriculum.grading.wire._times import read_zone, zone_node

_TIMESTAMP, _TIMEDELTA, _PERIOD, _INTERVAL, _OFFSET, _SERIES, _FRAME, _BLOCK, _INDEX, _RANGE, _MULTI, _DTYPE, _OPEN = (
    range(80, 93)
)
_NOT_A_TIME, _NOT_AVAILABLE = range(104, 106)

_LONGEST_RANGE = 100_000_000  # nothing in the message stands for the items of a range
_NUMBERS = "biufc"
_UNITS = frozenset({"s", "ms", "us", "ns"})

single(_NOT_A_TIME, pd.NaT)
single(_NOT_AVAILABLE, pd.NA)


# --- scalars ---------------------------------------------------------------------------------------------------------


def _moment(value: Any) -> list[Any]:
    return [int(value.asm8.astype(np.int64)), value.unit]


def _read_moment(number: Any, unit: Any, code: str) -> Any:
    if type(unit) is not str or unit not in _UNITS:
        raise WireError("a time without a unit")
    return np.array(whole(number, 1 - (1 << 63), (1 << 63) - 1)).astype(f"{code}8[{unit}]")[()]


@encodes(pd.Timestamp)
def _write_timestamp(_writer: Writer, value: pd.Timestamp) -> Any:
    return [_TIMESTAMP, *_moment(value), zone_node(value.tzinfo)]


@decodes(_TIMESTAMP)
def _read_timestamp(reader: Reader, node: tuple[Any, ...]) -> pd.Timestamp:
    _, number, unit, zone = node
    reader.charge(200)
    stamp = pd.Timestamp(_read_moment(number, unit, "M"))
    return stamp if zone is None else stamp.tz_localize("UTC").tz_convert(read_zone(zone))


@encodes(pd.Timedelta)
def _write_timedelta(_writer: Writer, value: pd.Timedelta) -> Any:
    return [_TIMEDELTA, *_moment(value)]


@decodes(_TIMEDELTA)
def _read_timedelta(reader: Reader, node: tuple[Any, ...]) -> pd.Timedelta:
    _, number, unit = node
    reader.charge(200)
    return pd.Timedelta(_read_moment(number, unit, "m"))


@encodes(pd.Period)
def _write_period(_writer: Writer, value: pd.Period) -> Any:
    return [_PERIOD, value.ordinal, _offsets.period_name(value.freqstr)]


@decodes(_PERIOD)
def _read_period(reader: Reader, node: tuple[Any, ...]) -> pd.Period:
    _, ordinal, name = node
    reader.charge(500)
    number = whole(ordinal, 1 - (1 << 63), (1 << 63) - 1)
    dtype: Any = _offsets.read_period_dtype(name)
    return pd.Period(ordinal=number, freq=dtype.freq)


@encodes(pd.Interval)
def _write_interval(writer: Writer, value: pd.Interval) -> Any:
    return [_INTERVAL, *writer.keys([value.left, value.right]), value.closed]


@decodes(_INTERVAL)
def _read_interval(reader: Reader, node: tuple[Any, ...]) -> pd.Interval:
    _, *ends, closed = node
    left, right = reader.keys(tuple(ends))
    return pd.Interval(left, right, closed)


@encodes(pd.offsets.BaseOffset)
def _write_offset(_writer: Writer, value: pd.offsets.BaseOffset) -> Any:
    name = _offsets.offset_name(value)
    if name is None:
        raise NotData
    return [_OFFSET, name]


@decodes(_OFFSET)
def _read_offset(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, name = node
    reader.charge(500)
    return _offsets.read_offset(name)


@encodes(pd.api.extensions.ExtensionDtype)
def _write_dtype(writer: Writer, value: Any) -> Any:
    if type(value) is pd.CategoricalDtype and cast("Any", value.categories) is None:
        return [_OPEN, value.ordered]
    empty = value.construct_array_type()._from_sequence([], dtype=value)
    if empty.dtype != value:
        raise NotData
    return [_DTYPE, column_node(writer, empty)]


@decodes(_DTYPE)
def _read_dtype(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array = node
    return read_column(reader, array).dtype


@decodes(_OPEN)
def _read_open_dtype(_reader: Reader, node: tuple[Any, ...]) -> Any:
    _, ordered = node
    return pd.CategoricalDtype(ordered=None if ordered is None else flag(ordered))


# --- indexes ---------------------------------------------------------------------------------------------------------


@encodes(pd.RangeIndex)
def _write_range(writer: Writer, value: pd.RangeIndex) -> Any:
    if len(value) > _LONGEST_RANGE:
        raise NotData
    return [_RANGE, value.start, value.stop, value.step, *writer.keys([value.name])]


@decodes(_RANGE)
def _read_range(reader: Reader, node: tuple[Any, ...]) -> pd.RangeIndex:
    _, *ends, name = node
    start, stop, step = (whole(end, -(1 << 62), 1 << 62) for end in ends)
    items = range(start, stop, step)
    whole(len(items), 0, _LONGEST_RANGE)
    reader.charge(1000)
    return pd.RangeIndex(items, name=_name(reader, name))


@encodes(pd.MultiIndex)
def _write_multi(writer: Writer, value: pd.MultiIndex) -> Any:
    codes = [array_node(writer, np.asarray(code)) for code in value.codes]
    return [_MULTI, codes, writer.keys(value.levels), writer.keys(value.names)]


@decodes(_MULTI)
def _read_multi(reader: Reader, node: tuple[Any, ...]) -> pd.MultiIndex:
    _, code_nodes, level_nodes, names = node
    codes = reader.values(code_nodes)
    if type(level_nodes) is not tuple or not 0 < len(codes) == len(level_nodes) <= 100:
        raise WireError("an index whose levels do not fit")
    levels: list[Any] = [_read_index_node(reader, level) for level in level_nodes]
    for code in codes:
        if type(code) is not np.ndarray or code.ndim != 1 or code.dtype.kind != "i":
            raise WireError("an index whose levels do not fit")
    reader.charge(5000)
    return pd.MultiIndex(levels=levels, codes=codes, names=reader.keys(names), verify_integrity=True)


@encodes(pd.Index)
def _write_index(writer: Writer, value: pd.Index) -> Any:
    array = column_node(writer, value.array, keys=True)
    return [_INDEX, array, _offsets.offset_name(getattr(value, "freq", None)), *writer.keys([value.name])]


encodes(pd.PeriodIndex)(
    lambda writer, value: [_INDEX, column_node(writer, value.array), None, *writer.keys([value.name])]
)


@decodes(_INDEX)
def _read_index(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array, freq, name = node
    items = read_column(reader, array, keys=True)
    reader.charge(2000)
    index: Any = pd.Index(items, dtype=items.dtype, name=_name(reader, name), copy=False)
    if freq is not None:
        if type(index) not in {pd.DatetimeIndex, pd.TimedeltaIndex}:
            raise WireError("an index with a frequency it cannot have")
        index.freq = _offsets.read_offset(freq)  # checked against every item
    return index


def _read_index_node(reader: Reader, node: Any) -> pd.Index:
    index = reader.keys((node,))[0]
    return index if isinstance(index, pd.Index) else _refuse_index()


def _refuse_index() -> Any:
    raise WireError("an index that is none")


def _name(reader: Reader, node: Any) -> Any:
    return reader.keys((node,))[0]


# --- series and frames -----------------------------------------------------------------------------------------------


@encodes(pd.Series)
def _write_series(writer: Writer, value: pd.Series[Any]) -> Any:
    exact = value if type(value) is pd.Series else pd.Series(value, copy=False)
    return [_SERIES, column_node(writer, exact.array), *writer.keys([exact.index, exact.name])]


@decodes(_SERIES)
def _read_series(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, array, labels, name = node
    items = read_column(reader, array)
    index = _read_index_node(reader, labels)
    if len(items) != len(index):
        raise WireError("a series whose index is of another length")
    reader.charge(3000)
    return pd.Series(items, index=index, dtype=items.dtype, name=_name(reader, name), copy=False)


@encodes(pd.DataFrame)
def _write_frame(writer: Writer, value: pd.DataFrame) -> Any:
    exact = value if type(value) is pd.DataFrame else pd.DataFrame(value, copy=False)
    kinds = set(exact.dtypes)
    only = kinds.pop() if len(kinds) == 1 else None
    if isinstance(only, np.dtype) and only.kind in _NUMBERS:
        block = exact.to_numpy()
        rows = bool(block.flags.c_contiguous)
        items = [_BLOCK, rows, array_node(writer, block if rows else block.T)]
    else:
        items = [_FRAME, [column_node(writer, column.array) for _, column in exact.items()]]
    return [*items, *writer.keys([exact.index, exact.columns])]


@decodes(_BLOCK)
def _read_block(reader: Reader, node: tuple[Any, ...]) -> pd.DataFrame:
    _, rows, array, *labels = node
    block = reader.value(array)
    if type(block) is not np.ndarray or block.ndim != 2 or block.dtype.kind not in _NUMBERS:
        raise WireError("a frame that is no table")
    table = block if flag(rows) else block.T
    index, columns = (_read_index_node(reader, label) for label in labels)
    if table.shape != (len(index), len(columns)):
        raise WireError("a frame whose labels do not fit its columns")
    reader.charge(10_000)
    return pd.DataFrame(table, index=index, columns=columns, copy=False)


@decodes(_FRAME)
def _read_frame(reader: Reader, node: tuple[Any, ...]) -> pd.DataFrame:
    _, arrays, *labels = node
    if type(arrays) is not tuple:
        raise WireError("a frame that is no table")
    items = [read_column(reader, array) for array in arrays]
    index, columns = (_read_index_node(reader, label) for label in labels)
    if len(items) != len(columns) or any(len(item) != len(index) for item in items):
        raise WireError("a frame whose labels do not fit its columns")
    reader.charge(10_000 + 2000 * len(items))
    if not items:
        return pd.DataFrame(index=index, columns=columns)
    # As series, because a column of objects that happen to be text would become one of pandas' own text
    series = {number: pd.Series(item, index=index, dtype=item.dtype, copy=False) for number, item in enumerate(items)}
    frame = pd.DataFrame(series, index=index, copy=False)
    frame.columns = columns
    return frame
