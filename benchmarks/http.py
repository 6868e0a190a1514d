"""The application over HTTP: a server in a process of its own, asked by this one over loopback."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.data import DAY, NOW, VALUES, snapshot
from benchmarks.measure import Line, Took, seconds, timed
from graph import Changes, Snapshot, open_store
from graph.model import Actor, Influence, Objective, Position
from queries.registry import ANALYSES
from queries.zones_cooperation import zones_cooperation
from viz import build
from viz.kinds import PROFILES
from viz.maps import convergence

ROOT = Path(__file__).parent.parent
SERVE = [sys.executable, "-c", "from api.cli import main; main()"]
NEEDED = {
    "alignment": "project=p-alim",
    "circle": "project=p-alim",
    "evolution": "from=2019-01-01&to=2024-12-31",
    "interdependencies": "kind=commuting",
    "negotiation": "territory=t-epci&territory=t-voisine",
    "perimeters": "kind=commuting",
}
"""Of the example territory, without which an analysis does not answer."""

TOGETHER = 4
"""Connections that ask at once where answers a second are counted."""

PAGES = (
    "/",
    "/acteurs",
    "/acteurs?page=10",
    "/acteurs/A0100",
    "/objectifs",
    "/objectifs/O100",
    "/positions",
    "/influences",
    "/tensions",
    "/historique",
    "/api/v1/actors?limit=100",
    "/api/v1/actors/A0100",
    "/api/v1/positions?limit=1000",
    "/api/v1/influences?limit=1000",
    "/api/v1/convergences",
    "/api/v1/convergences?limit=1000",
    "/api/v1/divergences?actor=A0100",
)
"""Every answer of a large store whose size is bounded."""


def lines(quick: bool) -> list[Line]:
    """The example territory, a large one, the layout of a map and its first paint."""
    return [*_example(quick), *_large(quick), *_layout(), *_paint()]


@contextmanager
def served(command: str, store: str, folder: Path) -> Iterator[int]:
    """``agencements demo`` or ``serve`` on its own processor where there are two; its port."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "AGENCEMENTS_STORE": store}
    process = subprocess.Popen(
        [*SERVE, command, "--store", store],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    mine = os.sched_getaffinity(0)
    try:
        if process.stdout is None:
            raise AssertionError
        found = re.search(r":(\d+)/", process.stdout.readline())
        if found is None:
            raise AssertionError(f"{command} did not start")
        if len(mine) > 1:
            first, *others = sorted(mine)
            for task in Path(f"/proc/{process.pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), {first})
            os.sched_setaffinity(0, set(others))
        yield int(found[1])
    finally:
        os.sched_setaffinity(0, mine)
        process.terminate()
        process.wait(timeout=60)


class Client:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def get(self, path: str, tag: str | None = None) -> tuple[int, str | None, bytes]:
        self.connection.request("GET", path, headers={} if tag is None else {"If-None-Match": tag})
        answer = self.connection.getresponse()
        return answer.status, answer.headers["ETag"], answer.read()

    def times(self, path: str, count: int, expected: int = 200, tag: str | None = None) -> list[float]:
        """Seconds of each of ``count`` answers, after two that are not counted."""
        found = []
        for number in range(count + 2):
            began = time.perf_counter()
            status, _, _ = self.get(path, tag)
            took = time.perf_counter() - began
            if status != expected:
                raise AssertionError(f"{path}: {status}")
            if number > 1:
                found.append(took)
        return found


def percentile(times: Sequence[float]) -> float:
    """The 99th percentile."""
    return float(np.quantile(times, 0.99))


def per_second(port: int, path: str, seconds_: float) -> float:
    """Answers a second over some connections."""
    counts = [0] * TOGETHER
    until = time.monotonic() + seconds_

    def work(which: int) -> None:
        client = Client(port)
        while time.monotonic() < until:
            client.get(path)
            counts[which] += 1

    threads = [threading.Thread(target=work, args=(which,)) for which in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds_


def _example(quick: bool) -> Iterator[Line]:
    count = 20 if quick else 300
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served("demo", f"sqlite:///{folder / 'demo.db'}", folder) as port:
            client = Client(port)
            slowest = (0.0, 0.0, "")
            unchanged: list[float] = []
            for analysis in ANALYSES.values():
                path = f"/api/v1/{analysis.path}?{NEEDED.get(analysis.path, '')}"
                status, tag, body = client.get(path)
                if status != 200:
                    raise AssertionError(f"{path}: {status} {body[:300]!r}")
                took = client.times(path, count)
                slowest = max(slowest, (percentile(took), statistics.median(took), analysis.path))
                unchanged += client.times(path, count, 304, tag)
            yield Line(
                f"HTTP, example territory: p99 of the slowest analysis (/{slowest[2]})",
                slowest[0],
                at_most=0.050,
                note=f"median {slowest[1] * 1000:.3g} ms",
            )
            yield Line("HTTP, example territory: p99 of a 304", percentile(unchanged), at_most=0.005)
            rate = per_second(port, "/api/v1/zones/convergence", 1 if quick else 10)
            yield Line(
                f"HTTP, a cached analysis, {TOGETHER} connections, server on one processor: time of each",
                1 / rate,
                at_most=1 / 300,
                note=f"{rate:.0f} answers a second for 300",
            )


def _large(quick: bool) -> Iterator[Line]:
    n, m, each = (200, 40, 20) if quick else (2_000, 200, 20)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'large.db'}"
        _filled(url, n, m, each)
        with served("serve", url, folder) as port:
            client = Client(port)
            slowest = (0.0, 0.0, "")
            for path in PAGES:
                asked = path
                if quick:
                    asked = (
                        path.replace("A0100", "A0010").replace("O100", "O010").replace("page=10", "page=1")
                    )
                began = time.perf_counter()
                client.get(asked)
                print(f"{asked}: first {time.perf_counter() - began:.3f} s", file=sys.stderr)
                took = client.times(asked, 5 if quick else 100)
                print(f"{asked}: p99 {percentile(took) * 1000:.1f} ms", file=sys.stderr)
                slowest = max(slowest, (percentile(took), statistics.median(took), asked))
    yield Line(
        f"HTTP, {n} × {m} × {each}: p99 of the slowest bounded page ({slowest[2]})",
        slowest[0],
        at_most=0.300,
        note=f"median {slowest[1] * 1000:.3g} ms",
    )


def _filled(url: str, n: int, m: int, each: int) -> None:
    random = np.random.default_rng(1)
    changes = Changes(
        puts={
            "actors": [Actor(id=f"A{i:04}", name=f"Acteur {i}") for i in range(n)],
            "objectives": [Objective(id=f"O{o:03}", name=f"Objectif {o}") for o in range(m)],
            "positions": [
                Position(
                    actor=f"A{i:04}", objective=f"O{o:03}", value=int(random.choice(VALUES)), valid_from=DAY
                )
                for i in range(n)
                for o in random.choice(m, each, replace=False)
            ],
            "influences": [
                Influence(
                    source_actor=f"A{i:04}",
                    target_actor=f"A{j:04}",
                    value=int(random.integers(0, 5)),
                    valid_from=DAY,
                )
                for i in range(n)
                for j in random.choice(n, 5, replace=False)
                if i != j
            ],
        }
    )
    with open_store(url, now=lambda: NOW) as store:
        store.commit(changes, author="benchmarks", message=f"{n} × {m}")


def _layout() -> Iterator[Line]:
    """From a snapshot to a map as a page asks it, in all its sizes, nothing kept."""
    with tempfile.TemporaryDirectory() as name:
        read = snapshot(Path(name), 40, 25)
        what = "40 × 25, 70 % stated, in all its sizes, nothing kept"
        zones = zones_cooperation(read, {"order": 2, "limit": 50}, "fr")
        drawn = seconds(
            lambda: [convergence.build(read, profile=profile, zones=zones) for profile in PROFILES], 3
        )
        yield timed(f"map of conflict, {what}, zones included", _built("conflict", read), at_most=2)
        yield timed(f"map of convergence, {what}", drawn, at_most=2)
        yield timed(f"map of convergence, {what}, zones included", _built("convergence", read))


def _built(kind: str, read: Snapshot) -> Took:
    return seconds(lambda: build(kind, read), 3)


def _paint() -> Iterator[Line]:
    """First contentful paint of a map's page in Chromium, as the browser tells it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served("demo", f"sqlite:///{folder / 'demo.db'}", folder) as port:
            Client(port).get("/cartes/conflits")
            painted = first_paints(port, "/cartes/conflits", 5)
    if not painted:
        return
    yield Line("first paint of the map of conflicts in Chromium", statistics.median(painted), at_most=1.5)


def first_paints(port: int, path: str, times: int) -> list[float]:
    """Seconds to the first contentful paint of each of some openings of a page, without cache; none without Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        painted = []
        for _ in range(times):
            page = browser.new_context().new_page()
            page.goto(f"http://127.0.0.1:{port}{path}")
            painted.append(page.evaluate(FIRST_PAINT) / 1000)
        browser.close()
    return painted


FIRST_PAINT = """() => new Promise(done => {
  const told = performance.getEntriesByName('first-contentful-paint')[0];
  if (told) done(told.startTime);
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({type: 'paint', buffered: true});
})"""
"""Milliseconds from navigation to the first text or image drawn."""
