"""Cycles while they are not looked for: those of what was just made are freed when asked, and looking goes on afterwards."""

from __future__ import annotations

import gc
import weakref

from graph.stores.uncollected import collect_young, uncollected


class Knot:
    """Holds itself, as an answer of a server and its connection hold one another."""

    def __init__(self) -> None:
        self.held = self


def test_cycles_wait_until_asked() -> None:
    with uncollected():
        knot = weakref.ref(Knot())
        assert not gc.isenabled()
        assert knot() is not None
        collect_young()
        assert knot() is None
    assert gc.isenabled()


def test_a_collection_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
