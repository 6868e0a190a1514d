"""Between versions of records and what Neo4j keeps of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graph.columns import OPEN, Statements, statements_from
from graph.ids import record_counter, record_id
from graph.model import TABLES, Fact, Influence, Position, Table, from_document, to_document
from graph.versions import Revision, Version
from graph.vocabulary import VISIBILITIES

KEY_BYTES = 16
"""Size of the digest that stands for a natural key: 128 bits never meet by chance in a store."""


@dataclass(frozen=True)
class Said:
    """How a table whose versions are relationships between anchors is asked about, and its ends.

    Attributes:
        anchors: names of the queries' kind of anchor for its rows and its columns.
        ends: fields of the model that hold its row and its column.
    """

    anchors: tuple[str, str]
    ends: tuple[str, str]


SAID = {
    "positions": Said(("actor", "objective"), ("actor", "objective")),
    "influences": Said(("actor", "actor"), ("source_actor", "target_actor")),
    "flows": Said(("territory", "territory"), ("origin", "destination")),
}
"""The tables whose versions are relationships, each with a file of queries of its name."""

STATEMENTS = ("positions", "influences")
"""Those of them whose records are judgements: the plain graph shows one effective value a pair."""


def uid(table: str, id_: str) -> str:
    """Name of a record among those of all tables."""
    return f"{table}/{id_}"


def key_digest(table: Table, key: tuple[Any, ...]) -> str:
    """Natural key as an indexable text of fixed size, from which nobody's name can be read."""
    parts = [part.isoformat() if isinstance(part, date) else part for part in key]
    text = json.dumps([table.name, *parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).hexdigest()


def document_text(value: Fact) -> str:
    """Record as canonical JSON."""
    return json.dumps(to_document(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


ABOUT_ACTORS = ("participations", "contributions", "resources")
"""Tables whose natural key begins with an actor, by which their records can be asked for."""


def record_row(table: Table, version: Version) -> list[Any]:
    """A ``:Record`` node as the statement ``insert`` expects it; what is not said is not stored."""
    return [
        table.name,
        version.id,
        uid(table.name, version.id),
        key_digest(table, table.key(version.value)),
        version.version,
        version.revision,
        document_text(version.value),
        table.key(version.value)[0] if table.name in ABOUT_ACTORS else None,
    ]


def record_version(table: Table, row: Mapping[str, Any], at: int) -> Version:
    """Version from a row of a query on ``:Record``, as seen at a revision."""
    value = from_document(table, json.loads(row["document"]))
    return Version(row["id"], row["version"], row["revision"], value, closed_at(row["closed"], at))


def statement_ends(table: str, value: Any) -> tuple[str, str]:
    """Row id and column id of a statement or of a flow."""
    first, second = SAID[table].ends
    return getattr(value, first), getattr(value, second)


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


def statement_row(table: str, version: Version, rater: int | None) -> list[Any]:
    """A statement's relationship as ``insert`` and ``rewrite`` expect it; what is not stated is not stored.

    Args:
        table: ``positions`` or ``influences``.
        version: the version.
        rater: integer that stands for its rater; ``None`` for the cartography itself.
    """
    value = cast(Any, version.value)
    return [
        *statement_ends(table, value),
        record_counter(TABLES[table].letter, version.id),
        version.version,
        version.revision,
        value.valid_from.toordinal(),
        None if value.valid_to is None else value.valid_to.toordinal(),
        rater,
        value.value,
        value.confidence,
        value.retained or None,
        VISIBILITIES.index(value.visibility),
        value.source,
        value.comment,
        json.dumps(value.attributes, ensure_ascii=False) if value.attributes else None,
    ]


def statement_version(table: str, row: Mapping[str, Any], raters: Mapping[int, str], at: int) -> Version:
    """Version from (row, col, said), as seen at a revision."""
    said = row["said"]
    until, rater, attributes = said.get("until"), said.get("rater"), said.get("attributes")
    common: dict[str, Any] = {
        "value": said["value"],
        "valid_from": date.fromordinal(said["day"]),
        "valid_to": None if until is None else date.fromordinal(until),
        "source": said.get("source"),
        "confidence": said.get("confidence"),
        "rater": None if rater is None else raters[rater],
        "retained": said.get("retained", False),
        "comment": said.get("comment"),
        "visibility": VISIBILITIES[said["visibility"]],
        "attributes": tuple((k, v) for k, v in json.loads(attributes)) if attributes else (),
    }
    value: Fact
    if table == "positions":
        value = Position(actor=row["row"], objective=row["col"], **common)
    else:
        value = Influence(source_actor=row["row"], target_actor=row["col"], **common)
    id_ = record_id(TABLES[table].letter, said["counter"])
    return Version(id_, said["version"], said["revision"], value, closed_at(said.get("closed"), at))


def closed_at(closed: int | None, at: int) -> int | None:
    """When a version was closed, as seen at a revision."""
    return None if closed is None or closed > at else closed


WIDTH = 10
"""Columns of the queries ``columns``: col, rater, day, until, value, confidence, retained, visibility, counter,
revision."""

PACKED = 50_000
"""Statements turned into numbers at once: keeps the driver's lists from piling up."""


def stacked(lists: Iterable[list[list[Any]]], width: int) -> tuple[NDArray[np.float64], list[int]]:
    """Rows of all the lists, one after the other, and how many each list has; ``None`` is NaN."""
    blocks: list[NDArray[np.float64]] = []
    sizes: list[int] = []
    pending: list[list[Any]] = []
    for said in lists:
        sizes.append(len(said))
        pending += said
        if len(pending) >= PACKED:
            blocks.append(np.array(pending, dtype=np.float64))
            pending = []
    blocks.append(np.array(pending, dtype=np.float64).reshape(-1, width))
    return np.concatenate(blocks), sizes


def packed(lists: Iterable[list[list[Any]]]) -> tuple[Statements, list[int]]:
    """Statements from lists of them, one list a row entity.

    All columns fit a double exactly (integers below 2⁵³); what is not stated is NaN.

    Returns:
        The statements, with the place of the list as row, sorted; and the integers of raters in use.
    """
    table, sizes = stacked(lists, WIDTH)
    col, rater, day, until, value, confidence, retained, visibility, counter, revision = table.T
    raters = np.nan_to_num(rater, nan=0.0).astype(np.int32)
    statements = statements_from(
        np.repeat(np.arange(len(sizes)), sizes),
        col.astype(np.int64),
        raters,
        day.astype(np.int32),
        np.where(np.isnan(until), OPEN, until).astype(np.int32),
        value.astype(np.int8),
        np.ascontiguousarray(confidence),
        ~np.isnan(retained),
        visibility.astype(np.uint8),
        counter.astype(np.int64),
        revision.astype(np.int64),
    )
    return statements, sorted({0, *np.unique(raters).tolist()})


def revision_row(revision: Revision, records: list[str] | None) -> dict[str, Any]:
    """Properties of a ``:Revision`` node; ``records`` lists what it touched unless it is too long."""
    return {
        "number": revision.number,
        "moment": revision.moment,
        "author": revision.author,
        "message": revision.message,
        "origin": revision.origin,
        "file_hash": revision.file_hash,
        "touched": revision.touched,
        "undoes": revision.undoes,
        "erased": revision.erased,
        "records": records,
    }


def revision_of(row: Mapping[str, Any]) -> Revision:
    """Revision from the properties of its node."""
    return Revision(
        row["number"],
        row["moment"],
        row["author"],
        row["message"],
        row["origin"],
        row.get("file_hash"),
        row["touched"],
        row.get("undoes"),
        row.get("erased"),
    )
