"""Which requests go wrong: a share of them, told by the seed and by the request alone, not by time or order."""

from __future__ import annotations

import zlib
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING

import numpy as np

from curriculum.datasets.standins.api._problems import problem

if TYPE_CHECKING:
    from starlette.responses import Response

_PROXY_PAGE = """<html>
<head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>gateway</center></body>
</html>
"""


class Fault(Enum):
    """What goes wrong with an answer."""

    NONE = "none"
    BROKEN = "500 with a problem as JSON"
    BUSY = "503 with a problem as JSON, and Retry-After"
    GATEWAY = "503 with a page of HTML, as a proxy before the API sends it"
    DAMAGED = "200 with JSON that breaks off"


class Faults:
    """Draws what goes wrong with each attempt of each request.

    The n-th attempt of a request fares the same whenever it comes and whatever comes between. After ``in_a_row`` faults
    of one request the next attempt is answered.
    """

    def __init__(self, seed: int, failures: float, damaged: float, in_a_row: int) -> None:
        self._seed = seed
        self._failures = failures
        self._damaged = damaged
        self._in_a_row = in_a_row
        self._attempts: dict[str, int] = {}
        self._row: dict[str, int] = {}

    def draw(self, request: str) -> Fault:
        """Say how this attempt of a request fares."""
        attempt = self._attempts.get(request, 0)
        self._attempts[request] = attempt + 1
        fault = Fault.NONE if self._row.get(request, 0) >= self._in_a_row else self._fault(request, attempt)
        self._row[request] = 0 if fault is Fault.NONE else self._row.get(request, 0) + 1
        return fault

    def _fault(self, request: str, attempt: int) -> Fault:
        rng = np.random.default_rng([self._seed, zlib.crc32(request.encode()), attempt])
        share = rng.random()
        if share < self._failures:
            return (Fault.BROKEN, Fault.BUSY, Fault.GATEWAY)[rng.integers(3)]
        return Fault.DAMAGED if share < self._failures + self._damaged else Fault.NONE


def failure(fault: Fault) -> Response | None:
    """Give the answer that a fault puts in place of the API's own, if it does."""
    from starlette.responses import HTMLResponse

    if fault is Fault.BROKEN:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; try again")
    if fault is Fault.BUSY:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "too much to do; try again", {"Retry-After": "1"})
    return HTMLResponse(_PROXY_PAGE, HTTPStatus.SERVICE_UNAVAILABLE) if fault is Fault.GATEWAY else None
