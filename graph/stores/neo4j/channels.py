"""Ways for statements to reach the server: in one transaction, in one each, in one each in two sessions side by side."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import TransientError

from graph.stores.neo4j.cypher import statement
from graph.stores.neo4j.faults import locked
from graph.stores.neo4j.head import Channel

T = TypeVar("T")


class InTransaction:
    """Statements of one open transaction (a :class:`graph.stores.neo4j.head.Channel`)."""

    def __init__(self, transaction: neo4j.ManagedTransaction) -> None:
        self._transaction = transaction

    def ask(self, file: str, name: str, **parameters: Any) -> Iterable[neo4j.Record]:
        """See the protocol."""
        return self._transaction.run(statement(file, name), parameters)

    def tell(self, file: str, name: str, **parameters: Any) -> list[neo4j.Record]:
        """See the protocol."""
        return list(self._transaction.run(statement(file, name), parameters))


class Staged:
    """Statements that are a transaction each (a :class:`graph.stores.neo4j.head.Channel`).

    Args:
        session: of the driver.
        token: mark of the import; a batch is refused when another writer has taken over. ``None``: no mark is
            asked for (the caller holds the gate, and may do the same again).
        address: for messages.
    """

    def __init__(self, session: neo4j.Session, token: str | None, address: str) -> None:
        self._session = session
        self._token = token
        self._address = address

    def ask(self, file: str, name: str, **parameters: Any) -> Iterable[neo4j.Record]:
        """See the protocol."""
        return self._session.execute_read(lambda tx: list(tx.run(statement(file, name), parameters)))

    def tell(self, file: str, name: str, **parameters: Any) -> list[neo4j.Record]:
        """See the protocol."""

        def work(tx: neo4j.ManagedTransaction) -> list[neo4j.Record]:
            if self._token is not None and not list(tx.run(statement("store", "guard"), token=self._token)):
                raise locked(self._address)
            return list(tx.run(statement(file, name), parameters))

        return self._session.execute_write(work)

    def beside(self, session: neo4j.Session) -> Staged:
        """The same in another session."""
        return Staged(session, self._token, self._address)


class SideBySide:
    """Does the same to many parts in two sessions, one from each end of them.

    The server writes relations in one thread a transaction. Two transactions that want nodes of each other are told so
    (a deadlock): the part of one waits until all others are done. The ends of a list in the order of the territories'
    codes have few territories in common.

    Args:
        opened: opens a session.
        channel: for the parts that waited.
    """

    def __init__(self, opened: Callable[[], neo4j.Session], channel: Staged) -> None:
        self._opened = opened
        self._channel = channel

    def each(self, parts: Sequence[T], work: Callable[[Channel, T], None]) -> None:
        """Do some work to each part, in no order; what it does may be done again.

        Raises:
            whatever the work raises; the parts not begun are left.
        """
        left, waiting = deque(parts), deque[T]()
        failed = threading.Event()

        def go(take: Callable[[], T]) -> None:
            with self._opened() as session:
                channel = self._channel.beside(session)
                while not failed.is_set():
                    try:
                        part = take()
                    except IndexError:
                        return
                    try:
                        work(channel, part)
                    except TransientError:
                        waiting.append(part)
                    except BaseException:
                        failed.set()
                        raise

        with ThreadPoolExecutor(2, thread_name_prefix="neo4j") as pool:
            both = [pool.submit(go, left.popleft), pool.submit(go, left.pop)]
            try:
                for one in both:
                    one.result()
            finally:
                # an interrupted wait does not go on to the last part
                failed.set()
        for part in waiting:
            work(self._channel, part)
