"""Writing one revision, or nothing: the rules that both stores share."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, TypeVar, cast

from graph.errors import Conflict, InvalidValue, NotFound, ReusedId, StaleRecord
from graph.model import TABLES, WRITE_ORDER, Alias, Fact, Table, Term, to_document
from graph.stores.backend import Revision, Version, Writing
from graph.stores.bulk import Bulk
from graph.stores.changes import Changes, Count, NewFlows, Put, Retract
from graph.stores.checks import validate_all
from graph.stores.references import (
    TREES,
    Known,
    refuse_cycles,
    refuse_dependents,
)
from graph.stores.uncollected import collect_young, uncollected
from graph.vocabulary import Vocabulary, shipped

T = TypeVar("T")

CHUNK = 20_000
"""Records handled at once: large enough for bulk writes, small enough to keep memory flat."""

Progress = Callable[[str, int], None]


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Consecutive lists of at most ``size`` items."""
    iterator = iter(items)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk


class Commit:
    """One revision being written."""

    def __init__(self, writing: Writing, today: date, progress: Progress | None = None) -> None:
        self.writing = writing
        self.today = today
        self.progress = progress
        self.number = writing.head() + 1
        self.known = Known(writing)
        self.counts: dict[str, Count] = {}
        self._vocabulary: Vocabulary | None = None
        self._pending: dict[str, list[Fact]] = {}
        self._gone: dict[str, set[str]] = {}
        self._conflicts: list[Conflict] = []

    @property
    def vocabulary(self) -> Vocabulary:
        """The codes in force, terms of this very revision included."""
        if self._vocabulary is None:
            terms = [cast(Term, version.value) for version in self.writing.scan("vocabulary")]
            self._vocabulary = shipped().extended(terms)
        return self._vocabulary

    def run(self, changes: Changes) -> None:
        """Write the changes and check what only the whole can satisfy.

        Raises:
            InvalidValue: a record breaks the model, an id is taken, a tree runs in a circle.
            StaleRecord: records were changed since the version they were based on; all of them are listed.
            DependentsExist: an entity is retracted while relations need it.
        """
        unknown = [name for name in changes.puts if name not in TABLES]
        if unknown:
            raise InvalidValue(f"Table inconnue : {unknown[0]}.", f"Unknown table: {unknown[0]}.")
        with uncollected():
            for name in WRITE_ORDER:
                if name in changes.puts:
                    self._put_all(TABLES[name], changes.puts[name])
        for new in changes.flows:
            self._put_flows(new)
        for retract in changes.retracts:
            self._retract(retract)
        if self._conflicts:
            raise stale(self._conflicts)
        self.check_whole()

    def check_whole(self) -> None:
        """Check ends, trees and dependents of everything written so far."""
        for name, values in self._pending.items():
            table = TABLES[name]
            self.known.refuse_missing(table, values)
        for name in TREES:
            if name in self._pending:
                refuse_cycles(self.writing, name)
        for name, gone in self._gone.items():
            gone -= self.known.ids(name)
            if gone:
                refuse_dependents(self.writing, name, gone)

    def finish(
        self,
        moment: str,
        author: str,
        message: str,
        origin: str,
        file_hash: str | None = None,
        undoes: int | None = None,
    ) -> int | None:
        """Make it the head; ``None`` when nothing was touched."""
        touched = sum(count.touched for count in self.counts.values())
        if touched == 0:
            return None
        self.writing.add_revision(
            Revision(self.number, moment, author, message, origin, file_hash, touched, undoes)
        )
        return self.number

    def pend(self, table: Table, values: list[Fact]) -> None:
        """Check the ends of these entities when everything is written: they may point to one another."""
        if table.entity:
            self._pending.setdefault(table.name, []).extend(values)

    def gone(self, table: str, ids: list[str]) -> None:
        """Check that nothing depends on these entities when everything is written."""
        self._gone.setdefault(table, set()).update(ids)
        self.known.forget(table)

    def count(self, table: str) -> Count:
        """Tally of a table."""
        return self.counts.setdefault(table, Count())

    def _put_all(self, table: Table, items: Iterable[Put | Fact]) -> None:
        count = self.count(table.name)
        fresh = self.writing.count(table.name) == 0
        counter = self.writing.last_counter(table.name) if not table.entity else 0
        done = 0
        seen: set[int] | None = set() if fresh else None
        for chunk in chunks(items):
            counter = self._put_chunk(table, chunk, count, counter, seen)
            collect_young()
            done += len(chunk)
            if self.progress is not None:
                self.progress(table.name, done)
        self.known.forget(table.name)
        if table.name == "vocabulary":
            self._vocabulary = None
            _ = self.vocabulary
        if table.name == "aliases":
            self._check_aliases()

    def _put_chunk(
        self, table: Table, chunk: list[Put | Fact], count: Count, counter: int, seen: set[int] | None
    ) -> int:
        values = self.known.resolved(table, [item.value if isinstance(item, Put) else item for item in chunk])
        validate_all(table, values, self.vocabulary, self.today)
        if not table.entity:
            self.known.refuse_missing(table, values)
        keys = table.keys(values)
        _refuse_twice(table, keys)
        believed = self._believed(table, keys, seen)
        if table.entity:
            self._refuse_reuse(table, [key[0] for key in keys if key not in believed])
        versions: list[Version] = []
        for key, value, item in zip(keys, values, chunk, strict=True):
            old = believed.get(key)
            if old is not None and old.value == value:
                count.same += 1
                continue
            base = item.base if isinstance(item, Put) else None
            if base is not None and base != (0 if old is None else old.version):
                self._conflicts.append(
                    Conflict(
                        "" if old is None else old.id,
                        base,
                        None if old is None else to_document(old.value),
                        to_document(value),
                    )
                )
                continue
            if old is None:
                counter += 1
                versions.append(Version(table.record_id(value, counter), 1, self.number, value))
                count.create += 1
            else:
                versions.append(Version(old.id, old.version + 1, self.number, value))
                count.change += 1
        if versions:
            self.writing.put(table.name, versions)
            self.pend(table, [version.value for version in versions])
        return counter

    def _put_flows(self, new: NewFlows) -> None:
        bulk = Bulk(self.writing, self.known, self.vocabulary, self.today)
        count, done = self.count("flows"), 0
        counter = self.writing.last_counter("flows")
        for some in new.batches():
            if new.base != self.number - 1:
                self._conflicts += bulk.believed(some)
                if self._conflicts:
                    return
            bulk.put(some, counter)
            counter += len(some.flows)
            done += len(some.flows)
            count.create += len(some.flows)
            if self.progress is not None:
                self.progress("flows", done)

    def _believed(
        self, table: Table, keys: list[tuple[Any, ...]], seen: set[int] | None
    ) -> dict[tuple[Any, ...], Version]:
        """Believed versions of these keys; a table that was empty is asked only about keys met before."""
        if seen is not None:
            hashes = {hash(key) for key in keys}
            again = not seen.isdisjoint(hashes)
            seen |= hashes
            if not again:
                return {}
        return self.writing.by_key(table.name, keys)

    def _refuse_reuse(self, table: Table, ids: list[str]) -> None:
        taken = self.writing.ever(table.name, ids)
        aliased = [id_ for id_ in ids if id_ in self.known.aliases(table.name)]
        for id_ in [*taken, *aliased]:
            raise ReusedId(
                f"{table.sheet} : l'identifiant « {id_} » a déjà servi (enregistrement retiré ou fusionné). "
                "Choisissez-en un autre, ou annulez la révision qui l'a retiré.",
                f"{table.name}: id '{id_}' was used before (retracted or merged). "
                "Choose another, or undo the revision that retracted it.",
            )

    def _check_aliases(self) -> None:
        for version in self.writing.scan("aliases"):
            alias = cast(Alias, version.value)
            if alias.table not in TABLES or not TABLES[alias.table].entity:
                raise InvalidValue(
                    f"alias, colonne « table » : « {alias.table} » n'est pas une table d'entités.",
                    f"aliases, field 'table': '{alias.table}' is not a table of entities.",
                )
            known = self.known.ids(alias.table)
            if alias.old in known:
                raise ReusedId(
                    f"alias : « {alias.old} » désigne encore un enregistrement de « {alias.table} » ; fusionnez.",
                    f"aliases: '{alias.old}' still names a record of '{alias.table}'; merge instead.",
                )
            if self.known.aliases(alias.table)[alias.old] not in known:
                raise InvalidValue(
                    f"alias : « {alias.id} » n'existe pas dans « {alias.table} ».",
                    f"aliases: '{alias.id}' does not exist in '{alias.table}'.",
                )

    def _retract(self, retract: Retract) -> None:
        table = TABLES[retract.table]
        believed = self.writing.by_id(retract.table, [retract.id]).get(retract.id)
        if believed is None:
            raise NotFound(
                f"{table.sheet} : « {retract.id} » n'existe pas ou a déjà été retiré.",
                f"{table.name}: '{retract.id}' does not exist or was already retracted.",
            )
        if retract.base is not None and retract.base != believed.version:
            self._conflicts.append(Conflict(believed.id, retract.base, to_document(believed.value), None))
            return
        self.writing.close(retract.table, [retract.id])
        self.count(retract.table).retract += 1
        if table.entity:
            self.gone(retract.table, [retract.id])


def stale(conflicts: list[Conflict]) -> StaleRecord:
    """The typed conflict of a write based on versions that are no longer the latest."""
    names = ", ".join(conflict.record or "?" for conflict in conflicts[:10])
    return StaleRecord(
        f"Quelqu'un d'autre a changé {names} depuis votre lecture : relisez, puis gardez une valeur ou les deux avis.",
        f"Somebody else changed {names} since you read it: read again, then keep one value or both opinions.",
        conflicts,
    )


def _refuse_twice(table: Table, keys: list[tuple[Any, ...]]) -> None:
    distinct = set(keys)
    if len(distinct) == len(keys):
        return
    for key in keys:
        if key not in distinct:
            raise InvalidValue(
                f"{table.sheet} : deux enregistrements pour {_shown(key)}.",
                f"{table.name}: two records for {_shown(key)}.",
            )
        distinct.remove(key)


def _shown(key: tuple[Any, ...]) -> str:
    return " · ".join("—" if part is None else str(part) for part in key)
