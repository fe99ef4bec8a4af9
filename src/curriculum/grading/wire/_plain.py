"""Python's own containers, numbers, identifiers and paths."""

from __future__ import annotations

import functools
import keyword
import re
import unicodedata
import uuid
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from curriculum.grading.wire import _describe
from curriculum.grading.wire._codec import NEVER_DATA, NotData, Reader, Writer, decodes, encodes, refuse, text, whole
from curriculum.grading.wire._records import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LIST, _TUPLE, _SET, _FROZENSET, _DICT, _ORDERED, _COUNTER, _DEFAULT, _DEQUE, _NAMED = range(10, 20)
_COMPLEX, _BYTEARRAY, _RANGE, _SLICE, _ELLIPSIS = range(20, 25)
_DECIMAL, _FRACTION, _UUID, _PATH, _NOT_IMPLEMENTED = 29, 30, 31, 32, 34

_FRACTION_BITS = 4096  # a fraction is reduced by a gcd, which takes time that grows with the square
_FIELDS = 200
_NAMEDTUPLES = 32  # in one message; each is a class to be made
_DECIMAL_TEXT = re.compile(r"-?(Infinity|s?NaN\d*|\d+(\.\d+)?(E[+-]?\d+)?)", re.ASCII)

_real, _imaginary = _describe.slot(complex, "real"), _describe.slot(complex, "imag")
_factory = _describe.slot(defaultdict, "default_factory")
_longest = _describe.slot(deque, "maxlen")
_numerator, _denominator = _describe.slot(Fraction, "numerator"), _describe.slot(Fraction, "denominator")
_number = _describe.slot(uuid.UUID, "int")
_class_name = _describe.slot(type, "__name__")

NEVER_DATA.add(id(Enum))


# --- what stands for itself ------------------------------------------------------------------------------------------
# These are asked only for subclasses: exact ones never come this far.


@encodes(float)
def _write_float(_writer: Writer, value: float) -> float:
    return float.__float__(value)


@encodes(int)
def _write_int(_writer: Writer, value: int) -> int:
    return int.__int__(value)


@encodes(str)
def _write_str(writer: Writer, value: str) -> Any:
    return writer.node(str.__str__(value))


@encodes(bytes)
def _write_bytes(writer: Writer, value: bytes) -> Any:
    return writer.node(bytes.__getitem__(value, slice(None)))


def single(tag: int, value: Any) -> None:
    """Register an object that is the only one of its kind."""
    encodes(type(value))(lambda _writer, _value: [tag])
    decodes(tag)(lambda _reader, node: value if len(node) == 1 else refuse("a value with more than it has"))


single(_ELLIPSIS, Ellipsis)
single(_NOT_IMPLEMENTED, NotImplemented)


@encodes(complex)
def _write_complex(_writer: Writer, value: complex) -> Any:
    return [_COMPLEX, _real(value), _imaginary(value)]


@decodes(_COMPLEX)
def _read_complex(_reader: Reader, node: tuple[Any, ...]) -> complex:
    _, real, imaginary = node
    if type(real) is not float or type(imaginary) is not float:
        raise WireError("a complex number that is none")
    return complex(real, imaginary)


@encodes(bytearray)
def _write_bytearray(writer: Writer, value: bytearray) -> Any:
    return [_BYTEARRAY, writer.node(bytes(memoryview(value)))]


@decodes(_BYTEARRAY)
def _read_bytearray(_reader: Reader, node: tuple[Any, ...]) -> bytearray:
    _, data = node
    return bytearray(data) if type(data) is bytes else refuse("bytes that are none")


# --- containers ------------------------------------------------------------------------------------------------------


def _sequence(kind: type, tag: int, build: Callable[[Iterable[Any]], Any]) -> None:
    walk = kind.__iter__  # type: ignore[attr-defined]
    encodes(kind)(lambda writer, value: [tag, *writer.nodes(walk(value))])
    decodes(tag)(lambda reader, node: build(reader.values(node[1:])))


def _set(kind: type, tag: int) -> None:
    walk = kind.__iter__  # type: ignore[attr-defined]
    encodes(kind)(lambda writer, value: [tag, *writer.keys(walk(value))])

    @decodes(tag)
    def read(reader: Reader, node: tuple[Any, ...]) -> Any:
        reader.charge(220)
        items = reader.keys(node[1:])
        built = kind(items)
        return built if len(built) == len(items) else refuse("a set with the same item twice")


_sequence(list, _LIST, list)
_set(set, _SET)
_set(frozenset, _FROZENSET)
decodes(_TUPLE)(lambda reader, node: tuple(reader.values(node[1:])))


@encodes(tuple)
def _write_tuple(writer: Writer, value: tuple[Any, ...]) -> Any:
    items = list(tuple.__iter__(value))
    fields = None if type(value) is tuple else _fields_of(value, len(items))
    if fields is None:
        return [_TUPLE, *writer.nodes(items)]
    name = _class_name(type(value))
    extra = getattr(value, "__dict__", None)
    extra = (
        {key: item for key, item in dict.items(extra) if _is_name(key) and key not in fields}
        if type(extra) is dict
        else {}
    )
    if not _is_name(name):
        return [_TUPLE, *writer.nodes(items)]
    writer.named.add((name, fields))
    if len(writer.named) > _NAMEDTUPLES:
        raise NotData
    return [_NAMED, name, list(fields), list(extra), *writer.nodes([*items, *extra.values()])]


def _fields_of(value: tuple[Any, ...], length: int) -> tuple[str, ...] | None:
    """Return a namedtuple's fields, where it is one."""
    found = next(
        (space["_fields"] for space in map(_describe.attributes, _describe.mro(type(value))) if "_fields" in space),
        None,
    )
    sound = type(found) is tuple and len(found) == length <= _FIELDS and all(map(_is_name, found))
    return found if sound and len(set(found)) == length else None  # type: ignore[arg-type]


def _is_name(name: Any) -> bool:
    known = type(name) is str and len(name) <= 100 and name.isidentifier()
    return (
        known and unicodedata.is_normalized("NFKC", name) and not keyword.iskeyword(name) and not name.startswith("_")
    )


@decodes(_NAMED)
def _read_namedtuple(reader: Reader, node: tuple[Any, ...]) -> Any:
    _, name, fields, extra, *items = node
    if type(fields) is not tuple or type(extra) is not tuple or len(fields) > _FIELDS or len(extra) > _FIELDS:
        raise WireError("a named tuple without fields")
    names = (name, *fields, *extra)
    if not all(map(_is_name, names)) or len({*fields, *extra}) != len(names) - 1:
        raise WireError("a named tuple with unsound names")
    reader.named.add((name, fields))
    if len(reader.named) > _NAMEDTUPLES:
        raise WireError("too many kinds of named tuples")
    values = reader.values(tuple(items))
    if len(values) != len(fields) + len(extra):
        raise WireError("a named tuple with more names than values, or fewer")
    built = _namedtuple_type(name, fields, bool(extra))(*values[: len(fields)])
    if extra:
        reader.charge(300)
        built.__dict__.update(zip(extra, values[len(fields) :], strict=True))
    return built


@functools.lru_cache(maxsize=256)
def _namedtuple_type(name: str, fields: tuple[str, ...], open_: bool) -> Any:
    made = namedtuple(name, fields)  # type: ignore[misc]
    return type(name, (made,), {}) if open_ else made  # SciPy's results carry attributes beside their fields


def _items(writer: Writer, value: dict[Any, Any]) -> list[Any]:
    keys = list(dict.keys(value))
    values = list(dict.values(value))
    return [writer.keys(keys), writer.nodes(values)]


def _read_items(reader: Reader, keys: Any, values: Any) -> dict[Any, Any]:
    found = reader.keys(keys)
    built = dict(zip(found, reader.values(values), strict=True))
    return built if len(built) == len(found) else refuse("a dict with the same key twice")


@encodes(dict)
def _write_dict(writer: Writer, value: dict[Any, Any]) -> Any:
    if type(value) is not dict and any(
        "__getattr__" in _describe.attributes(base) for base in _describe.mro(type(value))
    ):
        raise NotData  # its items are meant to be read as attributes, which a dict has not
    return [_DICT, *_items(writer, value)]


@decodes(_DICT)
def _read_dict(reader: Reader, node: tuple[Any, ...]) -> dict[Any, Any]:
    _, keys, values = node
    return _read_items(reader, keys, values)


@encodes(OrderedDict)
def _write_ordered(writer: Writer, value: OrderedDict[Any, Any]) -> Any:
    keys = list(OrderedDict.__iter__(value))
    return [_ORDERED, writer.keys(keys), writer.nodes([dict.__getitem__(value, key) for key in keys])]


@decodes(_ORDERED)
def _read_ordered(reader: Reader, node: tuple[Any, ...]) -> OrderedDict[Any, Any]:
    _, keys, values = node
    return OrderedDict(_read_items(reader, keys, values))


@encodes(Counter)
def _write_counter(writer: Writer, value: Counter[Any]) -> Any:
    return [_COUNTER, *_items(writer, value)]


@decodes(_COUNTER)
def _read_counter(reader: Reader, node: tuple[Any, ...]) -> Counter[Any]:
    _, keys, values = node
    built: Counter[Any] = Counter()
    dict.update(built, _read_items(reader, keys, values))
    return built


@encodes(defaultdict)
def _write_defaultdict(writer: Writer, value: defaultdict[Any, Any]) -> Any:
    factory = _factory(value)
    kind = next((name for name, made in _FACTORIES.items() if made is factory), None)
    return [_DEFAULT, kind, *_items(writer, value)]


@decodes(_DEFAULT)
def _read_defaultdict(reader: Reader, node: tuple[Any, ...]) -> defaultdict[Any, Any]:
    _, kind, keys, values = node
    if kind is not None and (type(kind) is not str or kind not in _FACTORIES):
        raise WireError("a dict with a factory of no known kind")
    return defaultdict(_FACTORIES[kind] if kind is not None else None, _read_items(reader, keys, values))


_FACTORIES: dict[str, Any] = {
    made.__name__: made for made in (int, float, complex, bool, str, bytes, list, tuple, dict, set)
}
_FACTORIES |= {made.__name__: made for made in (frozenset, Counter, OrderedDict, deque)}


@encodes(deque)
def _write_deque(writer: Writer, value: deque[Any]) -> Any:
    return [_DEQUE, _longest(value), *writer.nodes(deque.__iter__(value))]


@decodes(_DEQUE)
def _read_deque(reader: Reader, node: tuple[Any, ...]) -> deque[Any]:
    _, most, *items = node
    reader.charge(700)
    if most is not None and whole(most, 0, (1 << 63) - 1) < len(items):
        raise WireError("a deque that is longer than it can be")
    return deque(reader.values(tuple(items)), most)


@encodes(range)
def _write_range(_writer: Writer, value: range) -> Any:
    return [_RANGE, value.start, value.stop, value.step]


@decodes(_RANGE)
def _read_range(reader: Reader, node: tuple[Any, ...]) -> range:
    start, stop, step = (_int(part) for part in reader.values(node[1:]))
    return range(start, stop, step)


def _int(value: Any) -> int:
    return value if type(value) is int else refuse("an integer that is none")


@encodes(slice)
def _write_slice(writer: Writer, value: slice) -> Any:
    return [_SLICE, *writer.nodes([value.start, value.stop, value.step])]


@decodes(_SLICE)
def _read_slice(reader: Reader, node: tuple[Any, ...]) -> slice:
    start, stop, step = reader.values(node[1:])
    return slice(start, stop, step)


# --- numbers, names and places ---------------------------------------------------------------------------------------


@encodes(Decimal)
def _write_decimal(writer: Writer, value: Decimal) -> Any:
    return [_DECIMAL, writer.node(Decimal.__str__(value))]


@decodes(_DECIMAL)
def _read_decimal(_reader: Reader, node: tuple[Any, ...]) -> Decimal:
    _, digits = node
    if type(digits) is not str or not _DECIMAL_TEXT.fullmatch(digits):
        raise WireError("a decimal number that is none")
    return Decimal(digits)


@encodes(Fraction)
def _write_fraction(_writer: Writer, value: Fraction) -> Any:
    top, bottom = _numerator(value), _denominator(value)
    if type(top) is not int or type(bottom) is not int or max(top.bit_length(), bottom.bit_length()) > _FRACTION_BITS:
        raise NotData
    return [_FRACTION, top, bottom]


@decodes(_FRACTION)
def _read_fraction(reader: Reader, node: tuple[Any, ...]) -> Fraction:
    top, bottom = (_int(part) for part in reader.values(node[1:]))
    if max(top.bit_length(), bottom.bit_length()) > _FRACTION_BITS or bottom < 1:
        raise WireError("a fraction out of its range")
    built = Fraction(top, bottom)
    return built if built.denominator == bottom else refuse("a fraction that is not reduced")


@encodes(uuid.UUID)
def _write_uuid(_writer: Writer, value: uuid.UUID) -> Any:
    return [_UUID, int.to_bytes(_number(value), 16, "big")]


@decodes(_UUID)
def _read_uuid(_reader: Reader, node: tuple[Any, ...]) -> uuid.UUID:
    _, data = node
    return uuid.UUID(bytes=data) if type(data) is bytes else refuse("an identifier that is none")


@encodes(PurePosixPath)
def _write_path(writer: Writer, value: PurePosixPath) -> Any:
    return [_PATH, writer.node(PurePosixPath.__str__(value))]


@decodes(_PATH)
def _read_path(_reader: Reader, node: tuple[Any, ...]) -> PurePosixPath:
    _, path = node
    return PurePosixPath(text(path, 1 << 16))
