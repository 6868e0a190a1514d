"""What must hold in a Neo4j store: counts, one believed version a record, and the plain graph true to history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graph.effective import settle_all
from graph.ids import record_id
from graph.model import TABLES
from graph.stores.backend import Finding
from graph.stores.neo4j.projection import NODES, RELATIONS, edges, node, node_ends, relation
from graph.stores.neo4j.reading import Neo4jReader
from graph.stores.neo4j.rows import SAID

SHOWN = 20
"""Most differences listed for one table: the first ones say enough."""


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
        yield from _compared(name, _nodes_meant(reader, name), _nodes_found(reader, name))
    for name in RELATIONS:
        yield from _compared(name, _relations_meant(reader, name), _relations_found(reader, name))
    for name in SAID:
        yield from _compared(name, _statements_meant(reader, name), _statements_found(reader, name))


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
    for file in (*SAID, "records"):
        for row in reader.channel.ask(file, "believed_twice"):
            record = record_id(TABLES[file].letter, row["record"]) if file in SAID else row["record"]
            yield Finding(
                "believed_twice",
                record,
                f"{record} a deux versions en vigueur.",
                f"{record} has two believed versions.",
            )


def _compared(name: str, meant: dict[Any, Any], found: dict[Any, Any]) -> Iterator[Finding]:
    different = sorted(key for key in meant.keys() | found.keys() if meant.get(key) != found.get(key))
    for key in different[:SHOWN]:
        record = key if isinstance(key, str) else " → ".join(map(str, key))
        yield Finding(
            "graph_differs",
            record,
            f"{TABLES[name].sheet} : le graphe simple ne montre pas « {record} » comme l'historique.",
            f"{name}: the plain graph does not show '{record}' as the history does.",
        )
    if len(different) > SHOWN:
        yield Finding(
            "graph_differs",
            "",
            f"{TABLES[name].sheet} : {len(different) - SHOWN} autres différences.",
            f"{name}: {len(different) - SHOWN} more differences.",
        )


def _nodes_meant(reader: Neo4jReader, name: str) -> dict[Any, Any]:
    return {
        version.id: (node(version.value), sorted(node_ends(name, version.value)))
        for version in reader.scan(name)
    }


def _nodes_found(reader: Neo4jReader, name: str) -> dict[Any, Any]:
    rows = reader.channel.ask("graph", f"all_{name}")
    return {row["node"].get("id", ""): (row["node"], sorted(row["ends"])) for row in rows}


def _relations_meant(reader: Neo4jReader, name: str) -> dict[Any, Any]:
    return {version.id: [relation(name, version)] for version in reader.scan(name)}


def _relations_found(reader: Neo4jReader, name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for row in reader.channel.ask("graph", f"all_{name}"):
        found.setdefault(row["edge"].get("record", ""), []).append((row["row"], row["col"], row["edge"]))
    return found


def _statements_meant(reader: Neo4jReader, name: str) -> dict[Any, Any]:
    raw = reader.statements(name)
    settled = edges(settle_all(raw.statements, None), raw.row_ids, raw.col_ids)
    return {(row, col): [(value, confidence)] for row, col, value, confidence in settled}


def _statements_found(reader: Neo4jReader, name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for row in reader.channel.ask(name, "linked"):
        for col, value, confidence in row["edges"]:
            found.setdefault((row["row"], col), []).append((value, confidence))
    return found
