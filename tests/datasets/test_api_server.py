"""The orders' API on a port of this machine: there while it is wanted, and gone whatever happens."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import httpx
import pandas as pd
import pytest

from curriculum.datasets.standins.api import VirtualClock, orders_api, orders_client
from curriculum.errors import DataError

if TYPE_CHECKING:
    from curriculum.datasets.standins.api._server import OrdersServer

# A port that one server has left may be another's at once, of tests that run beside these. This tells ours.
MARK = 1 + os.getpid() % 10_000

SERVE = f"""
import os, sys, warnings
import pandas as pd
from curriculum.datasets.standins.api import orders_api
times = pd.date_range("2024-01-01", periods=5, tz="UTC")
orders = pd.DataFrame({{"order_id": range(5), "ordered_at": times}})
def serve():
    api = orders_api(orders, page_size={MARK})
    print(api.url, flush=True)
    return api
api = serve()
"""


@pytest.fixture
def orders():
    times = pd.date_range("2024-01-01", periods=5, freq="h", tz="UTC", unit="us")
    return pd.DataFrame({"order_id": range(1, 6), "ordered_at": times, "total": [1.5, 2.0, 3.0, 4.0, None]})


def serve(orders: pd.DataFrame) -> OrdersServer:
    """Serve the orders, marked."""
    return orders_api(orders, page_size=MARK)


def answers(url: str) -> bool:
    """Say whether our server listens at the address, be it without answering."""
    try:
        about = httpx.get(url, trust_env=False, timeout=10).json()
    except httpx.TimeoutException:
        return True
    except (httpx.TransportError, ValueError):
        return False
    return about.get("page_size") == MARK


def serving_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "orders-api"]


def serving(*more: str) -> subprocess.Popen[str]:
    """Start a process that serves, prints the address, and goes on with a script."""
    command = [sys.executable, "-W", "error", "-c", SERVE + "\n".join(more)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_it_answers_as_the_client_in_the_process_does(orders):
    inside = orders_client(orders, page_size=2, failures=0.5, damaged=0.2, seed=3, token="secret")
    paths = ["/health", "/orders", "/orders?limit=1", "/orders/3", "/orders/99", "/nowhere", "/orders?limit=x"] * 3
    headers = {"Authorization": "Bearer secret"}
    with orders_api(orders, page_size=2, failures=0.5, damaged=0.2, seed=3, token="secret") as api, api.client() as out:
        for path in paths:
            for chosen in (headers, {}):
                found, expected = (client.get(path, headers=chosen) for client in (out, inside))
                assert found.status_code == expected.status_code
                assert found.text.replace(api.url, str(inside.base_url).rstrip("/")) == expected.text
                assert set(found.headers) - {"date", "connection"} == set(expected.headers) - {"connection"}
        assert [call[:4] for call in api.requests] == [call[:4] for call in inside.api.requests]


def test_next_is_an_address_that_any_client_can_get(orders):
    with orders_api(orders, page_size=3) as api, httpx.Client(trust_env=False) as client:
        page = client.get(f"{api.url}/orders").json()
        assert page["next"].startswith(api.url)
        assert [order["order_id"] for order in client.get(page["next"]).json()["items"]] == [4, 5]


def test_a_head_has_no_body(orders):
    with orders_api(orders) as api, api.client() as client:
        assert client.head("/orders").content == b""
        assert client.get("/orders").json()["total"] == 5


def test_a_virtual_clock_spares_the_waiting(orders):
    with orders_api(orders, clock=VirtualClock(), rate=0.01, burst=1) as api, api.client() as client:
        client.get("/orders")
        refused = client.get("/orders")
        assert refused.status_code == 429
        api.clock.sleep(int(refused.headers["Retry-After"]))
        assert client.get("/orders").status_code == 200
        assert not api.too_early
        api.reset()
        assert api.requests == []


def test_the_machines_clock_is_the_default(orders):
    with orders_api(orders, rate=1e-9, burst=1) as api, api.client() as client:
        assert [client.get("/orders").status_code for _ in range(2)] == [200, 429]
        assert 0 <= api.requests[0].time <= api.requests[1].time < 60
        api.clock.sleep(0)


def test_a_proxy_leads_its_client_nowhere(orders, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with orders_api(orders) as api, api.client() as client:
        assert client.get("/health").status_code == 200


def test_a_forwarded_address_is_not_believed(orders):
    with orders_api(orders, rate=1e-9, burst=1) as api, api.client() as client:
        statuses = [client.get("/orders", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(2)]
    assert statuses == [200, 429]


class TestTheEnd:
    def test_of_the_block(self, orders):
        threads = serving_threads()
        with serve(orders) as api:
            assert repr(api) == f"<OrdersServer at {api.url}, 0 requests>"
            assert answers(api.url)
            assert serving_threads() != threads
        assert not answers(api.url)
        assert serving_threads() == threads
        assert repr(api) == "<OrdersServer closed, 1 requests>"
        api.close()

    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
    def test_of_a_block_that_breaks(self, orders, error):
        urls = []

        def cell():
            with serve(orders) as api:
                urls.append(api.url)
                raise error

        with pytest.raises(error):
            cell()
        assert not answers(urls[0])

    def test_with_a_connection_open(self, orders):
        client = httpx.Client(trust_env=False)
        with client, serve(orders) as api:
            client.get(f"{api.url}/orders")
            api.close()
            assert not answers(api.url)

    def test_when_nobody_holds_it(self, orders):
        url = serve(orders).url
        gc.collect()
        assert not answers(url)

    def test_of_a_process_that_is_interrupted_in_a_block_and_has_forgotten_another(self):
        script = """
forgotten = serve()
with api:
    try:
        print("inside", flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""
        with serving(script) as process:
            url, other, inside = (process.stdout.readline().strip() for _ in range(3))
            assert inside == "inside"
            assert answers(url)
            assert answers(other)
            if os.name == "posix":
                process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=60)
        assert not answers(url)
        assert not answers(other)
        assert (process.returncode, errors) == (0, "")
        assert output == ("interrupted\n" if os.name == "posix" else "")

    def test_while_a_forked_child_lives_and_of_a_process_that_is_killed(self):
        script = """
if hasattr(os, "fork"):
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of forks beside threads
        child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        raise SystemExit
api.close()
print("closed", flush=True)
sys.stdin.readline()
if hasattr(os, "fork"):
    os.close(writing)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    print(0, flush=True)
api = serve()
sys.stdin.read()
"""
        with serving(script) as process:
            url, closed = (process.stdout.readline().strip() for _ in range(2))
            assert closed == "closed"
            assert not answers(url)
            process.stdin.write("\n")
            process.stdin.flush()
            child, url = (process.stdout.readline().strip() for _ in range(2))
            assert child == "0"
            assert answers(url)
            process.kill()
            errors = process.communicate(timeout=60)[1]
        assert not answers(url)
        assert errors == ""


class TestSeveral:
    def test_two_at_once(self, orders):
        with orders_api(orders) as one, orders_api(orders.head(2)) as other:
            assert one.url != other.url
            totals = [httpx.get(f"{api.url}/orders", trust_env=False).json()["total"] for api in (one, other)]
        assert totals == [5, 2]
        assert len(one.requests) == len(other.requests) == 1

    def test_one_after_another(self, orders):
        for _ in range(3):
            with orders_api(orders) as api, api.client() as client:
                assert client.get("/health").status_code == 200

    def test_in_a_loop_that_runs(self, orders):
        async def cell():
            with orders_api(orders) as api:
                async with httpx.AsyncClient(base_url=api.url, trust_env=False) as client:
                    pages = await asyncio.gather(*(client.get("/orders") for _ in range(10)))
                return [page.json()["total"] for page in pages]

        assert asyncio.run(cell()) == [5] * 10


def test_where_no_server_may_be(orders, monkeypatch):
    def forbidden(*args, **kwargs):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "socket", forbidden)
    with pytest.raises(DataError, match=r"use datasets\.orders_client\(\)") as caught:
        orders_api(orders)
    assert len(str(caught.value).splitlines()) == 1


def test_a_server_that_cannot_start_says_so(orders, monkeypatch):
    import uvicorn

    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets=None: None)
    threads = serving_threads()
    with pytest.raises(DataError, match="did not start"):
        orders_api(orders)
    assert serving_threads() == threads
