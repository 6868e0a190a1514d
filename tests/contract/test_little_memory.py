"""A server that lacks memory for a large transaction: most often it says so at the commit, then the import is staged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graph import Store
from graph.errors import StoreFull
from graph.model import Flow, Territory
from tests.contract.build import everything, write

pytestmark = pytest.mark.neo4j

MOST = "12m"
"""Memory of one transaction: about 1,800 flows."""

PLACES = [Territory(id=f"T{n}", name=f"territoire {n}") for n in range(110)]


def flows(number: int) -> list[Flow]:
    """As many flows between the places."""
    return [
        Flow(origin=f"T{n // 110}", destination=f"T{n % 110}", kind="commuting", quantity=float(n), year=2019)
        for n in range(number)
    ]


@pytest.fixture
def narrow(neo4j_server: Any, neo4j_place: Any) -> Iterator[Callable[[int], Store]]:
    """Opens stores, with as many rows a statement as asked, on a server whose transactions may be small only."""
    from graph.stores.neo4j.backend import Neo4jBackend

    def opened(batch: int) -> Store:
        backend = Neo4jBackend(neo4j_server.url, neo4j_server.user, neo4j_server.password, batch_rows=batch)
        neo4j_place.opened.append(Store(backend, neo4j_place.clock))
        return neo4j_place.opened[-1]

    neo4j_place.fresh()
    neo4j_server.stop()
    neo4j_server.settings["db.memory.transaction.max"] = MOST
    neo4j_server.start()
    try:
        yield opened
        assert neo4j_place.again().check() == []
    finally:
        neo4j_place.close()
        neo4j_server.stop()
        del neo4j_server.settings["db.memory.transaction.max"]


def test_a_large_write_is_staged_and_one_too_large_even_so_is_refused(
    narrow: Callable[[int], Store], sqlite_place: Any
) -> None:
    server, file = narrow(500), sqlite_place.fresh()
    for store in (server, file):
        write(store, *PLACES)
        write(store, *flows(2_400))
        store.undo(2, author="pilote")
    assert everything(server) == everything(file)
    wide = narrow(20_000)
    with pytest.raises(StoreFull, match=r"manque de mémoire.*rien n'a été écrit.*heap\.max_size"):
        write(wide, *flows(9_600))
    assert (wide.head(), wide.count("flows")) == (3, 0)
    write(wide, *flows(500))
    assert wide.count("flows") == 500
