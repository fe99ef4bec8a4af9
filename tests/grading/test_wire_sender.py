"""The learner's side sends exact data, describes what stays, and never breaks on an odd object."""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import linecache
import re
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from curriculum.grading import wire

MODULE = __name__


class Kept:
    """The objects that stay, by number."""

    def __init__(self):
        self.objects = []

    def __call__(self, value):
        self.objects.append(value)
        return len(self.objects) - 1


def send(value):
    """What arrives, with references as they are."""
    return wire.decode(wire.encode(value, Kept()), lambda reference: reference)


def exact(value, kind, equal):
    arrived = send(value)
    return type(arrived) is kind and arrived == equal


def stays(value):
    kept = Kept()
    arrived = wire.decode(wire.encode(value, kept), lambda reference: reference)
    return type(arrived) is wire.Reference and kept.objects[arrived.number] is value


# --- subclasses that lie ---------------------------------------------------------------------------------------------


def _lie(*_args, **_kwargs):
    return 42


class LyingList(list):
    __iter__ = __len__ = __getitem__ = __eq__ = __reduce__ = _lie
    __hash__ = None


class LyingDict(dict):
    __iter__ = __len__ = __getitem__ = keys = values = items = _lie


class LyingFloat(float):
    __float__ = __eq__ = __sub__ = __abs__ = __rsub__ = _lie
    __hash__ = float.__hash__


class LyingInt(int):
    __int__ = __index__ = __eq__ = _lie
    __hash__ = int.__hash__


class LyingText(str):
    __str__ = __eq__ = __len__ = encode = _lie
    __hash__ = str.__hash__


class LyingTuple(tuple):
    __iter__ = __len__ = _lie
    __slots__ = ()


class LyingSet(set):
    __iter__ = __len__ = __contains__ = _lie


class Disguised(list):
    @property
    def __class__(self):
        return float


class LyingArray(np.ndarray):
    shape = property(_lie)

    armed = False

    def __array_finalize__(self, other):
        if self.armed:
            raise RuntimeError("no")

    def __array_ufunc__(self, *args, **kwargs):
        return 0.0

    tobytes = tolist = __len__ = __eq__ = _lie


class LyingFrame(pd.DataFrame):
    values = dtypes = property(_lie)
    to_numpy = items = __getitem__ = equals = _lie


class LyingSeries(pd.Series):
    array = values = property(_lie)
    to_numpy = __len__ = _lie


def test_lying_subclasses_arrive_as_what_their_base_holds():
    assert exact(LyingList([1, 2]), list, [1, 2])
    assert exact(LyingDict(a=1), dict, {"a": 1})
    assert exact(LyingFloat(1.5), float, 1.5)
    assert exact(LyingInt(7), int, 7)
    assert exact(LyingText("abc"), str, "abc")
    assert exact(LyingTuple((1, 2)), tuple, (1, 2))
    assert exact(LyingSet({1}), set, {1})
    assert exact(Disguised([1]), list, [1])
    assert [type(item) for item in send([LyingFloat(1), LyingInt(2), LyingText("x")])] == [float, int, str]


def test_a_lying_array_arrives_as_its_memory(monkeypatch):
    array = np.ndarray.__new__(LyingArray, (2,), "i4", b"\1\0\0\0\2\0\0\0")
    monkeypatch.setattr(LyingArray, "armed", True)
    arrived = send(array)
    assert type(arrived) is np.ndarray
    assert (arrived.tolist(), arrived.shape, arrived.dtype) == ([1, 2], (2,), np.dtype("i4"))


def test_lying_frames_and_series_arrive_as_what_they_hold():
    frame, series = send(LyingFrame({"a": [1, 2], "t": ["x", "y"]})), send(LyingSeries([1.5], name="n"))
    assert (type(frame), type(series)) == (pd.DataFrame, pd.Series)
    pd.testing.assert_frame_equal(frame, pd.DataFrame({"a": [1, 2], "t": ["x", "y"]}))
    pd.testing.assert_series_equal(series, pd.Series([1.5], name="n"))


def test_the_values_of_a_lying_subclass_are_no_way_in():
    arrived = send({"a": LyingList([LyingFloat(2.0)])})
    assert (arrived["a"][0] - 2.0, abs(arrived["a"][0])) == (0.0, 2.0)


# --- what stays ------------------------------------------------------------------------------------------------------


class Colour(enum.IntEnum):
    RED = 1


class Answer(str, enum.Enum):  # noqa: UP042 - the older way, in which text comes first
    YES = "yes"


class ByAttribute(dict):
    def __getattr__(self, name):
        return self[name]


def add(a, /, b: int = 2, *rest, c, d=(1, 2), **more):
    """Add two numbers."""


@dataclasses.dataclass
class Measured:
    x: int

    def __len__(self):
        return self.x


@pytest.mark.parametrize(
    "value",
    [
        add, len, np, np.sum, (n for n in ()), iter([]), object(), Measured(3), Colour.RED, Answer.YES, re.compile("a"),
        functools.partial(add, 1), LogisticRegression(),
        np.random.default_rng(0), np.random.RandomState(0), pd.DataFrame({"a": [1]}).groupby("a"), ByAttribute(a=1),
        Measured, {Colour.RED: 1}, {add}, frozenset([add]),
        pd.DataFrame([[1]], columns=pd.Index([Measured(1)], dtype=object)), np.zeros((2_000_000, 0)), memoryview(b"a"),
        {}.keys(), sys.stdout,
        np.array([(1, None)], dtype=[("a", "i4"), ("o", object)]),
        pd.arrays.ArrowExtensionArray(__import__("pyarrow").array([[1]])),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_no_data_stays(value):
    assert stays(value)


def test_containers_hold_references():
    model = LogisticRegression()
    arrived = send((model, 0.97, {"a": [add]}, np.array([model, 1], object), pd.Series([model])))
    assert [type(item) for item in arrived] == [wire.Reference, float, dict, np.ndarray, pd.Series]
    assert [type(arrived[2]["a"][0]), type(arrived[3][0]), type(arrived[4][0])] == [wire.Reference] * 3


def test_a_function_is_described():
    reference = send(add)
    assert (reference.name, reference.doc, reference.callable, reference.text) == (
        "add",
        "Add two numbers.",
        True,
        "<function add>",
    )
    assert (reference.type_name, reference.bases) == ("builtins.function", ("builtins.function", "builtins.object"))
    shown = [(one.name, one.kind, one.default) for one in reference.signature]
    assert shown == [
        ("a", "POSITIONAL_ONLY", None), ("b", "POSITIONAL_OR_KEYWORD", "2"), ("rest", "VAR_POSITIONAL", None),
        ("c", "KEYWORD_ONLY", None),
        ("d", "KEYWORD_ONLY", "(1, 2)"), ("more", "VAR_KEYWORD", None),
    ]  # fmt: skip


def test_an_object_is_described():
    reference = send(Measured(3))
    assert (reference.type_name, reference.text, reference.length) == (f"{MODULE}.Measured", "Measured(x=3)", 3)
    assert (reference.callable, reference.signature, reference.lineage, reference.name) == (False, None, (), "")
    assert "sklearn.base.BaseEstimator" in send(LogisticRegression()).bases


def test_a_class_that_only_the_learner_has_is_described():
    reference = send(Measured)
    assert (reference.name, reference.callable, reference.bases) == (
        "Measured",
        True,
        ("builtins.type", "builtins.object"),
    )
    assert reference.lineage == (f"{MODULE}.Measured", "builtins.object")
    assert [one.name for one in reference.signature] == ["x"]


def test_a_class_both_have_is_itself():
    classes = [
        int,
        ValueError,
        collections.Counter,
        np.ndarray,
        np.float64,
        pd.DataFrame,
        LogisticRegression,
        type(None),
    ]
    assert all(left is right for left, right in zip(classes, send(classes), strict=True))


def test_a_class_that_pretends_to_be_another_stays():
    fake = type("ndarray", (), {"__module__": "numpy"})
    assert stays(fake)


class Raising:
    """Raises at whatever is done to it."""

    def _raise(self, *args, **kwargs):
        raise SystemExit(f"{args}")

    __repr__ = __str__ = __len__ = __eq__ = __hash__ = __bool__ = __iter__ = __getattr__ = __call__ = __reduce__ = (
        __getstate__
    ) = _raise
    __class__ = __doc__ = __signature__ = __name__ = __dict__ = property(_raise)


class RaisingMeta(type):
    def _raise(cls, *args):
        raise KeyError(*args)

    __hash__ = __eq__ = __repr__ = __instancecheck__ = __subclasscheck__ = __getattribute__ = _raise


class Slots:
    __slots__ = ()
    __len__ = staticmethod(lambda: -5)
    __repr__ = staticmethod(lambda: 5)


RaisingKind = RaisingMeta("RaisingKind", (), {})


ODD = {"raising": Raising(), "instance": RaisingKind(), "class": RaisingKind, "slots": Slots()}


@pytest.mark.parametrize("name", ODD)
def test_an_object_that_raises_at_everything_stays(name):
    value = ODD[name]
    assert stays(value)
    assert [type(item) for item in send([value, (value, 1)])] == [wire.Reference, tuple]
    assert send(value).length is None


def test_a_repr_is_cut_cleaned_and_the_same_in_each_run():
    loud = type("Loud", (), {"__repr__": lambda self: "\x1b[31m" + "x" * 10_000_000})
    assert send(loud()).text == "\ufffd[31m" + "x" * 194 + "…"
    assert send(object()).text == "<object object>"


# --- too deep, too large, in itself ----------------------------------------------------------------------------------


def _nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def _unwrapped(value):
    depth = 0
    while type(value) is list and value:
        value, depth = value[0], depth + 1
    return value, depth


def test_the_depths_of_a_value_stay():
    assert _unwrapped(send(_nested(90))) == ([], 90)
    bottom, depth = _unwrapped(send(_nested(100_000)))
    assert (type(bottom), bottom.type_name, depth) == (wire.Reference, "builtins.list", 100)


def test_a_value_that_holds_itself_holds_a_reference():
    ring = [1]
    ring.append(ring)
    table = {}
    table["self"] = table
    assert (send(ring)[0], type(send(ring)[1]), type(send(table)["self"])) == (1, wire.Reference, wire.Reference)


def test_a_value_that_unfolds_without_end_is_refused():
    value = ["x" * 1000]
    for _ in range(60):
        value = [value, value]
    with pytest.raises(wire.Unencodable, match="does not fit into 10,000,000 bytes"):
        wire.encode(value, Kept(), size=10_000_000)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 2000,
        b"x" * 2000,
        list(range(2000)),
        np.zeros(2000),
        [np.zeros(200)] * 20,
        np.broadcast_to(0.0, (2**20, 2**20)),
        {"k" * 2000: 1},
    ],
)
def test_what_does_not_fit_is_refused(value):
    with pytest.raises(wire.Unencodable, match="does not fit into 1,000 bytes"):
        wire.encode(value, Kept(), size=1000)


def test_an_integer_without_end_is_refused():
    with pytest.raises(wire.Unencodable, match="an integer of"):
        wire.encode(1 << 10_000_000, Kept())


def test_without_references_only_data_is_taken():
    assert wire.decode(wire.encode([1, int], None), None) == [1, int]
    for value in (add, [1, add], {"a": np.array([add])}, Measured):
        with pytest.raises(wire.Unencodable, match="not only data"):
            wire.encode(value, None)


# --- libraries are imported only where they are in use ---------------------------------------------------------------


def test_plain_data_imports_no_library():
    program = """
    import sys
    from curriculum.grading import wire
    class Own: pass
    for value in (1.5, [1, {"a": (2, None)}], "x"):
        assert wire.decode(wire.encode(value, lambda _: 0), None) == value
    assert wire.decode(wire.encode(Own(), lambda _: 0), lambda reference: reference).number == 0
    assert not {"numpy", "pandas", "scipy", "pyarrow"} & set(sys.modules), sorted(sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, timeout=60)


def test_a_reader_without_the_libraries_can_still_read():
    value = "[pandas.NA, pandas.NaT, numpy.ma.masked, scipy.sparse.csr_array((2, 2)), pandas.Series([1])]"
    own = "import sys; from curriculum.grading import wire;"
    sender = f"{own} import numpy, pandas, scipy.sparse; sys.stdout.buffer.write(wire.encode({value}, None))"
    reader = f"{own} print(*(type(item).__name__ for item in wire.decode(sys.stdin.buffer.read(), None)))"
    message = subprocess.run([sys.executable, "-c", sender], check=True, timeout=60, capture_output=True).stdout
    read = subprocess.run([sys.executable, "-c", reader], check=True, timeout=60, capture_output=True, input=message)
    assert read.stdout.split() == [b"NAType", b"NaTType", b"MaskedConstant", b"csr_array", b"Series"]


def test_prepared_nothing_more_is_imported():
    program = """
    import sys, numpy, pandas, scipy.sparse
    from curriculum.grading import wire
    wire.prepare()
    before = set(sys.modules)
    frame = pandas.DataFrame({"a": [1, None], "t": ["x", "y"], "d": pandas.to_datetime(["2024-01-01"] * 2, utc=True)})
    for value in (frame, scipy.sparse.csr_array((2, 2)), numpy.zeros(2), frame.d.dt.tz_convert("Europe/Berlin")):
        wire.encode(value, None)
    late = {name for name in set(sys.modules) - before if name.startswith("curriculum")}
    assert not late, late
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, timeout=60)


# --- exceptions ------------------------------------------------------------------------------------------------------


def _raised(source, name="/tmp/ipykernel_1/2.py", **names):
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        exec(compile(source, name, "exec"), names)
    except BaseException as error:  # noqa: BLE001 - the exceptions are what this is about
        return error
    raise AssertionError("nothing was raised")


def _sent(error):
    return wire.decode_error(wire.encode_error(error))


def test_an_exception_is_described():
    error = _raised("def f(x):\n    return 1 / x\nf(0)\n")
    error.add_note("by zero")
    sent = _sent(error)
    assert (sent.type_name, sent.text, sent.args, sent.notes) == (
        "builtins.ZeroDivisionError",
        "division by zero",
        ("division by zero",),
        ("by zero",),
    )
    assert sent.bases[1:] == (
        "builtins.ArithmeticError",
        "builtins.Exception",
        "builtins.BaseException",
        "builtins.object",
    )
    assert [(frame.line, frame.function, frame.source) for frame in sent.frames] == [
        (3, "<module>", "f(0)"),
        (2, "f", "return 1 / x"),
    ]
    assert sent.hidden_frames == 1


def test_arguments_that_are_data_are_data():
    sent = _sent(KeyError("a", 2, np.arange(2), add))
    assert (sent.args[:2], sent.args[2].tolist(), sent.args[3]) == (("a", 2), [0, 1], "<function add>")
    assert _sent(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")).args == ("utf-8", b"\xff", 0, 1, "bad")


def test_a_deep_traceback_is_cut():
    sent = _sent(_raised("def f(n):\n    return f(n - 1) if n else 1 / 0\nf(500)\n"))
    assert (len(sent.frames), sent.hidden_frames, sent.frames[-1].line) == (20, 483, 2)


class RaisingError(Exception):
    def _raise(self, *args):
        raise SystemExit

    __str__ = __repr__ = _raise
    args = __notes__ = __traceback__ = property(_raise)


def test_an_exception_that_raises_at_everything_is_described():
    sent = _sent(RaisingError("a", Raising()))
    assert (sent.type_name, sent.text, sent.args) == (f"{MODULE}.RaisingError", "", ("a", ""))


def test_an_exception_with_a_flood_of_text_is_cut():
    error = ValueError("x" * 10_000_000, [1] * 2_000_000)
    error.__notes__ = ["n" * 10_000_000] * 100
    message = wire.encode_error(error)
    sent = wire.decode_error(message)
    assert (len(message) < 100_000, len(sent.text), len(sent.notes), len(sent.notes[0])) == (True, 4000, 10, 4000)
    assert all(len(arg) <= 200 for arg in sent.args)


@pytest.mark.parametrize(
    "value",
    [None, [], [[], "x", [], 0, [], []], [["a"], "x", [[1]], 0, [], []], [["a"], 5, [], 0, [], []], {"a": 1}],
    ids=repr,
)
def test_a_message_about_no_exception_is_refused(value):
    with pytest.raises(wire.WireError):
        wire.decode_error(wire.encode(value, None))
