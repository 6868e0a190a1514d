"""A snapshot patched after a write equals one read anew, and no one can change a snapshot."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Retract, Store
from graph.errors import AgencementsError
from graph.model import Project, Stake, Target
from tests.conftest import Clock
from tests.contract.build import SMALL, actor, day, influence, objective, position, retract, told, write

step = st.one_of(
    st.tuples(st.just("actor"), st.integers(0, 6), st.sampled_from(["public", "pilotes"])),
    st.tuples(st.just("objective"), st.integers(0, 3), st.sampled_from([None, "S1"])),
    st.tuples(
        st.just("position"),
        st.integers(1, 3),
        st.integers(-4, 4),
        st.integers(0, 2),
        st.sampled_from([None, "a", "b"]),
    ),
    st.tuples(st.just("influence"), st.integers(1, 3), st.integers(0, 4)),
    st.tuples(st.just("target"), st.floats(0.5, 3)),
    st.tuples(st.just("retract"), st.sampled_from(["actors", "positions", "influences"]), st.integers(0, 9)),
    st.tuples(st.just("undo"), st.integers(1, 9)),
    st.tuples(st.just("merge"), st.integers(1, 3)),
)


def take(store: Store, what: tuple[Any, ...]) -> None:
    match what:
        case ("actor", number, visibility):
            write(store, actor(f"A{number}", visibility=visibility))
        case ("objective", number, stake):
            write(store, objective(f"O{number}", stake=stake))
        case ("position", number, said, on, rater):
            write(store, position(f"A{number}", "O1", said, on=on, rater=rater, visibility="public"))
        case ("influence", number, level):
            write(store, influence(f"A{number}", f"A{number % 3 + 1}", level))
        case ("target", weight):
            write(store, Target(project="J1", objective="O1", weight=weight))
        case ("retract", table, place):
            ids = [version.id for version in store.versions(table)]
            write(store, retracts=[Retract(table, ids[place % len(ids)])] if ids else [])
        case ("undo", number):
            store.undo(number, author="pilote")
        case ("merge", number):
            store.merge(f"A{number}", f"A{number % 3 + 1}", author="pilote")


def check(store: Store, again: Callable[[], Store], history: list[tuple[str, ...]]) -> None:
    write(store, *SMALL, Stake(id="S1", name="enjeu"), Project(id="J1", name="projet", visibility="public"))
    told(store.snapshot())  # every table is in memory, so that every table is patched
    for what in history:
        try:
            take(store, what)
        except AgencementsError:
            continue
        anew = again()
        for level in ("pilotes", "public"):
            for as_of in (None, day(1)):
                assert told(store.snapshot(level=level, as_of=as_of)) == told(
                    anew.snapshot(level=level, as_of=as_of)
                )
        anew.close()


@given(history=st.lists(step, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_patched_equals_read_anew_in_a_file(sqlite_place: Any, history: list[tuple[str, ...]]) -> None:
    check(sqlite_place.fresh(), sqlite_place.again, history)


@pytest.mark.neo4j
@given(history=st.lists(step, max_size=8))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_patched_equals_read_anew_on_a_server(neo4j_place: Any, history: list[tuple[str, ...]]) -> None:
    check(neo4j_place.fresh(), neo4j_place.again, history)


def test_what_another_process_wrote_shows_at_once(store: Store, reopen: Callable[[], Store]) -> None:
    write(store, *SMALL)
    other = reopen()
    assert other.snapshot().revision == 1
    write(store, position("A3", "O1", 4, rater="nouvel avis"))
    retract(store, "influences:I1")
    assert other.snapshot().revision == 3
    assert told(other.snapshot()) == told(store.snapshot()) == told(reopen().snapshot())


def test_the_day_of_a_snapshot_is_that_of_the_latest_revision(store: Store, clock: Clock) -> None:
    write(store, *SMALL)
    first = store.snapshot().day
    clock.advance(days=40)
    assert store.snapshot().day == first
    write(store, actor("A9"))
    assert (store.snapshot().day - first).days == 40


def test_a_large_revision_is_read_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.stores.state.REFRESH_LIMIT", 3)
    write(store, *SMALL)
    before = store.snapshot()
    write(store, *(actor(f"B{n}") for n in range(9)))
    assert len(store.snapshot().actors) == len(before.actors) + 9


def test_the_same_question_gives_the_same_object_until_a_write(store: Store) -> None:
    write(store, *SMALL)
    held = store.snapshot()
    assert store.snapshot() is held
    assert store.snapshot(at_revision=1) is held
    assert store.snapshot(as_of=day(0)) is store.snapshot(as_of=day(0))
    assert store.snapshot(level="public") is not held
    write(store, actor("B1"))
    assert store.snapshot() is not held


def test_no_field_of_a_snapshot_can_be_set(store: Store) -> None:
    write(store, *SMALL)
    snapshot = store.snapshot()
    for thing, name in (
        (snapshot, "revision"),
        (snapshot.positions, "shape"),
        (snapshot.positions.effective, "value"),
        (snapshot.positions.statements, "value"),
        (snapshot.actors["A1"], "name"),
        (snapshot.coverage, "positions"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, None)


def test_no_number_of_a_snapshot_can_be_changed(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O2", 2))
    for snapshot in (store.snapshot(), store.snapshot(as_of=day(1)), store.snapshot(level="public")):
        for judged in (snapshot.positions, snapshot.influences):
            for part in (judged.effective, judged.statements):
                for field in dataclasses.fields(part):
                    column = getattr(part, field.name)
                    assert isinstance(column, np.ndarray)
                    with pytest.raises(ValueError, match="read-only"):
                        column[:] = 0


def test_the_graph_for_networkx_is_new_at_each_call(store: Store) -> None:
    write(store, *SMALL)
    snapshot = store.snapshot()
    graph = snapshot.to_networkx()
    assert graph.number_of_edges() == 4
    graph.remove_node("actor:A1")
    assert snapshot.to_networkx().has_node("actor:A1")
