"""The embedded store at 2.1 million statements."""

from __future__ import annotations

import sqlite3
import tempfile
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.measure import Line, alone, timed
from benchmarks.stores import Filled, Statements, filled


def lines(quick: bool) -> list[Line]:
    """Bulk import, cold snapshot, one write, in a process of their own."""
    actors, objectives = (1_000, 100) if quick else (100_000, 1_000)
    took, memory = alone(_measured, actors, objectives)
    size = f"{len(Statements(actors, objectives)):,} statements".replace(",", " ")
    return [
        timed(f"SQLite: import of {size} and one wrong, refused, nothing left of it", took.refused),
        timed(f"SQLite: bulk import of {size}", took.bulk, at_most=60),
        timed(f"SQLite: cold snapshot of {size}", took.cold, took.bare, "bare sqlite3 read", at_most=2.5),
        timed(f"SQLite: one write and the refreshed snapshot, p50, {size}", took.write, at_most=0.05),
        timed(f"SQLite: surroundings of one actor, p50, {size}", took.around),
        Line(f"SQLite: all of it, memory, {size}", memory, "MB"),
    ]


def _measured(actors: int, objectives: int) -> Filled:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        return filled(f"sqlite:///{path}", actors, objectives, lambda: _bare(path))


def _bare(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        cursor = connection.execute("SELECT a, b, value FROM position")
        return len(np.fromiter(chain.from_iterable(cursor), dtype=np.int64).reshape(-1, 3))
    finally:
        connection.close()
