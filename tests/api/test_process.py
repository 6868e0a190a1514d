"""The server in a process of its own: clients that are slow, leave or come all at once, a proxy, the order to stop."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from api.app import THREADS
from tests.api.conftest import Command
from tests.api.process import Application, application

MANY = 100
PATHS = (
    "/api/v1/convergences",
    "/cartes/conflits",
    "/acteurs",
    "/api/v1/zones/cooperation",
    "/api/v1/openapi.json",
)


@pytest.fixture
def running(command: Command) -> Iterator[Application]:
    with application(command.folder, command.url) as found:
        yield found


def connected(running: Application) -> socket.socket:
    return socket.create_connection(("127.0.0.1", running.port), timeout=30)


def eventually(true: Callable[[], bool], within: float = 60.0) -> None:
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until
        threading.Event().wait(0.02)


def head(running: Application, line: str, *headers: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", f"Host: 127.0.0.1:{running.port}", *headers, "", ""]).encode()


def test_a_hundred_at_once_then_nothing_is_left(running: Application) -> None:
    limits = httpx2.Limits(max_connections=MANY)
    with httpx2.Client(base_url=running.address, limits=limits, timeout=120) as client:
        alone = {path: client.get(path).content for path in PATHS}
        with ThreadPoolExecutor(MANY) as pool:

            def together() -> None:
                for number, answer in enumerate(
                    pool.map(lambda n: client.get(PATHS[n % len(PATHS)]), range(MANY))
                ):
                    assert (answer.status_code, answer.content) == (200, alone[PATHS[number % len(PATHS)]])

            for _ in range(3):
                together()
            assert running.threads() <= THREADS + 20  # and of libraries, the loop, the supervisors
        assert "agencements_requests_under_way 1\n" in client.get("/metrics").text
    # every connection of a client that left is closed; what is left are the store's and the server's own
    eventually(lambda: running.files() <= THREADS * 3 + 20)


def test_slow_clients_hold_nobody_up(running: Application) -> None:
    slow = [connected(running) for _ in range(3 * THREADS)]
    try:
        for number, client in enumerate(slow):
            if number % 3 == 0:  # half a line of the head
                client.sendall(b"GET /api/v1/conver")
            elif number % 3 == 1:  # the head, and of the body a letter
                kind = ("Content-Type: application/json", "Content-Length: 1000")
                client.sendall(head(running, "POST /api/v1/actors", *kind) + b"{")
            else:  # a long answer, which it does not read
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                client.sendall(head(running, "GET /api/v1/openapi.json"))
        with httpx2.Client(base_url=running.address, timeout=60) as client:
            for path in (*PATHS, "/ready"):
                assert client.get(path).status_code == 200
        # and a slow one is answered in the end
        slow[0].sendall(head(running, "gences"))
        assert slow[0].recv(12) == b"HTTP/1.1 200"
    finally:
        for client in slow:
            client.close()


def test_requests_given_up_leave_nothing_behind(running: Application) -> None:
    with httpx2.Client(base_url=running.address, timeout=60) as client:
        before = client.get("/api/v1/actors").content
        for _ in range(3):
            for number in range(THREADS):
                gone = connected(running)
                gone.sendall(head(running, f"GET {PATHS[number % len(PATHS)]}"))
                # closed by a reset, as by a browser's stop button or a network that fails
                gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                gone.close()
        eventually(lambda: "agencements_requests_under_way 1\n" in client.get("/metrics").text)
        assert client.get("/api/v1/actors").content == before
    assert "Traceback" not in running.log.read_text(encoding="utf-8")
    eventually(lambda: running.files() <= THREADS * 3 + 20)


def test_it_stops_when_told_although_a_client_dawdles(command: Command) -> None:
    with application(command.folder, command.url) as running:
        client = connected(running)
        kind = ("Content-Type: application/json", "Content-Length: 1000")
        client.sendall(head(running, "POST /api/v1/actors", *kind) + b"{")
        with httpx2.Client(base_url=running.address, timeout=60) as other:
            eventually(lambda: "agencements_requests_under_way 2\n" in other.get("/metrics").text)
        # leaving tells it to stop, and fails when it does not
    client.close()


@pytest.mark.parametrize(("believed", "secure"), [("*", True), ("192.0.2.1", False)])
def test_a_cookie_is_for_tls_only_when_a_proxy_that_is_believed_says_so(
    command: Command, believed: str, secure: bool
) -> None:
    secret = command("token", "add", "--role", "pilot", "--name", "Bureau").stdout.strip()
    with application(command.folder, command.url, AGENCEMENTS_PROXIES=believed) as running:
        entered = httpx2.post(
            f"{running.address}/acces",
            data={"token": secret},
            headers={"X-Forwarded-Proto": "https"},
            timeout=60,
        )
    assert entered.status_code == 303
    assert ("secure" in entered.headers["set-cookie"].lower()) is secure
