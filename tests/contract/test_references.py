"""What points to what: ends exist, trees are trees, what is needed stays, old ids resolve, ids are given once."""

from __future__ import annotations

from typing import Any

import pytest

from graph import Retract, Store
from graph.errors import DanglingReference, DependentsExist, InvalidValue, ReusedId
from graph.model import Alias, Fact, Flow, Indicator, Project, Stake, Target, Territory
from tests.contract.build import SMALL, actor, changes, everything, objective, position, retract, write


def test_an_entity_still_needed_is_not_retracted(store: Store) -> None:
    write(store, *SMALL, objective("O3", bearers=("A2",)))
    before = everything(store)
    with pytest.raises(DependentsExist) as refused:
        retract(store, "actors:A2")
    assert set(refused.value.dependents) == {"objectives:O3", "positions:P2", "positions:P3", "influences:I1"}
    assert refused.value.status == 409
    assert everything(store) == before


def test_retracted_with_all_that_needs_it(store: Store) -> None:
    write(store, *SMALL)
    retract(store, "actors:A2", "positions:P2", "positions:P3", "influences:I1")
    assert store.ids("actors") == {"A1", "A3"}
    assert store.count("positions") == 1


def test_dependents_are_told_by_table_and_id(store: Store) -> None:
    write(store, *SMALL, objective("O3", bearers=("A3",)), Project(id="J1", name="projet", pilot="A3"))
    assert store.dependents("actors", ["A3"]) == ["objectives:O3", "projects:J1"]
    assert store.dependents("objectives", {"O1"}) == ["positions:P1", "positions:P2"]
    assert set(store.dependents("actors", ["A1", "A2"])) == {
        "positions:P1",
        "positions:P2",
        "positions:P3",
        "influences:I1",
    }
    assert store.dependents("objectives", ["O3", "nobody"]) == []
    # an id of one table is not that of another
    assert store.dependents("stakes", ["A3"]) == []
    retract(store, "positions:P1")
    assert store.dependents("objectives", ["O1"]) == ["positions:P2"]


NOWHERE: dict[str, Fact] = {
    "a position's actor": position("nowhere", "O1", 1),
    "a position's objective": position("A1", "nowhere", 1),
    "one of the bearers": objective("O9", bearers=("A1", "nowhere")),
    "a parent": Stake(id="S1", name="enjeu", parent="nowhere"),
    "a target's project": Target(project="nowhere", objective="O1"),
    "a flow's end": Flow(origin="nowhere", destination="nowhere", kind="commuting"),
    "an indicator's territory": Indicator(territory="nowhere", indicator="eau", year=2024, value=1.0),
}


@pytest.mark.parametrize("name", NOWHERE)
def test_ends_must_exist(store: Store, name: str) -> None:
    write(store, *SMALL)
    with pytest.raises(DanglingReference) as refused:
        write(store, NOWHERE[name])
    assert "nowhere" in refused.value.fr


def test_an_end_written_in_the_same_revision_exists(store: Store) -> None:
    wanted: dict[str, Any] = {
        "positions": [position("A1", "O1", 1)],
        "objectives": [objective("O1", stake="S1", bearers=("A1",))],
        "stakes": [Stake(id="S1", name="enjeu", parent="S2"), Stake(id="S2", name="père")],
        "actors": [actor("A1", territory="T1")],
        "territories": [Territory(id="T1", name="commune")],
    }
    outcome = store.commit(
        changes(*(f for facts in wanted.values() for f in facts)), author="pilote", message="essai"
    )
    assert outcome.touched == 6


@pytest.mark.parametrize(
    "circle",
    [
        (Stake(id="S1", name="un", parent="S1"),),
        (Stake(id="S1", name="un", parent="S2"), Stake(id="S2", name="deux", parent="S1")),
        (Project(id="J1", name="un", parent="J2"), Project(id="J2", name="deux", parent="J1")),
        (
            Territory(id="T1", name="un", parents=("T3", "T2")),
            Territory(id="T2", name="deux", parents=("T1",)),
            Territory(id="T3", name="trois"),
        ),
    ],
)
def test_trees_are_trees(store: Store, circle: tuple[Fact, ...]) -> None:
    with pytest.raises(InvalidValue):
        write(store, *circle)
    assert store.head() == 0


def test_a_territory_may_have_several_parents(store: Store) -> None:
    write(
        store,
        Territory(id="T1", name="commune", parents=("T2", "T3")),
        Territory(id="T2", name="epci", parents=("T4",)),
        Territory(id="T3", name="pnr", parents=("T4",)),
        Territory(id="T4", name="région"),
    )
    assert store.head() == 1


def test_an_alias_resolves_in_reads_and_writes(store: Store) -> None:
    write(store, Territory(id="T1", name="commune nouvelle"))
    write(store, Alias(table="territories", old="T0", id="T1"))
    assert store.get("territories", "T0").id == "T1"
    write(store, actor("A1", territory="T0"))
    assert store.get("actors", "A1").value.territory == "T1"
    with pytest.raises(ReusedId):
        write(store, Territory(id="T0", name="commune ancienne"))


@pytest.mark.parametrize(
    ("alias", "error"),
    [
        (Alias(table="positions", old="P9", id="P1"), InvalidValue),
        (Alias(table="nothing", old="P9", id="P1"), InvalidValue),
        (Alias(table="actors", old="A1", id="A2"), ReusedId),
        (Alias(table="actors", old="A8", id="A9"), InvalidValue),
        (Alias(table="actors", old="A8", id="A8"), InvalidValue),
    ],
)
def test_aliases_that_lead_nowhere_are_refused(store: Store, alias: Alias, error: type[Exception]) -> None:
    write(store, *SMALL)
    with pytest.raises(error):
        write(store, alias)
    assert store.head() == 1


def test_aliases_in_a_circle_are_refused(store: Store) -> None:
    write(store, *SMALL)
    with pytest.raises(InvalidValue):
        write(store, Alias(table="actors", old="X1", id="X2"), Alias(table="actors", old="X2", id="X1"))


def test_the_end_of_an_alias_is_not_retracted_under_it(store: Store) -> None:
    write(store, *SMALL)
    write(store, Alias(table="actors", old="A0", id="A3"))
    with pytest.raises(DependentsExist):
        retract(store, "actors:A3")
    write(store, retracts=[Retract("aliases", "X1"), Retract("actors", "A3")])
    assert store.aliases("actors") == {}
