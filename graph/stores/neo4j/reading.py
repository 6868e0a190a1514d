"""Reading a Neo4j store: whatever is committed meanwhile, a reader sees the revision it began with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import neo4j
import numpy as np
from numpy.typing import NDArray

from graph.flows import FlowTable
from graph.ids import record_id
from graph.model import TABLES
from graph.stores.backend import COLUMNAR, Key, Raw, Revision, Version
from graph.stores.neo4j.flow_rows import WIDTH, Series, flow_table, flow_version, numbered
from graph.stores.neo4j.head import Channel, Head
from graph.stores.neo4j.remembered import REMEMBERED_BEYOND, Remembered
from graph.stores.neo4j.rows import (
    SAID,
    closed_at,
    counters_of,
    key_digest,
    packed,
    record_order,
    record_version,
    revision_of,
    stacked,
    statement_ends,
    statement_version,
    uid,
)

WINDOW = 20_000
"""Statements fetched at once when a table is walked in the order of its counters."""

FAR = 2**62
"""A revision that is never reached."""


class Neo4jReader:
    """A consistent view of the store (see :class:`graph.stores.backend.Reader`).

    Args:
        channel: the open transaction, or what stands for one.
        state: the head, read first.
        at: the revision up to which versions show.
        remembered: what was read before, kept by the backend from one transaction to the next.
    """

    def __init__(self, channel: Channel, state: Head, at: int, remembered: Remembered) -> None:
        self.channel = channel
        self.state = state
        self.at = at
        self._remembered = remembered
        self._raters: dict[int, str] | None = None
        self._series: dict[int, Series] | None = None

    @property
    def series(self) -> dict[int, Series]:
        """What many flows share, by integer, read once."""
        if self._series is None:
            self._series = {
                row["code"]: Series(row["kind"], row["unit"], row["year"], row["source"])
                for row in self.channel.ask("flows", "series")
            }
        return self._series

    @property
    def raters(self) -> dict[int, str]:
        """Texts of raters by their integers, read once and remembered while none is given or erased."""
        if self._raters is None:
            now = (self.state.raters, self.state.erasures)
            told, known = self._remembered.raters
            if told != now:
                rows = self.channel.ask("store", "raters", last=self.state.raters)
                known = {row["code"]: row["text"] for row in rows}
                self._remembered.raters = (now, known)
            self._raters = dict(known)
        return self._raters

    def head(self) -> int:
        """See the protocol."""
        return self.state.revision

    def revision(self, number: int) -> Revision | None:
        """See the protocol."""
        if number > self.state.revision:
            return None
        if number == self.state.revision and self.state.written:
            return revision_of(self.state.written)
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
        self._remembered.ids[table] = (self.state.revision, frozenset(found))
        return found

    def read_ids(self, table: str) -> set[str]:
        """Ids of all believed records of an entity table, from the server."""
        (row,) = self.channel.ask("records", "ids", table=table, at=self.at)
        return set(row["ids"])

    def _patched(self, table: str) -> set[str] | None:
        """The ids remembered, with what was touched since; ``None`` when they must be read."""
        revision, ids = self._remembered.ids.get(table, (0, frozenset()))
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
        seen = self.at if at is None else at
        if table == "flows":
            series = self.series
            return [flow_version(row, series, closed_at(row["said"].get("closed"), seen)) for row in rows]
        if table in SAID:
            raters = self.raters
            return [statement_version(table, row, raters, seen) for row in rows]
        return [record_version(TABLES[table], row, self.at) for row in rows]

    def by_id(self, table: str, ids: Sequence[str]) -> dict[str, Version]:
        """See the protocol."""
        found = {version.id: version for version in self._named(table, ids, "by_counter", "by_uid")}
        return {id_: found[id_] for id_ in ids if id_ in found}

    def present(self, wanted: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """See the protocol."""
        found: dict[str, set[str]] = {table: set() for table in wanted}
        uids = [uid(table, id_) for table, ids in wanted.items() for id_ in ids]
        for row in self.channel.ask("records", "present", uids=uids, at=self.at):
            found[row["table"]].add(row["id"])
        return found

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
        if at_revision is None and not self.count(table):
            return
        at = self.at if at_revision is None else at_revision
        if table in SAID:
            yield from self._walk(table, at, everything=False)
            return
        found = [
            record_version(TABLES[table], row, self.at)
            for answer in self.channel.ask("records", "scan", table=table, at=at)
            for row in answer["some"]
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
        return self.histories(table, [record]).get(record, [])

    def histories(self, table: str, records: Sequence[str]) -> dict[str, list[Version]]:
        """See the protocol."""
        found: dict[str, list[Version]] = {}
        versions = self._named(table, records, "versions", "versions")
        for version in sorted(versions, key=lambda version: version.version):
            found.setdefault(version.id, []).append(version)
        return found

    def written_since(self, table: str, revision: int) -> NDArray[np.int64]:
        """See the protocol."""
        rows = self.channel.ask(table, "written_since", since=revision, at=self.at)
        said, _ = stacked((row["said"] for row in rows), 3)
        return np.nan_to_num(said, nan=0.0).astype(np.int64)

    def touched(self, revision: int, *, columnar: bool = True) -> list[tuple[str, str]]:
        """See the protocol."""
        if revision > self.state.revision:
            return []
        rows = list(self.channel.ask("store", "revision", number=revision))
        if not rows:
            return []
        if rows[0]["records"] is not None:
            listed = sorted(_split(record) for record in rows[0]["records"])
            return [pair for pair in listed if columnar or pair[0] not in COLUMNAR]
        pairs = [
            (row["table"], row["id"]) for row in self.channel.ask("records", "touched", revision=revision)
        ]
        for table in SAID if columnar else ():
            letter = TABLES[table].letter
            said = self.channel.ask(table, "touched", revision=revision)
            pairs.extend((table, record_id(letter, row["counter"])) for row in said)
        return sorted(pairs)

    def touched_since(self, revision: int, limit: int) -> list[tuple[str, str]] | None:
        """See the protocol."""
        found: dict[str, None] = {}
        for row in self.channel.ask("store", "touched_since", after=revision, at=self.state.revision):
            if row["records"] is None or row["erased"]:
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
        origins: list[int] = []

        def lists() -> Iterator[list[list[Any]]]:
            for answer in self.channel.ask("flows", "columns_closed" if closed else "columns", at=at):
                for origin, said in answer["lists"]:
                    origins.append(origin)
                    yield said

        said, sizes = stacked(lists(), WIDTH)
        ids = numbered(self.channel.ask("store", "territory_anchors"))
        return flow_table(np.repeat(np.array(origins, dtype=np.int64), sizes), said, ids, self.series)

    def flows_of(self, territory: str) -> FlowTable:
        """See the protocol."""
        ids = {territory: 0}
        lists = [
            [[ids.setdefault(said[0], len(ids)), *said[1:]] for said in row["said"]]
            for name in ("leaving", "arriving")
            for row in self.channel.ask("flows", name, id=territory, at=self.at)
        ]
        said, sizes = stacked(lists, WIDTH)
        found = flow_table(np.zeros(len(said), dtype=np.int64), said, list(ids), self.series)
        if not sizes:
            return found
        origin, destination = found.flows.origin.copy(), found.flows.destination.copy()
        turned = slice(sizes[0], None)
        origin[turned], destination[turned] = destination[turned], origin[turned].copy()
        return replace(found, flows=replace(found.flows, origin=origin, destination=destination))

    def raw(self, table: str, rows: Iterable[neo4j.Record]) -> Raw:
        """Statements from a query that answers lists of (id, statements): one list of statements a row entity."""
        row_ids: list[str] = []

        def lists() -> Iterator[list[list[Any]]]:
            for answer in rows:
                for row_id, said in answer["lists"]:
                    row_ids.append(row_id)
                    yield said

        statements, used = packed(lists())
        cols = self.channel.ask("store", f"{SAID[table].anchors[1]}_anchors") if row_ids else ()
        col_ids = numbered(cols)
        return Raw(statements, row_ids, col_ids, self._texts(used))

    def _texts(self, used: Sequence[int]) -> list[str]:
        """Texts of the raters in use, at the places of their integers."""
        texts = [""] * (used[-1] + 1)
        for code in used[1:]:
            texts[code] = self.raters[code]
        return texts


def _split(record: str) -> tuple[str, str]:
    table, id_ = record.split("/", 1)
    return table, id_
