"""Reading a Neo4j store: whatever is committed meanwhile, a reader sees the revision it began with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import neo4j

from graph.flows import FlowTable
from graph.ids import record_counter, record_id
from graph.model import TABLES
from graph.stores.backend import Key, Raw, Revision, Version
from graph.stores.neo4j.rows import (
    SAID,
    flow_table,
    key_digest,
    packed,
    record_version,
    revision_of,
    statement_ends,
    statement_version,
    uid,
)

WINDOW = 20_000
"""Statements fetched at once when a table is walked in the order of its counters."""

FAR = 2**62
"""A revision that is never reached."""


REMEMBERED_BEYOND = 5_000
"""Records touched since ids were read, beyond which they are read again."""

Remembered = dict[str, tuple[int, frozenset[str]]]
"""By table of entities, ids as they were at a revision: a large store is not asked for all of them at each write."""


class Channel(Protocol):
    """How statements reach the server: inside one transaction, or each in its own while an import is staged."""

    def ask(self, file: str, name: str, **parameters: Any) -> Iterable[neo4j.Record]:
        """Run a reading statement."""

    def tell(self, file: str, name: str, **parameters: Any) -> list[neo4j.Record]:
        """Run a writing statement."""


@dataclass
class Head:
    """The state of the store: what its ``:Head`` node holds, and the counters as the latest revision left them.

    Attributes:
        revision: the latest revision that shows.
        projected: the revision that the plain graph shows.
        pending: a revision wholly written that the head has not moved to yet.
        importing: mark of the staged import under way, or left by one that died.
        anchors: greatest number given to an anchor.
        raters: greatest integer given to a rater.
        last: by table, the greatest counter given to a record.
        believed: by table, how many records are believed.
    """

    revision: int
    projected: int
    pending: int | None
    importing: str | None
    anchors: int = 0
    raters: int = 0
    last: dict[str, int] = field(default_factory=dict)
    believed: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[neo4j.Record]) -> Head:
        """From the answer to the statement ``head`` or ``enter``."""
        (row,) = rows
        counters = json.loads(row["counters"] or "{}")
        return cls(row["revision"], row["projected"], row["pending"], row["importing"], **counters)

    @property
    def counters(self) -> str:
        """What the next revision remembers of it."""
        kept = {name: getattr(self, name) for name in ("anchors", "raters", "last", "believed")}
        return json.dumps(kept, sort_keys=True)


class Neo4jReader:
    """A consistent view of the store (see :class:`graph.stores.backend.Reader`).

    Args:
        channel: the open transaction, or what stands for one.
        state: the head, read first.
        at: the revision up to which versions show.
        remembered: ids read before, kept by the backend from one transaction to the next.
    """

    def __init__(self, channel: Channel, state: Head, at: int, remembered: Remembered) -> None:
        self.channel = channel
        self.state = state
        self.at = at
        self._remembered = remembered
        self._raters: dict[int, str] | None = None

    @property
    def raters(self) -> dict[int, str]:
        """Texts of raters by their integers, read once."""
        if self._raters is None:
            self._raters = {row["code"]: row["text"] for row in self.channel.ask("store", "raters")}
        return self._raters

    def head(self) -> int:
        """See the protocol."""
        return self.state.revision

    def revision(self, number: int) -> Revision | None:
        """See the protocol."""
        if number > self.state.revision:
            return None
        for row in self.channel.ask("store", "revision", number=number):
            return revision_of(row["revision"])
        return None

    def revisions(self, before: int | None, limit: int) -> list[Revision]:
        """See the protocol."""
        below = self.state.revision + 1 if before is None else min(before, self.state.revision + 1)
        rows = self.channel.ask("store", "revisions", before=below, limit=limit)
        return [revision_of(row["revision"]) for row in rows]

    def ids(self, table: str) -> set[str]:
        """See the protocol."""
        found = self._patched(table)
        if found is None:
            found = self.read_ids(table)
        self._remembered[table] = (self.state.revision, frozenset(found))
        return found

    def read_ids(self, table: str) -> set[str]:
        """Ids of all believed records of an entity table, from the server."""
        (row,) = self.channel.ask("records", "ids", table=table, at=self.at)
        return set(row["ids"])

    def _patched(self, table: str) -> set[str] | None:
        """The ids remembered, with what was touched since; ``None`` when they must be read."""
        revision, ids = self._remembered.get(table, (0, frozenset()))
        if revision == 0 or revision > self.state.revision:
            return None
        if revision == self.state.revision:
            return set(ids)
        touched: set[str] = set()
        for row in self.channel.ask("store", "touched_since", after=revision, at=self.state.revision):
            if row["erased"] or row["records"] is None or len(touched) > REMEMBERED_BEYOND:
                return None
            touched.update(id_ for name, id_ in map(_split, row["records"]) if name == table)
        return set(ids - touched) | self.by_id(table, sorted(touched)).keys()

    def count(self, table: str) -> int:
        """See the protocol."""
        return self.state.believed.get(table, 0)

    def by_key(self, table: str, keys: Sequence[Key]) -> dict[Key, Version]:
        """See the protocol."""
        if not keys:
            return {}
        if table in SAID:
            wanted, spec = set(keys), TABLES[table]
            said = self.statements_of(table, list(dict.fromkeys((key[0], key[1]) for key in keys)))
            return {key: v for v in said if (key := spec.key(v.value)) in wanted}
        return dict(self._by_key(table, keys, past=False))

    def past(self, table: str, keys: Sequence[Key]) -> dict[Key, list[Version]]:
        """See the protocol."""
        found: dict[Key, list[Version]] = {}
        if not keys:
            return found
        if table in SAID:
            wanted, spec = set(keys), TABLES[table]
            for version in self.past_of(table, list(dict.fromkeys((key[0], key[1]) for key in keys))):
                key = spec.key(version.value)
                if key in wanted:
                    found.setdefault(key, []).append(version)
            return found
        for key, version in sorted(self._by_key(table, keys, past=True), key=lambda item: item[1].revision):
            found.setdefault(key, []).append(version)
        return found

    def _by_key(self, table: str, keys: Sequence[Key], *, past: bool) -> Iterator[tuple[Key, Version]]:
        spec = TABLES[table]
        digests = {key_digest(spec, key): key for key in keys}
        for row in self.channel.ask("records", "by_key", keys=list(digests), at=self.at, past=past):
            yield digests[row["key"]], record_version(spec, row, self.at)

    def past_of(self, table: str, pairs: Sequence[tuple[str, str]]) -> list[Version]:
        """See the protocol."""
        return self._of(table, pairs, past=True)

    def statements_of(self, table: str, pairs: Sequence[tuple[str, str]]) -> list[Version]:
        """See the protocol."""
        return self._of(table, pairs, past=False)

    def _of(self, table: str, pairs: Sequence[tuple[str, str]], *, past: bool) -> list[Version]:
        if not pairs:
            return []
        rows = self.channel.ask(
            table, "of_pairs", pairs=[list(pair) for pair in pairs], at=self.at, past=past
        )
        asked = {pair: place for place, pair in enumerate(pairs)}
        return sorted(
            self._versions(table, rows),
            key=lambda version: (
                version.revision,
                asked[statement_ends(table, version.value)],
                record_order(table, version),
            ),
        )

    def _versions(self, table: str, rows: Iterable[neo4j.Record], at: int | None = None) -> list[Version]:
        if table in SAID:
            raters = self.raters
            return [statement_version(table, row, raters, self.at if at is None else at) for row in rows]
        return [record_version(TABLES[table], row, self.at) for row in rows]

    def by_id(self, table: str, ids: Sequence[str]) -> dict[str, Version]:
        """See the protocol."""
        found = {version.id: version for version in self._named(table, ids, "by_counter", "by_uid")}
        return {id_: found[id_] for id_ in ids if id_ in found}

    def ever(self, table: str, ids: Sequence[str]) -> dict[str, int]:
        """See the protocol."""
        if not ids:
            return {}
        if table in SAID:
            letter = TABLES[table].letter
            rows = self.channel.ask(table, "latest", counters=counters_of(table, ids), at=self.at)
            return {record_id(letter, row["counter"]): row["version"] for row in rows}
        rows = self.channel.ask("records", "latest", uids=[uid(table, id_) for id_ in ids], at=self.at)
        return {row["id"]: row["version"] for row in rows}

    def _named(self, table: str, ids: Sequence[str], said: str, record: str) -> list[Version]:
        if not ids:
            return []
        if table in SAID:
            rows = self.channel.ask(table, said, counters=counters_of(table, ids), at=self.at)
        else:
            rows = self.channel.ask("records", record, uids=[uid(table, id_) for id_ in ids], at=self.at)
        return self._versions(table, rows)

    def scan(self, table: str, at_revision: int | None = None) -> Iterator[Version]:
        """See the protocol."""
        at = self.at if at_revision is None else at_revision
        if table in SAID:
            yield from self._walk(table, at, everything=False)
            return
        found = [
            record_version(TABLES[table], row, self.at)
            for row in self.channel.ask("records", "scan", table=table, at=at)
        ]
        yield from sorted(found, key=lambda version: record_order(table, version))

    def scan_all(self, table: str) -> Iterator[Version]:
        """See the protocol."""
        if table in SAID:
            yield from self._walk(table, self.at, everything=True)
            return
        for row in self.channel.ask("records", "scan_all", table=table, at=self.at):
            yield record_version(TABLES[table], row, self.at)

    def _walk(self, table: str, at: int, *, everything: bool) -> Iterator[Version]:
        for after in range(0, self.state.last.get(table, 0), WINDOW):
            rows = self.channel.ask(table, "window", after=after, upto=after + WINDOW, at=at, all=everything)
            found = self._versions(table, rows, at)
            yield from sorted(found, key=lambda version: record_order(table, version))

    def history(self, table: str, record: str) -> list[Version]:
        """See the protocol."""
        return sorted(
            self._named(table, [record], "versions", "versions"), key=lambda version: version.version
        )

    def touched(self, revision: int) -> list[tuple[str, str]]:
        """See the protocol."""
        if revision > self.state.revision:
            return []
        rows = list(self.channel.ask("store", "revision", number=revision))
        if not rows:
            return []
        if rows[0]["records"] is not None:
            return sorted(_split(record) for record in rows[0]["records"])
        pairs = [
            (row["table"], row["id"]) for row in self.channel.ask("records", "touched", revision=revision)
        ]
        for table in SAID:
            letter = TABLES[table].letter
            said = self.channel.ask(table, "touched", revision=revision)
            pairs.extend((table, record_id(letter, row["counter"])) for row in said)
        return sorted(pairs)

    def touched_since(self, revision: int, limit: int) -> list[tuple[str, str]] | None:
        """See the protocol."""
        found: dict[str, None] = {}
        for row in self.channel.ask("store", "touched_since", after=revision, at=self.state.revision):
            if row["records"] is None:
                return None
            found.update(dict.fromkeys(row["records"]))
        return None if len(found) > limit else [_split(record) for record in found]

    def statements(self, table: str, at_revision: int | None = None) -> Raw:
        """See the protocol."""
        at = self.at if at_revision is None else at_revision
        return self.raw(table, self.channel.ask(table, "columns", at=at))

    def around(self, table: str, ids: Sequence[str], end: int) -> Raw:
        """See the protocol."""
        near: list[str] = []
        far: dict[str, int] = {}

        def lists() -> Iterator[list[list[Any]]]:
            rows = self.channel.ask(table, ("around_rows", "around_cols")[end], ids=list(ids), at=self.at)
            for row in rows:
                near.append(row["row"])
                yield [[far.setdefault(said[0], len(far)), *said[1:]] for said in row["said"]]

        statements, used = packed(lists())
        if end == 1:
            turned = statements.col << 32 | statements.row
            return Raw(replace(statements, pair=turned), list(far), near, self._texts(used))
        return Raw(statements, near, list(far), self._texts(used))

    def starting(self, table: str, first: str) -> list[Version]:
        """See the protocol."""
        rows = self.channel.ask("records", "starting", table=table, first=first, at=self.at)
        return sorted(self._versions(table, rows), key=lambda version: record_order(table, version))

    def flows(self, at_revision: int | None = None, *, closed: bool = False) -> FlowTable:
        """See the protocol."""
        at = self.at if at_revision is None else at_revision
        rows = self.channel.ask("records", "scan_all" if closed else "scan", table="flows", at=at)
        if closed:
            rows = (row for row in rows if row["closed"] is not None and row["closed"] <= self.at)
        return flow_table(rows)

    def raw(self, table: str, rows: Iterable[neo4j.Record]) -> Raw:
        """Statements from a query that answers (row, said): one list of statements a row entity."""
        row_ids: list[str] = []

        def lists() -> Iterator[list[list[Any]]]:
            for row in rows:
                row_ids.append(row["row"])
                yield row["said"]

        statements, used = packed(lists())
        numbered = {
            row["number"]: row["id"] for row in self.channel.ask("store", f"{SAID[table].anchors[1]}_anchors")
        }
        col_ids = [numbered.get(number, "") for number in range(max(numbered, default=-1) + 1)]
        return Raw(statements, row_ids, col_ids, self._texts(used))

    def _texts(self, used: Sequence[int]) -> list[str]:
        """Texts of the raters in use, at the places of their integers."""
        texts = [""] * (used[-1] + 1)
        for code in used[1:]:
            texts[code] = self.raters[code]
        return texts


def counters_of(table: str, ids: Sequence[str]) -> list[int]:
    """Counters of the ids that are of this table."""
    letter = TABLES[table].letter
    return [c for c in (record_counter(letter, id_) for id_ in ids) if c is not None]


def record_order(table: str, version: Version) -> tuple[int, str]:
    """Sort key of the records of a table: by id for entities, by counter otherwise."""
    spec = TABLES[table]
    return (0 if spec.entity else record_counter(spec.letter, version.id) or 0), version.id


def pairs_of(table: str, versions: Sequence[Version]) -> list[tuple[str, str]]:
    """(row id, column id) of statements."""
    return [statement_ends(table, version.value) for version in versions]


def _split(record: str) -> tuple[str, str]:
    table, id_ = record.split("/", 1)
    return table, id_
