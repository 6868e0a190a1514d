"""A server that was away a moment ago: one caller finds out whether it is back, the others are told at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import StoreAway
from graph.stores.neo4j.faults import away


class Outage:
    """What this program last heard of the server, shared by its threads.

    Without it every waiting request would try again for itself, one after the other where they share a lock, and the last
    would hear long after the first.

    Args:
        address: for messages.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._away = False
        self._asking: int | None = None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Talk to the server inside.

        Whoever gets as far as a transaction says so by :meth:`over`.

        Raises:
            StoreAway: it was away, and another thread is asking it again.
        """
        asking = self._entered()
        try:
            yield
        except StoreAway:
            self._away = True
            raise
        finally:
            if asking:
                with self._lock:
                    self._asking = None

    def over(self) -> None:
        """It let this program in: its first answers may take long, and everybody may wait for their own."""
        self._away = False

    def _entered(self) -> bool:
        """Whether this call is the one that asks again."""
        if not self._away:
            return False
        me = threading.get_ident()
        with self._lock:
            if self._asking == me:  # a read inside a read
                return False
            if self._asking is not None:
                raise away(self._address)
            self._asking = me
            return True
