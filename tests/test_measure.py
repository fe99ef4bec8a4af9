"""What a piece of work needs is measured in a process of its own, by an instrument that sees every allocator."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

from curriculum import measure


def test_the_value_comes_back_from_another_process() -> None:
    value, _ = measure.apart(lambda factor: (factor * 2, os.getpid()), 21)
    assert value[0] == 42
    assert value[1] != os.getpid()


def test_a_large_array_is_seen_and_a_large_parent_is_not() -> None:
    ballast = np.ones(10_000_000)  # 80 MB here must not count there
    small = measure.apart(lambda: float(np.ones(1_000).sum())).megabytes
    large = measure.apart(lambda: float(np.ones(5_000_000).sum())).megabytes
    assert ballast[0] == 1
    assert small < 10
    assert 35 < large < 60


def test_what_the_function_raises_is_raised_here() -> None:
    def fails() -> None:
        message = "no such table"
        raise KeyError(message)

    with pytest.raises(KeyError, match="no such table"):
        measure.apart(fails)


def test_prints_do_not_spoil_the_answer() -> None:
    assert measure.apart(lambda: print("a line of the function's own") or 7).value == 7


@pytest.mark.parametrize(
    ("ends", "code", "words"),
    [
        (os._exit, 3, "exit code 3"),
        (signal.raise_signal, signal.SIGKILL, "SIGKILL before it had an answer: it may"),
        (signal.raise_signal, signal.SIGRTMIN + 3, f"signal {signal.SIGRTMIN + 3} before it had an answer$"),
    ],
)
def test_a_process_that_dies_is_reported(ends: Any, code: int, words: str) -> None:
    with pytest.raises(ChildProcessError, match=words):
        measure.apart(ends, code)


class _TakesTwo(Exception):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def _raise_what_cannot_be_read() -> None:
    raise _TakesTwo("one", "other\nline")


@pytest.mark.parametrize(
    ("function", "arguments", "words"),
    [
        (len, (threading.Lock(),), "an argument cannot cross"),
        (threading.Lock, (), "what the function returned cannot cross"),
        (_raise_what_cannot_be_read, (), "_TakesTwo: one and other line, cannot cross"),
    ],
)
def test_what_cannot_cross_is_said(function: Any, arguments: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words) as caught:
        measure.apart(function, *arguments)
    assert "\n" not in str(caught.value)


def test_a_class_of_the_notebook_comes_back() -> None:
    class Report(NamedTuple):
        rows: int

    assert measure.apart(lambda: Report(3)).value.rows == 3


def test_where_no_process_may_be_started_the_function_runs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError

    monkeypatch.setattr("curriculum.measure.subprocess.run", refuse)
    value, megabytes = measure.apart(os.getpid)
    assert value == os.getpid()
    assert megabytes >= 0
