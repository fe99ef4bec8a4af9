"""The examiner's end and the learner's, over a socket, without a grader around them."""

from __future__ import annotations

import contextlib
import io
import threading
import time

import pytest

from curriculum.errors import GradingError
from curriculum.grading import wire
from curriculum.grading._limits import Limits
from curriculum.grading.split._channel import Channel, ChannelError, pair
from curriculum.grading.split._link import LearnerGone, Link
from curriculum.grading.split._owner import Owner
from curriculum.grading.split._recorded import Recorded
from curriculum.outcome import Outcome


class Result:
    def __init__(self, error=None):
        self.error_in_exec = error
        self.error_before_exec = None


class Shell:
    """Runs cells as plain Python; what a link and an owner need of a shell."""

    def __init__(self):
        self.user_ns = {"__name__": "__main__"}

    def run(self, source, *, is_unseen=False):
        try:
            exec(source, self.user_ns)
        except Exception as error:  # noqa: BLE001 - a cell may raise anything
            return Result(error)
        return Result()


@contextlib.contextmanager
def linked(source="", **limits):
    """A link to an owner that has run a cell, in a thread of its own."""
    ours, theirs = pair()
    shell = Shell()
    shell.run(source)
    owner = Owner(Channel(theirs), shell, Recorded(), 1000)

    def serve():
        with contextlib.suppress(ChannelError):
            while True:
                owner.channel.send(owner._answer(owner.channel.receive()))

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    link = Link(ours, {}, Limits(**({"cell_seconds": 10.0} | limits)), time.monotonic() + 60)
    try:
        yield link
    finally:
        ours.close()
        server.join(10)
        owner.channel.close()


def test_data_comes_by_value_and_the_rest_stands_in():
    with linked("x = [1, {'a': 2.5}]\ndef f(n):\n    return n * 2") as link:
        assert link.value("x") == {"x": [1, {"a": 2.5}]}
        assert link.value("f")["f"](4) == 8
        assert link.value("nothing") == {}


def test_an_object_has_one_stand_in():
    with linked("class A:\n    def me(self):\n        return self\na = A()") as link:
        one = link.value("a")["a"]
        assert link.value("a")["a"] is one
        assert one.me() is one


def test_a_cells_error_comes_back_with_its_class():
    with linked() as link:
        error, _ = link.run("1 / 0")
        assert type(error) is ZeroDivisionError
        assert link.run("x = 1") == (None, "")


def test_callbacks_may_call_back():
    with linked("def twice(f, x):\n    return f(f(x))\ndef add(x):\n    return x + 1") as link:
        twice, add = link.value("twice")["twice"], link.value("add")["add"]
        asked = []

        def through(x):
            asked.append(x)
            return add(x)

        through.__module__ = "__main__"
        assert twice(through, 1) == 3
        assert asked == [1, 2]


def test_a_callbacks_error_reaches_the_learner_and_comes_back():
    with linked("def attempt(f):\n    try:\n        f()\n    except KeyError as e:\n        return e.args\n") as link:

        def lookup():
            raise KeyError("k")

        lookup.__module__ = "__main__"
        assert link.value("attempt")["attempt"](lookup) == ("k",)


def test_what_cannot_be_handed_over_is_the_authors_error():
    class Local:
        pass

    Local.__module__ = "__main__"
    with linked("def f(x):\n    return x") as link:
        f = link.value("f")["f"]
        with pytest.raises(GradingError, match="'Local', a class of the check cell"):
            f(Local())
        with pytest.raises(GradingError, match="cannot be copied"):
            f(threading.Lock())
        assert f(3) == 3


@contextlib.contextmanager
def scripted(*replies, seconds=60, **limits):
    """A link to whoever sends these replies, whatever is asked."""
    ours, theirs = pair()
    other = Channel(theirs)
    for reply in replies:
        other.send(reply)
    try:
        yield Link(ours, {}, Limits(**({"cell_seconds": 10.0} | limits)), time.monotonic() + seconds), other
    finally:
        ours.close()
        other.close()


def test_silence_is_late_and_final():
    with scripted(cell_seconds=0.05) as (link, _):
        with pytest.raises(LearnerGone) as first:
            link.value("x")
        with pytest.raises(LearnerGone) as second:
            link.value("x")
        assert first.value.outcome is Outcome.TIMED_OUT
        assert second.value is first.value is link.gone


def test_no_time_left_in_the_submission_is_late_at_once():
    with scripted(seconds=-1) as (link, _), pytest.raises(LearnerGone) as gone:
        link.run("x = 1")
    assert gone.value.outcome is Outcome.TIMED_OUT


def test_an_end_in_the_middle_is_a_process_that_was_killed():
    with scripted() as (link, other):
        other.close()
        with pytest.raises(LearnerGone) as gone:
            link.run("x = 1")
    assert gone.value.outcome is Outcome.KILLED


def packed(value):
    return wire.encode(value, None)


HOSTILE = {
    "no answer": 3,
    "a list": [1],
    "unknown parts": {"verdict": "passed"},
    "a value that is none": {"value": 3},
    "no value": {},
    "no data": {"value": b"junk"},
    "an error that is none": {"error": b"junk"},
    "changes that are none": {"changed": [1], "value": packed(1)},
    "a change of nothing": {"changed": {"7": packed([[], []])}, "value": packed(1)},
    "a change without links": {"changed": {"0": packed([1])}, "value": packed(1)},
    "warnings that are none": {"warned": [1], "value": packed(1)},
    "a call of no function": {"callback": 99, "data": packed([(), {}])},
    "a call below zero": {"callback": -1, "data": packed([(), {}])},
    "a call without arguments": {"callback": 0, "data": packed(3)},
    "a number that is none": {"same": True, "value": packed(1)},
}


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE)
def test_what_breaks_the_protocol_is_tampering(reply):
    with scripted(reply) as (link, _), pytest.raises(LearnerGone) as gone:
        link.ask("len", [1])
    assert gone.value.outcome is Outcome.TAMPERED


def test_what_a_learner_says_is_the_same_is_only_what_was_lent():
    mine = [1]
    with scripted({"same": 5, "value": packed("value")}, {"same": 0}) as (link, _):
        assert link.ask("len", [1]) == "value"
        assert link.ask("len", mine) is mine


def test_links_to_nowhere_are_passed_by():
    links = [[9, 0], [0, 9], [-1, 0], [0, -1], "x", [0], [None, None], [[], {}]]
    mine = [1]
    with scripted({"changed": {"0": packed([[7], links])}, "value": packed(None)}) as (link, _):
        link.ask("len", mine)
    assert mine == [7]


def test_output_is_clipped(monkeypatch):
    stream = io.StringIO()
    with scripted({"out": "x" * 100, "value": packed(1)}, output=10) as (link, _):
        monkeypatch.setattr("sys.stdout", stream)
        link.ask("len", [1])
    assert stream.getvalue() == "x" * 10
