"""The API inside the process: a client whose requests never touch a socket, a thread or an event loop."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message

    from curriculum.datasets.standins.api._app import OrdersApi

BASE_URL = "http://api.fernway.test"


class InProcess(httpx.BaseTransport):
    """Answers requests by calling an ASGI application that never waits.

    ``httpx.ASGITransport`` is for asynchronous clients only. A loop to run it on would need a thread where one runs
    already, as in a notebook, and a pair of sockets, which grading forbids.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; requests of several threads one after another."""
        body = request.read()
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        with self._lock:
            _finish(self._app(_scope(request), receive, send))
        start, *parts = sent
        content = b"" if request.method == "HEAD" else b"".join(part.get("body", b"") for part in parts)
        return httpx.Response(int(start["status"]), headers=start["headers"], content=content)


class OrdersClient(httpx.Client):
    """An ``httpx.Client`` that talks to an API in its own process.

    Attributes:
        api: that API, with its clock and its record of requests.
    """

    def __init__(self, api: OrdersApi) -> None:
        super().__init__(transport=InProcess(api.app), base_url=BASE_URL, trust_env=False)
        self.api = api


def _scope(request: httpx.Request) -> dict[str, Any]:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 0),
    }


def _finish(answering: Awaitable[None]) -> None:
    """Run a coroutine that never waits for anything to its end."""
    steps = answering.__await__()
    try:
        next(steps)
    except StopIteration:
        return
    steps.close()
    message = "the application waits, which it cannot do without an event loop"
    raise RuntimeError(message)
