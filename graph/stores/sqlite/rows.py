"""Between versions of records and rows of SQLite."""

from __future__ import annotations

import json
import operator
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from graph.columns import OPEN
from graph.ids import record_id
from graph.model import TABLES, Fact, Flow, Influence, Position, Table, from_document, to_document
from graph.versions import Version
from graph.vocabulary import VISIBILITIES

COLUMNS = (
    "a, b, rater, valid_from, valid_to, value, confidence, retained, visibility, source, comment, attributes, "
    "counter, version, revision"
)
"""Columns of a table of statements, in the order of :func:`statement_rows`."""

FLOW_COLUMNS = (
    "a, b, series, quantity, truncated, confidence, visibility, attributes, counter, version, revision"
)
"""Columns of the table of flows, in the order of :func:`flow_rows`."""


def key_text(key: tuple[Any, ...]) -> str:
    """Natural key as canonical JSON."""
    return json.dumps(
        [part.isoformat() if isinstance(part, date) else part for part in key],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def document_text(value: Fact) -> str:
    """Record as canonical JSON."""
    return json.dumps(to_document(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def cold_version(table: Table, row: tuple[Any, ...]) -> Version:
    """Version from (id, version, revision, closed, document)."""
    id_, version, revision, closed, document = row
    return Version(id_, version, revision, from_document(table, json.loads(document)), closed)


class Interned:
    """Integers for ids, raters, sources and confidences, remembered while a transaction lasts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._entities: dict[tuple[str, str], int] = {}
        self._phrases: dict[str, int] = {"": 0}
        self._degrees: dict[float, int] = {-1.0: 0}
        self._ids: dict[int, str] = {}
        self._texts: dict[int, str] = {0: ""}
        self._values: dict[int, float | None] = {0: None}
        self._series: dict[tuple[str, str, int, str], int] = {}
        self._absent: set[tuple[str, str, int, str]] = set()
        self._said: dict[int, tuple[str, str, int, str]] = {}

    def entity(self, table: str, id_: str, *, create: bool) -> int | None:
        """Integer of an entity's id."""
        key = self._entities.get((table, id_))
        if key is None:
            key = self._find("SELECT key FROM entity WHERE tab = ? AND id = ?", (table, id_))
            if key is None and create:
                key = self._insert("INSERT INTO entity (tab, id) VALUES (?, ?)", (table, id_))
            if key is not None:
                self._entities[table, id_] = key
        return key

    def phrase(self, text: str | None, *, create: bool) -> int | None:
        """Integer of a rater or source."""
        key = self._phrases.get(text or "")
        if key is None:
            key = self._find("SELECT key FROM phrase WHERE text = ?", (text,))
            if key is None and create:
                key = self._insert("INSERT INTO phrase (text) VALUES (?)", (text,))
            if key is not None:
                self._phrases[text or ""] = key
        return key

    def series(self, said: tuple[str, str, int, str], *, create: bool) -> int | None:
        """Integer of what a flow shares with many: kind, unit, year, source (see :func:`series_said`)."""
        key = self._series.get(said)
        if key is None and (create or said not in self._absent):
            phrases = [self.phrase(text, create=create) for text in (said[0], said[1], said[3])]
            if None in phrases:
                self._absent.add(said)
                return None
            coded = (phrases[0], phrases[1], said[2], phrases[2])
            key = self._find(
                "SELECT key FROM flow_series WHERE kind = ? AND unit = ? AND year = ? AND source = ?", coded
            )
            if key is None and create:
                key = self._insert(
                    "INSERT INTO flow_series (kind, unit, year, source) VALUES (?, ?, ?, ?)", coded
                )
            if key is not None:
                self._series[said] = key
            else:
                self._absent.add(said)
        return key

    def series_of(self, key: int) -> tuple[str, str, int, str]:
        """Kind, unit, year and source of an integer; ``""`` and 0 when not said."""
        if key not in self._said:
            kind, unit, year, source = self._connection.execute(
                "SELECT kind, unit, year, source FROM flow_series WHERE key = ?", (key,)
            ).fetchone()
            texts = [self.text_of(phrase) or "" for phrase in (kind, unit, source)]
            self._said[key] = (texts[0], texts[1], year, texts[2])
        return self._said[key]

    def degree(self, value: float | None) -> int:
        """Integer of a confidence, made when new."""
        stated = -1.0 if value is None else float(value)
        key = self._degrees.get(stated)
        if key is None:
            key = self._find("SELECT key FROM degree WHERE value = ?", (stated,))
            if key is None:
                key = self._insert("INSERT INTO degree (value) VALUES (?)", (stated,))
            self._degrees[stated] = key
        return key

    def id_of(self, key: int) -> str:
        """Id of an entity's integer."""
        if key not in self._ids:
            self._ids[key] = self._text("SELECT id FROM entity WHERE key = ?", key)
        return self._ids[key]

    def text_of(self, key: int) -> str | None:
        """Rater or source of an integer; ``None`` for 0."""
        if key not in self._texts:
            self._texts[key] = self._text("SELECT text FROM phrase WHERE key = ?", key)
        return self._texts[key] or None

    def value_of(self, key: int) -> float | None:
        """Confidence of an integer; ``None`` for 0."""
        if key not in self._values:
            row = self._connection.execute("SELECT value FROM degree WHERE key = ?", (key,)).fetchone()
            self._values[key] = float(row[0])
        return self._values[key]

    def _find(self, sql: str, arguments: tuple[Any, ...]) -> int | None:
        row = self._connection.execute(sql, arguments).fetchone()
        return None if row is None else int(row[0])

    def _text(self, sql: str, key: int) -> str:
        return str(self._connection.execute(sql, (key,)).fetchone()[0])

    def _insert(self, sql: str, arguments: tuple[Any, ...]) -> int:
        return int(cast(int, self._connection.execute(sql, arguments).lastrowid))


def attributes_text(value: Fact) -> str | None:
    """Attributes of a record as a column holds them; ``None`` when there are none."""
    return json.dumps(value.attributes, ensure_ascii=False) if value.attributes else None


def attributes_of(text: str | None) -> tuple[tuple[str, str], ...]:
    """Attributes from their column."""
    return tuple((k, v) for k, v in json.loads(text)) if text else ()


class _Columns:
    """Columns of some versions' records; what stands for a value is asked for once a distinct value."""

    def __init__(self, versions: Sequence[Version]) -> None:
        self._values = [version.value for version in versions]

    def plain(self, name: str) -> list[Any]:
        """The values of a field."""
        return list(map(operator.attrgetter(name), self._values))

    def coded(self, name: str, code: Callable[[Any], Any]) -> Iterator[Any]:
        """What stands for the values of a field."""
        said = self.plain(name)
        codes = {value: code(value) for value in dict.fromkeys(said)}
        return map(codes.__getitem__, said)

    def attributes(self) -> Iterator[str | None]:
        """The attributes as a column holds them."""
        return map(attributes_text, self._values)


def _numbers(table: str, versions: Sequence[Version]) -> tuple[Iterator[int], ...]:
    """Counters, versions and revisions."""
    letter = len(TABLES[table].letter)
    return (
        (int(version.id[letter:]) for version in versions),
        (version.version for version in versions),
        (version.revision for version in versions),
    )


def statement_rows(table: str, versions: Sequence[Version], interned: Interned) -> list[tuple[Any, ...]]:
    """Rows of some statements' versions, in the order of :data:`COLUMNS`; integers are given once a distinct value."""
    told = _Columns(versions)
    (row_table, row_field), (col_table, col_field) = HOT[table].ends
    return list(
        zip(
            told.coded(row_field, lambda id_: interned.entity(row_table, id_, create=True)),
            told.coded(col_field, lambda id_: interned.entity(col_table, id_, create=True)),
            told.coded("rater", lambda text: interned.phrase(text, create=True)),
            told.coded("valid_from", date.toordinal),
            told.coded("valid_to", lambda day: OPEN if day is None else day.toordinal()),
            told.coded("value", int),
            told.coded("confidence", interned.degree),
            told.coded("retained", int),
            told.coded("visibility", VISIBILITIES.index),
            told.coded("source", lambda text: interned.phrase(text, create=True)),
            told.plain("comment"),
            told.attributes(),
            *_numbers(table, versions),
            strict=True,
        )
    )


def statement_version(table: str, row: tuple[Any, ...], interned: Interned) -> Version:
    """Version from a row of :data:`COLUMNS` and ``closed``."""
    (a, b, rater, begin, end, value, degree, retained, visibility, source, comment, attributes) = row[:12]
    counter, version, revision, closed = row[12:]
    common: dict[str, Any] = {
        "value": value,
        "valid_from": date.fromordinal(begin),
        "valid_to": None if end == OPEN else date.fromordinal(end),
        "source": interned.text_of(source),
        "confidence": interned.value_of(degree),
        "rater": interned.text_of(rater),
        "retained": bool(retained),
        "comment": comment,
        "visibility": VISIBILITIES[visibility],
        "attributes": attributes_of(attributes),
    }
    said: Fact
    if table == "positions":
        said = Position(actor=interned.id_of(a), objective=interned.id_of(b), **common)
    else:
        said = Influence(source_actor=interned.id_of(a), target_actor=interned.id_of(b), **common)
    return Version(record_id(TABLES[table].letter, counter), version, revision, said, closed)


def statement_key(table: str, key: tuple[Any, ...], interned: Interned) -> tuple[int | None, ...]:
    """Values of the primary key that a statement's natural key stands for; ``None`` among them: no such row."""
    names = TABLES[table].key_fields
    (row_table, _), (col_table, _) = HOT[table].ends
    return (
        interned.entity(row_table, key[0], create=False),
        interned.entity(col_table, key[1], create=False),
        interned.phrase(key[names.index("rater")], create=False),
        key[names.index("valid_from")].toordinal(),
    )


def series_said(
    kind: str, unit: str | None, year: int | None, source: str | None
) -> tuple[str, str, int, str]:
    """What a flow shares with many: kind, unit, year, source; ``""`` and 0 when not said."""
    return kind, unit or "", year or 0, source or ""


def flow_rows(table: str, versions: Sequence[Version], interned: Interned) -> list[tuple[Any, ...]]:
    """Rows of some flows' versions, in the order of :data:`FLOW_COLUMNS`; integers are given once a distinct value."""
    told = _Columns(versions)
    shared = list(zip(*map(told.plain, ("kind", "unit", "year", "source")), strict=True))
    series = {said: interned.series(series_said(*said), create=True) for said in dict.fromkeys(shared)}
    (row_table, row_field), (col_table, col_field) = HOT[table].ends
    return list(
        zip(
            told.coded(row_field, lambda id_: interned.entity(row_table, id_, create=True)),
            told.coded(col_field, lambda id_: interned.entity(col_table, id_, create=True)),
            map(series.__getitem__, shared),
            told.plain("quantity"),
            told.coded("truncated", int),
            told.plain("confidence"),
            told.coded("visibility", VISIBILITIES.index),
            told.attributes(),
            *_numbers(table, versions),
            strict=True,
        )
    )


def flow_version(_table: str, row: tuple[Any, ...], interned: Interned) -> Version:
    """Version from a row of :data:`FLOW_COLUMNS` and ``closed``."""
    a, b, series, quantity, truncated, confidence, visibility, attributes, *rest = row
    counter, version, revision, closed = rest
    kind, unit, year, source = interned.series_of(series)
    flow = Flow(
        origin=interned.id_of(a),
        destination=interned.id_of(b),
        kind=kind,
        quantity=quantity,
        unit=unit or None,
        year=year or None,
        source=source or None,
        truncated=bool(truncated),
        confidence=confidence,
        visibility=VISIBILITIES[visibility],
        attributes=attributes_of(attributes),
    )
    return Version(record_id("F", counter), version, revision, flow, closed)


def flow_key(_table: str, key: tuple[Any, ...], interned: Interned) -> tuple[int | None, ...]:
    """Values of the primary key that a flow's natural key stands for; ``None`` among them: no such row."""
    return (
        interned.entity("territories", key[0], create=False),
        interned.entity("territories", key[1], create=False),
        interned.series(series_said(*key[2:]), create=False),
    )


@dataclass(frozen=True)
class Hot:
    """How a table that grows to millions is kept, in typed columns.

    Attributes:
        sql: name of its SQL table; what was closed is in the one of the same name and ``_history``.
        columns: of it, the last three being ``counter, version, revision``.
        primary: columns of its primary key, the first of ``columns``.
        ends: (table, field) of its row and of its column.
        rows: from versions.
        version: from a row and ``closed``.
        key: values of ``primary`` from a natural key.
    """

    sql: str
    columns: str
    primary: tuple[str, ...]
    ends: tuple[tuple[str, str], tuple[str, str]]
    rows: Callable[[str, Sequence[Version], Interned], list[tuple[Any, ...]]]
    version: Callable[[str, tuple[Any, ...], Interned], Version]
    key: Callable[[str, tuple[Any, ...], Interned], tuple[int | None, ...]]

    @property
    def keyed(self) -> str:
        """Condition that names one row by its primary key."""
        return " AND ".join(f"{column} = ?" for column in self.primary)


def _statements(sql: str, first: tuple[str, str], second: tuple[str, str]) -> Hot:
    primary = ("a", "b", "rater", "valid_from")
    return Hot(sql, COLUMNS, primary, (first, second), statement_rows, statement_version, statement_key)


HOT = {
    "positions": _statements("position", ("actors", "actor"), ("objectives", "objective")),
    "influences": _statements("influence", ("actors", "source_actor"), ("actors", "target_actor")),
    "flows": Hot(
        "flow",
        FLOW_COLUMNS,
        ("a", "b", "series"),
        (("territories", "origin"), ("territories", "destination")),
        flow_rows,
        flow_version,
        flow_key,
    ),
}
"""The tables of typed columns."""


def hot_version(table: str, row: tuple[Any, ...], interned: Interned) -> Version:
    """Version from a row of a table of typed columns and ``closed``."""
    return HOT[table].version(table, row, interned)


def hot_row(table: str, version: Version, interned: Interned) -> tuple[Any, ...]:
    """Row of a version, in the order of the table's columns."""
    (row,) = HOT[table].rows(table, [version], interned)
    return row
