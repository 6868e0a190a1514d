"""One revision, or nothing."""

from __future__ import annotations

import pytest

from graph import Changes, Put, Retract, Store
from graph.errors import DanglingReference, InvalidValue, NotFound, StaleRecord
from graph.model import Stake
from tests.contract.build import (
    SMALL,
    Watched,
    actor,
    changes,
    everything,
    influence,
    objective,
    position,
    write,
)


class Trouble(Exception):
    """What goes wrong in the middle."""


def trouble() -> None:
    raise Trouble


BROKEN = {
    "value off the scale": (changes(actor("B1"), position("B1", "O1", 5)), InvalidValue),
    "an end that does not exist": (changes(actor("B1"), position("B1", "nowhere", 1)), DanglingReference),
    "a fact in the future": (changes(actor("B1"), position("B1", "O1", 1, on=400)), InvalidValue),
    "an influence on itself": (changes(actor("B1"), influence("B1", "B1", 1)), InvalidValue),
    "a tree in a circle": (
        changes(
            actor("B1"), Stake(id="S1", name="un", parent="S2"), Stake(id="S2", name="deux", parent="S1")
        ),
        InvalidValue,
    ),
    "an entity pointing nowhere": (changes(actor("B1"), objective("B2", stake="nowhere")), DanglingReference),
    "two records for one key": (
        changes(actor("B1"), position("B1", "O1", 1), position("B1", "O1", 2)),
        InvalidValue,
    ),
    "a stale base": (changes(actor("B1"), Put(position("A1", "O1", 4), base=7)), StaleRecord),
    "a retraction of nothing": (changes(actor("B1"), retracts=[Retract("positions", "P99")]), NotFound),
    "an unknown table": (Changes({"actors": [actor("B1")], "recipes": [actor("B2")]}), InvalidValue),
    "an unknown code": (changes(actor("B1"), actor("B2", family="chorale")), InvalidValue),
    "an interruption": (
        Changes({"actors": [actor("B1")], "positions": Watched([position("B1", "O1", 1)], 0, trouble)}),
        Trouble,
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_refused_write_leaves_no_trace(store: Store, name: str) -> None:
    wrong, error = BROKEN[name]
    write(store, *SMALL)
    before, seen = everything(store), store.snapshot()
    with pytest.raises(error):
        store.commit(wrong, author="pilote", message="essai")
    assert everything(store) == before
    assert store.snapshot() is seen
    outcome = write(store, actor("B1"), position("B1", "O1", 1))
    assert outcome.revision == 2
    assert store.find("positions", [("B1", "O1", position("B1", "O1", 1).valid_from, None)])


def test_counters_of_a_refused_write_are_given_again(store: Store) -> None:
    write(store, *SMALL)
    with pytest.raises(InvalidValue):
        write(store, position("A3", "O1", 1), position("A3", "O2", 9))
    write(store, position("A3", "O2", 2))
    assert list(store.lookup("positions", ["P4"])) == ["P4"]


def test_writing_what_is_already_believed_makes_no_revision(store: Store) -> None:
    write(store, *SMALL)
    outcome = write(store, *SMALL)
    assert (outcome.revision, outcome.touched, store.head()) == (None, 0, 1)
    assert outcome.counts["actors"].same == 3


def test_an_empty_store_has_revision_zero_and_an_empty_snapshot(store: Store) -> None:
    snapshot = store.snapshot()
    assert (store.head(), snapshot.revision, len(snapshot.actors), len(snapshot.positions.row)) == (
        0,
        0,
        0,
        0,
    )
    assert snapshot.coverage.document()["positions"] == {"stated": 0, "contested": 0, "possible": 0}
    assert store.revisions() == []


def test_a_revision_says_who_when_why_and_how_much(store: Store) -> None:
    write(store, *SMALL, author="mission", message="atelier", origin="import", file_hash="0" * 64)
    revision = store.revision(1)
    assert (revision.author, revision.message, revision.origin) == ("mission", "atelier", "import")
    assert (revision.moment, revision.file_hash) == ("2026-06-15T09:00:00+00:00", "0" * 64)
    assert revision.touched == len(SMALL) == len(store.touched(1))
    with pytest.raises(NotFound):
        store.revision(2)


def test_revisions_are_listed_newest_first_by_page(store: Store) -> None:
    for number in range(5):
        write(store, actor(f"A{number}"))
    assert [r.number for r in store.revisions(limit=2)] == [5, 4]
    assert [r.number for r in store.revisions(before=4, limit=2)] == [3, 2]
