"""What every test of a check needs: a clean exercise, and a way to get at what a failing check says."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from curriculum import check

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 1500


@pytest.fixture(autouse=True)
def _no_exercise():
    """No exercise is open when a test begins."""
    check.exercise("")


@pytest.fixture(autouse=True)
def _no_figures():
    """No figure is open when a test has ended."""
    yield
    drawn = sys.modules.get("matplotlib.pyplot")
    if drawn is not None:
        drawn.close("all")


@pytest.fixture
def axes() -> Any:
    """Axes of a figure of their own."""
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


@pytest.fixture
def fails() -> Callable[..., check.Finding]:
    """Calls a check that must fail; gives its finding, once it is known to be short and quick."""

    def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> check.Finding:
        started = time.process_time()
        with pytest.raises(check.CheckFailed) as caught:
            function(*args, **kwargs)
        seconds = time.process_time() - started
        text = str(caught.value)
        assert len(text) < LONGEST, text
        assert len(caught.value.finding.summary.splitlines()) == 1
        assert seconds < 5, f"a check took {seconds:.1f} s of the processor"
        assert caught.value.__cause__ is None
        return caught.value.finding

    return call
