"""Neo4j stopped in the middle of requests: everybody hears why and soon, and nothing is started again but Neo4j."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.app import THREADS
from ingest import dry_run
from tests.api.process import Application, application
from tests.conftest import Place

pytestmark = pytest.mark.neo4j

WITHIN = 5.0
"""Longest that anybody waits for an answer while Neo4j is away, in seconds of a processor that is free for it."""

BACK_WITHIN = 180.0
"""Seconds in which a server that is back must be found again; a busy machine takes some."""

MANY = 100
DATA = ("/api/v1/convergences", "/api/v1/actors", "/api/v1/actors/amap/history", "/api/v1/zones/conflict")
PAGES = ("/", "/acteurs/amap", "/cartes/conflits", "/zones", "/historique")
HTML = {"Accept": "text/html"}


@pytest.fixture
def served(neo4j_server: Any, neo4j_place: Place, sheets: Path, tmp_path: Path) -> Iterator[Application]:
    """The sheets on a real server, behind the application in a process of its own."""
    with neo4j_place.fresh() as store:
        dry_run(sheets, store).apply(store, author="pilote", message="essai")
    with application(tmp_path, neo4j_server.store) as found:
        yield found


def ask(client: httpx2.Client, number: int) -> tuple[str, httpx2.Response, float]:
    """One of the questions of a morning, and how long its answer took."""
    every = (*DATA, *PAGES)
    path = every[number % len(every)]
    began = time.monotonic()
    answer = client.get(path, headers=HTML if path in PAGES else {}, timeout=60)
    return path, answer, time.monotonic() - began


def limit() -> float:
    """The same by the clock: on a machine that others keep busy, each second takes as many as there are in the queue."""
    return WITHIN * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def explained(path: str, answer: httpx2.Response) -> None:
    """A refusal that says that it is the store, in the form its reader asked for."""
    assert answer.status_code == 503, (path, answer.text)
    if path in PAGES:
        assert answer.headers["content-type"].startswith("text/html")
        assert "ne répond pas" in answer.text
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["status"], answer.json()["code"]) == (503, "store_away")
        assert "ne répond pas" in answer.json()["detail"]
        assert answer.headers["retry-after"]


def test_stopped_in_the_middle_of_requests_then_back(served: Application, neo4j_server: Any) -> None:
    limits = httpx2.Limits(max_connections=MANY)
    with httpx2.Client(base_url=served.address, limits=limits) as client, ThreadPoolExecutor(MANY) as pool:
        before = {path: answer.content for path, answer, _ in (ask(client, n) for n in range(9))}
        assert set(before) == {*DATA, *PAGES}
        stop, told = threading.Event(), []

        def keep_asking(number: int) -> None:
            while not stop.is_set():
                told.append(ask(client, number))
                number += 1

        readers = [pool.submit(keep_asking, number) for number in range(8)]
        try:
            until = time.monotonic() + 60
            while len(told) < 40 and time.monotonic() < until:
                threading.Event().wait(0.01)
            neo4j_server.stop()
            answered = len(told)
            while len(told) < answered + 16 and time.monotonic() < until:
                threading.Event().wait(0.01)
        finally:
            stop.set()
        for reader in readers:
            reader.result(timeout=60)

        # under way when it stopped: whole answers or refusals, never half of one
        assert {answer.status_code for _, answer, _ in told} == {200, 503}
        for path, answer, seconds in told:
            if answer.status_code == 200:
                assert answer.content == before[path]
            else:
                explained(path, answer)
                assert seconds <= limit(), path

        # and all at once while it is away
        for path, answer, seconds in pool.map(lambda n: ask(client, n), range(MANY)):
            explained(path, answer)
            assert seconds <= limit(), path
        refused = client.post("/api/v1/actors", json={"id": "neuf", "name": "Neuf"}, timeout=60)
        explained("/api/v1/actors", refused)
        ready = client.get("/ready", timeout=60)
        assert (ready.status_code, ready.json()["code"]) == (503, "store_away")
        assert client.get("/health").status_code == 200
        assert "agencements_store_up 0\n" in client.get("/metrics", timeout=60).text
        assert neo4j_server.password not in served.log.read_text(encoding="utf-8")
        assert "Traceback" not in served.log.read_text(encoding="utf-8")

        neo4j_server.start()
        back = time.monotonic()

        def together() -> bool:
            """A hundred questions; whether all were answered, each as before."""
            found = list(pool.map(lambda n: ask(client, n), range(MANY)))
            for path, answer, _ in found:
                assert answer.status_code in (200, 503), path
                assert answer.status_code == 503 or answer.content == before[path], path
            return all(answer.status_code == 200 for _, answer, _ in found)

        # a server that just started answers its first questions slowly
        while client.get("/ready", timeout=60).status_code != 200 or not together():
            assert time.monotonic() < back + BACK_WITHIN
        threads, files = served.threads(), served.files()
        together()
        assert (
            client.post("/api/v1/actors", json={"id": "neuf", "name": "Neuf"}, timeout=60).status_code == 201
        )
        assert "agencements_requests_under_way 1\n" in client.get("/metrics").text
        # the pools of threads and of connections are about as full as they get, and the client's connections are kept
        assert served.threads() <= max(threads, THREADS + 20)
        assert served.files() <= max(files, MANY + THREADS + 40)
