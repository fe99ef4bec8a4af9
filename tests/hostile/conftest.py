"""One arena for all of the attacks: its processes are started once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile.arena import Arena, arena_in

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Where attacks are fought."""
    with arena_in(tmp_path_factory.mktemp("attacked")) as found:
        yield found


@pytest.fixture(scope="session")
def fortress(arena: Arena) -> Arena:
    """An arena whose sandbox is complete; elsewhere the test is skipped."""
    arena.require_sandbox()
    return arena
