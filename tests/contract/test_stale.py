"""A write states the version it was based on; someone else's change since is a typed conflict."""

from __future__ import annotations

import pytest

from graph import Put, Retract, Store
from graph.errors import StaleRecord
from graph.model import to_document
from tests.contract.build import SMALL, actor, everything, position, write


def test_the_conflict_carries_base_theirs_and_yours(store: Store) -> None:
    write(store, *SMALL)
    write(store, Put(position("A1", "O1", 4), base=1))
    before = everything(store)
    with pytest.raises(StaleRecord) as stale:
        write(store, Put(position("A1", "O1", -4), base=1))
    (conflict,) = stale.value.conflicts
    assert (conflict.record, conflict.base) == ("P1", 1)
    assert conflict.theirs == to_document(position("A1", "O1", 4))
    assert conflict.yours == to_document(position("A1", "O1", -4))
    assert (stale.value.status, stale.value.exit_code) == (409, 1)
    assert "P1" in stale.value.fr
    assert everything(store) == before


def test_all_conflicts_are_told_at_once_and_nothing_is_written(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", 4), actor("A1", name="Nouveau nom"), position("A2", "O1", -1))
    before = everything(store)
    with pytest.raises(StaleRecord) as stale:
        write(
            store,
            Put(actor("A1", name="Mon nom"), base=1),
            Put(position("A1", "O1", -4), base=1),
            Put(position("A2", "O2", 4), base=1),
            retracts=[Retract("positions", "P2", base=1)],
        )
    assert [c.record for c in stale.value.conflicts] == ["A1", "P1", "P2"]
    assert stale.value.conflicts[2].yours is None
    assert everything(store) == before


def test_wanting_what_they_already_wrote_is_no_conflict(store: Store) -> None:
    write(store, *SMALL)
    write(store, Put(position("A1", "O1", 4), base=1))
    assert write(store, Put(position("A1", "O1", 4), base=1)).revision is None


def test_a_record_retracted_since(store: Store) -> None:
    write(store, *SMALL)
    write(store, retracts=[Retract("positions", "P1", base=1)])
    with pytest.raises(StaleRecord) as stale:
        write(store, Put(position("A1", "O1", -4), base=1))
    assert stale.value.conflicts[0].theirs is None


def test_a_record_created_since(store: Store) -> None:
    write(store, *SMALL)
    with pytest.raises(StaleRecord) as stale:
        write(store, Put(position("A1", "O1", 1), base=0))
    assert (stale.value.conflicts[0].record, stale.value.conflicts[0].base) == ("P1", 0)


def test_base_compares_the_record_alone(store: Store) -> None:
    write(store, *SMALL)
    write(store, actor("A1", name="Nouveau nom"), position("A2", "O1", -1))
    assert write(store, Put(position("A1", "O1", 4), base=1)).revision == 3


def test_an_undo_gives_a_new_version_so_an_older_base_is_stale(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", 4))
    store.undo(2, author="pilote")
    assert store.get("positions", "P1").version == 3
    with pytest.raises(StaleRecord):
        write(store, Put(position("A1", "O1", 1), base=1))
