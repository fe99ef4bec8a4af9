"""NumPy's arrays, scalars and dtypes.

A dtype crosses as its code (``<f8``, ``<M8[ns]``) or, where it has fields, as their list; codes are matched against the
few forms there are before NumPy sees them.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from curriculum.grading.wire._codec import NotData, Reader, Writer, decodes, encodes, refuse, text, whole
from curriculum.grading.wire._plain import single
from curriculum.grading.wire._records import WireError

_ARRAY, _OBJECTS, _SCALAR, _FLOAT64, _INT64, _BOOL, _MASKED, _DTYPE, _MASKED_ITEM = range(60, 69)

_UNITS = "Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as"
_CODE = re.compile(
    r"\|b1|[|<>][iu]1|[<>](?:[iu][248]|f(?:2|4|8|12|16)|c(?:8|16|24|32))"
    rf"|[|<>][SUV]\d{{1,9}}|[<>][mM]8(?:\[[1-9]?\d{{0,5}}(?:{_UNITS})\])?"
)
_ITEM = 1 << 24  # bytes of one item
_EMPTY = 1_000_000  # items along the other axes of an array that has none; nothing in the message stands for these
_LAST_CHARACTER = 0x10FFFF
_FIELDS = 500
_PLAIN = "biufcmMSUV"


# --- dtypes ----------------------------------------------------------------------------------------------------------


def dtype_node(dtype: np.dtype[Any]) -> Any:
    """Return a dtype as plain fields: a code, or offsets and all of its fields, or its base and shape.

    Raises:
        NotData: it has objects in it, titles, or is of a kind that is not NumPy's own.
    """
    if type(dtype).__module__ != "numpy.dtypes" and dtype.kind not in _PLAIN:
        raise NotData
    if dtype.subdtype is not None:
        return [dtype_node(dtype.subdtype[0]), list(dtype.shape)]
    if dtype.names is None:
        return (
            dtype.str if dtype.kind in _PLAIN and dtype.itemsize <= _ITEM and _CODE.fullmatch(dtype.str) else _no_data()
        )
    fields = [_field_node(dtype, name) for name in dtype.names]
    if len(fields) > _FIELDS or dtype.itemsize > _ITEM:
        raise NotData
    return [dtype.itemsize, dtype.isalignedstruct, fields]


def _no_data() -> Any:
    raise NotData


def _field_node(dtype: np.dtype[Any], name: str) -> Any:
    assert dtype.fields is not None
    field = dtype.fields[name]
    if len(field) > 2:
        raise NotData
    return [str(name), field[1], dtype_node(field[0])]


def read_dtype(reader: Reader, node: Any, depth: int = 0) -> np.dtype[Any]:
    """Return a dtype of plain fields.

    Raises:
        WireError: there is no such dtype.
    """
    if type(node) is str:
        found = np.dtype(node) if _CODE.fullmatch(node) else refuse("a dtype that is not known")
    elif type(node) is tuple and depth < 8:
        found = _read_subarray(reader, node, depth) if len(node) == 2 else _read_struct(reader, node, depth)
    else:
        raise WireError("a dtype that is not known")
    return found if found.itemsize <= _ITEM else refuse("a dtype whose items are too large")


def _read_subarray(reader: Reader, node: tuple[Any, ...], depth: int) -> np.dtype[Any]:
    base, shape = read_dtype(reader, node[0], depth + 1), read_shape(node[1])
    whole(math.prod(shape) * base.itemsize, 0, _ITEM)
    reader.charge(500)
    return np.dtype((base, shape))


def _read_struct(reader: Reader, node: tuple[Any, ...], depth: int) -> np.dtype[Any]:
    size, aligned, fields = node
    if type(fields) is not tuple or len(fields) > _FIELDS or type(aligned) is not bool:
        raise WireError("a dtype that is not known")
    reader.charge(1000 * (1 + len(fields)))
    names, offsets, formats = [], [], []
    end = 0
    for name, offset, form in fields:
        names.append(text(name, 200))
        formats.append(read_dtype(reader, form, depth + 1))
        offsets.append(whole(offset, end, _ITEM))  # fields that overlap, or go back, are none of NumPy's making
        end = offset + formats[-1].itemsize
    spec = {"names": names, "formats": formats, "offsets": offsets, "itemsize": whole(size, end, _ITEM)}
    return np.dtype(spec, align=aligned)  # type: ignore[call-overload, no-any-return]


# --- arrays ----------------------------------------------------------------------------------------------------------


def read_shape(node: Any) -> tuple[int, ...]:
    """Return an array's shape.

    Raises:
        WireError: it is none, or one without items whose other axes are absurdly long.
    """
    if type(node) is not tuple or len(node) > 64:
        raise WireError("a shape that is none")
    shape = tuple(whole(length, 0, 1 << 62) for length in node)
    if 0 in shape:
        whole(math.prod(length for length in shape if length), 0, _EMPTY)
    return shape


def base_array(value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array or its subclass as an exact array on the same memory."""
    return value if type(value) is np.ndarray else np.ndarray.view(value, np.ndarray)


@encodes(np.ndarray)
def array_node(writer: Writer, value: np.ndarray[Any, Any]) -> Any:
    """Write an array of any layout, its items in C order."""
    array = base_array(value)
    shape = list(array.shape)
    if 0 in shape and math.prod(length for length in shape if length) > _EMPTY:
        raise NotData
    if array.dtype.kind == "O":
        return [_OBJECTS, shape, *writer.nodes(array.ravel().tolist())]
    code = dtype_node(array.dtype)
    if array.dtype.itemsize == 0:
        return [_ARRAY, code, shape, 0] if array.size <= _EMPTY else _no_data()
    writer.measure(array.nbytes)
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return [_ARRAY, code, shape, writer.buffer(flat.data)]


@decodes(_ARRAY)
def read_array(reader: Reader, node: tuple[Any, ...]) -> np.ndarray[Any, Any]:
    """Build an array that owns its memory."""
    _, code, dims, length = node
    dtype, shape = read_dtype(reader, code), read_shape(dims)
    count = math.prod(shape)
    if dtype.itemsize == 0:
        whole(count, 0, _EMPTY)
    if type(length) is not int or count * dtype.itemsize != length or dtype.subdtype is not None:
        raise WireError("an array whose bytes do not fill its shape")
    data = reader.buffer(length)
    array: np.ndarray[Any, Any] = np.empty(shape, dtype)
    if length:
        array.reshape(-1).view(np.uint8)[:] = np.frombuffer(data, np.uint8)
    check_items(array)
    return array


def check_items(array: np.ndarray[Any, Any]) -> None:
    """Refuse bytes that no item of the dtype has: booleans beside 0 and 1, characters beyond the last.

    Raises:
        WireError: there is such an item.
    """
    dtype = array.dtype
    if dtype.names is not None:
        for name in dtype.names:
            check_items(array[name])
    elif dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
        raise WireError("a boolean that is neither")
    elif dtype.kind == "U" and array.size and dtype.itemsize:
        _check_text(array)


def _check_text(array: np.ndarray[Any, Any]) -> None:
    characters = np.ascontiguousarray(array).reshape(-1).view(np.uint32)
    if not array.dtype.isnative:
        characters = characters.byteswap()
    if characters.max() > _LAST_CHARACTER:
        raise WireError("a character that does not exist")


@decodes(_OBJECTS)
def _read_objects(reader: Reader, node: tuple[Any, ...]) -> np.ndarray[Any, Any]:
    _, dims, *items = node
    shape = read_shape(dims)
    if math.prod(shape) != len(items):
        raise WireError("an array whose items do not fill its shape")
    reader.charge(100)
    return np.fromiter(reader.values(tuple(items)), dtype=object, count=len(items)).reshape(shape)


# --- scalars and the rest --------------------------------------------------------------------------------------------


@encodes(np.float64)
def _write_float64(_writer: Writer, value: np.float64) -> Any:
    return [_FLOAT64, float.__float__(value)]


@decodes(_FLOAT64)
def _read_float64(_reader: Reader, node: tuple[Any, ...]) -> np.float64:
    _, value = node
    return np.float64(value) if type(value) is float else refuse("a number that is none")


@encodes(np.int64)
def _write_int64(_writer: Writer, value: np.int64) -> Any:
    return [_INT64, int(np.int64.__int__(value))]


@decodes(_INT64)
def _read_int64(_reader: Reader, node: tuple[Any, ...]) -> np.int64:
    _, value = node
    return np.int64(whole(value, -(1 << 63), (1 << 63) - 1))


@encodes(np.bool_)
def _write_bool(_writer: Writer, value: np.bool_) -> Any:
    return [_BOOL, bool(value)]


@decodes(_BOOL)
def _read_bool(_reader: Reader, node: tuple[Any, ...]) -> np.bool_:
    _, value = node
    return np.bool_(value) if type(value) is bool else refuse("a flag that is none")


@encodes(np.generic, np.str_, np.bytes_, np.complex128)
def _write_scalar(writer: Writer, value: np.generic) -> Any:
    array = np.array(value)
    return [_SCALAR, dtype_node(array.dtype), writer.node(array.tobytes())]


@decodes(_SCALAR)
def _read_scalar(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, code, data = node
    dtype = read_dtype(reader, code)
    if type(data) is not bytes or len(data) != dtype.itemsize or dtype.subdtype is not None:
        raise WireError("a number that is none")
    reader.charge(100)
    array = np.frombuffer(data, dtype, 1).copy() if data else np.zeros(1, dtype)
    check_items(array)
    return array[0]


single(_MASKED_ITEM, np.ma.masked)


@encodes(np.ma.MaskedArray)
def _write_masked(writer: Writer, value: Any) -> Any:
    mask = np.ma.getmask(value)
    filled = np.ndarray.__getattribute__(value, "_fill_value")
    parts = [value, None if mask is np.ma.nomask else mask, filled]
    return [_MASKED, *(None if part is None else array_node(writer, part) for part in parts)]


@decodes(_MASKED)
def _read_masked(reader: Reader, node: tuple[Any, ...]) -> Any:
    data, mask, filled = reader.values(node[1:])
    for part, needed in ((data, True), (mask, False), (filled, False)):
        if (needed or part is not None) and type(part) is not np.ndarray:
            raise WireError("a masked array without its data")
    if mask is not None and (mask.shape != data.shape or mask.dtype != np.ma.make_mask_descr(data.dtype)):
        raise WireError("a masked array with another's mask")
    if filled is not None and (filled.shape != () or filled.dtype != data.dtype):
        raise WireError("a masked array with another's fill value")
    built: Any = np.ma.MaskedArray(data, np.ma.nomask if mask is None else mask)
    if filled is not None:
        built.fill_value = filled[()]
    return built


@encodes(np.dtype)
def _write_dtype(_writer: Writer, value: np.dtype[Any]) -> Any:
    return [_DTYPE, "O" if value.kind == "O" else dtype_node(value)]


@decodes(_DTYPE)
def _read_dtype(reader: Reader, node: tuple[Any, ...]) -> np.dtype[Any]:
    _, code = node
    return np.dtype(object) if code == "O" else read_dtype(reader, code)
