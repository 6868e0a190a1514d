"""Synthetic cartographies with a fixed seed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph import Changes, Snapshot, open_store
from graph.model import Actor, Influence, Objective, Position

DAY = date(2026, 1, 5)
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
VALUES = np.array([-4, -3, -2, -1, 1, 2, 3, 4])


def rows(n: int, m: int, each: int, seed: int = 1) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Compressed rows: every actor has ``each`` positions other than 0 on distinct objectives."""
    random = np.random.default_rng(seed)
    indices = np.empty((n, each), dtype=np.int32)
    for start in range(0, n, 1000):
        some = indices[start : start + 1000]
        some[:] = np.sort(np.argpartition(random.random((len(some), m)), each - 1, axis=1)[:, :each], axis=1)
    return (
        np.arange(n + 1, dtype=np.int64) * each,
        indices.ravel(),
        random.choice(VALUES, n * each).astype(np.int8),
    )


def dense(n: int, m: int, each: int, seed: int = 1) -> NDArray[np.int64]:
    """The same as a matrix, 0 where nothing is stated."""
    _, indices, values = rows(n, m, each, seed)
    found = np.zeros((n, m), dtype=np.int64)
    found[np.repeat(np.arange(n), each), indices] = values
    return found


def snapshot(folder: Path, n: int, m: int, known: float = 0.7, seed: int = 1) -> Snapshot:
    """A workshop's cartography, ``known`` of its cells stated (zeros too), read from a new SQLite store."""
    random = np.random.default_rng(seed)
    actors, objectives = [f"A{i:03}" for i in range(n)], [f"O{o:03}" for o in range(m)]
    said = random.integers(-4, 5, size=(n, m))
    held = random.integers(0, 5, size=(n, n))
    stated, tied = random.random((n, m)) < known, random.random((n, n)) < known
    changes = Changes(
        puts={
            "actors": [Actor(id=id_, name=f"Acteur {id_}") for id_ in actors],
            "objectives": [Objective(id=id_, name=f"Objectif {id_}") for id_ in objectives],
            "positions": [
                Position(actor=actors[i], objective=objectives[o], value=int(said[i, o]), valid_from=DAY)
                for i, o in np.argwhere(stated)
            ],
            "influences": [
                Influence(
                    source_actor=actors[i], target_actor=actors[j], value=int(held[i, j]), valid_from=DAY
                )
                for i, j in np.argwhere(tied)
                if i != j
            ],
        }
    )
    with open_store(f"sqlite:///{folder / f'{n}x{m}.db'}", now=lambda: NOW) as store:
        store.commit(changes, author="benchmarks", message=f"{n} × {m}")
        found = store.snapshot()
        for name in ("projects", "participations", "resources", "targets", "stakes", "tensions"):
            found.records(name)
    return found
