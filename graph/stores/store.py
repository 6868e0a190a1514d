"""The store in domain terms: the same rules over whichever storage."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime

from graph.errors import InvalidValue, NotFound
from graph.flows import FlowTable
from graph.model import TABLES, Document
from graph.neighbourhood import Neighbourhood, TerritoryFlows
from graph.snapshot import Snapshot
from graph.stores import erasure
from graph.stores.backend import Backend, Finding, Key, Reader, Revision, Version, Writing
from graph.stores.changes import Changes, Outcome
from graph.stores.commit import Commit, Progress
from graph.stores.exchanges import territory_flows
from graph.stores.integrity import findings
from graph.stores.merge import merge_actors
from graph.stores.reading import snapshot_for
from graph.stores.references import Known, dependents
from graph.stores.state import State, order, read_state, refreshed
from graph.stores.surroundings import neighbourhood
from graph.stores.undo import undo
from graph.stores.visibility import PILOTS
from graph.vocabulary import VISIBILITIES, Vocabulary

KEPT_SNAPSHOTS = 8
"""Snapshots kept in memory: the latest of each level, and a few dates being compared."""


def utc_now() -> datetime:
    """The clock, read in one place only."""
    return datetime.now(UTC)


class Store:
    """One démarche: facts with their revisions, over a storage.

    Args:
        backend: the storage.
        now: the clock (UTC), for revisions' moments and for refusing facts dated in the future.
    """

    def __init__(self, backend: Backend, now: Callable[[], datetime] = utc_now) -> None:
        self.backend = backend
        self._now = now
        self._lock = threading.RLock()
        self._head: State | None = None
        self._snapshots: OrderedDict[tuple[int, date | None, str], Snapshot] = OrderedDict()

    @property
    def address(self) -> str:
        """The store's address, without any password."""
        return self.backend.address

    def close(self) -> None:
        """Release connections."""
        self.backend.close()

    def __enter__(self) -> Store:
        """The store itself; closed on leaving."""
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # reading

    def head(self) -> int:
        """Number of the latest revision, 0 when nothing was written."""
        return self.backend.read(lambda reader: reader.head())

    def revision(self, number: int) -> Revision:
        """A revision.

        Raises:
            NotFound: no such revision.
        """
        found = self.backend.read(lambda reader: reader.revision(number))
        if found is None:
            raise NotFound(f"La révision {number} n'existe pas.", f"There is no revision {number}.")
        return found

    def revisions(self, *, before: int | None = None, limit: int = 50) -> list[Revision]:
        """Revisions below ``before``, newest first."""
        return self.backend.read(lambda reader: reader.revisions(before, limit))

    def touched(self, number: int) -> list[tuple[str, str]]:
        """(table, record id) of everything a revision wrote or closed."""
        return self.backend.read(lambda reader: reader.touched(number))

    def ids(self, table: str) -> set[str]:
        """Ids of the believed entities of a table."""
        return self.backend.read(lambda reader: reader.ids(table))

    def count(self, table: str) -> int:
        """How many records of a table are believed."""
        return self.backend.read(lambda reader: reader.count(table))

    def aliases(self, table: str) -> dict[str, str]:
        """Old id → id for a table."""
        return self.backend.read(lambda reader: dict(Known(reader).aliases(table)))

    def vocabulary(self) -> Vocabulary:
        """The codes in force."""
        return self._state().vocabulary

    def find(self, table: str, keys: Sequence[Key]) -> dict[Key, Version]:
        """Believed versions by natural key."""
        return self.backend.read(lambda reader: reader.by_key(table, keys))

    def past(self, table: str, keys: Sequence[Key]) -> dict[Key, list[Version]]:
        """Closed versions (superseded or retracted) by natural key, oldest first."""
        return self.backend.read(lambda reader: reader.past(table, keys))

    def ever(self, table: str, ids: Sequence[str]) -> dict[str, int]:
        """Greatest version ever given to these record ids, believed or not; ids never used are left out."""
        return self.backend.read(lambda reader: reader.ever(table, ids))

    def dependents(self, table: str, ids: Collection[str]) -> list[str]:
        """Believed records that point to these ids of a table, as ``table:id``."""
        return self.backend.read(lambda reader: dependents(reader, table, set(ids)))

    def said(self, table: str, pairs: Sequence[tuple[str, str]]) -> tuple[list[Version], list[Version]]:
        """Believed and closed statements about some (row id, column id) pairs."""
        return self.backend.read(
            lambda reader: (reader.statements_of(table, pairs), reader.past_of(table, pairs))
        )

    def closed_flows(self) -> FlowTable:
        """Every closed version of flows, as columns."""
        return self.backend.read(lambda reader: reader.flows(closed=True))

    def lookup(self, table: str, ids: Sequence[str]) -> dict[str, Version]:
        """Believed versions by record id."""
        return self.backend.read(lambda reader: reader.by_id(table, ids))

    def get(self, table: str, id_: str) -> Version:
        """A believed record by id, an alias resolved.

        Raises:
            NotFound: no such record.
        """

        def work(reader: Reader) -> Version | None:
            found = reader.by_id(table, [id_])
            if id_ not in found:
                other = Known(reader).aliases(table).get(id_)
                found = {} if other is None else reader.by_id(table, [other])
            return next(iter(found.values()), None)

        version = self.backend.read(work)
        if version is None:
            raise NotFound(
                f"{TABLES[table].sheet} : « {id_} » n'existe pas.", f"{table}: '{id_}' does not exist."
            )
        return version

    def versions(self, table: str, at_revision: int | None = None) -> Iterator[Version]:
        """Believed versions of a table, in order of id or counter."""
        return iter(self.backend.read(lambda reader: list(reader.scan(table, at_revision))))

    def history(self, table: str, id_: str) -> list[Version]:
        """Every version of a record, oldest first; empty when there never was one."""
        return self.backend.read(lambda reader: reader.history(table, id_))

    def snapshot(
        self, *, as_of: date | None = None, at_revision: int | None = None, level: str = PILOTS
    ) -> Snapshot:
        """What a reader believes at a revision and a day.

        Args:
            as_of: the day; ``None`` for the latest.
            at_revision: the revision; ``None`` for the head.
            level: ``public``, ``partenaires`` or ``pilotes``.

        Raises:
            NotFound: no such revision.
            InvalidValue: unknown level.
        """
        _check_level(level)
        today = self._state()
        revision = today.revision if at_revision is None else at_revision
        if not 0 <= revision <= today.revision:
            raise NotFound(f"La révision {revision} n'existe pas.", f"There is no revision {revision}.")
        key = (revision, as_of, level)
        with self._lock:
            if key in self._snapshots and (revision == today.revision or level == PILOTS):
                self._snapshots.move_to_end(key)
                return self._snapshots[key]
        state = today if revision == today.revision else self._read(revision)
        found = snapshot_for(state, today, as_of, level, self._erased_since(revision, today.revision))
        with self._lock:
            if self._head is today:  # else what was read may have been erased meanwhile
                self._snapshots[key] = found
            while len(self._snapshots) > KEPT_SNAPSHOTS:
                self._snapshots.popitem(last=False)
        return found

    def neighbourhood(
        self,
        actor_id: str,
        *,
        level: str = PILOTS,
        as_of: date | None = None,
        radius: int = 2,
        limit: int = 50,
    ) -> Neighbourhood:
        """What a reader believes around one actor, asked of the store without the rest of the graph.

        See :func:`graph.stores.surroundings.neighbourhood`.

        Raises:
            NotFound: no such actor, or hidden from this reader.
            InvalidValue: unknown level; radius not 1 or 2; limit not 1 to 1,000.
        """
        _check_level(level)
        return self.backend.read(
            lambda reader: neighbourhood(
                reader, actor_id, level=level, as_of=as_of, radius=radius, limit=limit
            )
        )

    def territory_flows(
        self,
        territory_id: str,
        *,
        level: str = PILOTS,
        kind: str | None = None,
        year: int | None = None,
        limit: int = 50,
    ) -> TerritoryFlows:
        """The flows of one territory, asked of the store without those of the others.

        See :func:`graph.stores.exchanges.territory_flows`.

        Raises:
            NotFound: no such territory, or hidden from this reader.
            InvalidValue: unknown level or kind; limit not 1 to 1,000.
        """
        _check_level(level)
        return self.backend.read(
            lambda reader: territory_flows(
                reader, territory_id, level=level, kind=kind, year=year, limit=limit
            )
        )

    def _erased_since(self, revision: int, head: int) -> int | None:
        if revision == head:
            return None
        later = self.backend.read(lambda reader: reader.revisions(None, max(reader.head() - revision, 0)))
        return min((r.number for r in later if r.erased is not None), default=None)

    def _state(self) -> State:
        if not self._lock.acquire(blocking=False):
            # outside the lock: while a server is away, readers would hear it one after the other
            head, known = self.head(), self._head
            if known is not None and known.revision == head:
                return known
            self._lock.acquire()
        try:
            self._head = self.backend.read(functools.partial(self._latest, self._head))
            return self._head
        finally:
            self._lock.release()

    def _latest(self, known: State | None, reader: Reader) -> State:
        """The state at the head, from what an earlier one knows."""
        if known is not None:
            if reader.head() == known.revision:
                return known
            patched = refreshed(known, reader)
            if patched is not None:
                return patched
            self._snapshots.clear()  # another process may have erased a person from all of them
        return read_state(reader, None, self._load, self._load_flows)

    def _read(self, revision: int) -> State:
        return self.backend.read(lambda reader: read_state(reader, revision, self._load, self._load_flows))

    def _load(self, table: str, revision: int) -> tuple[Version, ...]:
        def work(reader: Reader) -> tuple[Version, ...]:
            then = None if reader.head() == revision else revision
            return tuple(sorted(reader.scan(table, then), key=lambda v: order(TABLES[table], v)))

        return self.backend.read(work)

    def _load_flows(self, revision: int) -> FlowTable:
        return self.backend.read(lambda reader: reader.flows(None if reader.head() == revision else revision))

    # writing

    def commit(
        self,
        changes: Changes,
        *,
        author: str,
        message: str,
        origin: str = "api",
        file_hash: str | None = None,
        expected: int = 0,
        progress: Progress | None = None,
    ) -> Outcome:
        """Write one revision, or nothing.

        Args:
            changes: what to create, change and retract.
            author: who writes (not who judged).
            message: why.
            origin: ``import``, ``form``, ``api`` or ``command``.
            file_hash: SHA-256 of the imported file.
            expected: about how many records.
            progress: told the table and how many of its records are done.

        Raises:
            InvalidValue, DanglingReference, ReusedId: a record is refused; nothing is written.
            StaleRecord: records changed since the versions stated; nothing is written.
            DependentsExist: an entity is still needed; nothing is written.
        """

        def work(writing: Writing) -> Outcome:
            commit = Commit(writing, self._now().date(), progress)
            commit.run(changes)
            number = commit.finish(self._moment(), author, message, origin, file_hash)
            return Outcome(number, commit.counts)

        return self.backend.write(work, expected=expected)

    def undo(self, number: int, *, author: str) -> Outcome:
        """Restore every record a revision touched, as a new revision; see :func:`graph.stores.undo.undo`."""

        def work(writing: Writing) -> Outcome:
            commit = Commit(writing, self._now().date())
            undo(commit, number)
            message = f"Annulation de la révision {number}"
            return Outcome(
                commit.finish(self._moment(), author, message, "undo", None, number), commit.counts
            )

        undone = self.backend.read(lambda reader: reader.revision(number))
        return self.backend.write(work, expected=0 if undone is None else undone.touched)

    def merge(self, keep: str, gone: str, *, author: str) -> tuple[Outcome, list[str]]:
        """Merge actor ``gone`` into ``keep``; see :func:`graph.stores.merge.merge_actors`.

        Returns:
            The outcome and the records retracted without a successor.
        """

        def work(writing: Writing) -> tuple[Outcome, list[str]]:
            commit = Commit(writing, self._now().date())
            dropped = merge_actors(commit, keep, gone)
            message = f"Fusion de {gone} dans {keep}"
            return Outcome(commit.finish(self._moment(), author, message, "merge"), commit.counts), dropped

        return self.backend.write(work)

    def erase_subject(self, subject: str) -> tuple[int, int, list[tuple[str, str]]]:
        """Erase a natural person's data from every version; final.

        Args:
            subject: id of an actor marked as a person, or a rater named in free text.

        Returns:
            The revision that remembers it, how many records it reached, and what the operator must still do
            as (French, English) sentences.
        """
        number, reached = self.backend.write(lambda writing: erasure.erase(writing, subject, self._moment()))
        with self._lock:
            self._head = None
            self._snapshots.clear()
        return number, reached, self.backend.forget()

    def export_subject(self, subject: str) -> Document:
        """Everything held about a person; see :func:`graph.stores.erasure.export`."""
        return self.backend.read(lambda reader: erasure.export(reader, subject))

    def check(self) -> list[Finding]:
        """Every broken invariant found in the store; empty when all is well."""
        return [*self.backend.read(lambda reader: list(findings(reader))), *self.backend.check()]

    def _moment(self) -> str:
        return self._now().astimezone(UTC).replace(microsecond=0).isoformat()


def _check_level(level: str) -> None:
    if level not in VISIBILITIES:
        raise InvalidValue(
            f"Niveau inconnu : « {level} » ; attendu : {', '.join(VISIBILITIES)}.",
            f"Unknown level: '{level}'; expected: {', '.join(VISIBILITIES)}.",
        )
