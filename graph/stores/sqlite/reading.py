"""Reading an SQLite store inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from graph.ids import record_counter, record_id
from graph.model import TABLES, from_document
from graph.stores.backend import COLUMNAR, Key, Revision, Version
from graph.stores.sqlite.columns import SqliteColumns, marks, parts
from graph.stores.sqlite.rows import HOT, cold_version, hot_version, key_text

REVISION_COLUMNS = "number, moment, author, message, origin, file_hash, touched, undoes, erased"


class SqliteReader(SqliteColumns):
    """A consistent view of the database: one read transaction (see :class:`graph.stores.backend.Reader`)."""

    def head(self) -> int:
        """See the protocol."""
        return int(self._all("SELECT coalesce(max(number), 0) FROM revision")[0][0])

    def revision(self, number: int) -> Revision | None:
        """See the protocol."""
        rows = self._all(f"SELECT {REVISION_COLUMNS} FROM revision WHERE number = ?", (number,))
        return Revision(*rows[0]) if rows else None

    def revisions(self, before: int | None, limit: int) -> list[Revision]:
        """See the protocol."""
        rows = self._all(
            f"SELECT {REVISION_COLUMNS} FROM revision WHERE ? IS NULL OR number < ? "
            "ORDER BY number DESC LIMIT ?",
            (before, before, limit),
        )
        return [Revision(*row) for row in rows]

    def ids(self, table: str) -> set[str]:
        """See the protocol."""
        return {row[0] for row in self._all("SELECT id FROM record WHERE tab = ?", (table,))}

    def count(self, table: str) -> int:
        """See the protocol."""
        if table in HOT:
            return int(self._all(f"SELECT count(*) FROM {HOT[table].sql}")[0][0])
        return int(self._all("SELECT count(*) FROM record WHERE tab = ?", (table,))[0][0])

    def by_key(self, table: str, keys: Sequence[Key]) -> dict[Key, Version]:
        """See the protocol."""
        found: dict[Key, Version] = {}
        spec = TABLES[table]
        if table in HOT:
            return self._hot_by_key(table, keys)
        for some in parts(keys):
            texts = {key_text(key): key for key in some}
            for row in self._all(
                f"SELECT id, version, revision, NULL, document, key FROM record "
                f"WHERE tab = ? AND key IN ({marks(len(texts))})",
                (table, *texts),
            ):
                found[texts[row[5]]] = cold_version(spec, row[:5])
        return found

    def past(self, table: str, keys: Sequence[Key]) -> dict[Key, list[Version]]:
        """See the protocol."""
        found: dict[Key, list[Version]] = {}
        spec = TABLES[table]
        if table in HOT:
            wanted = set(keys)
            for version in self.past_of(table, list(dict.fromkeys((key[0], key[1]) for key in keys))):
                key = spec.key(version.value)
                if key in wanted:
                    found.setdefault(key, []).append(version)
            return found
        for some in parts(keys):
            texts = {key_text(key): key for key in some}
            for row in self._all(
                "SELECT id, version, revision, closed, document, key FROM record_history "
                f"WHERE tab = ? AND key IN ({marks(len(texts))}) ORDER BY revision",
                (table, *texts),
            ):
                found.setdefault(texts[row[5]], []).append(cold_version(spec, row[:5]))
        return found

    def past_of(self, table: str, pairs: Sequence[tuple[str, str]]) -> list[Version]:
        """See the protocol."""
        if not self._all(f"SELECT 1 FROM {HOT[table].sql}_history LIMIT 1"):
            return []
        return self._of(
            f"SELECT {HOT[table].columns}, closed FROM {HOT[table].sql}_history WHERE a = ? AND b = ?",
            table,
            pairs,
        )

    def _of(self, sql: str, table: str, pairs: Sequence[tuple[str, str]]) -> list[Version]:
        found: list[Version] = []
        (row_table, _), (col_table, _) = HOT[table].ends
        for row_id, col_id in pairs:
            a = self.interned.entity(row_table, row_id, create=False)
            b = self.interned.entity(col_table, col_id, create=False)
            if a is not None and b is not None:
                found.extend(hot_version(table, row, self.interned) for row in self._all(sql, (a, b)))
        return sorted(found, key=lambda version: version.revision)

    def _hot_by_key(self, table: str, keys: Sequence[Key]) -> dict[Key, Version]:
        found: dict[Key, Version] = {}
        hot = HOT[table]
        if not self._all(f"SELECT 1 FROM {hot.sql} LIMIT 1"):
            return found
        sql = f"SELECT {hot.columns}, NULL FROM {hot.sql} WHERE {hot.keyed}"
        for key in keys:
            place = hot.key(table, key, self.interned)
            if None in place:
                continue
            row = self.connection.execute(sql, place).fetchone()
            if row is not None:
                found[key] = hot_version(table, row, self.interned)
        return found

    def by_id(self, table: str, ids: Sequence[str]) -> dict[str, Version]:
        """See the protocol."""
        found: dict[str, Version] = {}
        spec = TABLES[table]
        for some in parts(ids):
            if table in HOT:
                counters = [c for c in (record_counter(spec.letter, id_) for id_ in some) if c is not None]
                for row in self._all(
                    f"SELECT {HOT[table].columns}, NULL FROM {HOT[table].sql} WHERE counter IN ({marks(len(counters))})",
                    counters,
                ):
                    version = hot_version(table, row, self.interned)
                    found[version.id] = version
            else:
                for row in self._all(
                    f"SELECT id, version, revision, NULL, document FROM record "
                    f"WHERE tab = ? AND id IN ({marks(len(some))})",
                    (table, *some),
                ):
                    found[row[0]] = cold_version(spec, row)
        return {id_: found[id_] for id_ in ids if id_ in found}

    def present(self, wanted: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """See the protocol."""
        found: dict[str, set[str]] = {table: set() for table in wanted}
        for table, ids in wanted.items():
            for some in parts(list(ids)):
                rows = self._all(
                    f"SELECT id FROM record WHERE tab = ? AND id IN ({marks(len(some))})", (table, *some)
                )
                found[table].update(row[0] for row in rows)
        return found

    def ever(self, table: str, ids: Sequence[str]) -> dict[str, int]:
        """See the protocol."""
        found: dict[str, int] = {}
        spec = TABLES[table]
        for some in parts(ids):
            if table in HOT:
                counters = [c for c in (record_counter(spec.letter, id_) for id_ in some) if c is not None]
                rows = self._all(
                    f"SELECT counter, max(version) FROM (SELECT counter, version FROM {HOT[table].sql} UNION ALL "
                    f"SELECT counter, version FROM {HOT[table].sql}_history) "
                    f"WHERE counter IN ({marks(len(counters))}) GROUP BY counter",
                    counters,
                )
                found.update({record_id(spec.letter, counter): version for counter, version in rows})
            else:
                rows = self._all(
                    "SELECT id, max(version) FROM (SELECT tab, id, version FROM record UNION ALL "
                    f"SELECT tab, id, version FROM record_history) WHERE tab = ? AND id IN ({marks(len(some))}) "
                    "GROUP BY id",
                    (table, *some),
                )
                found.update(dict(rows))
        return found

    def scan(self, table: str, at_revision: int | None = None) -> Iterator[Version]:
        """See the protocol."""
        spec = TABLES[table]
        if table in HOT:
            sql, arguments = self._believed(table, f"{HOT[table].columns}, NULL", at_revision)
            for row in self.connection.execute(f"{sql} ORDER BY counter", arguments):
                yield hot_version(table, row, self.interned)
            return
        if at_revision is None:
            rows = self._all(
                "SELECT id, version, revision, NULL, document FROM record WHERE tab = ?", (table,)
            )
        else:
            rows = self._all(
                "SELECT id, version, revision, NULL, document FROM record WHERE tab = ? AND revision <= ? "
                "UNION ALL SELECT id, version, revision, closed, document FROM record_history "
                "WHERE tab = ? AND revision <= ? AND closed > ?",
                (table, at_revision, table, at_revision, at_revision),
            )
        if spec.entity:
            rows.sort(key=lambda row: str(row[0]))
        else:
            rows.sort(key=lambda row: record_counter(spec.letter, row[0]) or 0)
        # one text to parse instead of thousands
        documents = json.loads("[" + ",".join(row[4] for row in rows) + "]")
        for (id_, version, revision, closed, _), document in zip(rows, documents, strict=True):
            yield Version(id_, version, revision, from_document(spec, document), closed)

    def scan_all(self, table: str) -> Iterator[Version]:
        """See the protocol."""
        if table in HOT:
            sql = HOT[table].sql
            for row in self.connection.execute(
                f"SELECT {HOT[table].columns}, NULL AS closed FROM {sql} "
                f"UNION ALL SELECT {HOT[table].columns}, closed FROM {sql}_history"
            ):
                yield hot_version(table, row, self.interned)
            return
        for row in self._all(
            "SELECT id, version, revision, NULL, document FROM record WHERE tab = ? "
            "UNION ALL SELECT id, version, revision, closed, document FROM record_history WHERE tab = ?",
            (table, table),
        ):
            yield cold_version(TABLES[table], row)

    def history(self, table: str, record: str) -> list[Version]:
        """See the protocol."""
        return self.histories(table, [record]).get(record, [])

    def histories(self, table: str, records: Sequence[str]) -> dict[str, list[Version]]:
        """See the protocol."""
        found: dict[str, list[Version]] = {}
        for some in parts(records):
            for version in self._every_version(table, some):
                found.setdefault(version.id, []).append(version)
        for versions in found.values():
            versions.sort(key=lambda version: version.version)
        return found

    def _every_version(self, table: str, records: Sequence[str]) -> list[Version]:
        if table in HOT:
            sql, letter = HOT[table].sql, TABLES[table].letter
            counters = [c for c in (record_counter(letter, id_) for id_ in records) if c is not None]
            among = f"counter IN ({marks(len(counters))})"
            rows = self._all(
                f"SELECT {HOT[table].columns}, NULL AS closed FROM {sql} WHERE {among} "
                f"UNION ALL SELECT {HOT[table].columns}, closed FROM {sql}_history WHERE {among}",
                (*counters, *counters),
            )
            return [hot_version(table, row, self.interned) for row in rows]
        among = f"tab = ? AND id IN ({marks(len(records))})"
        rows = self._all(
            f"SELECT id, version, revision, NULL, document FROM record WHERE {among} "
            f"UNION ALL SELECT id, version, revision, closed, document FROM record_history WHERE {among}",
            (table, *records, table, *records),
        )
        return [cold_version(TABLES[table], row) for row in rows]

    def written_since(self, table: str, revision: int) -> NDArray[np.int64]:
        """See the protocol."""
        sql = HOT[table].sql
        rows = self.connection.execute(
            f"SELECT counter, revision, 0 FROM {sql} WHERE revision >= ? "
            f"UNION ALL SELECT counter, revision, closed FROM {sql}_history WHERE revision >= ? OR closed >= ?",
            (revision, revision, revision),
        )
        return np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, 3)

    def touched(self, revision: int, *, columnar: bool = True) -> list[tuple[str, str]]:
        """See the protocol."""
        listed = self._all("SELECT listed FROM revision WHERE number = ?", (revision,))
        if not listed:
            return []
        if listed[0][0]:
            found = self._all("SELECT tab, record FROM touched WHERE revision = ?", (revision,))
            return sorted((tab, record) for tab, record in found if columnar or tab not in COLUMNAR)
        pairs: set[tuple[str, str]] = set(
            self._all(
                "SELECT tab, id FROM record WHERE revision = ? "
                "UNION SELECT tab, id FROM record_history WHERE revision = ? OR closed = ?",
                (revision, revision, revision),
            )
        )
        for table, hot in HOT.items() if columnar else ():
            letter = TABLES[table].letter
            for (counter,) in self._all(
                f"SELECT counter FROM {hot.sql} WHERE revision = ? "
                f"UNION SELECT counter FROM {hot.sql}_history WHERE revision = ? OR closed = ?",
                (revision, revision, revision),
            ):
                pairs.add((table, record_id(letter, counter)))
        return sorted(pairs)

    def touched_since(self, revision: int, limit: int) -> list[tuple[str, str]] | None:
        """See the protocol."""
        if self._all(
            "SELECT 1 FROM revision WHERE number > ? AND (NOT listed OR erased IS NOT NULL) LIMIT 1",
            (revision,),
        ):
            return None
        rows = self._all(
            "SELECT DISTINCT tab, record FROM touched WHERE revision > ? LIMIT ?", (revision, limit + 1)
        )
        return None if len(rows) > limit else [(tab, record) for tab, record in rows]

    def starting(self, table: str, first: str) -> list[Version]:
        """See the protocol; keys are JSON lists, so that those beginning with an id stand together."""
        prefix = json.dumps([first], ensure_ascii=False)[:-1]
        rows = self._all(
            "SELECT id, version, revision, NULL, document FROM record WHERE tab = ? AND key > ? AND key < ?",
            (table, f"{prefix},", f"{prefix}-"),
        )
        found = [cold_version(TABLES[table], row) for row in rows]
        return sorted(found, key=lambda v: record_counter(TABLES[table].letter, v.id) or 0)

    def statements_of(self, table: str, pairs: Sequence[tuple[str, str]]) -> list[Version]:
        """See the protocol."""
        return self._of(
            f"SELECT {HOT[table].columns}, NULL FROM {HOT[table].sql} WHERE a = ? AND b = ?", table, pairs
        )
