"""What a call lends is found in the same order on both sides, and only what changed is told."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict, defaultdict, deque

import numpy as np
import pandas as pd
import pytest

from curriculum.grading.split._lent import Lent, lent


class Thing:
    def __init__(self, **values):
        self.__dict__.update(values)


Thing.__module__ = "__main__"


def never(_value):
    return False


def arguments():
    shared = [1, 2]
    row = {"a": shared, "b": (shared, np.zeros(2))}
    table = pd.DataFrame({"x": [1, 2]})
    return [shared, row, table, deque([row]), {3}, bytearray(b"x"), np.random.default_rng(1), "text", 4, None]


def kinds(values):
    return [type(value).__name__ for value in values]


def test_both_sides_find_the_same_objects_in_the_same_order():
    ours = arguments()
    theirs = pickle.loads(pickle.dumps(ours))
    found, copies = lent(ours, never), lent(theirs, never)
    assert kinds(found) == kinds(copies)
    assert sorted(kinds(found)) == sorted(
        ["list", "dict", "ndarray", "DataFrame", "deque", "set", "bytearray", "Generator"]
    )
    assert [ours.index(value) if kinds([value]) == ["list"] else None for value in found] == [
        theirs.index(value) if kinds([value]) == ["list"] else None for value in copies
    ]


def test_what_is_foreign_is_passed_by_with_all_that_is_in_it():
    inner = [1]
    foreign = [inner]
    assert lent([foreign, {"a": foreign}], lambda value: value is foreign) == [{"a": foreign}]


def test_cycles_end():
    loop = [1]
    loop.append(loop)
    (found,) = lent([loop, (loop,)], never)
    assert found is loop


def test_a_teachers_object_is_lent_with_what_it_holds():
    thing = Thing(items=[1], size=2)
    found = lent([thing], never)
    assert found[0] is thing
    assert found[1] is thing.items
    given = Lent(found)
    thing.size = 3
    assert given.changed() == {"0": [{"items": None, "size": 3}, [[0, 1]]]}
    assert given.same(thing) == 0


@pytest.mark.parametrize("value", ["text", 1, None, (1, 2), frozenset({1}), range(3), int, len, 1.5, b"x", Thing])
def test_what_cannot_change_is_not_lent(value):
    assert lent([value], never) == []


CHANGES = {
    "append": ([1], lambda x: x.append(2), [[1, 2], []]),
    "order": ({"a": 1, "b": 2}, lambda d: d.update(a=d.pop("a")), [{"b": 2, "a": 1}, []]),
    "default": (defaultdict(int), lambda d: d["x"], [{"x": 0}, []]),
    "move": (OrderedDict(a=1, b=2), lambda d: d.move_to_end("a"), [{"b": 2, "a": 1}, []]),
    "rotate": (deque([1, 2, 3]), lambda d: d.rotate(1), [[3, 1, 2], []]),
    "set": ({1}, lambda s: s.add(2), [{1, 2}, []]),
    "bytes": (bytearray(b"a"), lambda b: b.append(98), [bytearray(b"ab"), []]),
    "text file": (io.StringIO("ab"), lambda f: f.read(1), [["ab", 1], []]),
    "not pickled": ([len, lambda: 0], lambda x: x.reverse(), None),
    "type only": ([1], lambda x: x.__setitem__(0, True), [[True], []]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_with_the_new_content(name):
    value, change, wanted = CHANGES[name]
    given = Lent(lent([value], never))
    assert given.changed() == {}
    change(value)
    changed = given.changed()
    assert set(changed) == {"0"}
    if wanted is not None:
        assert changed["0"] == wanted
        assert list(changed["0"][0]) == list(wanted[0])


def test_an_array_and_a_frame_and_a_generator():
    array, frame, rng = np.zeros(2), pd.DataFrame({"a": [1]}), np.random.default_rng(1)
    given = Lent(lent([array, frame, rng], never))
    assert given.changed() == {}
    array[0], frame["b"] = 1, 2
    rng.random()
    assert len(given.changed()) == 3
    assert rng.bit_generator.state in [content for content, _ in given.changed().values() if isinstance(content, dict)]


def test_only_what_changed_itself_is_told():
    inner = [1]
    outer = [inner, {"k": inner}]
    found = lent([outer], never)
    given = Lent(found)
    inner.append(2)
    place = next(number for number, value in enumerate(found) if value is inner)
    assert given.changed() == {str(place): [[1, 2], []]}


def test_what_is_lent_inside_is_named_by_its_place():
    inner = [1]
    outer = [inner, 5]
    found = lent([outer], never)
    given = Lent(found)
    outer.reverse()
    place = next(number for number, value in enumerate(found) if value is inner)
    assert given.changed() == {"0": [[5, None], [[1, place]]]}


def test_same_is_only_what_was_lent_and_keeps_its_shape():
    xs, array = [1], np.zeros(2)
    given = Lent(lent([xs, array], never))
    places = {given.same(xs), given.same(array)}
    assert places == {0, 1}
    assert given.same([1]) is None
    array[0] = 1
    assert given.same(array) is None
