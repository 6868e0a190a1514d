"""A local Neo4j: pairs in Cypher, then the store at 2.1 million statements with a 2 GB heap."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

import neo4j
import numpy as np

from benchmarks.data import NOW, dense, rows
from benchmarks.measure import Line, seconds, timed
from benchmarks.stores import Statements, filled
from graph import Changes, open_store
from graph.model import Actor, Objective, Position
from queries.kernels import sparse_positions, streaming

SERVER = Path(__file__).parent.parent / "deploy" / "neo4j" / "local_server.py"

START_SECONDS = 300.0
"""How long a server may take to start: a machine that measures is often busy."""

PAIRS = """
MATCH (a:Actor)-[p:POSITIONED_ON]->(o:Objective)<-[q:POSITIONED_ON]-(b:Actor)
WHERE a.id < b.id AND p.value <> 0 AND q.value <> 0
WITH a, b, p.value * q.value > 0 AS same, (abs(p.value) + abs(q.value)) / 2.0 AS mean
WITH a, b, sum(CASE WHEN same THEN mean ELSE 0 END) AS c, sum(CASE WHEN same THEN 0 ELSE mean END) AS d
RETURN count(*) AS pairs, sum(c) AS c, sum(d) AS d
"""
"""Summed up at the end, so that what is timed is the pairs and not their journey to the client."""

BARE = """
MATCH (a:ActorAnchor)
RETURN a.id AS row, [(a)-[s:POSITION_SAID]->(b) | [b.number, s.value]] AS said
"""
"""Actor, objective and value of each statement, the fastest way that was found (a row an actor)."""


def lines(quick: bool) -> list[Line]:
    """Cypher's pairs of 1,000 × 20, then bulk import, cold snapshot and one write, each on a new server."""
    return [*_pairs(quick), *_store(quick)]


def _pairs(quick: bool) -> list[Line]:
    n, m, each = (100, 40, 20) if quick else (1_000, 1_000, 20)
    positions = dense(n, m, each)
    changes = Changes(
        puts={
            "actors": [Actor(id=f"A{i:06}", name=f"Acteur {i}") for i in range(n)],
            "objectives": [Objective(id=f"O{o:04}", name=f"Objectif {o}") for o in range(m)],
            "positions": [
                Position(
                    actor=f"A{i:06}", objective=f"O{o:04}", value=int(positions[i, o]), valid_from=NOW.date()
                )
                for i, o in np.argwhere(positions)
            ],
        }
    )
    with tempfile.TemporaryDirectory() as folder, local_server(Path(folder) / "home", "1g") as server:
        with open_store(server.store, now=lambda: NOW) as store:
            store.commit(changes, author="benchmarks", message="pairs")
        with neo4j.GraphDatabase.driver(server.url, auth=(server.user, server.password)) as driver:
            found = driver.execute_query(PAIRS).records[0]
            peer = seconds(lambda: driver.execute_query(PAIRS), 3)
    held = sparse_positions.compressed(*rows(n, m, each), m)
    ours = tuple(float(np.triu(sums, 1).sum(dtype=np.int64)) / 2 for sums in streaming.all_sums(held))
    if (found["c"], found["d"]) != ours:
        raise AssertionError(f"Cypher says {found['c']}, {found['d']}; ours {ours}")
    what = f"C and D of all pairs, {n} × {m} × {each}"
    took = seconds(lambda: streaming.all_sums(held), 20)
    return [timed(what, took, peer, "Cypher, Neo4j 5.26", at_least=100)]


def _store(quick: bool) -> list[Line]:
    actors, objectives = (1_000, 100) if quick else (100_000, 1_000)
    with tempfile.TemporaryDirectory() as folder, local_server(Path(folder) / "home", "2g") as server:

        def bare() -> int:
            opened = neo4j.GraphDatabase.driver(server.url, auth=(server.user, server.password))
            with opened as driver, driver.session(fetch_size=1_000) as session:
                return session.execute_read(lambda tx: sum(len(row["said"]) for row in tx.run(BARE)))

        took = filled(server.store, actors, objectives, bare, colds=1 if not quick else 2)
    size = f"{len(Statements(actors, objectives)):,} statements".replace(",", " ")
    return [
        timed(f"Neo4j, 2 GB heap: import of {size} and one wrong, refused, nothing left of it", took.refused),
        timed(f"Neo4j, 2 GB heap: bulk import of {size}", took.bulk, at_most=600),
        timed(f"Neo4j: cold snapshot of {size}", took.cold, took.bare, "bare read by the driver", at_most=6),
        timed(f"Neo4j: one write and the refreshed snapshot, p50, {size}", took.write, at_most=0.05),
        timed(f"Neo4j: surroundings of one actor, p50, {size}", took.around),
    ]


def local_server(home: Path, heap: str) -> Any:
    """The server of the deployment's own script, which is no package."""
    spec = importlib.util.spec_from_file_location("local_server", SERVER)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(SERVER)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    cast(Any, module).START_SECONDS = START_SECONDS
    return cast(Any, module).LocalServer(home, heap=heap)
