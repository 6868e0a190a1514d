"""A national file of commuting flows imported into a local Neo4j, read, undone, beside the driver alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import neo4j
import numpy as np

from benchmarks.data import NOW
from benchmarks.imports import COMMUNES, FLOWS, applied, compare, written
from benchmarks.measure import Line, Took, alone, median, once, timed
from benchmarks.server import local_server
from graph import open_store
from graph.flows import Flows
from queries.registry import ANALYSES, run

TURNS = 3
"""Imports, each followed by the bare writing: from one to the next either may take half as long again."""

BATCH = 10_000
"""Rows in one statement of the driver alone; as many as the store sends."""

PREPARED = (
    "CREATE CONSTRAINT bare_number FOR (p:Bare) REQUIRE p.number IS UNIQUE",
    "CREATE INDEX bare_counter FOR ()-[s:BARE_SAID]-() ON (s.counter)",
)
"""The indexes of the store's own relations."""

INSERT = """
UNWIND $rows AS row
MATCH (a:Bare {number: row[0]})
MATCH (b:Bare {number: row[1]})
CREATE (a)-[:BARE_SAID {counter: row[2], version: 1, revision: 1, series: row[3], quantity: row[4],
  visibility: row[5]}]->(b)
"""

READ = "MATCH (a:Bare) RETURN a.number AS row, [(a)-[s:BARE_SAID]->(b) | [b.number, s.quantity]] AS said"
"""Origin, destination and quantity of each flow, the fastest way that was found (a row an origin)."""


def lines(quick: bool) -> list[Line]:
    """Import with its checks and the plain graph, cold reading, undo; the territories are there before."""
    communes, flows = (500, 20_000) if quick else (COMMUNES, FLOWS)
    imports: list[Took] = []
    bares: list[Took] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quarter = written(folder / "quarter.csv", communes, flows // 4)
        with local_server(folder / "quarter", "2g") as server:
            (_, small) = alone(imported, quarter, server.store, communes)
        path = written(folder / "mobpro.csv", communes, flows)
        for turn in range(TURNS):
            with local_server(folder / f"ours-{turn}", "2g") as server:
                (ours, peak) = alone(imported, path, server.store, communes)
                imports.append(Took(*ours))
                if turn == 0:
                    with open_store(server.store, now=lambda: NOW) as store:
                        snapshot = store.snapshot()
                        held, places = snapshot.flows, len(snapshot.territories)
                    (cold, asked, around) = reading(server.store)
                    undone = undo(server.store)
            # on a server of its own, as new as ours was: Java has compiled what it does for minutes
            with local_server(folder / f"bare-{turn}", "2g") as server:
                (bare, floor) = bare_times(server, held, places)
                bares.append(bare)
    size = f"{flows:,} flows".replace(",", " ")
    return [
        timed(
            f"Neo4j: import of a file of {size}, median of {TURNS}",
            median(imports),
            median(bares),
            "bare UNWIND in batches, in turn with it",
            at_most=3,
            note=f"{_shown(imports)} beside {_shown(bares)}",
        ),
        # the keys compared at once (2 million) fill up; nothing else grows with the file
        Line(
            "the same: peak of the client's memory, in a process of its own",
            peak,
            "MB",
            at_most=300,
            note=f"{small:.0f} MB for a quarter of the file",
        ),
        timed(f"Neo4j: cold read of {size}", cold, floor, "bare read by the driver"),
        timed(f"Neo4j: interdependencies of {places:,} territories".replace(",", " ") + ", cold", asked),
        timed(f"Neo4j: flows of one territory, p50, {size}", around),
        timed(f"Neo4j: undo of the import of {size}", undone, imports[0], "its import"),
    ]


def _shown(times: Sequence[Took]) -> str:
    return ", ".join(f"{took.wall:.0f}" for took in times) + " s"


def imported(path: Path, url: str, communes: int) -> tuple[float, float]:
    """Time to import a file into a new store that knows its territories."""
    with open_store(url, now=lambda: NOW) as store:
        took = applied(path, store, communes)
        driver = store.backend._driver  # type: ignore[attr-defined]
        # by the driver alone: a snapshot would hold every flow, and the peak of memory is that of the import
        found = driver.execute_query("MATCH ()-[e:FLOWS_TO]->() RETURN sum(e.quantity) AS total").records[0]
    compare(path, found["total"])
    return took.wall, took.cpu


def reading(url: str) -> tuple[Took, Took, Took]:
    """Time to read the flows as columns, to answer a question about them, and those of one territory."""
    with open_store(url, now=lambda: NOW) as store:
        snapshot = store.snapshot()
        cold = once(lambda: snapshot.flows)
    with open_store(url, now=lambda: NOW) as store:
        asked = once(lambda: run(store, ANALYSES["interdependencies"], {"kind": "commuting"}))
    with open_store(url, now=lambda: NOW) as store:
        some = [territory.id for territory in snapshot.territories][
            :: max(1, len(snapshot.territories) // 50)
        ]
        times = [once(lambda: store.territory_flows(id_)) for id_ in some]  # noqa: B023
    middle = sorted(times)[len(times) // 2]
    return cold, asked, middle


def undo(url: str) -> Took:
    """Time to undo the import."""
    with open_store(url, now=lambda: NOW) as store:
        took = once(lambda: store.undo(2, author="benchmarks"))
        if store.count("flows"):
            raise AssertionError("flows are left")
    return took


def bare_times(server: Any, flows: Flows, places: int) -> tuple[Took, Took]:
    """Time to write the same coded rows, and to read them, with the driver alone."""
    opened = neo4j.GraphDatabase.driver(server.url, auth=(server.user, server.password))
    with opened as driver, driver.session(fetch_size=1_000) as session:
        for text in PREPARED:
            session.run(text).consume()
        session.run("UNWIND range(0, $last) AS number CREATE (:Bare {number: number})", last=places).consume()
        session.run("CALL db.awaitIndexes(300)").consume()
        order = np.lexsort((flows.destination, flows.origin))
        columns = (
            flows.origin,
            flows.destination,
            flows.record,
            flows.kind,
            flows.quantity,
            flows.visibility,
        )
        rows = list(zip(*(column[order].tolist() for column in columns), strict=True))

        def insert() -> None:
            for some in _parts(rows):
                session.execute_write(lambda tx, some=some: tx.run(INSERT, rows=some).consume())

        written_in = once(insert)
        read_in = once(lambda: session.execute_read(lambda tx: sum(len(row["said"]) for row in tx.run(READ))))
    return written_in, read_in


def _parts(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[list[Any]]]:
    for start in range(0, len(rows), BATCH):
        yield [list(row) for row in rows[start : start + BATCH]]
