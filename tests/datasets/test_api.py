"""The orders' API inside the process: pages, limits, failures, a schema that changes, and the record of it all."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum import datasets
from curriculum.datasets.standins.api import VirtualClock, orders_client
from curriculum.errors import DataError, ScenarioError, UnknownNameError

CITIES = ("Alderquay", "Brackwater", "Dunmere")


def make_orders(n: int = 25) -> pd.DataFrame:
    """Orders twelve hours apart, from 2024-01-01 on; the last has gaps."""
    return pd.DataFrame(
        {
            "order_id": range(1, n + 1),
            "customer_id": [100 + i % 7 for i in range(n)],
            "ordered_at": pd.date_range("2024-01-01", periods=n, freq="12h", tz="UTC", unit="us"),
            "city": pd.Categorical([CITIES[i % 3] for i in range(n)]),
            "total": [round(10 + 1.15 * i, 2) for i in range(n - 1)] + [None],
            "express": pd.array([i % 2 == 0 for i in range(n - 1)] + [None], dtype="boolean"),
            "promised": pd.date_range("2024-01-02", periods=n, freq="D", unit="us"),
        }
    )


def fetch_all(client: httpx.Client, sleep=lambda _seconds: None, **params) -> list[dict]:
    """What a careful learner writes: follow next, wait when told, try again what failed."""
    items, url = [], httpx.URL("/orders", params=params)
    while url:
        for _ in range(20):
            response = client.get(url)
            if response.status_code == 200:
                try:
                    page = response.json()
                    break
                except ValueError:
                    continue
            sleep(int(response.headers.get("Retry-After", 0)))
        else:
            raise TimeoutError(response.text)
        items += page["items"]
        url = page["next"]
    return items


def ids(items: list[dict]) -> list[int]:
    return [item["order_id"] for item in items]


def problem(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    content = response.json()
    assert content["status"] == response.status_code
    assert content["title"]
    return content["detail"]


class TestPages:
    @pytest.mark.parametrize(("size", "limit", "pages"), [(10, None, 3), (10, 5, 5), (25, None, 1), (1000, 24, 2)])
    def test_following_next_gives_every_order_once(self, size, limit, pages):
        client = orders_client(make_orders(), page_size=size)
        params = {} if limit is None else {"limit": limit}
        assert ids(fetch_all(client, **params)) == list(range(1, 26))
        assert len(client.api.requests) == pages

    def test_a_page_says_how_many_there_are_and_what_comes_next(self):
        client = orders_client(make_orders(), page_size=20)
        first = client.get("/orders")
        page = first.json()
        assert list(page) == ["items", "total", "next"]
        assert len(page["items"]) == 20
        assert page["total"] == 25
        assert first.links["next"]["url"] == page["next"]
        last = client.get(page["next"])
        assert last.json()["next"] is None
        assert "link" not in last.headers

    def test_orders_come_in_the_order_of_time(self):
        shuffled = make_orders().sample(frac=1, random_state=1)
        assert ids(fetch_all(orders_client(shuffled, page_size=7))) == list(range(1, 26))

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"city": "Brackwater"}, [2, 5, 8, 11, 14, 17, 20, 23]),
            ({"since": "2024-01-12"}, [23, 24, 25]),
            ({"until": "2024-01-02"}, [1, 2]),
            ({"since": "2024-01-01T12:00:00Z", "until": "2024-01-02T13:00:00+01:00"}, [2, 3]),
            ({"since": "2024-01-03", "until": "2024-01-03"}, []),
            ({"since": "2025-01-01"}, []),
            ({"since": "2024-01-10", "city": "Dunmere"}, [21, 24]),
        ],
    )
    def test_filters_hold_on_every_page(self, params, expected):
        client = orders_client(make_orders(), page_size=100)
        assert ids(fetch_all(client, limit=2, **params)) == expected
        assert client.get("/orders", params=params).json()["total"] == len(expected)

    @pytest.mark.parametrize(
        ("params", "status", "says"),
        [
            ({"page": 1}, 400, "cursor, limit, since, until"),
            ({"limit": "ten"}, 400, "whole number"),
            ({"limit": "9" * 5000}, 400, "whole number"),
            ({"limit": 0}, 422, "from 1 to 10"),
            ({"limit": 11}, 422, "from 1 to 10"),
            ({"limit": -1}, 422, "from 1 to 10"),
            ({"limit": [1, 2]}, 400, "more than once"),
            ({"cursor": "nonsense"}, 400, "cursor"),
            ({"cursor": ""}, 400, "cursor"),
            ({"cursor": "äöü"}, 400, "cursor"),
            ({"since": "yesterday"}, 400, "2024-01-31"),
            ({"since": "2024-01-01T10:00:00"}, 400, "with its zone"),
            ({"since": "0001-01-01T00:00:00+10:00"}, 400, "since"),
            ({"since": "2024-02-01", "until": "2024-01-01"}, 422, "before"),
            ({"city": "Atlantis"}, 422, "Alderquay, Brackwater, Dunmere"),
        ],
    )
    def test_what_cannot_be_answered_is_a_problem(self, params, status, says):
        response = orders_client(make_orders(), page_size=10).get("/orders", params=params)
        assert response.status_code == status
        assert says in problem(response)


class TestOneOrder:
    def test_by_its_id(self):
        client = orders_client(make_orders())
        assert client.get("/orders/3").json() == {
            "order_id": 3,
            "customer": {"id": 102},
            "ordered_at": "2024-01-02T00:00:00Z",
            "city": "Dunmere",
            "total": 12.3,
            "express": True,
            "promised": "2024-01-04",
        }
        assert client.get("/orders/3").json() == client.get("/orders").json()["items"][2]

    def test_what_is_missing_is_null(self):
        order = orders_client(make_orders()).get("/orders/25").json()
        assert order["total"] is None
        assert order["express"] is None

    def test_lines_come_with_their_order(self):
        lines = pd.DataFrame({"order_id": [2, 1, 2], "line": [1, 1, 2], "price": [2.5, 1.0, None]})
        client = orders_client(make_orders(), lines=lines)
        assert client.get("/orders/2").json()["lines"] == [{"line": 1, "price": 2.5}, {"line": 2, "price": None}]
        assert client.get("/orders/3").json()["lines"] == []

    def test_what_is_nested_can_be_chosen(self):
        nest = {"delivery": ["promised", "express"], "customer": ["customer_id", "city"]}
        order = orders_client(make_orders(), nest=nest).get("/orders/1").json()
        assert order["delivery"] == {"express": True, "promised": "2024-01-02"}
        assert order["customer"] == {"id": 100, "city": "Alderquay"}
        flat = orders_client(make_orders(), nest={}).get("/orders/1").json()
        assert list(flat) == list(make_orders())

    @pytest.mark.parametrize("path", ["/orders/26", "/orders/x", "/order", "/orders/", "/orders/1/lines"])
    def test_what_is_not_there(self, path):
        response = orders_client(make_orders()).get(path)
        assert response.status_code == 404
        assert "there is no" in problem(response)

    def test_nothing_can_be_written(self):
        client = orders_client(make_orders())
        response = client.post("/orders", json={"total": 1})
        assert response.status_code == 405
        assert response.headers["allow"]
        assert "POST" in problem(response)

    def test_a_head_has_no_body(self):
        response = orders_client(make_orders()).head("/orders")
        assert (response.status_code, response.content) == (200, b"")


def test_what_there_is_and_whether_it_lives():
    client = orders_client(make_orders(), page_size=10, token="secret", rate=0.001, burst=1, failures=1.0)
    for _ in range(3):
        about = client.get("/").json()
        assert client.get("/health").json() == {"status": "ok"}
    assert (about["orders"], about["page_size"], about["cities"]) == (25, 10, list(CITIES))
    assert all(address.startswith("http://") for address in about["addresses"])


class TestRateLimit:
    def test_too_many_are_put_off_until_the_clock_has_moved(self):
        client = orders_client(make_orders(), rate=0.5, burst=3)
        assert [client.get("/orders").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = client.get("/orders")
        assert refused.headers["Retry-After"] == "2"
        assert "wait 2 s" in problem(refused)
        client.api.clock.sleep(1)
        assert client.get("/orders").status_code == 429
        client.api.clock.sleep(1)
        assert [client.get("/orders").status_code for _ in range(2)] == [200, 429]
        client.api.clock.sleep(1000)
        assert [client.get("/orders").status_code for _ in range(4)] == [200, 200, 200, 429]

    def test_headers_say_what_is_left(self):
        client = orders_client(make_orders(), rate=0.5, burst=3)
        names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
        headers = [client.get("/orders/1").headers for _ in range(4)]
        assert [[int(found[name]) for name in names] for found in headers] == [
            [3, 2, 2],
            [3, 1, 4],
            [3, 0, 6],
            [3, 0, 6],
        ]
        assert "Retry-After" not in headers[0]

    def test_without_a_limit_there_are_no_such_headers(self):
        response = orders_client(make_orders()).get("/orders")
        assert not [name for name in response.headers if "ratelimit" in name]

    @given(
        rate=st.floats(0.01, 50, allow_nan=False),
        burst=st.integers(1, 5),
        pauses=st.lists(st.floats(0, 100, allow_nan=False), max_size=20),
    )
    @settings(max_examples=50, deadline=None)
    def test_whoever_waits_as_told_is_answered(self, rate, burst, pauses):
        client = orders_client(make_orders(1), rate=rate, burst=burst)
        for pause in pauses:
            response = client.get("/orders")
            if response.status_code == 429:
                client.api.clock.sleep(int(response.headers["Retry-After"]))
                assert client.get("/orders").status_code == 200
            client.api.clock.sleep(pause)
        assert not client.api.too_early


class TestFailures:
    def test_their_share_and_kinds(self):
        client = orders_client(make_orders(300), failures=0.3, seed=5)
        responses = [client.get(f"/orders/{order}") for order in range(1, 301)]
        failed = [response for response in responses if response.status_code != 200]
        assert 60 <= len(failed) <= 120
        kinds = {(response.status_code, response.headers["content-type"].split(";")[0]) for response in failed}
        assert kinds == {(500, "application/problem+json"), (503, "application/problem+json"), (503, "text/html")}
        assert {response.headers.get("Retry-After") for response in failed} == {"1", None}

    @pytest.mark.parametrize("in_a_row", [1, 3])
    def test_trying_again_helps(self, in_a_row):
        client = orders_client(make_orders(), failures=1.0, in_a_row=in_a_row)
        for _ in range(2):
            statuses = [client.get("/orders").status_code for _ in range(in_a_row + 1)]
            assert statuses.index(200) == in_a_row

    def test_how_an_attempt_fares_depends_on_seed_and_request_alone(self):
        def fates(seed, order):
            client = orders_client(make_orders(), failures=0.4, damaged=0.2, seed=seed)
            found = {}
            for number in order:
                response = client.get(f"/orders/{number}")
                found[number] = (response.status_code, len(response.content))
            return found

        forwards = fates(1, range(1, 26))
        assert fates(1, range(25, 0, -1)) == forwards
        assert fates(2, range(1, 26)) != forwards

    def test_the_order_of_parameters_does_not_matter(self):
        client = orders_client(make_orders(), failures=1.0, in_a_row=1)
        assert client.get("/orders?limit=3&city=Dunmere").status_code >= 500
        assert client.get("/orders?city=Dunmere&limit=3").status_code == 200

    def test_damaged_json_breaks_off(self):
        client = orders_client(make_orders(), damaged=1.0, in_a_row=1)
        response = client.get("/orders")
        assert response.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            response.json()
        assert int(response.headers["content-length"]) == len(response.content)
        assert client.get("/orders").json()["total"] == 25
        assert [call.damaged for call in client.api.requests] == [True, False]

    def test_only_whole_answers_can_be_damaged(self):
        client = orders_client(make_orders(), damaged=1.0)
        assert "no order" in problem(client.get("/orders/99"))


class TestSchema:
    def test_the_second_version(self):
        client = orders_client(make_orders(), schema="v2")
        response = client.get("/orders/3")
        assert response.headers["API-Version"] == "2"
        order = response.json()
        assert "total" not in order
        assert order["amount"] == 1230
        assert order["city"] == {"name": "Dunmere"}
        assert client.get("/orders/25").json()["amount"] is None

    def test_it_may_come_in_the_middle(self):
        client = orders_client(make_orders(), page_size=10, change_after=2, failures=0.3, damaged=0.3, seed=3)
        items = fetch_all(client)
        assert ids(items) == list(range(1, 26))
        assert ["total" in item for item in items] == [True] * 20 + [False] * 5
        assert len(client.api.requests) > 3
        assert client.get("/health").headers["API-Version"] == "2"

    def test_otherwise_it_stays(self):
        client = orders_client(make_orders(), page_size=1)
        fetch_all(client)
        assert client.get("/orders").headers["API-Version"] == "1"


class TestToken:
    def test_who_has_none_is_turned_away(self):
        client = orders_client(make_orders(), token="secret")
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "secret"}):
            response = client.get("/orders", headers=headers)
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert "secret" not in problem(response)
        assert client.get("/orders", headers={"Authorization": "Bearer secret"}).status_code == 200


class TestRecord:
    def test_every_request_is_in_it(self):
        client = orders_client(make_orders(), rate=0.5, burst=1)
        client.get("/orders", params={"limit": 2, "city": "Dunmere"})
        client.api.clock.sleep(1)
        client.get("/orders/3")
        client.api.clock.sleep(1.5)
        client.post("/nowhere")
        calls = [(call.method, call.path, call.query, call.status) for call in client.api.requests]
        assert calls == [
            ("GET", "/orders", {"limit": "2", "city": "Dunmere"}, 200),
            ("GET", "/orders/3", {}, 429),
            ("POST", "/nowhere", {}, 404),
        ]
        assert [(call.time, call.retry_after) for call in client.api.requests] == [(0, None), (1, 1), (2.5, None)]
        assert pd.DataFrame(client.api.requests)["status"].tolist() == [200, 429, 404]

    def test_it_shows_who_is_careful(self):
        client = orders_client(make_orders(), page_size=2, rate=0.3, burst=2, failures=0.3, damaged=0.1, seed=8)
        items = fetch_all(client, client.api.clock.sleep)
        assert ids(items) == list(range(1, 26))
        assert not client.api.too_early
        statuses = {call.status for call in client.api.requests}
        assert statuses == {200, 429, 500, 503}
        delivered = [
            call.query.get("cursor") for call in client.api.requests if call.status == 200 and not call.damaged
        ]
        assert len(delivered) == len(set(delivered)) == 13

    def test_it_shows_who_hammers(self):
        client = orders_client(make_orders(), rate=0.5, burst=1)
        client.get("/orders")
        for _ in range(3):
            client.get("/orders/1")
            client.api.clock.sleep(0.5)
        client.get("/health")
        assert [call.time for call in client.api.too_early] == [0.5, 1.0]

    def test_reset_begins_again(self):
        client = orders_client(make_orders(), rate=0.5, burst=2, failures=1.0, in_a_row=1, change_after=1)
        first = [client.get("/orders").content for _ in range(3)]
        client.api.clock.sleep(0.5)
        client.api.reset()
        assert client.api.requests == []
        assert [client.get("/orders").content for _ in range(3)] == first
        assert client.api.requests[0].time == 0


class TestClock:
    def test_it_moves_by_sleeping_alone(self):
        clock = VirtualClock()
        clock.sleep(2)
        clock.sleep(0.5)
        assert (clock.time(), clock.sleeps) == (2.5, [2.0, 0.5])

    @pytest.mark.parametrize(("seconds", "error"), [(-1, ValueError), (float("nan"), ValueError), ("3", TypeError)])
    def test_it_refuses_what_time_sleep_refuses(self, seconds, error):
        with pytest.raises(error):
            VirtualClock().sleep(seconds)

    def test_it_can_be_handed_in(self):
        clock = VirtualClock()
        clock.sleep(1e9)
        client = orders_client(make_orders(), clock=clock, rate=1, burst=1)
        client.get("/orders")
        assert client.api.clock is clock
        assert client.api.requests[0].time == 0
        clock.sleep(int(client.get("/orders").headers["Retry-After"]))
        assert client.get("/orders").status_code == 200


class TestInProcess:
    def test_a_loop_may_run(self):
        async def cell():
            client = orders_client(make_orders(), page_size=10)
            with client:
                return ids(fetch_all(client)), len(asyncio.all_tasks())

        assert asyncio.run(cell()) == (list(range(1, 26)), 1)

    def test_asynchronous_clients_can_use_the_application(self):
        async def cell():
            api = orders_client(make_orders()).api
            async with httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url="http://x.test") as client:
                return (await client.get("/orders")).json()["total"]

        assert asyncio.run(cell()) == 25

    def test_threads_may_share_a_client(self):
        client = orders_client(make_orders(200))
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda number: client.get(f"/orders/{number}").json()["order_id"], range(1, 201)))
        assert found == list(range(1, 201))
        assert len(client.api.requests) == 200

    def test_two_apis_know_nothing_of_each_other(self):
        one, other = (orders_client(make_orders(), rate=0.5, burst=1) for _ in range(2))
        assert [one.get("/orders").status_code, other.get("/orders").status_code] == [200, 200]
        assert len(one.api.requests) == len(other.api.requests) == 1

    def test_bodies_of_any_kind_are_taken(self):
        client = orders_client(make_orders())
        assert client.post("/orders", content=iter([b"a", b"b"])).status_code == 405

    def test_a_closed_client_is_closed(self):
        before = set(threading.enumerate())
        with orders_client(make_orders()) as client:
            client.get("/orders")
        assert set(threading.enumerate()) <= before
        with pytest.raises(RuntimeError, match="closed"):
            client.get("/orders")

    def test_no_socket_no_thread_and_after_a_fork(self):
        script = """
import asyncio, os, socket, ssl, threading
import pandas as pd
from curriculum.datasets.standins.api import orders_client
def forbidden(*args, **kwargs):
    raise PermissionError("no sockets in grading")
socket.socket = socket.socketpair = socket.create_server = forbidden
threading.Thread.start = forbidden
times = pd.date_range("2024-01-01", periods=5, tz="UTC")
client = orders_client(pd.DataFrame({"order_id": range(5), "ordered_at": times}), page_size=2)
assert client.get("/orders").json()["total"] == 5
if hasattr(os, "fork"):
    child = os.fork()
    answer = client.get("/orders").json()["total"]
    if child == 0:
        os._exit(0 if answer == 5 and len(client.api.requests) == 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
        environment = os.environ | {"OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
        run = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False
        )
        assert (run.returncode, run.stderr) == (0, "")


def test_by_default_the_shipped_sample():
    client = orders_client()
    assert client.get("/").json()["orders"] == len(datasets.load("orders"))
    assert client.get("/orders").json()["items"][0]["customer"]["id"] >= 1


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"failure": 0.1}, UnknownNameError, "did you mean 'failures'"),
        ({"page_size": 0}, ScenarioError, "page_size must be a whole number from 1"),
        ({"failures": 1.5}, ScenarioError, "failures must be a number from 0 to 1"),
        ({"failures": 0.6, "damaged": 0.6}, ScenarioError, "must not exceed 1"),
        ({"rate": -1}, ScenarioError, "rate must be a number of at least 0"),
        ({"schema": "v3"}, ScenarioError, "schema must be 'v1' or 'v2'"),
        ({"token": 7}, ScenarioError, "token must be text"),
        ({"seed": 0.5}, ScenarioError, "seed must be a whole number"),
        ({"nest": {"customer": ["name"]}}, DataError, "'name'"),
        ({"nest": {"city": ["customer_id"]}}, DataError, "'city'"),
        ({"lines": pd.DataFrame({"x": [1]})}, DataError, "order_id"),
    ],
)
def test_options_that_cannot_be_used(options, error, says):
    with pytest.raises(error, match=says) as caught:
        orders_client(make_orders(), **options)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("orders", "says"),
    [
        (make_orders().drop(columns="ordered_at"), "order_id and ordered_at"),
        (make_orders().assign(order_id=1), "tell them apart"),
        (make_orders().assign(ordered_at="2024-01-01"), "time zone"),
        (make_orders().assign(ordered_at=pd.NaT), "time zone"),
    ],
)
def test_orders_that_cannot_be_served(orders, says):
    with pytest.raises(DataError, match=says):
        orders_client(orders)


def test_no_orders_at_all():
    page = orders_client(make_orders().iloc[:0]).get("/orders").json()
    assert page == {"items": [], "total": 0, "next": None}


def test_importing_it_loads_nothing_heavy():
    script = "import sys, curriculum.datasets.standins.api; print(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & {"starlette", "httpx", "uvicorn", "anyio", "pyarrow", "pandas", "numpy"}
