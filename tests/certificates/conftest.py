"""An issuer for each test that changes something, and one that the other tests of a file share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from certificates import made

from curriculum.certificates import _desk

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum import certificates


@pytest.fixture
def issuer(tmp_path: Path) -> made.Issuer:
    return made.make_issuer(tmp_path / "certificates")


@pytest.fixture
def pages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents take half a second each, which is much where they are not looked at."""
    monkeypatch.delitem(_desk.FACES, ".pdf")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> made.Issuer:
    return made.make_issuer(tmp_path_factory.mktemp("shared") / "certificates")


@pytest.fixture(scope="module")
def issued(shared: made.Issuer) -> certificates.Issued:
    """One certificate that is only read."""
    return shared.issue(days=365)
