"""Fernway's orders behind an HTTP API as production has them: pages, a rate limit, failures, a schema that changes.

``orders_api`` serves it on this machine, ``orders_client`` keeps it inside the process, without a socket; the answers
are the same. ``docs/standins.md`` describes addresses, parameters, headers and errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.datasets.standins.api._clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from curriculum.datasets.standins.api._app import OrdersApi
    from curriculum.datasets.standins.api._clock import Clock
    from curriculum.datasets.standins.api._server import OrdersServer
    from curriculum.datasets.standins.api._transport import OrdersClient

__all__ = ["VirtualClock", "orders_api", "orders_client"]


def orders_api(
    orders: pd.DataFrame | None = None,
    *,
    lines: pd.DataFrame | None = None,
    nest: Mapping[str, Sequence[str]] | None = None,
    clock: Clock | None = None,
    **options: object,
) -> OrdersServer:
    """Serve Fernway's orders over HTTP on a free port of this machine.

    The server runs when this returns, and until ``close()``, the end of the ``with`` block or the end of the process;
    also no longer than something refers to what is returned, so give it a name.

    Args:
        orders: the orders; by default the shipped sample. Needs order_id and ordered_at; each column becomes a field.
        lines: the orders' lines; each order then carries its own as a list, ``lines``.
        nest: objects inside an order and the columns that move into them; an object's name in front of a column's is
            cut off. By default ``{"customer": ["customer_id"]}``, which makes ``{"customer": {"id": 17}}``.
        clock: whose time the rate limit goes by; by default the machine's. With a ``VirtualClock`` no wait is real.
        options: what makes it like production:

            - ``page_size=100``: most orders on a page, and how many there are without ``limit``
            - ``rate=0.0``: requests a second that a client may make in the long run; 0 for no limit
            - ``burst=10``: requests that a client may make at once
            - ``failures=0.0``: share of attempts that are answered with 500 or 503
            - ``damaged=0.0``: share of attempts whose JSON breaks off
            - ``in_a_row=2``: most faults of one request before it is answered
            - ``token=""``: what a client must send as bearer token; empty for nothing
            - ``schema="v1"``: version of the schema at the beginning; in "v2" ``total`` is ``amount``, in cents, and
              ``city`` an object
            - ``change_after=0``: pages after which the schema is v2; 0 for never
            - ``seed=0``: what goes wrong follows from it

    Returns:
        The server, with ``url``, ``client()``, ``requests``, ``too_early``, ``clock``, ``reset()`` and ``close()``.

    Raises:
        UnknownNameError: no such option; the message suggests the nearest.
        ScenarioError: an option cannot be used.
        DataError: the orders cannot be served, or no server can be started here.

    Example:
        >>> import pandas as pd
        >>> from curriculum import datasets
        >>> times = pd.date_range("2024-01-01", periods=3, freq="h", tz="UTC")
        >>> orders = pd.DataFrame({"order_id": [1, 2, 3], "ordered_at": times, "total": [9.5, 20.0, 3.25]})
        >>> with datasets.orders_api(orders, page_size=2) as api, api.client() as client:
        ...     page = client.get("/orders").json()
        ...     last = client.get(page["next"]).json()
        >>> [order["total"] for order in page["items"] + last["items"]]
        [9.5, 20.0, 3.25]
    """
    from curriculum.datasets.standins.api._clock import RealClock
    from curriculum.datasets.standins.api._server import OrdersServer

    return OrdersServer(_api(orders, lines, nest, clock or RealClock(), options))


def orders_client(
    orders: pd.DataFrame | None = None,
    *,
    lines: pd.DataFrame | None = None,
    nest: Mapping[str, Sequence[str]] | None = None,
    clock: Clock | None = None,
    **options: object,
) -> OrdersClient:
    """Give an ``httpx.Client`` whose API lives inside the process: no socket, no thread, no waiting.

    Args:
        orders: as for ``orders_api``.
        lines: as for ``orders_api``.
        nest: as for ``orders_api``.
        clock: whose time the rate limit goes by; by default a ``VirtualClock``, so that no wait is real.
        options: as for ``orders_api``.

    Returns:
        The client; its ``api`` has ``requests``, ``too_early``, ``clock`` and ``reset()``.

    Raises:
        UnknownNameError: no such option; the message suggests the nearest.
        ScenarioError: an option cannot be used.
        DataError: the orders cannot be served.

    Example:
        >>> import pandas as pd
        >>> from curriculum import datasets
        >>> orders = pd.DataFrame({"order_id": [1], "ordered_at": pd.to_datetime(["2024-01-01"], utc=True)})
        >>> with datasets.orders_client(orders, rate=0.1, burst=1) as client:
        ...     statuses = [client.get("/orders").status_code for _ in range(2)]
        ...     client.api.clock.sleep(10)
        ...     statuses.append(client.get("/orders").status_code)
        >>> statuses
        [200, 429, 200]
    """
    from curriculum.datasets.standins.api._transport import OrdersClient

    return OrdersClient(_api(orders, lines, nest, clock or VirtualClock(), options))


def _api(
    orders: pd.DataFrame | None,
    lines: pd.DataFrame | None,
    nest: Mapping[str, Sequence[str]] | None,
    clock: Clock,
    options: dict[str, object],
) -> OrdersApi:
    from curriculum.datasets._catalogue import load
    from curriculum.datasets.standins.api._app import OrdersApi
    from curriculum.datasets.standins.api._options import Options
    from curriculum.datasets.standins.api._orders import Orders

    chosen = Options.configure("the orders' API", options, "help(datasets.orders_api)")
    return OrdersApi(Orders(load("orders") if orders is None else orders, lines, nest), chosen, clock)
