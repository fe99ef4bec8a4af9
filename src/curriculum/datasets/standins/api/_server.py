"""The API on a port of this machine, as long as whoever started it wants."""

from __future__ import annotations

import os
import socket
import threading
import weakref
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import uvicorn

from curriculum.errors import DataError

if TYPE_CHECKING:
    from types import TracebackType

    from curriculum.datasets.standins.api._app import Call, OrdersApi
    from curriculum.datasets.standins.api._clock import Clock

_HOST = "127.0.0.1"
_PATIENCE = 30.0
_listening: weakref.WeakSet[socket.socket] = weakref.WeakSet()


class OrdersServer:
    """The API at ``url`` until ``close()`` or the end of its ``with`` block, its last name or the process."""

    def __init__(self, api: OrdersApi) -> None:
        self._api = api
        running = _Running(api)
        self.url = f"http://{_HOST}:{running.port}"
        # Also when nobody holds this object any more, or the process ends.
        self._close = weakref.finalize(self, running.stop)

    @property
    def requests(self) -> list[Call]:
        """What was asked, in order."""
        return self._api.requests

    @property
    def too_early(self) -> list[Call]:
        """The requests that came before the time to which an answer had put the client off."""
        return self._api.too_early

    @property
    def clock(self) -> Clock:
        """Whose time the API goes by."""
        return self._api.clock

    def reset(self) -> None:
        """Begin again: no requests, full buckets, every attempt the first, the first schema."""
        self._api.reset()

    def client(self) -> httpx.Client:
        """Give a client for it that no proxy setting leads astray; ``client.get("/orders")``."""
        return httpx.Client(base_url=self.url, trust_env=False)

    def close(self) -> None:
        """Stop; the port is free after that. Closing again does nothing."""
        self._close()

    def __enter__(self) -> OrdersServer:
        """Give the server, which runs already."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop, whatever happened."""
        self.close()

    def __repr__(self) -> str:
        """Say where it is."""
        state = f"at {self.url}" if self._close.alive else "closed"
        return f"<OrdersServer {state}, {len(self.requests)} requests>"


class _Server(uvicorn.Server):
    """A server that says when it is ready, or that it never will be."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.decided = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.decided.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        finally:
            self.decided.set()


class _Running:
    """A server in a thread of its own, which dies with the process."""

    def __init__(self, api: OrdersApi) -> None:
        self._socket = _bound()
        _listening.add(self._socket)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            api.app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="orders-api", daemon=True)
        self._thread.start()
        try:
            self._server.decided.wait(_PATIENCE)
            if not self._server.started:
                message = "the orders' API did not start: use datasets.orders_client()"
                raise DataError(message)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and free its port."""
        self._server.should_exit = True
        # The collector may come by in the server's own thread.
        if threading.current_thread() is not self._thread:
            self._thread.join(_PATIENCE)
        self._socket.close()


def _bound() -> socket.socket:
    """Give a socket on a free port."""
    with ExitStack() as undo:
        try:
            # The protocol is named because asyncio sends at once (TCP_NODELAY) only then; else each answer takes 40 ms.
            bound = undo.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP))
            bound.bind((_HOST, 0))
        except OSError as error:
            message = f"no server can be started here ({error.strerror or error}): use datasets.orders_client()"
            raise DataError(message) from None
        undo.pop_all()
    return bound


def _leave_to_parent() -> None:
    """In a forked child, which has the port open but no thread to answer: let go of it."""
    for listening in list(_listening):
        listening.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
