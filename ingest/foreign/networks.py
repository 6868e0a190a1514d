"""Networks drawn elsewhere (Kumu, GEXF, GraphML) as the sheets of a workbook.

A node is an actor unless its kind names another table. An edge says only what it states: without a number it is no
influence and no position, because a magnitude may not be invented; such edges are counted in a note.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graph.ids import ENTITY_ID
from graph.model import TABLES
from graph.plurals import agreed
from graph.vocabulary import fold, shipped
from ingest.escaping import harmless, join_list
from ingest.headers import sheet_table, spellings
from ingest.issues import Note
from ingest.readers.sheets import Cell, Line, Sheet, Source

Value = str | int | float | bool | Sequence[str]

_KIND = ("table", "kind", "type", "element type", "nature", "categorie", "category")
_LEVEL = ("value", "valeur", "niveau", "level", "strength", "force", "weight", "poids")
_LINK = ("nature", "kind", "type", "connection type", "label")


@dataclass
class Node:
    """A node with its row in the file and whatever it says."""

    id: str
    label: str
    row: int
    says: Mapping[str, Value] = field(default_factory=dict)


@dataclass
class Edge:
    """An edge between node ids; ``both`` when it goes both ways."""

    source: str
    target: str
    row: int
    both: bool = False
    says: Mapping[str, Value] = field(default_factory=dict)


def slug(label: str) -> str:
    """An id made from a label: unaccented words joined by ``-``, 64 characters at most."""
    return "-".join(re.sub(r"[^a-z0-9 ]", "", fold(label)).split())[:64].strip("-")


def network_sheets(
    source: Source, nodes: Sequence[Node], edges: Sequence[Edge], parts: tuple[str, str]
) -> list[Sheet]:
    """Sheets of a workbook that say what a network says.

    Args:
        source: where notes go.
        nodes: the nodes.
        edges: the edges.
        parts: names of the file's parts for nodes and for edges, for messages.
    """
    kinds = {node.id: _kind(node) for node in nodes}
    ids = _ids(nodes)
    rows: dict[str, list[tuple[int, dict[str, Cell]]]] = defaultdict(list)
    for node in nodes:
        table = kinds[node.id]
        cells = _cells(node.says, table, skip=_KIND if table != "actors" or _names_table(node) else ())
        label = "libelle" if table == "beacons" else "titre" if "title" in TABLES[table].field else "nom"
        rows[table].append((node.row, {**cells, "id": ids[node.id], label: node.label or ids[node.id]}))
    left = 0
    for edge in edges:
        if edge.source not in kinds or edge.target not in kinds:
            left += 1
            continue
        ways = [(edge.source, edge.target)]
        if edge.both and edge.source != edge.target:
            ways.append((edge.target, edge.source))
        for start, stop in ways:
            made = _relation(edge, kinds[start], kinds[stop], ids[start], ids[stop])
            if made is None:
                left += 1
            else:
                rows[made[0]].append((edge.row, made[1]))
    if left:
        source.notes.append(
            Note(
                "edges_left",
                f"{source.name} : {agreed(left, 'lien(s) laissé(s)')} de côté, sans niveau chiffré ou entre fiches que rien ne "
                "relie ici : une intensité ne s'invente pas.",
                f"{source.name}: {agreed(left, 'edge(s)', 'en')} left aside, without a number or between records that nothing "
                "ties here: a magnitude is not invented.",
            )
        )
    return [
        _sheet(source.name, parts[0] if TABLES[name].entity else parts[1], name, made)
        for name, made in rows.items()
    ]


def _names_table(node: Node) -> bool:
    return any(fold(key) in _KIND and isinstance(v, str) and _entity(v) for key, v in node.says.items())


def _entity(word: str) -> str | None:
    table = sheet_table(word)
    return table.name if table is not None and table.entity else None


def _kind(node: Node) -> str:
    for key, value in node.says.items():
        if fold(key) in _KIND and isinstance(value, str):
            table = _entity(value)
            if table is not None:
                return table
    return "actors"


def _ids(nodes: Sequence[Node]) -> dict[str, str]:
    """A well-formed id for each node, its own where it can be."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for node in nodes:
        wanted = node.id if ENTITY_ID.fullmatch(node.id) else slug(node.label or node.id) or f"n{node.row}"
        id_, again = wanted, 1
        while id_ in taken:
            again += 1
            id_ = f"{wanted[:58]}-{again}"
        taken.add(id_)
        found[node.id] = id_
    return found


def _cell(value: Value) -> Cell:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool | int | float):
        return value
    return harmless(join_list(str(item) for item in value))


def _cells(says: Mapping[str, Value], table: str, skip: tuple[str, ...]) -> dict[str, Cell]:
    known = spellings(TABLES[table])
    found: dict[str, Cell] = {}
    taken = {"id", "name", "title", "label"}
    for key, value in says.items():
        word = fold(key)
        spec = known.get(word)
        name = spec.name if spec is not None else word
        if value in ("", None, ()) or word in skip or name in taken or (word in known and spec is None):
            continue
        taken.add(name)
        found[key] = _cell(value)
    return found


def _relation(
    edge: Edge, start: str, stop: str, source: str, target: str
) -> tuple[str, dict[str, Cell]] | None:
    says = {fold(key): value for key, value in edge.says.items()}
    level = next((says[key] for key in _LEVEL if key in says and says[key] != ""), None)
    if (start, stop) == ("actors", "actors") and level is not None:
        return "influences", {"de": source, "vers": target, "niveau": _cell(level)} | _dated(says)
    if (start, stop) == ("actors", "objectives") and level is not None:
        return "positions", {"acteur": source, "objectif": target, "valeur": _cell(level)} | _dated(says)
    if (start, stop) == ("objectives", "objectives"):
        for key in _LINK:
            code = shipped()["nature_lien"].find(str(says.get(key, "")))
            if code is not None:
                return "objective_links", {"de": source, "vers": target, "nature": code}
    if (start, stop) == ("actors", "projects"):
        return "participations", {"acteur": source, "projet": target}
    if (start, stop) == ("projects", "objectives"):
        weight: dict[str, Cell] = {} if level is None else {"poids": _cell(level)}
        return "targets", {"projet": source, "objectif": target} | weight
    return None


def _dated(says: Mapping[str, Value]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for header, words in (("date", ("date", "valid from")), ("confiance", ("confiance", "confidence"))):
        for word in words:
            if says.get(word) not in (None, ""):
                found[header] = _cell(says[word])
    return found


def _sheet(file: str, part: str, table: str, rows: list[tuple[int, dict[str, Cell]]]) -> Sheet:
    headers = list(dict.fromkeys(header for _, cells in rows for header in cells))
    places = {header: place for place, header in enumerate(headers)}

    def lines(_sheet: Sheet) -> Iterator[Line]:
        yield Line(1, dict(enumerate(headers)))
        for number, cells in rows:
            yield Line(number, {places[header]: cell for header, cell in cells.items()})

    return Sheet(file, part, lines, table)
