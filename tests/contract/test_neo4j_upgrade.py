"""A server filled by an older version: what it held is found again, the same, and can be written to."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any

import pytest

from graph import Store
from graph.model import Flow, Participation, Project, Territory, to_document
from graph.stores.neo4j.backend import Neo4jBackend
from graph.stores.neo4j.channels import Staged
from tests.contract.build import SMALL, actor, cypher, everything, position, retract, told, write

pytestmark = pytest.mark.neo4j


def test_a_server_filled_before_it_could_be_asked(neo4j_server: Any, neo4j_place: Any) -> None:
    store = neo4j_place.fresh()
    write(
        store,
        actor("A1", name='"actor":"A9"'),
        actor("A2"),
        Project(id="J1", name="projet"),
        Participation(actor="A1", project="J1", attributes=(("actor", "A2"),)),
        Participation(actor="A2", project="J1"),
    )
    for text in (
        "MATCH (r:Record) REMOVE r.first",
        "DROP INDEX record_first",
        "MATCH (s:Schema) SET s.version = 1",
    ):
        cypher(neo4j_server, text)
    for who, record in (("A1", "A1"), ("A2", "A2")):
        (taking,) = neo4j_place.again().neighbourhood(who).participations
        assert (taking.record, taking.value.actor) == (record, who)


def older(server: Any, store: Store) -> None:
    """Keep flows as the first versions did: a document each, their source on each edge, in the second schema."""

    def documents(reader: Any) -> list[list[Any]]:
        return [
            [v.id, f"flows/{v.id}", v.version, v.revision, v.closed, json.dumps(to_document(v.value))]
            for v in reader.scan_all("flows")
        ]

    rows = store.backend.read(documents)
    cypher(
        server,
        "UNWIND $rows AS row CREATE (:Record {table: 'flows', id: row[0], uid: row[1], version: row[2], "
        "revision: row[3], closed: row[4], document: row[5]})",
        rows=rows,
    )
    for text in (
        "MATCH ()-[e:FLOWS_TO]->() MATCH (t:FlowSeries {code: e.series}) SET e.source = t.source REMOVE e.series",
        "MATCH (n) WHERE n:TerritoryAnchor OR n:FlowSeries DETACH DELETE n",
        "DROP CONSTRAINT territory_anchor_id",
        "DROP CONSTRAINT flow_series_code",
        "DROP INDEX flow_said_counter",
        "MATCH (s:Schema) SET s.version = 2",
    ):
        cypher(server, text)
    for row in cypher(server, "MATCH (r:Revision) RETURN r.number AS number, r.counters AS counters"):
        counters = {name: held for name, held in json.loads(row["counters"]).items() if name != "series"}
        cypher(
            server,
            "MATCH (r:Revision {number: $number}) SET r.counters = $counters",
            number=row["number"],
            counters=json.dumps(counters),
        )


def test_flows_that_an_older_version_kept_as_documents(
    neo4j_server: Any, neo4j_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = neo4j_place.fresh()
    quoted = {"source": 'enquête "A\\B"', "attributes": (("note", "l'été\n« oui »"),)}
    places = [Territory(id=id_, name=id_) for id_ in ("T1", "T2", "T3")]
    first = Flow(origin="T1", destination="T2", kind="commuting", quantity=5.5, unit="actifs", year=2020)
    write(
        store,
        *SMALL,
        *places,
        first,
        Flow(origin="T2", destination="T2", kind="skills", confidence=0.5, visibility="public", **quoted),
        Flow(origin="T3", destination="T1", kind="food", quantity=1, truncated=True, year=2020),
    )
    write(store, dataclasses.replace(first, quantity=6))
    retract(store, "flows:F3")
    held, seen = everything(store), told(store.snapshot())
    older(neo4j_server, store)

    converted: list[int] = []

    def interrupted(self: Any, file: str, name: str, **parameters: Any) -> Any:
        if name == "convert":
            converted.append(len(parameters["rows"]))
            if len(converted) == 2:
                raise RuntimeError("stopped in the middle")
        return tell(self, file, name, **parameters)

    tell = Staged.tell
    monkeypatch.setattr(
        Neo4jBackend, "__init__", functools.partialmethod(Neo4jBackend.__init__, batch_rows=2)
    )
    with monkeypatch.context() as stopped:
        stopped.setattr(Staged, "tell", interrupted)
        with pytest.raises(RuntimeError, match="in the middle"):
            neo4j_place.again()
    assert converted == [2, 2]

    found = neo4j_place.again()
    assert everything(found) == held
    assert told(found.snapshot()) == seen
    assert found.check() == []
    write(
        found,
        Flow(origin="T1", destination="T3", kind="water", quantity=2),
        actor("A9"),
        position("A9", "O1", 1),
    )
    assert [v.id for v in found.versions("flows")] == ["F1", "F2", "F4"]
    found.undo(3, author="pilote")
    assert found.count("flows") == 4
    assert found.check() == []
    assert cypher(neo4j_server, "MATCH (r:Record {table: 'flows'}) RETURN count(r) AS left") == [{"left": 0}]
