"""An examiner's object is brought to what the learner made of its copy, and a generator only to where drawing leads."""

from __future__ import annotations

import io
from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
import pandas as pd
import pytest

from curriculum.grading.split._overwrite import advance, distance, overwrite

FULL = 1 << 128


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ([1, 2], [3], [3]),
        ({"b": 1, "a": 2}, {"a": 2, "b": 3}, {"a": 2, "b": 3}),
        (OrderedDict(a=1), {"b": 2}, OrderedDict(b=2)),
        (Counter("aa"), {"b": 2}, Counter("bb")),
        (defaultdict(int, a=1), {"b": 2}, {"b": 2}),
        ({1}, {2, 3}, {2, 3}),
        (bytearray(b"ab"), bytearray(b"xyz"), bytearray(b"xyz")),
        (deque([1, 2], maxlen=2), [3, 4], deque([3, 4], maxlen=2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_containers_get_the_new_content_in_place(old, new, wanted):
    kind = type(old)
    overwrite(old, new)
    assert old == wanted
    assert list(old) == list(wanted)
    assert type(old) is kind


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([1], {"a": 1}),
        ([1], (2,)),
        ({"a": 1}, [2]),
        ({1}, [2]),
        (bytearray(b"a"), b"b"),
        (deque([1]), {2}),
        ([1], None),
    ],
)
def test_another_kind_is_left_alone(old, new):
    before = old.copy()
    overwrite(old, new)
    assert old == before


def test_an_array_keeps_its_memory_and_refuses_another_shape_or_type():
    whole = np.zeros(6)
    overwrite(whole[2:4], np.array([1.0, 2.0]))
    assert whole.tolist() == [0, 0, 1, 2, 0, 0]
    for other in (np.ones(5), np.ones(6, dtype=np.float32), np.ones((2, 3)), [1.0] * 6):
        overwrite(whole, other)
    assert whole.tolist() == [0, 0, 1, 2, 0, 0]


def test_a_locked_array_is_left_alone():
    locked = np.zeros(2)
    locked.flags.writeable = False
    overwrite(locked, np.ones(2))
    assert not locked.any()


def test_tables_become_the_new_ones():
    frame, alias = pd.DataFrame({"a": [1, 2]}), None
    alias = frame
    new = pd.DataFrame({"b": ["x"]}, index=[7])
    overwrite(frame, new)
    pd.testing.assert_frame_equal(alias, new)
    series = pd.Series([1, 2], name="s")
    overwrite(series, pd.Series([9], name="t"))
    pd.testing.assert_series_equal(series, pd.Series([9], name="t"))
    overwrite(frame, series)
    pd.testing.assert_frame_equal(frame, new)


def test_text_files_are_written_again():
    file = io.StringIO("old text")
    overwrite(file, ["new", 2])
    assert file.getvalue() == "new"
    assert file.read() == "w"
    for wrong in (["x"], [b"x", 0], ["x", -1], ["x", 2], ["x", "0"]):
        overwrite(file, wrong)
    assert file.getvalue() == "new"
    data = io.BytesIO(b"abc")
    overwrite(data, [b"z", 1])
    assert (data.getvalue(), data.tell()) == (b"z", 1)


# --- random generators -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 1000, (1 << 40) - 1, 1 << 64, (1 << 127) + 5, FULL - 1])
@pytest.mark.parametrize("seed", [0, 7, 2**100])
def test_the_distance_is_what_numpy_has_advanced(seed, steps):
    generator = np.random.PCG64(seed)
    start = generator.state["state"]
    target = generator.advance(steps).state["state"]["state"]
    assert distance(start["state"], target, start["inc"]) == steps


def test_going_back_is_nearly_the_whole_way_round():
    generator = np.random.PCG64(5)
    start = generator.state["state"]
    target = generator.advance(-3).state["state"]["state"]
    assert distance(start["state"], target, start["inc"]) == FULL - 3


DRAWS = {
    "normal": lambda rng: rng.normal(size=7),
    "integers": lambda rng: rng.integers(0, 10, 5),
    "half a word": lambda rng: rng.integers(0, 10, 3, dtype=np.int32),
    "shuffle": lambda rng: rng.permutation(20),
    "choice": lambda rng: rng.choice(5, size=3, replace=False),
    "nothing": lambda rng: None,
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_generator_goes_on_where_its_copy_stopped(draw):
    ours, copy = np.random.default_rng(3), np.random.default_rng(3)
    draw(copy)
    advance(ours, copy.bit_generator.state)
    assert ours.bit_generator.state == copy.bit_generator.state
    assert np.array_equal(ours.random(4), copy.random(4))


def _state(**changes):
    state = np.random.default_rng(3).bit_generator.state
    state["state"] = state["state"] | changes.pop("inner", {})
    return state | changes


REFUSED = {
    "another seed": np.random.default_rng(4).bit_generator.state,
    "another stream": _state(inner={"inc": 1}),
    "before the start": np.random.PCG64(3).advance(-1).state,
    "too far": np.random.PCG64(3).advance(1 << 41).state,
    "another kind": np.random.Generator(np.random.MT19937(3)).bit_generator.state,
    "no number": _state(inner={"state": "7"}),
    "a float": _state(inner={"state": 1.5}),
    "no state": {},
    "half a state": {"state": {}},
    "a word that is none": _state(has_uint32=1, uinteger=1 << 40),
    "a flag that is none": _state(has_uint32=2),
    "a text": _state(uinteger="x"),
    "a list": {"state": [1, 2]},
}


@pytest.mark.parametrize("state", REFUSED.values(), ids=REFUSED)
def test_any_other_state_is_refused(state):
    ours = np.random.default_rng(3)
    before = ours.bit_generator.state
    overwrite(ours, state)
    assert ours.bit_generator.state == before


def test_a_generator_of_another_kind_is_left_alone():
    ours, copy = (np.random.Generator(np.random.MT19937(3)) for _ in range(2))
    copy.random(3)
    advance(ours, copy.bit_generator.state)
    assert ours.random() == np.random.Generator(np.random.MT19937(3)).random()
