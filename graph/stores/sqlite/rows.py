"""Between versions of records and rows of SQLite."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import Any, cast

from graph.columns import OPEN
from graph.ids import record_counter, record_id
from graph.model import TABLES, Fact, Influence, Position, Table, from_document, to_document
from graph.versions import Version
from graph.vocabulary import VISIBILITIES

HOT = {"positions": "position", "influences": "influence"}
"""Tables of statements and the name of their SQL table."""

COLUMNS = (
    "a, b, rater, valid_from, valid_to, value, confidence, retained, visibility, source, comment, attributes, "
    "counter, version, revision"
)
"""Columns of a table of statements, in the order of :func:`hot_row`."""


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


def hot_ends(table: str, value: Any) -> tuple[str, str, str, str]:
    """Row table, row id, column table, column id of a statement."""
    if table == "positions":
        return "actors", value.actor, "objectives", value.objective
    return "actors", value.source_actor, "actors", value.target_actor


def hot_row(table: str, version: Version, interned: Interned) -> tuple[Any, ...]:
    """Row of a statement's version, in the order of :data:`COLUMNS`."""
    value = cast(Any, version.value)
    row_table, row_id, col_table, col_id = hot_ends(table, value)
    return (
        interned.entity(row_table, row_id, create=True),
        interned.entity(col_table, col_id, create=True),
        interned.phrase(value.rater, create=True),
        value.valid_from.toordinal(),
        OPEN if value.valid_to is None else value.valid_to.toordinal(),
        value.value,
        interned.degree(value.confidence),
        int(value.retained),
        VISIBILITIES.index(value.visibility),
        interned.phrase(value.source, create=True),
        value.comment,
        json.dumps(value.attributes, ensure_ascii=False) if value.attributes else None,
        record_counter(TABLES[table].letter, version.id),
        version.version,
        version.revision,
    )


def hot_version(table: str, row: tuple[Any, ...], interned: Interned) -> Version:
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
        "attributes": tuple((k, v) for k, v in json.loads(attributes)) if attributes else (),
    }
    said: Fact
    if table == "positions":
        said = Position(actor=interned.id_of(a), objective=interned.id_of(b), **common)
    else:
        said = Influence(source_actor=interned.id_of(a), target_actor=interned.id_of(b), **common)
    return Version(record_id(TABLES[table].letter, counter), version, revision, said, closed)
