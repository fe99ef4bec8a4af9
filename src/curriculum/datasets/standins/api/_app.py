"""The API: its routes, and what stands before them in production (a rate limit, a token, failures, a record)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from curriculum.datasets.standins.api._faults import Fault, Faults, failure
from curriculum.datasets.standins.api._limits import Limits
from curriculum.datasets.standins.api._problems import Problem, explain, problem
from curriculum.datasets.standins.api._query import cursor, read

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from curriculum.datasets.standins.api._clock import Clock
    from curriculum.datasets.standins.api._options import Options
    from curriculum.datasets.standins.api._orders import Orders

# Whoever watches over a server or looks around needs no leave.
_OPEN = {"/", "/health"}


class Call(NamedTuple):
    """A request as the API recorded it.

    Attributes:
        method: GET and so on.
        path: without the query.
        query: the parameters.
        status: of the answer.
        time: when it came, in seconds since the API began.
        retry_after: the seconds that the answer asked the client to wait; None if it did not.
        damaged: whether the answer's JSON broke off.
    """

    method: str
    path: str
    query: dict[str, str]
    status: int
    time: float
    retry_after: int | None
    damaged: bool


class OrdersApi:
    """The API itself, without a way in.

    Attributes:
        app: the ASGI application.
        clock: whose time it goes by.
        requests: what was asked, in order.
    """

    def __init__(self, orders: Orders, options: Options, clock: Clock) -> None:
        self.clock = clock
        self._orders = orders
        self._options = options
        routes = [
            Route("/", self._about),
            Route("/health", self._health),
            Route("/orders", self._page),
            Route("/orders/{order_id}", self._order),
        ]
        handlers: dict[Any, Any] = {HTTPException: explain}
        self.app = Starlette(routes=routes, middleware=[Middleware(_Gate, api=self)], exception_handlers=handlers)
        self.app.router.redirect_slashes = False
        self.reset()

    def reset(self) -> None:
        """Begin again: no requests, full buckets, every attempt the first, the first schema."""
        options = self._options
        self.requests: list[Call] = []
        self._limits = Limits(options.rate, options.burst)
        self._faults = Faults(options.seed, options.failures, options.damaged, options.in_a_row)
        self._pages = 0
        self._began = self.clock.time()

    @property
    def too_early(self) -> list[Call]:
        """The requests that came before the time to which an answer had put the client off."""
        found, not_before = [], 0.0
        for call in self.requests:
            # Times are sums of floats, so whoever waited exactly as told may seem a hair early.
            if call.path not in _OPEN and call.time < not_before - 1e-6:
                found.append(call)
            if call.retry_after is not None:
                not_before = call.time + call.retry_after
        return found

    @property
    def version(self) -> int:
        """The version of the schema that the next answer has."""
        changed = self._options.change_after and self._pages >= self._options.change_after
        return 2 if changed or self._options.schema == "v2" else 1

    def now(self) -> float:
        """Say how many seconds ago the API began."""
        return self.clock.time() - self._began

    def admit(self, request: Request) -> tuple[Response | None, Fault, dict[str, str]]:
        """Decide on a request: the answer that takes the routes' place if there is one, the fault, the headers."""
        if request.url.path in _OPEN:
            return None, Fault.NONE, {}
        client = request.client.host if request.client else ""
        wait, headers = self._limits.take(client, self.now())
        if wait:
            return problem(HTTPStatus.TOO_MANY_REQUESTS, f"slow down: wait {wait} s"), Fault.NONE, headers
        if self._options.token and request.headers.get("authorization") != f"Bearer {self._options.token}":
            headers["WWW-Authenticate"] = "Bearer"
            detail = "send the token in a header: Authorization: Bearer <token>"
            return problem(HTTPStatus.UNAUTHORIZED, detail), Fault.NONE, headers
        items = sorted(request.query_params.multi_items())
        fault = self._faults.draw(f"{request.method} {request.url.path} {items}")
        return failure(fault), fault, headers

    def record(self, request: Request, arrived: float, response: Response, *, damaged: bool) -> None:
        """Keep what was asked and how it was answered."""
        path, status = request.url.path, int(response.status_code)
        wait = response.headers.get("retry-after")
        query = dict(request.query_params)
        retry_after = None if wait is None else int(wait)
        self.requests.append(Call(request.method, path, query, status, arrived, retry_after, damaged))
        self._pages += path == "/orders" and status == HTTPStatus.OK and not damaged

    async def _about(self, request: Request) -> Response:
        paths = ("/health", "/orders", "/orders/{order_id}")
        return JSONResponse(
            {
                "name": "Fernway orders",
                "orders": len(self._orders),
                "page_size": self._options.page_size,
                "cities": self._orders.cities,
                "addresses": [f"{str(request.base_url).rstrip('/')}{path}" for path in paths],
            }
        )

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _page(self, request: Request) -> Response:
        query = read(request.query_params, self._orders, self._options.page_size)
        found = self._orders.select(query.since, query.until, query.city)
        start = 0 if query.after is None else int(found.searchsorted(query.after, side="right"))
        page = found[start : start + query.limit].tolist()
        content: dict[str, Any] = {
            "items": [self._orders.record(position, self.version) for position in page],
            "total": len(found),
            "next": None,
        }
        if start + query.limit >= len(found):
            return JSONResponse(content)
        content["next"] = str(request.url.include_query_params(cursor=cursor(self._orders.name(page[-1]))))
        return JSONResponse(content, headers={"Link": f'<{content["next"]}>; rel="next"'})

    async def _order(self, request: Request) -> Response:
        order_id = request.path_params["order_id"]
        position = self._orders.position(order_id)
        if position is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no order {order_id!r}")
        return JSONResponse(self._orders.record(position, self.version))


class _Gate:
    """Stands before the routes: admits, lets fail, signs and records each request."""

    def __init__(self, app: ASGIApp, api: OrdersApi) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        arrived, version = self._api.now(), self._api.version
        response, fault, headers = self._api.admit(request)
        if response is None:
            response = await _collect(self._app, scope, receive)
        damaged = fault is Fault.DAMAGED and response.status_code == HTTPStatus.OK
        if damaged:
            body = bytes(response.body)
            response.body = body[: len(body) * 2 // 3]
            response.headers["Content-Length"] = str(len(response.body))
        response.headers.update({"API-Version": str(version)} | headers)
        self._api.record(request, arrived, response, damaged=damaged)
        await response(scope, receive, send)


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Give an application's whole answer."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, keep)
    start, *parts = messages
    response = Response(b"".join(part.get("body", b"") for part in parts), start["status"])
    response.raw_headers = list(start["headers"])
    return response
