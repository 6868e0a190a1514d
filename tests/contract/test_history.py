"""What was said before: by natural key, by pair, by id."""

from __future__ import annotations

import pytest

from graph import Store
from graph.errors import NotFound
from graph.model import Participation, Project, Target
from tests.contract.build import SMALL, actor, day, position, retract, write

KEY = ("A1", "O1", day(0), None)


def test_past_gives_closed_versions_by_key_oldest_first(store: Store) -> None:
    write(store, *SMALL)
    assert store.past("positions", [KEY]) == {}
    write(store, position("A1", "O1", 1))
    write(store, position("A1", "O1", 2))
    retract(store, "positions:P1")
    write(store, position("A1", "O1", 4))
    (key,) = store.past("positions", [KEY, ("A3", "O1", day(0), None)])
    assert key == KEY
    closed = store.past("positions", [KEY])[KEY]
    assert [(v.id, v.version, v.value.value, v.revision, v.closed) for v in closed] == [
        ("P1", 1, 3, 1, 2),
        ("P1", 2, 1, 2, 3),
        ("P1", 3, 2, 3, 4),
    ]
    assert store.find("positions", [KEY])[KEY].id == "P4"


def test_past_tells_days_and_raters_apart(store: Store) -> None:
    write(store, *SMALL, position("A1", "O1", 1, on=2), position("A1", "O1", 1, rater="agence"))
    write(store, position("A1", "O1", 2, on=2), position("A1", "O1", 2, rater="agence"))
    keys = [KEY, ("A1", "O1", day(2), None), ("A1", "O1", day(0), "agence")]
    assert {key: [v.id for v in found] for key, found in store.past("positions", keys).items()} == {
        keys[1]: ["P4"],
        keys[2]: ["P5"],
    }


def test_past_of_entities_and_relations(store: Store) -> None:
    write(store, *SMALL, Project(id="J1", name="projet"), Target(project="J1", objective="O1"))
    write(store, actor("A1", name="Nouveau"), Target(project="J1", objective="O1", weight=2.0))
    retract(store, "targets:T1")
    assert [v.value.name for v in store.past("actors", [("A1",), ("A2",)])[("A1",)]] == ["Acteur A1"]
    assert [v.value.weight for v in store.past("targets", [("J1", "O1")])[("J1", "O1")]] == [None, 2.0]


def test_past_finds_a_key_with_an_empty_part(store: Store) -> None:
    participation = Participation(actor="A1", project="J1", posture="pilote")
    write(store, *SMALL, Project(id="J1", name="projet"), participation)
    retract(store, "participations:A1")
    assert [v.value for v in store.past("participations", [("A1", "J1", None)])[("A1", "J1", None)]] == [
        participation
    ]
    assert store.find("participations", [("A1", "J1", None)]) == {}


def test_said_gives_believed_and_closed_statements_of_pairs(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", 1), position("A1", "O1", 2, on=3, rater="agence"))
    retract(store, "positions:P2")
    believed, closed = store.said("positions", [("A1", "O1"), ("A2", "O1"), ("A3", "O1"), ("nobody", "O1")])
    assert {(v.id, v.version, v.closed) for v in believed} == {("P1", 2, None), ("P4", 1, None)}
    assert {(v.id, v.version, v.closed) for v in closed} == {("P1", 1, 2), ("P2", 1, 3)}
    believed, closed = store.said("influences", [("A1", "A2"), ("A2", "A1")])
    assert ([v.id for v in believed], closed) == (["I1"], [])
    assert store.said("positions", []) == ([], [])


def test_ever_gives_the_greatest_version_believed_or_not(store: Store) -> None:
    write(store, *SMALL)
    write(store, actor("A1", name="Nouveau"), position("A1", "O1", 1))
    retract(store, "positions:P1", "influences:I1")
    assert store.ever("actors", ["A1", "A2", "A9"]) == {"A1": 2, "A2": 1}
    assert store.ever("positions", ["P1", "P2", "P99", "nonsense"]) == {"P1": 2, "P2": 1}
    assert store.ever("influences", ["I1"]) == {"I1": 1}
    assert store.ever("actors", []) == {}


def test_history_and_lookup_by_id(store: Store) -> None:
    write(store, *SMALL)
    write(store, actor("A1", name="Nouveau"))
    assert [(v.version, v.value.name, v.closed) for v in store.history("actors", "A1")] == [
        (1, "Acteur A1", 2),
        (2, "Nouveau", None),
    ]
    assert store.history("actors", "A9") == store.history("positions", "P99") == []
    assert list(store.lookup("positions", ["P3", "P1", "P99"])) == ["P3", "P1"]
    assert list(store.lookup("actors", ["A2", "A9"])) == ["A2"]
    with pytest.raises(NotFound):
        store.get("actors", "A9")


def test_versions_of_a_table_in_order_now_and_then(store: Store) -> None:
    write(store, *(actor(f"A{n}") for n in (3, 10, 1, 2)))
    write(store, *SMALL[3:5], *(position("A10", "O1", 1, on=n) for n in range(12)))
    write(store, actor("A0"), actor("A2", name="Nouveau"))
    assert [v.id for v in store.versions("actors")] == ["A0", "A1", "A10", "A2", "A3"]
    assert [v.id for v in store.versions("positions")] == [f"P{n}" for n in range(1, 13)]
    assert [(v.id, v.value.name) for v in store.versions("actors", 1)][-2] == ("A2", "Acteur A2")
    assert list(store.versions("positions", 1)) == []
    assert [v.closed for v in store.versions("actors", 1)] == [None, None, 3, None]


def test_touched_since_is_a_change_feed(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", 1), actor("B1"))
    retract(store, "positions:P1")

    def since(revision: int, limit: int) -> list[tuple[str, str]] | None:
        found = store.backend.read(lambda reader: reader.touched_since(revision, limit))
        return None if found is None else sorted(found)

    assert since(1, 10) == [("actors", "B1"), ("positions", "P1")]
    assert since(3, 10) == []
    assert since(0, 3) is None
    assert sorted(store.touched(2)) == [("actors", "B1"), ("positions", "P1")]
    assert store.touched(3) == [("positions", "P1")]
