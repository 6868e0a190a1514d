"""Merging two actors is one revision; the old id becomes an alias that reads and writes resolve."""

from __future__ import annotations

import pytest

from graph import Store
from graph.errors import InvalidValue, NotFound, ReusedId
from graph.model import Contribution, Participation, Project, Tension
from tests.contract.build import actor, everything, influence, objective, position, told, value, write

FACTS = (
    *(actor(id_) for id_ in ("A1", "A2", "A3")),
    *(objective(id_, bearers=("A2", "A1")) for id_ in ("O1", "O2")),
    Project(id="J1", name="projet", pilot="A2"),
    Participation(actor="A2", project="J1", posture="pilote"),
    Contribution(actor="A2", project="J1", kind="temps"),
    Tension(id="T1", title="tension", actors=("A2", "A3")),
    position("A1", "O1", 3),
    position("A2", "O1", -2),  # the same key as P1 once merged
    position("A2", "O2", 1),
    position("A3", "O1", 2, rater="A2"),
    position("A3", "O2", 2),
    influence("A1", "A2", 2),  # on itself once merged
    influence("A2", "A3", 4),
    influence("A3", "A2", 1),
)


@pytest.fixture
def merged(store: Store) -> Store:
    write(store, *FACTS)
    outcome, dropped = store.merge("A1", "A2", author="pilote")
    assert (outcome.revision, dropped) == (2, ["positions:P2", "influences:I1"])
    return store


def test_everything_about_the_one_gone_points_to_the_one_kept(merged: Store) -> None:
    snapshot = merged.snapshot()
    assert snapshot.actors.ids == ("A1", "A3")
    assert (value(merged), value(merged, "A1", "O2")) == (3, 1)
    assert (snapshot.influences.at(0, 1), snapshot.influences.at(1, 0)) == (4, 1)
    assert snapshot.coverage.influences == 2
    assert snapshot.objectives["O1"].bearers == ("A1",)
    assert snapshot.projects["J1"].pilot == "A1"
    assert [v.value.actor for name in ("participations", "contributions") for v in merged.versions(name)] == [
        "A1",
        "A1",
    ]
    assert merged.get("tensions", "T1").value.actors == ("A1", "A3")
    assert [v.value.rater for v in merged.versions("positions") if v.value.rater] == ["A1"]


def test_the_old_id_resolves_in_reads_and_writes(merged: Store) -> None:
    assert merged.aliases("actors") == {"A2": "A1"}
    assert merged.get("actors", "A2").id == "A1"
    write(merged, position("A2", "O1", 4, on=3), objective("O3", bearers=("A2",)))
    assert value(merged) == 4
    assert merged.get("objectives", "O3").value.bearers == ("A1",)
    with pytest.raises(ReusedId):
        write(merged, actor("A2"))


def test_chains_of_mergers_lead_to_the_last(merged: Store) -> None:
    merged.merge("A3", "A1", author="pilote")
    assert merged.aliases("actors") == {"A1": "A3", "A2": "A3"}
    assert merged.get("actors", "A2").id == "A3"


def test_a_merger_is_undoable(store: Store) -> None:
    write(store, *FACTS)
    before = told(store.snapshot())
    store.merge("A1", "A2", author="pilote")
    store.undo(2, author="pilote")
    after = told(store.snapshot())
    for name in ("actors", "objectives", "coverage"):
        assert after[name] == before[name]
    assert after["positions"]["Effective.value"] == before["positions"]["Effective.value"]
    assert after["positions"]["Statements.record"] == before["positions"]["Statements.record"]
    assert after["influences"]["Statements.record"] == before["influences"]["Statements.record"]
    assert store.aliases("actors") == {}
    write(store, position("A2", "O1", 4, on=3))
    assert (value(store, "A2"), value(store)) == (4, 3)


def test_earlier_revisions_still_show_two_actors(merged: Store) -> None:
    snapshot = merged.snapshot(at_revision=1)
    assert snapshot.actors.ids == ("A1", "A2", "A3")
    assert value(merged, "A2", at_revision=1) == -2


def test_refusals_leave_no_trace(store: Store) -> None:
    write(store, *FACTS)
    before = everything(store)
    with pytest.raises(InvalidValue):
        store.merge("A1", "A1", author="pilote")
    for pair in (("A1", "A9"), ("A9", "A1")):
        with pytest.raises(NotFound):
            store.merge(*pair, author="pilote")
    assert everything(store) == before
