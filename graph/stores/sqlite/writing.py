"""Writing an SQLite store inside one transaction."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.flows import Flows, FlowTable
from graph.ids import record_counter, record_id
from graph.model import TABLES
from graph.stores.backend import Revision, Version
from graph.stores.sqlite.columns import marks
from graph.stores.sqlite.reading import SqliteReader
from graph.stores.sqlite.rows import HOT, document_text, hot_row, key_text

LISTED = 10_000
"""Most records that a revision lists for the change feed; larger ones are found by scanning."""


class SqliteWriting(SqliteReader):
    """The one writer (see :class:`graph.stores.backend.Writing`)."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._number = self.head() + 1
        self._touched: set[tuple[str, str]] = set()
        self._erasing = False

    def _touch(self, table: str, ids: Sequence[str]) -> None:
        if len(self._touched) <= LISTED:
            self._touched.update((table, id_) for id_ in ids)

    def last_counter(self, table: str) -> int:
        """See the protocol."""
        rows = self._all("SELECT last FROM counter WHERE tab = ?", (table,))
        return int(rows[0][0]) if rows else 0

    def put(self, table: str, versions: Sequence[Version]) -> None:
        """See the protocol."""
        self._touch(table, [version.id for version in versions])
        self.__dict__.pop("_known_ids", None)  # integers are given to ids that were not met before
        later = [version.id for version in versions if version.version > 1]
        if later:
            self._archive(table, later)
        if table in HOT:
            hot = HOT[table]
            rows = sorted(
                hot.rows(table, versions, self.interned)
            )  # in the order of the primary key, which is unique
            self.connection.executemany(
                f"INSERT INTO {hot.sql} ({hot.columns}) VALUES ({marks(len(rows[0]))})", rows
            )
            self._count(table, max(row[-3] for row in rows))
            return
        spec = TABLES[table]
        self.connection.executemany(
            "INSERT INTO record (tab, id, key, version, revision, document) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (table, v.id, key_text(spec.key(v.value)), v.version, v.revision, document_text(v.value))
                for v in versions
            ],
        )
        if not spec.entity:
            self._count(table, max(record_counter(spec.letter, v.id) or 0 for v in versions))
        elif table in ("actors", "objectives"):
            self.connection.executemany(
                "INSERT OR IGNORE INTO entity (tab, id) VALUES (?, ?)", [(table, v.id) for v in versions]
            )

    def put_flows(self, some: FlowTable) -> None:
        """See the protocol."""
        flows, ids = some.flows, some.territories
        if len(self._touched) <= LISTED:
            self._touch("flows", [record_id("F", counter) for counter in flows.record.tolist()])
        self.__dict__.pop("_known_ids", None)
        keys = np.zeros(len(ids), dtype=np.int64)
        used = some.used
        keys[used] = [
            self.interned.entity("territories", ids[place], create=True) or 0 for place in used.tolist()
        ]
        series = self._series_of(flows)
        a, b = keys[flows.origin], keys[flows.destination]
        pair = a << 32 | b
        order = np.lexsort((series, pair)) if np.any(series != series[:1]) else np.argsort(pair)
        quantity = flows.quantity[order].tolist()
        if np.isnan(flows.quantity).any():
            quantity = [None if value != value else value for value in quantity]
        rows = zip(
            a[order].tolist(),
            b[order].tolist(),
            series[order].tolist(),
            quantity,
            flows.truncated[order].astype(np.int8).tolist(),
            flows.visibility[order].tolist(),
            flows.record[order].tolist(),
            itertools.repeat(self._number),
            strict=False,
        )
        self.connection.executemany(
            f"INSERT INTO flow ({HOT['flows'].columns}) VALUES (?, ?, ?, ?, ?, NULL, ?, NULL, ?, 1, ?)", rows
        )
        self._count("flows", int(flows.record.max(initial=0)))

    def _series_of(self, flows: Flows) -> NDArray[np.int64]:
        """Integer of each flow's kind, unit, year and source, made when new."""
        distinct, which = flows.shared()
        keys = [
            self.interned.series(
                (flows.kinds[kind], flows.units[unit], year, flows.sources[source]), create=True
            )
            for kind, unit, year, source in distinct.tolist()
        ]
        return np.array(keys, dtype=np.int64)[which]

    def _count(self, table: str, last: int) -> None:
        self.connection.execute(
            "INSERT INTO counter (tab, last) VALUES (?, ?) "
            "ON CONFLICT (tab) DO UPDATE SET last = max(last, excluded.last)",
            (table, last),
        )

    def close(self, table: str, ids: Sequence[str]) -> None:
        """See the protocol."""
        self._touch(table, ids)
        self._archive(table, ids)

    def _archive(self, table: str, ids: Sequence[str]) -> None:
        if table in HOT:
            sql, columns, letter = HOT[table].sql, HOT[table].columns, TABLES[table].letter
            counters = [(self._number, record_counter(letter, id_)) for id_ in ids]
            self.connection.executemany(
                f"INSERT INTO {sql}_history ({columns}, closed) SELECT {columns}, ? FROM {sql} WHERE counter = ?",
                counters,
            )
            self.connection.executemany(
                f"DELETE FROM {sql} WHERE counter = ?", [(counter,) for _, counter in counters]
            )
            return
        self.connection.executemany(
            "INSERT INTO record_history (tab, id, version, revision, closed, document, key) "
            "SELECT tab, id, version, revision, ?, document, key FROM record WHERE tab = ? AND id = ?",
            [(self._number, table, id_) for id_ in ids],
        )
        self.connection.executemany(
            "DELETE FROM record WHERE tab = ? AND id = ?", [(table, id_) for id_ in ids]
        )

    def add_revision(self, revision: Revision) -> None:
        """See the protocol."""
        listed = len(self._touched) <= LISTED
        self.connection.execute(
            "INSERT INTO revision (number, moment, author, message, origin, file_hash, touched, undoes, erased, "
            "listed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                revision.number,
                revision.moment,
                revision.author,
                revision.message,
                revision.origin,
                revision.file_hash,
                revision.touched,
                revision.undoes,
                revision.erased,
                int(listed),
            ),
        )
        if listed:
            self.connection.executemany(
                "INSERT INTO touched (revision, tab, record) VALUES (?, ?, ?)",
                sorted((revision.number, tab, record) for tab, record in self._touched),
            )
        if self._erasing:
            self._drop_orphans()

    def purge(self, table: str, ids: Sequence[str]) -> None:
        """See the protocol."""
        self._erasing = True
        if table in HOT:
            sql, letter = HOT[table].sql, TABLES[table].letter
            counters = [(record_counter(letter, id_),) for id_ in ids]
            self.connection.executemany(f"DELETE FROM {sql} WHERE counter = ?", counters)
            self.connection.executemany(f"DELETE FROM {sql}_history WHERE counter = ?", counters)
        else:
            pairs = [(table, id_) for id_ in ids]
            self.connection.executemany("DELETE FROM record WHERE tab = ? AND id = ?", pairs)
            self.connection.executemany("DELETE FROM record_history WHERE tab = ? AND id = ?", pairs)
        self.connection.executemany(
            "DELETE FROM touched WHERE tab = ? AND record = ?", [(table, id_) for id_ in ids]
        )

    def rewrite(self, table: str, versions: Sequence[Version]) -> None:
        """See the protocol."""
        self._erasing = True
        for version in versions:
            if table in HOT:
                sql = HOT[table].sql + ("" if version.closed is None else "_history")
                columns = HOT[table].columns.split(", ")[:-3]
                row = hot_row(table, version, self.interned)
                self.connection.execute(
                    f"UPDATE {sql} SET {', '.join(f'{name} = ?' for name in columns)} "
                    "WHERE counter = ? AND version = ?",
                    (*row[:-3], row[-3], version.version),
                )
                continue
            document = document_text(version.value)
            key = key_text(TABLES[table].key(version.value))
            if version.closed is None:
                self.connection.execute(
                    "UPDATE record SET document = ?, key = ? WHERE tab = ? AND id = ?",
                    (document, key, table, version.id),
                )
            else:
                self.connection.execute(
                    "UPDATE record_history SET document = ?, key = ? WHERE tab = ? AND id = ? AND version = ?",
                    (document, key, table, version.id, version.version),
                )

    def rewrite_revisions(self, revisions: Sequence[Revision]) -> None:
        """See the protocol."""
        self.connection.executemany(
            "UPDATE revision SET author = ?, message = ? WHERE number = ?",
            [(revision.author, revision.message, revision.number) for revision in revisions],
        )

    def _drop_orphans(self) -> None:
        """Forget texts and ids that nothing refers to any more."""
        self.connection.execute(
            "DELETE FROM flow_series WHERE key NOT IN (SELECT series FROM flow UNION SELECT series FROM flow_history)"
        )
        texts = " UNION ".join(
            [
                f"SELECT {column} FROM {HOT[table].sql}{suffix}"
                for table in ("positions", "influences")
                for suffix in ("", "_history")
                for column in ("rater", "source")
            ]
            + [f"SELECT {column} FROM flow_series" for column in ("kind", "unit", "source")]
        )
        self.connection.execute(f"DELETE FROM phrase WHERE key <> 0 AND key NOT IN ({texts})")
        ends = " UNION ".join(
            f"SELECT {column} FROM {hot.sql}{suffix}"
            for hot in HOT.values()
            for suffix in ("", "_history")
            for column in ("a", "b")
        )
        self.connection.execute(
            f"DELETE FROM entity WHERE key NOT IN ({ends}) AND NOT EXISTS "
            "(SELECT 1 FROM record WHERE record.tab = entity.tab AND record.id = entity.id) AND NOT EXISTS "
            "(SELECT 1 FROM record_history h WHERE h.tab = entity.tab AND h.id = entity.id)"
        )
