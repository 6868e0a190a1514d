"""Maps between territories: their layout from nothing, and when the outlines of a région are first painted."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.http import ROOT, Client, first_paints, served
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
    with served("serve", url, folder) as port:
        Client(port).get("/")
        painted = first_paints(port, PAGE, 6)
    if not painted:
        return
    yield Line("first paint of the outline map of one région in Chromium, first opening", painted[0])
    yield Line(
        "first paint of the outline map of one région in Chromium", statistics.median(painted[1:]), at_most=2
    )
