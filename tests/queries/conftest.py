"""Snapshots made quickly from small dense matrices, through a store."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import Snapshot, Store, open_store
from tests.queries.matrices import NOW, Make, Matrix, changes


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Store]]:
    """New empty stores, one at each ``next``; closed when the module is done."""
    folder: Path = tmp_path_factory.mktemp("stores")
    opened: list[Store] = []

    def fresh() -> Iterator[Store]:
        for number in itertools.count():
            opened.append(open_store(f"sqlite:///{folder / f'{number}.db'}", now=lambda: NOW))
            yield opened[-1]

    yield fresh()
    for store in opened:
        store.close()


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A snapshot from dense matrices; ``None`` in a cell is unknown."""
    folder: Path = tmp_path_factory.mktemp("snapshots")
    numbers = itertools.count()

    def made(
        positions: Matrix,
        influences: Matrix | None = None,
        actors: list[str] | None = None,
        objectives: list[str] | None = None,
    ) -> Snapshot:
        path = folder / f"{next(numbers)}.db"
        with open_store(f"sqlite:///{path}", now=lambda: NOW) as store:
            wanted = changes(positions, influences, actors, objectives)
            store.commit(wanted, author="tests", message="matrices")
            found = store.snapshot()
        path.unlink()
        # nothing else was written: the closed store need not be asked again
        return dataclasses.replace(found, tables=lambda _table: ())

    return made
