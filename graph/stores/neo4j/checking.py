"""What must hold in a Neo4j store: counts, one believed version a record, and the plain graph true to history."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, cast

from graph.effective import settle_all
from graph.ids import record_id
from graph.model import TABLES, Flow
from graph.stores.backend import Finding
from graph.stores.neo4j.flow_rows import numbered, series_of
from graph.stores.neo4j.projection import NODES, RELATIONS, edges, node, node_ends, parts, relation
from graph.stores.neo4j.reading import WINDOW, Neo4jReader
from graph.stores.neo4j.rows import SAID, STATEMENTS
from graph.versions import Version

SHOWN = 20
"""Most differences listed for one table: the first ones say enough."""

TOGETHER = 1_000
"""Entities looked at together, with all that is said of them: a store of millions is never held whole."""

NAMELESS = "?"
"""What in the plain graph bears no id of ours."""

Compared = Iterator[tuple[dict[Any, Any], dict[Any, Any]]]
"""Part after part, what the history means the plain graph to show, and what it shows."""


def findings(reader: Neo4jReader) -> Iterator[Finding]:
    """Broken invariants of the storage."""
    if reader.state.importing is not None:
        yield Finding(
            "unfinished_import",
            "",
            "Un import est en cours ou s'est interrompu : rien n'en est visible, la prochaine écriture l'enlève.",
            "An import is under way or was interrupted: none of it shows, the next write removes it.",
        )
        return
    if reader.state.projected != reader.state.revision:
        yield Finding(
            "graph_late",
            "",
            f"Le graphe simple montre la révision {reader.state.projected} : la prochaine écriture le met à jour.",
            f"The plain graph shows revision {reader.state.projected}: the next write brings it up to date.",
        )
        return
    yield from _counts(reader)
    for name in NODES:
        yield from _differences(name, _nodes(reader, name))
    for name in RELATIONS:
        yield from _differences(name, _relations(reader, name))
    for name in STATEMENTS:
        yield from _differences(name, _statements(reader, name))


def _counts(reader: Neo4jReader) -> Iterator[Finding]:
    for name, table in TABLES.items():
        file = name if name in SAID else "records"
        (row,) = reader.channel.ask(file, "count", table=name)
        if row["believed"] != reader.count(name):
            yield Finding(
                "wrong_count",
                "",
                f"{table.sheet} : {row['believed']} enregistrements, {reader.count(name)} annoncés.",
                f"{name}: {row['believed']} records, {reader.count(name)} announced.",
            )
    for row in reader.channel.ask("records", "believed_twice"):
        yield _twice(row["record"])
    for name in SAID:
        for after in range(0, reader.state.last.get(name, 0), WINDOW):
            for row in reader.channel.ask(name, "believed_twice", after=after, upto=after + WINDOW):
                yield _twice(record_id(TABLES[name].letter, row["record"]))


def _twice(record: str) -> Finding:
    return Finding(
        "believed_twice",
        record,
        f"{record} a deux versions en vigueur.",
        f"{record} has two believed versions.",
    )


def _differences(name: str, compared: Compared) -> Iterator[Finding]:
    count = 0
    for meant, found in compared:
        for key in sorted(key for key in meant.keys() | found.keys() if meant.get(key) != found.get(key)):
            count += 1
            if count > SHOWN:
                continue
            record = key if isinstance(key, str) else " → ".join(map(str, key))
            yield Finding(
                "graph_differs",
                record,
                f"{TABLES[name].sheet} : le graphe simple ne montre pas « {record} » comme l'historique.",
                f"{name}: the plain graph does not show '{record}' as the history does.",
            )
    if count > SHOWN:
        yield Finding(
            "graph_differs",
            "",
            f"{TABLES[name].sheet} : {count - SHOWN} autres différences.",
            f"{name}: {count - SHOWN} more differences.",
        )


def _nodes(reader: Neo4jReader, name: str) -> Compared:
    shown = {row["id"] for row in reader.channel.ask("graph", f"ids_{name}")}
    if None in shown:
        yield {}, {NAMELESS: 1}
    for some in parts(sorted(reader.read_ids(name) | shown - {None}), TOGETHER):
        meant = {
            id_: (node(version.value), sorted(node_ends(name, version.value)))
            for id_, version in reader.by_id(name, some).items()
        }
        rows = reader.channel.ask("graph", f"some_{name}", ids=some)
        yield meant, {row["node"]["id"]: (row["node"], sorted(row["ends"])) for row in rows}


def _relations(reader: Neo4jReader, name: str) -> Compared:
    letter, looked_at = TABLES[name].letter, 0
    edge = _flow(reader) if name == "flows" else functools.partial(relation, name)
    for some in parts(range(1, reader.state.last.get(name, 0) + 1), TOGETHER):
        ids = [record_id(letter, counter) for counter in some]
        found: dict[Any, Any] = {}
        for row in reader.channel.ask("graph", f"some_{name}", ids=ids):
            found.setdefault(row["edge"]["record"], []).append((row["row"], row["col"], row["edge"]))
            looked_at += 1
        yield {id_: [edge(version)] for id_, version in reader.by_id(name, ids).items()}, found
    (row,) = reader.channel.ask("graph", f"total_{name}")
    if row["edges"] != looked_at:
        yield {}, {NAMELESS: row["edges"] - looked_at}


def _flow(reader: Neo4jReader) -> Callable[[Version], tuple[str, str, dict[str, Any]]]:
    """From, to and properties of a flow's edge, whose source stands in its series."""
    codes = {series: code for code, series in reader.series.items()}

    def edge(version: Version) -> tuple[str, str, dict[str, Any]]:
        row, col, said = relation("flows", version)
        said.pop("source", None)
        return row, col, said | {"series": codes.get(series_of(cast(Flow, version.value)))}

    return edge


def _statements(reader: Neo4jReader, name: str) -> Compared:
    rows = set(numbered(reader.channel.ask("store", "actor_anchors"))) - {""}
    rows |= {row["id"] for row in reader.channel.ask("graph", "ids_actors")}
    for some in parts(sorted(rows - {None}), TOGETHER):
        raw = reader.around(name, some, 0)
        settled = edges(settle_all(raw.statements.sorted(), None), raw.row_ids, raw.col_ids)
        found: dict[Any, Any] = {}
        for row in reader.channel.ask(name, "linked", rows=some):
            for col, value, confidence in row["edges"]:
                found.setdefault((row["row"], col), []).append((value, confidence))
        yield {(row, col): [(value, confidence)] for row, col, value, confidence in settled}, found
