"""Several writers at once: every acknowledged write is there, none was lost under another."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from graph import Put, Store
from graph.errors import StaleRecord
from graph.model import Threshold
from tests.contract.build import actor, told, write

WRITERS = 8
EACH = 5


def raised(store: Store, who: int) -> int:
    """Read a tally, write it one higher based on the version read, again until nobody came between."""
    while True:
        (version,) = store.find("thresholds", [("compte", "essai")]).values()
        # signed, for two writers who want the very same record do not conflict
        value = dataclasses.replace(
            version.value, floor=version.value.floor + 1, attributes=(("par", str(who)),)
        )
        try:
            outcome = write(store, Put(value, base=version.version))
        except StaleRecord:
            continue
        assert outcome.revision is not None
        return outcome.revision


@pytest.mark.parametrize("connections", ["one store", "a store each"])
def test_no_update_is_lost(store: Store, reopen: Callable[[], Store], connections: str) -> None:
    write(store, Threshold(indicator="compte", dimension="essai", floor=0))
    stores = [store] * WRITERS if connections == "one store" else [reopen() for _ in range(WRITERS)]
    together = threading.Barrier(WRITERS)

    def work(who: int) -> list[int]:
        together.wait()
        return [raised(stores[who], who) for _ in range(EACH)]

    with ThreadPoolExecutor(WRITERS) as pool:
        acknowledged = sorted(number for numbers in pool.map(work, range(WRITERS)) for number in numbers)
    (version,) = store.versions("thresholds")
    assert version.value.floor == WRITERS * EACH
    assert version.version == WRITERS * EACH + 1
    assert acknowledged == list(range(2, WRITERS * EACH + 2))
    assert store.head() == WRITERS * EACH + 1


def test_counters_are_never_given_twice(store: Store, reopen: Callable[[], Store]) -> None:
    stores = [reopen() for _ in range(WRITERS)]
    together = threading.Barrier(WRITERS)

    def work(place: int) -> None:
        together.wait()
        for number in range(EACH):
            write(stores[place], Threshold(indicator=f"{place}-{number}", dimension="essai"))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    ids = [version.id for version in store.versions("thresholds")]
    assert ids == [f"S{n}" for n in range(1, WRITERS * EACH + 1)]


def test_readers_among_writers_always_see_whole_revisions(store: Store, reopen: Callable[[], Store]) -> None:
    other = reopen()
    stop = threading.Event()

    def read() -> list[tuple[int, int]]:
        seen = []
        while not stop.is_set():
            snapshot = other.snapshot()
            seen.append((snapshot.revision, len(snapshot.actors)))
        return seen

    with ThreadPoolExecutor(2) as pool:
        readings = [pool.submit(read) for _ in range(2)]
        try:
            for number in range(10):
                write(store, *(actor(f"A{number}-{n}") for n in range(7)))
        finally:
            stop.set()
        for reading in readings:
            seen = reading.result()
            assert all(count == 7 * revision for revision, count in seen)
            assert seen == sorted(seen)
    assert told(other.snapshot()) == told(store.snapshot())
