"""The flows of a territory are what the snapshot says of them, asked of either store without building it."""

from __future__ import annotations

import random
from itertools import groupby
from typing import Any, cast

import pytest

from graph import Snapshot, Store
from graph.errors import InvalidValue, NotFound
from graph.model import Alias, Fact, Flow, Term, Territory
from graph.neighbourhood import Exchange, FlowTotal, TerritoryFlows
from tests.contract.build import retract, write

LEVELS = ("public", "partenaires", "pilotes")
PLACES = [f"T{number}" for number in range(8)]
KINDS = ("commuting", "food", "tide")
DEPENDS = {"commuting": "origin", "food": "destination", "tide": "origin"}
"""Who depends, by the shipped vocabulary and the term below."""

TIDE = Term(list="type_flux", code="tide", label_fr="marée", depends="origine", visibility="partenaires")


def world(seed: int) -> list[Fact]:
    """Hidden ends, hidden flows, flows within, two sources of one pair, quantities that nobody knows."""
    chance = random.Random(seed)
    facts: list[Fact] = [TIDE]
    facts += [
        Territory(
            id=id_, name=f"territoire {id_}", visibility=chance.choice(LEVELS), attributes=(("a", "b"),)
        )
        for id_ in PLACES
    ]
    said = {}
    for _ in range(160):
        ends = chance.choice(PLACES), chance.choice(PLACES)
        kind, year = chance.choice(KINDS), chance.choice((None, 2014, 2020))
        unit, source = chance.choice((None, "actifs")), chance.choice((None, "INSEE"))
        said[*ends, kind, year, unit, source] = Flow(
            origin=ends[0],
            destination=ends[1],
            kind=kind,
            year=year,
            unit=unit,
            source=source,
            quantity=chance.choice((None, float(chance.randint(0, 9)))),
            truncated=chance.random() < 0.2,
            confidence=chance.choice((None, 0.5)),
            visibility=chance.choice(LEVELS),
            attributes=(("relevé", "2"),),
        )
    return facts + list(said.values())


def series_of(told: Flow | FlowTotal) -> tuple[str, str, int, str]:
    return told.kind, told.unit or "", told.year or 0, told.source or ""


def slow(snapshot: Snapshot, here: str, kind: str | None, year: int | None) -> dict[str, Any]:
    """The same from all the records of the snapshot, one after the other."""
    sides: dict[str, list[tuple[str, str, Flow]]] = {"leaving": [], "arriving": [], "within": []}
    for version in snapshot.records("flows"):
        flow = cast(Flow, version.value)
        if here not in (flow.origin, flow.destination) or kind not in (None, flow.kind):
            continue
        if year not in (None, flow.year):
            continue
        side = (
            "within" if flow.origin == flow.destination else "leaving" if flow.origin == here else "arriving"
        )
        other = flow.origin if side == "arriving" else flow.destination
        sides[side].append((version.id, other, flow))

    def largest(item: tuple[str, str, Flow]) -> tuple[float, str, int]:
        record, other, flow = item
        return (1 if flow.quantity is None else -flow.quantity, other, int(record[1:]))

    def told(item: tuple[str, str, Flow]) -> tuple[str, str, int, str]:
        return series_of(item[2])

    totals = []
    for side, some in sides.items():
        for key, group in groupby(sorted(some, key=told), key=told):
            flows = [flow for _, _, flow in group]
            stated = [flow.quantity for flow in flows if flow.quantity is not None]
            total = sum(stated) if stated else None
            truncated = any(flow.truncated for flow in flows)
            totals.append((side, *key, len(flows), len(flows) - len(stated), total, truncated))
    return {side: sorted(some, key=largest) for side, some in sides.items()} | {"totals": totals}


def plain(found: TerritoryFlows) -> dict[str, Any]:
    def side(some: tuple[Exchange, ...]) -> list[tuple[str, str, Flow]]:
        return [(one.record, one.id, one.value) for one in some]

    return {
        "leaving": side(found.leaving),
        "arriving": side(found.arriving),
        "within": side(found.within),
        "totals": [
            (t.direction, *series_of(t), t.flows, t.unknown, t.quantity, t.truncated) for t in found.totals
        ],
    }


def test_it_is_what_the_snapshot_says(store: Store) -> None:
    write(store, *world(1))
    write(store, Flow(origin="T0", destination="T1", kind="food", quantity=3, visibility="public"))
    retract(store, "flows:F5", "flows:F9")
    looked_at = 0
    for level in LEVELS:
        snapshot = store.snapshot(level=level)
        for here in PLACES:
            if here not in snapshot.territories:
                with pytest.raises(NotFound):
                    store.territory_flows(here, level=level)
                continue
            asked: tuple[dict[str, Any], ...] = ({}, {"kind": "food"}, {"year": 2014})
            for question in asked:
                found = store.territory_flows(here, level=level, limit=1000, **question)
                expected = slow(snapshot, here, question.get("kind"), question.get("year"))
                assert plain(found) == expected, (level, here)
                assert found.territory == snapshot.territories[here]
                assert (found.revision, found.cut) == (snapshot.revision, ())
                looked_at += len(found.totals)
    assert looked_at > 100


def test_who_depends_names_and_cuts(store: Store) -> None:
    write(store, *world(2))
    whole, cut = store.territory_flows("T1"), store.territory_flows("T1", limit=2)
    for name in ("leaving", "arriving", "within"):
        some = getattr(whole, name)
        assert some
        assert getattr(cut, name) == some[:2]
        assert (name in cut.cut) == (len(some) > 2)
        assert name not in store.territory_flows("T1", limit=len(some)).cut
        for one in some:
            assert one.name == f"territoire {one.id}"
            flow = one.value
            end = None if name == "within" else getattr(flow, DEPENDS[flow.kind])
            assert one.dependent == end
    assert (cut.cut[:2], cut.totals) == (("leaving", "arriving"), whole.totals)


def test_it_reads_no_more_than_the_territory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, *world(3))

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("everything was read")

    monkeypatch.setattr("graph.stores.store.read_state", refused)
    for reader in ("sqlite.columns.SqliteColumns", "neo4j.reading.Neo4jReader"):
        monkeypatch.setattr(f"graph.stores.{reader}.flows", refused)
    assert store.territory_flows("T2").totals


def test_a_territory_without_flows_an_old_code_and_hidden_ones(store: Store) -> None:
    public = {"visibility": "public"}
    write(
        store,
        Territory(id="T1", name="Ville", **public),
        Territory(id="T2", name="Cachée"),
        Alias(table="territories", old="Z1", id="T1", **public),
        Alias(table="territories", old="Z2", id="T2", **public),
        Alias(table="territories", old="Z3", id="T1"),
    )
    found = store.territory_flows("Z1", level="public")
    assert (found.territory.id, found.totals, found.leaving) == ("T1", (), ())
    assert store.territory_flows("Z3").territory.id == "T1"
    for hidden in ("Z2", "Z3", "T2", "absent"):
        with pytest.raises(NotFound):
            store.territory_flows(hidden, level="public")


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1_001}, {"level": "x"}, {"kind": "magic"}])
def test_what_it_refuses(store: Store, wrong: dict[str, Any]) -> None:
    write(store, Territory(id="T1", name="Ville"))
    with pytest.raises(InvalidValue):
        store.territory_flows("T1", **wrong)


def test_what_a_reader_may_not_name_is_unknown_to_it(store: Store) -> None:
    write(store, TIDE, Territory(id="T1", name="Ville", visibility="public"))
    store.territory_flows("T1", level="partenaires", kind="tide")
    with pytest.raises(InvalidValue) as refused:
        store.territory_flows("T1", level="public", kind="tide")
    assert "tide" not in refused.value.fr.split(";")[1]
