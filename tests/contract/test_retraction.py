"""Retraction means "never was true": the older statement shows again."""

from __future__ import annotations

import pytest

from graph import Put, Store
from graph.errors import NotFound, ReusedId
from tests.contract.build import SMALL, actor, day, position, retract, value, write


def test_the_older_statement_shows_again(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -4, on=10))
    assert value(store) == -4
    retract(store, "positions:P4")
    assert value(store) == 3
    assert value(store, as_of=day(20)) == 3
    assert value(store, at_revision=2) == -4


def test_without_an_older_statement_the_answer_is_unknown(store: Store) -> None:
    write(store, *SMALL)
    retract(store, "positions:P1")
    assert value(store) is None
    assert store.snapshot().coverage.positions == 2


def test_what_was_retracted_stays_in_the_history(store: Store) -> None:
    write(store, *SMALL)
    retract(store, "positions:P1")
    (version,) = store.history("positions", "P1")
    assert (version.version, version.revision, version.closed) == (1, 1, 2)
    assert store.touched(2) == [("positions", "P1")]
    with pytest.raises(NotFound):
        store.get("positions", "P1")
    with pytest.raises(NotFound):
        retract(store, "positions:P1")


def test_the_same_statement_made_again_is_another_record(store: Store) -> None:
    write(store, *SMALL)
    retract(store, "positions:P1")
    write(store, Put(position("A1", "O1", 3), base=0))
    assert store.get("positions", "P4").version == 1
    assert value(store) == 3


def test_a_correction_on_the_same_day_supersedes(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", 1))
    assert [(v.version, v.value.value, v.closed) for v in store.history("positions", "P1")] == [
        (1, 3, 2),
        (2, 1, None),
    ]
    assert (value(store), value(store, at_revision=1)) == (1, 3)
    retract(store, "positions:P1")
    assert value(store) is None


def test_the_id_of_a_retracted_entity_is_never_given_again(store: Store) -> None:
    write(store, actor("A1"))
    retract(store, "actors:A1")
    assert store.ids("actors") == set()
    with pytest.raises(ReusedId):
        write(store, actor("A1"))
