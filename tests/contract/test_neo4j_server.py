"""The server: away, killed under load, refusing us, or somebody else's; what the plain graph says."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import neo4j
import pytest

from graph import Changes, Store, open_store
from graph.errors import StoreAbsent, StoreAway, StoreCredentials, StoreError, StoreTooNew
from graph.model import Flow, Participation, Project, Target, Territory
from graph.stores.neo4j.backend import Neo4jBackend
from tests.contract.build import (
    SMALL,
    Watched,
    actor,
    cypher,
    everything,
    influence,
    position,
    retract,
    told,
    value,
    write,
)

pytestmark = pytest.mark.neo4j

AWAY_SECONDS = 10.0
"""Longest a caller waits to hear that the server is away."""

WRITERS = 4


def timed(act: Callable[[], Any], error: type[Exception]) -> float:
    """Seconds until it fails as it should."""
    start = time.monotonic()
    with pytest.raises(error):
        act()
    return time.monotonic() - start


def test_killed_and_restarted_under_load(neo4j_server: Any, neo4j_place: Any) -> None:
    neo4j_place.fresh()
    stores = [neo4j_place.again() for _ in range(WRITERS)]
    acknowledged: queue.Queue[int] = queue.Queue()
    failed: list[tuple[float, Exception]] = []
    stop = threading.Event()

    def work(who: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                outcome = write(stores[who], *(actor(f"A{who}-{number}-{n}") for n in range(5)))
            except StoreError as fault:
                failed.append((time.monotonic(), fault))
                return
            acknowledged.put(outcome.revision or 0)

    with ThreadPoolExecutor(WRITERS) as pool:
        running = [pool.submit(work, who) for who in range(WRITERS)]
        try:
            seen = [acknowledged.get(timeout=60) for _ in range(3 * WRITERS)]
            killed = time.monotonic()
            neo4j_server.kill()
            for future in running:
                future.result(timeout=60)
        finally:
            stop.set()
    assert [type(fault) for _, fault in failed] == [StoreAway] * WRITERS
    assert max(moment for moment, _ in failed) - killed <= AWAY_SECONDS
    while not acknowledged.empty():
        seen.append(acknowledged.get())
    assert timed(stores[0].head, StoreAway) <= AWAY_SECONDS

    neo4j_server.start()
    head = stores[0].head()
    # one more may have been committed whose acknowledgement never came
    assert sorted(seen) == list(range(1, len(seen) + 1))
    assert len(seen) <= head <= len(seen) + 1
    for store in (*stores, neo4j_place.again()):
        assert store.count("actors") == len(store.snapshot().actors) == 5 * head
        assert store.check() == []
    for number, store in enumerate(stores, start=1):
        assert write(store, actor(f"after-{number}")).revision == head + number


@pytest.mark.parametrize("expected", [0, 10**9], ids=["one transaction", "staged"])
def test_killed_in_the_middle_of_an_import(neo4j_server: Any, neo4j_place: Any, expected: int) -> None:
    store = neo4j_place.fresh()
    write(store, *SMALL)
    before = everything(store)
    killed: list[float] = []

    def kill() -> None:
        if not killed:
            neo4j_server.kill()
            killed.append(time.monotonic())

    facts = {
        "actors": [actor("B1")],
        "positions": Watched([position("B1", "O1", 1, on=n) for n in range(9)], 5, kill),
    }
    with pytest.raises(StoreAway):
        store.commit(Changes(facts), author="pilote", message="essai", expected=expected)
    assert time.monotonic() - killed[0] <= AWAY_SECONDS
    neo4j_server.start()
    assert everything(store) == before
    assert value(store) == 3
    outcome = store.commit(Changes(facts), author="pilote", message="essai", expected=expected)
    assert outcome.revision == 2
    assert store.count("positions") == 3 + 9
    assert store.check() == []


def test_a_wrong_password_is_refused_and_never_shown(neo4j_server: Any) -> None:
    secret = "p@ss/wörd"
    address = neo4j_server.url.replace("://", f"://neo4j:{quote(secret, safe='')}@")
    with pytest.raises(StoreCredentials) as refused:
        open_store(address)
    for text in (refused.value.fr, refused.value.en, repr(refused.value)):
        assert secret not in text
        assert quote(secret, safe="") not in text


def test_the_address_never_holds_the_password(neo4j_server: Any, neo4j_place: Any) -> None:
    store = neo4j_place.fresh()
    assert store.address == neo4j_server.url
    assert neo4j_server.password not in repr(store) + repr(store.backend)


def test_user_and_password_may_come_beside_the_address(neo4j_server: Any) -> None:
    with open_store(neo4j_server.url, user=neo4j_server.user, password=neo4j_server.password) as store:
        assert store.head() == 0


def test_an_empty_database_is_absent_for_a_reading_command(neo4j_server: Any) -> None:
    with pytest.raises(StoreAbsent):
        open_store(neo4j_server.store, create=False)
    open_store(neo4j_server.store).close()
    open_store(neo4j_server.store, create=False).close()


def test_somebody_elses_graph_is_refused_and_left_alone(neo4j_server: Any) -> None:
    cypher(neo4j_server, "CREATE (:Recipe {name: 'soupe'})")
    with pytest.raises(StoreError, match="autre graphe"):
        open_store(neo4j_server.store)
    assert cypher(neo4j_server, "MATCH (n) RETURN n.name AS name") == [{"name": "soupe"}]


def test_a_newer_database_is_refused(
    neo4j_server: Any, neo4j_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    neo4j_place.fresh()
    monkeypatch.setattr("graph.stores.neo4j.backend.migrations", list)
    with pytest.raises(StoreTooNew):
        open_store(neo4j_server.store)


def test_the_plain_graph_shows_effective_values(neo4j_server: Any, neo4j_place: Any) -> None:
    store: Store = neo4j_place.fresh()
    write(store, *SMALL)
    write(store, position("A1", "O1", 1, rater="agence"), position("A2", "O2", -1, rater="agence"))
    write(store, influence("A3", "A1", 4), actor("A1", name="Nouveau nom"))
    retract(store, "influences:I1")

    def edges() -> set[tuple[str, str, str, int]]:
        rows = cypher(
            neo4j_server,
            "MATCH (a:Actor)-[r:POSITIONED_ON|INFLUENCES]->(b) "
            "RETURN a.id AS a, type(r) AS type, b.id AS b, coalesce(r.value, r.level) AS value",
        )
        return {(row["a"], row["type"], row["b"], row["value"]) for row in rows}

    def expected() -> set[tuple[str, str, str, int]]:
        snapshot = store.snapshot()
        actors, objectives = snapshot.actors.ids, snapshot.objectives.ids
        found = set()
        for judged, kind, ends in (
            (snapshot.positions, "POSITIONED_ON", objectives),
            (snapshot.influences, "INFLUENCES", actors),
        ):
            for row, col, said in zip(
                judged.row.tolist(), judged.col.tolist(), judged.stated.value.tolist(), strict=True
            ):
                found.add((actors[row], kind, ends[col], said))
        return found

    assert edges() == expected() != set()
    assert cypher(neo4j_server, "MATCH (a:Actor {id: 'A1'}) RETURN a.name AS name") == [
        {"name": "Nouveau nom"}
    ]
    store.undo(2, author="pilote")
    assert edges() == expected()
    store.merge("A1", "A2", author="pilote")
    assert edges() == expected()
    assert store.check() == []


TAMPERED = {
    "MATCH (:Actor {id: 'A1'})-[r:POSITIONED_ON]->() SET r.value = -4": {"A1 → O1"},
    "MATCH (:Actor {id: 'A1'})-[r:INFLUENCES]->() DELETE r": {"A1 → A2"},
    "MATCH (a:Actor {id: 'A1'}), (o:Objective {id: 'O2'}) CREATE (a)-[:POSITIONED_ON {value: 1}]->(o)": {
        "A1 → O2"
    },
    "MATCH (a:Actor {id: 'A2'})-[r:POSITIONED_ON]->(o {id: 'O1'}) CREATE (a)-[:POSITIONED_ON {value: r.value}]->(o)": {
        "A2 → O1"
    },
    "MATCH (n:Actor {id: 'A2'}) SET n.name = 'autre'": {"A2"},
    "MATCH (n:Actor {id: 'A3'}) DETACH DELETE n": {"A3"},
    "CREATE (:Stake {id: 'S9'})": {"S9"},
    "CREATE (:Objective {name: 'sans id'})": {"?"},
    "MATCH (:Actor)-[r:PARTICIPATES_IN {record: 'A1'}]->() SET r.posture = 'opposant'": {"A1"},
    "MATCH (:Project)-[r:TARGETS {record: 'T1'}]->() REMOVE r.record": {"T1", "?"},
    "MATCH (:Territory)-[r:FLOWS_TO {record: 'F1'}]->() SET r.quantity = 7.0": {"F1"},
}
"""What somebody with the Bolt password does to the plain graph, and what ``check`` names."""


def test_check_finds_a_plain_graph_that_was_tampered_with(
    neo4j_server: Any, neo4j_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.stores.neo4j.checking.TOGETHER", 2)
    monkeypatch.setattr("graph.stores.neo4j.checking.WINDOW", 2)
    store = neo4j_place.fresh()
    parts = [Participation(actor=f"A{n}", project="J1") for n in (1, 2, 3)]
    flows = [Territory(id=f"T{n}", name=f"territoire {n}") for n in (1, 2)]
    flows += [Flow(origin="T1", destination="T2", kind="commuting", quantity=5)]
    write(
        store, *SMALL, *flows, Project(id="J1", name="projet"), Target(project="J1", objective="O1"), *parts
    )
    retract(store, "participations:A3")
    assert store.check() == []
    for act in TAMPERED:
        cypher(neo4j_server, act)
    found = store.check()
    assert {f.code for f in found} == {"graph_differs"}
    named = sorted(f.record for f in found)
    assert named == sorted(name for names in TAMPERED.values() for name in names)


def test_check_finds_a_record_believed_twice(neo4j_server: Any, neo4j_place: Any) -> None:
    store = neo4j_place.fresh()
    write(store, *SMALL)
    write(store, position("A2", "O2", 3))
    cypher(neo4j_server, "MATCH ()-[s:POSITION_SAID {counter: 3}]->() REMOVE s.closed")
    assert ("believed_twice", "P3") in {(f.code, f.record) for f in store.check()}


def test_a_head_read_in_the_middle_of_moving(
    neo4j_server: Any, neo4j_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, move = neo4j_place.fresh(), Neo4jBackend._move_head
    write(store, actor("A1"))
    write(store, actor("A2"))
    # a server applies a transaction piece by piece: "nothing is pending" may show before the new number does
    cypher(neo4j_server, "MATCH (h:Head) SET h.revision = 1")

    def moved(backend: Neo4jBackend, session: neo4j.Session) -> None:
        cypher(neo4j_server, "MATCH (h:Head) WHERE h.revision = 1 SET h.revision = 2")
        move(backend, session)

    monkeypatch.setattr(Neo4jBackend, "_move_head", moved)
    write(store, actor("A3"))
    assert [revision.number for revision in store.revisions()] == [3, 2, 1]
    assert store.ids("actors") == {"A1", "A2", "A3"}


def test_nobody_answers_then_reading_again_after_a_clean_restart(neo4j_server: Any, neo4j_place: Any) -> None:
    store = neo4j_place.fresh()
    write(store, *SMALL)
    before = told(store.snapshot())
    neo4j_server.stop()
    assert timed(lambda: open_store(neo4j_place.url), StoreAway) <= AWAY_SECONDS
    assert timed(store.head, StoreAway) <= AWAY_SECONDS
    neo4j_server.start()
    assert told(store.snapshot()) == before
    assert told(neo4j_place.again().snapshot()) == before


def test_a_frozen_server_is_left(neo4j_server: Any, neo4j_place: Any) -> None:
    store = neo4j_place.fresh()
    write(store, *SMALL)
    before = told(store.snapshot())
    os.kill(neo4j_server.pid(), signal.SIGSTOP)
    try:
        # connected before, so that nothing but the silence tells
        assert timed(store.head, StoreAway) <= AWAY_SECONDS
    finally:
        os.kill(neo4j_server.pid(), signal.SIGCONT)
    assert told(store.snapshot()) == before
    write(store, actor("A9"))
    assert store.ids("actors") == {"A1", "A2", "A3", "A9"}
