"""The plain graph that analysts read, rebuilt from the versions for whatever was touched.

Nodes carry an entity's fields; edges carry what a relation says, or, for positions and influences, the *effective*
value of the pair at the latest. A contested pair has no edge: it has no value to carry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from graph.columns import OPEN, statements_from
from graph.effective import Effective, settle_all
from graph.ids import record_counter
from graph.model import TABLES, Fact, to_document
from graph.stores.backend import Version
from graph.stores.neo4j.channels import SideBySide
from graph.stores.neo4j.head import Channel
from graph.stores.neo4j.reading import Neo4jReader
from graph.stores.neo4j.rows import SAID, STATEMENTS, counters_of, statement_ends
from graph.vocabulary import VISIBILITIES

T = TypeVar("T")

NODES = {
    "territories": "parents",
    "stakes": "parent",
    "projects": "parent",
    "objectives": "stake",
    "actors": "territory",
}
"""Tables that are nodes of the plain graph, and the field that is an edge to another node."""

RELATIONS = {
    "targets": ("project", "objective"),
    "contributions": ("actor", "project"),
    "participations": ("actor", "project"),
    "flows": ("origin", "destination"),
}
"""Tables that are edges of the plain graph, and the fields of their ends."""

DEFAULT_WEIGHT = 1.0
"""Weight of a target that states none."""

Edge = tuple[str, str, int, float | None]


def parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Consecutive lists of at most ``size`` items."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def node(value: Fact) -> dict[str, Any]:
    """Properties of an entity's node."""
    return {name: held for name, held in to_document(value).items() if name != "attributes"}


def node_ends(table: str, value: Fact) -> list[str]:
    """Ids of the entities that an entity's node has an edge to."""
    held = getattr(value, NODES[table])
    return list(held) if isinstance(held, tuple) else [held] if held else []


def relation(table: str, version: Version) -> tuple[str, str, dict[str, Any]]:
    """From, to and properties of a relation's edge."""
    first, second = RELATIONS[table]
    said = node(version.value)
    row, col = said.pop(first), said.pop(second)
    if table == "targets":
        said.setdefault("weight", DEFAULT_WEIGHT)
    return row, col, said | {"record": version.id}


def edges(effective: Effective, row_ids: Sequence[str], col_ids: Sequence[str]) -> Iterator[Edge]:
    """Edges of effective values: row id, column id, value, confidence."""
    settled = effective.take(~effective.contested)
    for pair, value, confidence in zip(
        settled.pair.tolist(), settled.value.tolist(), settled.confidence.tolist(), strict=True
    ):
        stated = None if confidence != confidence else confidence
        yield row_ids[pair >> 32], col_ids[pair & 0xFFFFFFFF], value, stated


def settled_pairs(table: str, versions: Sequence[Version]) -> list[Edge]:
    """Edges of the pairs that these believed statements are about."""
    values: list[Any] = [version.value for version in versions]
    ends = [statement_ends(table, value) for value in values]
    rows, cols, raters = (
        {item: place for place, item in enumerate(sorted(set(items)))}
        for items in ([row for row, _ in ends], [col for _, col in ends], [v.rater or "" for v in values])
    )
    statements = statements_from(
        [rows[row] for row, _ in ends],
        [cols[col] for _, col in ends],
        [raters[value.rater or ""] for value in values],
        [value.valid_from.toordinal() for value in values],
        [OPEN if value.valid_to is None else value.valid_to.toordinal() for value in values],
        [value.value for value in values],
        [np.nan if value.confidence is None else value.confidence for value in values],
        [value.retained for value in values],
        [0] * len(values),
        [record_counter(TABLES[table].letter, version.id) or 0 for version in versions],
        [version.revision for version in versions],
    )
    return list(edges(settle_all(statements, None), list(rows), list(cols)))


class Projector:
    """Writes the plain graph.

    Args:
        reader: sees the versions to show, and writes through its channel.
        batch: rows sent at once.
    """

    def __init__(self, reader: Neo4jReader, batch: int) -> None:
        self._reader = reader
        self._batch = batch

    def refresh(
        self, touched: Mapping[str, Collection[str]], pairs: Mapping[str, Collection[tuple[str, str]]]
    ) -> None:
        """Rebuild what belongs to these record ids, and to these pairs of statements, by table."""
        self._entities({name: touched[name] for name in NODES if touched.get(name)})
        for name in RELATIONS:
            self._relations(name, touched.get(name, ()))
        for name in STATEMENTS:
            for some in parts(pairs.get(name, ()), self._batch):
                found = settled_pairs(name, self._reader.statements_of(name, some))
                said = {edge[:2]: edge[2:] for edge in found}
                rows = [[*pair, *said.get(pair, (None, None))] for pair in some]
                self._tell(name, "set_pairs", rows=rows)
        self._drop({name: touched[name] for name in NODES if touched.get(name)})

    def catch_up(self, after: int, beside: SideBySide) -> None:
        """Rebuild whatever a revision after this one touched; safe to begin again.

        Args:
            after: the revision that the plain graph shows.
            beside: does what the server does by itself twice as fast.
        """
        ask = self._reader.channel.ask
        touched = {
            name: [row["id"] for row in ask("records", "touched_after", table=name, after=after)]
            for name in (*NODES, *RELATIONS)
            if name not in SAID
        }
        self._entities({name: touched[name] for name in NODES})
        for name in RELATIONS:
            self._relations(name, touched.get(name, ()))
        for name in SAID:
            sizes = [(row["row"], row["size"]) for row in ask(name, "rows_after", after=after)]
            if name not in STATEMENTS:
                beside.each(list(self._portions(sizes)), partial(self._relink, name))
                continue
            for rows in self._portions(sizes):
                self._tell(name, "clear_rows", rows=rows)
                raw = self._reader.raw(name, ask(name, "columns_of_rows", rows=rows, at=self._reader.at))
                self._link(name, list(edges(settle_all(raw.statements, None), raw.row_ids, raw.col_ids)))
        self._drop({name: touched[name] for name in NODES})

    def _relink(self, name: str, channel: Channel, rows: list[str]) -> None:
        channel.tell(name, "clear_rows", rows=rows)
        channel.tell(name, "link_rows", rows=rows, at=self._reader.at, visibilities=VISIBILITIES)

    def _portions(self, sizes: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
        rows: list[str] = []
        total = 0
        for row, size in sizes:
            rows.append(row)
            total += size
            if total >= self._batch:
                yield rows
                rows, total = [], 0
        if rows:
            yield rows

    def _tell(self, file: str, name: str, **parameters: Any) -> None:
        self._reader.channel.tell(file, name, **parameters)

    def _entities(self, touched: Mapping[str, Collection[str]]) -> None:
        for name, ids in touched.items():
            for some in parts(ids, self._batch):
                found = self._reader.by_id(name, some).values()
                self._tell("graph", f"put_{name}", rows=[node(version.value) for version in found])
        for name, ids in touched.items():
            for some in parts(ids, self._batch):
                self._tell("graph", f"clear_{name}", ids=some)
                rows = [
                    [version.id, end]
                    for version in self._reader.by_id(name, some).values()
                    for end in node_ends(name, version.value)
                ]
                if rows:
                    self._tell("graph", f"link_{name}", rows=rows)

    def _drop(self, touched: Mapping[str, Collection[str]]) -> None:
        for name, ids in touched.items():
            for some in parts(ids, self._batch):
                gone = set(some) - self._reader.by_id(name, some).keys()
                if gone:
                    self._tell("graph", f"drop_{name}", ids=sorted(gone))

    def _relations(self, name: str, ids: Collection[str]) -> None:
        for some in parts(ids, self._batch):
            self._tell("graph", f"clear_{name}", ids=some)
            if name in SAID:
                counters = counters_of(name, some)
                at = self._reader.at
                self._tell(name, "link_counters", counters=counters, at=at, visibilities=VISIBILITIES)
                continue
            rows = [list(relation(name, version)) for version in self._reader.by_id(name, some).values()]
            if rows:
                self._tell("graph", f"link_{name}", rows=rows)

    def _link(self, name: str, found: list[Edge]) -> None:
        for some in parts(found, self._batch):
            self._tell(name, "link", rows=[list(edge) for edge in some])
