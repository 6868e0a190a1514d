"""What an operator relies on: health, metrics, logs, many requests at once, clients that are slow or leave."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi.testclient import TestClient

from api.access import Access, Tokens
from api.app import THREADS, create_app
from api.logs import log_to
from api.routers import operation
from graph import Store, open_store
from graph.errors import StoreAway
from tests.api.conftest import Command

MANY = 100


@contextmanager
def served(store: Store, access: Access | None = None) -> Iterator[str]:
    """The application behind a real server, in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(store, access), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        listening.close()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    log_to(stream)
    yield stream
    root.handlers = before
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.usefixtures("alone")
def test_metrics_count_by_route_never_by_id(client: TestClient) -> None:
    client.get("/api/v1/actors/amap")
    client.get("/api/v1/actors/mairie")
    client.get("/api/v1/actors/lune")
    client.get("/nulle-part/secret")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    text = answer.text
    for secret in ("amap", "mairie", "lune", "secret"):
        assert secret not in text
    for line in text.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.]+', line
        ), line
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    name = 'agencements_requests_total{method="GET",route="/api/v1/actors/{id}",status="%s"}'
    assert (found[name % 200], found[name % 404]) == ("2", "1")
    assert found['agencements_request_seconds_count{route="/api/v1/actors/{id}"}'] == "3"
    assert found['agencements_request_seconds_bucket{route="/api/v1/actors/{id}",le="+Inf"}'] == "3"
    assert found["agencements_revision"] == "1"
    assert found["agencements_requests_under_way"] == "1"


def test_logs_are_json_lines_without_secrets(command: Command, logged: io.StringIO) -> None:
    secret = command("token", "add", "--role", "pilot", "--name", "Bureau").stdout.strip()
    access = Access(Tokens(command.folder / "agencements-tokens.json"))
    with open_store(command.url) as store, TestClient(create_app(store, access)) as client:
        client.get("/api/v1/actors?family=operateur", headers={"Authorization": f"Bearer {secret}"})
        client.get("/api/v1/actors", headers={"Authorization": f"Bearer {secret}x"})
        client.get("/", headers={"Cookie": f"agencements={secret}"})
        client.post("/acces", data={"token": secret})
    assert secret not in logged.getvalue()
    told = [line for line in lines(logged) if line["logger"] == "agencements.access"]
    assert [(t["method"], t["path"], t["status"], t["reader"]) for t in told[:3]] == [
        ("GET", "/api/v1/actors", 200, "Bureau"),
        ("GET", "/api/v1/actors", 401, None),
        ("GET", "/", 200, "Bureau"),
    ]
    assert "operateur" not in logged.getvalue()
    assert len({t["request"] for t in told}) == len(told)


def test_an_error_of_ours_is_told_under_a_number_and_says_nothing(
    command: Command, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Store) -> int:
        raise RuntimeError("mot de passe")

    with open_store(command.url) as store, TestClient(create_app(store)) as client:
        monkeypatch.setattr(Store, "head", broken)
        answer = client.get("/api/v1/actors")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "mot de passe" not in answer.text
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    (error,) = [line for line in lines(logged) if "exception" in line]
    assert error["request"] == answer.headers["x-request-id"]


def test_a_store_that_is_away_is_503_with_a_reason(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: Store) -> int:
        raise StoreAway("Le serveur ne répond pas.", "The server does not answer.")

    with open_store(command.url) as store, TestClient(create_app(store)) as client:
        with monkeypatch.context() as patched:
            patched.setattr(Store, "head", away)
            for path in ("/ready", "/api/v1/actors", "/api/v1/convergences"):
                answer = client.get(path)
                assert (answer.status_code, answer.json()["code"]) == (503, "store_away"), path
                assert answer.headers["retry-after"]
            assert client.get("/health").status_code == 200
            counts = client.get("/metrics")
            assert counts.status_code == 200
            assert 'route="/api/v1/actors",status="503"} 1\n' in counts.text
            assert "agencements_store_up 0\n" in counts.text
            assert "agencements_revision" not in counts.text
        assert client.get("/ready").status_code == 200
        assert "agencements_store_up 1\n" in client.get("/metrics").text


def test_a_store_that_hangs_is_told_in_time(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hangs(self: Store) -> int:
        release.wait(30)
        return 0

    monkeypatch.setattr(operation, "READY_WITHIN", 0.2)
    with open_store(command.url) as store, TestClient(create_app(store)) as client:
        monkeypatch.setattr(Store, "head", hangs)
        began = time.monotonic()
        try:
            assert client.get("/ready").status_code == 503
            assert time.monotonic() - began < 5
        finally:
            release.set()


def test_a_hundred_requests_at_once_are_all_answered(command: Command) -> None:
    paths = (
        "/api/v1/convergences",
        "/api/v1/actors",
        "/api/v1/zones/conflict",
        "/api/v1/positions?limit=2",
        "/ready",
    )
    with (
        open_store(command.url) as store,
        served(store) as address,
        httpx2.Client(base_url=address) as client,
    ):
        alone = {path: client.get(path).content for path in paths}
        with ThreadPoolExecutor(MANY) as pool:
            answers = list(pool.map(lambda n: client.get(paths[n % len(paths)], timeout=60), range(MANY)))
        for number, answer in enumerate(answers):
            assert (answer.status_code, answer.content) == (200, alone[paths[number % len(paths)]])
        assert "agencements_requests_under_way 1" in client.get("/metrics").text


def test_more_requests_than_threads_wait_and_supervisors_do_not(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, busy, lock = threading.Event(), [0, 0], threading.Lock()
    real = Store.head

    def slow(self: Store) -> int:
        if threading.current_thread() in supervisors or release.is_set():
            return real(self)
        with lock:
            busy[0] += 1
            busy[1] = max(busy)
        release.wait(60)
        with lock:
            busy[0] -= 1
        return real(self)

    supervisors: set[threading.Thread] = set()
    with (
        open_store(command.url) as store,
        served(store) as address,
        httpx2.Client(base_url=address, limits=httpx2.Limits(max_connections=MANY)) as client,
    ):
        monkeypatch.setattr(Store, "head", slow)
        with ThreadPoolExecutor(THREADS + 10) as pool:
            waiting = [pool.submit(client.get, "/api/v1/actors", timeout=60) for _ in range(THREADS + 10)]
            until = time.monotonic() + 30
            while busy[0] < THREADS and time.monotonic() < until:
                threading.Event().wait(0.01)
            assert httpx2.get(f"{address}/health", timeout=5).status_code == 200
            release.set()
            assert {answer.result().status_code for answer in waiting} == {200}
    assert busy[1] == THREADS


def test_slow_clients_and_clients_that_leave_hold_nobody_up(command: Command) -> None:
    with open_store(command.url) as store, served(store) as address:
        host, port = address.removeprefix("http://").split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(60)]
        try:
            for number, connection in enumerate(idle):
                head = f"POST /api/v1/actors HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
                connection.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
                if number % 2:
                    connection.close()
            with httpx2.Client(base_url=address) as client:
                for _ in range(5):
                    assert client.get("/api/v1/actors", timeout=10).status_code == 200
                assert client.get("/ready").json()["revision"] == 1
        finally:
            for connection in idle:
                connection.close()
        with httpx2.Client(base_url=address) as client:
            until = time.monotonic() + 20
            while "agencements_requests_under_way 1\n" not in client.get("/metrics").text:
                assert time.monotonic() < until
                threading.Event().wait(0.02)


def test_the_description_is_a_page_without_script_or_third_party(client: TestClient) -> None:
    for lang in ("fr", "en"):
        page = client.get(f"/docs?lang={lang}")
        assert page.status_code == 200
        assert "<script" not in page.text
        assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
        for path in client.get("/api/v1/openapi.json").json()["paths"]:
            assert path in page.text


def test_a_browser_comes_in_by_the_entrance(command: Command, tmp_path: Path) -> None:
    secret = command("token", "add", "--role", "screen", "--name", "Salle").stdout.strip()
    access = Access(Tokens(command.folder / "agencements-tokens.json"), required=True)
    with (
        open_store(command.url) as store,
        TestClient(create_app(store, access), follow_redirects=False) as client,
    ):
        html = {"Accept": "text/html"}
        sent = client.get("/zones", headers=html)
        assert (sent.status_code, sent.headers["location"]) == (303, "/acces")
        assert client.get("/acces").status_code == 200
        assert client.get("/static/app.css").status_code == 200
        assert client.post("/acces", data={"token": "nimporte"}).status_code == 401
        entered = client.post("/acces", data={"token": secret})
        assert entered.status_code == 303
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/zones", headers=html).status_code == 200
        assert client.get("/api/v1/convergences").json()["coverage"]["positions"]["stated"] == 6
        assert client.post("/api/v1/actors", json={}).status_code == 403
        client.post("/acces/quitter")
        assert client.get("/zones", headers=html).status_code == 303
