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

import httpx
import pandas as pd
import pytest

from curriculum.datasets.standins.api import VirtualClock, orders_api, orders_client
from curriculum.errors import DataError

SERVE = """
import sys
import pandas as pd
from curriculum.datasets.standins.api import orders_api
times = pd.date_range("2024-01-01", periods=5, tz="UTC")
api = orders_api(pd.DataFrame({"order_id": range(5), "ordered_at": times}))
print(api.url, flush=True)
"""


@pytest.fixture
def orders():
    times = pd.date_range("2024-01-01", periods=5, freq="h", tz="UTC", unit="us")
    return pd.DataFrame({"order_id": range(1, 6), "ordered_at": times, "total": [1.5, 2.0, 3.0, 4.0, None]})


def answers(url: str) -> bool:
    """Say whether anything listens at the address."""
    address = httpx.URL(url)
    try:
        socket.create_connection((address.host, address.port), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


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
        threads = threading.active_count()
        with orders_api(orders) as api:
            assert answers(api.url)
            assert repr(api) == f"<OrdersServer at {api.url}, 0 requests>"
        assert not answers(api.url)
        assert threading.active_count() == threads
        assert repr(api) == "<OrdersServer closed, 0 requests>"
        api.close()

    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
    def test_of_a_block_that_breaks(self, orders, error):
        urls = []

        def cell():
            with orders_api(orders) as api:
                urls.append(api.url)
                raise error

        with pytest.raises(error):
            cell()
        assert not answers(urls[0])

    def test_with_a_connection_open(self, orders):
        client = httpx.Client(trust_env=False)
        with client, orders_api(orders) as api:
            client.get(f"{api.url}/orders")
            api.close()
            assert not answers(api.url)
            with pytest.raises(httpx.TransportError):
                client.get(f"{api.url}/orders")

    def test_when_nobody_holds_it(self, orders):
        url = orders_api(orders).url
        gc.collect()
        assert not answers(url)

    def test_of_a_process_that_forgot(self):
        with serving() as process:
            url, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
        assert not answers(url.strip())

    def test_of_a_process_that_is_killed(self):
        with serving("sys.stdin.read()") as process:
            url = process.stdout.readline().strip()
            assert answers(url)
            process.kill()
            process.communicate(timeout=60)
        assert not answers(url)

    def test_of_a_process_that_is_interrupted(self):
        block = """
with api:
    try:
        print("inside", flush=True)
        sys.stdin.read()
    except KeyboardInterrupt:
        raise SystemExit(7)
"""
        with serving(block) as process:
            url, inside = (process.stdout.readline().strip() for _ in range(2))
            assert inside == "inside"
            if os.name == "posix":
                process.send_signal(signal.SIGINT)
            else:
                process.kill()
            errors = process.communicate(timeout=60)[1]
        assert not answers(url)
        if os.name == "posix":
            assert (process.returncode, errors) == (7, "")

    def test_while_a_forked_child_lives(self):
        script = """
import os, warnings
warnings.simplefilter("ignore")
reading, writing = os.pipe()
child = os.fork()
if child == 0:
    os.close(writing)
    os.read(reading, 1)
    raise SystemExit
api.close()
print("closed", flush=True)
sys.stdin.readline()
os.close(writing)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
        if hasattr(os, "fork"):
            with serving(script) as process:
                url, closed = (process.stdout.readline().strip() for _ in range(2))
                assert closed == "closed"
                assert not answers(url)
                errors = process.communicate("\n", timeout=60)[1]
            assert (process.returncode, errors) == (0, "")


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
    threads = threading.active_count()
    with pytest.raises(DataError, match="did not start"):
        orders_api(orders)
    assert threading.active_count() == threads
