"""The frame of a message, and the walk over a value: which module of this package knows which type.

A message is one byte of version, four bytes of length, that many bytes of MessagePack (the tree) and then the raw
buffers of arrays, end to end in the order in which the tree names them. In the tree None, booleans, 64-bit integers,
floats, text and bytes stand for themselves; everything else is an array that starts with a small number, its tag. The
tree holds no maps and no extension types.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgpack

from curriculum.grading.wire import _describe
from curriculum.grading.wire._records import Unencodable, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from curriculum.grading.wire._records import Reference

    Encoder = Callable[["Writer", Any], Any]
    Decoder = Callable[["Reader", tuple[Any, ...]], Any]

DEPTH = 100  # how deep a value may nest before the rest becomes a reference
SIZE = 256 << 20
BIG_INT = 1
REFERENCE = 2

_VERSION = b"\x01"
_HEAD = 5
_LONGEST_INT = 1 << 17  # bytes
_SAFE_UNCHECKED = 256  # bytes of tree; what such a one can claim is not worth a second pass
_COLLISIONS = 64
# Bytes of objects beyond plain numbers and text: what any message may make, what each of its bytes adds, and what the
# least object counts.
_ALLOWANCE = 64 << 20
_ALLOWANCE_OF_BYTE = 32
_NODE = 128

_SCALARS = (type(None), bool, int, float, str, bytes)
_SCALAR_IDS = frozenset(map(id, _SCALARS))
_TEXT_IDS = frozenset({id(str), id(bytes)})
_SCALAR_TYPES = frozenset(_SCALARS)

ENCODERS: dict[int, Encoder] = {}  # by the id of the type: a class can make hashing and comparing itself fail
NEVER_DATA: set[int] = set()
DECODERS: dict[int, Decoder] = {}

# Each is imported in the sender once its library has been, and in the reader once a tag of its own arrives.
_LIBRARIES = {
    "numpy": ("_numpy", range(60, 80)),
    "pandas": ("_pandas", range(80, 110)),
    "scipy.sparse": ("_scipy", range(110, 120)),
}
_pending = dict(_LIBRARIES)


class NotData(Exception):  # noqa: N818 - what it says of the value
    """Raised by an encoder: this value does not cross as data. Whatever holds it decides what then."""


def encodes(*types: type) -> Callable[[Encoder], Encoder]:
    """Register the encoder of exactly these types, and of their subclasses that have none nearer."""

    def register(encoder: Encoder) -> Encoder:
        ENCODERS.update(dict.fromkeys(map(id, types), encoder))
        return encoder

    return register


def decodes(tag: int) -> Callable[[Decoder], Decoder]:
    """Register the decoder of a tag."""

    def register(decoder: Decoder) -> Decoder:
        if tag in DECODERS:
            message = f"tag {tag} is taken"
            raise ValueError(message)
        DECODERS[tag] = decoder
        return decoder

    return register


def _load(library: str) -> None:
    importlib.import_module(f"curriculum.grading.wire.{_LIBRARIES[library][0]}")
    _pending.pop(library, None)


def load_libraries() -> None:
    """Load what is needed for the data of every library that is loaded by now."""
    for library in [name for name in _pending if name in sys.modules]:
        _load(library)


class Writer:
    """One value on its way out.

    Args:
        refer: numbers an object that stays here; None where nothing may stay.
        size: bytes the message may have.
    """

    __slots__ = ("_open", "_refer", "_room", "_size", "buffers", "named")

    def __init__(self, refer: Callable[[Any], int] | None, size: int) -> None:
        self._refer = refer
        self._open: set[int] = set()  # the containers being written, by id
        self._size = self._room = size
        self.buffers: list[Any] = []
        self.named: set[tuple[Any, ...]] = set()  # the namedtuple types written

    def node(self, value: Any) -> Any:
        """Return a value's place in the tree."""
        if id(type(value)) in _SCALAR_IDS:
            if id(type(value)) in _TEXT_IDS:
                self._spend(len(value))
            return value
        encoder = ENCODERS.get(id(type(value))) or _encoder_of(type(value))
        if encoder is None:
            return self.reference(value)
        buffers = len(self.buffers)
        try:
            return self._inside(encoder, value)
        except NotData:
            del self.buffers[buffers:]
            return self.reference(value)

    def nodes(self, values: Iterable[Any]) -> list[Any]:
        """Return the places of many values; values that stand for themselves cost no call each."""
        values = list(values)
        self._spend(len(values))
        kinds = set(map(id, map(type, values)))
        if not kinds <= _SCALAR_IDS:
            return [self.node(value) for value in values]
        if kinds & _TEXT_IDS:
            texts = values if kinds <= _TEXT_IDS else [value for value in values if id(type(value)) in _TEXT_IDS]
            self._spend(sum(map(len, texts)))
        return values

    def keys(self, values: Iterable[Any]) -> list[Any]:
        """Like ``nodes`` for what will be hashed over there: data to its last part.

        Raises:
            NotData: a part is no data.
        """
        refer, self._refer = self._refer, None
        try:
            return self.nodes(values)
        finally:
            self._refer = refer

    def buffer(self, view: memoryview) -> int:
        """Put the bytes of an array behind the tree and return how many they are."""
        self.buffers.append(view)
        return view.nbytes

    def reference(self, value: Any) -> Any:
        """Return the place of what stays here.

        Raises:
            NotData: nothing may stay here.
        """
        if self._refer is None:
            raise NotData
        described = _describe.describe(value, self._refer(value))
        return [REFERENCE, *_describe.to_fields(described)]

    @property
    def refers(self) -> bool:
        """Whether references are allowed here."""
        return self._refer is not None

    def message(self, tree: Any) -> bytes:
        """Return the finished message."""
        try:
            head = _packer("strict").pack(tree)
        except UnicodeEncodeError:
            head = _packer("surrogatepass").pack(tree)
        return b"".join([_VERSION, len(head).to_bytes(4, "little"), head, *self.buffers])

    def _inside(self, encoder: Encoder, value: Any) -> Any:
        if id(value) in self._open or len(self._open) >= DEPTH:
            raise NotData
        self._open.add(id(value))
        try:
            return encoder(self, value)
        except (NotData, Unencodable, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - a subclass may break what its base class promises
            raise NotData from None
        finally:
            self._open.discard(id(value))

    def measure(self, amount: int) -> None:
        """Count bytes of the message before they are made: a small list can hold itself more often than any memory.

        Raises:
            Unencodable: there is no room for so many.
        """
        self._spend(amount)

    def _spend(self, amount: int) -> None:
        self._room -= amount
        if self._room < 0:
            raise Unencodable(too_large(self._size))


def too_large(size: int) -> str:
    """Return what is said of a value that does not fit into a message."""
    return f"a value that does not fit into {size:,} bytes cannot be checked; return a smaller one"


def _packer(unicode_errors: str) -> Any:
    return msgpack.Packer(strict_types=True, default=_big_int, unicode_errors=unicode_errors)


def _big_int(value: int) -> list[Any]:
    """Called by the packer for what MessagePack has no type for, which in a finished tree is only a long integer."""
    length = value.bit_length() // 8 + 1
    if length > _LONGEST_INT:
        message = f"an integer of {length:,} bytes cannot be checked; the longest that can has {_LONGEST_INT:,}"
        raise Unencodable(message)
    return [BIG_INT, value.to_bytes(length, "little", signed=True)]


def _encoder_of(cls: type) -> Encoder | None:
    """Return the encoder of the nearest base of a class, if it is a kind of data."""
    try:
        load_libraries()
    except (ImportError, OSError):
        _pending.clear()  # a sandbox may hide this package's files; then what is not loaded by now stays behind
    lineage = [id(base) for base in _describe.mro(cls)]
    if not NEVER_DATA.isdisjoint(lineage):
        return None
    return next((ENCODERS[base] for base in lineage if base in ENCODERS), None)


class Reader:
    """One message on its way in. Nothing in it is believed."""

    __slots__ = ("_allowance", "_at", "_data", "_depth", "_keys", "_resolve", "named")

    def __init__(self, data: memoryview, resolve: Callable[[Reference], Any]) -> None:
        self._data = data
        self._resolve = resolve
        self._at = 0
        self._depth = 0
        self._keys = False
        self._allowance = _ALLOWANCE + _ALLOWANCE_OF_BYTE * len(data)
        self.named: set[tuple[Any, ...]] = set()

    def message(self) -> Any:
        """Return the value of the whole message."""
        data = self._data
        if len(data) < _HEAD or data[:1] != _VERSION:
            raise WireError("no message of this language")
        self._at = _HEAD + int.from_bytes(data[1:_HEAD], "little")
        if self._at > len(data):
            raise WireError("the message is cut short")
        value = self.value(_unpack(data[_HEAD : self._at]))
        if self._at != len(data):
            raise WireError("the message has bytes to spare")
        return value

    def value(self, node: Any) -> Any:
        """Return what a place in the tree stands for."""
        if type(node) is not tuple:
            return node if type(node) in _SCALAR_TYPES else refuse("a value of no known kind")
        decoder = _decoder_of(node)
        self.charge(_NODE)
        self._depth += 1
        if self._depth > DEPTH + 20:
            raise WireError("nested too deep")
        value = decoder(self, node)
        self._depth -= 1
        return value

    def values(self, nodes: Sequence[Any]) -> list[Any]:
        """Return what many places stand for."""
        if type(nodes) is not tuple:
            raise WireError("a sequence is none")
        kinds = set(map(type, nodes))
        if kinds <= _SCALAR_TYPES:
            return list(nodes)
        return [self.value(node) for node in nodes]

    def keys(self, nodes: Sequence[Any]) -> list[Any]:
        """Like ``values`` for what will be hashed: no references, and no more collisions than chance makes."""
        outer, self._keys = self._keys, True
        values = self.values(nodes)
        self._keys = outer
        many = len(values) > _COLLISIONS and set(map(type, values)) != {str}  # text goes through SipHash
        if many and max(Counter(map(hash, values)).values()) > _COLLISIONS:
            raise WireError("keys made to collide")
        return values

    def buffer(self, length: Any) -> memoryview:
        """Return the next ``length`` bytes behind the tree."""
        start = self._at
        self._at += whole(length, 0, len(self._data) - start)
        return self._data[start : self._at]

    def charge(self, amount: int) -> None:
        """Count bytes of objects that are much larger than their place in the tree."""
        self._allowance -= amount
        if self._allowance < 0:
            raise WireError("more objects than the message's length allows")

    def reference(self, node: tuple[Any, ...]) -> Any:
        """Return what stands for an object of the learner's process."""
        if self._keys:
            raise WireError("a reference where only data may stand")
        self.charge(2000)
        return self._resolve(_describe.from_fields(node[1:]))

    @property
    def refers(self) -> bool:
        """Whether references are allowed here."""
        return not self._keys


def _decoder_of(node: tuple[Any, ...]) -> Decoder:
    tag = node[0] if node else None
    if type(tag) is not int:
        raise WireError("a value without a tag")
    if tag not in DECODERS:
        for library in [name for name, (_, tags) in _pending.items() if tag in tags]:
            _load(library)
    return DECODERS.get(tag) or refuse("a value of no known kind")


def _unpack(head: memoryview) -> Any:
    """Return the tree: exact tuples, and what stands for itself.

    An unpacker may make room for as many items as an array says it has before it sees them. So a first pass, which
    makes nothing, sees whether they are there.
    """
    if len(head) > _SAFE_UNCHECKED:
        scanner = msgpack.Unpacker(max_buffer_size=len(head), max_array_len=len(head))
        scanner.feed(head)
        scanner.skip()
        if scanner.tell() != len(head):
            raise WireError("the message's tree has bytes to spare")
    return msgpack.unpackb(
        head,
        use_list=False,
        unicode_errors="surrogatepass",
        object_pairs_hook=_no_map,
        ext_hook=_no_extension,
        max_array_len=len(head),
        max_map_len=0,
    )


def _no_map(_pairs: Any) -> Any:
    raise WireError("a map where there is none")


def _no_extension(_code: int, _data: bytes) -> Any:
    raise WireError("an extension where there is none")


def refuse(problem: str) -> Any:
    """Raise a ``WireError``, in places that want an expression."""
    raise WireError(problem)


def whole(value: Any, low: int, high: int) -> int:
    """Return a number that is an exact int within bounds, both included."""
    if type(value) is not int or not low <= value <= high:
        raise WireError("a number out of its range")
    return value


def text(value: Any, most: int) -> str:
    """Return a text that is an exact str of at most ``most`` characters."""
    if type(value) is not str or len(value) > most:
        raise WireError("a text that is none, or too long")
    return value


def flag(value: Any) -> bool:
    """Return a value that is an exact bool."""
    return value if type(value) is bool else refuse("a flag that is none")


@decodes(BIG_INT)
def _read_big_int(_reader: Reader, node: tuple[Any, ...]) -> int:
    _, data = node
    if type(data) is not bytes or len(data) > _LONGEST_INT:
        raise WireError("an integer that is none, or too long")
    return int.from_bytes(data, "little", signed=True)


@decodes(REFERENCE)
def _read_reference(reader: Reader, node: tuple[Any, ...]) -> Any:
    return reader.reference(node)
