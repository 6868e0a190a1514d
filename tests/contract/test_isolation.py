"""Readers do not see a revision before it is committed, and a reading under way does not change."""

from __future__ import annotations

from collections.abc import Callable

from graph import Changes, Store
from tests.contract.build import SMALL, Watched, actor, position, told, value, write


def test_readers_do_not_see_an_import_under_way(store: Store, reopen: Callable[[], Store]) -> None:
    write(store, *SMALL)
    other = reopen()
    before = told(other.snapshot())
    seen: list[object] = []

    def look() -> None:
        for reader in (store, other):
            seen.append(reader.head() == 1 and reader.ids("actors") == {"A1", "A2", "A3"})
            seen.append(told(reader.snapshot()) == before)
            seen.append(reader.revisions()[0].number == 1)

    facts = [position("B1", "O1", 1, on=n) for n in range(40)]
    store.commit(
        Changes({"actors": [actor("B1")], "positions": Watched(facts, 20, look)}),
        author="pilote",
        message="import",
    )
    assert seen == [True] * 6
    assert told(other.snapshot()) == told(store.snapshot())
    assert value(other, "B1") == 1


def test_a_reading_under_way_sees_one_revision_only(store: Store, reopen: Callable[[], Store]) -> None:
    write(store, *SMALL)
    other = reopen()

    def work(reader):
        first = reader.head()
        if not written:
            written.append(write(other, actor("B1"), position("A1", "O1", -4), position("A3", "O2", 4)))
        return (
            first,
            reader.head(),
            reader.ids("actors"),
            reader.count("positions"),
            [v.id for v in reader.scan("positions")],
            reader.statements("positions").statements.value.tolist(),
            reader.by_id("positions", ["P1"])["P1"].version,
            len(reader.history("positions", "P1")),
            reader.touched_since(0, 100) == reader.touched(1),
        )

    written: list[object] = []
    first, head, ids, count, records, values, version, history, touched = store.backend.read(work)
    assert (first, head, ids, count) == (1, 1, {"A1", "A2", "A3"}, 3)
    assert (records, sorted(values), version, history, touched) == (
        ["P1", "P2", "P3"],
        [-2, 1, 3],
        1,
        1,
        True,
    )
    assert store.head() == 2


def test_a_snapshot_in_hand_does_not_change(store: Store) -> None:
    write(store, *SMALL)
    held = store.snapshot()
    before = told(held)
    write(store, actor("A0"), position("A1", "O1", -4))
    assert told(held) == before
    assert told(store.snapshot(at_revision=1)) == before
