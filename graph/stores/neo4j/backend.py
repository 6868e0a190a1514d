"""The production store: a Neo4j server, one transaction a revision, or a staged import."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import ClientError, DriverError, Forbidden, Neo4jError

from graph.stores.backend import Finding, Reader, Writing
from graph.stores.neo4j.channels import InTransaction, SideBySide, Staged
from graph.stores.neo4j.checking import findings
from graph.stores.neo4j.cypher import migrations, statement
from graph.stores.neo4j.faults import MEMORY, absent, foreign, last_word, locked, too_new, translated
from graph.stores.neo4j.head import Head
from graph.stores.neo4j.outage import Outage
from graph.stores.neo4j.projection import Projector
from graph.stores.neo4j.reading import Neo4jReader
from graph.stores.neo4j.remembered import Remembered
from graph.stores.neo4j.rows import SAID
from graph.stores.neo4j.upgrade import FLOWS_AS_RELATIONS, flows_as_relations
from graph.stores.neo4j.writing import Neo4jWriting, Overflow

T = TypeVar("T")

# the driver's own warnings would be printed beside our one sentence; a program that wants them adds a handler
logging.getLogger("neo4j").addHandler(logging.NullHandler())

CONNECT_SECONDS = 1.5
"""How long we wait for a server to accept us."""

ACQUIRE_SECONDS = 2.0
"""How long we wait for a connection that can be used: accepted, and its user known."""

RETRY_SECONDS = 0.5
"""How long after a first fault the driver tries again: a passing one is over by then. Twice the wait for a connection and
this stay below the five seconds in which a reader hears that the server is away."""

FIRST_RETRY_SECONDS = 0.25
"""How long the driver waits before it first tries again; then twice as long."""

BUSY_SECONDS = 10.0
"""How long a write waits for another program's staged import before it is refused."""

DIRECT_SECONDS = 600.0
"""Longest single transaction, waiting for other writers included; then the server gives the lock back."""


class Pending(Exception):
    """A revision is written and the head has not moved to it yet."""


class Untidy(Exception):
    """A staged import is under way, or one that died left rows behind."""


class Neo4jBackend:
    """Storage on a Neo4j server (see :class:`graph.stores.backend.Backend`).

    Args:
        url: address, with the scheme as the driver understands it, without user and password.
        user: of the server.
        password: never kept outside the driver, never shown.
        create: prepare an empty database.
        batch_rows: rows sent in one statement.
        staged_beyond: rows beyond which a revision is staged instead of being one transaction.

    Raises:
        StoreAway: nobody answers.
        StoreCredentials: user or password refused.
        StoreAbsent: the database is empty and may not be prepared.
        StoreTooNew: a newer version wrote it.
        StoreError: the database holds something else.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        create: bool = True,
        batch_rows: int = 10_000,
        staged_beyond: int = 100_000,
    ) -> None:
        self._url = url
        self._batch = batch_rows
        self._staged_beyond = staged_beyond
        self._write_lock = threading.Lock()
        self._remembered = Remembered()
        self._outage = Outage(url)
        with translated(url):
            self._driver = neo4j.GraphDatabase.driver(
                url,
                auth=(user, password),
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=ACQUIRE_SECONDS,
                max_transaction_retry_time=RETRY_SECONDS,
                initial_retry_delay=FIRST_RETRY_SECONDS,
                notifications_min_severity="OFF",
            )
            self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        self._database: str | None = None
        try:
            with translated(url):
                self._driver.verify_connectivity()
                self._database = self._home()
                self._migrate(create)
        except BaseException:
            self._driver.close()
            raise

    @property
    def address(self) -> str:
        """See the protocol."""
        return self._url

    def read(self, work: Callable[[Reader], T]) -> T:
        """See the protocol."""
        return self._read(work)

    def _read(self, work: Callable[[Neo4jReader], T]) -> T:
        def unit(tx: neo4j.ManagedTransaction, waiting: bool) -> T:
            self._outage.over()
            channel = InTransaction(tx)
            state = Head.of(channel.ask("store", "head"))
            if waiting and state.pending is not None:
                raise Pending
            return work(Neo4jReader(channel, state, state.revision, self._remembered))

        with self._outage.watched(), translated(self._url), self._session() as session:
            try:
                return session.execute_read(unit, waiting=True)
            except Pending:
                # its writer does this too; one that died in between has left it to us
                with suppress(Forbidden, ClientError):
                    self._move_head(session)
                return session.execute_read(unit, waiting=False)

    def write(self, work: Callable[[Writing], T], *, expected: int = 0) -> T:
        """See the protocol."""
        until = time.monotonic() + BUSY_SECONDS
        with self._write_lock, self._outage.watched(), translated(self._url):
            while expected <= self._staged_beyond:
                try:
                    return self._direct(work)
                except Pending:
                    with self._session() as session:
                        self._move_head(session)
                except Untidy:
                    with self._gate() as session:
                        self._tidy(session)
                except Overflow:
                    break
                if time.monotonic() > until:
                    raise locked(self._url)
            return self._stage(work)

    def forget(self) -> list[tuple[str, str]]:
        """See the protocol: what the server still holds is out of a client's reach."""
        return [
            (
                "Effacez aussi la personne des sauvegardes et des exports faits auparavant.",
                "Erase the person from earlier backups and exports too.",
            ),
            (
                "Neo4j garde un temps les textes effacés dans ses journaux de transactions et dans les pages "
                "libérées : réglez db.tx_log.rotation.retention_policy=keep_none, redémarrez le serveur, et "
                "voyez le guide d'exploitation.",
                "Neo4j keeps erased text for a while in its transaction logs and freed pages: set "
                "db.tx_log.rotation.retention_policy=keep_none, restart the server, and see the operator's guide.",
            ),
        ]

    def check(self) -> Iterable[Finding]:
        """See the protocol."""
        return self._read(lambda reader: list(findings(reader)))

    def close(self) -> None:
        """See the protocol."""
        self._driver.close()

    def _session(self) -> neo4j.Session:
        return self._driver.session(database=self._database, bookmark_manager=self._bookmarks)

    def _home(self) -> str | None:
        """The user's database, asked once: without its name the server is asked again for each session."""
        with self._session() as session:
            return session.run(statement("store", "schema")).consume().database

    def _direct(self, work: Callable[[Writing], T]) -> T:
        tried: list[Neo4jWriting] = []

        @neo4j.unit_of_work(timeout=DIRECT_SECONDS)
        def unit(tx: neo4j.ManagedTransaction) -> tuple[T, bool]:
            self._outage.over()
            if tried and tried[-1].rows > self._batch:
                # most often it is at its commit that a large one lacks memory, and the driver would try just the same again
                raise Overflow
            channel = InTransaction(tx)
            rows = channel.tell("store", "enter", token=_token())
            if not rows:
                raise Untidy
            state = Head.of(rows)
            if state.pending is not None:
                raise Pending
            if state.importing is not None or state.projected < state.revision:
                raise Untidy
            writing = Neo4jWriting(channel, state, self._remembered, self._batch, self._staged_beyond)
            tried.append(writing)
            return work(writing), writing.sealed

        with self._session() as session:
            try:
                result, sealed = session.execute_write(unit)
            except Neo4jError as fault:
                if last_word(fault) in MEMORY:
                    raise Overflow from fault
                raise
            if sealed:
                self._move_head(session)
            return result

    def _move_head(self, session: neo4j.Session) -> None:
        Staged(session, None, self._url).tell("store", "move_head", token=_token())

    def _stage(self, work: Callable[[Writing], T]) -> T:
        with self._gate() as session:
            self._outage.over()
            self._tidy(session)
            token = _token()
            loose = Staged(session, None, self._url)
            loose.tell("store", "claim", token=token)
            state = Head.of(loose.ask("store", "head"))
            before = state.revision
            channel = Staged(session, token, self._url)
            writing = Neo4jWriting(channel, state, self._remembered, self._batch, None)
            try:
                result = work(writing)
            except DriverError:
                # the server is away: what is staged does not show, and the next writer removes it
                raise
            except Exception:
                self._sweep(session, before, token)
                raise
            if not writing.sealed:
                self._sweep(session, before, token)
                return result
            self._move_head(session)
            self._catch_up(session)
            return result

    @contextmanager
    def _gate(self) -> Iterator[neo4j.Session]:
        """Hold the gate against every other writer, in an open transaction that dies with this program."""
        # the first try has a limit, so that we do not wait for an import of an hour
        with self._session() as session, session.begin_transaction(timeout=BUSY_SECONDS) as probe:
            probe.run(statement("store", "lock_gate"), token="").consume()
            probe.rollback()
        with self._session() as holding, self._session() as session, holding.begin_transaction() as gate:
            gate.run(statement("store", "lock_gate"), token="").consume()
            yield session
            # whatever was done under it is committed: losing it now is no harm
            with suppress(DriverError, Neo4jError):
                gate.rollback()

    def _tidy(self, session: neo4j.Session) -> None:
        """Finish what a writer that died left undone. The gate is held: that writer is gone."""
        state = self._settled(session)
        if state.projected < state.revision:
            self._catch_up(session)

    def _settled(self, session: neo4j.Session) -> Head:
        """The head, once what a writer that died left is published or removed."""
        loose = Staged(session, None, self._url)
        self._move_head(session)
        state = Head.of(loose.ask("store", "head"))
        if state.importing is not None:
            token = _token()
            loose.tell("store", "claim", token=token)
            self._sweep(session, state.revision, token)
        return state

    def _sweep(self, session: neo4j.Session, head: int, token: str) -> None:
        """Remove the rows of a revision that was never published."""
        state = Head.of(Staged(session, None, self._url).ask("store", "head"))
        for name in ("sweep", "reopen"):
            for file in (*SAID, "records"):
                self._auto(session, file, name, head=head)
        for kind in ("actor", "objective", "territory"):
            self._auto(session, "store", f"sweep_{kind}_anchors", last=state.anchors)
        self._auto(session, "store", "sweep_raters", last=state.raters)
        self._auto(session, "flows", "sweep_series", last=state.series)
        Staged(session, None, self._url).tell("store", "release", token=token)

    def _auto(self, session: neo4j.Session, file: str, name: str, **parameters: Any) -> None:
        # statements that commit as they go (IN TRANSACTIONS) open their own transactions
        session.run(statement(file, name), {**parameters, "batch": self._batch}).consume()

    def _catch_up(self, session: neo4j.Session) -> None:
        """Bring the plain graph up to the head, in batches."""
        channel = Staged(session, None, self._url)
        state = Head.of(channel.ask("store", "head"))
        reader = Neo4jReader(channel, state, state.revision, self._remembered)
        Projector(reader, self._batch).catch_up(state.projected, SideBySide(self._session, channel))
        channel.tell("store", "projected", revision=state.revision)

    def _migrate(self, create: bool) -> None:
        scripts = migrations()
        with self._session() as session:
            row = session.run(statement("store", "schema")).single(strict=True)
            found = row["version"] or 0
            if found > len(scripts):
                raise too_new(self._url, found, len(scripts))
            if found == len(scripts):
                return
            if found == 0 and session.run(statement("store", "foreign")).single() is not None:
                raise foreign(self._url)
            if found == 0 and not create:
                raise absent(self._url)
            for number, script in enumerate(scripts[found:], start=found + 1):
                for text in script:
                    session.run(text).consume()
                if found > 0 and number == FLOWS_AS_RELATIONS:
                    self._upgrade_flows()
                session.run(statement("store", "migrated"), version=number).consume()
            session.run(statement("store", "await_indexes")).consume()

    def _upgrade_flows(self) -> None:
        with self._gate() as session:
            state = self._settled(session)
            flows_as_relations(Staged(session, None, self._url), state, self._batch)


def _token() -> str:
    return secrets.token_hex(16)
