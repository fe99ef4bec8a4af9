"""The examiner's side trusts no message: what is not exactly in the language is refused, cheaply."""

from __future__ import annotations

import functools
import subprocess
import sys
import textwrap
import time
from collections import deque, namedtuple
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgpack
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import sparse

from curriculum.grading import wire

HEAD = 5
Point = namedtuple("Point", "x y")


def opened(value):
    """A message's tree, as lists, and the bytes behind it."""
    message = wire.encode(value, lambda _: 7)
    end = HEAD + int.from_bytes(message[1:HEAD], "little")
    return msgpack.unpackb(message[HEAD:end], unicode_errors="surrogatepass"), message[end:]


def sealed(tree, tail=b""):
    """The opposite of ``opened``."""
    head = msgpack.packb(tree)
    return framed(head, tail)


def framed(head, tail=b""):
    return b"\x01" + len(head).to_bytes(4, "little") + head + tail


def decode(message):
    return wire.decode(message, lambda reference: reference)


def refused(message):
    with pytest.raises(wire.WireError) as caught:
        decode(message)
    assert "\n" not in str(caught.value)


def lie(value, *path_and_new, tail=None):
    """A message about ``value`` with one place of its tree replaced."""
    *path, last, new = path_and_new
    tree, behind = opened(value)
    place = tree
    for step in path:
        place = place[step]
    place[last] = new
    return sealed(tree, behind if tail is None else tail)


EYE = np.eye(2)
MONTHS = pd.date_range("2024-01-31", periods=3, freq="ME")
CATEGORY = pd.Categorical(["a", "b"])
TABLE = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
MIXED = pd.DataFrame({"a": [1, 2], "t": ["x", "y"]})
MULTI = pd.MultiIndex.from_product([["a", "b"], [1, 2]])
RECORD = np.zeros(2, [("a", "f8"), ("b", "i8")])
STRIPED = pd.array([1, None])
CSR = sparse.csr_array(EYE)
COO = sparse.coo_array(EYE)
INTERVALS = pd.interval_range(0, 2).array
SPARSE = pd.arrays.SparseArray([0, 1, 2])

ONE = [89, 0, 1, 1, None]  # an index of one item
DEEP = functools.reduce(lambda inner, _: [inner, [1]], range(10), "<f8")

LIES = {
    # arrays
    "fewer bytes than the shape": lie(EYE, 2, [3, 2]),
    "more bytes than the shape": lie(EYE, 2, [1, 2]),
    "bytes that are not there": lie(EYE, 2, [2, 3], tail=EYE.tobytes()),
    "a length beyond the end": sealed([60, "<f8", [2**40], 2**43], b""),
    "a negative side": lie(EYE, 2, [-2, -2]),
    "a side that is no int": lie(EYE, 2, [2.0, 2.0]),
    "a side that is a flag": lie(np.ones(1), 2, [True]),
    "an absurd empty shape": sealed([60, "<f8", [2**60, 0], 0]),
    "a long empty shape": sealed([60, "<f8", [1_000_001, 0], 0]),
    "too many sides": sealed([60, "<f8", [1] * 65, 8], b"\0" * 8),
    "an overflowing shape": sealed([60, "<f8", [2**32, 2**32], 0]),
    "items of no bytes without end": sealed([60, "<U0", [10**9], 0]),
    "objects as bytes": lie(EYE, 1, "|O"),
    "a dtype as an expression": lie(EYE, 1, "f8,O"),
    "a dtype by class name": lie(EYE, 1, "object"),
    "a dtype with a comma": lie(EYE, 1, "<f8,"),
    "a dtype with a huge item": sealed([60, "<U999999999", [0], 0]),
    "a unit that is none": sealed([60, "<M8[xy]", [1], 8], b"\0" * 8),
    "a unit that is a sum": sealed([60, "<M8[ns/5]", [1], 8], b"\0" * 8),
    "a dtype that is a list of one": sealed([60, ["<f8"], [1], 8], b"\0" * 8),
    "a subarray as an array's dtype": sealed([60, ["<f8", [1]], [1], 8], b"\0" * 8),
    "a boolean of 2": sealed([60, "|b1", [1], 1], b"\2"),
    "a character that does not exist": sealed([60, "<U1", [1], 4], b"\xff\xff\xff\xff"),
    "a swapped character that does not exist": sealed([60, ">U1", [1], 4], b"\x00\x20\x00\x00"),
    "a scalar of too few bytes": sealed([62, "<f4", b"abc"]),
    "a scalar boolean of 2": sealed([62, "|b1", b"\2"]),
    "a scalar float of text": sealed([63, "1.0"]),
    "an int64 beyond 64 bits": sealed([64, 2**63]),
    "objects that do not fill the shape": sealed([61, [3], 1, 2]),
    "fields that overlap": lie(RECORD, 1, 2, 1, 1, 4),
    "a field behind the end": lie(RECORD, 1, 2, 1, 1, 16),
    "a field twice": lie(RECORD, 1, 2, 1, 0, "a"),
    "a field of objects": lie(RECORD, 1, 2, 1, 2, "|O"),
    "a boolean of 2 in a field": sealed([60, [1, False, [["a", 0, "|b1"]]], [1], 1], b"\2"),
    "a dtype that holds itself too deep": sealed([67, DEEP]),
    "a mask of another shape": lie(np.ma.array([1, 2], mask=[0, 1]), 2, [60, "|b1", [1], 1], tail=b"\0" * 17),
    "a mask that is none": lie(np.ma.array([1, 2], mask=[0, 1]), 2, 5, tail=b"\0" * 16),
    # plain
    "a tag that is a float": sealed([10.0, 1]),
    "a tag that is a flag": sealed([True, b"\1"]),
    "an unknown tag": sealed([59, 1]),
    "a value without a tag": sealed([]),
    "a map": sealed({"a": 1}),
    "an empty map": sealed([10, {}]),
    "an extension": sealed([10, msgpack.ExtType(5, b"code")]),
    "a moment of the packer's": sealed([10, msgpack.Timestamp(1)]),
    "a key twice": sealed([14, [1, 1], [2, 3]]),
    "a key twice by equality": sealed([14, [1, True], [2, 3]]),
    "more keys than values": sealed([14, [1, 2], [3]]),
    "a key that cannot be hashed": sealed([14, [[10, 1]], [3]]),
    "a key that stays behind": lie({1: 2}, 1, [opened(len)[0]]),
    "a set with an item that cannot be hashed": sealed([12, [14, [], []]]),
    "a set with an item twice": sealed([12, 5, 5.0]),
    "a factory that is a function": sealed([17, "eval", [], []]),
    "a factory by its module": sealed([17, "builtins.list", [], []]),
    "a full deque that is longer": sealed([18, 1, 5, 6]),
    "a field that is code": lie(Point(1, 2), 2, 0, "x=print('hello')"),
    "a field that is private": lie(Point(1, 2), 2, 0, "__class__"),
    "a field that is a keyword": lie(Point(1, 2), 2, 0, "lambda"),
    "a field that is another in disguise": lie(Point(1, 2), 2, ["fi", "\ufb01"]),
    "a name that is code": lie(Point(1, 2), 1, "A(object): pass #"),
    "an extra that hides a field": sealed([19, "P", ["x"], ["x"], 1, 2]),
    "more fields than values": lie(Point(1, 2), 2, ["x", "y", "z"]),
    "a range without a step": sealed([22, 0, 5, 0]),
    "a range of floats": sealed([22, 0, 5.0, 1]),
    "a complex number of text": sealed([20, "1", "2"]),
    "a decimal that is spelled": sealed([29, " 1_0 "]),
    "a decimal beyond all bounds": sealed([29, "1E+99999999999999999999999"]),
    "a fraction by zero": sealed([30, 1, 0]),
    "a fraction that is not reduced": sealed([30, 2, 4]),
    "a fraction that takes forever": sealed([30, [1, b"\1" * 5000], 3]),
    "an identifier that is short": sealed([31, b"abc"]),
    "an integer that is text": sealed([1, "12"]),
    "an integer without end": sealed([1, b"\1" * 200_000]),
    "a day that is none": sealed([25, 2023, 2, 29]),
    "an hour that is none": sealed([26, 24, 0, 0, 0, 0, None]),
    "a month that is a flag": sealed([25, 2023, True, 1]),
    "a zone outside the database": sealed([33, "../../etc/passwd"]),
    "a zone by its path": sealed([33, "/usr/share/zoneinfo/UTC"]),
    "a zone that is a folder": sealed([33, "Europe"]),
    "a zone that is a module": sealed([33, "__init__.py"]),
    "a zone with a null": lie(ZoneInfo("UTC"), 1, "UTC\0"),
    "an offset of two days": sealed([33, [172_800, 0, None]]),
    # classes
    "a function for a class": sealed([3, "builtins", "eval", None]),
    "a module for a class": sealed([3, "numpy", "linalg", None]),
    "a class of another package": sealed([3, "subprocess", "Popen", None]),
    "a class by another's module": sealed([3, "pathlib", "os", None]),
    "a class through a module": sealed([3, "random", "_os._Environ", None]),
    "a class under another name": sealed([3, "collections", "namedtuple", None]),
    "a module that is not loaded": sealed([3, "numpy.nothing", "x", None]),
    # references
    "a reference without a description": sealed([2, 5]),
    "a reference with a negative number": lie(len, 1, -1),
    "a reference with a number that is text": lie(len, 1, "5"),
    "a reference with bases that are a text": lie(len, 3, "object"),
    "a reference with bases without end": lie(len, 3, ["a"] * 51),
    "a reference with a text without end": lie(len, 5, "x" * 5000),
    "a reference with a length that is text": lie(len, 6, "5"),
    "a parameter of no known kind": lie(lambda x: x, 9, 0, 1, "MAGIC"),
    "a parameter of no text": lie(lambda x: x, 9, 0, 0, 5),
    # pandas
    "a stamp without a unit": lie(pd.Timestamp("2024-01-01"), 2, "D"),
    "a stamp that is not one": lie(pd.Timestamp("2024-01-01"), 1, -(2**63)),
    "a stamp in a zone outside": lie(pd.Timestamp("2024-01-01", tz="Europe/Berlin"), 3, "dateutil//etc/passwd"),
    "a period that is interpreted": lie(pd.Period("2024-01", "M"), 2, "1h30min"),
    "a period of another name": lie(pd.Period("2024-01", "M"), 2, "ME"),
    "an interval the wrong way round": lie(pd.Interval(0, 1), 1, 5),
    "an interval closed nowhere": lie(pd.Interval(0, 1), 3, "no"),
    "a frequency that is interpreted": lie(MONTHS, 2, "1h30min"),
    "a frequency of code": lie(MONTHS, 2, "__import__('os')"),
    "a frequency the days do not have": lie(MONTHS, 2, "MS"),
    "a frequency of nothing": lie(MONTHS, 2, "0D"),
    "a frequency with another name": lie(MONTHS, 2, "2W"),
    "a frequency of an index that has none": lie(pd.Index([1]), 2, "D"),
    "a name that cannot be hashed": lie(pd.Index([1]), 3, [10, 1]),
    "a label that cannot be hashed": sealed([88, [61, [1], [10, 1]], None, None]),
    "a range longer than all": sealed([89, 0, 2**60, 1, None]),
    "a code beyond the categories": lie(CATEGORY, 1, [60, "|i1", [2], 2], tail=b"\5\5"),
    "a category twice": lie(CATEGORY, 2, [88, [100, "python", False, ["a", "a"]], None, None]),
    "a category that is no value": lie(CATEGORY, 2, [88, [100, "python", False, ["a", None]], None, None]),
    "categories that are an array": lie(CATEGORY, 2, [60, "|i1", [0], 0]),
    "an order that is none": lie(CATEGORY, 3, "yes"),
    "levels without codes": lie(MULTI, 1, []),
    "codes beyond the level": lie(MULTI, 2, 0, [88, [100, "python", False, ["a"]], None, None]),
    "codes that are floats": lie(MULTI, 1, 0, [60, "<f8", [0], 0]),
    "a level twice the same": lie(MULTI, 2, 0, [88, [100, "python", False, ["a", "a"]], None, None]),
    "more names than levels": lie(MULTI, 3, [None] * 3),
    "a table of another width": lie(TABLE, 4, [89, 0, 3, 1, None]),
    "a table of another height": lie(TABLE, 3, [89, 0, 1, 1, None]),
    "a table that is a row": sealed([87, True, [60, "<f8", [1], 8], ONE, ONE], b"\0" * 8),
    "columns of different heights": lie(MIXED, 1, 1, [100, "python", False, ["x"]]),
    "more labels than columns": lie(MIXED, 3, [89, 0, 3, 1, None]),
    "a column that is a list": lie(MIXED, 1, 1, [10, 1, 2]),
    "a column that is a table": sealed([86, [[60, "<f8", [1, 1], 8]], ONE, ONE], b"\0" * 8),
    "a series of another length": sealed([85, [60, "<f8", [1], 8], [89, 0, 2, 1, None], None], b"\0" * 8),
    "labels that are a list": sealed([85, [60, "<f8", [1], 8], [10, 0], None], b"\0" * 8),
    "text that is numbers": sealed([100, "python", False, [1, 2]]),
    "text stored elsewhere": sealed([100, "remote", False, []]),
    "gaps of another length": sealed([99, [60, "|i1", [1], 1], [60, "|b1", [2], 2]], b"\0" * 3),
    "gaps in swapped numbers": sealed([99, [60, ">i2", [1], 2], [60, "|b1", [1], 1]], b"\0" * 3),
    "times in days": sealed([94, [60, "<M8[D]", [1], 8], None], b"\0" * 8),
    "times that are numbers": sealed([94, [60, "<i8", [1], 8], None], b"\0" * 8),
    "periods that are short": sealed([96, [60, "<i4", [1], 4], "D"], b"\0" * 4),
    "intervals with ends of two kinds": lie(INTERVALS, 1, [60, "<i4", [0], 0]),
    "a sparse column longer than all": lie(SPARSE, 1, 2**40),
    "sparse places beyond the end": lie(SPARSE, 1, 1),
    "sparse places that go back": lie(SPARSE, 2, [60, "<i4", [2], 8], tail=bytes([2, 0, 0, 0, 1] + [0] * 19)),
    "sparse values of another number": lie(SPARSE, 2, [60, "<i4", [1], 4], tail=b"\0" * 20),
    "an Arrow type that is none": sealed([102, "extension", [60, "|i1", [1], 1], [60, "|b1", [1], 1]], b"\0\0"),
    # SciPy
    "a column beyond the table": lie(CSR, 2, [2, 1]),
    "row ends that go back": lie(CSR, 5, [60, "<i4", [3], 12], tail=b"\0" * 28 + bytes([2, 0, 0, 0, 1, 0, 0, 0])),
    "a sparse table without places": lie(COO, 4, [60, "<i4", [0], 0], tail=EYE.data.tobytes()),
    "a sparse place beyond the table": lie(COO, 2, [1, 1]),
    "a sparse table longer than all": lie(COO, 2, [2**40, 2]),
    "a sparse table of objects": lie(CSR, 3, [61, [2], 1, 2]),
    "a sparse table of another kind": lie(CSR, 1, "spmatrix"),
    # the frame of the message
    "nothing": b"",
    "another version": b"\x02\x01\0\0\0\xc0",
    "a tree longer than the message": b"\x01\xff\xff\xff\xff\xc0",
    "no tree": framed(b""),
    "a tree cut short": framed(b"\x92\x0a"),
    "two trees": framed(b"\xc0\xc0"),
    "bytes behind the tree": framed(b"\xc0", b"x"),
    "text that is no text": framed(b"\xa2\xff\xff"),
    "a byte with no meaning": framed(b"\xc1"),
}  # fmt: skip


@pytest.mark.parametrize("message", LIES.values(), ids=LIES.keys())
def test_a_lie_is_refused(message):
    refused(message)


@pytest.mark.parametrize(
    "value",
    [EYE, RECORD, Point(1, 2), MULTI, TABLE, MIXED, MONTHS, CATEGORY, SPARSE, CSR, COO, INTERVALS, len],
    ids=repr,
)
def test_the_same_messages_without_a_lie_are_not(value):
    assert type(decode(sealed(*opened(value)))) in {type(value), wire.Reference} or isinstance(value, Point)


# --- size, depth and time --------------------------------------------------------------------------------------------

MEGABYTE = 1 << 20
BOMBS = {
    "arrays that claim to be long, inside each other": framed(b"\xdd\x00\x0f\xff\xff" * 400 + b"\xc0" * MEGABYTE),
    "an array that claims four billion items": framed(b"\xdd\xff\xff\xff\xff" + b"\xc0" * MEGABYTE),
    "a map that claims four billion items": framed(b"\xdf\xff\xff\xff\xff" + b"\xc0" * MEGABYTE),
    "maps without end": framed(b"\xdd\x00\x10\x00\x00" + b"\x80" * MEGABYTE),
    "nested lists": framed(b"\x92\x0a" * 100_000 + b"\xc0"),
    "nested tuples within the packer's depth": framed(b"\x92\x0b" * 400 + b"\xc0"),
    "deques without end": framed(b"\xdd\x00\x08\x00\x01\x0a" + b"\x92\x12\xc0" * (MEGABYTE // 2)),
    "sets without end": framed(b"\xdd\x00\x08\x00\x01\x0a" + b"\x91\x0c" * (MEGABYTE // 2)),
    "lists without end": framed(b"\xdd\x00\x20\x00\x01\x0a" + b"\x91\x0a" * (2 * MEGABYTE)),
    "frames without end": sealed([10] + [[86, [], [89, 0, 0, 1, None], [89, 0, 0, 1, None]]] * 20_000),
    "kinds of named tuples without end": sealed([10] + [[19, f"T{number}", [], []] for number in range(40)]),
    "dtypes without end": sealed([10] + [[67, [8, False, [["a", 0, "<f8"]]]]] * 200_000),
}  # fmt: skip


@pytest.mark.parametrize("message", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused(message):
    refused(message)


def test_bombs_are_refused_in_little_memory():
    program = """
    import resource, sys, msgpack, pandas
    from curriculum.grading import wire
    bombs = msgpack.unpackb(sys.stdin.buffer.read())
    wire.decode(wire.encode(pandas.Series(["a"]), None), None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for bomb in bombs:
        try:
            wire.decode(bomb, None)
        except wire.WireError as error:
            assert "MemoryError" not in str(error)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
    """
    bombs = msgpack.packb(list(BOMBS.values()))
    command = [sys.executable, "-c", textwrap.dedent(program)]
    grown = subprocess.run(command, input=bombs, check=True, timeout=120, capture_output=True).stdout
    assert int(grown) < (64 << 20) + 60 * max(map(len, BOMBS.values()))


@pytest.mark.parametrize(
    "value",
    [
        list(range(200_000)),
        [[] for _ in range(200_000)],
        [f"text {n}" for n in range(100_000)],
        [(n, "a") for n in range(100_000)],
    ],
)
def test_what_is_large_but_honest_arrives(value):
    assert decode(wire.encode(value, None)) == value


def _colliding():
    modulus = sys.hash_info.modulus
    return [number * modulus for number in range(1, 30_000)]


@pytest.mark.parametrize("tag", [12, 13])
def test_keys_made_to_collide_are_refused_at_once(tag):
    keys = [[1, key.to_bytes(16, "little", signed=True)] for key in _colliding()]
    began = time.process_time()
    refused(sealed([tag, *keys]))
    assert time.process_time() - began < 2.0  # the comparisons would take minutes


def test_a_message_longer_than_allowed_is_refused_unread():
    message = wire.encode(b"x" * 1000, None)
    assert wire.decode(message, None, size=len(message)) == b"x" * 1000
    with pytest.raises(wire.WireError, match="at most 100 are taken"):
        wire.decode(message, None, size=100)


# --- nothing is executed ---------------------------------------------------------------------------------------------


def test_a_pickle_stays_bytes():
    payload = b"cos\nsystem\n(S'touch sentinel'\ntR."
    assert decode(wire.encode(payload, None)) == payload
    refused(payload)
    refused(framed(payload))


def test_nothing_is_imported_by_name():
    before = set(sys.modules)
    refused(sealed([3, "antigravity", "webbrowser", None]))
    refused(sealed([3, "matplotlib.tests", "TestCase", None]))
    refused(sealed([33, "tzdata.zoneinfo/UTC"]))
    assert set(sys.modules) - before <= {"tzdata"}


def test_text_of_a_reference_is_cleaned():
    reference = decode(lie(len, 5, "a\x1b[31m\u202eb\x00"))
    assert reference.text == "a\ufffd[31m\ufffdb\ufffd"


# --- damaged messages ------------------------------------------------------------------------------------------------

_SAMPLES = [
    wire.encode(value, lambda _: 7)
    for value in (
        [1, "a", {2: (3.5, None)}, {4}, b"x", deque([1]), Fraction(1, 3), 2**70, int, len, Point(1, 2)], EYE, RECORD,
        MONTHS, MULTI, TABLE, MIXED,
        pd.concat([MIXED, pd.DataFrame({"c": CATEGORY, "i": STRIPED})], axis=1), SPARSE, CSR, COO, INTERVALS,
        np.ma.array([1, 2], mask=[0, 1]),
        pd.date_range("2024", periods=3, tz="Europe/Berlin"), pd.Series(pd.period_range("2024", periods=2)),
    )
]  # fmt: skip


@settings(max_examples=1000, deadline=None)
@example(message=_SAMPLES[0], changes=[(0, 0)], cut=0)
@given(
    st.sampled_from(_SAMPLES),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4),
    st.integers(0, 30),
)
def test_damage_is_refused_or_harmless(message, changes, cut):
    damaged = bytearray(message[: len(message) - cut])
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    try:
        decode(bytes(damaged))
    except wire.WireError:
        return


@pytest.mark.parametrize("message", _SAMPLES)
def test_every_shortened_message_is_refused(message):
    for length in range(len(message)):
        refused(message[:length])
