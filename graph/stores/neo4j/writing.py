"""Writing a Neo4j store: versions are added and closed, and show when the head moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graph.flows import Flows, FlowTable
from graph.ids import record_counter, record_id
from graph.model import TABLES, Flow
from graph.stores.backend import Revision, Version
from graph.stores.neo4j.flow_rows import Series, flow_row, new_rows, series_of
from graph.stores.neo4j.head import Channel, Head
from graph.stores.neo4j.projection import Projector, parts
from graph.stores.neo4j.reading import Neo4jReader
from graph.stores.neo4j.remembered import Remembered
from graph.stores.neo4j.rows import (
    SAID,
    STATEMENTS,
    counters_of,
    document_text,
    key_digest,
    pairs_of,
    record_row,
    revision_row,
    statement_row,
    uid,
)

LISTED = 10_000
"""Most records that a revision lists for the change feed; larger ones are found by scanning."""


class Overflow(Exception):
    """More rows than one transaction should hold: to be staged instead."""


class Neo4jWriting(Neo4jReader):
    """The one writer (see :class:`graph.stores.backend.Writing`).

    Args:
        channel: the transaction; or, for a staged import, one transaction a statement.
        state: the head as it was when the writer came in.
        remembered: what was read before.
        batch: rows sent at once.
        most: rows beyond which :class:`Overflow` is raised; ``None`` when staged.

    Attributes:
        rows: how many were written or closed.
        sealed: whether the revision is written to its end.
    """

    def __init__(
        self, channel: Channel, state: Head, remembered: Remembered, batch: int, most: int | None
    ) -> None:
        super().__init__(channel, state, state.revision + 1, remembered)
        self.sealed = False
        self._batch = batch
        self._most = most
        self.rows = 0
        self._number = state.revision + 1
        self._touched: dict[str, set[str]] = {}
        self._pairs: dict[str, set[tuple[str, str]]] = {}
        self._cleaned: dict[str, set[str]] = {}
        self._anchors: dict[str, set[str]] = {"actor": set(), "objective": set(), "territory": set()}
        self._codes: dict[str, int] | None = None
        self._series_codes: dict[Series, int] | None = None
        self._erasing = False

    @property
    def staged(self) -> bool:
        """Whether batches are committed before the revision is published."""
        return self._most is None

    def _touch(self, table: str, ids: Sequence[str], pairs: Iterable[tuple[str, str]]) -> None:
        self.rows += len(ids)
        if self._most is not None and self.rows > self._most:
            raise Overflow
        known = self._touched.setdefault(table, set())
        if not self.staged or sum(map(len, self._touched.values())) <= LISTED:
            known.update(ids)
        if not self.staged:
            self._pairs.setdefault(table, set()).update(pairs)

    def ids(self, table: str) -> set[str]:
        """See the protocol; what this very revision wrote is read, the rest is remembered."""
        if table in self._touched or table in self._cleaned:
            return self.read_ids(table)
        return super().ids(table)

    def last_counter(self, table: str) -> int:
        """See the protocol."""
        return self.state.last.get(table, 0)

    def put(self, table: str, versions: Sequence[Version]) -> None:
        """See the protocol."""
        pairs = pairs_of(table, versions) if table in STATEMENTS else ()
        self._touch(table, [version.id for version in versions], pairs)
        closed = self._close(table, [version.id for version in versions if version.version > 1])
        if table in SAID:
            self._put_said(table, versions)
        else:
            for some in parts(versions, self._batch):
                rows = [record_row(TABLES[table], version) for version in some]
                self.channel.tell("records", "insert", rows=rows)
        self._count(table, len(versions) - closed)
        if not TABLES[table].entity:
            counters = [record_counter(TABLES[table].letter, version.id) or 0 for version in versions]
            self.state.last[table] = max(self.last_counter(table), *counters)

    def put_flows(self, some: FlowTable) -> None:
        """See the protocol."""
        self._anchor({"territory": {some.territories[place] for place in some.used.tolist()}})
        for places in parts(range(len(some.flows)), self._batch):
            self._put_flows(replace(some, flows=some.flows.take(np.array(places, dtype=np.int64))))

    def _put_flows(self, some: FlowTable) -> None:
        records = some.flows.record
        self._touch("flows", [record_id("F", counter) for counter in records.tolist()], ())
        rows = new_rows(some, self._series_of(some.flows))
        self.channel.tell("flows", "insert_new", rows=rows, revision=self._number)
        self._count("flows", len(records))
        self.state.last["flows"] = max(self.last_counter("flows"), int(records.max()))

    def _series_of(self, flows: Flows) -> NDArray[np.int64]:
        """Integer of each flow's series, made when new."""
        distinct, which = flows.shared()
        said = [
            Series(flows.kinds[kind], flows.units[unit], year, flows.sources[source])
            for kind, unit, year, source in distinct.tolist()
        ]
        codes = self._coded(said)
        return np.array([codes[series] for series in said], dtype=np.int64)[which]

    def _coded(self, said: Iterable[Series]) -> dict[Series, int]:
        """Integers of series, those that are new being made."""
        if self._series_codes is None:
            self._series_codes = {series: code for code, series in self.series.items()}
        rows = []
        for series in sorted(set(said) - self._series_codes.keys()):
            self.state.series += 1
            self._series_codes[series] = self.state.series
            self.series[self.state.series] = series
            rows.append(series.row(self.state.series))
        if rows:
            self.channel.tell("flows", "add_series", rows=rows)
        return self._series_codes

    def _put_said(self, table: str, versions: Sequence[Version]) -> None:
        ends = pairs_of(table, versions)
        wanted: dict[str, set[str]] = {}
        for place, kind in enumerate(SAID[table].anchors):
            wanted.setdefault(kind, set()).update(pair[place] for pair in ends)
        self._anchor(wanted)
        rows = self._rows_of(table, versions)
        rows.sort(key=lambda row: (row[0], row[1]))
        for some in parts(rows, self._batch):
            self.channel.tell(table, "insert", rows=some)

    def _rows_of(self, table: str, versions: Sequence[Version]) -> list[list[Any]]:
        """Rows for ``insert`` and ``rewrite``, with the integers of what they share, made when new."""
        if table == "flows":
            series = self._coded(series_of(cast(Flow, version.value)) for version in versions)
            return [flow_row(version, series) for version in versions]
        raters = [_rater(version) for version in versions]
        codes = self._code({rater for rater in raters if rater})
        return [
            statement_row(table, version, codes[rater] if rater else None)
            for version, rater in zip(versions, raters, strict=True)
        ]

    def _anchor(self, wanted: Mapping[str, set[str]]) -> None:
        """Make the anchors, by kind, that are not there yet."""
        new = {kind: wanted.get(kind, set()) - there for kind, there in self._anchors.items()}
        if not any(new.values()):
            return
        asked = {kind: sorted(ids) for kind, ids in new.items()}
        there = {(row["kind"], row["id"]) for row in self.channel.ask("store", "find_anchors", **asked)}
        for kind, ids in asked.items():
            rows = []
            for id_ in ids:
                if (kind, id_) not in there:
                    self.state.anchors += 1
                    rows.append({"id": id_, "number": self.state.anchors})
            for some in parts(rows, self._batch):
                self.channel.tell("store", f"add_{kind}_anchors", rows=some)
            self._anchors[kind] |= new[kind]

    def _code(self, texts: set[str]) -> dict[str, int]:
        """Integers of raters, those that are new being made."""
        if self._codes is None:
            self._codes = {text: code for code, text in self.raters.items()}
        rows = []
        for text in sorted(texts - self._codes.keys()):
            self.state.raters += 1
            self._codes[text] = self.state.raters
            self.raters[self.state.raters] = text
            rows.append({"code": self.state.raters, "text": text})
        if rows:
            self.channel.tell("store", "add_raters", rows=rows)
        return self._codes

    def _count(self, table: str, more: int) -> None:
        self.state.believed[table] = self.state.believed.get(table, 0) + more

    def close(self, table: str, ids: Sequence[str]) -> None:
        """See the protocol."""
        self._touch(table, ids, ())
        self._count(table, -self._close(table, ids))

    def _close(self, table: str, ids: Sequence[str]) -> int:
        closed = 0
        for some in parts(ids, self._batch):
            if table in SAID and (self.staged or table not in STATEMENTS):
                counters = counters_of(table, some)
                (row,) = self.channel.tell(table, "close_counted", counters=counters, revision=self._number)
                closed += row["closed"]
            elif table in SAID:
                rows = self.channel.tell(
                    table, "close", counters=counters_of(table, some), revision=self._number
                )
                closed += len(rows)
                pairs = self._pairs.setdefault(table, set())
                pairs.update((row["row"], row["col"]) for row in rows)
            else:
                uids = [uid(table, id_) for id_ in some]
                (row,) = self.channel.tell("records", "close", uids=uids, revision=self._number)
                closed += row["closed"]
        return closed

    def add_revision(self, revision: Revision) -> None:
        """See the protocol."""
        if self._erasing:
            # read before some go: should this be rolled back, what is remembered of them is still true
            _ = self.raters
            self._drop_orphans()
            self.state.erasures = revision.number
        touched = self._touched
        listed = sum(map(len, touched.values())) <= LISTED
        records = sorted(uid(table, id_) for table, ids in touched.items() for id_ in ids) if listed else None
        if not self.staged:
            everything = {
                table: touched.get(table, set()) | self._cleaned.get(table, set())
                for table in {*touched, *self._cleaned}
            }
            Projector(self, self._batch).refresh(everything, self._pairs)
        written = revision_row(revision, records) | {"counters": self.state.counters}
        projected = None if self.staged else revision.number
        self.channel.tell("store", "seal", written=written, projected=projected)
        self.sealed = True

    def purge(self, table: str, ids: Sequence[str]) -> None:
        """See the protocol."""
        self._erasing = True
        self._cleaned.setdefault(table, set()).update(ids)
        for some in parts(ids, self._batch):
            uids = [uid(table, id_) for id_ in some]
            if table in SAID:
                rows = self.channel.tell(table, "purge", counters=counters_of(table, some))
                self._pairs.setdefault(table, set()).update((row["row"], row["col"]) for row in rows)
                self._count(table, -sum(row["believed"] for row in rows))
            else:
                (row,) = self.channel.tell("records", "purge", uids=uids)
                self._count(table, -row["believed"])
            self.channel.tell("store", "forget_touched", uids=uids)

    def rewrite(self, table: str, versions: Sequence[Version]) -> None:
        """See the protocol."""
        self._erasing = True
        self._cleaned.setdefault(table, set()).update(version.id for version in versions)
        if table in STATEMENTS:
            self._pairs.setdefault(table, set()).update(pairs_of(table, versions))
        for some in parts(versions, self._batch):
            if table in SAID:
                self.channel.tell(table, "rewrite", rows=self._rows_of(table, some))
                continue
            spec = TABLES[table]
            self.channel.tell(
                "records",
                "rewrite",
                rows=[
                    {
                        "uid": uid(table, version.id),
                        "version": version.version,
                        "document": document_text(version.value),
                        "key": key_digest(spec, spec.key(version.value)),
                    }
                    for version in some
                ],
            )

    def rewrite_revisions(self, revisions: Sequence[Revision]) -> None:
        """See the protocol."""
        rows = [{"number": r.number, "author": r.author, "message": r.message} for r in revisions]
        self.channel.tell("store", "rewrite_revisions", rows=rows)

    def _drop_orphans(self) -> None:
        """Forget raters and ids that nothing refers to any more."""
        for name in ("drop_raters", "drop_actor_anchors", "drop_objective_anchors", "drop_territory_anchors"):
            self.channel.tell("store", name)
        self.channel.tell("flows", "drop_series")


def _rater(version: Version) -> str | None:
    rater: str | None = getattr(version.value, "rater", None)
    return rater
