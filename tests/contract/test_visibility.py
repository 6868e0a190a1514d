"""A hidden record is absent, hence unknown: from snapshots, coverage and tables, judged today."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from graph import Snapshot, Store
from graph.errors import InvalidValue
from graph.model import Contribution, Narrative, Participation, Project, Stake, Target, Tension
from tests.contract.build import actor, influence, objective, position, retract, told, write

SECRET = "Carlin"
PUBLIC = {"visibility": "public"}
PARTNERS = {"visibility": "partenaires"}
LEVELS = ("public", "partenaires", "pilotes")

FACTS = (
    actor("A1", **PUBLIC),
    actor("A2", **PARTNERS),
    actor("A3"),
    actor("A4", name=SECRET, person=True, **PUBLIC),
    objective("O1", **PUBLIC, bearers=("A1", "A2", "A3"), stake="S2"),
    objective("O2", **PARTNERS),
    Stake(id="S1", name="enjeu", **PUBLIC),
    Stake(id="S2", name="caché"),
    Project(id="J1", name="projet", **PUBLIC, pilot="A3"),
    Project(id="J2", name="discret"),
    Tension(id="T1", title="tension", actors=("A1", "A3"), project="J1", **PUBLIC),
    Tension(id="T2", title="discrète", actors=("A1",), project="J2", **PUBLIC),
    Participation(actor="A1", project="J1", **PUBLIC),
    Participation(actor="A1", project="J2", **PUBLIC),
    Participation(actor="A3", project="J1", **PUBLIC),
    Target(project="J1", objective="O1", weight=2.0, **PUBLIC),
    Target(project="J1", objective="O2", **PUBLIC),
    Contribution(actor="A2", project="J1", kind="temps", **PUBLIC),
    Narrative(
        id="N1",
        date=position("A1", "O1", 1).valid_from,
        kind="recit",
        title="récit",
        author=SECRET,
        actors=("A1", "A3"),
        attributes=(("téléphone", SECRET),),
        **PUBLIC,
    ),
    position("A1", "O1", 3, **PUBLIC, source=SECRET, comment=SECRET),  # P1
    position("A1", "O2", 2, **PUBLIC),  # P2: an end for partners
    position("A2", "O1", -1, **PUBLIC),  # P3: an end for partners
    position("A2", "O2", 4),  # P4: for pilots
    position("A3", "O1", 1, **PUBLIC),  # P5: an end for pilots
    position("A4", "O1", 1, **PUBLIC),  # P6: a natural person
    position("A1", "O1", -4, rater=SECRET),  # P7: for pilots; makes the pair contested for them
    influence("A1", "A2", 2, **PUBLIC),
    influence("A2", "A1", 1, **PARTNERS),
    influence("A3", "A1", 4, **PUBLIC),
)

SEEN: dict[str, dict[str, Any]] = {
    "public": {
        "actors": ("A1",),
        "objectives": ("O1",),
        "positions": {("A1", "O1"): 3},
        "influences": {},
        "coverage": (1, 0, 1, 0, 0),
        "stakes": ["S1"],
        "projects": ["J1"],
        "tensions": ["T1"],
        "participations": ["A1"],
        "targets": ["T1"],
        "contributions": [],
        "narratives": ["N1"],
    },
    "partenaires": {
        "actors": ("A1", "A2", "A4"),
        "objectives": ("O1", "O2"),
        "positions": {("A1", "O1"): 3, ("A1", "O2"): 2, ("A2", "O1"): -1, ("A4", "O1"): 1},
        "influences": {("A1", "A2"): 2, ("A2", "A1"): 1},
        "coverage": (4, 0, 6, 2, 6),
        "stakes": ["S1"],
        "projects": ["J1"],
        "tensions": ["T1"],
        "participations": ["A1"],
        "targets": ["T1", "T2"],
        "contributions": ["C1"],
        "narratives": ["N1"],
    },
    "pilotes": {
        "actors": ("A1", "A2", "A3", "A4"),
        "objectives": ("O1", "O2"),
        "positions": {
            ("A1", "O2"): 2,
            ("A2", "O1"): -1,
            ("A2", "O2"): 4,
            ("A3", "O1"): 1,
            ("A4", "O1"): 1,
        },
        "influences": {("A1", "A2"): 2, ("A2", "A1"): 1, ("A3", "A1"): 4},
        "coverage": (5, 1, 8, 3, 12),
        "stakes": ["S1", "S2"],
        "projects": ["J1", "J2"],
        "tensions": ["T1", "T2"],
        "participations": ["A1", "A2", "A3"],
        "targets": ["T1", "T2"],
        "contributions": ["C1"],
        "narratives": ["N1"],
    },
}


def seen(snapshot: Snapshot) -> dict[str, Any]:
    actors, objectives = snapshot.actors.ids, snapshot.objectives.ids
    positions, influences = snapshot.positions, snapshot.influences
    held: dict[str, Any] = {
        "actors": actors,
        "objectives": objectives,
        "positions": {
            (actors[r], objectives[c]): v
            for r, c, v in zip(
                positions.row.tolist(), positions.col.tolist(), positions.stated.value.tolist(), strict=True
            )
        },
        "influences": {
            (actors[r], actors[c]): v
            for r, c, v in zip(
                influences.row.tolist(),
                influences.col.tolist(),
                influences.stated.value.tolist(),
                strict=True,
            )
        },
        "coverage": dataclasses.astuple(snapshot.coverage),
    }
    for name in (
        "stakes",
        "projects",
        "tensions",
        "participations",
        "targets",
        "contributions",
        "narratives",
    ):
        held[name] = [version.id for version in snapshot.records(name)]
    return held


@pytest.mark.parametrize("level", LEVELS)
def test_what_each_reader_sees(store: Store, level: str) -> None:
    write(store, *FACTS)
    assert seen(store.snapshot(level=level)) == SEEN[level]


@pytest.mark.parametrize("level", LEVELS[:2])
def test_lists_lose_what_is_hidden_and_texts_for_pilots_are_blank(store: Store, level: str) -> None:
    write(store, *FACTS)
    snapshot = store.snapshot(level=level)
    visible = set(snapshot.actors.ids)
    assert set(snapshot.objectives["O1"].bearers) == {"A1", "A2", "A3"} & visible
    assert snapshot.objectives["O1"].stake is None
    assert snapshot.projects["J1"].pilot is None
    assert [v.value.actors for v in snapshot.records("tensions")] == [("A1",)]
    (narrative,) = (v.value for v in snapshot.records("narratives"))
    assert (narrative.author, narrative.attributes) == (None, ())
    for version in snapshot.records("positions"):
        assert (version.value.source, version.value.comment, version.value.rater) == (None, None, None)


def test_no_word_of_the_hidden_reaches_a_public_reader(store: Store) -> None:
    write(store, *FACTS)
    snapshot = store.snapshot(level="public")
    text = repr(told(snapshot)) + repr(list(snapshot.records("positions")))
    for word in (SECRET, "A2", "A3", "A4", "O2", "S2", "J2"):
        assert word not in text


def test_a_hidden_rater_neither_contests_nor_weighs(store: Store) -> None:
    write(store, *FACTS)
    public, pilots = store.snapshot(level="public"), store.snapshot()
    assert public.positions.records(0, 0) == ("P1",)
    assert pilots.positions.records(0, 0) == ("P1", "P7")
    assert (public.positions.at(0, 0), pilots.positions.at(0, 0)) == (3, None)


def test_hiding_today_hides_earlier_revisions_too(store: Store) -> None:
    write(store, *FACTS)
    assert store.snapshot(level="public").actors.ids == ("A1",)
    write(store, actor("A1"))
    now, then = store.snapshot(level="public"), store.snapshot(level="public", at_revision=1)
    for snapshot in (now, then):
        assert snapshot.actors.ids == ()
        assert snapshot.coverage.positions == snapshot.coverage.possible_positions == 0
        assert snapshot.records("participations") == ()


@pytest.mark.parametrize("as_of", [None, position("A1", "O1", 1).valid_from])
def test_hiding_one_statement_today(store: Store, as_of: Any) -> None:
    write(store, *FACTS)
    assert store.snapshot(level="public", at_revision=1, as_of=as_of).coverage.positions == 1
    write(store, position("A1", "O1", 3))
    for revision in (1, 2):
        snapshot = store.snapshot(level="public", at_revision=revision, as_of=as_of)
        assert snapshot.coverage.positions == 0
        assert list(snapshot.records("positions")) == []


def test_what_is_no_longer_believed_is_for_pilots(store: Store) -> None:
    write(store, actor("A1", **PUBLIC), objective("O1", **PUBLIC), position("A1", "O1", 3, **PUBLIC))
    assert store.snapshot(level="public").coverage.positions == 1
    retract(store, "positions:P1")
    assert store.snapshot(level="public", at_revision=1).coverage.positions == 0
    assert store.snapshot(at_revision=1).coverage.positions == 1


def test_showing_today_never_shows_what_an_earlier_version_hid(store: Store) -> None:
    write(store, actor("A1", name=SECRET), objective("O1", **PUBLIC))
    write(store, actor("A1", **PUBLIC))
    assert store.snapshot(level="public").actors.ids == ("A1",)
    assert store.snapshot(level="public", at_revision=1).actors.ids == ()


def test_a_person_never_enters_a_public_result(store: Store) -> None:
    write(store, *FACTS)
    write(store, actor("A1", person=True, **PUBLIC))
    for revision in (1, 2):
        assert store.snapshot(level="public", at_revision=revision).actors.ids == ()
    assert store.snapshot(level="partenaires").actors.ids == ("A1", "A2", "A4")


def test_unknown_levels_are_refused(store: Store) -> None:
    with pytest.raises(InvalidValue):
        store.snapshot(level="Pilotes")
