"""How the API says no: problem details as JSON (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request


class Problem(HTTPException):
    """A request that cannot be answered, and why."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(status, detail)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Make the answer that says what is wrong."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    return JSONResponse(content, status, headers, media_type="application/problem+json")


async def explain(request: Request, error: Exception) -> JSONResponse:
    """Turn what a route or the router raised into that answer."""
    assert isinstance(error, HTTPException)
    if isinstance(error, Problem):
        return problem(error.status_code, error.detail)
    detail = {404: f"there is nothing at {request.url.path}; see /", 405: f"{request.method} is not for this address"}
    return problem(error.status_code, detail.get(error.status_code, error.detail), error.headers)
