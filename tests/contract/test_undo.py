"""Undoing a revision: everything it touched, or a refusal that names what was touched since."""

from __future__ import annotations

from typing import Any

import pytest

from graph import Retract, Store
from graph.errors import DependentsExist, NotFound, UndoRefused
from graph.model import Flow, Stake, Territory
from tests.contract.build import (
    SMALL,
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


def believed(store: Store) -> dict[str, object]:
    """What is believed, without the numbers of versions and revisions."""
    return {
        "actors": list(store.snapshot().actors),
        "positions": [(v.id, v.value) for v in store.versions("positions")],
        "stakes": [(v.id, v.value) for v in store.versions("stakes")],
    }


def test_every_record_the_revision_touched_comes_back(store: Store) -> None:
    write(store, *SMALL)
    before = believed(store)
    outcome = write(
        store,
        actor("A1", name="Autre nom"),
        actor("B1"),
        position("A1", "O1", -1),
        position("B1", "O1", 2),
        Stake(id="S1", name="enjeu"),
        retracts=[Retract("positions", "P3")],
    )
    assert believed(store) != before
    undone = store.undo(outcome.revision or 0, author="pilote")
    assert believed(store) == before
    assert (undone.revision, store.head()) == (3, 3)
    assert store.revision(3).undoes == 2
    assert store.revision(3).origin == "undo"
    assert undone.touched == store.revision(3).touched == len(store.touched(3)) == 6
    assert [v.version for v in store.history("positions", "P1")] == [1, 2, 3]


def test_an_undo_can_be_undone(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1), actor("B1"))
    after = believed(store)
    store.undo(2, author="pilote")
    store.undo(3, author="pilote")
    assert believed(store) == after
    assert store.get("actors", "B1").version == 2


def test_earlier_revisions_read_as_before(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1))
    second = told(store.snapshot())
    store.undo(2, author="pilote")
    assert told(store.snapshot(at_revision=2)) == second
    assert (value(store), value(store, at_revision=2)) == (3, -1)


def test_refused_naming_what_was_touched_since_and_nothing_is_undone(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1), position("A2", "O1", -1), actor("B1"))
    write(store, position("A1", "O1", 2))
    before = everything(store)
    with pytest.raises(UndoRefused) as refused:
        store.undo(2, author="pilote")
    assert refused.value.touched == ("positions:P1",)
    assert refused.value.status == 409
    assert "positions:P1" in refused.value.fr
    assert everything(store) == before


def test_refused_when_a_retraction_came_since(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1))
    retract(store, "positions:P1")
    with pytest.raises(UndoRefused):
        store.undo(2, author="pilote")


def test_refused_when_later_relations_need_what_it_created(store: Store) -> None:
    write(store, *SMALL)
    write(store, actor("B1"))
    write(store, position("B1", "O1", 1))
    before = everything(store)
    with pytest.raises(DependentsExist) as refused:
        store.undo(2, author="pilote")
    assert refused.value.dependents == ("positions:P4",)
    assert everything(store) == before


def test_refused_when_a_restored_relation_has_lost_an_end(store: Store) -> None:
    write(store, actor("A1"), objective("O1"), position("A1", "O1", 3))
    retract(store, "positions:P1")
    retract(store, "objectives:O1")
    before = everything(store)
    with pytest.raises(UndoRefused) as refused:
        store.undo(2, author="pilote")
    assert refused.value.touched == ("objectives:O1",)
    assert everything(store) == before


def test_refused_when_the_same_was_stated_again_since(store: Store) -> None:
    write(store, *SMALL)
    retract(store, "positions:P1")
    write(store, position("A1", "O1", 1))
    before = everything(store)
    with pytest.raises(UndoRefused) as refused:
        store.undo(2, author="pilote")
    assert refused.value.touched == ("positions:P4",)
    assert everything(store) == before


def test_an_entity_and_its_relations_retracted_together_come_back_together(store: Store) -> None:
    write(store, *SMALL)
    before = believed(store)
    retract(store, "positions:P2", "positions:P3", "influences:I1", "actors:A2")
    store.undo(2, author="pilote")
    assert believed(store) == before
    assert value(store, "A2", "O1") == -2


def test_undoing_twice_is_refused(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1))
    store.undo(2, author="pilote")
    with pytest.raises(UndoRefused):
        store.undo(2, author="pilote")


def test_the_first_revision_can_be_undone(store: Store) -> None:
    write(store, *SMALL)
    store.undo(1, author="pilote")
    assert len(store.snapshot().actors) == 0
    assert len(store.snapshot(at_revision=1).actors) == 3


def test_no_such_revision(store: Store) -> None:
    with pytest.raises(NotFound):
        store.undo(1, author="pilote")


PLACES = [Territory(id=f"T{n}", name=f"territoire {n}") for n in range(3)]


def flow(origin: int, destination: int, quantity: float) -> Flow:
    return Flow(origin=f"T{origin}", destination=f"T{destination}", kind="commuting", quantity=quantity)


def test_a_large_revision_is_undone_as_a_small_one(make_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at as columns beyond a size, and what is looked at record by record, amount to the same."""
    found = []
    for beyond in (10**9, 0):
        monkeypatch.setattr("graph.stores.undo.COLUMNS_BEYOND", beyond)
        store = make_store()
        write(store, *SMALL, *PLACES, flow(0, 1, 1), flow(1, 2, 2), flow(2, 0, 3), flow(2, 2, 4))
        write(store, flow(0, 1, 10), position("A1", "O1", 1))
        write(
            store,
            actor("B1"),
            *(flow(n, n, 7) for n in range(2)),
            flow(0, 1, 100),
            flow(2, 2, 5),
            position("A2", "O2", -1),
            position("B1", "O2", 2),
            influence("B1", "A1", 1),
            retracts=[Retract("flows", "F2"), Retract("positions", "P2"), Retract("influences", "I1")],
        )
        store.undo(3, author="pilote")
        assert [(v.id, v.value.quantity) for v in store.versions("flows")] == [  # type: ignore[attr-defined]
            ("F1", 10),
            ("F2", 2),
            ("F3", 3),
            ("F4", 4),
        ]
        # its own undoing touched what it had retracted: nothing but that brought F2 back
        with pytest.raises(UndoRefused) as refused:
            store.undo(3, author="pilote")
        twice = refused.value.touched
        assert {"flows:F1", "flows:F2", "flows:F4", "flows:F5", "positions:P2"} <= set(twice)
        write(store, flow(0, 1, 11), retracts=[Retract("flows", "F4")])
        with pytest.raises(UndoRefused) as refused:
            store.undo(4, author="pilote")
        assert refused.value.touched == ("flows:F1", "flows:F4")
        assert store.check() == []
        found.append((everything(store), sorted(twice)))
    assert found[0] == found[1]


def test_undoing_many_flows_reads_none_of_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.stores.undo.COLUMNS_BEYOND", 0)
    write(store, *PLACES)
    write(store, *(flow(n // 3, n % 3, n) for n in range(9)))

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a record was read")

    for name in ("sqlite.reading.hot_version", "neo4j.reading.flow_version"):
        monkeypatch.setattr(f"graph.stores.{name}", refused)
    store.undo(2, author="pilote")
    assert store.count("flows") == 0
