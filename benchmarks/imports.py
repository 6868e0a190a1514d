"""A national file of commuting flows, laid out as INSEE does, imported into a store, beside the driver alone."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from benchmarks import flow_sheets
from benchmarks.data import NOW
from benchmarks.measure import Line, Took, alone, once, timed
from graph import Changes, Store, open_store
from graph.model import Territory
from ingest import dry_run

COMMUNES, FLOWS = 35_000, 1_000_000
FILE = "CODGEO;LIBGEO;DCLT;L_DCLT;NBFLUX_C20_ACTOCC15P"


def lines(quick: bool) -> list[Line]:
    """Import of a file, its checks and its comparison with the store included; the territories are there before."""
    communes, flows = (500, 20_000) if quick else (COMMUNES, FLOWS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = written(folder / "mobpro.csv", communes, flows)
        quarter = written(folder / "quarter.csv", communes, flows // 4)
        (ours, peak) = alone(imported, path, folder / "ours.db", communes)
        (_, small) = alone(imported, quarter, folder / "quarter.db", communes)
        bare = inserted(folder / "ours.db", folder / "bare.db")
        sheets = flow_sheets.lines(folder, quick)
    size = f"{flows:,} flows".replace(",", " ")
    return [
        timed(f"SQLite: import of a file of {size}", Took(*ours), bare, "bare executemany", at_most=3),
        # SQLite's cache (64 MB) and the keys compared at once (2 million) fill up; nothing else grows with the file
        Line(
            "the same: peak of memory, in a process of its own",
            peak,
            "MB",
            at_most=300,
            note=f"{small:.0f} MB for a quarter of the file",
        ),
        *sheets,
    ]


def written(path: Path, communes: int, flows: int) -> Path:
    """A file of as many flows between communes whose numbers are close, sorted as INSEE sorts them."""
    random = np.random.default_rng(1)
    origin = random.integers(0, communes, flows * 2)
    near = np.clip(origin + random.integers(-200, 200, len(origin)), 0, communes - 1)
    pairs = np.unique(origin * communes + near)
    pairs = np.sort(random.permutation(pairs)[:flows])
    quantity = random.gamma(0.3, 30, len(pairs)) + 0.5
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f"{FILE}\n")
        for a, b, count in zip(
            (pairs // communes).tolist(), (pairs % communes).tolist(), quantity.tolist(), strict=True
        ):
            stream.write(f"{a:05};Commune {a};{b:05};Commune {b};{count}\n")
    return path


def imported(path: Path, store_path: Path, communes: int) -> tuple[float, float]:
    """Time to import a file into a new store that knows its territories."""
    with open_store(f"sqlite:///{store_path}", now=lambda: NOW) as store:
        took = applied(path, store, communes)
    # by the driver alone: a snapshot would hold every flow, and the peak of memory is that of the import
    with closing(sqlite3.connect(store_path)) as found:
        compare(path, found.execute("SELECT sum(quantity) FROM flow").fetchone()[0])
    return took.wall, took.cpu


def applied(path: Path, store: Store, communes: int) -> Took:
    """Time to import a file into an empty store, which is told its territories before."""
    store.commit(Changes({"territories": _communes(communes)}), author="benchmarks", message="territories")
    return once(lambda: dry_run(path, store, today=NOW.date()).apply(store, author="benchmarks"))


def _communes(number: int) -> Iterator[Territory]:
    # one after the other: a list of them would count in the peak of the import's memory
    return (Territory(id=f"{k:05}", name=f"Commune {k}", type="commune") for k in range(number))


def compare(path: Path, total: float) -> None:
    """Compare the sum of the quantities that a store holds with that of the file.

    Raises:
        AssertionError: they differ.
    """
    with path.open(encoding="utf-8") as stream:
        next(stream)
        said = sum(float(line.rpartition(";")[2]) for line in stream)
    if abs(total - said) > 1e-6 * total:
        raise AssertionError("what was imported is not what the file says")


def inserted(filled: Path, empty: Path) -> Took:
    """Time to insert the same coded rows, sorted by key, with the driver alone, into the same table."""
    open_store(f"sqlite:///{empty}", now=lambda: NOW).close()
    with (
        closing(sqlite3.connect(filled)) as source,
        closing(sqlite3.connect(empty, isolation_level=None)) as to,
    ):
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "cache_size = -65536",
        ):
            to.execute(f"PRAGMA {pragma}")
        to.execute("DELETE FROM phrase")
        for name in ("entity", "phrase", "flow_series"):
            found = source.execute(f"SELECT * FROM {name}").fetchall()
            to.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(found[0]))})", found)
        rows = source.execute("SELECT * FROM flow ORDER BY a, b, series").fetchall()

        def insert() -> None:
            to.execute("BEGIN IMMEDIATE")
            to.executemany(f"INSERT INTO flow VALUES ({', '.join('?' * len(rows[0]))})", rows)
            to.execute("COMMIT")

        return once(insert)
