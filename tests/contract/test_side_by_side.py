"""The plain graph of many flows, made in two sessions: nothing is done twice or left out when they hinder one another.

That each edge is there once, and says what it should, is what ``check`` verifies on the server.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import neo4j
import pytest
from neo4j.exceptions import TransientError

from graph import Store
from graph.model import Flow, Territory
from graph.stores.neo4j.channels import SideBySide, Staged
from tests.contract.build import write

pytestmark = pytest.mark.neo4j

PLACES = [Territory(id=f"T{n:02}", name=f"territoire {n}") for n in range(60)]


def flows(number: int) -> list[Flow]:
    """Flows from anywhere to anywhere, most often to a few places, as to large towns."""
    draw = random.Random(2)
    pairs = {
        (draw.randrange(60), min(int(draw.expovariate(0.2)), 59)): draw.random() for _ in range(number * 4)
    }
    return [
        Flow(origin=f"T{a:02}", destination=f"T{b:02}", kind=("commuting", "water")[(a + b) % 2], quantity=q)
        for (a, b), q in list(pairs.items())[:number]
    ]


@pytest.fixture
def store(neo4j_server: Any, neo4j_place: Any) -> Iterator[Store]:
    """A store that stages whatever has more than 100 rows, 20 rows at a time."""
    from graph.stores.neo4j.backend import Neo4jBackend

    neo4j_place.fresh()
    backend = Neo4jBackend(
        neo4j_server.url, neo4j_server.user, neo4j_server.password, batch_rows=20, staged_beyond=100
    )
    found = Store(backend, neo4j_place.clock)
    neo4j_place.opened.append(found)
    write(found, *PLACES)
    yield found
    assert found.check() == []


def edges(server: Any) -> int:
    with neo4j.GraphDatabase.driver(server.url, auth=(server.user, server.password)) as driver:
        found = driver.execute_query("MATCH ()-[e:FLOWS_TO]->() RETURN count(e) AS edges").records[0]
    return int(found["edges"])


def test_each_edge_is_made_once_in_two_sessions(
    store: Store, neo4j_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: Counter[int] = Counter()
    linked: Counter[str] = Counter()
    tell = Staged.tell

    def counted(self: Staged, file: str, name: str, **parameters: Any) -> Any:
        if name == "link_rows":
            sessions[threading.get_ident()] += 1
            linked.update(parameters["rows"])
        return tell(self, file, name, **parameters)

    monkeypatch.setattr(Staged, "tell", counted)
    made = flows(700)
    write(store, *made, expected=700)
    assert edges(neo4j_server) == 700
    assert linked.keys() == {flow.origin for flow in made}
    assert len(sessions) >= 2


def test_a_part_that_another_hinders_waits(
    store: Store, neo4j_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell, main = Staged.tell, threading.get_ident()
    hindered: list[str] = []

    def deadlock(self: Staged, file: str, name: str, **parameters: Any) -> Any:
        if name == "link_rows" and threading.get_ident() != main and len(hindered) < 6:
            hindered.extend(parameters["rows"])
            raise TransientError("a deadlock, as the server tells it")
        return tell(self, file, name, **parameters)

    monkeypatch.setattr(Staged, "tell", deadlock)
    write(store, *flows(700), expected=700)
    assert len(hindered) >= 6
    assert edges(neo4j_server) == 700


def test_what_fails_in_a_session_is_made_by_the_next_writer(
    store: Store, neo4j_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Staged.tell
    done: list[str] = []
    stops: list[bool] = []

    def broken(self: Staged, file: str, name: str, **parameters: Any) -> Any:
        if name == "link_rows":
            done.extend(parameters["rows"])
            if len(done) > 20 and not stops:
                # once: the other session must stop too
                stops.append(True)
                raise RuntimeError("stopped in the middle")
        return tell(self, file, name, **parameters)

    with monkeypatch.context() as stopped:
        stopped.setattr(Staged, "tell", broken)
        with pytest.raises(RuntimeError, match="in the middle"):
            write(store, *flows(700), expected=700)
    assert (store.head(), store.count("flows")) == (2, 700)
    assert len(done) < 40
    assert 0 < edges(neo4j_server) < 700
    write(store, Territory(id="T99", name="un autre"))
    assert edges(neo4j_server) == 700


def test_no_part_is_left_out_or_done_twice_between_the_ends(neo4j_server: Any) -> None:
    # sessions are not used by the work: what is tried is who takes what, whatever the time each part takes
    with (
        neo4j.GraphDatabase.driver(
            neo4j_server.url, auth=(neo4j_server.user, neo4j_server.password)
        ) as driver,
        driver.session() as session,
    ):
        beside = SideBySide(driver.session, Staged(session, None, ""))
        for number in (0, 1, 2, 3, 50):
            done: list[int] = []
            tried: Counter[int] = Counter()

            def work(_channel: Any, part: int, done: list[int] = done, tried: Counter[int] = tried) -> None:
                tried[part] += 1
                if part % 7 == 3 and tried[part] == 1:
                    raise TransientError("try later")
                done.append(part)

            beside.each(range(number), work)
            assert sorted(done) == list(range(number))
