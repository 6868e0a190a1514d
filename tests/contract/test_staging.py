"""Imports too large for one transaction are staged: nothing shows before the publishing one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graph import Changes, Retract, Store
from graph.errors import DanglingReference, InvalidValue, NotFound, StaleRecord, StoreLocked
from graph.model import Flow, Territory
from tests.contract.build import (
    SMALL,
    Watched,
    actor,
    everything,
    influence,
    objective,
    position,
    retract,
    told,
    value,
    write,
)

pytestmark = pytest.mark.neo4j

Staged = Callable[[], Store]


@pytest.fixture
def staged(neo4j_server: Any, neo4j_place: Any) -> Iterator[Staged]:
    """Opens stores that stage whatever has more than 10 rows, 7 rows at a time, on an emptied server."""
    from graph.stores.neo4j.backend import Neo4jBackend

    neo4j_place.fresh()

    def opened() -> Store:
        backend = Neo4jBackend(
            neo4j_server.url, neo4j_server.user, neo4j_server.password, batch_rows=7, staged_beyond=10
        )
        neo4j_place.opened.append(Store(backend, neo4j_place.clock))
        return neo4j_place.opened[-1]

    yield opened
    assert neo4j_place.again().check() == []


def flow(origin: int, destination: int, quantity: float | None, **more: Any) -> Flow:
    ends = {"origin": f"T{origin}", "destination": f"T{destination}"}
    return Flow(**ends | {"kind": "commuting", "quantity": quantity, "unit": "actifs"} | more)


LARGE = (
    *(actor(f"B{n}") for n in range(12)),
    *(objective(f"Q{n}", bearers=(f"B{n}",)) for n in range(5)),
    *(
        position(f"B{n}", f"Q{m}", (n + m) % 9 - 4, rater=("x", None)[n % 2])
        for n in range(12)
        for m in range(5)
    ),
    *(influence(f"B{n}", f"B{n + 1}", n % 5) for n in range(11)),
    *(Territory(id=f"T{n}", name=f"territoire {n}") for n in range(4)),
    *(flow(n // 4, n % 4, float(n), year=2019) for n in range(15)),
)


def test_a_staged_store_holds_what_a_file_holds(
    staged: Staged, sqlite_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.stores.undo.COLUMNS_BEYOND", 10)
    monkeypatch.setattr("graph.stores.neo4j.reading.WINDOW", 4)
    server, file = staged(), sqlite_place.fresh()
    for store in (server, file):
        write(store, *SMALL, expected=100)
        write(store, *LARGE, expected=100)
        write(store, *(position(f"B{n}", "Q0", 1, rater=("x", None)[n % 2]) for n in range(12)), expected=100)
        store.undo(3, author="pilote")
        write(store, position("A1", "O1", -1))
        again = [flow(n // 4, n % 4, n + 0.5, year=2019) for n in range(0, 15, 2)]
        retracts = [Retract("flows", f"F{n}") for n in range(2, 14, 3)]
        write(store, *again, *(flow(n // 4, n % 4, n) for n in range(9)), retracts=retracts, expected=100)
        store.undo(6, author="pilote")
        # nothing else of their origin is written: closing them alone must bring the plain graph up to date
        write(store, retracts=[Retract("flows", "F1"), Retract("flows", "F3")], expected=100)
    assert everything(server) == everything(file)
    assert server.check() == []
    for revision in range(9):
        assert told(server.snapshot(at_revision=revision)) == told(file.snapshot(at_revision=revision))


def test_growing_beyond_the_limit_without_having_said_so(staged: Staged) -> None:
    store = staged()
    write(store, *SMALL, *LARGE)
    assert store.count("positions") == 63
    assert (store.head(), len(store.touched(1))) == (1, len(SMALL) + len(LARGE))


def test_nothing_shows_before_it_is_published(staged: Staged) -> None:
    store, other = staged(), staged()
    write(store, *SMALL)
    before, held = told(other.snapshot()), everything(other)
    seen: list[bool] = []

    def look() -> None:
        seen.append(told(other.snapshot()) == told(store.snapshot()) == before)
        seen.append(everything(other) == held)
        seen.append(other.ids("actors") == {"A1", "A2", "A3"})
        seen.append(other.find("actors", [("B1",)]) == {} == other.lookup("actors", ["B1"]))
        seen.append(other.ever("actors", ["B1"]) == {})
        seen.append(other.history("positions", "P1")[0].closed is None)

    again = [position("A1", "O1", -3), *(f for f in LARGE if type(f).__name__ == "Position")]
    store.commit(
        Changes(
            {
                "actors": [f for f in LARGE if type(f).__name__ == "Actor"],
                "objectives": [f for f in LARGE if type(f).__name__ == "Objective"],
                "positions": Watched(again, 50, look),
            }
        ),
        author="pilote",
        message="import",
        expected=100,
    )
    assert seen == [True] * len(seen) != []
    assert value(other) == -3


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (position("B1", "Q1", 9, on=1), InvalidValue),
        (position("B1", "nowhere", 1, on=1), DanglingReference),
        (flow(1, 9, 1.0), DanglingReference),
        (Retract("flows", "F99"), NotFound),
    ],
)
def test_an_error_in_the_middle_leaves_no_trace(staged: Staged, wrong: Any, error: type[Exception]) -> None:
    """A retraction is refused last, when all else is there: a flow of before is closed, its next version written."""
    store = staged()
    write(
        store,
        *SMALL,
        *(Territory(id=f"T{n}", name=f"territoire {n}") for n in range(2)),
        flow(0, 1, 99, year=2019),
    )
    facts, retracts = ((), (wrong,)) if isinstance(wrong, Retract) else ((wrong,), ())
    before = everything(store)
    with pytest.raises(error):
        write(store, *LARGE, *facts, retracts=retracts, expected=100)
    assert everything(store) == before
    assert store.check() == []
    assert write(store, *LARGE, expected=100).revision == 2
    assert [v.id for v in store.versions("positions")] == [f"P{n}" for n in range(1, 64)]


def test_a_stale_base_is_refused_whole(staged: Staged) -> None:
    from graph import Put

    store = staged()
    write(store, *SMALL)
    before = everything(store)
    with pytest.raises(StaleRecord):
        write(store, *LARGE, Put(position("A1", "O1", -1), base=9), expected=100)
    assert everything(store) == before


def test_a_small_write_waits_or_is_refused_during_a_staged_import(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.stores.neo4j.backend.BUSY_SECONDS", 1.0)
    store, other = staged(), staged()
    write(store, *SMALL)
    met: list[bool] = []

    def meddle() -> None:
        with pytest.raises(StoreLocked):
            write(other, actor("C1"))
        met.append(True)

    store.commit(
        Changes({"actors": Watched([actor(f"B{n}") for n in range(30)], 20, meddle)}),
        author="pilote",
        message="import",
        expected=100,
    )
    assert met == [True]
    assert write(other, actor("C1")).revision == 3
    retract(other, "actors:C1")
    assert other.count("actors") == 33
