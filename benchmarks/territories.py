"""Maps between territories: their layout from nothing, and when the outlines of a région are first painted."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.http import FIRST_PAINT, ROOT, Client, served
from benchmarks.measure import Line, seconds, timed
from graph import open_store
from ingest import dry_run
from viz import build

EXAMPLE = ROOT / "examples" / "ile-de-france"
PAGE = "/cartes/flux?kind=commuting&scale=epci"
KINDS = ("flows", "interdependence")


def lines(_quick: bool) -> list[Line]:
    """On the example of Île-de-France, whatever the size asked for: it is small and real."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'region.db'}"
        with open_store(url) as store:
            dry_run(EXAMPLE, store, choices={"truncated": "yes"}).apply(store, author="benchmarks")
            read = store.snapshot()
        # outlines are read once in a process
        build("flows", read, flowing={"level": "epci"})
        found = [
            timed(
                f"map of {kind} of the EPCI of Île-de-France, every size, laid out from nothing",
                seconds(lambda kind=kind: build(kind, read, flowing={"level": "epci"}), 3),  # type: ignore[misc]
                at_most=2,
            )
            for kind in KINDS
        ]
        return [*found, *_paint(url, folder)]


def _paint(url: str, folder: Path) -> Iterator[Line]:
    """First contentful paint in Chromium, as the browser tells it: the first opening, then the median of others."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return
    with served("serve", url, folder) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        Client(port).get("/")
        painted = []
        for _ in range(6):
            page = browser.new_context().new_page()
            page.goto(f"http://127.0.0.1:{port}{PAGE}")
            painted.append(page.evaluate(FIRST_PAINT) / 1000)
        browser.close()
    yield Line("first paint of the outline map of one région in Chromium, first opening", painted[0])
    yield Line(
        "first paint of the outline map of one région in Chromium", statistics.median(painted[1:]), at_most=2
    )
