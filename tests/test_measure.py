"""What a piece of work needs is measured in a process of its own, by an instrument that sees every allocator."""

from __future__ import annotations

import os
from typing import Any

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


def test_a_process_that_dies_is_reported() -> None:
    with pytest.raises(ChildProcessError, match="exit code 3"):
        measure.apart(os._exit, 3)


def test_where_no_process_may_be_started_the_function_runs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError

    monkeypatch.setattr("curriculum.measure.subprocess.run", refuse)
    value, megabytes = measure.apart(os.getpid)
    assert value == os.getpid()
    assert megabytes >= 0
