"""Which runner grades, and how it is set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from curriculum.errors import SandboxError
from curriculum.grading._choices import RunnerName, SandboxMode
from curriculum.grading._limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from curriculum.grading._runner import Runner


@dataclass(frozen=True)
class Setup:
    """How submissions are run; verdicts depend on all of it.

    Attributes:
        shows_hidden: whether learners may see the inputs of hidden tests.
    """

    runner: RunnerName = RunnerName.SPLIT
    sandbox: SandboxMode = SandboxMode.AVAILABLE
    limits: Limits = field(default_factory=Limits)
    shows_hidden: bool = False


def factory(setup: Setup) -> Callable[[], Runner]:
    """What makes one runner for each worker; it can be pickled.

    Raises:
        SandboxError: the runner has no sandbox, and one was asked for.
    """
    if setup.runner is RunnerName.KERNEL and setup.sandbox is SandboxMode.STRICT:
        message = (
            "the kernel runner has no sandbox, so it cannot be strict; "
            "grade with --runner split, or trust the submissions and add --sandbox off"
        )
        raise SandboxError(message)
    return partial(_make, setup)


def _make(setup: Setup) -> Runner:
    # Each runner pulls in a stack of its own.
    if setup.runner is RunnerName.KERNEL:
        from curriculum.grading.kernel import KernelRunner

        return KernelRunner(setup.limits, shows_hidden=setup.shows_hidden)
    from curriculum.grading.split import SplitRunner

    return SplitRunner(setup.sandbox, setup.limits, shows_hidden=setup.shows_hidden)
