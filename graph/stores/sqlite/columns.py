"""Millions of rows of an SQLite store as columns: several small integers packed in each one that is read."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.columns import OPEN, Statements
from graph.flows import Flows, FlowTable, coded
from graph.stores.backend import Raw
from graph.stores.sqlite.rows import HOT, Interned

VARIABLES = 500
"""Most values bound in one statement, well under SQLite's limit."""

WORD = 63
"""Bits of an integer that are read, the sign left out: what does not fit in one goes to the next."""

DAY_BITS = 22
"""Bits of a day; the lower ones of :data:`graph.columns.OPEN` are later than any."""

NEVER = (1 << DAY_BITS) - 1
"""How "no end" is read."""

FLOW_COLUMNS = "a, b, series, coalesce(quantity, -1.0), truncated * 4 + visibility, counter"
"""What is read of a flow, as numbers."""

Source = tuple[str, tuple[int, ...]]
"""A clause ``FROM … WHERE …`` and its arguments."""


def parts(items: Sequence[Any], size: int = VARIABLES) -> Iterator[Sequence[Any]]:
    """Consecutive slices of at most ``size`` items."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def marks(count: int) -> str:
    """``?, ?, …``: as many placeholders."""
    return ", ".join("?" * count)


class Packing:
    """Small integers laid side by side in as few words as possible.

    Args:
        widths: by SQL expression (its values are not negative), how many bits it takes.
    """

    def __init__(self, widths: dict[str, int]) -> None:
        self._places: dict[str, tuple[int, int, int]] = {}
        words: list[list[str]] = [[]]
        used = 0
        for expression, bits in widths.items():
            if used + bits > WORD and words[-1]:
                words.append([])
                used = 0
            # SQLite gives << and | the same rank
            words[-1].append(f"(({expression}) << {used})")
            self._places[expression] = (len(words) - 1, used, (1 << bits) - 1)
            used += bits
        self.columns = ", ".join(" | ".join(word) for word in words)
        self.words = len(words)

    def unpacked(self, words: NDArray[np.int64], expression: str) -> NDArray[np.int64]:
        """The values of one expression."""
        place, shift, mask = self._places[expression]
        values: NDArray[np.int64] = words[place] >> shift
        values &= mask
        return values


class SqliteColumns:
    """The part of a reader that answers with columns (see :class:`graph.stores.backend.Reader`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.interned = Interned(connection)

    def _all(self, sql: str, arguments: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, tuple(arguments)).fetchall()

    def _believed(self, table: str, columns: str, at_revision: int | None) -> tuple[str, tuple[int, ...]]:
        sql = HOT[table].sql
        if at_revision is None:
            return f"SELECT {columns} FROM {sql}", ()
        return (
            f"SELECT {columns} FROM {sql} WHERE revision <= ? UNION ALL "
            f"SELECT {columns} FROM {sql}_history WHERE revision <= ? AND closed > ?",
            (at_revision, at_revision, at_revision),
        )

    def statements(self, table: str, at_revision: int | None = None) -> Raw:
        """See the protocol."""
        sql = HOT[table].sql
        sources: list[Source] = [(f"FROM {sql} WHERE true", ())]
        if at_revision is not None:
            then = (at_revision, at_revision)
            sources = [
                (f"FROM {sql} WHERE revision <= ?", (at_revision,)),
                (f"FROM {sql}_history WHERE revision <= ? AND closed > ?", then),
            ]
        statements, raters = self._packed(table, sources)
        (row_table, _), (col_table, _) = HOT[table].ends
        return Raw(statements, self._ids(row_table), self._ids(col_table), raters)

    def around(self, table: str, ids: Sequence[str], end: int) -> Raw:
        """See the protocol."""
        column, other = tuple(zip(("a", "b"), (name for name, _ in HOT[table].ends), strict=True))[end]
        keys = [key for id_ in ids if (key := self.interned.entity(other, id_, create=False)) is not None]
        statements, raters = self._packed(
            table,
            [
                (f"FROM {HOT[table].sql} WHERE {column} IN ({marks(len(some))})", tuple(some))
                for some in parts(keys)
            ],
        )
        rows, row = np.unique(statements.row, return_inverse=True)
        cols, col = np.unique(statements.col, return_inverse=True)
        pair = row.astype(np.int64) << 32 | col.astype(np.int64)
        return Raw(replace(statements, pair=pair), self._some_ids(rows), self._some_ids(cols), raters)

    def _packed(self, table: str, sources: Sequence[Source]) -> tuple[Statements, list[str]]:
        """Statements of some sources, rows and columns being the store's integers, and texts of raters."""
        packing = Packing(
            {
                "a": self._bits("SELECT max(key) FROM entity"),
                "b": self._bits("SELECT max(key) FROM entity"),
                "rater": self._bits("SELECT max(key) FROM phrase"),
                "valid_from": DAY_BITS,
                "valid_to & 0x3FFFFF": DAY_BITS,
                "value + 4": 4,
                "retained": 1,
                "visibility": 2,
                "confidence": self._bits("SELECT max(key) FROM degree"),
                "counter": self._bits("SELECT last FROM counter WHERE tab = ?", table),
                # the revision being written is one more than the head
                "revision": self._bits("SELECT max(number) + 1 FROM revision"),
            }
        )
        words = np.ascontiguousarray(self._flat(packing.columns, sources, packing.words).T)
        rater, until, degree = (
            packing.unpacked(words, name) for name in ("rater", "valid_to & 0x3FFFFF", "confidence")
        )
        statements = Statements(
            packing.unpacked(words, "a") << 32 | packing.unpacked(words, "b"),
            rater.astype(np.int32),
            packing.unpacked(words, "valid_from").astype(np.int32),
            np.where(until == NEVER, OPEN, until).astype(np.int32),
            (packing.unpacked(words, "value + 4") - 4).astype(np.int8),
            self._degrees()[degree],
            packing.unpacked(words, "retained").astype(np.bool_),
            packing.unpacked(words, "visibility").astype(np.uint8),
            packing.unpacked(words, "counter"),
            packing.unpacked(words, "revision"),
        )
        return statements, self._raters(rater)

    def _bits(self, sql: str, *arguments: str) -> int:
        """How many bits the answer takes, at least one."""
        rows = self._all(sql, arguments)
        return max(int((rows and rows[0][0]) or 0).bit_length(), 1)

    def _degrees(self) -> NDArray[np.float64]:
        """The confidence at the place of each integer, NaN where none is stated."""
        rows = self._all("SELECT key, value FROM degree WHERE key <> 0")
        found = np.full(max((key for key, _ in rows), default=0) + 1, np.nan)
        for key, value in rows:
            found[key] = value
        return found

    def _flat(self, columns: str, sources: Sequence[Source], width: int) -> NDArray[np.int64]:
        """Integer columns of the rows of all sources."""
        flat = [
            np.fromiter(
                chain.from_iterable(self.connection.execute(f"SELECT {columns} {source}", arguments)),
                np.int64,
            )
            for source, arguments in sources
        ]
        return (flat[0] if len(flat) == 1 else np.concatenate([np.empty(0, np.int64), *flat])).reshape(
            -1, width
        )

    @functools.cached_property
    def _known_ids(self) -> dict[str, list[str]]:
        return {}

    def _ids(self, table: str) -> list[str]:
        """The id at the place of each integer; empty where it is another table's."""
        if table not in self._known_ids:
            rows = self._all("SELECT key, id FROM entity WHERE tab = ?", (table,))
            found = [""] * (max((key for key, _ in rows), default=0) + 1)
            for key, id_ in rows:
                found[key] = id_
            self._known_ids[table] = found
        return self._known_ids[table]

    def _some_ids(self, keys: NDArray[np.int64]) -> list[str]:
        """The ids of some integers, in their order."""
        found: dict[int, str] = {}
        for some in parts(keys.tolist()):
            found.update(self._all(f"SELECT key, id FROM entity WHERE key IN ({marks(len(some))})", some))
        return [found[key] for key in keys.tolist()]

    def _raters(self, used: NDArray[np.int64]) -> list[str]:
        keys = sorted({0, *np.unique(used).tolist()})
        texts = [""] * (keys[-1] + 1)
        for key in keys[1:]:
            texts[key] = self.interned.text_of(key) or ""
        return texts

    def flows(self, at_revision: int | None = None, *, closed: bool = False) -> FlowTable:
        """See the protocol."""
        past: tuple[str, tuple[int, ...]] = (f"SELECT {FLOW_COLUMNS} FROM flow_history", ())
        sql, arguments = past if closed else self._believed("flows", FLOW_COLUMNS, at_revision)
        return FlowTable(self._flows(sql, arguments), self._ids("territories"))

    def flows_of(self, territory: str) -> FlowTable:
        """See the protocol; what stays within a territory is found by its origin."""
        key = self.interned.entity("territories", territory, create=False)
        found = self._flows(
            f"SELECT {FLOW_COLUMNS} FROM flow WHERE a = ? "
            f"UNION ALL SELECT {FLOW_COLUMNS} FROM flow WHERE b = ? AND a <> ?",
            (key, key, key),
        )
        used = np.unique(np.concatenate([found.origin, found.destination]))
        ends = (np.searchsorted(used, end).astype(np.int32) for end in (found.origin, found.destination))
        origin, destination = ends
        return FlowTable(
            replace(found, origin=origin, destination=destination), self._some_ids(used.astype(np.int64))
        )

    def _flows(self, sql: str, arguments: Sequence[int | None]) -> Flows:
        """Flows that a query of :data:`FLOW_COLUMNS` answers, ends being the store's integers."""
        # every integer here is below 2⁵³: a double holds it exactly
        flat = np.fromiter(
            chain.from_iterable(self.connection.execute(sql, arguments)), dtype=np.float64
        ).reshape(-1, 6)
        series = flat[:, 2].astype(np.int64)
        used = np.unique(series).tolist()
        said = np.searchsorted(used, series)
        told = [self.interned.series_of(key) for key in used]
        kinds, kind = coded([row[0] for row in told])
        units, unit = coded([row[1] for row in told])
        sources, source = coded([row[3] for row in told])
        marked = flat[:, 4].astype(np.uint8)
        return Flows(
            flat[:, 0].astype(np.int32),
            flat[:, 1].astype(np.int32),
            kind[said],
            unit[said],
            np.array([row[2] for row in told], dtype=np.int16)[said],
            source[said],
            np.where(flat[:, 3] < 0, np.nan, flat[:, 3]),
            marked >= 4,
            flat[:, 5].astype(np.int64),
            (marked & 3).astype(np.uint8),
            kinds,
            units,
            sources,
        )
